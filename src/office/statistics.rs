//! Counts of what was issued and received, for people outside the office: kinds, offices, months, classes and amounts of
//! what was seized. No name, number, plate, text or exact time goes into them (P-22).
//!
//! - Exercises and tests are not counted (P-16).
//! - What concerns few notices can tell of one of them. For readers outside it is withheld, and so is what would tell it.
//! - Seizure reports are as many as a class of what was seized, or more: where their count is withheld, no class is told.
//! - Times are by urgency, as deadlines are; a median over all of them would say nothing. Outside, no count stands beside
//!   them, and none is told of an urgency of which the count is withheld.

mod few;
mod times;

use std::collections::BTreeMap;

use crate::engine::rows::RowError;
use crate::engine::rows::key;
use crate::limits;
use crate::name::Digest;
use crate::office::read;
use crate::office::standing::Standings;
use crate::office::statistics::times::Times;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::DrugClass;
use crate::wire::Folder;
use crate::wire::ItemClass;
use crate::wire::NoticeKind;
use crate::wire::StatisticsBy;
use crate::wire::Traffic;
use crate::wire::Unit;
use crate::wire::json::Word as _;

/// The outcome of a notice that was withdrawn.
const WITHDRAWN: &str = "WITHDRAWN";

/// Which time, and for whom.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The first month, as in 2026-11; empty for any.
    pub from: String,
    /// The last month; empty for any.
    pub through: String,
    /// Whether it stays in the office, so that nothing is withheld.
    pub inside: bool,
}

/// What is counted: where, by what, its value, and the unit of an amount.
type Cell = (i32, i32, String, i32);

/// Of how many notices, how often, and how much of it.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    notices: u64,
    count: u64,
    milli: u64,
}

/// The counts so far.
#[derive(Debug, Default)]
struct Counts(BTreeMap<Cell, Sum>);

impl Counts {
    fn add(&mut self, folder: Folder, by: StatisticsBy, value: &str, count: u64) {
        self.amount(folder, by, value, count, Unit::Unspecified, 0);
    }

    /// Adds what one notice counts.
    fn amount(&mut self, folder: Folder, by: StatisticsBy, value: &str, count: u64, unit: Unit, milli: u64) {
        let sum = self.0.entry((folder.into(), by.into(), value.to_owned(), unit.into())).or_default();
        sum.notices = sum.notices.saturating_add(1);
        sum.count = sum.count.saturating_add(count);
        sum.milli = sum.milli.saturating_add(milli);
    }

    fn notice(&mut self, folder: Folder, summary: &wire::NoticeSummary, month: &str, body: Option<&wire::NoticeBody>) {
        let header = summary.header.clone().unwrap_or_default();
        self.add(folder, StatisticsBy::Kind, header.kind().word(), 1);
        self.add(folder, StatisticsBy::Urgency, header.urgency().word(), 1);
        self.add(folder, StatisticsBy::Purpose, header.purpose().word(), 1);
        self.add(folder, StatisticsBy::Month, month, 1);
        let standing = summary.standing.clone().unwrap_or_default();
        let mut sides: BTreeMap<(StatisticsBy, &str), u64> = BTreeMap::new();
        for side in &standing.sides {
            let originator = header.from.as_ref().map(|from| from.office.as_str()).unwrap_or_default();
            let other = if folder == Folder::Inbox { originator } else { side.office.as_str() };
            let state = if standing.withdrawn_by.is_some() { WITHDRAWN } else { side.state().word() };
            for of in [(StatisticsBy::Office, other), (StatisticsBy::Outcome, state)] {
                let count = sides.entry(of).or_default();
                *count = count.saturating_add(1);
            }
        }
        for ((by, value), count) in sides {
            self.add(folder, by, value, count);
        }
        // Each class counts once in a seizure; its amounts are added up.
        let mut seized: BTreeMap<(&str, i32), u64> = BTreeMap::new();
        for item in body.and_then(|body| body.seizure.as_ref()).iter().flat_map(|seizure| &seizure.items) {
            let (drug, class) = (item.drug_class(), item.class());
            let word = if drug == DrugClass::Unspecified { class.word() } else { drug.word() };
            if class != ItemClass::Unspecified {
                let milli = seized.entry((word, item.unit)).or_default();
                *milli = milli.saturating_add(item.quantity_milli.unwrap_or_default());
            }
        }
        for ((class, unit), milli) in seized {
            self.amount(folder, StatisticsBy::Class, class, 1, Unit::try_from(unit).unwrap_or_default(), milli);
        }
    }

