//! Requests with a key: made once, told again, remembered for some days, and refused for anything else.

use chapar::engine::rows::drafts;
use chapar::engine::rows::made;
use chapar::limits;
use chapar::name::Digest;
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
    let command =
        Box::new(Command::Send { officer: officer.clone(), draft: None, over: None, header, body, statement });
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
    alt.ask(Command::Discard { officer: author.clone(), draft, over: None });
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
fn what_is_sent_takes_the_place_of_its_draft() {
    let World { mut alt, .. } = World::new();
    let (author, code) = (alt.officer(), alt.code());
    let Draft { header, body } = Draft::to(&["TM-FAR"]).expiring(30 * 24 * HOUR);
    let keep = || second::save(author.clone(), None, Box::new(header.clone()), body.clone().map(Box::new));
    let send = |key: u8, draft: u64, over: Option<Digest>, emergency: bool| {
        let header = wire::NoticeHeader { emergency, urgency: wire::Urgency::Immediate.into(), ..header.clone() };
        let asked = wire::SendNoticeRequest { header: Some(header.clone()), draft, ..Default::default() };
        let once = Once::of(&author, &[key; 16], &asked).unwrap();
        let Command::Send { officer, header, body, statement, .. } = second::send(code, header, body.clone()) else {
            panic!()
        };
        let command = Command::Send { officer, draft: Some(draft), over, header, body, statement };
        Command::Once { once, command: Box::new(command) }
    };
    for _ in 0..2 {
        alt.drafted(keep()).unwrap();
    }
    let form = |alt: &TestOffice, draft| drafts::form(&drafts::row(&alt.store, draft).unwrap().unwrap().form).unwrap();
    let (first, size) = (form(&alt, 1), alt.entries_of(EntryKind::Issued).len());
    // Another form than was read stays, whatever is asked.
    for emergency in [true, false] {
        let refused = alt.ask(send(1, 2, Some(first), emergency));
        assert!(matches!(refused, Reply::Sent(Err(DraftRefused::Outdated(2)))), "{refused:?}");
    }
    let discard = Command::Discard { officer: author.clone(), draft: 2, over: Some(first) };
    assert_eq!(alt.drafted(discard), Err(DraftRefused::Outdated(2)));
    assert_eq!(alt.entries_of(EntryKind::Issued).len(), size);
    // In an emergency the draft goes in the same commit; asked again, it is what was sent.
    let replies = alt.commit(vec![send(2, 1, Some(first), true), send(2, 1, Some(first), true)]);
    let told: Vec<_> = replies
        .iter()
        .map(|reply| match reply {
            Reply::Sent(Ok(Sent::Issued(issued))) => issued.reference,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told[0], told[1]);
    assert_eq!((alt.entries_of(EntryKind::Issued).len(), drafts::row(&alt.store, 1).unwrap()), (size + 1, None));
    // What is submitted stays under its number, as what was reserved for it.
    let second = form(&alt, 2);
    assert_eq!(submitted(&mut alt, send(3, 2, Some(second), false)), 2);
    let reserved = drafts::row(&alt.store, 2).unwrap().unwrap().reference;
    alt.return_by(author.clone(), 2, "").unwrap();
    assert_eq!(submitted(&mut alt, send(4, 2, None, false)), 2);
    assert_eq!(drafts::row(&alt.store, 2).unwrap().unwrap().reference, reserved);
    assert!(matches!(alt.ask(send(5, 2, None, true)), Reply::Sent(Err(DraftRefused::Pending(2)))));
    assert!(matches!(alt.ask(send(6, 1, None, true)), Reply::Sent(Err(DraftRefused::Unknown(1)))));
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
