//! The port of the console: connections, HTTP/1.1 over them, and TLS below it on a network.
//!
//! - A deadline on the handshake, on each header, on a rest between two requests, and on the reader of each answer.
//! - Of too many connections one gives way that is not at work: a form of whoever has not signed in is none until it is here.
//! - If all places are taken by connections at work, the next one waits, and the others wait in the system.
//! - An error of accept never ends the port.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::rt::TokioTimer;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use crate::console::places::Place;
use crate::console::places::Places;
use crate::console::unread::Attended;
use crate::limits;

/// What every connection is served with.
#[derive(Clone)]
struct Served {
    tls: Option<TlsAcceptor>,
    pages: Router,
    stop: CancellationToken,
}

/// Serves these pages until `stop`, over TLS if there is any; then what is in flight is finished, within a deadline.
pub(super) async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, pages: Router, stop: CancellationToken) {
    let (places, connections) =
        (Places::new(limits::CONSOLE_CONNECTIONS, limits::CONSOLE_CONNECTIONS_PER_ADDRESS), TaskTracker::new());
    let served = Served { tls, pages, stop: stop.clone() };
    let accepting = async {
        loop {
            let (socket, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::error!("a connection to the console cannot be accepted: {error}");
                    // It may be file descriptors that are lacking.
                    places.give_way();
                    sleep(Duration::from_millis(limits::ACCEPT_PAUSE_MS)).await;
                    continue;
                }
            };
            let Some(place) = places.take(peer.ip()).await else { continue };
            let (gives_way, served) = (place.gives_way.clone(), served.clone());
            connections.spawn(async move { gives_way.run_until_cancelled(served.to(socket, place)).await });
        }
    };
    stop.run_until_cancelled(accepting).await;
    drop(listener);
    connections.close();
    connections.wait().await;
}

impl Served {
    async fn to(self, socket: TcpStream, place: Arc<Place>) {
        // Each event of a stream goes at once. Who cannot have that has gone already.
        if socket.set_nodelay(true).is_err() {
            return;
        }
        let socket = Attended::new(socket);
        let Some(tls) = &self.tls else { return self.speak(socket, place).await };
        let handshake = timeout(Duration::from_millis(limits::HANDSHAKE_MS), tls.accept(socket));
        // Whoever speaks no TLS, or another version, is told by an alert; there is nobody else to tell.
        if let Some(Ok(Ok(socket))) = self.stop.run_until_cancelled(handshake).await {
            self.speak(socket, place).await;
        }
    }

    async fn speak(self, socket: impl AsyncRead + AsyncWrite + Send + Unpin, place: Arc<Place>) {
        let Self { pages, stop, .. } = self;
        let answer = service_fn(move |request: Request<Incoming>| {
            let (mut parts, body) = request.into_parts();
            let ((work, asked, body), pages) = (place.asked(Body::new(body)), pages.clone());
            parts.extensions.insert(asked);
            async move {
                let Ok(answer) = pages.oneshot(Request::from_parts(parts, Body::new(body))).await;
                Ok::<_, Infallible>(answer.map(|body| work.with(body)))
            }
        });
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(Duration::from_millis(limits::HEADER_MS))
            .max_buf_size(limits::HEADER_BYTES);
        let mut connection = pin!(http.serve_connection(TokioIo::new(socket), answer));
        tokio::select! {
            // How it ended is the browser's affair.
            _ended = connection.as_mut() => return,
            () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        let _in_time = timeout(Duration::from_millis(limits::DRAIN_MS), connection).await;
    }
}
