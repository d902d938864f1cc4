//! Files of attachments for a session: read, looked for and written on threads that may block, one after the other, since
//! a piece of a file only continues it once the one before is there.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::edge::blobs::Appended;
use crate::edge::blobs::BlobError;
use crate::edge::hub::Hub;
use crate::edge::link::Outcome;
use crate::engine::rows::RowError;
use crate::engine::session::Action;
use crate::engine::session::Event;
use crate::engine::session::Pulled;
use crate::engine::session::Wanted;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::office::attachments;
use crate::wire;

/// Work on files of one session.
pub(super) struct Files {
    hub: Arc<Hub>,
    waiting: VecDeque<(OfficeCode, Action)>,
    running: Option<JoinHandle<Result<Event, RowError>>>,
}

impl Files {
    pub(super) fn new(hub: Arc<Hub>) -> Self {
        Self { hub, waiting: VecDeque::new(), running: None }
    }

    /// Takes what the session with this peer wants done with a file.
    pub(super) fn push(&mut self, peer: OfficeCode, action: Action) {
        self.waiting.push_back((peer, action));
        if self.running.is_none() {
            self.run();
        }
    }

    fn run(&mut self) {
        if let Some((peer, action)) = self.waiting.pop_front() {
            let hub = Arc::clone(&self.hub);
            self.running = Some(tokio::task::spawn_blocking(move || done(&hub, peer, action)));
        }
    }

    /// What the session hears next; `None` if nothing is under way. Nothing is lost if the caller stops waiting.
    pub(super) async fn next(&mut self) -> Option<Result<Event, Outcome>> {
        let done = self.running.as_mut()?.await;
        self.running = None;
        self.run();
        Some(match done {
            Ok(Ok(event)) => Ok(event),
            Ok(Err(error)) => {
                self.hub.fatal(error.to_string());
                Err(Outcome::Failed(error.to_string()))
            }
            Err(error) => Err(Outcome::Failed(error.to_string())),
        })
    }
}

fn done(hub: &Hub, peer: OfficeCode, action: Action) -> Result<Event, RowError> {
    match action {
        Action::LoadWanted { not } => {
            let (view, size) = (&*hub.store, hub.shared.head().size);
            let may = hub.attachments.may_pull(hub.free_bytes())
                && attachments::may_exchange(&hub.shared.rosters(), peer)
                && hub.may_pull(peer);
            Ok(Event::Wanted(if may { hub.attachments.wanted(view, peer, size, &not)? } else { None }))
        }
        Action::ReadChunk { digest, offset, length } => {
            let data = read(hub, peer, digest, offset, length)?;
            hub.attachments.count_served(data.len());
            Ok(Event::ChunkRead(wire::Chunk { digest: digest.0.to_vec(), offset, data }))
        }
        Action::StoreChunk { wanted, offset, data } => {
            let pulled = store(hub, peer, wanted, offset, &data)?;
            Ok(Event::ChunkStored { digest: wanted.digest, pulled })
        }
        // Nothing else is a matter of files.
        _ => Ok(Event::Queued),
    }
}

/// All of a piece, or nothing: if it is not here, or not for this peer.
fn read(hub: &Hub, peer: OfficeCode, digest: Digest, offset: u64, length: usize) -> Result<Vec<u8>, RowError> {
    let may = attachments::may_exchange(&hub.shared.rosters(), peer);
    if !may || !attachments::serves(&*hub.store, peer, digest)? {
        return Ok(vec![]);
    }
    match hub.blobs.read(digest, offset, length) {
        Ok(data) if data.len() == length => Ok(data),
        Ok(_) => Ok(vec![]),
        Err(error) => {
            tracing::error!(%error, "a peer asks for an attachment");
            Ok(vec![])
        }
    }
}

fn store(hub: &Hub, peer: OfficeCode, wanted: Wanted, offset: u64, data: &[u8]) -> Result<Pulled, RowError> {
    if !attachments::is_kept(&*hub.store, wanted.digest)? {
        return Ok(Pulled::Over);
    }
    if !hub.attachments.may_pull(hub.free_bytes()) || !hub.pull(peer, data.len() as u64) {
        return Ok(Pulled::NotNow);
    }
    let kept = hub.blobs.append(wanted.digest, peer, offset, data, wanted.size);
    if kept.is_ok() {
        hub.attachments.count_received(data.len());
    }
    Ok(match kept {
        Ok(Appended::Arriving(_)) => Pulled::Arriving,
        Ok(Appended::Whole) => {
            tracing::info!("an attachment is here, and its digest is right");
            Pulled::Over
        }
        Err(BlobError::Misplaced { .. } | BlobError::TooLong(_)) => Pulled::Over,
        Err(error @ BlobError::WrongDigest(_)) => {
            tracing::warn!(%error, "an attachment came damaged");
            Pulled::Spoilt
        }
        Err(error @ BlobError::Disk { .. }) => {
            tracing::error!(%error, "an attachment cannot be kept");
            Pulled::NotNow
        }
    })
}
