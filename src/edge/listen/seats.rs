//! Counts what each address or key holds: nobody takes more than its share.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::net::Ipv6Addr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

/// Seats for whoever comes, at most so many for each.
#[derive(Clone, Debug)]
pub(super) struct Seats<K> {
    most: usize,
    taken: Arc<Mutex<BTreeMap<K, usize>>>,
}

/// One seat; free again when dropped.
pub(super) struct Seat<K: Ord> {
    of: K,
    taken: Arc<Mutex<BTreeMap<K, usize>>>,
}

impl<K: Copy + Ord> Seats<K> {
    pub(super) fn new(most: usize) -> Self {
        Self { most, taken: Arc::default() }
    }

    /// A seat, if it has not had its share.
    pub(super) fn take(&self, of: K) -> Option<Seat<K>> {
        let mut taken = lock(&self.taken);
        let count = taken.get(&of).copied().unwrap_or(0);
        if count >= self.most {
            return None;
        }
        taken.insert(of, count + 1);
        drop(taken);
        Some(Seat { of, taken: Arc::clone(&self.taken) })
    }
}

impl<K: Ord> Drop for Seat<K> {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        if let Some(count) = taken.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.of);
            }
        }
    }
}

impl<K: Ord> fmt::Debug for Seat<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat").finish_non_exhaustive()
    }
}

fn lock<K>(taken: &Mutex<BTreeMap<K, usize>>) -> MutexGuard<'_, BTreeMap<K, usize>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What counts as one address: with IPv6 whoever has one has its /64.
#[must_use]
pub fn share_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_free_again_when_it_is_left() {
        let seats = Seats::new(2);
        let (first, _second) = (seats.take(1).unwrap(), seats.take(1).unwrap());
        assert!(seats.take(1).is_none());
        assert!(seats.take(2).is_some(), "another has its own share");
        drop(first);
        assert!(seats.take(1).is_some());
        assert_eq!(lock(&seats.taken).len(), 1, "whoever has left is forgotten");
    }

    #[test]
    fn a_share_is_an_ipv4_address_or_an_ipv6_network() {
        let share = |text: &str| share_of(text.parse().unwrap()).to_string();
        assert_eq!(share("192.0.2.7"), "192.0.2.7");
        assert_eq!(share("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(share("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }
}
