//! The exchange port against peers that are slow, many, old or no peers at all.

use std::net::SocketAddr;
use std::time::Duration;

use chapar::edge::dial::DialError;
use chapar::edge::listen::ListenLimits;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpSocket;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::tls::rig::Book;
use crate::tls::rig::PATIENCE;
use crate::tls::rig::Port;
use crate::tls::rig::Trace;
use crate::tls::rig::echo;
use crate::tls::rig::key;

/// The `ClientHello` of Python's ssl module (OpenSSL 3.0.19) with `maximum_version = TLSv1_2` and ALPN h2.
const CLIENT_HELLO_TLS12: &str = "16030100a6010000a20303cbc2036ca1a68d6b010ec127b405d8f6806f2a968e7d6c489caa98310c69da71\
    00001ec02cc030c02bc02fcca9cca8c024c028c023c027009f009e006b006700ff0100005b000b000403000102000a000c000a001d0017001e\
    00190018002300000010000500030268320016000000170000000d002a0028040305030603080708080809080a080b08040805080604010501\
    0601030303010302040205020602";

/// Sends bytes and reads all that comes until the port closes.
async fn send(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, socket.read_to_end(&mut answer)).await.unwrap().unwrap();
    answer
}

#[tokio::test]
async fn tls_1_2_is_refused() {
    let (trace, _guard) = Trace::listen();
    let theirs = key("TM-FAR");
    let port = Port::open(&theirs, &Book::of(&[]));
    let answer = send(port.address, &hex::decode(CLIENT_HELLO_TLS12).unwrap()).await;
    assert_eq!(answer, [21, 3, 3, 0, 2, 2, 70], "alert, fatal, protocol_version");
    trace.line(&["WARN", "accept{", "127.0.0.1:", "the peer does not speak TLS 1.3"]).await;
}

#[tokio::test]
async fn http_2_in_clear_is_refused() {
    let (trace, _guard) = Trace::listen();
    let theirs = key("TM-FAR");
    let port = Port::open(&theirs, &Book::of(&[]));
    // More than the listener reads at a time: to close over the rest would reset the connection and lose the alert.
    let mut clear = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    clear.resize(12 * 1024, 0);
    let answer = send(port.address, &clear).await;
    assert_eq!(answer[..3], [21, 3, 3], "an alert and no HTTP");
    assert_eq!(answer.len(), 7);
    trace.line(&["WARN", "accept{", "127.0.0.1:", "the peer does not speak TLS"]).await;
}

#[tokio::test]
async fn a_peer_that_sends_nothing_holds_up_nobody() {
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let book = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &theirs)]);
    let port = Port::open(&theirs, &book);
    let _silent = TcpStream::connect(port.address).await.unwrap();
    echo(&port.dial(&ours, &book, "TM-FAR").await.unwrap()).await.unwrap();
}

#[tokio::test]
async fn the_handshake_has_a_deadline() {
    let (trace, _guard) = Trace::listen();
    let theirs = key("TM-FAR");
    let limits = ListenLimits { handshake: Duration::from_millis(200), ..ListenLimits::default() };
    let port = Port::with(&theirs, &Book::of(&[]), limits);
    assert!(send(port.address, &[]).await.is_empty(), "closed without a word");
    trace.line(&["WARN", "accept{", "127.0.0.1:", "the TLS handshake was not finished in time"]).await;
}

#[tokio::test]
async fn of_too_many_handshakes_the_oldest_gives_way() {
    let (trace, _guard) = Trace::listen();
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let book = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &theirs)]);
    let port = Port::with(&theirs, &book, ListenLimits { handshakes: 1, ..ListenLimits::default() });
    let mut oldest = TcpStream::connect(port.address).await.unwrap();
    let dialled = port.dial(&ours, &book, "TM-FAR").await.unwrap();
    let closed = timeout(PATIENCE, oldest.read(&mut [0])).await.unwrap();
    assert!(matches!(closed, Ok(0) | Err(_)), "{closed:?}");
    trace.line(&["WARN", "too many handshakes", "count=1"]).await;
    let _silent = TcpStream::connect(port.address).await.unwrap();
    echo(&dialled).await.unwrap();
}

