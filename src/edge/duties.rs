//! The daily duty: the writer is asked at the start and every hour whether it is due, but never by an unsure clock. Each
//! time, and after each erasure, files of attachments that nothing names any more are deleted.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::edge::attachments::sweep;
use crate::edge::hub::Hub;
use crate::limits;
use crate::office::Command;

/// Asks until `stop`, or until the writer has ended.
pub async fn keep(hub: Arc<Hub>, stop: CancellationToken) {
    loop {
        match hub.node_clock.sure() {
            Ok(_) => {
                if hub.commits.ask(Command::Duties).await.is_err() {
                    return;
                }
            }
            Err(reason) => tracing::warn!(%reason, "the daily duty waits: the clock is unsure"),
        }
        sweep(&hub).await;
        if until_due(&hub, &stop).await.is_none() {
            return;
        }
    }
}

/// Waits until it is time to ask again; `None` if the node stops.
async fn until_due(hub: &Arc<Hub>, stop: &CancellationToken) -> Option<()> {
    let next = tokio::time::sleep(Duration::from_millis(limits::DUTIES_MS));
    tokio::pin!(next);
    let mut sessions = hub.sessions_changed();
    loop {
        tokio::select! {
            () = stop.cancelled() => return None,
            () = &mut next => return Some(()),
            () = hub.attachments.until_erased() => sweep(hub).await,
            // A peer may have vouched for the clock.
            changed = sessions.changed(), if hub.node_clock.sure().is_err() => return changed.ok(),
        }
    }
}
