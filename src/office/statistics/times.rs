//! Median times and the share of what was late, by folder, step and urgency.
//!
//! - Each time is rounded before it is taken, so that none is kept, and what is kept of many stays small.
//! - A notice to several offices has as many times. What is told of them outside is of no few notices.
//! - The median is the lower of the two in the middle: it is a time that was taken.

use std::collections::BTreeMap;

use crate::domain::standing::Pace;
use crate::office::statistics::few;
use crate::wire;
use crate::wire::Awaited;
use crate::wire::Folder;
use crate::wire::StatisticsBy;
use crate::wire::Urgency;
use crate::wire::json::Word as _;

/// A minute, milliseconds.
const MINUTE_MS: i64 = 60 * 1000;
/// How times are rounded: those below so many minutes, to whole multiples of so many; the last one holds for all others.
const ROUNDED: [(i64, i64); 3] = [(10, 1), (2 * 60, 5), (2 * 24 * 60, 60)];
/// What is counted by each step.
const STEPS: [(Awaited, StatisticsBy); 3] = [
    (Awaited::Receipt, StatisticsBy::Receipt),
    (Awaited::Acknowledgement, StatisticsBy::Acknowledgement),
    (Awaited::Answer, StatisticsBy::Answer),
];
/// A day, minutes.
const DAY: i64 = 24 * 60;

/// What came, by its rounded time in minutes, and what was late.
#[derive(Clone, Debug, Default)]
struct Taken {
    times: BTreeMap<u32, u64>,
    /// Of how many.
    all: u64,
    late: u64,
    notices: Notices,
}

/// Of how many notices one came, was late, or was not.
#[derive(Clone, Copy, Debug, Default)]
struct Notices {
    all: u64,
    came: u64,
    late: u64,
    in_time: u64,
}

