//! The pause after a wrong passphrase: 1 s, and twice as long after each further one in a row, up to a minute. Nobody is ever
//! locked out.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::limits;
use crate::name::Digest;

/// Wrong passphrases of an officer in a row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wrong {
    count: u32,
    /// When the last one came, since the node started.
    last: Duration,
}

impl Wrong {
    /// Another one came now.
    pub(super) fn another(&mut self, now: Duration) {
        let is_forgotten = self.since(now) >= Duration::from_millis(limits::SIGN_IN_FORGOTTEN_MS);
        self.count = if is_forgotten { 1 } else { self.count.saturating_add(1) };
        self.last = now;
    }

    /// Whole seconds, begun ones included, until a passphrase is looked at again; `None` if one is looked at now.
    pub(super) fn seconds_left(self, now: Duration) -> Option<u64> {
        let left = self.pause().saturating_sub(self.since(now));
        (!left.is_zero()).then(|| u64::try_from(left.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX))
    }

    fn pause(self) -> Duration {
        let doubled = self
            .count
            .checked_sub(1)
            .map_or(0, |times| limits::SIGN_IN_PAUSE_MS_MIN.saturating_mul(2_u64.saturating_pow(times)));
        Duration::from_millis(doubled.min(limits::SIGN_IN_PAUSE_MS))
    }

    const fn since(self, now: Duration) -> Duration {
        now.saturating_sub(self.last)
    }
}

/// Another wrong one came by this door. Of too many doors, the one is forgotten whose last came longest ago.
pub(super) fn another(all: &mut BTreeMap<Digest, Wrong>, by: Digest, now: Duration) {
    if !all.contains_key(&by) && all.len() >= limits::SIGN_IN_DOORS {
        let oldest = all.iter().min_by_key(|(_, wrong)| wrong.last).map(|(by, _)| *by);
        oldest.and_then(|oldest| all.remove(&oldest));
    }
    all.entry(by).or_default().another(now);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_doors_the_oldest_is_forgotten() {
        let (mut all, door) = (BTreeMap::new(), |n: usize| Digest::of(&n.to_be_bytes()));
        for n in 0..=limits::SIGN_IN_DOORS {
            another(&mut all, door(n), at(1_000 + u64::try_from(n).unwrap()));
        }
        assert_eq!(all.len(), limits::SIGN_IN_DOORS);
        assert!(!all.contains_key(&door(0)) && all.contains_key(&door(1)));
        another(&mut all, door(1), at(9_000_000));
        assert_eq!(all.len(), limits::SIGN_IN_DOORS, "one that is known takes no other's place");
        assert!(all.contains_key(&door(2)));
    }

    const fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_pause_is_twice_the_one_before_up_to_a_minute() {
        let (mut wrong, mut now) = (Wrong::default(), at(7));
        assert_eq!(wrong.seconds_left(now), None);
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            wrong.another(now);
            assert_eq!(wrong.seconds_left(now), Some(seconds));
            assert_eq!(wrong.seconds_left(now + at(1)), Some(seconds), "a begun second counts");
            now += at(seconds * 1_000 - 1);
            assert_eq!(wrong.seconds_left(now), Some(1));
            now += at(1);
            assert_eq!(wrong.seconds_left(now), None);
        }
        wrong.count = u32::MAX;
        wrong.another(now);
        assert_eq!(wrong.seconds_left(now), Some(60), "however many there were");
    }

    #[test]
    fn what_is_long_ago_is_forgotten() {
        let mut wrong = Wrong::default();
        for _ in 0..7 {
            wrong.another(at(0));
        }
        let mut soon = wrong;
        soon.another(at(limits::SIGN_IN_FORGOTTEN_MS - 1));
        assert_eq!(soon.seconds_left(at(limits::SIGN_IN_FORGOTTEN_MS - 1)), Some(60));
        wrong.another(at(limits::SIGN_IN_FORGOTTEN_MS));
        assert_eq!(wrong.seconds_left(at(limits::SIGN_IN_FORGOTTEN_MS)), Some(1));
    }
}
