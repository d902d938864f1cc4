//! The two verifiers: is this key in the rosters, and does the peer hold its private half?
//!
//! rustls checks the signature; this file asks the rosters, and traces whom it turns away and why. The remote address
//! is in the span of whoever shakes hands.

use std::sync::Arc;

use rustls::CertificateError;
use rustls::DigitallySignedStruct;
use rustls::DistinguishedName;
use rustls::Error;
use rustls::SignatureScheme;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::client::danger::ServerCertVerified;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::crypto::verify_tls12_signature;
use rustls::crypto::verify_tls13_signature;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::ServerName;
use rustls::pki_types::UnixTime;
use rustls::server::danger::ClientCertVerified;
use rustls::server::danger::ClientCertVerifier;

use crate::edge::tls::Pins;
use crate::edge::tls::key::pin_of;
use crate::name::Digest;
use crate::name::OfficeCode;

/// Judges the key of whoever is at the other end.
#[derive(Debug)]
pub(super) struct Verifier {
    pins: Arc<dyn Pins>,
    /// The office that was dialled; `None` when accepting.
    expected: Option<OfficeCode>,
    algorithms: WebPkiSupportedAlgorithms,
}

/// Why a key is turned away.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Unfit {
    /// It belongs to another office than the one that was dialled.
    #[error("it is the key of {}, not of {expected}", list(.of))]
    OtherOffice { expected: OfficeCode, of: Vec<OfficeCode> },
    /// It belongs to an office that may not use it any more.
    #[error("the roster says that {} is REVOKED, or this key of it is", list(.0))]
    Revoked(Vec<OfficeCode>),
    /// No office lists it.
    #[error("no roster lists it; its pin is {0}")]
    Unknown(Digest),
}

/// The peer learns the reason from the alert that rustls makes of it.
impl From<&Unfit> for CertificateError {
    fn from(unfit: &Unfit) -> Self {
        match unfit {
            Unfit::OtherOffice { .. } => Self::ApplicationVerificationFailure,
            Unfit::Revoked(_) => Self::Revoked,
            Unfit::Unknown(_) => Self::UnknownIssuer,
        }
    }
}

impl Verifier {
    /// For accepting.
    pub(super) fn of_anyone(pins: Arc<dyn Pins>, provider: &CryptoProvider) -> Self {
        Self { pins, expected: None, algorithms: provider.signature_verification_algorithms }
    }

    /// For dialling.
    pub(super) fn of_office(pins: Arc<dyn Pins>, expected: OfficeCode, provider: &CryptoProvider) -> Self {
        Self { pins, expected: Some(expected), algorithms: provider.signature_verification_algorithms }
    }

    fn judge(&self, pin: Digest) -> Result<(), Unfit> {
        let (mut of, revoked) = (self.pins.offices_with(pin), self.pins.revoked_with(pin));
        match self.expected {
            None if !of.is_empty() => Ok(()),
            Some(expected) if of.contains(&expected) => Ok(()),
            Some(expected) if revoked.contains(&expected) => Err(Unfit::Revoked(vec![expected])),
            _ if of.is_empty() && revoked.is_empty() => Err(Unfit::Unknown(pin)),
            None => Err(Unfit::Revoked(revoked)),
            Some(expected) => {
                of.extend(revoked);
                Err(Unfit::OtherOffice { expected, of })
            }
        }
    }

    fn verify(&self, certificate: &CertificateDer<'_>) -> Result<(), Error> {
        self.judge(pin_of(certificate)?).map_err(|unfit| {
            tracing::warn!("the peer's TLS key is refused: {unfit}");
            CertificateError::from(&unfit).into()
        })
    }
}

impl ClientCertVerifier for Verifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.verify(end_entity).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.verify(end_entity).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn list(offices: &[OfficeCode]) -> String {
    offices.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
