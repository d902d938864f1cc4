//! What one peer may deliver in a day (PROTOCOL 8). Pure: time is handed in.
//!
//! - A day is one of node time, in UTC.
//! - A place is counted once: what a cut has swallowed is sent again by an honest peer. What comes again has a count of
//!   its own, with the same bounds, since each costs work.
//! - Attachments are pulled from a peer by this office itself: over their bound it pulls on the next day, and nobody is turned
//!   away for it.
//! - The count begins at zero with the node; no peer can make a node start again.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use crate::domain::dispatch::Dispatch;
use crate::domain::dispatch::Lane;
use crate::domain::envelope::Unverified;
use crate::limits;
use crate::name::LogId;
use crate::name::OfficeCode;
use crate::time::DAY_MS;
use crate::time::Timestamp;
use crate::wire;

/// What each peer may deliver in a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quota {
    /// Dispatches of a peer in a day.
    pub dispatches_per_day: u64,
    /// Bytes of them, of their notices and of their whole key wraps.
    pub bytes_per_day: u64,
    /// Bytes of attachments that are pulled from a peer in a day.
    pub attachment_bytes_per_day: u64,
}

impl Default for Quota {
    fn default() -> Self {
        Self {
            dispatches_per_day: limits::QUOTA_DISPATCHES,
            bytes_per_day: limits::QUOTA_BYTES,
            attachment_bytes_per_day: limits::QUOTA_ATTACHMENT_BYTES,
        }
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

/// A dispatch as it comes: nothing of it has been checked.
#[derive(Clone, Copy, Debug)]
pub struct Coming {
    /// The place that it claims; `None` if it cannot be read.
    pub place: Option<(LogId, Lane, u64)>,
    /// Bytes of the dispatch, its notice and its whole key wrap.
    pub bytes: u64,
}

impl Coming {
    /// What counts of a frame.
    #[must_use]
    pub fn of(deliver: &wire::Deliver) -> Self {
        let bytes = [&deliver.dispatch, &deliver.notice, &deliver.key_wrap].map(Vec::len).iter().sum::<usize>();
        let read = Unverified::<Dispatch>::read(&deliver.dispatch).ok();
        let place = read.map(|read| (read.claim().stream.from_log, read.claim().stream.lane, read.claim().sequence));
        Self { place, bytes: u64::try_from(bytes).unwrap_or(u64::MAX) }
    }
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
    new: Count,
    again: Count,
    /// Bytes of attachments.
    pulled: u64,
    /// The log that the last one came from, and how far its lanes were counted.
    log: Option<LogId>,
    through: BTreeMap<Lane, u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    dispatches: u64,
    bytes: u64,
}

impl Spending {
    /// Nothing yet.
    #[must_use]
    pub const fn new(quota: Quota) -> Self {
        Self { quota, peers: BTreeMap::new() }
    }

    /// Counts a dispatch of a peer. `now` is node time.
    ///
    /// # Errors
    /// If it is over the quota; then it is not counted.
    pub fn take(&mut self, peer: OfficeCode, now: Timestamp, coming: Coming) -> Result<(), OverQuota> {
        let quota = self.quota;
        let spent = self.today(peer, now);
        let counted =
            coming.place.and_then(|(log, lane, _)| spent.through.get(&lane).filter(|_| spent.log == Some(log)));
        let is_new = coming.place.is_none_or(|(_, _, place)| counted.is_none_or(|through| place > *through));
        let count = if is_new { &mut spent.new } else { &mut spent.again };
        let after = Count { dispatches: count.dispatches + 1, bytes: count.bytes.saturating_add(coming.bytes) };
        if after.dispatches > quota.dispatches_per_day || after.bytes > quota.bytes_per_day {
            let rest_ms = u32::try_from(DAY_MS - now.ms() % DAY_MS).unwrap_or(u32::MAX);
            return Err(OverQuota { retry_ms: rest_ms.min(limits::RETRY_MS_MAX) });
        }
        *count = after;
        if let (true, Some((log, lane, place))) = (is_new, coming.place) {
            if spent.log.replace(log) != Some(log) {
                spent.through.clear();
            }
            spent.through.insert(lane, place);
        }
        Ok(())
    }

    /// Whether another piece of an attachment may be pulled from a peer today. `now` is node time.
    pub fn may_pull(&mut self, peer: OfficeCode, now: Timestamp) -> bool {
        let most = self.quota.attachment_bytes_per_day;
        self.today(peer, now).pulled.saturating_add(limits::CHUNK_BYTES as u64) <= most
    }

    /// Counts a piece that was pulled from a peer. False if it is too much for today; then it is not counted.
    pub fn pull(&mut self, peer: OfficeCode, now: Timestamp, bytes: u64) -> bool {
        let most = self.quota.attachment_bytes_per_day;
        let spent = self.today(peer, now);
        let after = spent.pulled.saturating_add(bytes);
        if after <= most {
            spent.pulled = after;
        }
        after <= most
    }

    /// What a peer has spent of this day.
    fn today(&mut self, peer: OfficeCode, now: Timestamp) -> &mut Spent {
        let day = now.ms() / DAY_MS;
        let spent = self.peers.entry(peer).or_default();
        if spent.day != day {
            (spent.day, spent.new, spent.again, spent.pulled) = (day, Count::default(), Count::default(), 0);
        }
        spent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn peer(number: usize) -> OfficeCode {
        ["UZ-ALT", "TM-FAR", "KZ-BAD"][number].parse().unwrap()
    }

    fn coming(bytes: u64) -> Coming {
        Coming { place: None, bytes }
    }

    #[test]
    fn the_last_one_passes_and_the_next_does_not() {
        let mut spending = Spending::new(Quota { dispatches_per_day: 2, bytes_per_day: 100, ..Quota::default() });
        let noon = Timestamp::ZERO.plus_ms(DAY_MS / 2);
        assert_eq!(spending.take(peer(0), noon, coming(50)), Ok(()));
        assert_eq!(spending.take(peer(0), noon, coming(51)), Err(OverQuota { retry_ms: limits::RETRY_MS_MAX }));
        assert_eq!(spending.take(peer(0), noon, coming(50)), Ok(()), "what was refused is not counted");
        assert_eq!(spending.take(peer(0), noon, coming(0)), Err(OverQuota { retry_ms: limits::RETRY_MS_MAX }));
        assert_eq!(spending.take(peer(1), noon, coming(50)), Ok(()), "each peer has its own");
        let late = Timestamp::ZERO.plus_ms(DAY_MS - 5);
        assert_eq!(spending.take(peer(0), late, coming(0)), Err(OverQuota { retry_ms: 5 }));
        assert_eq!(spending.take(peer(0), late.plus_ms(5), coming(100)), Ok(()), "a new day");
    }

    #[test]
    fn a_place_is_counted_once_and_repeats_have_a_bound() {
        let mut spending = Spending::new(Quota { dispatches_per_day: 3, bytes_per_day: 100, ..Quota::default() });
        let mut take = |log: u8, lane, place| {
            let coming = Coming { place: Some((LogId([log; 8]), lane, place)), bytes: 1 };
            spending.take(peer(0), Timestamp::ZERO, coming).is_ok()
        };
        // Two, and after a cut both again.
        assert!(take(1, Lane::Routine, 8) && take(1, Lane::Routine, 9));
        assert!(take(1, Lane::Routine, 8) && take(1, Lane::Routine, 9));
        assert!(take(1, Lane::Priority, 8), "a place in another lane is another one");
        assert!(!take(1, Lane::Routine, 10), "the fourth");
        assert!(take(1, Lane::Priority, 8));
        assert!(!take(1, Lane::Routine, 9), "the fourth that comes again");
        assert!(!take(2, Lane::Routine, 8), "a place of another log is new");
    }

    #[test]
    fn attachments_have_a_bound_of_their_own() {
        let piece = limits::CHUNK_BYTES as u64;
        let quota = Quota { dispatches_per_day: 1, bytes_per_day: 1, attachment_bytes_per_day: 2 * piece + 7 };
        let mut spending = Spending::new(quota);
        let noon = Timestamp::ZERO.plus_ms(DAY_MS / 2);
        assert!(spending.pull(peer(0), noon, piece) && spending.may_pull(peer(0), noon));
        assert!(!spending.pull(peer(0), noon, piece + 8) && spending.may_pull(peer(0), noon), "that is not counted");
        assert!(spending.pull(peer(0), noon, piece) && !spending.may_pull(peer(0), noon), "no whole piece is left");
        assert!(spending.may_pull(peer(1), noon), "each peer has its own");
        assert!(spending.may_pull(peer(0), noon.plus_ms(DAY_MS / 2)), "a new day");
        assert_eq!(spending.take(peer(0), noon, coming(1)), Ok(()), "they are none of its dispatches");
    }

    proptest! {
        /// Whatever comes and whenever: no day takes more than the quota, and nothing is refused that fits.
        #[test]
        fn no_day_takes_more(
            dispatches_per_day in 0..20_u64,
            bytes_per_day in 0..2_000_u64,
            all in prop::collection::vec((0..3_usize, 0..DAY_MS / 4, 0..300_u64), 0..200),
        ) {
            let mut spending = Spending::new(Quota { dispatches_per_day, bytes_per_day, ..Quota::default() });
            let mut taken: BTreeMap<(usize, i64), (u64, u64)> = BTreeMap::new();
            let mut now = Timestamp::ZERO;
            for (number, later, bytes) in all {
                now = now.plus_ms(later);
                let (dispatches, sum) = taken.entry((number, now.ms() / DAY_MS)).or_default();
                let fits = *dispatches < dispatches_per_day && *sum + bytes <= bytes_per_day;
                match spending.take(peer(number), now, coming(bytes)) {
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
