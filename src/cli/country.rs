//! A country's folder: its key, and the roster that it will sign next. No node is needed.

mod add;
mod folder;
mod merge;
mod new;
mod revoke;
mod set;
mod show;
mod sign;

use std::path::PathBuf;

use crate::cli::Global;
use crate::cli::failure::Failure;

/// What a country does with its roster.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// Put an office's card into the roster
    Add(add::Args),
    /// Make a country key and an empty roster
    New(new::Args),
    /// List a key of an office as compromised, from now on
    RevokeKey(revoke::Args),
    /// Set the state of an office
    Set(set::Args),
    /// Show the offices and their keys
    Show(show::Args),
    /// Sign the next version of the roster
    Sign(sign::Args),
}

/// The folder that a verb is about.
#[derive(clap::Args)]
struct Dir {
    /// Folder of the country
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

/// Does it.
pub(super) fn run(verb: Verb, global: &Global) -> Result<(), Failure> {
    let out = &global.output();
    match verb {
        Verb::Add(args) => add::run(args, out),
        Verb::New(args) => new::run(&args, out),
        Verb::RevokeKey(args) => revoke::run(&args, out),
        Verb::Set(args) => set::run(&args, out),
        Verb::Show(args) => show::run(&args, out),
        Verb::Sign(args) => sign::run(&args, out),
    }
}
