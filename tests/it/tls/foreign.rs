//! Programs that are not ours: without a key, with a certificate of somebody else, with a memory of old sessions.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use chapar::edge::dial::DialError;
use chapar::edge::tls::Pins;
use chapar::edge::tls::TlsKey;
use chapar::edge::tls::client_config;
use chapar::edge::tls::server_config;
use rustls::AlertDescription;
use rustls::ClientConfig;
use rustls::DigitallySignedStruct;
use rustls::HandshakeKind;
use rustls::ServerConfig;
use rustls::SignatureScheme;
use rustls::client::Resumption;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::client::danger::ServerCertVerified;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::ServerName;
use rustls::pki_types::UnixTime;
use rustls::server::ServerSessionMemoryCache;
use rustls::sign::CertifiedKey;
use rustls::sign::SingleCertAndKey;
use rustls::version::TLS13;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::TlsConnector;

use crate::tls::rig::Book;
use crate::tls::rig::PATIENCE;
use crate::tls::rig::Port;
use crate::tls::rig::Trace;
use crate::tls::rig::key;
use crate::tls::rig::office;

/// Believes any server.
#[derive(Debug)]
struct Credulous;

impl ServerCertVerifier for Credulous {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

/// A client that would resume, and has this key or none.
fn foreign_client(key: Option<&TlsKey>) -> Arc<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Credulous));
    let mut config = match key {
        None => builder.with_no_client_auth(),
        Some(key) => {
            let private = PrivatePkcs8KeyDer::from(key.pkcs8().to_vec());
            builder.with_client_auth_cert(vec![key.certificate().clone()], private.into()).unwrap()
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    config.resumption = Resumption::in_memory_sessions(16);
    Arc::new(config)
}

/// Shakes hands and reads the first byte, behind which no ticket is left.
async fn call(config: &Arc<ClientConfig>, address: SocketAddr) -> io::Result<HandshakeKind> {
    let call = async {
        let socket = TcpStream::connect(address).await?;
        let name = ServerName::IpAddress(address.ip().into());
        let mut io = TlsConnector::from(Arc::clone(config)).connect(name, socket).await?;
        io.read_u8().await?;
        Ok(io.get_ref().1.handshake_kind().unwrap())
    };
    timeout(PATIENCE, call).await.unwrap()
}

fn alert(error: &io::Error) -> AlertDescription {
    match error.get_ref().unwrap().downcast_ref() {
        Some(rustls::Error::AlertReceived(alert)) => *alert,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_client_without_a_key_is_refused() {
    let (trace, _guard) = Trace::listen();
    let theirs = key("TM-FAR");
    let port = Port::open(&theirs, &Book::of(&[("TM-FAR", &theirs)]));
    let error = call(&foreign_client(None), port.address).await.unwrap_err();
    assert_eq!(alert(&error), AlertDescription::CertificateRequired);
    trace.line(&["WARN", "accept{", "127.0.0.1:", "the peer shows no TLS key"]).await;
}

/// The certificate of one key with the private half of another.
fn stolen(certificate: &TlsKey, private: &TlsKey) -> Arc<SingleCertAndKey> {
    let private = PrivatePkcs8KeyDer::from(private.pkcs8().to_vec());
    let private = aws_lc_rs::sign::any_supported_type(&private.into()).unwrap();
    Arc::new(SingleCertAndKey::from(CertifiedKey::new(vec![certificate.certificate().clone()], private)))
}

#[tokio::test]
async fn a_client_with_a_stolen_certificate_is_refused() {
    let (trace, _guard) = Trace::listen();
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let port = Port::open(&theirs, &Book::of(&[("UZ-ALT", &ours)]));
    let mut thief = ClientConfig::clone(&foreign_client(None));
    thief.client_auth_cert_resolver = stolen(&ours, &theirs);
    let error = call(&Arc::new(thief), port.address).await.unwrap_err();
    assert_eq!(alert(&error), AlertDescription::DecryptError);
    trace.line(&["WARN", "accept{", "127.0.0.1:", "BadSignature"]).await;
}

#[tokio::test]
async fn a_server_with_a_stolen_certificate_is_refused() {
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let book = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &theirs)]);
    let port = Port::open(&theirs, &book);
    let mut thief = ServerConfig::clone(&port.tls.load());
    thief.cert_resolver = stolen(&theirs, &ours);
    port.tls.store(Arc::new(thief));
    let error = port.dial(&ours, &book, "TM-FAR").await.unwrap_err();
    assert!(matches!(&error, DialError::Tls { what, .. } if what.contains("BadSignature")), "{error}");
}

#[tokio::test]
async fn a_revoked_office_cannot_resume() {
    let (trace, _guard) = Trace::listen();
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let book = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &theirs)]);
    let port = Port::open(&theirs, &book);
    let client = foreign_client(Some(&ours));
    for _ in 0..2 {
        assert_eq!(call(&client, port.address).await.unwrap(), HandshakeKind::Full);
    }
    book.revoke("UZ-ALT", &ours);
    let error = call(&client, port.address).await.unwrap_err();
    assert_eq!(alert(&error), AlertDescription::CertificateRevoked);
    trace.line(&["WARN", "accept{", "UZ-ALT is REVOKED"]).await;
}

#[tokio::test]
async fn our_client_never_resumes() {
    let (ours, theirs) = (key("UZ-ALT"), key("TM-FAR"));
    let pins: Arc<dyn Pins> = Book::of(&[("UZ-ALT", &ours), ("TM-FAR", &theirs)]);
    let mut generous = ServerConfig::clone(&server_config(&theirs, Arc::clone(&pins)).unwrap());
    generous.send_tls13_tickets = 2;
    generous.session_storage = ServerSessionMemoryCache::new(16);
    let acceptor = TlsAcceptor::from(Arc::new(generous));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut server = JoinSet::new();
    server.spawn(async move {
        loop {
            let mut io = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
            io.write_all(b"!").await.unwrap();
            io.shutdown().await.unwrap();
        }
    });
    // The foreign client shows that this server would resume.
    let foreign = foreign_client(Some(&ours));
    assert_eq!(call(&foreign, address).await.unwrap(), HandshakeKind::Full);
    assert_eq!(call(&foreign, address).await.unwrap(), HandshakeKind::Resumed);
    let client = client_config(&ours, pins, office("TM-FAR")).unwrap();
    for _ in 0..2 {
        assert_eq!(call(&client, address).await.unwrap(), HandshakeKind::Full);
    }
}
