//! Commit, then speak: what a commit holds, what is said of one that failed, and where the writer goes on.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;

use chapar::domain::access::Access;
use chapar::domain::access::List;
use chapar::domain::access::Overview;
use chapar::domain::dispatch::Lane;
use chapar::domain::entry::Alarm;
use chapar::domain::entry::Closing;
use chapar::domain::roster::OfficeState;
use chapar::edge::memory::Fault;
use chapar::edge::memory::MemoryStore;
use chapar::engine::accept;
use chapar::engine::store::CommitError;
use chapar::engine::store::Store;
use chapar::engine::store::StoreError;
use chapar::name::Digest;
use chapar::name::Reference;
use chapar::office::Command;
use chapar::office::DraftRefused;
use chapar::office::ExerciseRefused;
use chapar::office::ExerciseStep;
use chapar::office::HandleRefused;
use chapar::office::Reply;
use chapar::office::retention::RetentionRefused;
use chapar::office::retention::RetentionStep;
use chapar::wire;
use chapar::wire::EntryKind;

use crate::support::land::Land;
use crate::support::office::Draft;
use crate::support::office::World;
use crate::support::office::start;
use crate::support::second;

#[test]
fn references_skip_numbers_and_never_come_again() {
    let World { mut alt, .. } = World::new();
    let mut references: Vec<Reference> = vec![];
    for _ in 0..12 {
        references.extend((0..10).map(|_| alt.issue(Draft::to(&["TM-FAR"])).reference));
        assert!(alt.try_issue(Draft::to(&["KG-OSH"])).is_err(), "a refusal uses no number");
        alt.reopen();
    }
    let numbers: Vec<u32> = references.iter().map(|reference| reference.number()).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b));
    let skipped: Vec<u32> = (1..*numbers.last().unwrap()).filter(|number| !numbers.contains(number)).collect();
    assert!(!skipped.is_empty());
    assert!(skipped.iter().all(|number| Reference::new(alt.code(), 26, *number).is_none()));
    let checks: BTreeSet<char> = references.iter().filter_map(|r| r.to_string().chars().last()).collect();
    assert!(checks.is_disjoint(&BTreeSet::from(['I', 'O', '*'])));
}

#[test]
fn numbers_go_on_when_the_year_ends() {
    let World { mut alt, .. } = World::new();
    let last = alt.issue(Draft::to(&["TM-FAR"])).reference;
    alt.clock = start().plus_ms(60 * 86_400_000);
    let first = alt.issue(Draft::to(&["TM-FAR"]).expiring(61 * 86_400_000)).reference;
    assert!(last.to_string().starts_with("UZ-ALT-26-") && first.to_string().starts_with("UZ-ALT-27-"));
    assert!(first.number() > last.number());
}

#[test]
fn a_group_is_one_commit_of_entries_in_a_row() {
    let World { mut alt, far, .. } = World::new();
    let commands = (0..256_u32).map(|n| match n % 2 {
        0 => alt.issue_command(Draft::to(&["TM-FAR"])),
        _ => Command::Access {
            officer: alt.officer(),
            notices: vec![Digest([1; 32])],
            access: Access::View,
            why: None,
            attachment: None,
        },
    });
    let commands = commands.collect();
    let (number, size) = (alt.store.last_number().unwrap(), alt.writer.shared().head().size);
    let replies = alt.commit(commands);
    assert_eq!(alt.store.last_number().unwrap(), number + 1);
    let kinds: Vec<_> = alt.entries().split_off(usize::try_from(size).unwrap()).iter().map(wire::Entry::kind).collect();
    let three = [EntryKind::Issued, EntryKind::Dispatched, EntryKind::Accessed];
    assert_eq!(kinds, three.repeat(128));
    let in_turn = |pair: &[Reply]| matches!(pair, [Reply::Released(Ok(_)), Reply::Accessed]);
    assert!(replies.len() == 256 && replies.chunks(2).all(in_turn));
    assert_eq!(alt.waiting(&far, Lane::Routine).len(), 128);
}

