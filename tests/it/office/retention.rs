//! Periods of retention: what ends by them, when, and who sets them.

use chapar::domain::access::Access;
use chapar::domain::officer::Enrolment;
use chapar::engine::fold::ends;
use chapar::limits;
use chapar::name::Digest;
use chapar::name::OfficerId;
use chapar::office::Command;
use chapar::office::Ends;
use chapar::office::IssueRefused;
use chapar::office::Reply;
use chapar::office::due;
use chapar::office::erasure;
use chapar::office::retention;
use chapar::office::retention::RetentionRefused;
use chapar::office::retention::RetentionSet;
use chapar::office::retention::RetentionStep;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::EntryKind;
use chapar::wire::ErasureReason;
use chapar::wire::NoticeKind;
use chapar::wire::RelationKind;
use chapar::wire::Role;
use proptest::prelude::*;

use crate::support::lawful;
use crate::support::office::Draft;
use crate::support::office::START_MS;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::office::carry;
use crate::support::office::duties;
use crate::support::office::identity;
use crate::support::office::start;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

fn step(
    office: &mut TestOffice,
    officer: &OfficerId,
    kind: NoticeKind,
    step: RetentionStep,
) -> Result<RetentionSet, RetentionRefused> {
    let command = Command::Retention { officer: officer.clone(), kind, step };
    match office.commit(vec![command]).pop() {
        Some(Reply::Retention(done)) => done,
        other => panic!("{other:?}"),
    }
}

fn set(office: &mut TestOffice, kind: NoticeKind, days: u32) -> Result<RetentionSet, RetentionRefused> {
    let officer = office.officer();
    step(office, &officer, kind, RetentionStep::Set { days, seen: seen(office, kind) })
}

/// Days in force, as an officer sees them; 0 for a kind without a text.
fn seen(office: &TestOffice, kind: NoticeKind) -> u32 {
    retention::in_force(&office.store, kind).unwrap().map_or(0, |(days, _)| days)
}

fn decide(
    office: &mut TestOffice,
    officer: &OfficerId,
    proposal: u64,
    agree: bool,
) -> Result<RetentionSet, RetentionRefused> {
    step(office, officer, lawful::KIND, RetentionStep::Decide { proposal, agree })
}

/// Enrols another officer.
fn enrolled(office: &mut TestOffice, number: &str, role: Role) -> OfficerId {
    let id: OfficerId = format!("{}-{number}", office.code()).parse().unwrap();
    let enrolment = Enrolment { id: id.clone(), roles: vec![role], uid: None, until: start().plus_ms(300 * DAY) };
    let command = Command::Enrol { actor: office.officer(), enrolment: enrolment.message(), hash: None };
    assert!(matches!(office.commit(vec![command]).pop(), Some(Reply::Enrolled(Ok(one))) if one.proposal.is_none()));
    id
}

fn days(office: &TestOffice, kind: NoticeKind) -> u32 {
    retention::in_force(&office.store, kind).unwrap().unwrap().0
}

fn gone(office: &TestOffice, notice: Digest) -> Option<ErasureReason> {
    erasure(&office.store, notice).unwrap().map(|gone| gone.reason())
}

