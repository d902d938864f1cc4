//! HTTP/2 by hand (RFC 9113): frames that no library would send, over mutual TLS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chapar::edge::tls::TlsKey;
use chapar::edge::tls::client_config;
use chapar::name::OfficeCode;
use rustls::pki_types::ServerName;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::hostile::foe::Anyone;

/// A write that makes no way for so long is given up: the node does not read any more.
const STALLED: Duration = Duration::from_millis(500);

/// Bytes that are written at a time.
const CHUNK: usize = 16 * 1024;

/// Bytes that a flood has at most.
const MOST: usize = 64 * 1024 * 1024;

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const PRIORITY: u8 = 2;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const END_HEADERS: u8 = 4;

/// A frame of HTTP/2.
pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A header of HPACK (RFC 7541), literal and not indexed.
pub(super) fn header(name: &str, value: &str) -> Vec<u8> {
    [&[0], string(name).as_slice(), &string(value)].concat()
}

/// A string of HPACK, not compressed.
pub(super) fn string(text: &str) -> Vec<u8> {
    let mut rest = text.len();
    let mut bytes = vec![u8::try_from(rest.min(127)).unwrap()];
    if rest >= 127 {
        rest -= 127;
        while rest >= 128 {
            bytes.push(u8::try_from(rest % 128).unwrap() | 128);
            rest /= 128;
        }
        bytes.push(u8::try_from(rest).unwrap());
    }
    bytes.extend(text.as_bytes());
    bytes
}

/// The headers of a call.
pub(super) fn call(path: &str) -> Vec<u8> {
    let fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "peer"),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
    ];
    fields.iter().flat_map(|(name, value)| header(name, value)).collect()
}

/// The frame that opens a session on a stream.
pub(super) fn session(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, &call("/chapar.v1.ExchangeService/Session"))
}

/// The number of the client's `number`-th stream.
pub(super) fn stream(number: u32) -> u32 {
    2 * number + 1
}

/// How a flood ended.
#[derive(Debug)]
pub(super) struct Flood {
    /// Bytes that were written.
    pub(super) written: usize,
    /// Whether the node closed the connection.
    pub(super) closed: bool,
}

/// A connection on which HTTP/2 has begun.
pub(super) async fn connect(key: &TlsKey, victim: OfficeCode, address: SocketAddr) -> TlsStream<TcpStream> {
    let config = client_config(key, Arc::new(Anyone(victim)), victim).unwrap();
    let socket = TcpStream::connect(address).await.unwrap();
    let name = ServerName::IpAddress(address.ip().into());
    let mut io = TlsConnector::from(config).connect(name, socket).await.unwrap();
    let begin = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(SETTINGS, 0, 0, &[])].concat();
    // Whoever is not listed may be turned away by now.
    let _written = io.write_all(&begin).await;
    io
}

/// Writes frames until they end, the node closes or does not read any more. `deaf`: it never reads what the node says.
pub(super) async fn flood(io: TlsStream<TcpStream>, frames: impl Iterator<Item = Vec<u8>>, deaf: bool) -> Flood {
    let (mut reader, mut writer) = tokio::io::split(io);
    let listening = tokio::spawn(async move {
        let mut heard = [0; CHUNK];
        while !deaf && matches!(reader.read(&mut heard).await, Ok(bytes) if bytes > 0) {}
        reader
    });
    let mut frames = frames.peekable();
    let (mut written, mut closed, mut chunk) = (0, false, vec![]);
    while frames.peek().is_some() && written < MOST {
        while chunk.len() < CHUNK
            && let Some(frame) = frames.next()
        {
            chunk.extend(frame);
        }
        let sent = async {
            writer.write_all(&chunk).await?;
            writer.flush().await
        };
        match timeout(STALLED, sent).await {
            Ok(Ok(())) => written += chunk.len(),
            Ok(Err(_)) => closed = true,
            Err(_) => break,
        }
        if closed || (!deaf && listening.is_finished()) {
            closed = true;
            break;
        }
        chunk.clear();
    }
    listening.abort();
    Flood { written, closed }
}