    /// The rows, as much of them as is to be seen.
    fn rows(self, inside: bool) -> Vec<wire::StatisticsRow> {
        let cells: Vec<_> = self.0.into_iter().collect();
        if inside {
            return cells.into_iter().map(row).collect();
        }
        let mut rows = vec![];
        // Those of one folder and sort stand together, and classes behind kinds.
        for sort in cells.chunk_by(|((folder, by, ..), _), (other, _)| (*folder, *by) == (other.0, other.1)) {
            let told = outside(sort, &rows);
            rows.extend(told);
        }
        rows
    }
}

fn row(((folder, by, value, unit), sum): (Cell, Sum)) -> wire::StatisticsRow {
    let (count, quantity_milli) = (sum.count, sum.milli);
    wire::StatisticsRow { folder, by, value, unit, count, quantity_milli, ..wire::StatisticsRow::default() }
}

/// What people outside see of a sort, behind the rows before it.
fn outside(sort: &[(Cell, Sum)], before: &[wire::StatisticsRow]) -> Vec<wire::StatisticsRow> {
    let Some(((folder, by, ..), _)) = sort.first() else { return vec![] };
    let withheld = wire::StatisticsRow { folder: *folder, by: *by, withheld: true, ..wire::StatisticsRow::default() };
    let sums: Vec<few::Pair> = sort.iter().map(|(_, sum)| (sum.notices, sum.count)).collect();
    let reports = || is_told(before, *folder, StatisticsBy::Kind, NoticeKind::SeizureReport.word()) == Some(true);
    let bound = few::withheld(&sums).filter(|_| withheld.by() != StatisticsBy::Class || reports());
    let Some(bound) = bound else { return vec![withheld] };
    let told = |(cell, sum): &(Cell, Sum)| match cell {
        (.., value, unit) if sum.notices <= bound => {
            wire::StatisticsRow { value: value.clone(), unit: *unit, ..withheld.clone() }
        }
        _ => row((cell.clone(), *sum)),
    };
    sort.iter().map(told).collect()
}

/// Whether a count is told; `None` if it is not even named.
fn is_told(rows: &[wire::StatisticsRow], folder: i32, by: StatisticsBy, value: &str) -> Option<bool> {
    let row = rows.iter().find(|row| row.folder == folder && row.by() == by && row.value == value);
    row.map(|row| !row.withheld)
}

/// All rows, as much of them as is to be seen.
fn rows(counts: Counts, times: Times, inside: bool) -> Vec<wire::StatisticsRow> {
    let mut rows = counts.rows(inside);
    let urgency = |folder: i32, urgency: &str| is_told(&rows, folder, StatisticsBy::Urgency, urgency);
    let times = times.rows(inside, urgency);
    rows.extend(times);
    // The times stand behind the counts of their folder.
    rows.sort_by_key(|row| row.folder);
    rows
}

/// The month of a time, as in 2026-11, UTC.
fn month(ms: i64) -> String {
    Timestamp::clamped(ms).to_string().chars().take("2026-11".len()).collect()
}

/// Whether this is a month, as in 2026-11.
#[must_use]
pub fn is_month(text: &str) -> bool {
    let first = format!("{text}-01T00:00:00Z").parse::<Timestamp>();
    first.is_ok_and(|first| month(first.ms()) == text)
}