#[test]
fn a_shorter_period_counts_at_once_and_ends_nothing_that_was_not_announced() {
    let mut world = World::new();
    let notice = world.alt.issue(Draft::to(&["TM-FAR"]).expiring(90 * DAY)).digest;
    carry(&mut world.alt, &mut world.far);
    // The addressee keeps it for less time than its sender: a received text ends as an own one does.
    for office in [&mut world.alt, &mut world.far] {
        duties(office, 0);
        duties(office, 5 * DAY);
        assert_eq!(due::earlier(&office.store, lawful::KIND, 2, office.clock).unwrap(), (1, 1));
        // What ends within two days of the last duty is gone by the second one after it.
        assert_eq!(due::earlier(&office.store, lawful::KIND, 7, office.clock).unwrap(), (1, 1));
        assert_eq!(due::earlier(&office.store, lawful::KIND, 8, office.clock).unwrap(), (1, 0));
        assert_eq!(due::earlier(&office.store, NoticeKind::Reply, 1, office.clock).unwrap(), (0, 0));
    }
    let alt = &mut world.alt;
    assert!(!set(alt, lawful::KIND, 2).unwrap().proposed);
    let now = alt.clock;
    let (ends, by_retention) =
        due::end_of(&alt.store, &retention::periods(&alt.store).unwrap(), notice).unwrap().unwrap();
    assert_eq!((ends, by_retention), (start().plus_ms(2 * DAY), true));
    // Over already, and announced by nobody yet: the next duty announces it, the one after lets it end.
    duties(alt, 1);
    duties(alt, DAY - 2);
    assert_eq!(gone(alt, notice), None);
    duties(alt, 1);
    assert_eq!((gone(alt, notice), Ends::of(&alt.store, alt.clock).unwrap().ending), (None, 1));
    alt.reopen();
    duties(alt, DAY - 1);
    assert_eq!(gone(alt, notice), None, "announced a day before");
    duties(alt, 1);
    assert_eq!((gone(alt, notice), alt.text(notice)), (Some(ErasureReason::Retention), None));
    assert_eq!(alt.clock.since_ms(now), 2 * DAY);
    assert!(world.far.text(notice).is_some());
    assert_eq!(alt.verified(), Ok(()));
    let far = &mut world.far;
    set(far, lawful::KIND, 3).unwrap();
    duties(far, DAY);
    duties(far, DAY);
    assert_eq!(gone(far, notice), Some(ErasureReason::Retention));
    let last = far.entries_of(EntryKind::Erased).pop().unwrap();
    assert_eq!((last.actor.as_str(), last.code), ("node", 6));
    // Nothing of it is left, in no row.
    assert_eq!(due::earlier(&far.store, lawful::KIND, 1, far.clock).unwrap(), (0, 0));
    assert_eq!(far.verified(), Ok(()));
}

#[test]
fn a_longer_period_waits_for_a_second_person() {
    let mut alt = TestOffice::new(identity("UZ-ALT", "first"));
    let first = alt.officer();
    let (second, watcher) =
        (enrolled(&mut alt, "D02", Role::DataProtectionOfficer), enrolled(&mut alt, "A09", Role::Auditor));
    set(&mut alt, lawful::KIND, 100).unwrap();
    assert_eq!(set(&mut alt, lawful::KIND, 100), Err(RetentionRefused::Same(100)));
    let cap = limits::KEPT_DAYS;
    for days in [0, cap + 1] {
        assert_eq!(set(&mut alt, lawful::KIND, days), Err(RetentionRefused::Days { cap }));
    }
    assert_eq!(set(&mut alt, NoticeKind::Acknowledgement, 5), Err(RetentionRefused::NoText));
    assert_eq!(decide(&mut alt, &second, 1, true), Err(RetentionRefused::NotProposed));
    let early = set(&mut alt, lawful::KIND, 200).unwrap();
    let later = set(&mut alt, lawful::KIND, cap).unwrap();
    assert!(early.proposed && later.proposed);
    alt.reopen();
    assert_eq!(days(&alt, lawful::KIND), 100, "nothing is decided");
    assert_eq!(decide(&mut alt, &second, early.index, true), Err(RetentionRefused::OtherProposal(early.index)));
    assert_eq!(decide(&mut alt, &first, later.index, true), Err(RetentionRefused::OwnProposal(first.clone())));
    let command = Command::Retention {
        officer: watcher,
        kind: lawful::KIND,
        step: RetentionStep::Decide { proposal: later.index, agree: true },
    };
    assert!(matches!(alt.commit(vec![command]).pop(), Some(Reply::Denied(_))));
    // Turned down, and proposed anew by the other one.
    decide(&mut alt, &first, later.index, false).unwrap();
    assert_eq!(decide(&mut alt, &second, later.index, true), Err(RetentionRefused::NotProposed));
    let third = step(&mut alt, &second, lawful::KIND, RetentionStep::Set { days: 150, seen: 100 }).unwrap();
    assert!(third.proposed);
    decide(&mut alt, &first, third.index, true).unwrap();
    assert_eq!(days(&alt, lawful::KIND), 150);
    let entry = alt.entries_of(EntryKind::RetentionSet).pop().unwrap();
    assert_eq!((entry.actor.as_str(), entry.peer.as_str(), entry.sequence), (first.as_str(), second.as_str(), 150));
    // What lengthened when it was looked at would shorten now.
    let stale = step(&mut alt, &second, lawful::KIND, RetentionStep::Set { days: 120, seen: 100 });
    assert_eq!((stale, days(&alt, lawful::KIND)), (Err(RetentionRefused::OtherPeriod(150)), 150));
    // A shorter one settles what is proposed.
    let fourth = set(&mut alt, lawful::KIND, 160).unwrap();
    step(&mut alt, &second, lawful::KIND, RetentionStep::Set { days: 10, seen: 150 }).unwrap();
    assert_eq!(decide(&mut alt, &second, fourth.index, true), Err(RetentionRefused::NotProposed));
    // Whoever has left proposes nothing.
    let fifth = step(&mut alt, &second, lawful::KIND, RetentionStep::Set { days: 20, seen: 10 }).unwrap();
    let leaver = wire::Enrolment { id: second.to_string(), ..wire::Enrolment::default() };
    alt.commit(vec![Command::Enrol { actor: first.clone(), enrolment: leaver, hash: None }]);
    assert_eq!(decide(&mut alt, &first, fifth.index, true), Err(RetentionRefused::Proposer(second)));
    assert_eq!(alt.verified(), Ok(()));
}

