//! `notice export`: the envelopes of a notice, its dispatches and their receipts. The text stays sealed.

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::notice::dsse;
use crate::wire;

pub(super) fn run(notice: String, global: &Global) -> Result<(), Failure> {
    let request = wire::ExportNoticeRequest { notice };
    let export = client::ask(global, async |mut client| Ok(client.desk.export_notice(request).await?.into_inner()))?;
    global.output().document(&json!({
        "notice": export.notice.as_ref().map(dsse::envelope),
        "dispatches": export.dispatches.iter().map(dsse::envelope).collect::<Value>(),
        "receipts": export.receipts.iter().map(dsse::envelope).collect::<Value>(),
    }))
}
