//! Metrics in the text form of Prometheus. What a commit and a sync take is measured as it happens; everything else is
//! read when somebody asks: the state of the node, and the entries that the log has gained.
//!
//! A label is an office code, a lane, an outcome or a number: never a name, a reference or a text. No globals: each node
//! has its own.

mod page;
mod port;
mod tally;

pub use port::Port;
pub use tally::Tally;

use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::histogram::exponential_buckets;

use crate::edge::env::Stopwatch;

/// Upper bound of the first bucket of a time, in seconds; each next one is twice as large.
const SECONDS_MIN: f64 = 0.000_062_5;
/// Buckets of a time: up to 2 s.
const SECONDS_BUCKETS: u16 = 16;
/// Buckets of a number of commands: 1, 2, 4 … 256.
const COMMANDS_BUCKETS: u16 = 9;

/// What is measured as it happens.
#[derive(Debug)]
pub struct Telemetry {
    commits: Histogram,
    commands: Histogram,
    syncs: Histogram,
}

impl Default for Telemetry {
    fn default() -> Self {
        let seconds = || Histogram::new(exponential_buckets(SECONDS_MIN, 2.0, SECONDS_BUCKETS));
        let commands = Histogram::new(exponential_buckets(1.0, 2.0, COMMANDS_BUCKETS));
        Self { commits: seconds(), commands, syncs: seconds() }
    }
}

impl Telemetry {
    /// A commit of so many commands is durable.
    pub fn committed(&self, begun: &Stopwatch, commands: usize) {
        // The writer looks for work of its own as well, and mostly there is none.
        if let Some(commands) = u32::try_from(commands).ok().filter(|commands| *commands > 0) {
            self.commits.observe(begun.elapsed().as_secs_f64());
            self.commands.observe(commands.into());
        }
    }

    /// What was written is on the disk.
    pub fn synced(&self, begun: &Stopwatch) {
        self.syncs.observe(begun.elapsed().as_secs_f64());
    }
}
