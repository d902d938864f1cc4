//! Dials a peer: name, TCP, TLS, and a channel for gRPC.
//!
//! Not when to dial and when to try again: that is `engine::peers`.
//!
//! - A channel has one connection; once that has ended, every call fails, and nobody dials behind our back.
//! - In TLS 1.3 the handshake is over on our side before the peer has judged our key. So a dial waits for the peer's
//!   first bytes, the settings of HTTP/2: a refusal is an error of the dial, not of the first call.

mod error;
mod lookup;

pub use error::DialError;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::AsyncBufReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::transport::Channel;
use tracing::Instrument as _;

use crate::edge::dial::lookup::addresses;
use crate::edge::grpc::exchange_endpoint;
use crate::edge::listen::LinkPeer;
use crate::edge::tls::Pins;
use crate::edge::tls::TlsKey;
use crate::edge::tls::client_config;
use crate::edge::tls::peer_pin;
use crate::limits;
use crate::name::OfficeCode;

/// The deadlines of a dial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DialDeadlines {
    /// For the name and its turn to be looked up, and then for TCP over all addresses together.
    pub connect: Duration,
    /// For TLS.
    pub handshake: Duration,
}

impl Default for DialDeadlines {
    fn default() -> Self {
        Self { connect: Duration::from_millis(limits::DIAL_MS), handshake: Duration::from_millis(limits::HANDSHAKE_MS) }
    }
}

/// Dials one peer.
#[derive(Clone, Debug)]
pub struct Dialler {
    peer: OfficeCode,
    tls: Arc<ClientConfig>,
    deadlines: DialDeadlines,
}

/// A peer that has answered.
#[derive(Clone, Debug)]
pub struct Dialled {
    /// The connection.
    pub channel: Channel,
    /// Who is at the other end.
    pub peer: LinkPeer,
}

impl Dialler {
    /// With our own key.
    ///
    /// # Errors
    /// If the crypto library lacks TLS 1.3.
    pub fn new(
        key: &TlsKey,
        pins: Arc<dyn Pins>,
        peer: OfficeCode,
        deadlines: DialDeadlines,
    ) -> Result<Self, rustls::Error> {
        Ok(Self { peer, tls: client_config(key, pins, peer)?, deadlines })
    }

    /// Dials `host:port` or `[address]:port` once.
    ///
    /// # Errors
    /// If the peer does not answer there, or is not who it should be, or does not want us.
    pub async fn dial(&self, endpoint: &str) -> Result<Dialled, DialError> {
        let addresses = self.resolve(endpoint).await?;
        let socket = self.connect(endpoint, &addresses).await?;
        self.secure(endpoint, socket).await
    }

    /// The step after the connection: TLS, both keys, and the peer's first bytes.
    ///
    /// # Errors
    /// As for [`Dialler::dial`].
    pub(super) async fn secure(&self, endpoint: &str, socket: TcpStream) -> Result<Dialled, DialError> {
        let address = socket.peer_addr().map_err(|e| DialError::connect(endpoint, &e))?;
        let span = tracing::error_span!("dial", peer.id = %self.peer, peer.address = %address);
        let shaken = timeout(self.deadlines.handshake, self.shake(socket, address)).instrument(span).await;
        let io = match shaken {
            Ok(Ok(io)) => io,
            Ok(Err(error)) => return Err(DialError::tls(self.peer, endpoint, &error)),
            Err(_) => return Err(DialError::Silent { endpoint: endpoint.to_owned() }),
        };
        let pin = peer_pin(io.get_ref().1).ok_or_else(|| DialError::closed(endpoint))?;
        let peer = LinkPeer { candidates: vec![self.peer], pin, address };
        let channel = channel(io).await.map_err(|e| DialError::tls(self.peer, endpoint, &e))?;
        Ok(Dialled { channel, peer })
    }

    /// The first step: the addresses of a name.
    ///
    /// # Errors
    /// If it has none.
    pub(super) async fn resolve(&self, endpoint: &str) -> Result<Vec<SocketAddr>, DialError> {
        match timeout(self.deadlines.connect, addresses(endpoint)).await {
            Ok(Ok(addresses)) => Ok(addresses),
            Ok(Err(error)) => Err(DialError::resolve(endpoint, error.kind())),
            Err(_) => Err(DialError::resolve(endpoint, io::ErrorKind::TimedOut)),
        }
    }

    /// The second step: a connection to the first address that answers.
    ///
    /// # Errors
    /// If none does.
    pub(super) async fn connect(&self, endpoint: &str, addresses: &[SocketAddr]) -> Result<TcpStream, DialError> {
        // An equal share each: an address that swallows everything must not starve the next.
        let share = self.deadlines.connect / u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
        let mut last = DialError::resolve(endpoint, io::ErrorKind::NotFound);
        for address in addresses {
            match timeout(share, TcpStream::connect(address)).await {
                Ok(Ok(socket)) => return Ok(socket),
                Ok(Err(error)) => last = DialError::connect(endpoint, &error),
                Err(_) => last = DialError::connect(endpoint, &io::ErrorKind::TimedOut.into()),
            }
        }
        Err(last)
    }

    /// TLS, and the peer's first bytes.
    async fn shake(&self, socket: TcpStream, address: SocketAddr) -> io::Result<TlsStream<TcpStream>> {
        socket.set_nodelay(true)?;
        // The verifier does not look at this name, and it is not sent.
        let name = ServerName::IpAddress(address.ip().into());
        let mut io = TlsConnector::from(Arc::clone(&self.tls)).connect(name, socket).await?;
        if io.fill_buf().await?.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(io)
    }
}

/// A channel over this connection and no other.
async fn channel(io: TlsStream<TcpStream>) -> Result<Channel, tonic::transport::Error> {
    let mut io = Some(TokioIo::new(io));
    let connector = tower::service_fn(move |_| {
        let io = io.take().ok_or(io::ErrorKind::NotConnected);
        async move { io.map_err(io::Error::from) }
    });
    exchange_endpoint().connect_with_connector(connector).await
}
