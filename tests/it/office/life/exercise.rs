//! An exercise of an office: one at a time, kept over a restart, and what goes out while it is on.

use std::sync::Arc;

use chapar::domain::exercise::ExerciseError;
use chapar::domain::rule::Rule;
use chapar::limits;
use chapar::office::Command;
use chapar::office::ExerciseRefused;
use chapar::office::ExerciseStep;
use chapar::office::IssueRefused;
use chapar::office::Ongoing;
use chapar::office::Reply;
use chapar::time::DAY_MS;
use chapar::wire;
use chapar::wire::EntryKind;
use chapar::wire::NoticeKind;
use chapar::wire::Traffic;
use proptest::prelude::*;

use crate::office::life::stage::answer;
use crate::office::life::stage::first;
use crate::office::release::HOUR;
use crate::support::office::Draft;
use crate::support::office::START_MS;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::office::carry;

/// To start one with these offices, which is to end so long after the beginning of the tests.
fn start(name: &str, offices: &[&str], after_ms: i64) -> ExerciseStep {
    let offices = offices.iter().map(|office| (*office).to_owned()).collect();
    ExerciseStep::Start(wire::Exercise { name: name.to_owned(), offices, until_ms: START_MS + after_ms })
}

fn command(office: &TestOffice, step: ExerciseStep) -> Command {
    Command::Exercise { officer: office.officer(), step }
}

fn done(reply: Reply) -> Result<u64, ExerciseRefused> {
    match reply {
        Reply::Exercise(done) => done,
        other => panic!("{other:?}"),
    }
}

fn ask(office: &mut TestOffice, step: ExerciseStep) -> Result<u64, ExerciseRefused> {
    let command = command(office, step);
    done(office.ask(command))
}

fn on(office: &TestOffice) -> Option<Arc<Ongoing>> {
    let on = office.writer.shared().exercise();
    assert_eq!(Ongoing::read(&office.store).unwrap().as_ref(), on.as_deref(), "what all see is what is durable");
    on
}

#[test]
fn one_is_on_at_a_time_and_a_restart_keeps_it() {
    let World { mut alt, .. } = World::new();
    assert_eq!(on(&alt), None);
    assert_eq!(ask(&mut alt, ExerciseStep::End(0)), Err(ExerciseRefused::None));
    // Two start at once: one commit, and the first wins.
    let both = ["Dostyk", "Other"].map(|name| command(&alt, start(name, &["TM-FAR"], HOUR)));
    let mut replies = alt.commit(both.into()).into_iter().map(done);
    let index = replies.next().unwrap().unwrap();
    let ongoing = on(&alt).unwrap();
    assert_eq!(replies.next().unwrap(), Err(ExerciseRefused::On(Arc::clone(&ongoing))));
    assert_eq!((ongoing.index, ongoing.exercise.name.as_str(), ongoing.since), (index, "Dostyk", alt.clock));
    assert_eq!(ongoing.officer, alt.officer());
    alt.reopen();
    assert_eq!(on(&alt), Some(ongoing.clone()));
    // After its planned end it is on still, and says so.
    alt.clock = alt.clock.plus_ms(HOUR);
    assert!(on(&alt).unwrap().message(alt.clock).is_over_time);
    assert!(!ongoing.message(alt.clock.plus_ms(-1)).is_over_time);
    assert_eq!(ask(&mut alt, ExerciseStep::End(index + 1)), Err(ExerciseRefused::Other(ongoing)));
    let ended = ask(&mut alt, ExerciseStep::End(index)).unwrap();
    assert_eq!(on(&alt), None);
    assert_eq!(ask(&mut alt, ExerciseStep::End(index)), Err(ExerciseRefused::None));
    alt.reopen();
    assert_eq!(on(&alt), None);
    let entry = alt.entries_of(EntryKind::ExerciseEnded).pop().unwrap();
    assert_eq!((entry.sequence, entry.actor.as_str(), ended), (index, "UZ-ALT-O01", index + 1));
    ask(&mut alt, start("Again", &["UZ-NCC"], 2 * HOUR)).unwrap();
    alt.verifies();
}

