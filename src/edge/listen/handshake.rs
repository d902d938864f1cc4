//! One handshake of the accepting side.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::CertificateError;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::io::copy;
use tokio::io::sink;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio::time::timeout_at;
use tokio_rustls::TlsAcceptor;

use crate::edge::listen::link::Link;
use crate::edge::listen::link::LinkPeer;
use crate::edge::listen::seats::Seats;
use crate::edge::listen::seldom::Seldom;
use crate::edge::listen::turns::Turn;
use crate::edge::tls::Pins;
use crate::edge::tls::handshake_in_words;
use crate::edge::tls::peer_pin;
use crate::edge::tls::tls_error;
use crate::limits;
use crate::name::Digest;

/// A handshake to be made.
pub(super) struct Handshake {
    pub(super) acceptor: TlsAcceptor,
    pub(super) address: SocketAddr,
    pub(super) deadline: Instant,
    pub(super) pins: Arc<dyn Pins>,
    pub(super) keys: Seats<Digest>,
    /// Counts links that are too many with one key.
    pub(super) too_many: Arc<Seldom>,
}

impl Handshake {
    /// A link, or a trace that says why not.
    pub(super) async fn shake(self, socket: TcpStream, turn: Turn) -> Option<Link> {
        if let Err(error) = socket.set_nodelay(true) {
            tracing::warn!("no link: {error}");
            return None;
        }
        let Ok(shaken) = timeout_at(self.deadline, self.acceptor.accept(socket).into_fallible()).await else {
            tracing::warn!("no link: the TLS handshake was not finished in time");
            return None;
        };
        match shaken {
            Ok(io) => {
                let pin = peer_pin(io.get_ref().1)?;
                let candidates = self.pins.offices_with(pin);
                let Some(of_key) = self.keys.take(pin) else {
                    if let Some(count) = self.too_many.once_more() {
                        tracing::warn!(peer.id = ?candidates, count, "no link: the peer has too many already");
                    }
                    return None;
                };
                let peer = LinkPeer { candidates, pin, address: self.address };
                Some(Link { io, peer, _room: (turn.finish()?, of_key) })
            }
            Err((error, socket)) => {
                if !is_told(&error) {
                    tracing::warn!("no link: {}", handshake_in_words(&error));
                }
                // The deadline counts for this too.
                let _ = timeout_at(self.deadline, let_read(socket)).await;
                None
            }
        }
    }
}

/// Whether the verifier has traced the reason already.
fn is_told(error: &io::Error) -> bool {
    matches!(
        tls_error(error),
        Some(rustls::Error::InvalidCertificate(
            CertificateError::ApplicationVerificationFailure
                | CertificateError::Revoked
                | CertificateError::UnknownIssuer
        ))
    )
}

/// Lets the peer read our alert: to close while its bytes are unread would reset the connection and lose it.
async fn let_read(mut socket: TcpStream) -> io::Result<()> {
    socket.shutdown().await?;
    copy(&mut socket.take(limits::REFUSED_BYTES), &mut sink()).await?;
    Ok(())
}
