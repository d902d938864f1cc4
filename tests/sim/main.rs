//! A simulation of whole offices: the node's own machines, stores in memory, a network, clocks and faults from a seed.
//!
//! One thread, one queue of events, no wall clock: a seed decides everything, so it repeats everything. What is checked
//! in the end, and how to repeat a seed, stands in docs/testing.md.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod again;
mod chance;
mod disk;
mod draft;
mod driver;
mod fault;
mod files;
mod heal;
mod inject;
mod land;
mod line;
mod lost;
mod network;
mod node;
mod oracle;
mod outage;
mod plan;
mod process;
mod quota;
mod record;
mod seeds;
mod small;
mod trace;
mod world;
