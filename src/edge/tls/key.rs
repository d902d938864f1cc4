//! An office's own TLS key: a certificate and its private half.
//!
//! It proves who is at the other end of a link, nothing more. It may be self-signed or come from a ministry.

use std::fmt;
use std::sync::Arc;

use rcgen::CertificateParams;
use rcgen::DnType;
use rcgen::KeyPair;
use rcgen::PKCS_ED25519;
use rustls::CommonState;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use zeroize::Zeroizing;

use crate::edge::tls::provider;
use crate::name::Digest;
use crate::name::OfficeCode;

/// A certificate and its private key.
#[derive(Clone)]
pub struct TlsKey {
    certified: Arc<CertifiedKey>,
    certificate: CertificateDer<'static>,
    pin: Digest,
    pkcs8: Zeroizing<Vec<u8>>,
}

/// Why there is no TLS key.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TlsKeyError {
    /// A new one cannot be made.
    #[error("a TLS key cannot be made: {0}")]
    Make(#[from] rcgen::Error),
    /// It cannot be read, or certificate and private key are not of one key.
    #[error("the TLS certificate and its private key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

impl TlsKey {
    /// A new Ed25519 key in a certificate that it signs itself and that ends in the year 4096.
    ///
    /// # Errors
    /// If the crypto library refuses.
    pub fn make(office: OfficeCode) -> Result<Self, TlsKeyError> {
        let name = format!("{}.chapar.invalid", office.to_string().to_lowercase());
        let key = KeyPair::generate_for(&PKCS_ED25519)?;
        let mut params = CertificateParams::new([name.clone()])?;
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.self_signed(&key)?;
        Self::from_parts(certificate.der().clone(), Zeroizing::new(key.serialize_der()))
    }

    /// From a certificate, in DER, and its private key, in PKCS #8.
    ///
    /// # Errors
    /// If one cannot be read or they do not belong together.
    pub fn from_parts(certificate: CertificateDer<'static>, pkcs8: Zeroizing<Vec<u8>>) -> Result<Self, TlsKeyError> {
        let pin = pin_of(&certificate)?;
        let private = PrivatePkcs8KeyDer::from(pkcs8.to_vec());
        let certified = CertifiedKey::from_der(vec![certificate.clone()], private.into(), &provider())?;
        Ok(Self { certified: Arc::new(certified), certificate, pin, pkcs8 })
    }

    /// What the office's roster must list.
    #[must_use]
    pub const fn pin(&self) -> Digest {
        self.pin
    }

    /// The certificate, in DER.
    #[must_use]
    pub const fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// The private key, in PKCS #8, for the keystore only.
    #[must_use]
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// As rustls wants it.
    pub(super) fn certified(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.certified)
    }
}

impl fmt::Debug for TlsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsKey").field("pin", &self.pin).finish_non_exhaustive()
    }
}

/// SHA-256 of a certificate's `SubjectPublicKeyInfo`.
///
/// # Errors
/// If it is no certificate.
pub(super) fn pin_of(certificate: &CertificateDer<'_>) -> Result<Digest, rustls::Error> {
    Ok(Digest::of(&ParsedCertificate::try_from(certificate)?.subject_public_key_info()))
}

/// The pin of the peer of a finished handshake.
pub(in crate::edge) fn peer_pin(connection: &CommonState) -> Option<Digest> {
    pin_of(connection.peer_certificates()?.first()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office(code: &str) -> OfficeCode {
        code.parse().unwrap()
    }

    #[test]
    fn a_key_survives_its_parts() {
        let key = TlsKey::make(office("UZ-ALT")).unwrap();
        let again = TlsKey::from_parts(key.certificate().clone(), Zeroizing::new(key.pkcs8().to_vec())).unwrap();
        assert_eq!(again.pin(), key.pin());
    }

    #[test]
    fn the_pin_is_the_digest_of_the_spki() {
        let key = TlsKey::make(office("UZ-ALT")).unwrap();
        // RFC 8410: an Ed25519 SubjectPublicKeyInfo is this prefix and the 32 bytes of the key.
        let prefix = hex::decode("302a300506032b6570032100").unwrap();
        let der = key.certificate().as_ref();
        let at = der.windows(prefix.len()).position(|window| window == prefix).unwrap();
        assert_eq!(key.pin(), Digest::of(&der[at..at + 44]));
    }

    #[test]
    fn parts_of_two_keys_are_refused() {
        let (one, other) = (TlsKey::make(office("UZ-ALT")).unwrap(), TlsKey::make(office("UZ-ALT")).unwrap());
        let mixed = TlsKey::from_parts(one.certificate().clone(), Zeroizing::new(other.pkcs8().to_vec()));
        assert!(matches!(mixed, Err(TlsKeyError::Unusable(rustls::Error::InconsistentKeys(_)))));
    }

    #[test]
    fn debug_tells_nothing_of_the_private_key() {
        let key = TlsKey::make(office("UZ-ALT")).unwrap();
        assert_eq!(format!("{key:?}"), format!("TlsKey {{ pin: {:?}, .. }}", key.pin()));
    }
}
