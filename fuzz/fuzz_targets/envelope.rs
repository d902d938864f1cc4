//! `cargo +nightly fuzz run envelope`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chapar_fuzz::envelope(bytes));
