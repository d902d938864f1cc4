//! How a session or its call ended, in our own words: what a peer writes is never shown.

use tonic::Code;
use tonic::Status;

use crate::edge::link::Outcome;
use crate::engine::session::Ending;
use crate::wire;

/// How a session ended, in words for an administrator.
#[must_use]
pub fn in_words(outcome: &Outcome) -> String {
    let text = match outcome {
        Outcome::Broken(text) | Outcome::Failed(text) => text.as_str(),
        Outcome::Ended(ending) => match ending {
            Ending::Done => "the session was finished",
            Ending::Duplicate | Ending::Overtaken => "another session with the peer stays",
            Ending::Idle => "nothing was heard although notices were on their way",
            Ending::NoHello => "no Hello came in time",
            Ending::NotReady(_) => "this node takes no new notices now",
            Ending::OverQuota(_) => "the peer has delivered all that it may in a day",
            Ending::NotInRoster => {
                "the peer is not in force in the rosters here, or it runs another log than they list"
            }
            Ending::OwnStateLost => "the store of this node went back in time",
            Ending::PeerStateLost => "the store of the peer went back in time",
            Ending::Protocol(rule) => rule,
            Ending::Version => "the peer speaks another version of the protocol",
            Ending::Peer(reason, _) => match reason {
                wire::GoodbyeReason::Unspecified => "the peer ended the session without a reason",
                wire::GoodbyeReason::Done => "the peer finished the session",
                wire::GoodbyeReason::Duplicate => "the peer keeps another session with this node",
                wire::GoodbyeReason::Version => "the peer speaks another version of the protocol",
                wire::GoodbyeReason::NotInRoster => {
                    "the peer does not find this office in force in its rosters: it may lack the newest one"
                }
                wire::GoodbyeReason::NotReady => "the peer takes no new notices now",
                wire::GoodbyeReason::Protocol => "the peer says that this node broke a rule of the protocol",
                wire::GoodbyeReason::StateLost => "the peer finds that one of the two stores went back in time",
            },
        },
    };
    text.to_owned()
}

/// How a call to a peer ended. Its message may be the peer's, so the code alone speaks.
#[must_use]
pub fn call_in_words(status: &Status) -> &'static str {
    match status.code() {
        Code::Ok | Code::Cancelled | Code::Unknown | Code::Internal | Code::Unavailable => "the link broke",
        Code::DeadlineExceeded => "the peer did not answer in time",
        Code::ResourceExhausted | Code::OutOfRange => "a message was too large, or the peer has too much to do",
        Code::Unauthenticated | Code::PermissionDenied => "the peer does not let this node in",
        Code::Unimplemented => "what answers there does not know the protocol: is it the exchange port of a node?",
        other => other.description(),
    }
}
