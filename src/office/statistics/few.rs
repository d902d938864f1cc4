//! What people outside are not told of the counts of one sort, so that none of few notices can be computed (P-22).
//!
//! Sorts have the same total, so that one tells what another withholds. Therefore:
//!
//! - What concerns few notices is withheld, and with it the next larger until those withheld are a few notices each on the
//!   average, and not all the same. Then some of them are small and some are not, and nothing says which.
//! - Equal ones are withheld together, for which of them was taken would tell.
//! - Where that takes more rows than there are, none of the sort is even named: a total that may be known is then divided
//!   among nobody knows how many.

use crate::limits;

/// How many notices, and how often they count.
pub(super) type Pair = (u64, u64);

/// Whether it tells of one of them.
pub(super) const fn is_few(notices: u64) -> bool {
    notices > 0 && notices < limits::STATISTICS_FEW
}

/// Rows of at most so many notices are withheld, of these of one sort; `None` if none is even named.
pub(super) fn withheld(rows: &[Pair]) -> Option<u64> {
    let Some(few) = rows.iter().map(|(notices, _)| *notices).filter(|notices| is_few(*notices)).max() else {
        return Some(0);
    };
    let mut bounds: Vec<u64> = rows.iter().map(|(notices, _)| *notices).filter(|notices| *notices >= few).collect();
    bounds.sort_unstable();
    bounds.into_iter().find(|bound| hides(rows.iter().filter(|(notices, _)| notices <= bound)))
}

/// Whether each of these may be one of few, and may be none.
fn hides<'a>(rows: impl Iterator<Item = &'a Pair> + Clone) -> bool {
    let sum = |of: fn(&Pair) -> u64| rows.clone().map(of).fold(0, u64::saturating_add);
    let counts = || rows.clone().map(|(_, count)| *count);
    sum(|(notices, _)| *notices) >= sum(|_| limits::STATISTICS_FEW) && counts().min() != counts().max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::collections::BTreeSet;

    /// What is told of each row; `None` if none is named.
    fn told(rows: &[Pair]) -> Option<Vec<Option<u64>>> {
        let bound = withheld(rows)?;
        Some(rows.iter().map(|(notices, count)| (*notices > bound).then_some(*count)).collect())
    }

    fn of(counts: &[u64]) -> Option<Vec<Option<u64>>> {
        told(&counts.iter().map(|count| (*count, *count)).collect::<Vec<_>>())
    }

    #[test]
    fn the_next_larger_are_withheld_until_no_sum_tells_of_one() {
        assert_eq!(of(&[3, 9]), Some(vec![Some(3), Some(9)]));
        assert_eq!(of(&[2, 9, 5, 4]), Some(vec![None, Some(9), Some(5), None]));
        assert_eq!(of(&[1, 9, 1, 8, 3]), Some(vec![None, Some(9), None, None, None]));
        assert_eq!(of(&[1, 20, 6, 6]), Some(vec![None, Some(20), None, None]), "alike");
        assert_eq!(of(&[]), Some(vec![]));
        assert_eq!(told(&[(1, 6), (6, 6), (7, 7)]), Some(vec![None, None, None]), "the half of twelve");
        for few in [&[1; 7][..], &[1, 4], &[2], &[1, 1, 1, 5]] {
            assert_eq!(of(few), None);
        }
    }

    /// All lists of up to so many rows.
    fn lists(rows: &[Pair], up_to: usize) -> Vec<Vec<Pair>> {
        let mut all = vec![vec![]];
        let mut last = all.clone();
        for _ in 0..up_to {
            let longer = |list: &Vec<Pair>| rows.iter().map(|row| [&**list, &[*row]].concat()).collect::<Vec<_>>();
            last = last.iter().flat_map(longer).collect();
            all.extend(last.clone());
        }
        all
    }

    /// Who knows the rule, and the total by another sort, tries every list that would have been told like that.
    #[test]
    fn from_what_is_told_and_the_total_nobody_can_compute_what_is_withheld() {
        let single: Vec<Pair> = (1..=8).map(|count| (count, count)).collect();
        let several: Vec<Pair> = (1..=6).flat_map(|notices| (notices..=6).map(move |count| (notices, count))).collect();
        for all in [lists(&single, 5), lists(&several, 3)] {
            let mut seen: BTreeMap<_, Vec<Vec<Pair>>> = BTreeMap::new();
            for list in all {
                let total: u64 = list.iter().map(|(_, count)| count).sum();
                if let Some(told) = told(&list) {
                    seen.entry((told, total)).or_default().push(list);
                }
            }
            for ((told, _), lists) in seen {
                for (index, _) in told.iter().enumerate().filter(|(_, row)| row.is_none()) {
                    let counts: BTreeSet<u64> = lists.iter().map(|list| list[index].1).collect();
                    assert!(counts.len() > 1, "{told:?}: {index}");
                    let few: BTreeSet<bool> = lists.iter().map(|list| is_few(list[index].0)).collect();
                    assert_eq!(few.len(), 2, "{told:?}: nothing tells whether it is one of few");
                }
            }
        }
    }

    proptest! {
        /// Each row is told, or not, by what it counts alone, not by where it stands; and nothing of few is told.
        #[test]
        fn order_does_not_matter(
            (rows, other) in prop::collection::vec((1..40_u64, 0..9_u64), 1..12)
                .prop_map(|rows| rows.into_iter().map(|(notices, more)| (notices, notices + more)).collect::<Vec<Pair>>())
                .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        ) {
            let by_row = |rows: &[Pair]| {
                let mut by_row: Vec<_> = rows.iter().copied().zip(told(rows).unwrap_or_default()).collect();
                by_row.sort_unstable();
                by_row
            };
            prop_assert_eq!(by_row(&rows), by_row(&other));
            for ((notices, _), told) in by_row(&rows) {
                prop_assert!(told.is_none() || !is_few(notices));
            }
        }
    }
}
