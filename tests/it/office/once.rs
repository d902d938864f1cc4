//! Requests with a key: made once, told again, remembered for some days, and refused for anything else.

use chapar::engine::rows::made;
use chapar::limits;
use chapar::name::OfficerId;
use chapar::office::Command;
use chapar::office::DraftRefused;
use chapar::office::Once;
use chapar::office::Reply;
use chapar::office::Sent;
use chapar::wire;
use chapar::wire::EntryKind;
use chapar::wire::Role;
use proptest::prelude::*;

use crate::office::release::HOUR;
use crate::support::office::Draft;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::second;

const KEPT: i64 = limits::MADE_KEPT_DAYS * 24 * HOUR;

/// A request of this officer, with a key.
fn request(officer: &OfficerId, key: u8, to: &str) -> Command {
    let Draft { header, body } = Draft::to(&[to]).expiring(30 * 24 * HOUR);
    let asked = wire::SendNoticeRequest { header: Some(header.clone()), body: body.clone(), ..Default::default() };
    let once = Once::of(officer, &[key; 16], &asked).unwrap();
    let (header, body) = (Box::new(header), body.map(Box::new));
    let statement = wire::Statement::default();
    let command = Box::new(Command::Send { officer: officer.clone(), header, body, statement });
    Command::Once { once, command }
}

fn submitted(office: &mut TestOffice, command: Command) -> u64 {
    match office.ask(command) {
        Reply::Sent(Ok(Sent::Submitted(drafted))) => drafted.number,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_has_a_key_is_made_once_and_told_again() {
    let World { mut alt, .. } = World::new();
    let author = alt.officer();
    let draft = submitted(&mut alt, request(&author, 1, "TM-FAR"));
    // In the same commit, and in another one.
    let size = alt.entries_of(EntryKind::Submitted).len();
    let again = alt.commit(vec![request(&author, 1, "TM-FAR"), request(&author, 1, "TM-FAR")]);
    assert!(
        again.iter().all(|reply| matches!(reply, Reply::Sent(Ok(Sent::Submitted(drafted))) if drafted.number == draft))
    );
    assert_eq!(alt.entries_of(EntryKind::Submitted).len(), size);
    assert!(matches!(alt.ask(request(&author, 1, "UZ-NCC")), Reply::KeyUsed), "it asks for something else");
    // The key is the officer's own, and another key is another request.
    assert_ne!(submitted(&mut alt, request(&author, 2, "TM-FAR")), draft);
    // It has become a notice meanwhile.
    alt.ask(second::read(alt.code(), draft));
    let issued = alt.release_by(alt.second(), draft).unwrap();
    match alt.ask(request(&author, 1, "TM-FAR")) {
        Reply::Sent(Ok(Sent::Issued(again))) => {
            assert_eq!((again.digest, again.reference, again.to), (issued.digest, issued.reference, issued.to));
        }
        other => panic!("{other:?}"),
    }
    alt.verifies();
}

#[test]
fn what_was_refused_is_not_remembered_and_what_is_gone_is_not_made_again() {
    let World { mut alt, .. } = World::new();
    let author = alt.officer();
    assert!(matches!(alt.ask(request(&author, 1, "DE-BER")), Reply::Sent(Err(DraftRefused::Issue(_)))));
    assert_eq!(made::all(&alt.store, usize::MAX).unwrap(), []);
    let draft = submitted(&mut alt, request(&author, 1, "TM-FAR"));
    alt.return_by(author.clone(), draft, "").unwrap();
    alt.ask(Command::Discard { officer: author.clone(), draft });
    assert!(matches!(alt.ask(request(&author, 1, "TM-FAR")), Reply::Sent(Err(DraftRefused::Unknown(_)))));
    // Nor is it told to who may not any more.
    let revoked = wire::Enrolment { id: author.to_string(), ..wire::Enrolment::default() };
    let other = wire::Enrolment {
        id: "UZ-ALT-A01".to_owned(),
        roles: vec![Role::Administrator.into()],
        ..wire::Enrolment::default()
    };
    for enrolment in [other, revoked] {
        alt.ask(Command::Enrol { actor: author.clone(), enrolment, hash: None });
    }
    assert!(matches!(alt.ask(request(&author, 1, "TM-FAR")), Reply::Denied(_)));
    alt.verifies();
}

#[test]
fn an_officer_is_enrolled_once() {
    let World { mut alt, .. } = World::new();
    let actor = alt.officer();
    let enrolment = wire::Enrolment {
        id: "UZ-ALT-O09".to_owned(),
        roles: vec![Role::Officer.into()],
        ..wire::Enrolment::default()
    };
    let asked =
        wire::EnrolOfficerRequest { enrolment: Some(enrolment.clone()), passphrase: true, ..Default::default() };
    let once = Once::of(&actor, &[3; 16], &asked).unwrap();
    let mut enrol = || {
        let command = Command::Enrol { actor: actor.clone(), enrolment: enrolment.clone(), hash: Some(second::hash()) };
        match alt.ask(Command::Once { once, command: Box::new(command) }) {
            Reply::Enrolled(Ok(enrolled)) => (enrolled.enrolment, enrolled.proposal.is_some(), enrolled.repeated),
            other => panic!("{other:?}"),
        }
    };
    let (first, again) = (enrol(), enrol());
    assert_eq!((first.0.id.as_str(), first.1, first.2), ("UZ-ALT-O09", false, false));
    assert_eq!(again, (first.0, false, true));
    assert_eq!(alt.entries_of(EntryKind::PassphraseSet).len(), 1, "the passphrase is the first one");
    alt.verifies();
}

#[test]
fn keys_are_forgotten_after_some_days() {
    let World { mut alt, .. } = World::new();
    let author = alt.officer();
    submitted(&mut alt, request(&author, 1, "TM-FAR"));
    alt.clock = alt.clock.plus_ms(KEPT);
    alt.ask(Command::Duties);
    assert_eq!(made::all(&alt.store, usize::MAX).unwrap().len(), 1, "not yet");
    submitted(&mut alt, request(&author, 2, "TM-FAR"));
    alt.clock = alt.clock.plus_ms(1);
    alt.ask(Command::Duties);
    let left: Vec<u64> = made::all(&alt.store, usize::MAX).unwrap().into_iter().map(|(number, _)| number).collect();
    assert_eq!(left, [2]);
    alt.verifies();
}

#[test]
fn a_key_has_a_length() {
    let officer: OfficerId = "UZ-ALT-O01".parse().unwrap();
    let of = |length: usize| Once::of(&officer, &vec![1; length], &wire::SendNoticeRequest::default()).is_some();
    let (min, max) = (limits::IDEMPOTENCY_KEY_BYTES_MIN, limits::IDEMPOTENCY_KEY_BYTES_MAX);
    assert_eq!([min - 1, min, max, max + 1].map(of), [false, true, true, false]);
}

proptest! {
    #[test]
    fn keys_of_officers_and_contents_do_not_meet(one in prop::collection::vec(any::<u8>(), 16..20), other in prop::collection::vec(any::<u8>(), 16..20)) {
        let (a, b): (OfficerId, OfficerId) = ("UZ-ALT-O01".parse().unwrap(), "UZ-ALT-O02".parse().unwrap());
        let of = |officer: &OfficerId, key: &[u8]| Once::of(officer, key, &wire::SendNoticeRequest::default()).unwrap();
        prop_assert_ne!(of(&a, &one), of(&b, &one));
        prop_assert_eq!(of(&a, &one) == of(&a, &other), one == other);
    }
}