#[tokio::test]
async fn one_address_gets_no_more_than_its_share() {
    let (trace, _guard) = Trace::listen();
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let book = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &theirs)]);
    let port = Port::with(&theirs, &book, ListenLimits { per_address: 2, ..ListenLimits::default() });
    let from_another = TcpSocket::new_v4().unwrap();
    from_another.bind("127.0.9.9:0".parse().unwrap()).unwrap();
    let mut links = vec![];
    for _ in 0..2 {
        links.push(port.dial(&ours, &book, "TM-FAR").await.unwrap());
    }
    assert!(send(port.address, &[]).await.is_empty(), "closed at once");
    trace.line(&["WARN", "too many connections: one is turned away", "127.0.0.1:", "count=1"]).await;
    let mut elsewhere = from_another.connect(port.address).await.unwrap();
    elsewhere.write_all(b"no TLS at all").await.unwrap();
    let mut answer = vec![];
    timeout(PATIENCE, elsewhere.read_to_end(&mut answer)).await.unwrap().unwrap();
    assert_eq!(answer[..3], [21, 3, 3], "whoever comes from elsewhere is heard");
    for link in &links {
        echo(link).await.unwrap();
    }
}

#[tokio::test]
async fn who_says_nothing_keeps_nobody_out_who_has_the_same_address() {
    let (trace, _guard) = Trace::listen();
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let book = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &theirs)]);
    let port = Port::with(&theirs, &book, ListenLimits { per_address: 2, ..ListenLimits::default() });
    let mut oldest = TcpStream::connect(port.address).await.unwrap();
    let mut next = TcpStream::connect(port.address).await.unwrap();
    let first = port.dial(&ours, &book, "TM-FAR").await.unwrap();
    let closed = timeout(PATIENCE, oldest.read(&mut [0])).await.unwrap();
    assert!(matches!(closed, Ok(0) | Err(_)), "{closed:?}");
    trace.line(&["WARN", "too many connections: the oldest handshake gives way", "127.0.0.1:", "count=1"]).await;
    let second = port.dial(&ours, &book, "TM-FAR").await.unwrap();
    let closed = timeout(PATIENCE, next.read(&mut [0])).await.unwrap();
    assert!(matches!(closed, Ok(0) | Err(_)), "{closed:?}");
    // Now there are only links, and they stay.
    port.dial(&ours, &book, "TM-FAR").await.unwrap_err();
    echo(&first).await.unwrap();
    echo(&second).await.unwrap();
}

#[tokio::test]
async fn one_key_gets_no_more_than_its_share() {
    let (trace, _guard) = Trace::listen();
    let (ours, others, theirs) = (key("UZ-ALT"), key("KZ-NEW"), key("TM-FAR"));
    let book = Book::of(&[("UZ-ALT", &ours), ("KZ-NEW", &others), ("TM-FAR", &theirs)]);
    let port = Port::with(&theirs, &book, ListenLimits { per_key: 1, ..ListenLimits::default() });
    let only = port.dial(&ours, &book, "TM-FAR").await.unwrap();
    port.dial(&ours, &book, "TM-FAR").await.unwrap_err();
    trace.line(&["WARN", "UZ-ALT", "no link: the peer has too many already", "count=1"]).await;
    echo(&port.dial(&others, &book, "TM-FAR").await.unwrap()).await.unwrap();
    echo(&only).await.unwrap();
}

#[tokio::test]
async fn too_many_links_are_turned_away_until_one_ends() {
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let book = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &theirs)]);
    let port = Port::with(&theirs, &book, ListenLimits { connections: 1, ..ListenLimits::default() });
    let only = port.dial(&ours, &book, "TM-FAR").await.unwrap();
    let error = port.dial(&ours, &book, "TM-FAR").await.unwrap_err();
    assert_eq!(error, DialError::Closed { endpoint: port.address.to_string() });
    echo(&only).await.unwrap();
    drop(only);
    let again = async { while port.dial(&ours, &book, "TM-FAR").await.is_err() {} };
    timeout(PATIENCE, again).await.unwrap();
}

#[tokio::test]
async fn a_thousand_broken_handshakes_then_a_good_one() {
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let book = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &theirs)]);
    let port = Port::open(&theirs, &book);
    let hello = hex::decode(CLIENT_HELLO_TLS12).unwrap();
    for number in 0..1000 {
        let mut socket = TcpStream::connect(port.address).await.unwrap();
        let beginning = &hello[..number % hello.len()];
        socket.write_all(beginning).await.unwrap();
    }
    let again = async { while port.dial(&ours, &book, "TM-FAR").await.is_err() {} };
    timeout(PATIENCE, again).await.unwrap();
}

#[tokio::test]
async fn it_stops_with_a_handshake_under_way() {
    let theirs = key("TM-FAR");
    let mut port = Port::open(&theirs, &Book::of(&[]));
    let mut silent = TcpStream::connect(port.address).await.unwrap();
    port.stop.cancel();
    while timeout(PATIENCE, port.tasks.join_next()).await.unwrap().transpose().unwrap().is_some() {}
    assert!(matches!(silent.read(&mut [0]).await, Ok(0) | Err(_)), "closed");
}
