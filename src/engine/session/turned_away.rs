//! A peer of whom nothing more is taken for now: over its quota, or nobody here can decide. Its dispatches are dropped,
//! without an answer; everything else goes on until nothing is left. Then it hears why, and when to come again.

use crate::engine::session::Action;
use crate::engine::session::Ending;
use crate::engine::session::Phase;
use crate::engine::session::Session;
use crate::engine::session::lane::Outbound;
use crate::limits;
use crate::time::Timestamp;
use crate::wire::GoodbyeReason;

/// Why nothing is taken, and how long.
#[derive(Debug)]
pub(super) struct TurnedAway {
    /// Then the peer may try again.
    until: Timestamp,
    is_quota: bool,
    /// When something was sent, or a receipt of the peer stored.
    progress: Timestamp,
}

/// Dispatches of the peer that were dropped: the peer still has them in flight.
#[derive(Debug, Default)]
pub(super) struct Dropped {
    count: usize,
    bytes: u64,
}

impl Dropped {
    pub(super) const fn any(&self) -> bool {
        self.count > 0
    }

    fn add(&mut self, bytes: u64) {
        self.count += 1;
        self.bytes = self.bytes.saturating_add(bytes);
    }
}

impl Session {
    /// The dispatch that came last is not taken, and none after it in this session.
    pub(super) fn take_no_more(&mut self, now: Timestamp, retry_ms: u32, is_quota: bool) {
        if let Some(bytes) = self.answering.pop_back() {
            self.answering_bytes = self.answering_bytes.saturating_sub(bytes);
            self.dropped.add(bytes);
        }
        let until = now.plus_ms(i64::from(retry_ms));
        self.turned_away.get_or_insert(TurnedAway { until, is_quota, progress: now });
        if !matches!(self.phase, Phase::Live | Phase::Draining) {
            self.farewell(now);
        }
    }

    /// Drops a dispatch; it is sent again in another session. All of them stay in flight for the peer, so that they can
    /// be no more than its windows hold.
    pub(super) fn drop_dispatch(&mut self, bytes: u64) -> Vec<Action> {
        self.dropped.add(bytes);
        let too_many = self.answering.len() + self.dropped.count > limits::UNANSWERED
            || self.answering_bytes.saturating_add(self.dropped.bytes) > limits::UNANSWERED_BYTES;
        if !too_many {
            return vec![];
        }
        self.part(GoodbyeReason::Protocol, 0, Ending::Protocol("more dispatches came than may be in flight"))
    }

    /// Something went on: the session is worth to be kept.
    pub(super) const fn went_on(&mut self, now: Timestamp) {
        if let Some(turned_away) = &mut self.turned_away {
            turned_away.progress = now;
        }
    }

    /// Says goodbye when nothing is left to do.
    pub(super) fn end_if_done(&mut self, now: Timestamp) {
        let nothing_owed = self.answering.is_empty() && self.receipts.is_empty() && self.resend.is_empty();
        let done = match self.phase {
            // A peer whose dispatch was dropped may be draining as well: each would wait for the other.
            Phase::Draining => self.dropped.any() || !self.in_flight(),
            Phase::Live => {
                self.turned_away.is_some() && self.control.is_empty() && self.lanes.values().all(Outbound::is_spent)
            }
            _ => false,
        };
        if done && nothing_owed {
            self.farewell(now);
        }
    }

    /// The end of a session with a peer that was turned away: when it may try again, what is in flight is not waited
    /// for; when nothing goes on any more, or it still is not over long after, nothing is.
    pub(super) fn tick_turned_away(&mut self, now: Timestamp) {
        let Some(TurnedAway { until, progress, .. }) = self.turned_away else { return };
        // Before the peer finds the link idle.
        if now.since_ms(progress) >= limits::IDLE_MS / 2 || now.since_ms(until) >= limits::IDLE_MS {
            self.farewell(now);
        } else if now >= until {
            self.phase = Phase::Draining;
        }
    }

    fn farewell(&mut self, now: Timestamp) {
        let Some(TurnedAway { until, is_quota, .. }) = self.turned_away else {
            self.part(GoodbyeReason::Done, 0, Ending::Done);
            return;
        };
        let rest_ms = u32::try_from(until.since_ms(now).max(0)).unwrap_or(u32::MAX);
        let ending = if is_quota { Ending::OverQuota(rest_ms) } else { Ending::NotReady(rest_ms) };
        self.part(GoodbyeReason::NotReady, rest_ms, ending);
    }
}