#[test]
fn node_time_never_runs_back() {
    let World { mut alt, mut far, .. } = World::new();
    alt.clock = start().plus_ms(5000);
    alt.issue(Draft::to(&["TM-FAR"]));
    for clock in [start(), start().plus_ms(4999), chapar::time::Timestamp::ZERO] {
        alt.clock = clock;
        alt.issue(Draft::to(&["TM-FAR"]));
        alt.reopen();
    }
    let times: Vec<i64> = alt.entries().iter().map(|entry| entry.time_ms).collect();
    assert!(times.is_sorted());
    assert_eq!(times.last(), Some(&start().plus_ms(5000).ms()));
    for frame in alt.waiting(&far, Lane::Routine) {
        assert!(far.take(alt.code(), &frame).is_ok());
    }
    assert_eq!(far.inbox().len(), 4);
}

#[test]
fn no_commands_are_no_commit() {
    let World { mut alt, .. } = World::new();
    let before = (alt.store.last_number().unwrap(), alt.writer.shared().head());
    assert!(!alt.writer.has_work());
    alt.commit(vec![]);
    assert_eq!((alt.store.last_number().unwrap(), alt.writer.shared().head()), before);
}

/// UZ-ALT with something of every sort to do.
struct Scene {
    world: World,
    /// TM-FAR's dispatch for it.
    frame: wire::Deliver,
    /// UZ-NCC's receipt for its dispatch.
    receipt: Vec<u8>,
    roster: Vec<u8>,
    /// The release of a draft for TM-FAR.
    release: (u64, Digest),
}

impl Scene {
    fn new() -> Self {
        let mut world = World::new();
        world.far.issue(Draft::to(&["UZ-ALT"]));
        world.alt.issue(Draft::to(&["UZ-NCC"]));
        let frame = world.far.waiting(&world.alt, Lane::Routine).remove(0);
        let to_ncc = world.alt.waiting(&world.ncc, Lane::Routine).remove(0);
        let receipt = world.ncc.take(world.alt.code(), &to_ncc).unwrap();
        let roster = world.uz.set_state("UZ-NCC", OfficeState::Suspended);
        let Command::Release { draft, form, .. } = world.alt.issue_command(Draft::to(&["TM-FAR"])) else { panic!() };
        Self { world, frame, receipt, roster, release: (draft, form) }
    }
}

/// What UZ-ALT is asked to do, and the entry that it writes.
type Deed = (EntryKind, fn(&Scene) -> Command);

