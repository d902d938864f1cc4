//! The attachments of a node: their files, which of them are still to come, and which nobody names any more.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use tokio::sync::Notify;
use tokio::sync::watch;

use crate::edge::blobs::BlobError;
use crate::edge::blobs::Blobs;
use crate::edge::blobs::Name;
use crate::edge::hub::Hub;
use crate::edge::staging;
use crate::edge::staging::StagingError;
use crate::engine::rows::RowError;
use crate::engine::session::Wanted;
use crate::engine::store::View;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::office::attachments;
use crate::office::attachments::Awaited;

/// Why files could not be swept.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// A row cannot be read.
    #[error(transparent)]
    Row(#[from] RowError),
    /// The folder cannot be read.
    #[error("the folder of attachments cannot be read: {0}")]
    Folder(#[from] io::Error),
    /// Files that were given up cannot be deleted.
    #[error(transparent)]
    Staging(#[from] StagingError),
}

/// What is still to come from a peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ToCome {
    /// Attachments.
    pub count: u64,
    /// Their bytes together.
    pub bytes: u64,
    /// How many of those bytes are here.
    pub here: u64,
}

/// The attachments of a node.
#[derive(Debug)]
pub struct Attachments {
    blobs: Arc<Blobs>,
    awaited: Mutex<Awaited>,
    /// How often an officer has put one first.
    put_first: watch::Sender<u64>,
    /// Somebody erased something.
    erased: Notify,
    /// The disk has too little room for what peers send.
    is_short: AtomicBool,
    received: AtomicU64,
    served: AtomicU64,
}

impl Attachments {
    /// Of which nothing was looked at yet.
    #[must_use]
    pub(super) fn new(blobs: Arc<Blobs>) -> Self {
        Self {
            blobs,
            awaited: Mutex::default(),
            put_first: watch::Sender::new(0),
            erased: Notify::new(),
            is_short: AtomicBool::new(false),
            received: AtomicU64::new(0),
            served: AtomicU64::new(0),
        }
    }

    /// What to pull from a peer now, with how much of it is here; none of `not`. Blocks.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn wanted(
        &self,
        view: &dyn View,
        peer: OfficeCode,
        size: u64,
        not: &[Digest],
    ) -> Result<Option<Wanted>, RowError> {
        loop {
            let found = self.awaited().next(view, peer, size, not, &|digest| self.is_here(digest))?;
            let Some(wanted) = found else { return Ok(None) };
            match self.arrived(wanted, peer) {
                Ok(Some(arrived)) => return Ok(Some(Wanted { arrived, ..wanted })),
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%error, "an attachment cannot be pulled");
                    return Ok(None);
                }
            }
        }
    }

    /// How much of an attachment is here; `None` if all of it.
    fn arrived(&self, wanted: Wanted, peer: OfficeCode) -> Result<Option<u64>, BlobError> {
        let Wanted { digest, size, .. } = wanted;
        let arrived = self.blobs.arrived(digest, peer)?;
        if arrived < size {
            return Ok(Some(arrived));
        }
        // The node was killed before it was looked at, or another notice says that it is longer.
        match self.blobs.append(digest, peer, size, &[], size) {
            Ok(_) => Ok(None),
            Err(BlobError::WrongDigest(_)) => Ok(Some(0)),
            Err(BlobError::Misplaced { .. }) => {
                self.blobs.delete(Name::Arriving(digest, peer))?;
                Ok(Some(0))
            }
            Err(error) => Err(error),
        }
    }

    /// An officer waits for this one: it is pulled before all others of the peer.
    pub fn put_first(&self, peer: OfficeCode, digest: Digest) {
        self.awaited().put_first(peer, digest);
        self.put_first.send_modify(|count| *count += 1);
    }

    /// Tells whenever one was put first.
    #[must_use]
    pub fn until_put_first(&self) -> watch::Receiver<u64> {
        self.put_first.subscribe()
    }

    /// What is still to come from a peer. A file that cannot be looked at counts as not begun.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn awaited_from(&self, view: &dyn View, peer: OfficeCode, size: u64) -> Result<ToCome, RowError> {
        let all = self.awaited().all(view, peer, size, &|digest| self.is_here(digest))?;
        Ok(all.into_iter().fold(ToCome::default(), |sum, (digest, bytes)| {
            let arrived = self.blobs.arrived(digest, peer).unwrap_or_default();
            ToCome {
                count: sum.count.saturating_add(1),
                bytes: sum.bytes.saturating_add(bytes),
                here: sum.here.saturating_add(arrived.min(bytes)),
            }
        }))
    }

    fn awaited(&self) -> std::sync::MutexGuard<'_, Awaited> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A file that cannot be looked at is not fetched again.
    fn is_here(&self, digest: Digest) -> bool {
        self.blobs.size(digest).is_ok_and(|size| size.is_some())
    }

    /// Whether files of peers are pulled while so many bytes of the disk are free. Long before the node takes nothing any
    /// more: what peers attach must not keep notices out.
    pub fn may_pull(&self, free: Option<u64>) -> bool {
        let is_short = free.is_some_and(|free| free < limits::FREE_BYTES_LOW);
        match (self.is_short.swap(is_short, Ordering::Relaxed), is_short) {
            (false, true) => tracing::warn!(?free, "the disk is short: no attachments are pulled"),
            (true, false) => tracing::info!(?free, "attachments are pulled again"),
            _ => {}
        }
        !is_short
    }

    /// Bytes of peers were kept.
    pub fn count_received(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Bytes are sent to a peer.
    pub fn count_served(&self, bytes: usize) {
        self.served.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Bytes received and served since the start.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        (self.received.load(Ordering::Relaxed), self.served.load(Ordering::Relaxed))
    }

    /// Files may have lost what named them.
    pub fn something_is_erased(&self) {
        self.erased.notify_one();
    }

    /// Waits for that.
    pub async fn until_erased(&self) {
        self.erased.notified().await;
    }
}

