//! A link: one connection whose two ends have proved their keys, as tonic takes it.

use std::io;
use std::io::IoSlice;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;

use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::io::ReadBuf;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tonic::transport::server::Connected;

use crate::edge::listen::seats::Seat;
use crate::edge::listen::turns::Room;
use crate::name::Digest;
use crate::name::OfficeCode;

/// Who is at the other end. A call finds it in the extensions of its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPeer {
    /// The offices that list its key and may connect; the one that its Hello names must be among them.
    pub candidates: Vec<OfficeCode>,
    /// Its key, for asking again when a roster changes.
    pub pin: Digest,
    /// Its address.
    pub address: SocketAddr,
}

/// An accepted link. It takes up room among all connections, those from its address and those with its key, until
/// it is dropped.
#[derive(Debug)]
pub struct Link {
    pub(super) io: TlsStream<TcpStream>,
    pub(super) peer: LinkPeer,
    pub(super) _room: (Room, Seat<Digest>),
}

impl Connected for Link {
    type ConnectInfo = LinkPeer;

    fn connect_info(&self) -> LinkPeer {
        self.peer.clone()
    }
}

impl AsyncRead for Link {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl AsyncWrite for Link {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