#[test]
fn an_own_notice_ends_within_the_period_of_its_kind() {
    let mut alt = World::new().alt;
    set(&mut alt, lawful::KIND, 7).unwrap();
    let draft = || Draft::to(&["TM-FAR"]);
    let refused = alt.try_issue(draft().expiring(7 * DAY + 1)).unwrap_err();
    let IssueRefused::Policy(problems) = refused else { panic!("{refused:?}") };
    let found: Vec<_> = problems.iter().map(|one| (one.rule.to_string(), one.path.as_str(), one.message)).collect();
    assert_eq!(found, [("P-10".to_owned(), "header.expires_at", "p10-longer-than-kept")]);
    assert_eq!(problems[0].names, [("days", "7".to_owned())]);
    assert!(alt.try_issue(draft().expiring(7 * DAY)).is_ok());
    // What the office makes itself fits: the confirmation of an emergency release.
    set(&mut alt, NoticeKind::Correction, 1).unwrap();
    let alone = alt.sent_alone(draft().expiring(DAY).urgency(wire::Urgency::Immediate)).unwrap();
    let officer = crate::support::second::id(alt.code());
    let (notices, access) = (vec![alone.digest], Access::View);
    alt.commit(vec![Command::Access { officer: officer.clone(), notices, access, why: None, attachment: None }]);
    let confirm = Command::Confirm { officer, notice: alone.digest };
    let Some(Reply::Confirmed(Ok(confirmed))) = alt.commit(vec![confirm]).pop() else { panic!() };
    let until = due::end_of(&alt.store, &retention::periods(&alt.store).unwrap(), confirmed.digest).unwrap().unwrap().0;
    assert_eq!(until, alt.clock.plus_ms(DAY));
    assert_eq!(alt.verified(), Ok(()));
}

/// DOMAIN 6.7, ruling 7: a period of its own does not take a correction away from under what it corrects.
#[test]
fn a_correction_outlives_its_period_as_long_as_what_it_corrects_is_here() {
    let mut world = World::new();
    let alt = &mut world.alt;
    let target = alt.issue(Draft::to(&["TM-FAR"]).expiring(90 * DAY));
    let mut correction = Draft::to(&["TM-FAR"]).expiring(20 * DAY);
    correction.header.kind = NoticeKind::Correction.into();
    correction.header.relations = vec![wire::Relation {
        kind: RelationKind::Corrects.into(),
        reference: target.reference.to_string(),
        ..wire::Relation::default()
    }];
    let body = correction.body.as_mut().unwrap();
    let text = |text: &str| wire::Text { text: text.to_owned(), language: "en".to_owned() };
    body.modus_operandi = None;
    body.correction = Some(Box::new(wire::Correction {
        reason_code: wire::AmendmentReason::Error.into(),
        reason: Some(text("One truck")),
        replaced_fields: vec![wire::FieldChange {
            path: "body.subject".to_owned(),
            value: Some(wire::field_change::Value::Text(text("One truck"))),
        }],
        ..wire::Correction::default()
    }));
    let correction = alt.issue(correction).digest;
    set(alt, NoticeKind::Correction, 1).unwrap();
    duties(alt, 0);
    duties(alt, 5 * DAY);
    duties(alt, DAY);
    assert!(alt.text(correction).is_some() && alt.text(target.digest).is_some());
    set(alt, lawful::KIND, 8).unwrap();
    (0..4).for_each(|_| duties(alt, DAY));
    assert_eq!(gone(alt, target.digest), Some(ErasureReason::Retention));
    assert_eq!(gone(alt, correction), Some(ErasureReason::Retention));
    assert_eq!(alt.verified(), Ok(()));
}

