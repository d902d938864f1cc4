//! TLS between offices (PROTOCOL 9): which keys may talk, and how.
//!
//! Not the connections themselves (`listen`, `dial`), and not who speaks in a session: that is Hello's to say.
//!
//! - TLS 1.3 with both certificates, or nothing. X25519MLKEM768 is preferred.
//! - A certificate only carries a key. The key's pin in the rosters decides; issuer, names and dates do not.
//! - No resumption on either side: a resumed handshake would skip the verifiers.
//! - The rosters are asked at every handshake, so a new one counts at once.

mod key;
mod site;
mod verify;
mod words;

pub use key::TlsKey;
pub use key::TlsKeyError;
pub(in crate::edge) use key::peer_pin;
pub use site::SiteCertificate;
pub use site::SiteCertificateError;
pub(in crate::edge) use words::alert;
pub(in crate::edge) use words::alert_message;
pub(in crate::edge) use words::handshake_in_words;
pub(in crate::edge) use words::tls_error;

use std::fmt::Debug;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::ServerConfig;
use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs;
use rustls::server::NoServerSessionStorage;
use rustls::sign::SingleCertAndKey;
use rustls::version::TLS13;

use crate::edge::tls::verify::Verifier;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::office::Shared;

/// The protocol above TLS.
const ALPN: &[u8] = b"h2";

/// What the rosters say of a TLS key, now.
pub trait Pins: Debug + Send + Sync {
    /// The offices that may connect with it.
    fn offices_with(&self, pin: Digest) -> Vec<OfficeCode>;

    /// The offices that list it but may not connect with it: they are REVOKED, or the key is retired or compromised.
    fn revoked_with(&self, pin: Digest) -> Vec<OfficeCode>;
}

impl Pins for Shared {
    fn offices_with(&self, pin: Digest) -> Vec<OfficeCode> {
        self.rosters().by_pin(pin).map(|office| office.code).collect()
    }

    fn revoked_with(&self, pin: Digest) -> Vec<OfficeCode> {
        self.rosters().barred_by_pin(pin).map(|office| office.code).collect()
    }
}

/// For the accepting side: lets in every office whose key is in the rosters.
///
/// # Errors
/// If the crypto library lacks TLS 1.3.
pub fn server_config(key: &TlsKey, pins: Arc<dyn Pins>) -> Result<Arc<ServerConfig>, rustls::Error> {
    let provider = provider();
    let verifier = Verifier::of_anyone(pins, &provider);
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(key.certified())));
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    Ok(Arc::new(config))
}

/// For the dialling side: talks to the expected office only.
///
/// # Errors
/// If the crypto library lacks TLS 1.3.
pub fn client_config(
    key: &TlsKey,
    pins: Arc<dyn Pins>,
    expected: OfficeCode,
) -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = provider();
    let verifier = Verifier::of_office(pins, expected, &provider);
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(key.certified())));
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.enable_sni = false;
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

/// With the crate's feature `prefer-post-quantum`, X25519MLKEM768 comes first.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}
