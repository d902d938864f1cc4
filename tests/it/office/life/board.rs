//! The board after any history: what it kept up with the log is what a reader of the whole log would count.

use chapar::domain::entry::Closing;
use chapar::domain::template::about;
use chapar::engine::rows::key;
use chapar::engine::store::View as _;
use chapar::name::Digest;
use chapar::office::Issued;
use chapar::office::standing::Board;
use chapar::office::standing::Counts;
use chapar::office::standing::Page;
use chapar::office::standing::Wanted;
use chapar::wire;
use chapar::wire::Awaited;
use chapar::wire::EntryKind;
use chapar::wire::NoticeKind;
use chapar::wire::NoticeState;
use chapar::wire::Traffic;
use chapar::wire::Urgency;
use proptest::prelude::*;

use crate::office::life::MINUTE_MS;
use crate::office::life::stage::drafted;
use crate::office::life::stage::first;
use crate::support::office::Draft;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::office::carry;

/// What happens next; which notice it happens to is a number.
#[derive(Clone, Debug)]
enum Step {
    Report(Urgency, Traffic),
    Warn,
    Carry,
    Open(usize),
    Acknowledge(usize),
    Answer(usize),
    Withdraw(usize),
    Take(usize),
    Close(usize),
    Reopen(usize),
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let urgency = prop_oneof![Just(Urgency::Routine), Just(Urgency::Priority), Just(Urgency::Immediate)];
    let traffic = prop_oneof![4 => Just(Traffic::Actual), 1 => Just(Traffic::Exercise)];
    prop_oneof![
        2 => (urgency, traffic).prop_map(|(urgency, traffic)| Step::Report(urgency, traffic)),
        2 => Just(Step::Warn),
        4 => Just(Step::Carry),
        3 => (0..9_usize).prop_map(Step::Open),
        3 => (0..9_usize).prop_map(Step::Acknowledge),
        2 => (0..9_usize).prop_map(Step::Answer),
        1 => (0..9_usize).prop_map(Step::Withdraw),
        1 => (0..9_usize).prop_map(Step::Take),
        1 => (0..9_usize).prop_map(Step::Close),
        1 => (0..9_usize).prop_map(Step::Reopen),
        1 => (1..3000_i64).prop_map(Step::Wait),
    ]
}

/// Writes about a notice, if that may be written about it.
fn write(office: &mut TestOffice, kind: NoticeKind, target: &Issued) {
    let header = office.standings(|standings| standings.summary(target.digest).unwrap().header.unwrap());
    if let Some(file) = about(kind, &header, office.code(), office.clock) {
        let _may_be_refused = office.try_issue(drafted(file, header.traffic()));
    }
}

/// Both ends do what the step says; that it may be refused is part of the history.
fn take(world: &mut World, issued: &mut Vec<Issued>, step: Step) {
    let World { alt, far, .. } = world;
    let chosen = |number: usize| issued.get(number % issued.len().max(1)).cloned();
    match step {
        Step::Report(urgency, traffic) => {
            let mut draft = Draft::to(&["TM-FAR"]).urgency(urgency).expiring(365 * 24 * 60 * MINUTE_MS / 4);
            draft.header.traffic = traffic.into();
            issued.extend(alt.try_issue(draft));
        }
        Step::Warn => {
            let draft = first(alt, NoticeKind::SuspiciousConsignment, &["TM-FAR"]);
            issued.extend(alt.try_issue(draft));
        }
        Step::Carry => {
            carry(alt, far);
            carry(far, alt);
        }
        Step::Wait(minutes) => {
            for office in [alt, far] {
                office.clock = office.clock.plus_ms(minutes * MINUTE_MS);
            }
        }
        Step::Withdraw(number) => {
            if let Some(notice) = chosen(number) {
                write(alt, NoticeKind::Withdrawal, &notice);
            }
        }
        Step::Close(number) => drop(chosen(number).map(|notice| alt.close(&notice, Closing::Close))),
        Step::Reopen(number) => drop(chosen(number).map(|notice| alt.close(&notice, Closing::Reopen))),
        Step::Open(number) | Step::Acknowledge(number) | Step::Answer(number) | Step::Take(number) => {
            let Some(notice) = chosen(number).filter(|notice| far.inbox().contains(&notice.digest)) else { return };
            match step {
                Step::Open(_) => far.open(&notice),
                Step::Acknowledge(_) => drop(far.acknowledge(&notice)),
                Step::Take(_) => drop(far.take_case("TM-FAR-O01", &notice)),
                _ => write(far, NoticeKind::Feedback, &notice),
            }
        }
    }
}

/// The counts of a folder, from the rows of each notice alone.
fn recounted(office: &TestOffice, issued: bool) -> Counts {
    let mut counts = Counts::default();
    let kind = if issued { EntryKind::Issued } else { EntryKind::Received };
    for (index, entry) in (0..).zip(office.entries()).filter(|(_, entry)| entry.kind() == kind) {
        let digest = Digest::try_from(entry.subject.as_slice()).unwrap();
        let summary = office.standings(|standings| standings.summary(digest).unwrap());
        let (header, standing) = (summary.header.unwrap(), summary.standing.unwrap());
        let (opened_by, sides) = (key::opened_by(digest), &standing.sides);
        let opened = !office.store.scan(&opened_by, &key::after(&opened_by), 1).unwrap().is_empty();
        let any = |is: &dyn Fn(&wire::Side) -> bool| sides.iter().any(is);
        let overdue = any(&|side| side.overdue);
        let unread = !issued && !opened && !header.body_key_commitment.is_empty() && standing.withdrawn_by.is_none();
        let unacknowledged = !issued && any(&|side| side.awaited() == Awaited::Acknowledgement);
        let undeliverable = issued && any(&|side| side.state() == NoticeState::Undeliverable);
        let count = match () {
            () if header.traffic() != Traffic::Actual => &mut counts.exercise,
            () if overdue || (!standing.closed && (unread || unacknowledged || undeliverable)) => {
                &mut counts.needs_action
            }
            () if any(&|side| side.awaited() != Awaited::Unspecified) => &mut counts.in_progress,
            () => &mut counts.done,
        };
        *count += 1;
        let real = header.traffic() == Traffic::Actual;
        counts.overdue += u64::from(real && overdue);
        if real && header.urgency() == Urgency::Immediate {
            counts.immediate += 1;
            let other = if issued { header.to.first() } else { header.from.as_ref() };
            counts.newest = Some((index, header.kind(), other.unwrap().office.parse().unwrap()));
        }
    }
    counts
}

fn page(board: &mut Board, office: &TestOffice, issued: bool) -> Page {
    let end = office.writer.shared().head().size;
    office.standings(|standings| board.follow(standings, end)).unwrap();
    board.page(&Wanted { issued, ..Wanted::default() }, office.clock, 0, usize::MAX)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_board_is_what_a_recount_finds(history in proptest::collection::vec(step(), 1..25)) {
        let mut world = World::new();
        let (mut issued, mut boards) = (vec![], [Board::default(), Board::default()]);
        for step in history {
            take(&mut world, &mut issued, step);
            for (office, board) in [&world.alt, &world.far].into_iter().zip(&mut boards) {
                for folder in [true, false] {
                    let kept = page(board, office, folder);
                    prop_assert_eq!(&kept, &page(&mut Board::default(), office, folder));
                    prop_assert_eq!(kept.counts, recounted(office, folder));
                    prop_assert_eq!(kept.total, kept.rows.len());
                }
            }
        }
    }
}
