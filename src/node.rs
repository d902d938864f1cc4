//! A node: what is bound, what runs, how it stops. Two nodes fit in one process.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::net::UnixListener;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio_stream::wrappers::UnixListenerStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic_health::server::HealthReporter;
use tower::layer::layer_fn;

use crate::console::At;
use crate::console::Console;
use crate::edge::api::Api;
use crate::edge::api::Turns;
use crate::edge::api::calls;
use crate::edge::blobs::Blobs;
use crate::edge::clock::NodeClock;
use crate::edge::commit;
use crate::edge::duties;
use crate::edge::env::SystemClock;
use crate::edge::env::SystemEntropy;
use crate::edge::env::free_bytes;
use crate::edge::exchange::Diallers;
use crate::edge::exchange::Exchange;
use crate::edge::finder::Finder;
use crate::edge::grpc;
use crate::edge::health;
use crate::edge::hub::Hub;
use crate::edge::listen;
use crate::edge::listen::ListenLimits;
use crate::edge::listen::Listener;
use crate::edge::note::Note;
use crate::edge::set_up::SetUp;
use crate::edge::sign_in::SignIns;
use crate::edge::staging;
use crate::edge::stubs::desk_service_server::DeskServiceServer;
use crate::edge::stubs::inspect_service_server::InspectServiceServer;
use crate::edge::telemetry::Port;
use crate::edge::telemetry::Telemetry;
use crate::edge::tls;
use crate::edge::tls::Pins;
use crate::edge::tls::SiteCertificate;
use crate::edge::tls::TlsKey;
use crate::engine::quota::Quota;
use crate::engine::store::CommitError;
use crate::engine::store::Store;
use crate::engine::store::StoreError;
use crate::i18n::Language;
use crate::limits;
use crate::office::Command;
use crate::office::Identity;
use crate::office::OpenError;
use crate::office::Writer;
use crate::office::verify::Owner;
use crate::time::Clock;

/// Everything that a node is made of, keys unlocked, store open.
pub struct Parts {
    /// Who it is.
    pub identity: Identity,
    /// Its TLS key.
    pub tls: TlsKey,
    /// Where the storage key comes from, as a word.
    pub custody: String,
    /// The store.
    pub store: Arc<dyn Store>,
    /// Folder of the ciphertext of attachments.
    pub attachments: PathBuf,
    /// The head noted beside it.
    pub note: Note,
    /// The exchange port; `None` for an office that only dials.
    pub listen: Option<SocketAddr>,
    /// Connections that the port takes from one address.
    pub connections_per_address: usize,
    /// What each peer may deliver in a day.
    pub quota: Quota,
    /// The loopback port for metrics, if any.
    pub metrics: Option<SocketAddr>,
    /// The port for the console, if any: of a loopback address, unless there is a certificate.
    pub console: Option<SocketAddr>,
    /// The certificate of the console, if it is served over TLS.
    pub certificate: Option<SiteCertificate>,
    /// The languages of its pages.
    pub languages: Vec<Language>,
    /// The set-up of the office, if it is new.
    pub set_up: SetUp,
    /// What is measured.
    pub telemetry: Arc<Telemetry>,
    /// The bound Unix socket.
    pub socket: UnixListener,
    /// A folder on the store's disk, whose free space is watched.
    pub disk: PathBuf,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// Why a node does not start, or has stopped.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The store is not this office's, or damaged.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The exchange port cannot be bound.
    #[error("the address {address} cannot be bound: {source}")]
    Bind {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The port for metrics cannot be bound.
    #[error("the address {address} for metrics cannot be bound: {source}")]
    BindMetrics {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The port for the console cannot be bound.
    #[error("the address {address} for the console cannot be bound: {source}")]
    BindConsole {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The system gives no thread, no chance, or no TLS.
    #[error("{0}")]
    System(String),
    /// The store has failed, in a commit or in a read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something was found after which the node must not go on.
    #[error("{0}")]
    Fatal(String),
}

impl From<CommitError> for NodeError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Fenced(_) => Self::Fatal(error.to_string()),
            // Whether it was written, only the next start will tell.
            CommitError::NotApplied(error) | CommitError::Unknown(error) => Self::Store(error),
        }
    }
}

/// Why the writer has stopped.
fn stopped(ended: Result<Result<(), CommitError>, oneshot::error::RecvError>) -> NodeError {
    match ended {
        Ok(Err(error)) => error.into(),
        _ => NodeError::Fatal("the writer has stopped".to_owned()),
    }
}

/// A running node.
pub struct Node {
    exchange: Option<SocketAddr>,
    metrics: Option<SocketAddr>,
    console: Option<At>,
    hub: Arc<Hub>,
    drain: CancellationToken,
    stop: CancellationToken,
    tasks: TaskTracker,
    servers: TaskTracker,
    fatal: mpsc::Receiver<String>,
    writer: oneshot::Receiver<Result<(), CommitError>>,
}

