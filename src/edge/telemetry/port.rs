//! The loopback port on which a monitor of this machine reads the metrics: `GET /metrics`, nothing else.
//!
//! One reader at a time, each within a deadline: a slow one holds up the next one, and never the node. One page at a
//! time as well, although a reader who went away does not end the making of his.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::Method;
use hyper::Request;
use hyper::Response;
use hyper::StatusCode;
use hyper::body::Incoming;
use hyper::header::ALLOW;
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::sleep;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::edge::glance::Glance;
use crate::edge::hub::Hub;
use crate::edge::telemetry::Tally;
use crate::edge::telemetry::Telemetry;
use crate::engine::rows::RowError;
use crate::limits;

const PATH: &str = "/metrics";
/// As Prometheus asks for it.
const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The bound port.
#[derive(Debug)]
pub struct Port(TcpListener);

/// What a reader is told about.
struct Source {
    hub: Arc<Hub>,
    telemetry: Arc<Telemetry>,
    /// Locked while a page is made.
    tally: Arc<Mutex<Tally>>,
}

impl Port {
    /// Binds it. That the address is of this machine alone, the configuration has checked.
    ///
    /// # Errors
    /// If the system refuses.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        TcpListener::bind(address).await.map(Self)
    }

    /// Where it is bound.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// Answers until `stop`. Entries are counted from now on.
    pub async fn run(self, hub: Arc<Hub>, telemetry: Arc<Telemetry>, stop: CancellationToken) {
        let tally = Arc::new(Mutex::new(Tally::from(hub.shared.head().size)));
        let source = Arc::new(Source { hub, telemetry, tally });
        let answer = async {
            loop {
                match self.0.accept().await {
                    Ok((socket, _)) => {
                        let one = timeout(Duration::from_millis(limits::METRICS_MS), serve(socket, &source));
                        if one.await.is_err() {
                            tracing::debug!("a reader of the metrics was too slow");
                        }
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a reader of the metrics cannot be accepted");
                        sleep(Duration::from_millis(limits::ACCEPT_PAUSE_MS)).await;
                    }
                }
            }
        };
        tokio::select! {
            () = answer => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn serve(socket: TcpStream, source: &Arc<Source>) {
    let answer = service_fn(|request| answer(request, Arc::clone(source)));
    let served = http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(socket), answer).await;
    if let Err(error) = served {
        tracing::debug!(%error, "a reader of the metrics went away");
    }
}

async fn answer(request: Request<Incoming>, source: Arc<Source>) -> Result<Response<String>, hyper::http::Error> {
    let response = Response::builder();
    if request.uri().path() != PATH {
        return response.status(StatusCode::NOT_FOUND).body(format!("Only {PATH} is here.\n"));
    }
    if request.method() != Method::GET {
        return response.status(StatusCode::METHOD_NOT_ALLOWED).header(ALLOW, "GET").body(String::new());
    }
    let mut tally = Arc::clone(&source.tally).lock_owned().await;
    let page = tokio::task::spawn_blocking(move || source.page(&mut tally)).await;
    match page {
        Ok(Some(page)) => response.header(CONTENT_TYPE, TEXT).body(page),
        _ => response.status(StatusCode::INTERNAL_SERVER_ERROR).body("Look at the trace of the node.\n".to_owned()),
    }
}

impl Source {
    /// The page now; `None` if the store cannot be read.
    fn page(&self, tally: &mut Tally) -> Option<String> {
        let view = &*self.hub.store;
        let read = tally.advance(view, self.hub.shared.head().size).and_then(|()| Glance::take(&self.hub, view));
        let failed = |error: RowError| {
            tracing::error!(%error, "the metrics cannot be read");
            self.hub.store_may_have_failed();
        };
        let page = self.telemetry.page(self.hub.me.office, &read.map_err(failed).ok()?, tally);
        page.map_err(|error| tracing::error!(%error, "the metrics cannot be written")).ok()
    }
}
