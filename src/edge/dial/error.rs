//! Why a dial failed, and the way out.

use std::error::Error;
use std::io;

use rustls::CertificateError;
use rustls::InvalidMessage;

use crate::edge::tls::alert_in_words;
use crate::edge::tls::tls_error;
use crate::name::OfficeCode;

/// Why a dial failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// Closed by the other end before it could answer.
    #[error("{endpoint} closed the connection at once: it has too many, or something between us cuts TLS off")]
    Closed {
        /// Where.
        endpoint: String,
    },
    /// No connection.
    #[error("{endpoint} cannot be reached ({kind}): is the peer's node running, and does a firewall let us out?")]
    Connect {
        /// Where.
        endpoint: String,
        /// What the system said.
        kind: io::ErrorKind,
    },
    /// What answers does not speak TLS.
    #[error("{endpoint} answers, but does not speak TLS: is it the exchange port of {peer}?")]
    NotTls {
        /// Who was expected.
        peer: OfficeCode,
        /// Where.
        endpoint: String,
    },
    /// Another office answers.
    #[error("at {endpoint} another office answers, not {peer}: is its endpoint right in the roster of {}?", peer.country())]
    OtherOffice {
        /// Who was expected.
        peer: OfficeCode,
        /// Where.
        endpoint: String,
    },
    /// The peer refused us.
    #[error("{peer} {predicate}")]
    RefusedByPeer {
        /// Who.
        peer: OfficeCode,
        /// Its alert in words.
        predicate: String,
    },
    /// The name says nothing.
    #[error("{endpoint} cannot be resolved ({kind}): check the name, and this machine's DNS")]
    Resolve {
        /// Where.
        endpoint: String,
        /// What the system said.
        kind: io::ErrorKind,
    },
    /// The peer may not take part any more.
    #[error("the roster says that {peer} or its TLS key is revoked: there is no link until a newer roster")]
    Revoked {
        /// Who.
        peer: OfficeCode,
    },
    /// Connected, but no TLS in time.
    #[error("{endpoint} is connected, but does not finish the TLS handshake: is it the exchange port of a node?")]
    Silent {
        /// Where.
        endpoint: String,
    },
    /// Something else in TLS.
    #[error("the TLS handshake with {peer} failed: {what}")]
    Tls {
        /// Who was expected.
        peer: OfficeCode,
        /// As rustls says it.
        what: String,
    },
    /// A key that no roster lists.
    #[error("at {endpoint} a TLS key answers that no roster lists: import a newer roster of {}", peer.country())]
    UnknownKey {
        /// Who was expected.
        peer: OfficeCode,
        /// Where.
        endpoint: String,
    },
}

impl DialError {
    pub(super) fn closed(endpoint: &str) -> Self {
        Self::Closed { endpoint: endpoint.to_owned() }
    }

    pub(super) fn connect(endpoint: &str, error: &io::Error) -> Self {
        Self::Connect { endpoint: endpoint.to_owned(), kind: error.kind() }
    }

    pub(super) fn resolve(endpoint: &str, kind: io::ErrorKind) -> Self {
        Self::Resolve { endpoint: endpoint.to_owned(), kind }
    }

    /// From an error during or right after the handshake.
    pub(super) fn tls(peer: OfficeCode, endpoint: &str, error: &(dyn Error + 'static)) -> Self {
        if let Some(predicate) = alert_in_words(error) {
            return Self::RefusedByPeer { peer, predicate };
        }
        let endpoint = endpoint.to_owned();
        match tls_error(error) {
            Some(rustls::Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)) => {
                Self::OtherOffice { peer, endpoint }
            }
            Some(rustls::Error::InvalidCertificate(CertificateError::Revoked)) => Self::Revoked { peer },
            Some(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
                Self::UnknownKey { peer, endpoint }
            }
            Some(rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType)) => Self::NotTls { peer, endpoint },
            Some(other) => Self::Tls { peer, what: other.to_string() },
            None => Self::Closed { endpoint },
        }
    }
}