/// Deletes what officers have begun to bring in and given up, and the attachments that no kept text, no draft and no file
/// being brought in names.
pub async fn sweep(hub: &Arc<Hub>) {
    let swept = Arc::clone(hub);
    let swept = tokio::task::spawn_blocking(move || {
        staging::sweep(&swept.blobs, &*swept.store)?;
        delete_unnamed(&swept.blobs, &*swept.store)
    });
    match swept.await {
        Ok(Ok(0)) => {}
        Ok(Ok(count)) => tracing::info!(count, "files of attachments that nothing names any more were deleted"),
        Ok(Err(error)) => {
            tracing::error!(%error, "files of attachments could not be looked through");
            hub.store_may_have_failed();
        }
        Err(error) => tracing::error!(%error, "files of attachments could not be looked through"),
    }
}

/// How many were deleted. A row comes before its file, and an attachment goes from what is brought in to a draft and on to
/// a notice, each time in one commit: looked for in that order, and once more at the desks, none is missed.
fn delete_unnamed(blobs: &Blobs, view: &dyn View) -> Result<usize, SweepError> {
    let (names, at_desks) = (blobs.names()?, attachments::at_desks(view)?);
    let whole: BTreeSet<Digest> =
        names.iter().filter_map(|name| if let Name::Whole(digest) = name { Some(*digest) } else { None }).collect();
    let mut unnamed = vec![];
    for name in names {
        let is_named = match name {
            Name::Whole(digest) => at_desks.contains(&digest) || attachments::is_kept(view, digest)?,
            Name::Arriving(digest, _) => !whole.contains(&digest) && attachments::is_kept(view, digest)?,
            // Swept before.
            Name::Staged(_) => true,
        };
        if !is_named {
            unnamed.push(name);
        }
    }
    let at_desks = if unnamed.is_empty() { at_desks } else { attachments::at_desks(view)? };
    unnamed.retain(|name| !matches!(name, Name::Whole(digest) if at_desks.contains(digest)));
    let mut count = 0;
    for name in unnamed {
        match blobs.delete(name) {
            Ok(()) => count += 1,
            Err(error) => tracing::error!(%error, "a file of an attachment could not be deleted"),
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attachments_end_long_before_notices_do() {
        let folder = tempfile::tempdir().unwrap();
        let attachments = Attachments::new(Arc::new(Blobs::open(folder.path().join("attachments")).unwrap()));
        let pulls = |free| attachments.may_pull(free);
        assert!(pulls(None) && pulls(Some(limits::FREE_BYTES_LOW)));
        assert!(!pulls(Some(limits::FREE_BYTES_LOW - 1)) && !pulls(Some(limits::FREE_BYTES_MIN)));
        assert!(pulls(Some(limits::FREE_BYTES_LOW)), "again, once there is room");
    }
}
