//! A bad cable between two nodes: a TCP proxy that delays, throttles, swallows and cuts, as a test tells it. It keeps
//! next to nothing in buffers of its own, so that what waits, waits in the sender.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::net::TcpSocket;
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::mpsc;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Bytes that pass at a time.
const PIECE: usize = 512;
/// Pieces on a cable with a delay.
const ON_THE_WAY: usize = 256;
/// Receive buffer of the proxy's sockets; the system makes a little more of it.
const BUFFER: u32 = 4 * 1024;

/// How the cable is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cable {
    /// Each connection is cut after so many bytes of both directions together.
    pub(crate) cut_after: Option<u64>,
    /// Of each piece.
    pub(crate) delay: Duration,
    /// A black hole: nothing comes out, and nobody is told.
    pub(crate) hole: bool,
    /// Bytes a second in each direction.
    pub(crate) rate: Option<u32>,
}

/// The proxy.
#[derive(Debug)]
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    cable: watch::Sender<Cable>,
    passed: Arc<Passed>,
    _tasks: JoinSet<()>,
}

/// What has passed.
#[derive(Debug, Default)]
struct Passed {
    connections: AtomicU64,
    /// Bytes from whoever dials.
    out: AtomicU64,
    /// Bytes to whoever dials.
    back: AtomicU64,
}

impl Proxy {
    /// A cable to an address.
    pub(crate) fn to(target: SocketAddr, cable: Cable) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(BUFFER).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(64).unwrap();
        let address = listener.local_addr().unwrap();
        let (cable, weather) = watch::channel(cable);
        let (passed, mut tasks) = (Arc::<Passed>::default(), JoinSet::new());
        tasks.spawn(accept(listener, target, weather, Arc::clone(&passed)));
        Self { address, cable, passed, _tasks: tasks }
    }

    /// Connections that were made so far.
    pub(crate) fn connections(&self) -> u64 {
        self.passed.connections.load(Ordering::SeqCst)
    }

    /// Bytes that have come out at both ends so far: from whoever dials, and to it.
    pub(crate) fn bytes(&self) -> [u64; 2] {
        [&self.passed.out, &self.passed.back].map(|bytes| bytes.load(Ordering::SeqCst))
    }

    /// From now on it is like this.
    pub(crate) fn set(&self, cable: Cable) {
        self.cable.send_replace(cable);
    }
}

async fn accept(listener: TcpListener, target: SocketAddr, cable: watch::Receiver<Cable>, passed: Arc<Passed>) {
    let mut connections = JoinSet::new();
    loop {
        let (near, _) = listener.accept().await.unwrap();
        passed.connections.fetch_add(1, Ordering::SeqCst);
        connections.spawn(connection(near, target, cable.clone(), Arc::clone(&passed)));
    }
}

async fn connection(near: TcpStream, target: SocketAddr, mut cable: watch::Receiver<Cable>, passed: Arc<Passed>) {
    if cable.wait_for(|cable| !cable.hole).await.is_err() {
        return;
    }
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(BUFFER).unwrap();
    // Nobody listens: the caller sees a connection that ends at once.
    let Ok(far) = socket.connect(target).await else { return };
    let limit = cable.borrow().cut_after.unwrap_or(u64::MAX);
    let (near_in, near_out) = near.into_split();
    let (far_in, far_out) = far.into_split();
    let here = watch::Sender::new(0);
    let mut cut = here.subscribe();
    tokio::select! {
        () = pass(near_in, far_out, cable.clone(), &here, &passed.out) => {}
        () = pass(far_in, near_out, cable, &here, &passed.back) => {}
        _ = cut.wait_for(|bytes| *bytes >= limit) => {}
    }
}

/// One direction, until it ends.
async fn pass(
    from: OwnedReadHalf,
    to: OwnedWriteHalf,
    cable: watch::Receiver<Cable>,
    here: &watch::Sender<u64>,
    total: &AtomicU64,
) {
    let (enter, leave) = mpsc::channel(ON_THE_WAY);
    tokio::select! {
        () = take_in(from, cable.clone(), enter) => {}
        () = let_out(to, cable, leave, here, total) => {}
    }
}

async fn take_in(mut from: OwnedReadHalf, mut cable: watch::Receiver<Cable>, enter: mpsc::Sender<(Instant, Vec<u8>)>) {
    let mut next = Instant::now();
    loop {
        if cable.wait_for(|cable| !cable.hole).await.is_err() {
            return;
        }
        let mut piece = vec![0; PIECE];
        let Ok(length @ 1..) = from.read(&mut piece).await else { return };
        piece.truncate(length);
        let Cable { delay, rate, .. } = *cable.borrow();
        if let Some(rate) = rate {
            next = next.max(Instant::now()) + Duration::from_secs(length as u64) / rate;
            tokio::time::sleep_until(next).await;
        }
        if enter.send((Instant::now() + delay, piece)).await.is_err() {
            return;
        }
    }
}

async fn let_out(
    mut to: OwnedWriteHalf,
    mut cable: watch::Receiver<Cable>,
    mut leave: mpsc::Receiver<(Instant, Vec<u8>)>,
    here: &watch::Sender<u64>,
    total: &AtomicU64,
) {
    while let Some((due, piece)) = leave.recv().await {
        tokio::time::sleep_until(due).await;
        if cable.wait_for(|cable| !cable.hole).await.is_err() || to.write_all(&piece).await.is_err() {
            return;
        }
        total.fetch_add(piece.len() as u64, Ordering::SeqCst);
        here.send_modify(|bytes| *bytes += piece.len() as u64);
    }
}
