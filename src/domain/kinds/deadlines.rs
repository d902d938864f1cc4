//! Until when the other side answers, by urgency (DOMAIN 2.3).
//!
//! Not what happens when nobody answers. An agreement may set other deadlines; these are the defaults.
//!
//! - Deadlines run from receipt by the addressee's node, not from sending (P-19): links may be down for days.

use crate::time::DAY_MS;
use crate::wire::Urgency;

/// A minute, milliseconds.
const MINUTE_MS: i64 = 60 * 1000;
/// An hour, milliseconds.
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Deadlines of a notice, milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// For the receipt of the addressee's node, from release.
    pub receipt_ms: i64,
    /// For the acknowledgement of an officer, from receipt; a working day counts as 24 hours.
    pub acknowledgement_ms: i64,
    /// For the reply, refusal, feedback or decision, from receipt.
    pub reply_ms: i64,
}

/// Until when even a routine request is answered, from receipt.
pub const LAST_REPLY_MS: i64 = 30 * DAY_MS;

impl Deadlines {
    /// The deadlines of an urgency; `None` for `UNSPECIFIED`.
    #[must_use]
    pub const fn of(urgency: Urgency) -> Option<Self> {
        let (receipt_ms, acknowledgement_ms, reply_ms) = match urgency {
            Urgency::Unspecified => return None,
            Urgency::Immediate => (5 * MINUTE_MS, 30 * MINUTE_MS, 8 * HOUR_MS),
            Urgency::Priority => (HOUR_MS, 4 * HOUR_MS, 3 * DAY_MS),
            Urgency::Routine => (DAY_MS, DAY_MS, 7 * DAY_MS),
        };
        Some(Self { receipt_ms, acknowledgement_ms, reply_ms })
    }
}
