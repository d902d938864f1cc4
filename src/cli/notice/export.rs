//! `notice export`: the envelopes of a notice, its dispatches and their receipts. The text stays sealed.

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::notice::dsse;
use crate::wire;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    /// Reference, short reference as in 123-3, or digest
    #[arg(value_name = "REF")]
    reference: String,
    /// Why, in one line, with the case reference if there is one; it stands in the log
    #[arg(long, value_name = "TEXT")]
    why: String,
}

pub(super) fn run(args: Args, global: &Global) -> Result<(), Failure> {
    let request = wire::ExportNoticeRequest { notice: args.reference, why: args.why };
    let export = client::ask(global, async |mut client| Ok(client.desk.export_notice(request).await?.into_inner()))?;
    global.output().document(&json!({
        "not_for_court_use": export.not_for_court,
        "notice": export.notice.as_ref().map(dsse::envelope),
        "dispatches": export.dispatches.iter().map(dsse::envelope).collect::<Value>(),
        "receipts": export.receipts.iter().map(dsse::envelope).collect::<Value>(),
    }))
}