impl Node {
    /// Binds and starts everything, inside a runtime.
    ///
    /// # Errors
    /// If something cannot be bound or opened; then nothing runs.
    pub async fn start(parts: Parts) -> Result<Self, NodeError> {
        let system = |error: &dyn std::fmt::Display| NodeError::System(error.to_string());
        let entropy = || SystemEntropy::open().map(Box::new).map_err(|error| system(&error));
        let Parts { identity, tls: key, custody, store, attachments, note, listen, .. } = parts;
        let Parts { connections_per_address, quota, metrics, console, telemetry, socket, disk, .. } = parts;
        let Parts { certificate, languages, set_up, clock, .. } = parts;
        let most = ListenLimits { per_address: connections_per_address, ..ListenLimits::default() };
        let writer = Writer::open(Arc::clone(&store), identity.clone(), entropy()?)?;
        let blobs = blobs(attachments, &*store)?;
        let shared = writer.shared();
        let node_clock = Arc::new(NodeClock::new(clock, Arc::clone(&shared), &*store).map_err(OpenError::Row)?);
        let pins: Arc<dyn Pins> = Arc::<crate::office::Shared>::clone(&shared);
        let listener = match listen {
            Some(address) => Some(Listener::bind(address, most).map_err(|source| NodeError::Bind { address, source })?),
            None => None,
        };
        let exchange = listener.as_ref().and_then(|listener| listener.local_addr().ok());
        let port = bind_metrics(metrics).await?;
        let metrics = port.as_ref().and_then(|port| port.local_addr().ok());
        let pages = bind_console(console, certificate, languages).await?;
        let server = tls::server_config(&key, Arc::clone(&pins)).map_err(|error| system(&error))?;
        let (commits, ended) = commit::start(
            writer,
            Arc::clone(&store),
            Arc::<NodeClock>::clone(&node_clock),
            note,
            Arc::clone(&telemetry),
        )
        .map_err(|error| system(&error))?;
        // Before anything is judged by them.
        if commits.ask(Command::Agreements).await.is_err() {
            return Err(stopped(ended.await));
        }
        let (drain, stop) = (CancellationToken::new(), CancellationToken::new());
        let (alarm, fatal) = mpsc::channel(1);
        let owner = owner(&identity);
        let hub = Arc::new(Hub::new(
            identity.speaker(),
            identity.addressee(),
            store,
            blobs,
            shared,
            commits,
            node_clock,
            entropy()?,
            quota,
            identity.vault.clone(),
            Box::new(move || free_bytes(&disk)),
            drain.clone(),
            alarm,
        ));
        let (tasks, servers) = (TaskTracker::new(), TaskTracker::new());
        let health = HealthReporter::new();
        health.set_service_status("", health::status(&hub)).await;
        servers.spawn(health::keep(Arc::clone(&hub), health.clone(), stop.clone()));
        servers.spawn(duties::keep(Arc::clone(&hub), stop.clone()));
        if let Some(port) = port {
            servers.spawn(port.run(Arc::clone(&hub), telemetry, stop.clone()));
        }
        if let Some(listener) = listener {
            let (links, incoming) = mpsc::channel(limits::LINKS_WAITING);
            let config = Arc::new(ArcSwap::new(server));
            servers.spawn(listener.run(config, Arc::clone(&pins), links, stop.clone()));
            let service = grpc::exchange_service(Exchange::new(Arc::clone(&hub), tasks.clone()));
            let server = grpc::exchange_server_builder().add_service(service).add_service(health::service(&health));
            let until = stop.clone().cancelled_owned();
            let deaf = Arc::clone(&hub);
            servers.spawn(async move {
                let links = listen::incoming(incoming);
                if let Err(error) = server.serve_with_incoming_shutdown(links, until).await {
                    deaf.fatal(format!("the exchange server has ended: {error}"));
                }
            });
        }
        servers.spawn(Diallers { hub: Arc::clone(&hub), key: key.clone(), pins, tasks: tasks.clone() }.run());
        let sign_ins = SignIns::new(&mut *entropy()?);
        let finder = Arc::new(Finder::new(Arc::clone(&hub)));
        servers.spawn(Arc::clone(&finder).follow(drain.clone()));
        let (vault, set_up, turns) = (identity.vault, Arc::new(set_up), Turns::default());
        let api = Arc::new(Api { hub: Arc::clone(&hub), vault, owner, finder, sign_ins, set_up, turns, key, custody });
        let console = pages.as_ref().map(|pages| pages.at(&api));
        if let Some(pages) = pages {
            serve_console(pages, Arc::clone(&api), *entropy()?, &servers);
        }
        serve_socket(api, socket, &health, &servers);
        Ok(Self { exchange, metrics, console, hub, drain, stop, tasks, servers, fatal, writer: ended })
    }

