//! How a session ends: by the clock, because the node stops, or because of the peer.

use crate::engine::session::Action;
use crate::engine::session::Ending;
use crate::engine::session::Phase;
use crate::engine::session::Session;
use crate::limits;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::GoodbyeReason;
use crate::wire::frame::Kind;

impl Session {
    pub(super) fn tick(&mut self, now: Timestamp) -> Vec<Action> {
        match self.phase {
            Phase::Greeting if now.since_ms(self.opened) >= limits::HELLO_MS => self.close(Ending::NoHello),
            Phase::Greeting => vec![Action::WakeAt(self.opened.plus_ms(limits::HELLO_MS))],
            Phase::Closing(ending) => self.close(ending),
            Phase::Live | Phase::Draining => {
                if self.in_flight() && now.since_ms(self.heard) >= limits::IDLE_MS {
                    return self.close(Ending::Idle);
                }
                self.attachments.tick(now);
                self.tick_turned_away(now);
                vec![Action::WakeAt(now.plus_ms(limits::IDLE_MS / 4))]
            }
            Phase::Closed => vec![],
        }
    }

    pub(super) fn drain(&mut self) -> Vec<Action> {
        match self.phase {
            Phase::Live => {
                self.phase = Phase::Draining;
                vec![]
            }
            Phase::Greeting => self.part(GoodbyeReason::Done, 0, Ending::Done),
            _ => vec![],
        }
    }

    /// Says goodbye and ends once that is sent.
    pub(super) fn part(&mut self, reason: GoodbyeReason, retry_after_ms: u32, ending: Ending) -> Vec<Action> {
        if matches!(self.phase, Phase::Closing(_) | Phase::Closed) {
            return vec![];
        }
        self.phase = Phase::Closing(ending);
        // Without our Hello the peer could not find that one of the stores is old, and which.
        let tells = reason == GoodbyeReason::StateLost;
        self.control.retain(|kind| tells && matches!(kind, Kind::Hello(_)));
        self.receipts.clear();
        self.later.clear();
        self.resend.clear();
        self.control.push_back(Kind::Goodbye(wire::Goodbye { reason: reason.into(), retry_after_ms }));
        vec![]
    }

    pub(super) fn close(&mut self, ending: Ending) -> Vec<Action> {
        self.phase = Phase::Closed;
        vec![Action::Close(ending)]
    }
}
