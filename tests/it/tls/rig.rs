//! An exchange port that echoes frames, a book of pins that changes at run time, and an ear on the trace.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::Mutex;
use std::time::Duration;

use arc_swap::ArcSwap;
use chapar::edge::dial::DialDeadlines;
use chapar::edge::dial::DialError;
use chapar::edge::dial::Dialled;
use chapar::edge::dial::Dialler;
use chapar::edge::grpc::exchange_client;
use chapar::edge::grpc::exchange_server_builder;
use chapar::edge::grpc::exchange_service;
use chapar::edge::listen::LinkPeer;
use chapar::edge::listen::ListenLimits;
use chapar::edge::listen::Listener;
use chapar::edge::listen::incoming;
use chapar::edge::stubs::exchange_service_server::ExchangeService;
use chapar::edge::tls::Pins;
use chapar::edge::tls::TlsKey;
use chapar::edge::tls::server_config;
use chapar::limits;
use chapar::name::Digest;
use chapar::name::OfficeCode;
use chapar::wire;
use rustls::ServerConfig;
use tokio::sync::mpsc;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_stream::Stream;
use tokio_stream::StreamExt as _;
use tokio_util::sync::CancellationToken;
use tonic::Request;
use tonic::Response;
use tonic::Status;
use tonic::Streaming;
use tracing::Dispatch;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

pub(super) const PATIENCE: Duration = Duration::from_secs(20);

pub(super) fn office(code: &str) -> OfficeCode {
    code.parse().unwrap()
}

pub(super) fn key(code: &str) -> TlsKey {
    TlsKey::make(office(code)).unwrap()
}

/// Whose key is whose, and whether it counts.
#[derive(Debug, Default)]
pub(super) struct Book(Mutex<BTreeMap<Digest, (OfficeCode, bool)>>);

impl Book {
    pub(super) fn of(keys: &[(&str, &TlsKey)]) -> Arc<Self> {
        let book = Self::default();
        for (code, key) in keys {
            book.set(code, key, true);
        }
        Arc::new(book)
    }

    pub(super) fn revoke(&self, code: &str, key: &TlsKey) {
        self.set(code, key, false);
    }

    fn set(&self, code: &str, key: &TlsKey, counts: bool) {
        self.0.lock().unwrap().insert(key.pin(), (office(code), counts));
    }

    fn with(&self, pin: Digest, counts: bool) -> Vec<OfficeCode> {
        self.0.lock().unwrap().get(&pin).filter(|found| found.1 == counts).map(|found| found.0).into_iter().collect()
    }
}

impl Pins for Book {
    fn offices_with(&self, pin: Digest) -> Vec<OfficeCode> {
        self.with(pin, true)
    }

    fn revoked_with(&self, pin: Digest) -> Vec<OfficeCode> {
        self.with(pin, false)
    }
}

/// Sends every frame back, and notes who called.
#[derive(Debug)]
struct Echo(mpsc::Sender<LinkPeer>);

#[tonic::async_trait]
impl ExchangeService for Echo {
    type SessionStream = Pin<Box<dyn Stream<Item = Result<wire::SessionResponse, Status>> + Send>>;

    async fn session(
        &self,
        request: Request<Streaming<wire::SessionRequest>>,
    ) -> Result<Response<Self::SessionStream>, Status> {
        let peer = request.extensions().get::<LinkPeer>().cloned().unwrap();
        self.0.send(peer).await.unwrap();
        let back = request.into_inner().map(|request| Ok(wire::SessionResponse { frame: request?.frame }));
        Ok(Response::new(Box::pin(back)))
    }
}

/// The exchange port of one office.
pub(super) struct Port {
    pub(super) address: SocketAddr,
    pub(super) callers: mpsc::Receiver<LinkPeer>,
    pub(super) tls: Arc<ArcSwap<ServerConfig>>,
    pub(super) stop: CancellationToken,
    pub(super) tasks: JoinSet<()>,
}

