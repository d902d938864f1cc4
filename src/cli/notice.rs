//! Notices: send, show, export; and drafts to fill in.

mod book;
mod check;
mod codes;
mod dsse;
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
    /// Print its signed envelopes as DSSE JSON; the text stays sealed
    Export(export::Args),
    /// Sign, seal and queue a notice; answers when it is durable here
    Send(send::Args),
    /// Open a notice; this is recorded in the log
    Show(show::Args),
    /// Print a draft to fill in; without a kind, the kinds
    Template(template::Args),
}

/// Does it.
pub(super) fn run(verb: Verb, global: &Global) -> Result<(), Failure> {
    match verb {
        Verb::Check(args) => check::run(&args, global),
        Verb::Export(args) => export::run(args, global),
        Verb::Send(args) => send::run(&args, global),
        Verb::Show(args) => show::run(args, global),
        Verb::Template(args) => template::run(&args, &global.output()),
    }
}
