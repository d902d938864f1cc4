//! What people and the network saw of a run.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use chapar::edge::link::Outcome;
use chapar::edge::link::in_words;
use chapar::engine::session::Ending;
use chapar::name::Digest;
use chapar::name::OfficeCode;
use chapar::wire::GoodbyeReason;

use crate::fault::Fault;

/// What an officer was told of a draft.
pub(crate) struct Told {
    pub(crate) node: usize,
    pub(crate) from: OfficeCode,
    /// The notice, if the answer came.
    pub(crate) issued: Option<Digest>,
}

/// What people and the network saw of a run.
#[derive(Default)]
pub(crate) struct Record {
    pub(crate) told: Vec<Told>,
    pub(crate) faults: BTreeMap<Fault, u64>,
    /// Sessions that ended as they never should: when, who, with whom, why.
    pub(crate) breaches: Vec<(i64, String)>,
    /// Offices that heard from a peer that one of the two stores went back in time.
    pub(crate) warned: BTreeSet<OfficeCode>,
    /// What must never be seen, with the words of the oracle.
    pub(crate) wrong: Vec<String>,
    answered: BTreeSet<Digest>,
    /// Dispatches that got a receipt which another one had got before.
    pub(crate) answered_again: u64,
    /// Frames with a dispatch that were sent.
    pub(crate) delivers: u64,
}

impl Record {
    /// A dispatch is answered with this receipt.
    pub(crate) fn answered(&mut self, receipt: &[u8]) {
        if !self.answered.insert(Digest::of(receipt)) {
            self.answered_again += 1;
        }
    }

    /// A session has ended.
    pub(crate) fn ended(&mut self, now: i64, me: OfficeCode, peer: Option<OfficeCode>, outcome: &Outcome) {
        let Outcome::Ended(ending) = outcome else { return };
        match ending {
            Ending::Peer(GoodbyeReason::StateLost, _) | Ending::PeerStateLost => {
                self.warned.insert(me);
            }
            Ending::Idle
            | Ending::OwnStateLost
            | Ending::Peer(GoodbyeReason::Protocol | GoodbyeReason::Version, _)
            | Ending::Protocol(_)
            | Ending::Version => {}
            _ => return,
        }
        let peer = peer.map(|peer| peer.to_string()).unwrap_or_default();
        self.breaches.push((now, format!("{me} ended a session with {peer}: {}", in_words(outcome))));
    }
}