impl Port {
    pub(super) fn open(key: &TlsKey, book: &Arc<Book>) -> Self {
        Self::with(key, book, ListenLimits::default())
    }

    pub(super) fn with(key: &TlsKey, book: &Arc<Book>, limits: ListenLimits) -> Self {
        let pins: Arc<dyn Pins> = Arc::<Book>::clone(book);
        let tls = Arc::new(ArcSwap::new(server_config(key, Arc::clone(&pins)).unwrap()));
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), limits).unwrap();
        let address = listener.local_addr().unwrap();
        let (links, waiting) = mpsc::channel(limits::LINKS_WAITING);
        let (calls, callers) = mpsc::channel(64);
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(listener.run(Arc::clone(&tls), pins, links, stop.clone()));
        let stopped = stop.clone().cancelled_owned();
        tasks.spawn(async move {
            exchange_server_builder()
                .add_service(exchange_service(Echo(calls)))
                .serve_with_incoming_shutdown(incoming(waiting), stopped)
                .await
                .unwrap();
        });
        Self { address, callers, tls, stop, tasks }
    }

    /// Dials it as `key`, in the belief that `peer` is there.
    pub(super) async fn dial(&self, key: &TlsKey, book: &Arc<Book>, peer: &str) -> Result<Dialled, DialError> {
        dial(&self.address.to_string(), key, book, peer).await
    }
}

pub(super) async fn dial(endpoint: &str, key: &TlsKey, book: &Arc<Book>, peer: &str) -> Result<Dialled, DialError> {
    let pins: Arc<dyn Pins> = Arc::<Book>::clone(book);
    let dialler = Dialler::new(key, pins, office(peer), DialDeadlines::default()).unwrap();
    timeout(PATIENCE, dialler.dial(endpoint)).await.unwrap()
}

/// Sends a frame and expects it back.
pub(super) async fn echo(dialled: &Dialled) -> Result<(), Status> {
    let hello = wire::Hello { network: "central-asia.example".to_owned(), ..wire::Hello::default() };
    let frame = wire::Frame { kind: Some(wire::frame::Kind::Hello(hello)) };
    let request = wire::SessionRequest { frame: Some(frame.clone()) };
    let call = exchange_client(dialled.channel.clone()).session(tokio_stream::once(request)).await;
    let back = call?.into_inner().message().await?.and_then(|response| response.frame);
    assert_eq!(back, Some(frame));
    Ok(())
}

/// tokio-rs/tracing#2874: while there is only one dispatcher in the process, another thread without one may be the
/// first to reach a trace and so switch it off for all. Two more for ever prevent it.
static MORE_DISPATCHERS: LazyLock<[Dispatch; 2]> = LazyLock::new(|| {
    let quiet = || Dispatch::new(tracing_subscriber::fmt().with_writer(io::sink).finish());
    [quiet(), quiet()]
});

/// What was traced on this thread; a test's runtime has no other.
#[derive(Clone)]
pub(super) struct Trace(watch::Sender<String>);

impl Trace {
    pub(super) fn listen() -> (Self, DefaultGuard) {
        LazyLock::force(&MORE_DISPATCHERS);
        let trace = Self(watch::Sender::new(String::new()));
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_max_level(tracing::Level::INFO)
            .with_writer(trace.clone())
            .finish();
        (trace, tracing::subscriber::set_default(subscriber))
    }

    /// The first line that has all these words, as soon as there is one.
    pub(super) async fn line(&self, words: &[&str]) -> String {
        let find = |text: &String| {
            text.lines().find(|line| words.iter().all(|word| line.contains(word))).map(ToOwned::to_owned)
        };
        let mut trace = self.0.subscribe();
        let found = timeout(PATIENCE, trace.wait_for(|text| find(text).is_some())).await;
        let text = found.unwrap_or_else(|_| panic!("no line with {words:?} in {}", self.0.borrow().as_str())).unwrap();
        find(&text).unwrap()
    }
}

impl io::Write for Trace {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send_modify(|text| text.push_str(&String::from_utf8_lossy(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Trace {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