fn deeds() -> Vec<Deed> {
    vec![
        (EntryKind::Issued, |Scene { world, release: (draft, form), .. }| {
            let (officer, statement) = (second::id(world.alt.code()), second::statement());
            Command::Release { officer, draft: *draft, form: *form, statement }
        }),
        (EntryKind::Submitted, |scene| {
            let Draft { header, body } = Draft::to(&["TM-FAR"]);
            second::send(scene.world.alt.code(), header, body)
        }),
        (EntryKind::Received, |Scene { world: World { alt, far, .. }, frame, .. }| {
            let rosters = alt.writer.shared().rosters();
            let incoming = accept::deliver(&rosters, &alt.me.addressee(), far.code(), alt.clock, frame);
            Command::Arrive(Box::new(incoming.unwrap()))
        }),
        (EntryKind::ReceiptStored, |Scene { world: World { alt, ncc, .. }, receipt, .. }| {
            let rosters = alt.writer.shared().rosters();
            Command::Receipt(Box::new(accept::receipt(&rosters, alt.code(), ncc.code(), receipt).unwrap()))
        }),
        (EntryKind::Roster, |scene| Command::Import { actor: None, rosters: vec![scene.roster.clone()] }),
        (EntryKind::CountryTrusted, |scene| {
            let (officer, tj) = (scene.world.alt.officer(), Land::new("TJ", &[]));
            Command::Trust { officer, country: tj.country(), fingerprint: tj.fingerprint() }
        }),
        (EntryKind::Accessed, |scene| {
            let officer = scene.world.alt.officer();
            Command::Access {
                officer,
                notices: vec![Digest([1; 32])],
                access: Access::View,
                why: None,
                attachment: None,
            }
        }),
        (EntryKind::Accessed, |scene| {
            let overview = Overview::List { list: List::Inbox, rows: 1 };
            Command::Overview { officer: scene.world.alt.officer(), overview }
        }),
        (EntryKind::ConfigChanged, |_| Command::Agreements),
        (EntryKind::Closed, |scene| {
            let notice = Digest::try_from(scene.world.alt.entries_of(EntryKind::Issued)[0].subject.as_slice()).unwrap();
            Command::Close { officer: scene.world.alt.officer(), notice, closing: Closing::Close }
        }),
        (EntryKind::ExerciseStarted, |scene| {
            let (name, offices) = ("Dostyk".to_owned(), vec!["TM-FAR".to_owned()]);
            let until_ms = start().plus_ms(86_400_000).ms();
            let step = ExerciseStep::Start(wire::Exercise { name, offices, until_ms });
            Command::Exercise { officer: scene.world.alt.officer(), step }
        }),
        (EntryKind::RetentionSet, |scene| {
            let seen = chapar::limits::KEPT_DAYS;
            let (officer, step) = (scene.world.alt.officer(), RetentionStep::Set { days: 100, seen });
            Command::Retention { officer, kind: crate::support::lawful::KIND, step }
        }),
        (EntryKind::Alarm, |scene| Command::Alarm { alarm: Alarm::PeerStateLost, peer: scene.world.far.code() }),
    ]
}

/// A handle of the store that does this to the next batches.
fn failing(store: &MemoryStore, faults: &Arc<Mutex<Vec<Fault>>>) -> MemoryStore {
    let faults = Arc::clone(faults);
    store.clone().failing_apply(move |_| faults.lock().unwrap().pop().unwrap_or(Fault::None))
}

fn is_done(reply: &Reply) -> bool {
    match reply {
        Reply::Accessed
        | Reply::Agreed
        | Reply::Alarmed
        | Reply::ClockConfirmed(_)
        | Reply::DutiesDone
        | Reply::PassphraseSet => true,
        Reply::Denied(_) | Reply::KeyUsed => false,
        Reply::FirstPassphrase(is_set) => *is_set,
        Reply::Decided(result) => result.is_ok(),
        Reply::Enrolled(result) => result.is_ok(),
        Reply::Acknowledged(result) | Reply::Confirmed(result) => result.is_ok(),
        Reply::Answered(result) => result.is_ok(),
        Reply::Erased(result) => result.is_ok(),
        Reply::ExpiryConfirmed(result) => result.is_ok(),
        Reply::Closed(result) => matches!(result, Ok(_) | Err(HandleRefused::Closed(_))),
        Reply::Exercise(result) => matches!(result, Ok(_) | Err(ExerciseRefused::On(_))),
        Reply::HandedOver(result) => result.is_ok(),
        Reply::Imported(result) => result.is_ok(),
        Reply::Released(result) => matches!(result, Ok(_) | Err(DraftRefused::Unknown(_))),
        Reply::Sent(result) => result.is_ok(),
        Reply::DraftOpened(result) => result.is_ok(),
        Reply::Drafted(result) => result.is_ok(),
        Reply::Reading(result) => result.is_ok(),
        Reply::ReceiptStored(result) => result.is_ok(),
        Reply::Taken(result) => result.is_ok(),
        Reply::Trusted(result) => result.is_ok(),
        Reply::Uploaded(result) => result.is_ok(),
        Reply::Reviewed(result) => result.is_ok(),
        Reply::Retention(result) => matches!(result, Ok(_) | Err(RetentionRefused::Same(_))),
    }
}

