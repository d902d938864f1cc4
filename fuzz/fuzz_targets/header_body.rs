//! `cargo +nightly fuzz run header_body`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chapar_fuzz::header_body(bytes));
