//! `cargo +nightly fuzz run frame`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chapar_fuzz::frame(bytes));