#[test]
fn what_is_no_exercise_does_not_begin() {
    let World { mut alt, .. } = World::new();
    let size = alt.entries().len();
    let far = limits::EXERCISE_DAYS * DAY_MS + 1;
    for (step, wanted) in [
        (start("x", &["TM-FAR", "TM-XXX"], HOUR), ExerciseRefused::Unknown("TM-XXX".parse().unwrap())),
        (start("x", &["UZ-ALT"], HOUR), ExerciseRefused::Unknown("UZ-ALT".parse().unwrap())),
        (start("x", &[], HOUR), ExerciseError::Offices.into()),
        (start("x", &["TM-FAR"], 0), ExerciseError::End.into()),
        (start("x", &["TM-FAR"], far), ExerciseError::End.into()),
    ] {
        assert_eq!(ask(&mut alt, step), Err(wanted));
    }
    assert!(matches!(
        ask(&mut alt, start("a\u{202E}b", &["TM-FAR"], HOUR)),
        Err(ExerciseRefused::Exercise(ExerciseError::Name(_)))
    ));
    assert_eq!((on(&alt), alt.entries().len()), (None, size));
}

#[test]
fn an_exercise_notice_goes_to_who_takes_part_or_knows_already() {
    let World { mut alt, mut far, mut ncc, .. } = World::new();
    let exercise = |office: &TestOffice, to: &[&str]| {
        let mut draft = first(office, NoticeKind::RequestForInformation, to);
        draft.header.traffic = Traffic::Exercise.into();
        draft
    };
    // Before one is on, whoever is agreed on.
    let draft = exercise(&ncc, &["UZ-ALT"]);
    let asked = ncc.issue(draft);
    carry(&mut ncc, &mut alt);
    ask(&mut alt, start("Dostyk", &["TM-FAR"], HOUR)).unwrap();
    let draft = exercise(&alt, &["TM-FAR", "UZ-NCC"]);
    let Err(IssueRefused::Policy(found)) = alt.try_issue(draft) else { panic!("it went out") };
    let found: Vec<_> = found.iter().map(|one| (one.rule.clone(), one.path.as_str(), one.message)).collect();
    assert_eq!(found, [(Rule::Policy(16), "header.to[1].office_code", "p16-not-in-exercise")]);
    let draft = exercise(&alt, &["TM-FAR"]);
    alt.issue(draft);
    // Who has asked is answered.
    let mut draft = answer(&alt, NoticeKind::Reply, &asked);
    draft.header.traffic = Traffic::Exercise.into();
    alt.issue(draft);
    // What is real goes to everybody, and so does a test of the way.
    for traffic in [Traffic::Actual, Traffic::Test] {
        let mut draft = exercise(&alt, &["TM-FAR", "UZ-NCC"]);
        draft.header.traffic = traffic.into();
        alt.issue(draft);
    }
    // No other office is told of the exercise.
    carry(&mut alt, &mut far);
    assert_eq!(on(&far), None);
    far.issue(Draft::to(&["UZ-ALT"]));
    let index = on(&alt).unwrap().index;
    ask(&mut alt, ExerciseStep::End(index)).unwrap();
    let draft = exercise(&alt, &["UZ-NCC"]);
    alt.issue(draft);
    alt.verifies();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever is asked in whatever commits: one is on or none, restarts change nothing, and the log verifies.
    #[test]
    fn starts_and_ends_alternate(steps in proptest::collection::vec((0..3_u8, 0..40_u64, any::<bool>()), 1..12)) {
        let World { mut alt, .. } = World::new();
        let mut is_on = None;
        for (what, index, restarts) in steps {
            let step = match what {
                0 => start("Dostyk", &["TM-FAR"], HOUR),
                1 => ExerciseStep::End(is_on.unwrap_or(index)),
                _ => ExerciseStep::End(index),
            };
            let before = is_on;
            is_on = match (&step, ask(&mut alt, step.clone()), before) {
                (ExerciseStep::Start(_), Ok(index), None) => Some(index),
                (ExerciseStep::End(named), Ok(_), Some(began)) if *named == began => None,
                (_, Err(_), before) => before,
                (step, done, before) => panic!("{step:?}, {done:?} while {before:?}"),
            };
            if restarts {
                alt.reopen();
            }
            prop_assert_eq!(on(&alt).map(|on| on.index), is_on);
        }
        alt.verifies();
    }
}
