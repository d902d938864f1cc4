//! Counts of what was issued and received, for people outside the office: kinds, offices, months, classes and amounts of
//! what was seized. No name, number, plate, text or exact time goes into them (P-22).
//!
//! - Exercises and tests are not counted (P-16).
//! - What concerns few notices can tell of one of them. For readers outside it is withheld, and so is the next smallest
//!   number where the sum of the others would tell it.
//! - Times are by urgency, as deadlines are; a median over all of them would say nothing. Outside, no count stands beside
//!   them.

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

/// How often, and how much of it.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    count: u64,
    milli: u64,
}

/// The counts so far.
#[derive(Debug, Default)]
struct Counts(BTreeMap<Cell, Sum>);

impl Counts {
    fn add(&mut self, folder: Folder, by: StatisticsBy, value: &str) {
        self.amount(folder, by, value, Unit::Unspecified, 0);
    }

    fn amount(&mut self, folder: Folder, by: StatisticsBy, value: &str, unit: Unit, milli: u64) {
        let sum = self.0.entry((folder.into(), by.into(), value.to_owned(), unit.into())).or_default();
        sum.count = sum.count.saturating_add(1);
        sum.milli = sum.milli.saturating_add(milli);
    }

    fn notice(&mut self, folder: Folder, summary: &wire::NoticeSummary, month: &str, body: Option<&wire::NoticeBody>) {
        let header = summary.header.clone().unwrap_or_default();
        self.add(folder, StatisticsBy::Kind, header.kind().word());
        self.add(folder, StatisticsBy::Urgency, header.urgency().word());
        self.add(folder, StatisticsBy::Purpose, header.purpose().word());
        self.add(folder, StatisticsBy::Month, month);
        let standing = summary.standing.clone().unwrap_or_default();
        for side in &standing.sides {
            let originator = header.from.as_ref().map(|from| from.office.as_str()).unwrap_or_default();
            let other = if folder == Folder::Inbox { originator } else { side.office.as_str() };
            self.add(folder, StatisticsBy::Office, other);
            let state = if standing.withdrawn_by.is_some() { WITHDRAWN } else { side.state().word() };
            self.add(folder, StatisticsBy::Outcome, state);
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
            self.amount(folder, StatisticsBy::Class, class, Unit::try_from(unit).unwrap_or_default(), milli);
        }
    }

    /// The rows, as many as are to be seen.
    fn rows(self, inside: bool) -> Vec<wire::StatisticsRow> {
        let mut rows: Vec<_> = self.0.into_iter().map(row).collect();
        if !inside {
            // Those of one folder and sort stand together.
            rows.chunk_by_mut(|one, other| (one.folder, one.by) == (other.folder, other.by)).for_each(withhold);
        }
        rows
    }
}

fn row(((folder, by, value, unit), sum): (Cell, Sum)) -> wire::StatisticsRow {
    let (count, quantity_milli) = (sum.count, sum.milli);
    wire::StatisticsRow { folder, by, value, unit, count, quantity_milli, ..wire::StatisticsRow::default() }
}

/// Withholds small counts; and one more if there is only one, as the sum of another sort would tell it.
fn withhold(rows: &mut [wire::StatisticsRow]) {
    let few = |row: &wire::StatisticsRow| row.count < limits::STATISTICS_FEW;
    let least = rows.iter().filter(|row| !few(row)).map(|row| row.count).min();
    let mut also = if rows.iter().filter(|row| few(row)).count() == 1 { least } else { None };
    for row in rows {
        let is_next = also.is_some_and(|least| row.count == least);
        if few(row) || is_next {
            if is_next {
                also = None;
            }
            (row.withheld, row.count, row.quantity_milli) = (true, 0, 0);
        }
    }
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
                for pace in standings.paces(&summary)? {
                    times.add(folder, header.urgency(), &pace);
                }
            }
            if next.is_empty() {
                break;
            }
            token = next;
        }
    }
    let mut rows = [counts.rows(asked.inside), times.rows(asked.inside)].concat();
    // The times stand behind the counts of their folder.
    rows.sort_by_key(|row| row.folder);
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(counts: &[u64]) -> Vec<Option<u64>> {
        let mut rows: Vec<_> =
            counts.iter().map(|count| wire::StatisticsRow { count: *count, ..Default::default() }).collect();
        withhold(&mut rows);
        rows.iter().map(|row| (!row.withheld).then_some(row.count)).collect()
    }

    #[test]
    fn small_counts_are_withheld_and_are_not_the_difference_of_others() {
        assert_eq!(rows(&[3, 9]), [Some(3), Some(9)]);
        assert_eq!(rows(&[2, 9, 4, 4]), [None, Some(9), None, Some(4)]);
        assert_eq!(rows(&[2, 9, 1]), [None, Some(9), None]);
        assert_eq!(rows(&[1]), [None]);
        assert_eq!(rows(&[]), []);
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
