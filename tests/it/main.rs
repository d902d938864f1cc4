//! Integration tests: real nodes, real TLS, real store, and the rules of the house.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod codegen;
mod damage;
mod disk_full;
mod office;
mod store;
mod support;
