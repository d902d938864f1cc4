//! `cargo +nightly fuzz run draft_json`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chapar_fuzz::draft_json(bytes));
