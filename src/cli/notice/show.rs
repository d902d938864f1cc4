//! `notice show`: the text of a notice, and who signed it. The node records the access before it shows anything.

use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::notice::sheet::sheet;
use crate::cli::words;
use crate::domain::draft;
use crate::wire;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    /// Reference, short reference as in 123-3, or digest
    #[arg(value_name = "REF")]
    reference: String,
    /// Why, in one line, with the case reference if there is one; it stands in the log
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    why: String,
    /// For paper: with reader, time and digest; needs --why
    #[arg(long, requires = "why")]
    print: bool,
}

pub(super) fn run(args: Args, global: &Global) -> Result<(), Failure> {
    let print = args.print;
    let request = wire::OpenNoticeRequest { notice: args.reference, why: args.why, print };
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
    if wire_header.handling.contains(&i32::from(wire::Handling::H1)) {
        out.text(words.get("sheet-not-for-court"))?;
    }
    if print {
        let time = words::moment(opened.read_ms);
        let digest = hex::encode(&summary.digest);
        let said = [("officer", opened.reader), ("time", time), ("digest", digest)];
        out.text(words.say("sheet-printed", &said))?;
    }
    out.text(sheet(&words, &header, &body, &opened.signed_by, &opened.key_id))?;
    out.note(words.get("sheet-recorded"));
    Ok(())
}
