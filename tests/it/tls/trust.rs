//! Who is let in: the pin decides, and the alert and the trace say why not.

use std::sync::Arc;

use chapar::edge::dial::DialError;
use chapar::edge::tls::Pins;
use chapar::edge::tls::TlsKey;
use chapar::edge::tls::client_config;
use chapar::edge::tls::server_config;
use rustls::NamedGroup;
use rustls::pki_types::ServerName;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

use crate::tls::rig::Book;
use crate::tls::rig::Port;
use crate::tls::rig::Trace;
use crate::tls::rig::echo;
use crate::tls::rig::key;
use crate::tls::rig::office;

#[tokio::test]
async fn a_known_office_exchanges() {
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let book = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &theirs)]);
    let mut port = Port::open(&theirs, &book);
    let dialled = port.dial(&ours, &book, "TM-FAR").await.unwrap();
    assert_eq!((dialled.peer.candidates.clone(), dialled.peer.pin), (vec![office("TM-FAR")], theirs.pin()));
    echo(&dialled).await.unwrap();
    let caller = port.callers.recv().await.unwrap();
    assert_eq!((caller.candidates, caller.pin), (vec![office("UZ-ALT")], ours.pin()));
}

#[tokio::test]
async fn both_sides_agree_on_x25519mlkem768() {
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let book: Arc<dyn Pins> = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &theirs)]);
    let server = TlsAcceptor::from(server_config(&theirs, Arc::clone(&book)).unwrap());
    let client = TlsConnector::from(client_config(&ours, book, office("TM-FAR")).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let accept = async { server.accept(listener.accept().await.unwrap().0).await.unwrap() };
    let name = ServerName::IpAddress(address.ip().into());
    let connect = async { client.connect(name, TcpStream::connect(address).await.unwrap()).await.unwrap() };
    let (accepted, connected) = tokio::join!(accept, connect);
    let groups = [
        accepted.get_ref().1.negotiated_key_exchange_group().unwrap().name(),
        connected.get_ref().1.negotiated_key_exchange_group().unwrap().name(),
    ];
    assert_eq!(groups, [NamedGroup::X25519MLKEM768; 2]);
    assert_eq!(accepted.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    assert_eq!(accepted.get_ref().1.server_name(), None, "no SNI");
}

#[tokio::test]
async fn certificates_of_a_national_ca_work() {
    let authority = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    let authority = rcgen::Issuer::new(rcgen::CertificateParams::new(Vec::new()).unwrap(), authority);
    let issue = |algorithm| {
        let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
        let mut params = rcgen::CertificateParams::new(["customs.example".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(2001, 1, 1); // no expiry date cuts a border off
        let certificate = params.signed_by(&key, &authority).unwrap();
        TlsKey::from_parts(certificate.der().clone(), Zeroizing::new(key.serialize_der())).unwrap()
    };
    let (ours, theirs) = (issue(&rcgen::PKCS_ECDSA_P256_SHA256), issue(&rcgen::PKCS_RSA_SHA256));
    let book = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &theirs)]);
    let port = Port::open(&theirs, &book);
    echo(&port.dial(&ours, &book, "TM-FAR").await.unwrap()).await.unwrap();
}

#[tokio::test]
async fn the_key_of_another_office_is_refused_by_the_dialler() {
    let (trace, _guard) = Trace::listen();
    let (ours, theirs) = (key("UZ-ALT"), key("TJ-PNJ"));
    let book = Book::of(&[("UZ-ALT", &ours), ("TJ-PNJ", &theirs)]);
    let port = Port::open(&theirs, &book);
    let error = port.dial(&ours, &book, "TM-FAR").await.unwrap_err();
    assert_eq!(error, DialError::OtherOffice { peer: office("TM-FAR"), endpoint: port.address.to_string() });
    let address = port.address.to_string();
    let refuser = trace.line(&["WARN", "dial{", "it is the key of TJ-PNJ, not of TM-FAR"]).await;
    assert!(refuser.contains(&address), "{refuser}");
    trace.line(&["WARN", "accept{", "127.0.0.1:", "dialled another office and reached us"]).await;
}

#[tokio::test]
async fn an_unknown_office_is_refused_by_the_listener() {
    let (trace, _guard) = Trace::listen();
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let port = Port::open(&theirs, &Book::of(&[("TM-FAR", &theirs)]));
    let error = port.dial(&ours, &Book::of(&[("TM-FAR", &theirs)]), "TM-FAR").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "TM-FAR does not know our TLS key: it has not imported our country's roster, or an older one"
    );
    trace.line(&["WARN", "accept{", "127.0.0.1:", "no roster lists it", &ours.pin().to_string()]).await;
}

#[tokio::test]
async fn an_unknown_key_is_refused_by_the_dialler() {
    let (trace, _guard) = Trace::listen();
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let port = Port::open(&theirs, &Book::of(&[("UZ-ALT", &ours)]));
    let error = port.dial(&ours, &Book::of(&[]), "TM-FAR").await.unwrap_err();
    assert_eq!(error, DialError::UnknownKey { peer: office("TM-FAR"), endpoint: port.address.to_string() });
    trace.line(&["WARN", "dial{", "peer.id=TM-FAR", "no roster lists it", &theirs.pin().to_string()]).await;
    trace.line(&["WARN", "accept{", "the peer does not know our TLS key"]).await;
}

#[tokio::test]
async fn a_revoked_office_is_refused_by_the_listener() {
    let (trace, _guard) = Trace::listen();
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let book = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &theirs)]);
    let port = Port::open(&theirs, &book);
    echo(&port.dial(&ours, &book, "TM-FAR").await.unwrap()).await.unwrap();
    book.revoke("UZ-ALT", &ours);
    let error = port.dial(&ours, &book, "TM-FAR").await.unwrap_err();
    assert!(matches!(&error, DialError::RefusedByPeer { .. }), "{error}");
    assert!(error.to_string().contains("our office or our TLS key is revoked"), "{error}");
    trace.line(&["WARN", "accept{", "127.0.0.1:", "UZ-ALT is REVOKED"]).await;
}

#[tokio::test]
async fn a_revoked_office_is_refused_by_the_dialler() {
    let (trace, _guard) = Trace::listen();
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let book = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &theirs)]);
    let port = Port::open(&theirs, &book);
    book.revoke("TM-FAR", &theirs);
    let error = port.dial(&ours, &book, "TM-FAR").await.unwrap_err();
    assert_eq!(error, DialError::Revoked { peer: office("TM-FAR") });
    trace.line(&["WARN", "dial{", &port.address.to_string(), "TM-FAR is REVOKED"]).await;
    trace.line(&["WARN", "accept{", "our office or our TLS key is revoked"]).await;
}

#[tokio::test]
async fn a_new_key_counts_without_a_restart() {
    let (ours, old, new) = (key("UZ-ALT"), key("TM-FAR"), key("TM-FAR"));
    let book = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &old), ("TM-FAR", &new)]);
    let port = Port::open(&old, &book);
    let pins: Arc<dyn Pins> = Arc::<Book>::clone(&book);
    assert_eq!(port.dial(&ours, &book, "TM-FAR").await.unwrap().peer.pin, old.pin());
    port.tls.store(server_config(&new, pins).unwrap());
    assert_eq!(port.dial(&ours, &book, "TM-FAR").await.unwrap().peer.pin, new.pin());
}
