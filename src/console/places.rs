//! Places for connections to the console: of too many, the one gives way that has rested longest.
//!
//! A connection rests from its beginning, and after each answer, until the next request has come whole, or is known to be of
//! an officer who has signed in. To turn the newest away instead would let whoever holds many keep everybody out.
//!
//! Of too many from one address on a network, one of that address gives way; if all of them are at work, the newest goes.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::task::Context;
use std::task::Poll;
use std::task::ready;

use axum::body::Body;
use axum::body::Bytes;
use axum::body::HttpBody;
use hyper::body::Frame;
use hyper::body::SizeHint;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::edge::listen::share_of;

/// All places of a port.
pub(super) struct Places {
    room: Arc<Semaphore>,
    /// Most from one address on a network.
    each: usize,
    held: Arc<Held>,
}

/// The connections that hold a place.
#[derive(Default)]
struct Held {
    turns: AtomicU64,
    all: Mutex<All>,
}

#[derive(Default)]
struct All {
    /// Those that rest, by their turns: the first has rested longest.
    resting: BTreeMap<u64, Rests>,
    /// How many there are from each address on a network.
    from: BTreeMap<IpAddr, usize>,
}

/// A connection that rests.
struct Rests {
    from: Option<IpAddr>,
    gives_way: CancellationToken,
}

/// The place of one connection; free again when dropped.
pub(super) struct Place {
    held: Arc<Held>,
    turn: AtomicU64,
    /// Its address; `None` on this machine.
    from: Option<IpAddr>,
    /// Cancelled when another connection needs the place.
    pub(super) gives_way: CancellationToken,
    _room: OwnedSemaphorePermit,
}

/// A connection that has been asked for something; it rests again when dropped.
pub(super) struct Work(Arc<Place>);

/// What a request knows of its connection.
#[derive(Clone)]
pub(super) struct Asked {
    place: Arc<Place>,
    /// Cancelled once all of the request is here.
    whole: CancellationToken,
}

/// The body of a request on its way; once all of it is here the connection is at work.
pub(super) struct Coming {
    body: Body,
    asked: Asked,
}

/// An answer on its way; the connection is at work until it is sent.
pub(super) struct Answer {
    body: Body,
    _work: Work,
}

impl Places {
    /// So many, and so many of them for each address on a network.
    pub(super) fn new(most: usize, each: usize) -> Self {
        Self { room: Arc::new(Semaphore::new(most)), each, held: Arc::default() }
    }

    /// A place for a connection from this address, as soon as there is one; `None` if that address has too many at work.
    pub(super) async fn take(&self, peer: IpAddr) -> Option<Arc<Place>> {
        let from = Some(peer.to_canonical()).filter(|ip| !ip.is_loopback()).map(share_of);
        if let Some(from) = from {
            let mut all = self.held.lock();
            if all.from.get(&from).is_some_and(|count| *count >= self.each) && !all.gives_way(Some(from)) {
                return None;
            }
        }
        if self.room.available_permits() == 0 {
            self.give_way();
        }
        let room = Arc::clone(&self.room).acquire_owned().await.ok()?;
        let (held, turn) = (Arc::clone(&self.held), AtomicU64::new(0));
        if let Some(from) = from {
            *held.lock().from.entry(from).or_default() += 1;
        }
        let place = Place { held, turn, from, gives_way: CancellationToken::new(), _room: room };
        place.rest();
        Some(Arc::new(place))
    }

    /// The connection ends that has rested longest, if any rests.
    pub(super) fn give_way(&self) {
        self.held.lock().gives_way(None);
    }
}

