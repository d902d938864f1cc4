//! Failed handshakes in words: what happened, and the way out.

use std::error::Error;
use std::io;

use rustls::AlertDescription;
use rustls::InvalidMessage;

use crate::i18n::ENGLISH;

/// Why the peer broke off, if it said so in an alert.
///
/// The alert may come late, with the first read, and so lie below an error of gRPC.
#[must_use]
pub(in crate::edge) fn alert(error: &(dyn Error + 'static)) -> Option<AlertDescription> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(rustls::Error::AlertReceived(alert)) = tls_error(error) {
            return Some(*alert);
        }
        next = error.source();
    }
    None
}

/// Why a handshake failed, for the trace of the accepting side.
#[must_use]
pub(in crate::edge) fn handshake_in_words(error: &io::Error) -> String {
    match (alert(error), tls_error(error)) {
        (Some(alert), _) => {
            ENGLISH.say(alert_message(alert), &[("peer", "the peer".to_owned()), ("alert", format!("{alert:?}"))])
        }
        (None, Some(rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType))) => {
            "the peer does not speak TLS".to_owned()
        }
        (None, Some(rustls::Error::NoCertificatesPresented)) => "the peer shows no TLS key".to_owned(),
        (None, Some(rustls::Error::PeerIncompatible(_))) => {
            format!("the peer does not speak TLS 1.3 as we do ({error})")
        }
        (None, _) => error.to_string(),
    }
}

/// The error of rustls in an error of tokio-rustls.
pub(in crate::edge) fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    // An io::Error shows as its source not what it holds but the source of that.
    let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    held.and_then(|held| held.downcast_ref()).or_else(|| error.downcast_ref())
}

/// What an alert of a `peer` says, as a message of `i18n/`.
#[must_use]
pub(in crate::edge) const fn alert_message(alert: AlertDescription) -> &'static str {
    match alert {
        AlertDescription::AccessDenied => "trouble-alert-other-office",
        AlertDescription::CertificateRevoked => "trouble-alert-revoked",
        AlertDescription::ProtocolVersion => "trouble-alert-version",
        AlertDescription::UnknownCA => "trouble-alert-unknown-key",
        _ => "trouble-alert",
    }
}
