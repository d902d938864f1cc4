//! Counts what may happen often, and says only now and then that it is time to trace it.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::time::Instant;

use crate::limits;

/// How often it has happened, and until when nothing is said of it.
#[derive(Debug, Default)]
pub(super) struct Seldom(Mutex<(u64, Option<Instant>)>);

impl Seldom {
    /// The count so far, if it is time.
    pub(super) fn once_more(&self) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, quiet_until) = &mut *state;
        *count += 1;
        let now = Instant::now();
        if quiet_until.is_some_and(|until| now < until) {
            return None;
        }
        *quiet_until = Some(now + Duration::from_millis(limits::TURNED_AWAY_TRACE_MS));
        Some(*count)
    }
}
