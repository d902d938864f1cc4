//! Integration tests: real nodes, real TLS, real store, and the rules of the house.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::large_futures,
    clippy::print_stdout,
    missing_docs,
    reason = "tests"
)]

mod abuse;
mod access;
mod agreements;
mod attachments;
mod bench;
mod binary;
mod cable;
mod cli;
mod codegen;
mod consent;
mod console;
mod crash;
mod damage;
mod desks;
mod disk_full;
mod drafts;
mod erasure;
mod exchange;
mod faults;
mod flips;
mod forwards;
mod fuzz;
mod hostile;
mod i18n;

mod limits;
mod lists;
mod local;
mod observability;
mod office;
mod opening;
mod policy;
mod power;
mod pulling;
mod roles;
mod rosters;
mod samples;
mod search;
mod statistics;
mod store;
mod styles;
mod support;
mod templates;
mod tidy;
mod tls;
mod transcripts;
mod verify;
mod world;
