//! Who has a file in hand. A turn goes with the work, not with the call: a call may end before the work does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use tokio::sync::OwnedMutexGuard;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;
use tonic::Code;
use tonic::Status;

use crate::edge::api::previews::Previews;
use crate::edge::status::refused;
use crate::edge::status::status;
use crate::limits;
use crate::name::Digest;

/// What calls about files share.
pub struct Turns {
    /// Who does something with an upload, by its id: two calls for one would take each other's place.
    uploads: Mutex<BTreeMap<Digest, Arc<tokio::sync::Mutex<()>>>>,
    /// Who has a whole file in hand.
    looking: Arc<Semaphore>,
    /// Looks at files that need no entry of their own.
    pub(super) previews: Previews,
}

impl Default for Turns {
    fn default() -> Self {
        let looking = Arc::new(Semaphore::new(limits::FILES_LOOKED_AT));
        Self { uploads: Mutex::default(), looking, previews: Previews::default() }
    }
}

impl Turns {
    /// A turn with an upload. Who needs both takes the turn with a whole file first.
    pub(super) async fn with(&self, upload: Digest) -> OwnedMutexGuard<()> {
        let turn = {
            let mut uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
            // Those that nobody has or waits for.
            uploads.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(uploads.entry(upload).or_default())
        };
        turn.lock_owned().await
    }

    /// A turn with a whole file.
    ///
    /// # Errors
    /// If the node stops.
    pub(super) async fn look(&self) -> Result<OwnedSemaphorePermit, Status> {
        let turn = Arc::clone(&self.looking).acquire_owned().await;
        turn.map_err(|_| refused(Code::Unavailable, "refused-stopping", &[]))
    }
}

/// Does work to its end, also if nobody waits for it any more.
///
/// # Errors
/// Those of the work.
pub(super) async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Status>> + Send + 'static,
) -> Result<T, Status> {
    let done = tokio::spawn(work).await;
    done.map_err(|_| status(Code::Internal, "A file failed.", "Look at the trace of the node."))?
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    /// Whether it does not end at once; it is dropped then.
    async fn waits(what: impl Future) -> bool {
        tokio::select! {
            biased;
            _ = what => false,
            () = std::future::ready(()) => true,
        }
    }

    #[tokio::test]
    async fn work_keeps_its_turns_when_the_call_ends() {
        let turns = Turns::default();
        let (one, other) = (Digest([1; 32]), Digest([2; 32]));
        let held = (turns.look().await.unwrap(), turns.with(one).await);
        let (go, gone) = oneshot::channel::<()>();
        let work = to_its_end(async move {
            let _held = held;
            let _ = gone.await;
            Ok(())
        });
        assert!(waits(work).await, "its caller leaves");
        assert!(waits(turns.look()).await && waits(turns.with(one)).await, "it goes on");
        assert!(!waits(turns.with(other)).await, "another file does not wait");
        go.send(()).unwrap();
        let _both = (turns.look().await.unwrap(), turns.with(one).await);
        assert_eq!(turns.uploads.lock().unwrap().len(), 1, "nothing is left of those that are done");
    }
}
