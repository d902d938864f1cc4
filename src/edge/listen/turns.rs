//! Handshakes under way: when there are too many, in all or from one address, the oldest of them gives way.
//!
//! An honest peer shakes hands within a few round trips; whoever only holds a place is the oldest soon. To turn the
//! newest away instead would let a few slow connections keep everybody out, or everybody behind the same address.
//!
//! Whoever takes the room out of a turn decides: the handshake, and there is a link; or the listener, and it gives way.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::Weak;

use tokio::sync::OwnedSemaphorePermit;
use tokio::task::AbortHandle;

use crate::edge::listen::seats::Seat;

/// What a connection takes up: among all, and among those from its address.
pub(super) type Room = (OwnedSemaphorePermit, Seat<IpAddr>);

/// Kept by a handshake while it is under way, with the room for its link.
#[derive(Debug)]
pub(super) struct Turn(Arc<Mutex<Option<Room>>>);

/// A turn as the listener sees it.
#[derive(Debug)]
pub(super) struct Watched(Weak<Mutex<Option<Room>>>);

/// All handshakes under way, the oldest first.
#[derive(Debug)]
pub(super) struct Turns {
    most: usize,
    under_way: VecDeque<(IpAddr, Watched, AbortHandle)>,
}

impl Turns {
    pub(super) const fn new(most: usize) -> Self {
        Self { most, under_way: VecDeque::new() }
    }

    /// Makes room for one more; says whether the oldest had to give way.
    pub(super) fn make_room(&mut self) -> bool {
        if self.under_way.len() >= self.most {
            self.under_way.retain(|(_, turn, _)| turn.0.strong_count() > 0);
        }
        self.under_way.len() >= self.most && self.give_way(|_| true)
    }

    /// The oldest one from these addresses ends, if there is one; its room is free at once.
    pub(super) fn give_way(&mut self, from: impl Fn(IpAddr) -> bool) -> bool {
        while let Some(at) = self.under_way.iter().position(|(address, ..)| from(*address)) {
            if let Some((_, turn, task)) = self.under_way.remove(at)
                && turn.end()
            {
                task.abort();
                return true;
            }
        }
        false
    }

    /// A handshake with this address begins in this task.
    pub(super) fn begin(&mut self, address: IpAddr, turn: Watched, task: AbortHandle) {
        self.under_way.push_back((address, turn, task));
    }
}

impl Turn {
    pub(super) fn new(room: Room) -> Self {
        Self(Arc::new(Mutex::new(Some(room))))
    }

    pub(super) fn watch(&self) -> Watched {
        Watched(Arc::downgrade(&self.0))
    }

    /// The handshake is finished: the room for its link, unless it had to give way meanwhile.
    pub(super) fn finish(self) -> Option<Room> {
        take(&self.0)
    }
}

impl Watched {
    /// Ends the turn; false if it has ended already.
    fn end(&self) -> bool {
        self.0.upgrade().is_some_and(|room| take(&room).is_some())
    }
}

fn take(room: &Mutex<Option<Room>>) -> Option<Room> {
    room.lock().unwrap_or_else(PoisonError::into_inner).take()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::listen::seats::Seats;
    use tokio::sync::Semaphore;

    #[tokio::test]
    async fn a_finished_handshake_gives_way_no_more_and_one_that_gave_way_has_no_room() {
        let (all, seats) = (Arc::new(Semaphore::new(3)), Seats::new(3));
        let [here, there] = ["192.0.2.1", "192.0.2.2"].map(|address| address.parse::<IpAddr>().unwrap());
        let mut turns = Turns::new(3);
        let [oldest, finished, other] = [here, here, there].map(|address| {
            let room = (Arc::clone(&all).try_acquire_owned().unwrap(), seats.take(address).unwrap());
            let turn = Turn::new(room);
            let task = tokio::spawn(std::future::pending::<()>());
            turns.begin(address, turn.watch(), task.abort_handle());
            (turn, task)
        });
        let link = finished.0.finish();
        assert!(link.is_some());
        assert!(turns.give_way(|address| address == here));
        assert_eq!(all.available_permits(), 1, "its room is free before its task has ended");
        assert!(oldest.1.await.unwrap_err().is_cancelled());
        assert!(oldest.0.finish().is_none());
        assert!(!turns.give_way(|address| address == here), "the finished one stays");
        assert!(turns.give_way(|_| true));
        assert!(other.0.finish().is_none() && !finished.1.is_finished());
    }
}
