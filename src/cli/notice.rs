//! Notices: send, show, export; and drafts to fill in.

mod answer;
mod ask;
mod book;
mod check;
mod drafts;
mod dsse;
mod erase;
mod export;
mod forward;
mod handle;
mod new;
mod related;
mod release;
mod send;
mod sheet;
mod show;
mod template;

pub(super) use book::Listed;
pub(super) use drafts::findings;

use crate::cli::Global;
use crate::cli::failure::Failure;
use crate::wire::NoticeKind;

/// What is done with a notice.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// Acknowledge a received notice that you have opened; one officer, at once
    Ack(Reference),
    /// Check draft files against all rules; no node is needed
    Check(check::Args),
    /// Erase its text here by order of the data-protection officer; header and proofs stay
    Erase(erase::Args),
    /// Close a notice here; nobody else is told
    Close(handle::Close),
    /// Confirm what another officer sent in an emergency; within 72 hours, else the node withdraws it
    Confirm(Reference),
    /// Correct a notice of this office; everybody who has it is told and must acknowledge
    Correct(answer::Args),
    /// Show what has changed in a draft since it was returned
    Diff(new::Which),
    /// Throw a draft away that does not wait for release
    Discard(new::Which),
    /// Show a draft as its addressees would read it
    Draft(drafts::Args),
    /// List drafts: yours, and those that wait for your release
    Drafts,
    /// Put a changed form in the place of a draft
    Edit(new::Edit),
    /// Print its signed envelopes as DSSE JSON; the text stays sealed
    Export(export::Args),
    /// Say what was done about an alert or a warning
    Feedback(answer::Args),
    /// Pass a notice of another office on to a third one, with the originator's consent
    Forward(forward::Args),
    /// Give all open notices in your care to another officer, as at the end of a shift
    HandOver(handle::HandOver),
    /// Begin a draft; it is sealed and kept here
    New(new::New),
    /// Decline a request, whole or in part
    Refuse(answer::Args),
    /// Read a draft of another officer, tick the checklist, and let it go
    Release(release::Release),
    /// Answer a request for information
    Reply(answer::Args),
    /// Return a draft to its author, or take your own back
    Return(release::Return),
    /// Send a notice that one officer may send alone; submit any other one for release
    Send(send::Args),
    /// Open a notice; this is recorded in the log
    Show(show::Args),
    /// Close a draft for release by another officer
    Submit(new::Which),
    /// Take care of a received notice
    Take(Reference),
    /// Print a draft to fill in; without a kind, the kinds
    Template(template::Args),
    /// Withdraw a notice of this office; everybody who has it is told and must acknowledge
    Withdraw(answer::Withdraw),
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
        Verb::Ack(Reference { reference }) => handle::acknowledge(reference, global),
        Verb::Check(args) => check::run(&args, global),
        Verb::Erase(args) => erase::run(args, global),
        Verb::Close(args) => handle::close(&args, global),
        Verb::Confirm(Reference { reference }) => release::confirm(reference, global),
        Verb::Correct(args) => answer::run(NoticeKind::Correction, &args, global),
        Verb::Diff(args) => drafts::diff(&args, global),
        Verb::Discard(args) => new::discard(&args, global),
        Verb::Draft(args) => drafts::show(&args, global),
        Verb::Drafts => drafts::list(global),
        Verb::Edit(args) => new::edit(&args, global),
        Verb::Export(args) => export::run(args, global),
        Verb::Feedback(args) => answer::run(NoticeKind::Feedback, &args, global),
        Verb::Forward(args) => forward::run(&args, global),
        Verb::HandOver(args) => handle::hand_over(&args, global),
        Verb::New(args) => new::new(&args, global),
        Verb::Refuse(args) => answer::run(NoticeKind::Refusal, &args, global),
        Verb::Release(args) => release::release(&args, global),
        Verb::Reply(args) => answer::run(NoticeKind::Reply, &args, global),
        Verb::Return(args) => release::give_back(&args, global),
        Verb::Send(args) => send::run(&args, global),
        Verb::Show(args) => show::run(args, global),
        Verb::Submit(args) => new::submit(&args, global),
        Verb::Take(Reference { reference }) => handle::take(reference, global),
        Verb::Template(args) => template::run(&args, global),
        Verb::Withdraw(args) => answer::withdraw(&args, global),
    }
}
