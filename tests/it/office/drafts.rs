//! Drafts that nobody goes on with, that nobody has read, that only one may see, and that nobody writes.

use chapar::domain::officer::Enrolment;
use chapar::engine::rows::drafts;
use chapar::limits;
use chapar::name::OfficerId;
use chapar::office::Command;
use chapar::office::DraftRefused;
use chapar::office::Reply;
use chapar::office::drafts::Drafts;
use chapar::wire;
use chapar::wire::DraftState;
use chapar::wire::EntryKind;
use chapar::wire::NoticeKind;
use chapar::wire::Role;
use prost::Message as _;

use crate::office::release::HOUR;
use crate::support::lawful;
use crate::support::office::Draft;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::second;

const KEPT: i64 = limits::DRAFT_KEPT_DAYS * 24 * HOUR;

impl TestOffice {
    fn save(&mut self, header: &wire::NoticeHeader) -> Result<u64, DraftRefused> {
        let body = Some(Box::new(lawful::body("Two trucks")));
        self.drafted(second::save(self.officer(), None, Box::new(header.clone()), body))
    }

    fn listed(&self, officer: &OfficerId) -> Vec<wire::DraftSummary> {
        let officers = self.writer.shared().officers();
        let (view, vault) = (&self.store, &self.me.vault);
        Drafts { view, vault, officers: &officers, officer, now: self.clock }.list().unwrap()
    }

    fn numbers(&self) -> Vec<u64> {
        drafts::all(&self.store).unwrap().into_iter().map(|(number, _)| number).collect()
    }

    fn duties(&mut self, after_ms: i64) {
        self.clock = self.clock.plus_ms(after_ms);
        self.ask(Command::Duties);
    }
}

#[test]
fn nobody_returns_what_he_has_not_read_but_its_author() {
    let World { mut alt, .. } = World::new();
    let draft = alt.submit(Draft::to(&["TM-FAR"]));
    let reference = drafts::row(&alt.store, draft).unwrap().unwrap().reference.parse().unwrap();
    let unread = Err(DraftRefused::NotRead(reference));
    assert_eq!(alt.return_by(alt.second(), draft, "Which road?"), unread);
    alt.ask(second::read(alt.code(), draft));
    alt.return_by(alt.second(), draft, "Which road?").unwrap();
    // What is submitted again is another form, which nobody has read.
    let (author, header) = (alt.officer(), Box::new(Draft::to(&["TM-FAR"]).header));
    let body = Some(Box::new(lawful::body("Three trucks")));
    alt.drafted(second::save(author.clone(), Some(draft), header, body)).unwrap();
    alt.drafted(Command::Submit { officer: author.clone(), draft }).unwrap();
    assert_eq!(alt.return_by(alt.second(), draft, "Which road?"), unread);
    assert_eq!(alt.entries_of(EntryKind::Returned).len(), 1);
    assert_eq!(alt.return_by(author, draft, ""), Ok(draft), "its author takes it back");
    alt.verifies();
}

#[test]
fn a_draft_that_nobody_touches_ends() {
    let World { mut alt, .. } = World::new();
    let expiring = Draft::to(&["TM-FAR"]).expiring(200 * 24 * HOUR);
    let header = expiring.header.clone();
    let (first, waits) = (alt.save(&header).unwrap(), alt.submit(expiring));
    alt.clock = alt.clock.plus_ms(24 * HOUR);
    let later = alt.save(&header).unwrap();
    let ends: Vec<_> = alt.listed(&alt.officer()).iter().map(|draft| (draft.number, draft.ends_ms)).collect();
    let end = alt.clock.plus_ms(KEPT).ms();
    assert_eq!(ends, [(waits, 0), (first, end - 24 * HOUR), (later, end)]);
    alt.duties(KEPT - 24 * HOUR - 1);
    assert_eq!(alt.numbers(), [first, waits, later], "not before");
    alt.duties(1);
    assert_eq!(alt.numbers(), [waits, later], "what waits for release waits on");
    alt.verifies();
    // What comes back to its author counts from then.
    alt.ask(second::read(alt.code(), waits));
    alt.return_by(alt.second(), waits, "Which road?").unwrap();
    alt.duties(24 * HOUR);
    assert_eq!(alt.numbers(), [waits]);
    alt.duties(KEPT - 24 * HOUR);
    assert_eq!(alt.numbers(), [0; 0]);
    assert_eq!(drafts::numbers(&alt.store).unwrap().count, 0);
    alt.verifies();
}

