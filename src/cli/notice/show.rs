//! `notice show`: the text of a notice, and who signed it. The node records the access before it shows anything.

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::notice::sheet::sheet;
use crate::cli::words;
use crate::domain::draft;
use crate::i18n::Words;
use crate::wire;
use crate::wire::ErasureReason;

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
            "erasure": opened.erasure.as_ref().map(erasure),
            "verified": {"office": opened.signed_by, "key": opened.key_id},
        }));
    }
    let words = global.words();
    out.text(sheet(&words, &header, &body, &opened.signed_by, &opened.key_id))?;
    if let Some(erasure) = &opened.erasure {
        out.text(gone(&words, erasure))?;
    }
    out.note(words.get("sheet-recorded"));
    Ok(())
}

fn erasure(erasure: &wire::Erasure) -> Value {
    json!({
        "time": words::time(erasure.time_ms),
        "reason": words::word::<ErasureReason>(erasure.reason),
        "complete": erasure.complete,
    })
}

/// Why there is no text.
fn gone(words: &Words, erasure: &wire::Erasure) -> String {
    let key = if erasure.complete { "sheet-gone" } else { "sheet-gone-incomplete" };
    let reason = words.label::<ErasureReason>(erasure.reason);
    [words.get(key), reason, words::moment(erasure.time_ms)].join(" ").trim_end().to_owned()
}
