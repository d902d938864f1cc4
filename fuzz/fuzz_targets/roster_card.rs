//! `cargo +nightly fuzz run roster_card`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chapar_fuzz::roster_card(bytes));