#[derive(Clone, Debug)]
enum Op {
    /// A notice that ends after so many hours.
    Issue(i64),
    /// So many days, at once or agreed to.
    Set(u32),
    /// Time goes by, and the duties are done.
    Pass(i64),
    /// Stop and start.
    Reopen,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        3 => (1_i64..200).prop_map(Op::Issue),
        2 => (1_u32..8).prop_map(Op::Set),
        4 => (1_i64..60).prop_map(Op::Pass),
        1 => Just(Op::Reopen),
    ];
    prop::collection::vec(op, 1..24)
}

/// A text of the model.
struct Text {
    notice: Digest,
    released: Timestamp,
    expires: Timestamp,
    announced: bool,
    gone: bool,
}

impl Text {
    fn end(&self, days: u32) -> Timestamp {
        self.expires.min(self.released.plus_ms(i64::from(days) * DAY))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// A text ends by the first daily duty that finds it over for a day since one announced it, by the longer one of what
    /// was in force then and now; never otherwise.
    #[test]
    fn what_ends_is_what_was_announced(ops in ops()) {
        let mut alt = World::new().alt;
        let second = enrolled(&mut alt, "D02", Role::DataProtectionOfficer);
        let mut texts: Vec<Text> = vec![];
        let (mut period, mut then, mut announced) = (limits::KEPT_DAYS, limits::KEPT_DAYS, None::<Timestamp>);
        for op in ops {
            match op {
                Op::Issue(hours) => {
                    let expires = alt.clock.plus_ms(hours * HOUR);
                    let draft = Draft::to(&["TM-FAR"]).expiring(expires.ms() - START_MS);
                    if expires.since_ms(alt.clock) > i64::from(period) * DAY {
                        prop_assert!(alt.try_issue(draft).is_err());
                    } else {
                        let (notice, released) = (alt.issue(draft).digest, alt.clock);
                        texts.push(Text { notice, released, expires, announced: false, gone: false });
                    }
                }
                Op::Set(days) if days == period => {}
                Op::Set(days) => {
                    let done = set(&mut alt, lawful::KIND, days).unwrap();
                    prop_assert_eq!(done.proposed, days > period);
                    if done.proposed {
                        decide(&mut alt, &second, done.index, true).unwrap();
                    }
                    period = days;
                }
                Op::Pass(hours) => {
                    duties(&mut alt, hours * HOUR);
                    let now = alt.clock;
                    if announced.is_none_or(|announced| now.since_ms(announced) >= DAY) {
                        let to = announced.map_or(Timestamp::ZERO, |announced| announced.plus_ms(DAY)).min(now);
                        for text in texts.iter_mut().filter(|text| text.announced) {
                            text.gone |= text.end(period.max(then)) <= to;
                        }
                        for text in &mut texts {
                            text.announced = true;
                        }
                        let tomorrow = now.plus_ms(DAY);
                        let ending = texts.iter().filter(|text| !text.gone && text.end(period) <= tomorrow).count();
                        let said = ends::duties(&alt.store).unwrap().ending;
                        prop_assert_eq!(usize::try_from(said).unwrap(), ending);
                        (announced, then) = (Some(now), period);
                    }
                }
                Op::Reopen => alt.reopen(),
            }
            for text in &texts {
                prop_assert_eq!(alt.text(text.notice).is_none(), text.gone);
            }
        }
        assert_eq!(alt.verified(), Ok(()));
    }
}
