//! Whether the clock of the machine may be trusted (PROTOCOL 10). Pure: what was seen is handed in.
//!
//! An unsure clock never decides that a text ends: the node goes on with the time of the last entry meanwhile.

use crate::limits;
use crate::time::Timestamp;

/// A clock that a peer showed in its Hello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hello {
    /// Its clock minus ours, ms, as it would be now.
    pub offset_ms: i64,
    /// How long ago, ms.
    pub age_ms: i64,
}

/// What there is to judge by.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// What the clock shows.
    pub clock: Timestamp,
    /// The time of the last entry.
    pub last_entry: Timestamp,
    /// What it showed when an officer confirmed it last.
    pub confirmed: Option<Timestamp>,
    /// The last Hello of each peer.
    pub hellos: &'a [Hello],
}

/// Why the clock is unsure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsure {
    /// Earlier than the last entry, by so many ms.
    #[error("the clock is behind the log")]
    Behind(i64),
    /// Later than the last entry, by so many ms.
    #[error("the clock is far ahead of the log")]
    Ahead(i64),
    /// The median of the peers' clocks minus ours, ms.
    #[error("the clocks of the peers say otherwise")]
    Peers(i64),
}

/// Judges the clock.
///
/// # Errors
/// Why it is unsure.
pub fn judge(seen: &Seen<'_>) -> Result<(), Unsure> {
    let mut offsets: Vec<i64> = seen
        .hellos
        .iter()
        .filter(|hello| hello.age_ms <= limits::HELLO_COUNTS_MS)
        .map(|hello| hello.offset_ms)
        .collect();
    offsets.sort_unstable();
    let agree = offsets.iter().filter(|offset| offset.abs() <= limits::CLOCK_UNSURE_MS).count();
    let is_off = median(&offsets).filter(|median| offsets.len() >= 2 && median.abs() > limits::CLOCK_UNSURE_MS);
    // Two peers agree, or the only one.
    if is_off.is_none() && agree > 0 && agree >= offsets.len().min(2) {
        return Ok(());
    }
    let since = seen.confirmed.map(|confirmed| seen.clock.since_ms(confirmed));
    let holds = |ms| since.is_some_and(|since| (-limits::CLOCK_UNSURE_MS..=ms).contains(&since));
    if let Some(median) = is_off
        && !holds(limits::HELLO_COUNTS_MS)
    {
        return Err(Unsure::Peers(median));
    }
    let ahead = seen.clock.since_ms(seen.last_entry);
    if holds(limits::CLOCK_AHEAD_OF_LOG_MS) {
        Ok(())
    } else if ahead < -limits::CLOCK_UNSURE_MS {
        Err(Unsure::Behind(-ahead))
    } else if ahead > limits::CLOCK_AHEAD_OF_LOG_MS {
        Err(Unsure::Ahead(ahead))
    } else {
        Ok(())
    }
}

/// The middle one, of two the one nearer to ours: a clock is not called wrong for what one peer alone says.
fn median(sorted: &[i64]) -> Option<i64> {
    let upper = sorted.get(sorted.len() / 2).copied()?;
    let lower = sorted.get(sorted.len().saturating_sub(1) / 2).copied()?;
    Some(if lower.abs() < upper.abs() { lower } else { upper })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: i64 = 60_000;
    const DAY: i64 = 24 * 60 * MINUTE;

    fn at(ms: i64) -> Timestamp {
        Timestamp::clamped(1_000 * DAY + ms)
    }

    fn judged(clock: i64, confirmed: Option<i64>, offsets: &[(i64, i64)]) -> Result<(), Unsure> {
        let hellos: Vec<Hello> =
            offsets.iter().map(|(offset_ms, age_ms)| Hello { offset_ms: *offset_ms, age_ms: *age_ms }).collect();
        judge(&Seen { clock: at(clock), last_entry: at(0), confirmed: confirmed.map(at), hellos: &hellos })
    }

    #[test]
    fn the_log_vouches_for_a_clock_that_is_near_it() {
        assert_eq!(judged(-10 * MINUTE, None, &[]), Ok(()));
        assert_eq!(judged(-10 * MINUTE - 1, None, &[]), Err(Unsure::Behind(10 * MINUTE + 1)));
        assert_eq!(judged(7 * DAY, None, &[]), Ok(()));
        assert_eq!(judged(7 * DAY + 1, None, &[]), Err(Unsure::Ahead(7 * DAY + 1)));
    }

    #[test]
    fn peers_that_agree_make_it_sure_and_two_that_do_not_unsure() {
        let (good, bad) = ((10 * MINUTE, 0), (10 * MINUTE + 1, 0));
        assert_eq!(judged(30 * DAY, None, &[good]), Ok(()), "it has but one peer");
        assert!(judged(30 * DAY, None, &[good, bad]).is_err(), "two must agree");
        assert_eq!(judged(30 * DAY, None, &[good, good, bad]), Ok(()));
        assert_eq!(judged(0, None, &[bad]), Ok(()), "one peer alone says nothing");
        assert_eq!(judged(0, None, &[bad, bad]), Err(Unsure::Peers(10 * MINUTE + 1)));
        assert_eq!(judged(0, None, &[bad, bad, bad, good, good]), Err(Unsure::Peers(10 * MINUTE + 1)));
        assert_eq!(judged(0, None, &[(bad.0, DAY + 1), (bad.0, DAY)]), Ok(()), "a Hello counts for a day");
    }

    #[test]
    fn an_officer_makes_it_sure_for_a_time() {
        assert_eq!(judged(-30 * DAY, Some(-30 * DAY), &[]), Ok(()));
        assert_eq!(judged(-23 * DAY, Some(-30 * DAY), &[]), Ok(()));
        assert!(judged(-23 * DAY + 1, Some(-30 * DAY), &[]).is_err());
        assert!(judged(-30 * DAY - 11 * MINUTE, Some(-30 * DAY), &[]).is_err(), "it was turned back since");
        let off = [(DAY, 0), (DAY, 0)];
        assert_eq!(judged(DAY, Some(0), &off), Ok(()));
        assert_eq!(judged(DAY + 1, Some(0), &off), Err(Unsure::Peers(DAY)));
    }

    proptest! {
        #[test]
        fn a_sure_clock_has_somebody_who_vouches_for_it(
            clock in -60 * DAY..60 * DAY,
            confirmed in prop::option::of(-60 * DAY..60 * DAY),
            offsets in prop::collection::vec((-40 * MINUTE..40 * MINUTE, 0..2 * DAY), 0..6),
        ) {
            let near_log = (-10 * MINUTE..=7 * DAY).contains(&clock);
            let officer = confirmed.is_some_and(|shown| (-10 * MINUTE..=7 * DAY).contains(&(clock - shown)));
            let fresh = offsets.iter().filter(|(_, age)| *age <= DAY);
            let peers = fresh.filter(|(offset, _)| offset.abs() <= 10 * MINUTE).count();
            if judged(clock, confirmed, &offsets).is_ok() {
                prop_assert!(near_log || officer || peers > 0);
            } else {
                let against = offsets.iter().filter(|(offset, age)| *age <= DAY && offset.abs() > 10 * MINUTE).count();
                prop_assert!(!near_log || against >= 2);
            }
        }

        #[test]
        fn the_order_of_the_peers_does_not_matter(
            clock in -20 * MINUTE..8 * DAY,
            mut offsets in prop::collection::vec((-40 * MINUTE..40 * MINUTE, 0..2 * DAY), 0..6),
        ) {
            let before = judged(clock, None, &offsets);
            offsets.reverse();
            prop_assert_eq!(judged(clock, None, &offsets), before);
        }
    }
}
