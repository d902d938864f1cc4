//! Places for connections to the console: of too many, the one gives way that has rested longest.
//!
//! A connection rests from its beginning, and after each answer, until the next request. To turn the newest away instead
//! would let whoever holds many keep everybody out.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::task::Context;
use std::task::Poll;

use axum::body::Body;
use axum::body::Bytes;
use axum::body::HttpBody;
use hyper::body::Frame;
use hyper::body::SizeHint;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// All places of a port.
pub(super) struct Places {
    room: Arc<Semaphore>,
    resting: Arc<Resting>,
}

/// The connections that rest, by their turns: the first has rested longest.
#[derive(Default)]
struct Resting {
    turns: AtomicU64,
    all: Mutex<BTreeMap<u64, CancellationToken>>,
}

/// The place of one connection; free again when dropped.
pub(super) struct Place {
    resting: Arc<Resting>,
    turn: AtomicU64,
    /// Cancelled when another connection needs the place.
    pub(super) gives_way: CancellationToken,
    _room: OwnedSemaphorePermit,
}

/// A connection at work on an answer; it rests again when dropped.
pub(super) struct Work(Arc<Place>);

/// An answer on its way; the connection is at work until it is sent.
pub(super) struct Answer {
    body: Body,
    _work: Work,
}

impl Places {
    pub(super) fn new(most: usize) -> Self {
        Self { room: Arc::new(Semaphore::new(most)), resting: Arc::default() }
    }

    /// A place, as soon as there is one.
    pub(super) async fn take(&self) -> Option<Arc<Place>> {
        if self.room.available_permits() == 0 {
            self.give_way();
        }
        let room = Arc::clone(&self.room).acquire_owned().await.ok()?;
        let (resting, turn) = (Arc::clone(&self.resting), AtomicU64::new(0));
        let place = Place { resting, turn, gives_way: CancellationToken::new(), _room: room };
        place.rest();
        Some(Arc::new(place))
    }

    /// The connection ends that has rested longest, if any rests.
    pub(super) fn give_way(&self) {
        if let Some((_, oldest)) = self.resting.lock().pop_first() {
            oldest.cancel();
        }
    }
}

impl Resting {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, CancellationToken>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    fn rest(&self) {
        let turn = self.resting.turns.fetch_add(1, Ordering::Relaxed);
        self.resting.lock().insert(turn, self.gives_way.clone());
        self.turn.store(turn, Ordering::Relaxed);
    }

    fn rests_no_more(&self) {
        self.resting.lock().remove(&self.turn.load(Ordering::Relaxed));
    }

    /// It has been asked for something.
    pub(super) fn work(self: &Arc<Self>) -> Work {
        self.rests_no_more();
        Work(Arc::clone(self))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.rests_no_more();
    }
}

impl Work {
    /// The work goes on until this is sent.
    pub(super) const fn with(self, body: Body) -> Answer {
        Answer { body, _work: self }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.rest();
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_one_that_has_rested_longest_gives_way_and_none_that_works() {
        let places = Places::new(3);
        let (first, second, third) =
            (places.take().await.unwrap(), places.take().await.unwrap(), places.take().await.unwrap());
        let work = first.work();
        let ended = || [&first, &second, &third].map(|place| place.gives_way.is_cancelled());
        places.give_way();
        assert_eq!(ended(), [false, true, false], "the first is at work");
        drop(work);
        places.give_way();
        assert_eq!(ended(), [false, true, true], "the first rests since later");
        let _answer = first.work().with(Body::empty());
        places.give_way();
        assert_eq!(ended(), [false, true, true]);
        drop((second, third));
        assert!(places.take().await.is_some() && places.take().await.is_some());
    }

    #[tokio::test]
    async fn a_connection_that_has_ended_leaves_nothing_behind() {
        let places = Places::new(1);
        let place = places.take().await.unwrap();
        let work = place.work();
        drop(place);
        assert_eq!(places.room.available_permits(), 0, "its answer is still on its way");
        drop(work);
        assert_eq!((places.room.available_permits(), places.resting.lock().len()), (1, 0));
    }
}