impl Held {
    fn lock(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl All {
    /// The connection ends that has rested longest, of those from this address if one is named; whether there was one.
    fn gives_way(&mut self, from: Option<IpAddr>) -> bool {
        let oldest = self.resting.iter().find(|(_, rests)| from.is_none() || rests.from == from).map(|(turn, _)| *turn);
        let oldest = oldest.and_then(|turn| self.resting.remove(&turn));
        oldest.inspect(|rests| rests.gives_way.cancel()).is_some()
    }
}

impl Place {
    fn rest(&self) {
        // 0 is the turn of one that has had none.
        let turn = self.held.turns.fetch_add(1, Ordering::Relaxed) + 1;
        let former = self.turn.swap(turn, Ordering::Relaxed);
        let mut all = self.held.lock();
        all.resting.remove(&former);
        all.resting.insert(turn, Rests { from: self.from, gives_way: self.gives_way.clone() });
    }

    fn rests_no_more(&self) {
        self.held.lock().resting.remove(&self.turn.load(Ordering::Relaxed));
    }

    /// It has been asked for something; until that is here whole it rests as before.
    pub(super) fn asked(self: &Arc<Self>, body: Body) -> (Work, Asked, Coming) {
        let asked = Asked { place: Arc::clone(self), whole: CancellationToken::new() };
        if body.is_end_stream() {
            asked.is_whole();
        }
        (Work(Arc::clone(self)), asked.clone(), Coming { body, asked })
    }
}

impl Asked {
    fn is_whole(&self) {
        self.whole.cancel();
        self.works();
    }

    /// The connection gives way to nobody until it is answered.
    pub(super) fn works(&self) {
        self.place.rests_no_more();
    }

    /// Whether it comes from this machine.
    pub(super) fn is_local(&self) -> bool {
        self.place.from.is_none()
    }

    /// Waits until all of the request is here.
    pub(super) async fn whole(&self) {
        self.whole.cancelled().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.rests_no_more();
        let Some(from) = self.from else { return };
        let mut all = self.held.lock();
        let left = all.from.get(&from).map_or(0, |count| count.saturating_sub(1));
        if left == 0 {
            all.from.remove(&from);
        } else {
            all.from.insert(from, left);
        }
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

impl HttpBody for Coming {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none() || self.body.is_end_stream() {
            self.asked.is_whole();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
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
    use futures_util::StreamExt as _;
    use futures_util::stream;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    /// At work on a request without a body.
    fn works(place: &Arc<Place>) -> Work {
        place.asked(Body::empty()).0
    }

    #[tokio::test]
    async fn the_one_that_has_rested_longest_gives_way_and_none_that_works() {
        let places = Places::new(3, 3);
        let (first, second, third) =
            (places.take(HERE).await.unwrap(), places.take(HERE).await.unwrap(), places.take(HERE).await.unwrap());
        let work = works(&first);
        let ended = || [&first, &second, &third].map(|place| place.gives_way.is_cancelled());
        assert_eq!(places.held.lock().resting.len(), 2);
        places.give_way();
        assert_eq!(ended(), [false, true, false], "the first is at work");
        drop(work);
        places.give_way();
        assert_eq!(ended(), [false, true, true], "the first rests since later");
        let _answer = works(&first).with(Body::empty());
        places.give_way();
        assert_eq!(ended(), [false, true, true]);
        drop((second, third));
        assert!(places.take(HERE).await.is_some() && places.take(HERE).await.is_some());
    }

    #[tokio::test]
    async fn a_request_that_is_not_here_whole_gives_way_unless_an_officer_sends_it() {
        let slow = || Body::from_stream(stream::iter([Ok::<_, std::io::Error>("a"), Ok("b")]).chain(stream::pending()));
        let places = Places::new(4, 4);
        let (stranger, officer, whole) =
            (places.take(HERE).await.unwrap(), places.take(HERE).await.unwrap(), places.take(HERE).await.unwrap());
        let (_work, _asked, mut coming) = stranger.asked(slow());
        let (_works, asked, _rest) = officer.asked(slow());
        asked.works();
        let short = Body::from_stream(stream::iter([Ok::<_, std::io::Error>("a")]));
        let (_at_work, here, body) = whole.asked(short);
        assert_eq!(Body::new(body).into_data_stream().count().await, 1);
        here.whole().await;
        for _ in 0..2 {
            std::future::poll_fn(|cx| Pin::new(&mut coming).poll_frame(cx)).await.unwrap().unwrap();
        }
        for _ in 0..3 {
            places.give_way();
        }
        let ended = [&stranger, &officer, &whole].map(|place| place.gives_way.is_cancelled());
        assert_eq!(ended, [true, false, false]);
    }

    #[tokio::test]
    async fn an_address_on_a_network_has_its_share_alone() {
        let places = Places::new(9, 2);
        let [near, other] = ["192.0.2.7", "192.0.2.8"].map(|ip| ip.parse::<IpAddr>().unwrap());
        let far = places.take(other).await.unwrap();
        let is_local = |place: &Arc<Place>| place.asked(Body::empty()).1.is_local();
        assert!(!is_local(&far) && is_local(&places.take(HERE).await.unwrap()));
        let (first, second) = (places.take(near).await.unwrap(), places.take(near).await.unwrap());
        let work = works(&second);
        let third = places.take(near).await.unwrap();
        let ended = || [&far, &first, &second, &third].map(|place| place.gives_way.is_cancelled());
        assert_eq!(ended(), [false, true, false, false], "its own oldest has given way");
        drop(first);
        let other_work = works(&third);
        assert!(places.take(near).await.is_none(), "all of its own are at work");
        assert!(places.take(other).await.is_some() && places.take(HERE).await.is_some());
        drop((work, other_work, second, third, far));
        assert!(places.take(near).await.is_some());
        assert_eq!(places.held.lock().from.len(), 0, "whoever has left is forgotten");
    }

    #[tokio::test]
    async fn a_connection_that_has_ended_leaves_nothing_behind() {
        let places = Places::new(1, 1);
        let place = places.take(HERE).await.unwrap();
        let work = works(&place);
        drop(place);
        assert_eq!(places.room.available_permits(), 0, "its answer is still on its way");
        drop(work);
        assert_eq!((places.room.available_permits(), places.held.lock().resting.len()), (1, 0));
    }
}
