//! The clock by which the node judges and writes: that of the machine while it is sure, else the last entry's time
//! (PROTOCOL 10). It collects what [`sureness`] judges by; a peer's clock never sets it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use crate::edge::env::Stopwatch;
use crate::engine::fold::ends;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::store::View;
use crate::name::OfficeCode;
use crate::office::Shared;
use crate::office::sureness;
use crate::office::sureness::Hello;
use crate::office::sureness::Seen;
use crate::office::sureness::Unsure;
use crate::time::Clock;
use crate::time::Timestamp;
use crate::time::node_time;

/// The clock of the node.
pub struct NodeClock {
    /// The clock of the machine.
    pub machine: Arc<dyn Clock>,
    shared: Arc<Shared>,
    /// Peers' clocks are compared with this, however ours is turned meanwhile.
    running: Stopwatch,
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    /// What the clock of each peer showed in its last Hello, and how long the node had run then, ms.
    hellos: BTreeMap<OfficeCode, (Timestamp, i64)>,
    /// What ours showed when an officer confirmed it last.
    confirmed: Option<Timestamp>,
}

impl NodeClock {
    /// The clock of a node that starts; an officer's confirmation in the log still counts.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn new(machine: Arc<dyn Clock>, shared: Arc<Shared>, view: &dyn View) -> Result<Self, RowError> {
        let confirmed = match ends::duties(view)?.clock_confirmed {
            0 => None,
            index => rows::entry(view, index)?.note.parse().ok(),
        };
        let heard = Mutex::new(Heard { confirmed, ..Heard::default() });
        Ok(Self { machine, shared, running: Stopwatch::start(), heard })
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running_ms(&self) -> i64 {
        i64::try_from(self.running.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// A peer has shown its clock.
    pub fn hello(&self, peer: OfficeCode, clock: Timestamp) {
        let running = self.running_ms();
        self.heard().hellos.insert(peer, (clock, running));
    }

    /// An officer confirms what the clock shows.
    pub fn confirm(&self, shown: Timestamp) {
        self.heard().confirmed = Some(shown);
    }

    /// What the clock of the machine shows.
    ///
    /// # Errors
    /// Why it is unsure.
    pub fn sure(&self) -> Result<Timestamp, Unsure> {
        let (clock, running) = (self.machine.now(), self.running_ms());
        let heard = self.heard();
        let hello = |(shown, at): &(Timestamp, i64)| {
            let age_ms = running.saturating_sub(*at);
            Hello { offset_ms: shown.since_ms(clock).saturating_add(age_ms), age_ms }
        };
        let hellos: Vec<Hello> = heard.hellos.values().map(hello).collect();
        let last_entry = self.shared.head().time;
        sureness::judge(&Seen { clock, last_entry, confirmed: heard.confirmed, hellos: &hellos }).map(|()| clock)
    }
}

impl Clock for NodeClock {
    /// Node time: never before the last entry, and that itself while the clock is unsure.
    fn now(&self) -> Timestamp {
        let last_entry = self.shared.head().time;
        self.sure().map_or(last_entry, |clock| node_time(clock, last_entry))
    }
}
