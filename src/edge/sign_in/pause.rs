//! The pause after a wrong passphrase: 1 s, and twice as long after each further one in a row, up to a minute. Nobody is ever
//! locked out.

use std::time::Duration;

use crate::limits;

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

#[cfg(test)]
mod tests {
    use super::*;

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
