//! Readings under break-glass: asked by one, decided by another, used by the first for a day, whatever happens meanwhile.

use chapar::domain::access::Why;
use chapar::domain::entry::Entry;
use chapar::domain::reading::Reading;
use chapar::domain::reading::Verdict;
use chapar::engine::fold;
use chapar::engine::log::Head;
use chapar::engine::store;
use chapar::engine::store::Pending;
use chapar::engine::store::Store as _;
use chapar::limits;
use chapar::name::Digest;
use chapar::name::OfficerId;
use chapar::office::Command;
use chapar::office::ReadingRefused;
use chapar::office::ReadingStep;
use chapar::office::Reply;
use chapar::office::officers::Denied;
use chapar::office::readings;
use chapar::time::DAY_MS;
use chapar::wire;
use chapar::wire::EntryKind;
use chapar::wire::ErasureReason;
use chapar::wire::Role;
use proptest::prelude::*;

use crate::support::office::Draft;
use crate::support::office::START_MS;
use crate::support::office::TestOffice;
use crate::support::office::World;

fn id(text: &str) -> OfficerId {
    format!("UZ-ALT-{text}").parse().unwrap()
}

fn why(text: &str) -> Why {
    Why::needed(text).unwrap()
}

/// UZ-ALT with four auditors, two data-protection officers and so many notices. O01 holds all roles, as no office would enrol
/// one.
fn office(notices: usize) -> (TestOffice, Vec<Digest>) {
    let World { mut alt, .. } = World::new();
    let roles = ["U01", "U02", "U03", "U04"].map(|one| (one, Role::Auditor));
    let roles = roles.into_iter().chain(["D01", "D02"].map(|one| (one, Role::DataProtectionOfficer)));
    for (one, role) in roles {
        let enrolment =
            wire::Enrolment { id: id(one).to_string(), roles: vec![role.into()], ..wire::Enrolment::default() };
        let reply = alt.commit(vec![Command::Enrol { actor: id("O01"), enrolment, hash: None }]).remove(0);
        assert!(matches!(reply, Reply::Enrolled(Ok(_))), "{reply:?}");
    }
    let draft = Draft::to(&["TM-FAR"]).expiring(40 * DAY_MS);
    let notices = (0..notices).map(|_| alt.issue(draft.clone()).digest).collect();
    (alt, notices)
}

fn command(officer: &str, step: ReadingStep) -> Command {
    Command::Reading { officer: id(officer), step }
}

fn done(alt: &mut TestOffice, officer: &str, step: ReadingStep) -> Result<u64, ReadingRefused> {
    match alt.commit(vec![command(officer, step)]).remove(0) {
        Reply::Reading(done) => done,
        other => panic!("{other:?}"),
    }
}

fn ask(alt: &mut TestOffice, officer: &str, notice: Digest) -> Result<u64, ReadingRefused> {
    done(alt, officer, ReadingStep::Ask { notice, why: why("case 7") })
}

fn decide(alt: &mut TestOffice, officer: &str, request: u64, verdict: Verdict) -> Result<u64, ReadingRefused> {
    done(alt, officer, ReadingStep::Decide { request, verdict })
}

fn open(alt: &mut TestOffice, officer: &str, notice: Digest) -> Result<u64, ReadingRefused> {
    done(alt, officer, ReadingStep::Open { notice, amendments: vec![] })
}

