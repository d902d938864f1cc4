//! `notice show`: the text of a notice, and who signed it. The node records the access before it shows anything.

use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::notice::sheet::sheet;
use crate::domain::draft;
use crate::wire;

pub(super) fn run(notice: String, global: &Global) -> Result<(), Failure> {
    let request = wire::OpenNoticeRequest { notice };
    let opened = client::ask(global, async |mut client| Ok(client.desk.open_notice(request).await?.into_inner()))?;
    let summary = opened.summary.unwrap_or_default();
    let wire_header = summary.header.unwrap_or_default();
    let (header, body) = draft::render(&wire_header, opened.body.as_ref()).map_err(Failure::internal)?;
    let out = global.output();
    if out.json {
        return out.object(&json!({
            "reference": wire_header.reference,
            "digest": hex::encode(&summary.digest),
            "header": header,
            "body": body,
            "verified": {"office": opened.signed_by, "key": opened.key_id},
        }));
    }
    let words = global.words();
    out.text(sheet(&words, &header, &body, &opened.signed_by, &opened.key_id))?;
    out.note(words.get("sheet-recorded"));
    Ok(())
}
