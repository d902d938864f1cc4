//! Two officers: drafts that wait, are returned, change hands and are released; emergencies that are confirmed or withdrawn.

use chapar::domain::access::Access;
use chapar::domain::dispatch::Lane;
use chapar::domain::rule::Rule;
use chapar::engine::rows::drafts;
use chapar::engine::rows::key;
use chapar::engine::store::View as _;
use chapar::name::Digest;
use chapar::name::OfficerId;
use chapar::office::Command;
use chapar::office::DraftRefused;
use chapar::office::HandleRefused;
use chapar::office::IssueRefused;
use chapar::office::Issued;
use chapar::office::Reply;
use chapar::office::Sent;
use chapar::wire;
use chapar::wire::AmendmentReason;
use chapar::wire::CheckPoint;
use chapar::wire::EntryKind;
use chapar::wire::NoticeKind;
use chapar::wire::Role;
use chapar::wire::Urgency;

use crate::support::office::Draft;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::office::carry;
use crate::support::second;

pub(super) const HOUR: i64 = 3_600_000;

impl TestOffice {
    pub(super) fn ask(&mut self, command: Command) -> Reply {
        self.commit(vec![command]).pop().unwrap()
    }

    pub(super) fn second(&self) -> OfficerId {
        second::id(self.code())
    }

