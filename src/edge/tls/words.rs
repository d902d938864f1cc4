//! Failed handshakes in words: what happened, and the way out.

use std::error::Error;
use std::io;

use rustls::AlertDescription;
use rustls::InvalidMessage;

/// Why the peer broke off, if it said so in an alert: a predicate, to be read after the peer's name.
///
/// The alert may come late, with the first read, and so lie below an error of gRPC.
#[must_use]
pub fn alert_in_words(error: &(dyn Error + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(rustls::Error::AlertReceived(alert)) = tls_error(error) {
            return Some(predicate(*alert));
        }
        next = error.source();
    }
    None
}

/// Why a handshake failed, for the trace of the accepting side.
#[must_use]
pub(in crate::edge) fn handshake_in_words(error: &io::Error) -> String {
    match (alert_in_words(error), tls_error(error)) {
        (Some(predicate), _) => format!("the peer {predicate}"),
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

fn predicate(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::AccessDenied => {
            "dialled another office and reached us: the endpoints in a roster are wrong".to_owned()
        }
        AlertDescription::CertificateRevoked => {
            "has a roster that says that our office or our TLS key is revoked: ask whoever signs our country's roster"
                .to_owned()
        }
        AlertDescription::ProtocolVersion => "does not speak TLS 1.3: its software is too old".to_owned(),
        AlertDescription::UnknownCA => {
            "does not know our TLS key: it has not imported our country's roster, or an older one".to_owned()
        }
        other => format!("broke off the TLS handshake with the alert {other:?}"),
    }
}
