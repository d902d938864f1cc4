//! `notice erase`: the text of a notice is erased here by order. The answer comes when it cannot be opened any more.

use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::client::Client;
use crate::cli::failure::Failure;
use crate::cli::words;
use crate::wire;
use crate::wire::ErasureReason;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    /// Reference, short reference as in 123-3, or digest
    #[arg(value_name = "REF")]
    reference: String,
    /// Why
    #[arg(long, value_parser = reason, value_name = "DATA_SUBJECT_REQUEST|COURT_ORDER|UNLAWFUL|NO_LONGER_NEEDED")]
    reason: ErasureReason,
}

/// Reasons for which a text is erased by order.
const REASONS: [ErasureReason; 4] = [
    ErasureReason::DataSubjectRequest,
    ErasureReason::CourtOrder,
    ErasureReason::Unlawful,
    ErasureReason::NoLongerNeeded,
];

fn reason(word: &str) -> Result<ErasureReason, String> {
    let is_it = |reason: &ErasureReason| words::word::<ErasureReason>((*reason).into()) == word;
    let found = REASONS.into_iter().find(is_it);
    found.ok_or_else(|| "give DATA_SUBJECT_REQUEST, COURT_ORDER, UNLAWFUL or NO_LONGER_NEEDED".to_owned())
}

pub(super) fn run(args: Args, global: &Global) -> Result<(), Failure> {
    let request = wire::EraseNoticeRequest { notice: args.reference, reason: args.reason.into() };
    let erased =
        client::ask(global, async |mut client: Client| Ok(client.desk.erase_notice(request).await?.into_inner()))?;
    let out = global.output();
    if out.json {
        return out.object(&json!({
            "reference": erased.reference,
            "index": erased.index,
            "time": words::time(erased.time_ms),
            "erased": erased.complete,
            "in_transit": erased.in_transit,
            "forwards": erased.forwards,
        }));
    }
    let words = global.words();
    let names = [("reference", erased.reference), ("index", erased.index.to_string())];
    out.text(words.say(if erased.complete { "erased" } else { "erased-later" }, &names))?;
    if !erased.complete {
        out.note(words.say("erased-next", &[("command", global.command("expiry show"))]));
    }
    if !erased.forwards.is_empty() {
        out.note(words.say("erased-forwards", &[("references", erased.forwards.join(", "))]));
    }
    if !erased.in_transit.is_empty() {
        out.note(words.say("erased-in-transit", &[("offices", erased.in_transit.join(", "))]));
    }
    Ok(())
}
