//! What a dial says when it fails.

use std::error::Error;
use std::io;
use std::time::Duration;

use chapar::edge::dial::DialDeadlines;
use chapar::edge::dial::DialError;
use chapar::edge::dial::Dialler;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::net::TcpSocket;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::tls::rig::Book;
use crate::tls::rig::PATIENCE;
use crate::tls::rig::Port;
use crate::tls::rig::dial;
use crate::tls::rig::echo;
use crate::tls::rig::key;
use crate::tls::rig::office;

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = listener.local_addr().unwrap().to_string();
    drop(listener);
    let error = dial(&endpoint, &key("UZ-ALT"), &Book::of(&[]), "TM-FAR").await.unwrap_err();
    assert_eq!(error, DialError::Connect { endpoint, kind: io::ErrorKind::ConnectionRefused });
}

#[tokio::test]
async fn the_name_says_nothing() {
    let error = dial("nowhere", &key("UZ-ALT"), &Book::of(&[]), "TM-FAR").await.unwrap_err();
    assert!(matches!(&error, DialError::Resolve { endpoint, .. } if endpoint == "nowhere"), "{error}");
}

#[tokio::test]
async fn something_else_than_tls_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = listener.local_addr().unwrap().to_string();
    let greet = async {
        let mut socket = listener.accept().await.unwrap().0;
        socket.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await.unwrap();
        socket
    };
    let (ours, book) = (key("UZ-ALT"), Book::of(&[]));
    let (_socket, dialled) = tokio::join!(greet, dial(&endpoint, &ours, &book, "TM-FAR"));
    assert_eq!(dialled.unwrap_err(), DialError::NotTls { peer: office("TM-FAR"), endpoint });
}

#[tokio::test]
async fn the_connect_of_a_dial_has_a_deadline() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    // Nobody accepts, and soon there is no room to wait: from then on the system does not answer.
    let full = socket.listen(1).unwrap();
    let address = full.local_addr().unwrap();
    let mut waiting = vec![];
    while let Ok(connected) = timeout(Duration::from_millis(200), TcpStream::connect(address)).await {
        waiting.push(connected.unwrap());
    }
    let deadlines = DialDeadlines { connect: Duration::from_millis(200), ..DialDeadlines::default() };
    let dialler = Dialler::new(&key("UZ-ALT"), Book::of(&[]), office("TM-FAR"), deadlines).unwrap();
    let error = timeout(PATIENCE, dialler.dial(&address.to_string())).await.unwrap().unwrap_err();
    assert_eq!(error, DialError::Connect { endpoint: address.to_string(), kind: io::ErrorKind::TimedOut });
}

#[tokio::test]
async fn the_handshake_of_a_dial_has_a_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = listener.local_addr().unwrap().to_string();
    let deadlines = DialDeadlines { handshake: Duration::from_millis(200), ..DialDeadlines::default() };
    let dialler = Dialler::new(&key("UZ-ALT"), Book::of(&[]), office("TM-FAR"), deadlines).unwrap();
    let error = timeout(PATIENCE, dialler.dial(&endpoint)).await.unwrap().unwrap_err();
    assert_eq!(error, DialError::Silent { endpoint });
}

#[tokio::test]
async fn a_channel_never_dials_again() {
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let book = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &theirs)]);
    let mut port = Port::open(&theirs, &book).await;
    let dialled = port.dial(&ours, &book, "TM-FAR").await.unwrap();
    echo(&dialled).await.unwrap();
    port.tasks.shutdown().await;
    let ended = async {
        loop {
            let error = echo(&dialled).await.unwrap_err();
            if chain(&error).contains(&io::ErrorKind::NotConnected) {
                break;
            }
        }
    };
    timeout(PATIENCE, ended).await.unwrap();
}

/// The kinds of all I/O errors below this one.
fn chain(error: &(dyn Error + 'static)) -> Vec<io::ErrorKind> {
    std::iter::successors(Some(error), |error| (*error).source())
        .filter_map(|error| error.downcast_ref::<io::Error>().map(io::Error::kind))
        .collect()
}
