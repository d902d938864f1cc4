//! Notices: send, show, export; and drafts to fill in.

mod book;
mod check;
mod codes;
mod dsse;
mod erase;
mod export;
mod send;
mod sheet;
mod show;
mod template;

use crate::cli::Global;
use crate::cli::failure::Failure;

/// What is done with a notice.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// Check draft files against all rules; no node is needed
    Check(check::Args),
    /// Erase its text here by order of the data-protection officer; header and proofs stay
    Erase(erase::Args),
    /// Print its signed envelopes as DSSE JSON; the text stays sealed
    Export(Reference),
    /// Sign, seal and queue a notice; answers when it is durable here
    Send(send::Args),
    /// Open a notice; this is recorded in the log
    Show(Reference),
    /// Print a draft to fill in; without a kind, the kinds
    Template(template::Args),
}

/// Which notice.
#[derive(clap::Args)]
pub(super) struct Reference {
    /// Reference, short reference as in 123-3, or digest
    #[arg(value_name = "REF")]
    reference: String,
}

/// Does it.
pub(super) fn run(verb: Verb, global: &Global) -> Result<(), Failure> {
    match verb {
        Verb::Check(args) => check::run(&args, global),
        Verb::Erase(args) => erase::run(args, global),
        Verb::Export(Reference { reference }) => export::run(reference, global),
        Verb::Send(args) => send::run(&args, global),
        Verb::Show(Reference { reference }) => show::run(reference, global),
        Verb::Template(args) => template::run(&args, &global.output()),
    }
}
