//! The search index of a running node: it follows the log beside the node, and before each search up to the durable head.
//! It is in memory alone, and goes with the node.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use tokio_util::sync::CancellationToken;

use crate::edge::hub::Hub;
use crate::engine::rows::RowError;
use crate::limits;
use crate::office::search::Filters;
use crate::office::search::Followed;
use crate::office::search::Hits;
use crate::office::standing::Standings;

/// The index, shared by whoever searches.
pub struct Finder {
    hub: Arc<Hub>,
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
    pub fn new(hub: Arc<Hub>) -> Self {
        Self { hub, followed: Mutex::default() }
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
        let (followed, size, next) = self.advance()?;
        drop(followed);
        Ok(next >= size)
    }

    /// Follows a piece of the log: the index, the size of the log, and how far it has come.
    fn advance(&self) -> Result<(MutexGuard<'_, Followed>, u64, u64), RowError> {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        let hub = &self.hub;
        // The head first: what the rosters say is then at least as new.
        let size = hub.shared.head().size;
        let (rosters, now) = (hub.shared.rosters(), hub.node_time());
        let standings = Standings { view: &*hub.store, vault: &hub.vault, rosters: &rosters, me: hub.me.office, now };
        followed.step(&standings, size, limits::FINDER_ENTRIES)?;
        let next = followed.next();
        Ok((followed, size, next))
    }

    /// Searches, on a thread that may block.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn search(&self, query: &str, filters: &Filters, limit: usize) -> Result<Answer, RowError> {
        let (followed, size, next) = self.advance()?;
        if next < size {
            return Ok(Answer::Building(next, size));
        }
        Ok(Answer::Found(followed.search(query, filters, limit)))
    }
}
