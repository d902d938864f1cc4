//! The exchange port: accepts connections, shakes hands, and passes finished links on.
//!
//! Not the session over a link, and not gRPC.
//!
//! - A handshake runs in its own task, under a deadline; a peer that sends nothing holds up nobody.
//! - Connections are counted, those of each address and of each key apart. When there are too many, the oldest one gives
//!   way that has not finished its handshake; if all have, the new one is closed at once.
//! - Unfinished ones are counted apart, with the same consequence.
//! - An error of accept never ends the listener.

mod handshake;
mod link;
mod seats;
mod seldom;
mod turns;

pub use link::Link;
pub use link::LinkPeer;
pub use seats::share_of;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::net::TcpSocket;
use tokio::sync::Semaphore;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_stream::Stream;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::edge::listen::handshake::Handshake;
use crate::edge::listen::seats::Seats;
use crate::edge::listen::seldom::Seldom;
use crate::edge::listen::turns::Turn;
use crate::edge::listen::turns::Turns;
use crate::edge::tls::Pins;
use crate::limits;

/// What a listener allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListenLimits {
    /// Connections.
    pub connections: usize,
    /// Of them from one IPv4 address or IPv6 /64.
    pub per_address: usize,
    /// Of them with one TLS key.
    pub per_key: usize,
    /// Deadline of a handshake.
    pub handshake: Duration,
    /// Connections that have not finished their handshake.
    pub handshakes: usize,
}

impl Default for ListenLimits {
    fn default() -> Self {
        Self {
            connections: limits::CONNECTIONS,
            per_address: limits::CONNECTIONS_PER_ADDRESS,
            per_key: limits::CONNECTIONS_PER_KEY,
            handshake: Duration::from_millis(limits::HANDSHAKE_MS),
            handshakes: limits::HANDSHAKES,
        }
    }
}

/// A bound port.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    limits: ListenLimits,
}

impl Listener {
    /// Binds the port.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn bind(address: SocketAddr, most: ListenLimits) -> io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        Ok(Self { socket: socket.listen(limits::CONNECTIONS_WAITING)?, limits: most })
    }

    /// Where it is bound.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Accepts until `stop`; then no handshake is left. `tls` may be exchanged meanwhile.
    pub async fn run(
        self,
        tls: Arc<ArcSwap<ServerConfig>>,
        pins: Arc<dyn Pins>,
        links: mpsc::Sender<Link>,
        stop: CancellationToken,
    ) {
        let connections = Arc::new(Semaphore::new(self.limits.connections));
        let (addresses, keys) = (Seats::new(self.limits.per_address), Seats::new(self.limits.per_key));
        let mut turns = Turns::new(self.limits.handshakes);
        let mut tasks = JoinSet::new();
        let (turned_away, gave_way, failed) = (Seldom::default(), Seldom::default(), Seldom::default());
        let too_many_of_key = Arc::new(Seldom::default());
        loop {
            let accepted = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(ended) = tasks.join_next() => {
                    if let Err(error) = ended.or_else(|error| if error.is_cancelled() { Ok(()) } else { Err(error) }) {
                        tracing::error!("the task of a handshake has failed: {error}");
                    }
                    continue;
                }
                accepted = self.socket.accept() => accepted,
            };
            let (socket, address) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    if let Some(count) = failed.once_more() {
                        tracing::error!(count, "a connection cannot be accepted: {error}");
                    }
                    // It may be file descriptors that are lacking.
                    turns.give_way(|_| true);
                    sleep(Duration::from_millis(limits::ACCEPT_PAUSE_MS)).await;
                    continue;
                }
            };
            let share = share_of(address.ip());
            let mut seat = addresses.take(share);
            if seat.is_none() && turns.give_way(|other| other == share) {
                seat = addresses.take(share);
                if let Some(count) = gave_way.once_more() {
                    tracing::warn!(peer.address = %address, count, "too many connections: the oldest handshake gives way");
                }
            }
            let room = Arc::clone(&connections).try_acquire_owned();
            let (Some(seat), Ok(room)) = (seat, room) else {
                if let Some(count) = turned_away.once_more() {
                    tracing::warn!(peer.address = %address, count, "too many connections: one is turned away");
                }
                continue;
            };
            if turns.make_room()
                && let Some(count) = gave_way.once_more()
            {
                tracing::warn!(count, "too many handshakes: the oldest gives way");
            }
            let deadline = Instant::now() + self.limits.handshake;
            let acceptor = TlsAcceptor::from(tls.load_full());
            let handshake = Handshake {
                acceptor,
                address,
                deadline,
                pins: Arc::clone(&pins),
                keys: keys.clone(),
                too_many: Arc::clone(&too_many_of_key),
            };
            let links = links.clone();
            let turn = Turn::new((room, seat));
            let watched = turn.watch();
            let task = async move {
                if let Some(link) = handshake.shake(socket, turn).await {
                    // Nobody receives only while the node stops.
                    let _ = links.send(link).await;
                }
            };
            let task = tasks.spawn(task.instrument(tracing::error_span!("accept", peer.address = %address)));
            turns.begin(share, watched, task);
        }
        tasks.shutdown().await;
    }
}

/// Finished links as tonic's server takes them.
pub fn incoming(links: mpsc::Receiver<Link>) -> impl Stream<Item = Result<Link, Infallible>> {
    ReceiverStream::new(links).map(Ok)
}