    pub(super) fn submit(&mut self, draft: Draft) -> u64 {
        match self.ask(second::send(self.code(), draft.header, draft.body)) {
            Reply::Sent(Ok(Sent::Submitted(drafted))) => drafted.number,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn release_by(&mut self, officer: OfficerId, draft: u64) -> Result<Issued, DraftRefused> {
        self.ask(Command::OpenDraft { officer: officer.clone(), draft, attachment: None });
        let release = second::release(self.code(), &self.store, draft);
        let Command::Release { form, statement, .. } = release else { panic!() };
        match self.ask(Command::Release { officer, draft, form, statement }) {
            Reply::Released(released) => released,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn drafted(&mut self, command: Command) -> Result<u64, DraftRefused> {
        match self.ask(command) {
            Reply::Drafted(drafted) => drafted.map(|drafted| drafted.number),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn return_by(&mut self, officer: OfficerId, draft: u64, comment: &str) -> Result<u64, DraftRefused> {
        self.drafted(Command::Return { officer, draft, comment: comment.to_owned() })
    }

    /// Sends in an emergency, alone.
    fn alone(&mut self, urgency: Urgency) -> Result<Issued, IssueRefused> {
        self.sent_alone(Draft::to(&["TM-FAR"]).urgency(urgency).expiring(30 * 24 * HOUR))
    }

    pub(super) fn sent_alone(&mut self, draft: Draft) -> Result<Issued, IssueRefused> {
        let header = wire::NoticeHeader { emergency: true, ..draft.header };
        match self.ask(second::send(self.code(), header, draft.body)) {
            Reply::Sent(Ok(Sent::Issued(issued))) => Ok(issued),
            Reply::Sent(Err(DraftRefused::Issue(refused))) => Err(refused),
            other => panic!("{other:?}"),
        }
    }

    fn confirm_by(&mut self, officer: OfficerId, notice: Digest) -> Result<Issued, HandleRefused> {
        match self.ask(Command::Confirm { officer, notice }) {
            Reply::Confirmed(confirmed) => confirmed,
            other => panic!("{other:?}"),
        }
    }

    fn header(&self, notice: Digest) -> wire::NoticeHeader {
        chapar::office::read::summary(&self.store, notice).unwrap().header.unwrap()
    }

    fn holds_text(&self, text: &str) -> bool {
        let rows = self.store.scan(&[], &[u8::MAX; 65], usize::MAX).unwrap();
        rows.iter().any(|(_, value)| value.windows(text.len()).any(|window| window == text.as_bytes()))
    }
}

#[test]
fn what_one_officer_writes_another_one_releases() {
    let World { mut alt, mut far, .. } = World::new();
    let draft = alt.submit(Draft::to(&["TM-FAR"]));
    alt.verifies();
    let reserved = drafts::row(&alt.store, draft).unwrap().unwrap().reference;
    assert!(alt.waiting(&far, Lane::Routine).is_empty(), "nothing goes before its release");
    let author = alt.officer();
    assert_eq!(
        alt.release_by(author.clone(), draft),
        Err(DraftRefused::Own(reserved.parse().unwrap(), vec![alt.second()]))
    );
    alt.clock = alt.clock.plus_ms(HOUR);
    let unread = second::release(alt.code(), &alt.store, draft);
    let unread = alt.ask(unread);
    assert!(matches!(unread, Reply::Released(Err(DraftRefused::NotRead(_)))), "{unread:?}");
    let issued = alt.release_by(alt.second(), draft).unwrap();
    assert_eq!(issued.reference.to_string(), reserved);
    let header = alt.header(issued.digest);
    assert_eq!((header.author, header.releaser), (author.to_string(), alt.second().to_string()));
    assert_eq!(header.released_ms - header.created_ms, HOUR, "created when it was closed for release");
    assert_eq!(alt.release_by_again(draft), Err(DraftRefused::Unknown(draft)));
    let entry = alt.entries_of(EntryKind::Issued).pop().unwrap();
    let submitted = alt.entries_of(EntryKind::Submitted).pop().unwrap();
    assert_eq!((entry.actor, &entry.object), (alt.second().to_string(), &submitted.subject));
    assert_eq!((submitted.actor, submitted.note), (author.to_string(), reserved));
    let left = alt.store.scan(key::DRAFT_TEXTS, &key::after(key::DRAFT_TEXTS), 1).unwrap();
    assert!(left.is_empty(), "nothing of the draft stays");
    alt.verifies();
    carry(&mut alt, &mut far);
    assert_eq!(far.inbox(), [issued.digest]);
}

impl TestOffice {
    /// Releases a draft that is gone.
    fn release_by_again(&mut self, draft: u64) -> Result<Issued, DraftRefused> {
        let (officer, statement) = (self.second(), second::statement());
        match self.ask(Command::Release { officer, draft, form: Digest([1; 32]), statement }) {
            Reply::Released(released) => released,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_point_that_is_not_ticked_stops_the_release() {
    let World { mut alt, .. } = World::new();
    let draft = alt.submit(Draft::to(&["TM-FAR"]));
    alt.ask(second::read(alt.code(), draft));
    let Command::Release { officer, form, mut statement, .. } = second::release(alt.code(), &alt.store, draft) else {
        panic!()
    };
    statement.checklist.retain(|point| *point != i32::from(CheckPoint::NoStateSecret));
    let reply = alt.ask(Command::Release { officer, draft, form, statement });
    let Reply::Released(Err(DraftRefused::Issue(IssueRefused::Policy(problems)))) = reply else { panic!("{reply:?}") };
    assert_eq!(problems[0].rule, Rule::LifeCycle("release.checklist"));
    assert!(alt.entries_of(EntryKind::Issued).is_empty());
    // To detain somebody needs a lawful basis that the releasing officer vouches for.
    let mut detain = Draft::to(&["TM-FAR"]);
    detain.header.permitted_action = wire::PermittedAction::DetainIfLawful.into();
    let draft = alt.submit(detain);
    alt.ask(second::read(alt.code(), draft));
    let Command::Release { officer, form, mut statement, .. } = second::release(alt.code(), &alt.store, draft) else {
        panic!()
    };
    statement.lawful_basis_confirmed = false;
    let reply = alt.ask(Command::Release { officer, draft, form, statement });
    let Reply::Released(Err(DraftRefused::Issue(IssueRefused::Policy(problems)))) = reply else { panic!("{reply:?}") };
    assert_eq!(problems[0].rule, Rule::Policy(17));
    assert!(alt.release_by(alt.second(), draft).is_ok());
}

#[test]
fn a_draft_is_returned_changed_and_released_in_the_form_that_was_read() {
    let World { mut alt, .. } = World::new();
    let draft = alt.submit(Draft::to(&["TM-FAR"]));
    let reserved = drafts::row(&alt.store, draft).unwrap().unwrap().reference;
    let old = second::release(alt.code(), &alt.store, draft);
    let Draft { header, body } = Draft::to(&["TM-FAR"]);
    let save = |officer: OfficerId, header: &wire::NoticeHeader| {
        let (header, body) = (Box::new(header.clone()), body.clone().map(Box::new));
        second::save(officer, Some(draft), header, body)
    };
    let author = alt.officer();
    assert_eq!(alt.drafted(save(author.clone(), &header)), Err(DraftRefused::Pending(draft)));
    alt.ask(second::read(alt.code(), draft));
    assert_eq!(alt.return_by(alt.second(), draft, " "), Err(DraftRefused::Comment));
    alt.return_by(alt.second(), draft, "Which road?").unwrap();
    assert_eq!(alt.release_by(alt.second(), draft), Err(DraftRefused::NotPending(draft)));
    alt.verifies();
    assert!(!alt.holds_text("Which road?") && !alt.holds_text("Two trucks"), "drafts and comments are sealed at rest");
    alt.drafted(save(author.clone(), &header)).unwrap();
    alt.drafted(Command::Submit { officer: author.clone(), draft }).unwrap();
    assert!(matches!(alt.ask(old), Reply::Released(Err(DraftRefused::Changed))), "another form was read");
    assert_eq!(alt.release_by(alt.second(), draft).unwrap().reference.to_string(), reserved, "it keeps its reference");
    assert_eq!(alt.entries_of(EntryKind::Returned).len(), 1);
    alt.verifies();
}

#[test]
fn an_author_takes_a_draft_back_and_throws_it_away() {
    let World { mut alt, .. } = World::new();
    let draft = alt.submit(Draft::to(&["TM-FAR"]));
    let author = alt.officer();
    assert_eq!(
        alt.drafted(Command::Discard { officer: author.clone(), draft, over: None }),
        Err(DraftRefused::Pending(draft))
    );
    alt.return_by(author.clone(), draft, "").unwrap();
    alt.drafted(Command::Discard { officer: author, draft, over: None }).unwrap();
    alt.verifies();
    let next = alt.submit(Draft::to(&["TM-FAR"]));
    assert!(next > draft);
    let issued = alt.release_by(alt.second(), next).unwrap();
    assert!(issued.reference.number() > 1, "a reserved number is not given again");
}

#[test]
fn what_a_leaver_submitted_waits_for_another_author() {
    let World { mut alt, .. } = World::new();
    let (leaver, id) = ("UZ-ALT-O07".parse::<OfficerId>().unwrap(), alt.officer());
    let enrolment = |roles: &[Role]| {
        let roles = roles.iter().map(|role| (*role).into()).collect();
        wire::Enrolment { id: leaver.to_string(), roles, uid: None, until_ms: 0 }
    };
    let enrol = |roles: &[Role]| Command::Enrol { actor: id.clone(), enrolment: enrolment(roles), hash: None };
    alt.ask(enrol(&[Role::Officer]));
    let Draft { header, body } = Draft::to(&["TM-FAR"]);
    let (text, statement) = ((Box::new(header), body.map(Box::new)), wire::Statement::default());
    let send = Command::Send {
        officer: leaver.clone(),
        draft: None,
        over: None,
        header: text.0.clone(),
        body: text.1.clone(),
        statement,
    };
    let Reply::Sent(Ok(Sent::Submitted(drafted))) = alt.ask(send) else { panic!() };
    let draft = drafted.number;
    let save = |officer| second::save(officer, Some(draft), text.0.clone(), text.1.clone());
    assert_eq!(alt.drafted(save(id.clone())), Err(DraftRefused::Unknown(draft)), "nobody else's business");
    alt.ask(enrol(&[]));
    let entry = alt.entries_of(EntryKind::Returned).pop().unwrap();
    assert_eq!((entry.actor.as_str(), entry.code), ("node", 1));
    assert_eq!(alt.release_by(alt.second(), draft), Err(DraftRefused::NotPending(draft)));
    alt.verifies();
    alt.drafted(save(id.clone())).unwrap();
    alt.drafted(Command::Submit { officer: id.clone(), draft }).unwrap();
    let issued = alt.release_by(alt.second(), draft).unwrap();
    assert_eq!(alt.header(issued.digest).author, id.to_string());
}

#[test]
fn only_what_is_immediate_goes_alone_and_another_officer_confirms_it() {
    let World { mut alt, mut far, .. } = World::new();
    let Err(IssueRefused::Policy(problems)) = alt.alone(Urgency::Priority) else { panic!() };
    assert_eq!(problems[0].rule, Rule::Policy(4));
    // Alone nobody takes back what two have released.
    let released = alt.issue(Draft::to(&["TM-FAR"]));
    let Draft { header, .. } = Draft::to(&["TM-FAR"]).urgency(Urgency::Immediate);
    let relation = wire::Relation {
        kind: wire::RelationKind::Withdraws.into(),
        digest: released.digest.0.to_vec(),
        reference: released.reference.to_string(),
    };
    let kind = NoticeKind::Withdrawal.into();
    let header = wire::NoticeHeader { emergency: true, kind, relations: vec![relation], ..header };
    let withdrawal = wire::Withdrawal {
        reason_code: AmendmentReason::Error.into(),
        reason: Some(wire::Text { text: "No".to_owned(), language: "en".to_owned() }),
    };
    let marked = crate::support::lawful::body("Taken back");
    let body = wire::NoticeBody { withdrawal: Some(withdrawal), modus_operandi: None, ..marked };
    let Reply::Sent(Err(DraftRefused::Issue(IssueRefused::Policy(problems)))) =
        alt.ask(second::send(alt.code(), header, Some(body)))
    else {
        panic!()
    };
    assert_eq!(problems[0].rule, Rule::Policy(4));
    carry(&mut alt, &mut far);
    let issued = alt.alone(Urgency::Immediate).unwrap();
    let header = alt.header(issued.digest);
    assert_eq!((header.emergency, header.releaser.as_str()), (true, ""));
    alt.verifies();
    let (author, other) = (alt.officer(), alt.second());
    assert_eq!(
        alt.confirm_by(author, issued.digest),
        Err(HandleRefused::OwnEmergency(issued.reference, vec![other.clone()]))
    );
    alt.clock = alt.clock.plus_ms(71 * HOUR);
    assert_eq!(alt.confirm_by(other.clone(), issued.digest), Err(HandleRefused::NotOpened(issued.reference)));
    let opened = Command::Access {
        officer: other.clone(),
        notices: vec![issued.digest],
        access: Access::View,
        why: None,
        attachment: None,
    };
    alt.ask(opened);
    carry(&mut alt, &mut far);
    for office in [&alt, &far] {
        let waits = office.standing(&issued).confirmation.unwrap();
        assert_eq!((waits.confirmed_by, waits.overdue), (None, false), "{}", office.code());
        assert_eq!(waits.due_ms - header.released_ms, 72 * HOUR);
        assert_eq!(office.standing(&released).confirmation, None, "two have let it go");
    }
    let confirmed = alt.confirm_by(other.clone(), issued.digest).unwrap();
    assert_eq!(alt.confirm_by(other, issued.digest), Err(HandleRefused::NoEmergency(issued.reference)));
    alt.clock = alt.clock.plus_ms(2 * HOUR);
    alt.ask(Command::Duties);
    assert_eq!(alt.entries_of(EntryKind::Issued).len(), 3, "what is confirmed is not withdrawn");
    alt.verifies();
    (far.clock, alt.clock) = (alt.clock, alt.clock);
    carry(&mut alt, &mut far);
    assert_eq!(far.inbox(), [released.digest, issued.digest, confirmed.digest]);
    let text = far.text(confirmed.digest).unwrap();
    assert_eq!(text.correction.unwrap().reason_code(), AmendmentReason::Confirmed);
    for office in [&alt, &far] {
        let confirmation = office.standing(&issued).confirmation.unwrap();
        assert_eq!(confirmation.confirmed_by.unwrap().reference, confirmed.reference.to_string(), "{}", office.code());
        assert!(!confirmation.overdue);
    }
}

#[test]
fn what_nobody_confirms_the_node_withdraws_after_72_hours() {
    let World { mut alt, mut far, .. } = World::new();
    let issued = alt.alone(Urgency::Immediate).unwrap();
    alt.clock = alt.clock.plus_ms(72 * HOUR - 1);
    alt.ask(Command::Duties);
    assert_eq!(alt.entries_of(EntryKind::Issued).len(), 1, "not before");
    alt.clock = alt.clock.plus_ms(1);
    alt.ask(Command::Duties);
    let entries = alt.entries_of(EntryKind::Issued);
    assert_eq!((entries.len(), entries[1].actor.as_str()), (2, "node"));
    let withdrawal = Digest::try_from(entries[1].subject.as_slice()).unwrap();
    let header = alt.header(withdrawal);
    assert_eq!((header.kind(), header.author.as_str()), (NoticeKind::Withdrawal, "node"));
    alt.ask(Command::Duties);
    assert_eq!(alt.entries_of(EntryKind::Issued).len(), 2, "once");
    alt.verifies();
    far.clock = alt.clock;
    let lane = Lane::Immediate;
    let frame = alt.waiting(&far, lane).remove(0);
    far.take(alt.code(), &frame).unwrap();
    assert!(!far.standing(&issued).confirmation.unwrap().overdue, "to the last moment");
    far.clock = far.clock.plus_ms(1);
    assert!(far.standing(&issued).confirmation.unwrap().overdue);
    carry(&mut alt, &mut far);
    assert_eq!(far.inbox(), [issued.digest, withdrawal]);
    let text = far.text(withdrawal).unwrap();
    assert_eq!(text.withdrawal.unwrap().reason_code(), AmendmentReason::Unconfirmed);
}
