//! Who has a session, which of two stays, and when to dial again (PROTOCOL 8). Pure: ids and times are handed in.

use std::collections::BTreeMap;

use crate::entropy::Entropy;
use crate::entropy::random;
use crate::limits;
use crate::name::OfficeCode;
use crate::time::Timestamp;

/// Which side made the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The peer.
    Accepted,
    /// We.
    Dialled,
}

/// Whether a session that has been greeted may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It stays; the other one, if any, ends.
    Stays {
        /// The session that it takes the place of.
        replaces: Option<u64>,
    },
    /// Another one stays: this one ends as DUPLICATE.
    Duplicate,
}

/// At most one session per peer.
#[derive(Debug)]
pub struct Peers {
    me: OfficeCode,
    live: BTreeMap<OfficeCode, (u64, Direction)>,
    /// Counts openings and endings: an id of a session says when it was opened.
    clock: u64,
    last_end: BTreeMap<OfficeCode, u64>,
    failures: BTreeMap<OfficeCode, u32>,
}

impl Peers {
    /// No session yet.
    #[must_use]
    pub const fn new(me: OfficeCode) -> Self {
        Self { me, live: BTreeMap::new(), clock: 0, last_end: BTreeMap::new(), failures: BTreeMap::new() }
    }

    /// The id of a link that opens now.
    pub const fn open(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// Whether another session with the peer was live at any time since this one opened.
    #[must_use]
    pub fn disturbed(&self, peer: OfficeCode, id: u64) -> bool {
        let other_is_live = self.session(peer).is_some_and(|live| live != id);
        other_is_live || self.last_end.get(&peer).is_some_and(|end| *end > id)
    }

    /// Whether a session with the peer is live.
    #[must_use]
    pub fn is_live(&self, peer: OfficeCode) -> bool {
        self.live.contains_key(&peer)
    }

    /// The live session of a peer.
    #[must_use]
    pub fn session(&self, peer: OfficeCode) -> Option<u64> {
        self.live.get(&peer).map(|(id, _)| *id)
    }

    /// A session has had the peer's Hello. Same direction: the newer stays. Opposite directions: the one that was
    /// dialled by the office whose code sorts first.
    pub fn admit(&mut self, peer: OfficeCode, id: u64, direction: Direction) -> Admission {
        let first_dials = if self.me < peer { Direction::Dialled } else { Direction::Accepted };
        let replaces = match self.live.get(&peer) {
            Some((held, _)) if *held == id => return Admission::Stays { replaces: None },
            Some((_, held)) if *held != direction && direction != first_dials => return Admission::Duplicate,
            Some((held, _)) => Some(*held),
            None => None,
        };
        if replaces.is_some() {
            self.clock += 1;
            self.last_end.insert(peer, self.clock);
        }
        self.live.insert(peer, (id, direction));
        self.failures.remove(&peer);
        Admission::Stays { replaces }
    }

    /// A session has ended.
    pub fn ended(&mut self, peer: OfficeCode, id: u64) {
        if self.session(peer) == Some(id) {
            self.live.remove(&peer);
        }
        // One that was replaced has worked until now as well.
        self.clock += 1;
        self.last_end.insert(peer, self.clock);
    }

    /// A dial has failed, or its session ended before it was greeted.
    pub fn dial_failed(&mut self, peer: OfficeCode) {
        let failures = self.failures.entry(peer).or_default();
        *failures = failures.saturating_add(1);
    }

    /// When to dial a peer again: full jitter over a back-off that doubles, for ever.
    pub fn dial_at(&self, peer: OfficeCode, now: Timestamp, entropy: &mut dyn Entropy) -> Timestamp {
        let failures = self.failures.get(&peer).copied().unwrap_or(0);
        let ceiling = limits::BACKOFF_MIN_MS.saturating_mul(1 << failures.min(16)).min(limits::BACKOFF_MAX_MS);
        let chance = u64::from_le_bytes(random(entropy)) % (ceiling + 1);
        now.plus_ms(i64::try_from(chance).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn office(code: &str) -> OfficeCode {
        code.parse().unwrap()
    }

    #[test]
    fn both_sides_keep_the_same_of_two_simultaneous_dials() {
        let (first, second) = (office("TM-FAR"), office("UZ-ALT"));
        let (mut a, mut b) = (Peers::new(first), Peers::new(second));
        // Link 1 is dialled by the first, link 2 by the second; each side greets them in another order.
        assert_eq!(a.admit(second, 1, Direction::Dialled), Admission::Stays { replaces: None });
        assert_eq!(a.admit(second, 2, Direction::Accepted), Admission::Duplicate);
        assert_eq!(b.admit(first, 2, Direction::Dialled), Admission::Stays { replaces: None });
        assert_eq!(b.admit(first, 1, Direction::Accepted), Admission::Stays { replaces: Some(2) });
        assert_eq!((a.session(second), b.session(first)), (Some(1), Some(1)));
    }

    #[test]
    fn a_newer_dial_replaces_an_older_one() {
        let mut peers = Peers::new(office("TM-FAR"));
        peers.admit(office("UZ-ALT"), 1, Direction::Accepted);
        let newer = peers.admit(office("UZ-ALT"), 2, Direction::Accepted);
        assert_eq!(newer, Admission::Stays { replaces: Some(1) });
        peers.ended(office("UZ-ALT"), 1);
        assert!(peers.is_live(office("UZ-ALT")), "the end of the older one is not the end of the newer");
    }

    /// Every byte the same.
    struct Fixed(u8);

    impl Entropy for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    proptest! {
        #[test]
        fn back_off_grows_to_its_limit(failures in 0..40_u32, byte in any::<u8>()) {
            let peer = office("UZ-ALT");
            let mut peers = Peers::new(office("TM-FAR"));
            for _ in 0..failures {
                peers.dial_failed(peer);
            }
            let wait = peers.dial_at(peer, Timestamp::ZERO, &mut Fixed(byte)).ms();
            prop_assert!(wait <= (1000_i64 << failures.min(6)).min(60_000));
        }
    }
}