#[test]
fn what_one_asks_another_grants_for_a_day_also_after_a_restart() {
    let (mut alt, notices) = office(2);
    let [notice, other] = notices[..] else { panic!() };
    let request = ask(&mut alt, "U01", notice).unwrap();
    assert!(matches!(ask(&mut alt, "U01", notice), Err(ReadingRefused::Waits(_))));
    assert!(matches!(open(&mut alt, "U01", notice), Err(ReadingRefused::NotGranted(_))), "it waits");
    alt.reopen();
    alt.clock = alt.clock.plus_ms(limits::BREAK_GLASS_WAITS_MS - 1);
    assert_eq!(decide(&mut alt, "D01", request, Verdict::Granted), Ok(request));
    let before = alt.entries().len();
    assert_eq!(open(&mut alt, "U01", notice), Ok(request));
    alt.reopen();
    alt.clock = alt.clock.plus_ms(limits::BREAK_GLASS_MS - 1);
    assert_eq!(open(&mut alt, "U01", notice), Ok(request));
    for (officer, notice) in [("U01", other), ("U02", notice)] {
        assert!(matches!(open(&mut alt, officer, notice), Err(ReadingRefused::NotGranted(_))), "{officer}");
    }
    alt.clock = alt.clock.plus_ms(1);
    assert!(matches!(open(&mut alt, "U01", notice), Err(ReadingRefused::NotGranted(_))), "its time has passed");
    let entries = alt.entries();
    let asked = &entries[usize::try_from(request).unwrap()];
    assert_eq!((asked.kind(), asked.actor.as_str()), (EntryKind::ReadingAsked, "UZ-ALT-U01"));
    assert_eq!((asked.subject.as_slice(), asked.note.as_str()), (notice.0.as_slice(), "case 7"));
    let decided = &entries[before - 1];
    assert_eq!((decided.kind(), decided.code, decided.sequence), (EntryKind::ReadingDecided, 1, request));
    assert_eq!((decided.actor.as_str(), decided.peer.as_str()), ("UZ-ALT-D01", "UZ-ALT-U01"));
    let used: Vec<_> = entries[before..].iter().map(|one| (one.code, one.sequence, one.note.as_str())).collect();
    let decision = u64::try_from(before - 1).unwrap();
    assert_eq!(used, [(1, decision, "case 7"), (1, decision, "case 7")], "each names the decision");
    assert_eq!(alt.verified(), Ok(()));
}

#[test]
fn nobody_decides_what_he_asks_and_two_at_once_decide_once() {
    let (mut alt, notices) = office(2);
    let own = ask(&mut alt, "O01", notices[0]).unwrap();
    let others = Err(ReadingRefused::Own(vec![id("D01"), id("D02")]));
    assert_eq!(decide(&mut alt, "O01", own, Verdict::Granted), others);
    let request = ask(&mut alt, "U01", notices[1]).unwrap();
    let step = |verdict| ReadingStep::Decide { request, verdict };
    let replies = alt.commit(vec![
        command("D01", step(Verdict::Refused(why("not needed")))),
        command("D02", step(Verdict::Granted)),
    ]);
    let [Reply::Reading(first), Reply::Reading(second)] = &replies[..] else { panic!("{replies:?}") };
    assert_eq!(first, &Ok(request));
    assert_eq!(second, &Err(ReadingRefused::Decided { index: request, by: id("D01") }));
    assert!(matches!(open(&mut alt, "U01", notices[1]), Err(ReadingRefused::NotGranted(_))));
    let shown = readings::one(&alt.store, request, alt.clock).unwrap().unwrap();
    assert_eq!((shown.reason.as_str(), shown.decided_by.as_str()), ("not needed", "UZ-ALT-D01"));
    // What was refused may be asked again; the newer request takes its place.
    let again = ask(&mut alt, "U01", notices[1]).unwrap();
    assert_eq!(decide(&mut alt, "D02", request, Verdict::Granted), Err(ReadingRefused::NotAsked(request)));
    assert_eq!(decide(&mut alt, "D02", again, Verdict::Granted), Ok(again));
    assert_eq!(alt.verified(), Ok(()));
}