/// The times so far, by folder, step and urgency.
#[derive(Debug, Default)]
pub(super) struct Times(BTreeMap<(i32, i32, &'static str), Taken>);

impl Times {
    /// Adds those of one notice.
    pub(super) fn add(&mut self, folder: Folder, urgency: Urgency, paces: &[Pace]) {
        for (what, by) in STEPS {
            let paces: Vec<_> = paces.iter().filter(|pace| pace.what == what).collect();
            if !paces.is_empty() {
                self.0.entry((folder.into(), by.into(), urgency.word())).or_default().add(&paces);
            }
        }
    }

    /// The rows, as much of them as is to be seen: outside, whether the count of an urgency is told, `None` if it is not even
    /// named.
    pub(super) fn rows(self, inside: bool, is_told: impl Fn(i32, &str) -> Option<bool>) -> Vec<wire::StatisticsRow> {
        let row = |((folder, by, urgency), taken): ((i32, i32, &'static str), Taken)| {
            let told = if inside { Some(true) } else { is_told(folder, urgency) };
            let row = match told {
                Some(true) => taken.row(inside),
                _ => wire::StatisticsRow { withheld: true, ..wire::StatisticsRow::default() },
            };
            wire::StatisticsRow { folder, by, value: told.map_or("", |_| urgency).to_owned(), ..row }
        };
        let mut rows: Vec<_> = self.0.into_iter().map(row).collect();
        // Those that are not named are one.
        rows.dedup();
        rows
    }
}

impl Taken {
    /// Adds those of one notice.
    fn add(&mut self, paces: &[&Pace]) {
        for pace in paces {
            self.all = self.all.saturating_add(1);
            self.late = self.late.saturating_add(u64::from(pace.late));
            if let Some(ms) = pace.took_ms {
                let count = self.times.entry(rounded(ms)).or_default();
                *count = count.saturating_add(1);
            }
        }
        let one = |is: fn(&Pace) -> bool| u64::from(paces.iter().any(|pace| is(pace)));
        let Notices { all, came, late, in_time } = &mut self.notices;
        *all = all.saturating_add(1);
        *came = came.saturating_add(one(|pace| pace.took_ms.is_some()));
        *late = late.saturating_add(one(|pace| pace.late));
        *in_time = in_time.saturating_add(one(|pace| !pace.late));
    }

    fn row(&self, inside: bool) -> wire::StatisticsRow {
        let Notices { all, came, late, in_time } = self.notices;
        let few = |notices: u64| !inside && few::is_few(notices);
        // Of few that are late, or few that are not, a share would tell.
        let hides = few(all) || few(late) || few(in_time);
        let percent = self.late.saturating_mul(100).saturating_add(self.all / 2).checked_div(self.all);
        wire::StatisticsRow {
            count: if inside { self.all } else { 0 },
            withheld: hides || few(came),
            median_minutes: self.median().filter(|_| !few(came)),
            overdue_percent: percent.filter(|_| !hides).and_then(|percent| u32::try_from(percent).ok()),
            ..wire::StatisticsRow::default()
        }
    }

    fn median(&self) -> Option<u32> {
        let middle = self.times.values().sum::<u64>().div_ceil(2);
        let mut seen = 0_u64;
        let mut reaches = |count: u64| {
            seen = seen.saturating_add(count);
            seen >= middle
        };
        self.times.iter().find(|(_, count)| reaches(**count)).map(|(minutes, _)| *minutes)
    }
}

/// A time in minutes, as it may be told.
fn rounded(ms: i64) -> u32 {
    let step = ROUNDED.into_iter().find(|(below, _)| ms < below * MINUTE_MS).map_or(DAY, |(_, step)| step);
    let minutes = ms.saturating_add(step * MINUTE_MS / 2) / (step * MINUTE_MS) * step;
    u32::try_from(minutes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pace((took_ms, late): (Option<i64>, bool)) -> Pace {
        Pace { what: Awaited::Answer, took_ms, late }
    }

    /// Of a notice each.
    fn taken(paces: &[(Option<i64>, bool)]) -> Taken {
        let mut taken = Taken::default();
        for one in paces {
            taken.add(&[&pace(*one)]);
        }
        taken
    }

    fn told(paces: &[(Option<i64>, bool)], inside: bool) -> (Option<u32>, Option<u32>, bool, u64) {
        let row = taken(paces).row(inside);
        (row.median_minutes, row.overdue_percent, row.withheld, row.count)
    }

    #[test]
    fn times_are_rounded() {
        let minutes = |minutes: i64| minutes * MINUTE_MS;
        let rounded =
            [0, 29_999, 30_000, minutes(7), minutes(10), minutes(13), minutes(119), minutes(149)].map(rounded);
        assert_eq!(rounded, [0, 0, 1, 7, 10, 15, 120, 120]);
        let days = [minutes(2 * DAY) - 1, minutes(2 * DAY), minutes(3 * DAY + 700), i64::MAX].map(super::rounded);
        assert_eq!(days, [2880, 2880, 3 * 1440, u32::MAX]);
    }

    #[test]
    fn few_tell_of_none_outside() {
        let minutes = |minutes: i64| Some(minutes * MINUTE_MS);
        let three = [(minutes(1), false), (minutes(2), false), (minutes(9), false)];
        assert_eq!(told(&three, true), (Some(2), Some(0), false, 3));
        assert_eq!(told(&three, false), (Some(2), Some(0), false, 0));
        assert_eq!(told(&three[..2], true), (Some(1), Some(0), false, 2), "the lower of the two in the middle");
        assert_eq!(told(&three[..2], false), (None, None, true, 0));
        // One of four is late, and two came.
        let four = [(minutes(1), false), (minutes(2), true), (None, false), (None, false)];
        assert_eq!(told(&four, true), (Some(1), Some(25), false, 4));
        assert_eq!(told(&four, false), (None, None, true, 0));
        let late = [(None, true); 3];
        assert_eq!(told(&late, false), (None, Some(100), false, 0), "nothing came, so no time is withheld");
        assert_eq!(told(&[], true), (None, None, false, 0));
    }

    #[test]
    fn a_notice_to_several_offices_is_one() {
        let (early, late) = (pace((Some(0), false)), pace((None, true)));
        let told = |notices: &[&[&Pace]]| {
            let mut taken = Taken::default();
            for notice in notices {
                taken.add(notice);
            }
            let row = taken.row(false);
            (row.median_minutes, row.overdue_percent, row.withheld)
        };
        let (one, other): (&[_], &[_]) = (&[&early; 3], &[&early]);
        assert_eq!(told(&[one]), (None, None, true));
        assert_eq!(told(&[one, other]), (None, None, true));
        assert_eq!(told(&[one, other, other]), (Some(0), Some(0), false));
        // Three offices were late with one notice.
        let four: &[&[_]] = &[&[&late; 3], one, other, other];
        assert_eq!(told(four), (Some(0), None, true));
        let both: &[_] = &[&early, &late];
        assert_eq!(told(&[both; 3]), (Some(0), Some(50), false));
    }

    proptest! {
        /// The median is one of the rounded times with no more than half of them below it and above it, in whatever order
        /// they come.
        #[test]
        fn the_median_is_in_the_middle(mut all in prop::collection::vec(0..10 * 1440 * MINUTE_MS, 1..60)) {
            let median = |all: &[i64]| taken(&all.iter().map(|ms| (Some(*ms), false)).collect::<Vec<_>>()).median().unwrap();
            let before = median(&all);
            all.reverse();
            prop_assert_eq!(median(&all), before);
            all.sort_unstable();
            prop_assert_eq!(before, rounded(all[(all.len() - 1) / 2]));
        }
    }
}