    /// Where the exchange port is bound.
    #[must_use]
    pub const fn exchange(&self) -> Option<SocketAddr> {
        self.exchange
    }

    /// Where the metrics can be read.
    #[must_use]
    pub const fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// Where the console is bound.
    #[must_use]
    pub fn console(&self) -> Option<SocketAddr> {
        self.console.as_ref().map(|console| console.address)
    }

    /// What people type to get to the console.
    #[must_use]
    pub const fn pages(&self) -> Option<&At> {
        self.console.as_ref()
    }

    /// Runs until `shutdown`, then drains: what is in flight is finished, within a deadline.
    ///
    /// # Errors
    /// If the node had to stop by itself.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) -> Result<(), NodeError> {
        let reason = tokio::select! {
            () = shutdown => None,
            reason = self.fatal.recv() => reason.map(|text| match self.hub.store.last_number() {
                Ok(_) => NodeError::Fatal(text),
                Err(error) => NodeError::Store(error),
            }),
            ended = &mut self.writer => Some(stopped(ended)),
        };
        self.drain.cancel();
        let drained = async {
            self.tasks.close();
            self.tasks.wait().await;
        };
        if tokio::time::timeout(Duration::from_millis(limits::DRAIN_MS), drained).await.is_err() {
            tracing::warn!("links are cut: they did not finish in time");
            self.hub.cut.cancel();
            self.tasks.wait().await;
        }
        self.stop.cancel();
        self.servers.close();
        let closed = tokio::time::timeout(Duration::from_millis(limits::DRAIN_MS), self.servers.wait());
        if closed.await.is_err() {
            tracing::warn!("servers did not end in time");
        }
        if let Some(reason) = reason {
            Err(reason)
        } else {
            // The last door is dropped; the writer syncs its note and ends.
            drop(self.hub);
            let ended = tokio::time::timeout(Duration::from_millis(limits::DRAIN_MS), self.writer).await;
            match ended {
                Ok(Ok(Err(error))) => Err(error.into()),
                _ => Ok(()),
            }
        }
    }
}

/// Whose log it is.
fn owner(identity: &Identity) -> Owner {
    Owner {
        network: identity.network.clone(),
        office: identity.office,
        key: identity.signing.public(),
        vault: Some(identity.vault.clone()),
    }
}

/// The files of attachments, each in its place.
fn blobs(folder: PathBuf, store: &dyn Store) -> Result<Arc<Blobs>, NodeError> {
    let blobs = Blobs::open(folder).map_err(|error| NodeError::System(error.to_string()))?;
    if let Err(error) = staging::recover(&blobs, store) {
        tracing::error!(%error, "files that were brought in cannot be put into their places");
    }
    Ok(Arc::new(blobs))
}

/// The port for metrics, if there is to be one.
async fn bind_metrics(address: Option<SocketAddr>) -> Result<Option<Port>, NodeError> {
    let Some(address) = address else { return Ok(None) };
    Port::bind(address).await.map(Some).map_err(|source| NodeError::BindMetrics { address, source })
}

/// The port for the console, if there is to be one.
async fn bind_console(
    address: Option<SocketAddr>,
    certificate: Option<SiteCertificate>,
    languages: Vec<Language>,
) -> Result<Option<Console>, NodeError> {
    let Some(address) = address else { return Ok(None) };
    let bound = Console::bind(address, certificate, languages).await;
    bound.map(Some).map_err(|source| NodeError::BindConsole { address, source })
}

/// Serves the console until the node drains.
fn serve_console(pages: Console, api: Arc<Api>, entropy: SystemEntropy, servers: &TaskTracker) {
    let drain = api.hub.drain.clone();
    servers.spawn(pages.run(api, entropy, drain));
}

/// Serves the Unix socket until the node drains.
fn serve_socket(api: Arc<Api>, socket: UnixListener, health: &HealthReporter, servers: &TaskTracker) {
    let (hub, callers) = (Arc::clone(&api.hub), Arc::clone(&api));
    let server = grpc::local_server_builder()
        .layer(layer_fn(move |service| calls::traced(service, Arc::clone(&callers))))
        .add_service(DeskServiceServer::new(Arc::clone(&api)))
        .add_service(InspectServiceServer::new(api))
        .add_service(health::service(health));
    let until = hub.drain.clone().cancelled_owned();
    servers.spawn(async move {
        let calls = UnixListenerStream::new(socket);
        if let Err(error) = server.serve_with_incoming_shutdown(calls, until).await {
            hub.fatal(format!("the server of the socket has ended: {error}"));
        }
    });
}

/// The clock of the machine.
#[must_use]
pub fn system_clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}