/// Counts what lies in both folders.
///
/// # Errors
/// If a row cannot be read.
pub fn count(standings: &Standings<'_>, asked: &Asked) -> Result<Vec<wire::StatisticsRow>, RowError> {
    let (mut counts, mut times) = (Counts::default(), Times::default());
    let size = usize::try_from(limits::PAGE_ROWS).unwrap_or(1);
    for (folder, prefix) in [(Folder::Inbox, key::INBOX), (Folder::Outbox, key::OUTBOX)] {
        let mut token = vec![];
        loop {
            let (page, next) = read::list(standings.view, prefix, &token, size)?;
            for mut summary in page {
                let month = month(summary.time_ms);
                let in_time = *month >= *asked.from && (asked.through.is_empty() || month <= asked.through);
                let header = summary.header.clone().unwrap_or_default();
                if !in_time || header.traffic() != Traffic::Actual {
                    continue;
                }
                standings.fill(&mut summary)?;
                let digest = Digest::try_from(summary.digest.as_slice());
                let body = match digest {
                    Ok(digest) if header.kind() == NoticeKind::SeizureReport => standings.text(digest)?,
                    _ => None,
                };
                counts.notice(folder, &summary, &month, body.as_ref());
                times.add(folder, header.urgency(), &standings.paces(&summary)?);
            }
            if next.is_empty() {
                break;
            }
            token = next;
        }
    }
    Ok(rows(counts, times, asked.inside))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::standing::Pace;
    use crate::wire::Awaited;
    use crate::wire::Urgency;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// A seizure of one kilogram.
    fn a_seizure() -> wire::NoticeBody {
        let item = wire::Item {
            class: ItemClass::Drug.into(),
            drug_class: DrugClass::Heroin.into(),
            quantity_milli: Some(1_000),
            unit: Unit::Kgm.into(),
            ..wire::Item::default()
        };
        let seizure = Some(wire::Seizure { items: vec![item], ..wire::Seizure::default() });
        wire::NoticeBody { seizure, ..wire::NoticeBody::default() }
    }

    /// What is told of notices to so many offices each.
    fn told(notices: &[(NoticeKind, Urgency, usize)], inside: bool) -> Vec<wire::StatisticsRow> {
        let (mut counts, mut times) = (Counts::default(), Times::default());
        for (kind, urgency, offices) in notices {
            let header = wire::NoticeHeader {
                kind: (*kind).into(),
                urgency: (*urgency).into(),
                ..wire::NoticeHeader::default()
            };
            let side = |at: usize| wire::Side {
                office: format!("TM-{at}"),
                state: wire::NoticeState::Delivered.into(),
                ..wire::Side::default()
            };
            let standing =
                Some(wire::Standing { sides: (0..*offices).map(side).collect(), ..wire::Standing::default() });
            let summary = wire::NoticeSummary { header: Some(header), standing, ..wire::NoticeSummary::default() };
            let body = (*kind == NoticeKind::SeizureReport).then(a_seizure);
            counts.notice(Folder::Outbox, &summary, "2026-11", body.as_ref());
            let pace = Pace { what: Awaited::Receipt, took_ms: Some(0), late: false };
            times.add(Folder::Outbox, *urgency, &vec![pace; *offices]);
        }
        rows(counts, times, inside)
    }

    const KINDS: [NoticeKind; 3] = [NoticeKind::ModusOperandi, NoticeKind::Withdrawal, NoticeKind::SeizureReport];
    const URGENCIES: [Urgency; 2] = [Urgency::Routine, Urgency::Immediate];

    /// Who knows the rules tries everything that would have been told like that: of all that up to nine notices can be.
    #[test]
    fn nobody_outside_can_compute_a_count_that_is_withheld() {
        let sorts = KINDS.into_iter().flat_map(|kind| URGENCIES.map(|urgency| (kind, urgency, 1)));
        let mut worlds = vec![vec![]];
        for sort in sorts {
            let more = |world: &Vec<_>| {
                let left = 9 - world.len();
                (0..=left).map(|count| [&**world, &vec![sort; count]].concat()).collect::<Vec<_>>()
            };
            worlds = worlds.iter().flat_map(more).collect();
        }
        let mut alike: BTreeMap<_, (_, Vec<BTreeMap<_, u64>>)> = BTreeMap::new();
        for world in worlds {
            let inside = told(&world, true).into_iter().map(|row| ((row.by, row.value), row.count)).collect();
            let outside = told(&world, false);
            alike.entry(format!("{outside:?}")).or_insert((outside, vec![])).1.push(inside);
        }
        assert!(alike.len() > 50, "{}", alike.len());
        for (outside, worlds) in alike.into_values() {
            for (cell, count) in worlds.iter().flatten() {
                let by = StatisticsBy::try_from(cell.0).unwrap();
                if *count > 0 && is_told(&outside, Folder::Outbox.into(), by, &cell.1) != Some(true) {
                    let may_be: BTreeSet<_> = worlds.iter().map(|world| world.get(cell).copied()).collect();
                    assert!(may_be.len() > 1, "{cell:?} is {may_be:?}: {outside:?}");
                }
            }
        }
    }

    /// What is told by a sort, or that it is withheld.
    fn by(rows: &[wire::StatisticsRow], by: StatisticsBy) -> Vec<(&str, Option<u64>)> {
        let rows = rows.iter().filter(|row| row.by() == by);
        rows.map(|row| (row.value.as_str(), (!row.withheld).then_some(row.count))).collect()
    }

    #[test]
    fn a_total_tells_nothing_of_rows_that_are_not_named() {
        let [one, other, report] = KINDS;
        let each = [(one, Urgency::Routine, 1), (other, Urgency::Routine, 1), (report, Urgency::Routine, 1)];
        let rows = told(&each, false);
        assert_eq!(by(&rows, StatisticsBy::Month), [("2026-11", Some(3))]);
        assert_eq!(by(&rows, StatisticsBy::Kind), [("", None)]);
        assert_eq!(by(&told(&each, true), StatisticsBy::Kind).len(), 3);
        // Three classes would tell that three of the four are reports.
        let four = [(report, Urgency::Routine, 1); 3].into_iter().chain([(one, Urgency::Routine, 1)]);
        let rows = told(&four.collect::<Vec<_>>(), false);
        assert_eq!([by(&rows, StatisticsBy::Kind), by(&rows, StatisticsBy::Class)], [[("", None)]; 2]);
        // One notice to many is one.
        let rows = told(&[(one, Urgency::Routine, 5)], false);
        assert_eq!(by(&rows, StatisticsBy::Outcome), [("", None)]);
        assert!(rows.iter().all(|row| row.withheld), "{rows:?}");
    }

    #[test]
    fn a_time_is_not_told_of_an_urgency_of_which_the_count_is_withheld() {
        let notices = |counts: [usize; 2]| {
            let each = URGENCIES.into_iter().zip(counts);
            each.flat_map(|(urgency, count)| vec![(KINDS[0], urgency, 1); count]).collect::<Vec<_>>()
        };
        let times = |counts, inside| {
            let rows = told(&notices(counts), inside).into_iter().filter(|row| row.by() == StatisticsBy::Receipt);
            rows.map(|row| (row.value, row.withheld, row.median_minutes)).collect::<Vec<_>>()
        };
        let row = |value: &str, median: Option<u32>| (value.to_owned(), median.is_none(), median);
        assert_eq!(times([5, 3], false), [row("IMMEDIATE", Some(0)), row("ROUTINE", Some(0))]);
        assert_eq!(times([8, 1], false), [row("IMMEDIATE", None), row("ROUTINE", None)], "eight would tell one");
        assert_eq!(times([4, 1], false), [row("", None)]);
        assert_eq!(times([4, 1], true), [row("IMMEDIATE", Some(0)), row("ROUTINE", Some(0))]);
    }

    proptest! {
        #[test]
        fn what_is_told_does_not_depend_on_the_order_of_notices(
            (one, other) in prop::collection::vec((0..3_usize, 0..2_usize, 1..4_usize), 0..30)
                .prop_flat_map(|notices| (Just(notices.clone()), Just(notices).prop_shuffle())),
        ) {
            let told = |of: &[(usize, usize, usize)]| {
                let notices = of.iter().map(|(kind, urgency, offices)| (KINDS[*kind], URGENCIES[*urgency], *offices));
                told(&notices.collect::<Vec<_>>(), false)
            };
            prop_assert_eq!(told(&one), told(&other));
        }
    }

    #[test]
    fn a_class_counts_once_in_a_seizure_and_its_amounts_are_added_up() {
        let item = |drug: DrugClass, milli| wire::Item {
            class: ItemClass::Drug.into(),
            drug_class: drug.into(),
            quantity_milli: Some(milli),
            unit: Unit::Kgm.into(),
            ..wire::Item::default()
        };
        let items =
            vec![item(DrugClass::Heroin, 1_500), item(DrugClass::Heroin, 500), item(DrugClass::CannabisResin, 250)];
        let seizure = Some(wire::Seizure { items, ..wire::Seizure::default() });
        let body = wire::NoticeBody { seizure, ..wire::NoticeBody::default() };
        let mut counts = Counts::default();
        for _ in 0..2 {
            counts.notice(Folder::Outbox, &wire::NoticeSummary::default(), "2026-11", Some(&body));
        }
        let rows = counts.rows(true);
        let classes = rows.iter().filter(|row| row.by() == StatisticsBy::Class);
        let classes: Vec<_> = classes.map(|row| (row.value.as_str(), row.count, row.quantity_milli)).collect();
        assert_eq!(classes, [("CANNABIS_RESIN", 2, 500), ("HEROIN", 2, 4_000)]);
    }

    #[test]
    fn months_are_months() {
        assert!(is_month("2026-11") && month(1_793_500_000_000) == "2026-11");
        for text in ["", "2026", "2026-13", "2026-1", "2026-11-01", "11-2026"] {
            assert!(!is_month(text), "{text}");
        }
    }
}