#[test]
fn what_nobody_decides_ends_after_a_week_and_there_are_not_more_than_so_many() {
    let (mut alt, notices) = office(limits::BREAK_GLASS_EACH + 1);
    let (last, most) = (*notices.last().unwrap(), &notices[..limits::BREAK_GLASS_EACH]);
    let requests: Vec<u64> = most.iter().map(|notice| ask(&mut alt, "U01", *notice).unwrap()).collect();
    assert_eq!(ask(&mut alt, "U01", last), Err(ReadingRefused::OwnFull));
    // One shuts out nobody else; what is refused, or whose text is gone, takes no place.
    for officer in ["U02", "U03", "O01"] {
        for notice in most {
            ask(&mut alt, officer, *notice).unwrap();
        }
    }
    assert_eq!(most.len() * 4, limits::BREAK_GLASS);
    assert_eq!(ask(&mut alt, "U04", last), Err(ReadingRefused::Full));
    let all = readings::list(&alt.store, alt.clock).unwrap().len();
    decide(&mut alt, "D01", requests[0], Verdict::Refused(why("not needed"))).unwrap();
    ask(&mut alt, "U01", last).unwrap();
    assert_eq!(ask(&mut alt, "U04", last), Err(ReadingRefused::Full));
    let reason = ErasureReason::CourtOrder;
    alt.commit(vec![Command::Erase { officer: id("D01"), notice: most[1], reason }]);
    assert_eq!(readings::list(&alt.store, alt.clock).unwrap().len(), all + 1 - 4, "a line for what is gone");
    ask(&mut alt, "U04", last).unwrap();
    alt.clock = alt.clock.plus_ms(limits::BREAK_GLASS_WAITS_MS);
    assert_eq!(readings::list(&alt.store, alt.clock).unwrap(), []);
    let late = decide(&mut alt, "D01", requests[2], Verdict::Granted);
    assert_eq!(late, Err(ReadingRefused::NotAsked(requests[2])));
    ask(&mut alt, "U02", last).unwrap();
    let known = chapar::engine::rows::readings::all(&alt.store).unwrap();
    assert_eq!(known.len(), 1, "what is over is forgotten");
    assert_eq!(alt.verified(), Ok(()));
}

#[test]
fn a_text_that_is_gone_is_neither_asked_for_nor_granted_nor_read() {
    let (mut alt, notices) = office(3);
    let waits = ask(&mut alt, "U01", notices[0]).unwrap();
    let granted = ask(&mut alt, "U01", notices[1]).unwrap();
    decide(&mut alt, "D01", granted, Verdict::Granted).unwrap();
    let reason = ErasureReason::CourtOrder;
    alt.commit(notices.iter().map(|notice| Command::Erase { officer: id("D01"), notice: *notice, reason }).collect());
    assert_eq!(decide(&mut alt, "D01", waits, Verdict::Granted), Err(ReadingRefused::NoText));
    assert_eq!(open(&mut alt, "U01", notices[1]), Err(ReadingRefused::NoText));
    assert_eq!(ask(&mut alt, "U01", notices[2]), Err(ReadingRefused::NoText));
    assert_eq!(ask(&mut alt, "U01", Digest([9; 32])), Err(ReadingRefused::NoText));
    assert_eq!(decide(&mut alt, "D01", waits, Verdict::Refused(why("erased"))), Ok(waits));
    assert_eq!(alt.verified(), Ok(()));
}

#[test]
fn each_step_needs_its_role_and_somebody_else_to_decide() {
    let (mut alt, notices) = office(1);
    let request = ask(&mut alt, "U01", notices[0]).unwrap();
    let steps = [
        ("D01", ReadingStep::Ask { notice: notices[0], why: why("case 7") }),
        ("U02", ReadingStep::Decide { request, verdict: Verdict::Granted }),
        ("D01", ReadingStep::Open { notice: notices[0], amendments: vec![] }),
    ];
    for (officer, step) in steps {
        let reply = alt.commit(vec![command(officer, step.clone())]).remove(0);
        assert!(matches!(reply, Reply::Denied(Denied::Role { .. })), "{officer} {step:?}: {reply:?}");
    }
    for officer in ["D01", "D02"] {
        let enrolment = wire::Enrolment { id: id(officer).to_string(), ..wire::Enrolment::default() };
        alt.commit(vec![Command::Enrol { actor: id("O01"), enrolment, hash: None }]);
    }
    let again = ask(&mut alt, "O01", notices[0]);
    assert_eq!(again, Err(ReadingRefused::Nobody), "only the one who asks could decide");
}

/// Writes an entry that the writer would not.
fn forged(alt: &TestOffice, entry: Entry) -> Result<(), &'static str> {
    let number = alt.store.last_number().unwrap() + 1;
    let mut head = Head::read(&alt.store).unwrap().unwrap();
    let mut rows = Pending::new(&alt.store, number);
    let (entry, bytes) = entry.stamped(alt.clock, [7; 16]);
    let index = head.append(&mut rows, bytes, alt.clock).unwrap();
    let _folded = fold::fold(&mut rows, index, &entry);
    head.close(&mut rows, number).unwrap();
    store::commit(&alt.store, &rows.into_batch(), ()).unwrap();
    alt.verified()
}

