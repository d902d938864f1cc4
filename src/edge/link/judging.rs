//! Judging what a peer sends, beside the session and in the order in which it came.
//!
//! One thread at a time for each session takes all that waits: a peer keeps no more than one busy, and signatures of one
//! session do not fight each other for the processor.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::task::JoinError;
use tokio::task::JoinHandle;

use crate::edge::hub::Hub;
use crate::engine::accept;
use crate::engine::accept::BrokenRule;
use crate::limits;
use crate::name::OfficeCode;
use crate::office::Command;
use crate::wire;

/// What is to be judged.
pub(super) enum Sent {
    /// A notice with its dispatch.
    Deliver(Box<wire::Deliver>),
    /// A receipt for a dispatch of ours.
    Receipt(Box<wire::Envelope>),
}

/// A command for the writer, or the end of the session.
pub(super) type Judged = Result<Command, BrokenRule>;

/// Frames of one session that are being judged.
pub(super) struct Judging {
    hub: Arc<Hub>,
    waiting: VecDeque<(OfficeCode, Sent)>,
    running: Option<JoinHandle<Vec<Judged>>>,
    done: VecDeque<Judged>,
}

impl Judging {
    pub(super) fn new(hub: Arc<Hub>) -> Self {
        Self { hub, waiting: VecDeque::new(), running: None, done: VecDeque::new() }
    }

    /// Takes a frame of this peer.
    pub(super) fn push(&mut self, peer: OfficeCode, sent: Sent) {
        self.waiting.push_back((peer, sent));
        if self.running.is_none() {
            self.run();
        }
    }

    /// The next frame judged; `None` if none waits. Nothing is lost if the caller stops waiting.
    ///
    /// # Errors
    /// If a judge panicked.
    pub(super) async fn next(&mut self) -> Option<Result<Judged, JoinError>> {
        loop {
            if let Some(judged) = self.done.pop_front() {
                return Some(Ok(judged));
            }
            let outcome = self.running.as_mut()?.await;
            self.running = None;
            if !self.waiting.is_empty() {
                self.run();
            }
            match outcome {
                Ok(judged) => self.done.extend(judged),
                Err(error) => return Some(Err(error)),
            }
        }
    }

    fn run(&mut self) {
        let some = self.waiting.len().min(limits::JUDGED_AT_ONCE);
        let batch: Vec<_> = self.waiting.drain(..some).collect();
        let hub = Arc::clone(&self.hub);
        self.running = Some(tokio::task::spawn_blocking(move || {
            batch.into_iter().map(|(peer, sent)| judge(&hub, peer, sent)).collect()
        }));
    }
}

fn judge(hub: &Hub, peer: OfficeCode, sent: Sent) -> Judged {
    let rosters = hub.shared.rosters();
    match sent {
        Sent::Deliver(deliver) => {
            let (me, now) = (&hub.me, hub.node_time());
            let judged = match hub.node_clock.sure() {
                Ok(_) => accept::deliver(&rosters, me, peer, now, &deliver),
                Err(_) => accept::deliver_unsure(&rosters, me, peer, now, &deliver),
            };
            judged.map(|incoming| Command::Arrive(Box::new(incoming)))
        }
        Sent::Receipt(envelope) => {
            let bytes = prost::Message::encode_to_vec(&*envelope);
            accept::receipt(&rosters, hub.me.office, peer, &bytes).map(|receipt| Command::Receipt(Box::new(receipt)))
        }
    }
}
