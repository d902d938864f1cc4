//! The binary: it only introduces.

use std::process::ExitCode;

/// glibc's allocator keeps three times as much and takes a fifth more of the processor: `chapar bench`.
#[global_allocator]
static MEMORY: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    chapar::cli::main()
}