#[test]
fn a_log_in_which_somebody_read_without_leave_does_not_verify() {
    let reading = |notice| Reading {
        officer: id("U01"),
        notice,
        why: "case 7".to_owned(),
        asked: crate::support::office::start(),
        decision: None,
    };
    let with = || {
        let (mut alt, notices) = office(2);
        let request = ask(&mut alt, "U01", notices[0]).unwrap();
        (alt, notices, request)
    };
    let (alt, notices, request) = with();
    let own = Entry::reading_decided(&id("U01"), request, &reading(notices[0]), &Verdict::Granted);
    assert_eq!(forged(&alt, own), Err("fault-reading-decided"));
    let (alt, notices, request) = with();
    let other = Entry::reading_decided(&id("D01"), request, &reading(notices[1]), &Verdict::Granted);
    assert_eq!(forged(&alt, other), Err("fault-reading-decided"), "of another notice");
    let (mut alt, notices, request) = with();
    decide(&mut alt, "D01", request, Verdict::Granted).unwrap();
    let decision = u64::try_from(alt.entries().len() - 1).unwrap();
    let twice = Entry::reading_decided(&id("D02"), request, &reading(notices[0]), &Verdict::Granted);
    assert_eq!(forged(&alt, twice), Err("fault-reading-decided"));
    for (officer, seen, decision) in [("U01", 0, 1), ("U02", 0, decision), ("U01", 1, decision)] {
        let (mut alt, notices, request) = with();
        decide(&mut alt, "D01", request, Verdict::Granted).unwrap();
        let used = Entry::read_granted(&id(officer), notices[seen], decision, "case 7");
        assert_eq!(forged(&alt, used), Err("fault-reading-used"), "{officer} {seen}");
    }
    alt_late(&with);
    amended(&with);
}

fn correction(alt: &TestOffice, notice: Digest) -> Draft {
    let reference = alt.standings(|standings| standings.summary(notice).unwrap()).header.unwrap().reference;
    let mut draft = Draft::to(&["TM-FAR"]).expiring(40 * DAY_MS);
    draft.header.kind = wire::NoticeKind::Correction.into();
    let kind = wire::RelationKind::Corrects.into();
    draft.header.relations = vec![wire::Relation { kind, reference, ..wire::Relation::default() }];
    let text = || Some(wire::Text { text: "One truck".to_owned(), language: "en".to_owned() });
    let value = text().map(wire::field_change::Value::Text);
    let correction = wire::Correction {
        reason_code: wire::AmendmentReason::Error.into(),
        reason: text(),
        replaced_fields: vec![wire::FieldChange { path: "body.subject".to_owned(), value }],
        ..wire::Correction::default()
    };
    let body = draft.body.take().unwrap();
    draft.body = Some(wire::NoticeBody {
        subject: body.subject,
        marking: body.marking,
        correction: Some(Box::new(correction)),
        ..wire::NoticeBody::default()
    });
    draft
}

/// What corrects the text that was granted is seen with it, what corrects another one is not.
fn amended(with: &dyn Fn() -> (TestOffice, Vec<Digest>, u64)) {
    for (place, holds) in [(0, Ok(())), (1, Err("fault-reading-used"))] {
        let (mut alt, notices, request) = with();
        let correction = correction(&alt, notices[place]);
        let correction = alt.issue(correction).digest;
        decide(&mut alt, "D01", request, Verdict::Granted).unwrap();
        let decision = u64::try_from(alt.entries().len() - 1).unwrap();
        let used = Entry::read_granted(&id("U01"), correction, decision, "case 7");
        assert_eq!(forged(&alt, used), holds, "{place}");
    }
}

