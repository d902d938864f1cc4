//! `cargo +nightly fuzz run accept`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chapar_fuzz::accept(bytes));