#[test]
fn what_its_author_left_or_took_back_counts_from_then() {
    let World { mut alt, .. } = World::new();
    let leaver: OfficerId = "UZ-ALT-O07".parse().unwrap();
    let enrol = |roles: Vec<i32>| {
        let enrolment = wire::Enrolment { id: leaver.to_string(), roles, uid: None, until_ms: 0 };
        Command::Enrol { actor: "UZ-ALT-O01".parse().unwrap(), enrolment, hash: None }
    };
    alt.ask(enrol(vec![Role::Officer.into()]));
    let expiring = || Draft::to(&["TM-FAR"]).expiring(200 * 24 * HOUR);
    let back = alt.submit(expiring());
    let Draft { header, body } = expiring();
    let (header, body, statement) = (Box::new(header), body.map(Box::new), wire::Statement::default());
    alt.ask(Command::Send { officer: leaver.clone(), draft: None, over: None, header, body, statement });
    alt.clock = alt.clock.plus_ms(KEPT + HOUR);
    alt.return_by(alt.officer(), back, "").unwrap();
    alt.ask(enrol(vec![]));
    alt.duties(0);
    assert_eq!(alt.numbers().len(), 2);
    alt.duties(KEPT);
    assert_eq!(alt.numbers(), [0; 0]);
}

#[test]
fn who_watches_over_personal_data_sees_that_there_are_drafts_and_no_word_of_them() {
    let World { mut alt, .. } = World::new();
    let watcher = Enrolment {
        id: "UZ-ALT-D01".parse().unwrap(),
        roles: vec![Role::DataProtectionOfficer],
        ..second::enrolment(alt.code())
    };
    let enrolment = wire::Enrolment { until_ms: 0, ..watcher.message() };
    alt.ask(Command::Enrol { actor: alt.officer(), enrolment, hash: None });
    // Nothing of a header has been checked yet.
    let secret = || "secret".to_owned();
    let mut header = Draft::to(&["TM-FAR", "secret"]).header;
    header.legal_basis.as_mut().unwrap().reference = secret();
    (header.network, header.reference, header.personal_data) = (secret(), secret(), true);
    header.relations =
        vec![wire::Relation { reference: secret(), digest: secret().into(), ..wire::Relation::default() }];
    alt.save(&header).unwrap();
    let waits = alt.submit(Draft::to(&["TM-FAR"]));
    alt.ask(second::read(alt.code(), waits));
    alt.return_by(alt.second(), waits, "secret").unwrap();
    let list = alt.listed(&watcher.id);
    assert_eq!(
        list.iter().map(wire::DraftSummary::state).collect::<Vec<_>>(),
        [DraftState::Draft, DraftState::Returned]
    );
    let flags: Vec<_> = list.iter().map(|one| one.header.as_ref().unwrap().personal_data).collect();
    assert_eq!(flags, [true, false]);
    assert!(list.iter().all(|one| one.author == "UZ-ALT-O01" && one.saved_ms == alt.clock.ms() && !one.may_release));
    assert_eq!(list[0].header.as_ref().unwrap().to.len(), 1);
    let says = |list: Vec<wire::DraftSummary>| {
        let bytes = wire::ListDraftsResponse { drafts: list }.encode_to_vec();
        bytes.windows(6).filter(|window| window == b"secret").count()
    };
    assert_eq!(says(list), 0);
    assert_eq!(says(alt.listed(&alt.officer())), 6, "its author sees all of it");
    let reply = alt.ask(Command::OpenDraft { officer: watcher.id, draft: waits, attachment: None });
    assert!(matches!(reply, Reply::Denied(_)), "{reply:?}");
}

#[test]
fn nobody_writes_an_acknowledgement() {
    let World { mut alt, mut far, .. } = World::new();
    let received = far.issue(Draft::to(&["UZ-ALT"]));
    crate::support::office::carry(&mut far, &mut alt);
    let mut header = Draft::to(&["TM-FAR"]).header;
    header.kind = NoticeKind::Acknowledgement.into();
    header.relations = vec![lawful::acknowledges(received.reference)];
    let size = alt.writer.shared().head().size;
    for emergency in [false, true] {
        let header = wire::NoticeHeader { emergency, urgency: wire::Urgency::Immediate.into(), ..header.clone() };
        let reply = alt.ask(second::send(alt.code(), header, None));
        assert!(matches!(reply, Reply::Sent(Err(DraftRefused::ByHand))), "{reply:?}");
    }
    assert_eq!(alt.save(&header), Err(DraftRefused::ByHand));
    assert_eq!((alt.writer.shared().head().size, alt.numbers()), (size, vec![]));
    // It follows from the opening.
    alt.note(received.digest);
}
