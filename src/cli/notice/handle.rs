//! `notice take`, `notice hand-over`, `notice close`, `notice ack`: steps of one officer that need no draft.

use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::standing;
use crate::cli::words;
use crate::name::OfficerId;
use crate::wire;

#[derive(clap::Args)]
pub(in crate::cli) struct Close {
    /// Reference, short reference as in 123-3, or digest
    #[arg(value_name = "REF")]
    reference: String,
    /// Open it again
    #[arg(long)]
    reopen: bool,
}

#[derive(clap::Args)]
pub(in crate::cli) struct HandOver {
    /// Id of the officer who takes care of them from now on
    #[arg(long, value_name = "OFFICER")]
    to: OfficerId,
}

/// An officer takes care of a notice.
pub(super) fn take(notice: String, global: &Global) -> Result<(), Failure> {
    let request = wire::TakeNoticeRequest { notice };
    let taken = client::ask(global, async |mut client| Ok(client.desk.take_notice(request).await?.into_inner()))?;
    let (out, said) = (global.output(), global.words());
    if out.json {
        return out.object(&json!({"reference": taken.reference, "former": words::text(&taken.former)}));
    }
    let names = [("reference", taken.reference), ("officer", taken.former.clone())];
    out.text(said.say(if taken.former.is_empty() { "taken" } else { "taken-over" }, &names))
}

/// Gives all open notices in the officer's care to another one.
pub(super) fn hand_over(args: &HandOver, global: &Global) -> Result<(), Failure> {
    let request = wire::HandOverRequest { to: args.to.to_string() };
    let ask = async |mut client: client::Client| Ok(client.desk.hand_over(request).await?.into_inner());
    let given = client::ask(global, ask)?;
    let (out, said) = (global.output(), global.words());
    if out.json {
        let to = args.to.as_str();
        return out.object(&json!({"to": to, "references": given.references, "left": given.left}));
    }
    let counted = |count: String| [("count", count), ("officer", args.to.to_string())];
    out.text(said.say("handed-over", &counted(given.references.len().to_string())))?;
    for reference in &given.references {
        out.text(format!("  {reference}"))?;
    }
    if given.left == 0 { Ok(()) } else { out.text(said.say("handed-over-left", &counted(given.left.to_string()))) }
}

/// Closes a notice, or opens it again.
pub(super) fn close(args: &Close, global: &Global) -> Result<(), Failure> {
    let request = wire::CloseNoticeRequest { notice: args.reference.clone(), reopen: args.reopen };
    let closed = client::ask(global, async |mut client| Ok(client.desk.close_notice(request).await?.into_inner()))?;
    let (out, said) = (global.output(), global.words());
    if out.json {
        return out.object(&json!({"reference": closed.reference, "closed": !args.reopen}));
    }
    let names = [("reference", closed.reference)];
    out.text(said.say(if args.reopen { "reopened" } else { "closed" }, &names))
}

/// Acknowledges a notice.
pub(super) fn acknowledge(notice: String, global: &Global) -> Result<(), Failure> {
    let request = wire::AcknowledgeNoticeRequest { notice };
    let ask = async |mut client: client::Client| Ok(client.desk.acknowledge_notice(request).await?.into_inner());
    let answer = client::ask(global, ask)?;
    let (out, said) = (global.output(), global.words());
    if out.json {
        let name = standing::name(answer.acknowledgement.as_ref());
        return out.object(&json!({"acknowledgement": name, "to": answer.to}));
    }
    let reference = answer.acknowledgement.unwrap_or_default().reference;
    out.text(said.say("acknowledged", &[("reference", reference), ("offices", answer.to.join(", "))]))
}