fn alt_late(with: &dyn Fn() -> (TestOffice, Vec<Digest>, u64)) {
    let (mut alt, notices, request) = with();
    decide(&mut alt, "D01", request, Verdict::Granted).unwrap();
    let decision = u64::try_from(alt.entries().len() - 1).unwrap();
    alt.clock = alt.clock.plus_ms(limits::BREAK_GLASS_MS);
    let used = Entry::read_granted(&id("U01"), notices[0], decision, "case 7");
    assert_eq!(forged(&alt, used), Err("fault-reading-used"), "its time has passed");
}

/// What anybody may do next.
#[derive(Clone, Debug)]
enum Deed {
    Ask(usize, usize),
    Decide(usize, usize, bool),
    Open(usize, usize),
    Pass(i64),
    Restart,
}

const ASKERS: [&str; 3] = ["U01", "U02", "O01"];
const DECIDERS: [&str; 3] = ["D01", "D02", "O01"];

/// How long nothing happens, at the limits too.
const PAUSES: [i64; 5] =
    [1, DAY_MS / 3, limits::BREAK_GLASS_MS - 1, limits::BREAK_GLASS_MS, limits::BREAK_GLASS_WAITS_MS];

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (0..3_usize, 0..2_usize).prop_map(|(who, what)| Deed::Ask(who, what)),
        6 => (0..3_usize, 0..3_usize, prop::bool::weighted(0.7))
            .prop_map(|(who, back, grant)| Deed::Decide(who, back, grant)),
        4 => (0..3_usize, 0..2_usize).prop_map(|(who, what)| Deed::Open(who, what)),
        3 => prop::sample::select(PAUSES.to_vec()).prop_map(Deed::Pass),
        1 => Just(Deed::Restart),
    ]
}

/// A request as it should be: who, about what, when, and what was decided when.
struct Asked {
    index: u64,
    who: usize,
    what: usize,
    at: i64,
    decided: Option<(i64, bool)>,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// However it goes: a text is seen only by who asked for it, after another one has granted that, within a day.
    #[test]
    fn a_text_is_seen_only_as_another_granted(deeds in prop::collection::vec(deed(), 8..32)) {
        let (mut alt, notices) = office(2);
        let mut asked: Vec<Asked> = vec![];
        for deed in deeds {
            let now = alt.clock.ms();
            let waits = |one: &Asked| one.decided.is_none() && now < one.at + limits::BREAK_GLASS_WAITS_MS;
            let counts = |one: &Asked| {
                one.decided.is_some_and(|(at, granted)| granted && now < at + limits::BREAK_GLASS_MS)
            };
            match deed {
                Deed::Ask(who, what) => {
                    let live = asked.iter().any(|one| (one.who, one.what) == (who, what) && (waits(one) || counts(one)));
                    let result = ask(&mut alt, ASKERS[who], notices[what]);
                    prop_assert_eq!(result.is_ok(), !live, "{:?}", result);
                    if let Ok(index) = result {
                        asked.push(Asked { index, who, what, at: now, decided: None });
                    }
                }
                Deed::Decide(who, back, grant) => {
                    // One of the newest.
                    let Some(which) = asked.len().checked_sub(back + 1) else { continue };
                    let one = &asked[which];
                    let may = waits(one) && DECIDERS[who] != ASKERS[one.who];
                    let verdict = if grant { Verdict::Granted } else { Verdict::Refused(why("no need")) };
                    let result = decide(&mut alt, DECIDERS[who], one.index, verdict);
                    prop_assert_eq!(result.is_ok(), may, "{:?}", result);
                    if may {
                        asked[which].decided = Some((now, grant));
                    }
                }
                Deed::Open(who, what) => {
                    let may = asked.iter().any(|one| (one.who, one.what) == (who, what) && counts(one));
                    let result = open(&mut alt, ASKERS[who], notices[what]);
                    prop_assert_eq!(result.is_ok(), may, "{:?}", result);
                }
                // The notices are kept for 40 days.
                Deed::Pass(ms) if now + ms < START_MS + 39 * DAY_MS => alt.clock = alt.clock.plus_ms(ms),
                Deed::Pass(_) => {}
                Deed::Restart => alt.reopen(),
            }
        }
        prop_assert_eq!(alt.verified(), Ok(()));
    }
}
