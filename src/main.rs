//! The binary: it only introduces.

use std::process::ExitCode;

fn main() -> ExitCode {
    chapar::cli::main()
}
