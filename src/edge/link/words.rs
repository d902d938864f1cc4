//! How a session or its call ended, in our own words: what a peer writes is never shown.

use tonic::Code;
use tonic::Status;

use crate::edge::link::Outcome;
use crate::engine::session::Ending;
use crate::i18n;
use crate::wire;
use crate::wire::Said;

/// How a session ended, as a message of `i18n/` for an administrator.
#[must_use]
pub fn said(outcome: &Outcome) -> Said {
    let key = match outcome {
        Outcome::Broken(said) => return said.clone(),
        Outcome::Failed(cause) => return i18n::said("trouble-own", &[("cause", cause.clone())]),
        Outcome::Ended(ending) => match ending {
            Ending::Done => "trouble-done",
            Ending::Duplicate | Ending::Overtaken => "trouble-duplicate",
            Ending::Idle => "trouble-idle",
            Ending::NoHello => "trouble-no-hello",
            Ending::NotReady(_) => "trouble-not-ready",
            Ending::OverQuota(_) => "trouble-over-quota",
            Ending::NotInRoster => "trouble-not-in-roster",
            Ending::OwnStateLost => "trouble-own-state-lost",
            Ending::PeerStateLost => "trouble-peer-state-lost",
            Ending::Protocol(rule) => return i18n::said("trouble-protocol", &[("rule", (*rule).to_owned())]),
            Ending::Version => "trouble-version",
            Ending::Peer(reason, _) => match reason {
                wire::GoodbyeReason::Unspecified => "trouble-peer-unspecified",
                wire::GoodbyeReason::Done => "trouble-peer-done",
                wire::GoodbyeReason::Duplicate => "trouble-peer-duplicate",
                wire::GoodbyeReason::Version => "trouble-version",
                wire::GoodbyeReason::NotInRoster => "trouble-peer-not-in-roster",
                wire::GoodbyeReason::NotReady => "trouble-peer-not-ready",
                wire::GoodbyeReason::Protocol => "trouble-peer-protocol",
                wire::GoodbyeReason::StateLost => "trouble-peer-state",
            },
        },
    };
    i18n::said(key, &[])
}

/// The same in English, for a trace.
#[must_use]
pub fn in_words(outcome: &Outcome) -> String {
    said(outcome).to_string()
}

/// How a call to a peer ended. Its message may be the peer's, so the code alone speaks.
#[must_use]
pub fn said_of_call(status: &Status) -> Said {
    let key = match status.code() {
        Code::Ok | Code::Cancelled | Code::Unknown | Code::Internal | Code::Unavailable => "trouble-link-broke",
        Code::DeadlineExceeded => "trouble-no-answer",
        Code::ResourceExhausted | Code::OutOfRange => "trouble-too-much",
        Code::Unauthenticated | Code::PermissionDenied => "trouble-not-let-in",
        Code::Unimplemented => "trouble-no-protocol",
        other => return i18n::said("trouble-call", &[("cause", other.description().to_owned())]),
    };
    i18n::said(key, &[])
}
