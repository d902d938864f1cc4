//! What one peer may deliver in a day (PROTOCOL 8). Pure: time is handed in.
//!
//! - A day is one of node time, in UTC.
//! - Every dispatch that comes is counted, one that was answered before as well: each costs work.
//! - The count begins at zero with the node; no peer can make a node start again.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use crate::limits;
use crate::name::OfficeCode;
use crate::time::Timestamp;

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What each peer may deliver in a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quota {
    /// Dispatches of a peer in a day.
    pub dispatches_per_day: u64,
    /// Bytes of the frames that carry them.
    pub bytes_per_day: u64,
}

impl Default for Quota {
    fn default() -> Self {
        Self { dispatches_per_day: limits::QUOTA_DISPATCHES, bytes_per_day: limits::QUOTA_BYTES }
    }
}

/// A peer is over its quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the peer is over its quota of the day")]
pub struct OverQuota {
    /// When the peer may ask again, ms from now: the next day, or earlier if that is longer than a peer can be asked to
    /// wait.
    pub retry_ms: u32,
}

/// What all peers have delivered today.
#[derive(Debug)]
pub struct Spending {
    quota: Quota,
    peers: BTreeMap<OfficeCode, Spent>,
}

#[derive(Debug, Default)]
struct Spent {
    day: i64,
    dispatches: u64,
    bytes: u64,
}

impl Spending {
    /// Nothing yet.
    #[must_use]
    pub const fn new(quota: Quota) -> Self {
        Self { quota, peers: BTreeMap::new() }
    }

    /// Counts a dispatch of a peer, in a frame of so many bytes. `now` is node time.
    ///
    /// # Errors
    /// If it is over the quota; then it is not counted.
    pub fn take(&mut self, peer: OfficeCode, now: Timestamp, bytes: u64) -> Result<(), OverQuota> {
        let day = now.ms() / DAY_MS;
        let spent = self.peers.entry(peer).or_default();
        if spent.day != day {
            *spent = Spent { day, ..Spent::default() };
        }
        let after = Spent { day, dispatches: spent.dispatches + 1, bytes: spent.bytes.saturating_add(bytes) };
        if after.dispatches > self.quota.dispatches_per_day || after.bytes > self.quota.bytes_per_day {
            let rest_ms = u32::try_from(DAY_MS - now.ms() % DAY_MS).unwrap_or(u32::MAX);
            return Err(OverQuota { retry_ms: rest_ms.min(limits::RETRY_MS_MAX) });
        }
        *spent = after;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn peer(number: usize) -> OfficeCode {
        ["UZ-ALT", "TM-FAR", "KZ-BAD"][number].parse().unwrap()
    }

    #[test]
    fn the_last_one_passes_and_the_next_does_not() {
        let mut spending = Spending::new(Quota { dispatches_per_day: 2, bytes_per_day: 100 });
        let noon = Timestamp::ZERO.plus_ms(DAY_MS / 2);
        assert_eq!(spending.take(peer(0), noon, 50), Ok(()));
        assert_eq!(spending.take(peer(0), noon, 51), Err(OverQuota { retry_ms: limits::RETRY_MS_MAX }));
        assert_eq!(spending.take(peer(0), noon, 50), Ok(()), "what was refused is not counted");
        assert_eq!(spending.take(peer(0), noon, 0), Err(OverQuota { retry_ms: limits::RETRY_MS_MAX }));
        assert_eq!(spending.take(peer(1), noon, 50), Ok(()), "each peer has its own");
        let late = Timestamp::ZERO.plus_ms(DAY_MS - 5);
        assert_eq!(spending.take(peer(0), late, 0), Err(OverQuota { retry_ms: 5 }));
        assert_eq!(spending.take(peer(0), late.plus_ms(5), 100), Ok(()), "a new day");
    }

    proptest! {
        /// Whatever comes and whenever: no day takes more than the quota, and nothing is refused that fits.
        #[test]
        fn no_day_takes_more(
            dispatches_per_day in 0..20_u64,
            bytes_per_day in 0..2_000_u64,
            coming in prop::collection::vec((0..3_usize, 0..DAY_MS / 4, 0..300_u64), 0..200),
        ) {
            let mut spending = Spending::new(Quota { dispatches_per_day, bytes_per_day });
            let mut taken: BTreeMap<(usize, i64), (u64, u64)> = BTreeMap::new();
            let mut now = Timestamp::ZERO;
            for (number, later, bytes) in coming {
                now = now.plus_ms(later);
                let (dispatches, sum) = taken.entry((number, now.ms() / DAY_MS)).or_default();
                let fits = *dispatches < dispatches_per_day && *sum + bytes <= bytes_per_day;
                match spending.take(peer(number), now, bytes) {
                    Ok(()) => {
                        prop_assert!(fits);
                        (*dispatches, *sum) = (*dispatches + 1, *sum + bytes);
                    }
                    Err(OverQuota { retry_ms }) => {
                        prop_assert!(!fits);
                        prop_assert!(retry_ms > 0 && retry_ms <= limits::RETRY_MS_MAX);
                    }
                }
            }
        }
    }
}
