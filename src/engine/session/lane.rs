//! One outgoing lane of a session: what is loaded, what is in flight, how much may be.

use std::collections::VecDeque;

use prost::Message as _;

use crate::engine::session::Waiting;
use crate::limits;
use crate::time::Timestamp;
use crate::wire;

/// Least time over which the rate is measured, ms.
const MEASURE_MS: i64 = 100;

/// Dispatches on their way to the peer.
#[derive(Debug)]
pub(super) struct Outbound {
    /// Last place that was loaded, or that the peer holds.
    loaded: u64,
    /// Whether the store may hold more beyond `loaded`.
    more: bool,
    loading: bool,
    ready: VecDeque<Waiting>,
    /// Places without a receipt, with the bytes of their frames.
    flight: VecDeque<(u64, u64)>,
    flight_bytes: u64,
    /// Most dispatches in flight.
    window: usize,
    /// Most bytes in flight: one second of the measured rate.
    window_bytes: u64,
    measured: Timestamp,
    acked_bytes: u64,
}

impl Outbound {
    /// A lane of which the peer holds everything up to `held`, and of which we have the receipts up to `acked`.
    pub(super) fn new(acked: u64, held: u64, window: u32, now: Timestamp) -> Self {
        Self {
            loaded: held,
            more: true,
            loading: false,
            ready: VecDeque::new(),
            // Their receipts come without being asked for; a count is enough.
            flight: if held > acked { VecDeque::from([(held, 0)]) } else { VecDeque::new() },
            flight_bytes: 0,
            window: usize::try_from(window.clamp(1, limits::WINDOW)).unwrap_or(1),
            window_bytes: limits::WINDOW_BYTES_MIN,
            measured: now,
            acked_bytes: 0,
        }
    }

    pub(super) fn queued(&mut self) {
        self.more = true;
    }

    pub(super) fn has_flight(&self) -> bool {
        !self.flight.is_empty()
    }

    /// Whether nothing is left to send, and nothing without a receipt.
    pub(super) fn is_spent(&self) -> bool {
        !self.loading && !self.more && self.ready.is_empty() && self.flight.is_empty()
    }

    /// The place after which to load, if it is time to.
    pub(super) fn wants(&mut self) -> Option<u64> {
        if self.loading || !self.more || self.ready.len() > limits::LOAD / 2 {
            return None;
        }
        self.loading = true;
        // What comes in from now on is announced anew.
        self.more = false;
        Some(self.loaded)
    }

    pub(super) fn loaded(&mut self, waiting: Vec<Waiting>) {
        if !self.loading {
            return;
        }
        self.loading = false;
        self.more |= waiting.len() >= limits::LOAD;
        for one in waiting {
            // In order. A hole is places whose receipts came over another session and were stored since the Hello.
            if one.sequence > self.loaded {
                self.loaded = one.sequence;
                self.ready.push_back(one);
            }
        }
    }

    /// The next dispatch, if the window has room for it.
    pub(super) fn next(&mut self) -> Option<wire::Deliver> {
        let bytes = u64::try_from(self.ready.front()?.deliver.encoded_len()).unwrap_or(u64::MAX);
        let fits = self.flight_bytes == 0 || self.flight_bytes.saturating_add(bytes) <= self.window_bytes;
        if self.flight.len() >= self.window || !fits {
            return None;
        }
        let one = self.ready.pop_front()?;
        self.flight.push_back((one.sequence, bytes));
        self.flight_bytes = self.flight_bytes.saturating_add(bytes);
        Some(one.deliver)
    }

    /// A receipt is stored; receipts come in order, so all places up to it are done.
    pub(super) fn stored(&mut self, now: Timestamp, sequence: u64) {
        while let Some((place, bytes)) = self.flight.front().copied() {
            if place > sequence {
                break;
            }
            self.flight.pop_front();
            self.flight_bytes = self.flight_bytes.saturating_sub(bytes);
            self.acked_bytes = self.acked_bytes.saturating_add(bytes);
        }
        let elapsed = now.since_ms(self.measured);
        if elapsed >= MEASURE_MS {
            let per_second = self.acked_bytes.saturating_mul(1000) / elapsed.unsigned_abs().max(1);
            self.window_bytes = per_second.clamp(limits::WINDOW_BYTES_MIN, limits::WINDOW_BYTES_MAX);
            self.measured = now;
            self.acked_bytes = 0;
        }
    }
}