/// How many entries of the deed's kind two failed attempts wrote, and how many one more that succeeds.
fn attempts((kind, deed): Deed, fault: &Fault, error: &CommitError) -> (usize, usize) {
    let mut scene = Scene::new();
    let before = scene.world.alt.entries_of(kind).len();
    let faults = Arc::new(Mutex::new(vec![]));
    for _ in 0..2 {
        let store = failing(&scene.world.alt.store, &faults);
        scene.world.alt.reopen_with(store);
        // So that the next commit is this deed's alone.
        scene.world.alt.settle();
        let command = deed(&scene);
        let shared = scene.world.alt.writer.shared();
        let seen = || (shared.head(), format!("{:?} {:?}", shared.rosters(), shared.exercise()));
        let before = seen();
        *faults.lock().unwrap() = vec![fault.clone()];
        match scene.world.alt.try_commit(vec![command]) {
            Err(failure) => assert_eq!(&failure, error),
            // The attempt before has done it: nothing is written, so nothing fails.
            Ok(replies) => assert!(*fault != Fault::FailNotApplied(StoreError::Full) && is_done(&replies[0])),
        }
        assert_eq!(seen(), before, "{kind:?}: nothing is shown");
        faults.lock().unwrap().clear();
    }
    scene.world.alt.reopen();
    scene.world.alt.settle();
    let failed = scene.world.alt.entries_of(kind).len();
    let command = deed(&scene);
    assert!(is_done(&scene.world.alt.commit(vec![command])[0]), "{kind:?}");
    scene.world.alt.reopen();
    (failed - before, scene.world.alt.entries_of(kind).len() - failed)
}

#[test]
fn a_writer_whose_commit_was_applied_unknown_to_it_writes_no_more() {
    let World { mut alt, .. } = World::new();
    let commands = [0, 1].map(|_| alt.issue_command(Draft::to(&["TM-FAR"])));
    let faults = Arc::new(Mutex::new(vec![Fault::FailApplied(StoreError::Full)]));
    alt.reopen_with(failing(&alt.store, &faults));
    alt.settle();
    let number = alt.store.last_number().unwrap();
    let [first, second] = commands.map(|command| alt.try_commit(vec![command]).unwrap_err());
    assert_eq!((first, second), (CommitError::Unknown(StoreError::Full), CommitError::Fenced(number + 1)));
    assert_eq!(alt.store.last_number().unwrap(), number + 1);
}

#[test]
fn what_failed_and_was_not_applied_is_done_by_the_next_attempt() {
    let (fault, error) = (Fault::FailNotApplied(StoreError::Full), CommitError::NotApplied(StoreError::Full));
    for deed in deeds() {
        assert_eq!(attempts(deed, &fault, &error), (0, 1), "{:?}", deed.0);
    }
}

#[test]
fn what_failed_but_was_applied_is_found_in_the_store() {
    let lost = StoreError::Io("power".to_owned());
    let (fault, error) = (Fault::FailApplied(lost.clone()), CommitError::Unknown(lost));
    for deed in deeds() {
        let wanted = match deed.0 {
            // Every draft and every access is one of its own; an alarm rings again after a start.
            EntryKind::Submitted | EntryKind::Accessed | EntryKind::Alarm => (2, 1),
            // The others know that they were done.
            _ => (1, 0),
        };
        assert_eq!(attempts(deed, &fault, &error), wanted, "{:?}", deed.0);
    }
}

#[test]
fn a_row_that_cannot_be_read_is_no_answer_and_changes_nothing() {
    let mut world = World::new();
    let broken = StoreError::Io("bad sector".to_owned());
    let error = broken.clone();
    let failing = move |key: &[u8]| if key.starts_with(b"a") { Err(error.clone()) } else { Ok(()) };
    let store = world.alt.store.clone().failing_read(failing);
    let command = world.alt.issue_command(Draft::to(&["TM-FAR"]));
    world.alt.reopen_with(store);
    world.alt.settle();
    let before = world.alt.store.clone_state();
    assert_eq!(world.alt.try_commit(vec![command]).unwrap_err(), CommitError::NotApplied(broken));
    assert_eq!(world.alt.store.clone_state(), before);
    world.alt.reopen();
    world.alt.issue(Draft::to(&["TM-FAR"]));
}
