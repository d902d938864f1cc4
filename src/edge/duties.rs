//! The daily duty: the writer is asked at the start and every hour whether it is due, but never by an unsure clock.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::edge::hub::Hub;
use crate::edge::staging;
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
                sweep(&hub).await;
            }
            Err(reason) => tracing::warn!(%reason, "the daily duty waits: the clock is unsure"),
        }
        let mut sessions = hub.sessions_changed();
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_millis(limits::DUTIES_MS)) => {}
            // A peer may have vouched for the clock.
            changed = sessions.changed(), if hub.node_clock.sure().is_err() => if changed.is_err() { return },
        }
    }
}

/// Deletes what officers have begun to bring in and given up.
async fn sweep(hub: &Arc<Hub>) {
    let swept = Arc::clone(hub);
    let swept = tokio::task::spawn_blocking(move || staging::sweep(&swept.blobs, &*swept.store)).await;
    if let Ok(Err(error)) = swept {
        tracing::warn!(%error, "files that were given up could not be deleted");
    }
}
