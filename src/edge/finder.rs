//! The search index of a running node: it follows the log beside the node, and before each search up to the durable head.
//! It is in memory alone, and goes with the node.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use tokio_util::sync::CancellationToken;

use crate::domain::seal::VaultKey;
use crate::edge::hub::Hub;
use crate::engine::rows::RowError;
use crate::limits;
use crate::office::search::Filters;
use crate::office::search::Followed;
use crate::office::search::Hits;

/// The index, shared by whoever searches.
pub struct Finder {
    hub: Arc<Hub>,
    vault: VaultKey,
    followed: Mutex<Followed>,
}

/// What a search says.
#[derive(Debug)]
pub enum Answer {
    /// What was found.
    Found(Hits),
    /// The index is not there yet: entries it has followed, and entries there are.
    Building(u64, u64),
}

impl Finder {
    /// An empty index.
    #[must_use]
    pub fn new(hub: Arc<Hub>, vault: VaultKey) -> Self {
        Self { hub, vault, followed: Mutex::default() }
    }

    fn followed(&self) -> MutexGuard<'_, Followed> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows the log, until the node drains.
    pub async fn follow(self: Arc<Self>, stop: CancellationToken) {
        let mut pulse = self.hub.commits.pulse();
        loop {
            pulse.borrow_and_update();
            let this = Arc::clone(&self);
            match tokio::task::spawn_blocking(move || this.step()).await {
                Ok(Ok(true)) => {
                    tokio::select! {
                        changed = pulse.changed() => if changed.is_err() { return },
                        () = stop.cancelled() => return,
                    }
                }
                Ok(Ok(false)) if !stop.is_cancelled() => {}
                Ok(Err(error)) => {
                    tracing::error!(%error, "the search index cannot follow the log");
                    return self.hub.store_may_have_failed();
                }
                _ => return,
            }
        }
    }

    /// Follows a piece of the log; whether that was all.
    fn step(&self) -> Result<bool, RowError> {
        let size = self.hub.shared.head().size;
        let mut followed = self.followed();
        followed.step(&*self.hub.store, &self.vault, size, limits::FINDER_ENTRIES)?;
        Ok(followed.next() >= size)
    }

    /// Searches, on a thread that may block.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn search(&self, query: &str, filters: &Filters, limit: usize) -> Result<Answer, RowError> {
        let size = self.hub.shared.head().size;
        let mut followed = self.followed();
        followed.step(&*self.hub.store, &self.vault, size, limits::FINDER_ENTRIES)?;
        if followed.next() < size {
            return Ok(Answer::Building(followed.next(), size));
        }
        Ok(Answer::Found(followed.index().search(query, filters, limit)))
    }
}
