//! Why a dial failed, and the way out.

use std::error::Error;
use std::fmt;
use std::io;

use rustls::AlertDescription;
use rustls::CertificateError;
use rustls::InvalidMessage;

use crate::edge::tls::alert;
use crate::edge::tls::alert_message;
use crate::edge::tls::tls_error;
use crate::i18n;
use crate::name::OfficeCode;
use crate::wire::Said;

/// Why a dial failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DialError {
    /// Closed by the other end before it could answer.
    Closed {
        /// Where.
        endpoint: String,
    },
    /// No connection.
    Connect {
        /// Where.
        endpoint: String,
        /// What the system said.
        kind: io::ErrorKind,
    },
    /// What answers does not speak TLS.
    NotTls {
        /// Who was expected.
        peer: OfficeCode,
        /// Where.
        endpoint: String,
    },
    /// Another office answers.
    OtherOffice {
        /// Who was expected.
        peer: OfficeCode,
        /// Where.
        endpoint: String,
    },
    /// The peer refused us.
    RefusedByPeer {
        /// Who.
        peer: OfficeCode,
        /// Its alert.
        alert: AlertDescription,
    },
    /// The name says nothing.
    Resolve {
        /// Where.
        endpoint: String,
        /// What the system said.
        kind: io::ErrorKind,
    },
    /// The peer may not take part any more.
    Revoked {
        /// Who.
        peer: OfficeCode,
    },
    /// Connected, but no TLS in time.
    Silent {
        /// Where.
        endpoint: String,
    },
    /// Something else in TLS.
    Tls {
        /// Who was expected.
        peer: OfficeCode,
        /// As rustls says it.
        what: String,
    },
    /// A key that no roster lists.
    UnknownKey {
        /// Who was expected.
        peer: OfficeCode,
        /// Where.
        endpoint: String,
    },
}

impl fmt::Display for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said().fmt(f)
    }
}

impl Error for DialError {}

impl DialError {
    /// The same as a message of `i18n/`.
    #[must_use]
    pub fn said(&self) -> Said {
        let at = |key: &str, endpoint: &String| i18n::said(key, &[("endpoint", endpoint.clone())]);
        let of = |key: &str, peer: &OfficeCode, name: &str, value: String| {
            let names = [("peer", peer.to_string()), ("country", peer.country().to_string()), (name, value)];
            i18n::said(key, &names)
        };
        match self {
            Self::Closed { endpoint } => at("trouble-closed", endpoint),
            Self::Connect { endpoint, kind } => {
                i18n::said("trouble-connect", &[("endpoint", endpoint.clone()), ("cause", kind.to_string())])
            }
            Self::NotTls { peer, endpoint } => of("trouble-not-tls", peer, "endpoint", endpoint.clone()),
            Self::OtherOffice { peer, endpoint } => of("trouble-other-office", peer, "endpoint", endpoint.clone()),
            Self::RefusedByPeer { peer, alert } => of(alert_message(*alert), peer, "alert", format!("{alert:?}")),
            Self::Resolve { endpoint, kind } => {
                i18n::said("trouble-resolve", &[("endpoint", endpoint.clone()), ("cause", kind.to_string())])
            }
            Self::Revoked { peer } => i18n::said("trouble-revoked", &[("peer", peer.to_string())]),
            Self::Silent { endpoint } => at("trouble-silent", endpoint),
            Self::Tls { peer, what } => of("trouble-tls", peer, "cause", what.clone()),
            Self::UnknownKey { peer, endpoint } => of("trouble-unknown-key", peer, "endpoint", endpoint.clone()),
        }
    }

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
        if let Some(alert) = alert(error) {
            return Self::RefusedByPeer { peer, alert };
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
