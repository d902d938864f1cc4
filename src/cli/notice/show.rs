//! `notice show`: the text of a notice as it now reads, who signed it, and what became of it. The node records the access
//! before it shows anything.

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::attachment;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::notice::related;
use crate::cli::notice::sheet::sheet;
use crate::cli::notice::sheet::text;
use crate::cli::standing;
use crate::cli::words;
use crate::domain::draft;
use crate::i18n::Words;
use crate::wire;
use crate::wire::ErasureReason;

/// Characters of the digest of a consent that people compare.
const CONSENT_CHARS: usize = 16;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    /// Reference, short reference as in 123-3, or digest
    #[arg(value_name = "REF")]
    reference: String,
    /// Show also the text as it was sent, if it was corrected or withdrawn
    #[arg(long)]
    original: bool,
    /// Why, in one line, with the case reference if there is one; it stands in the log
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    why: String,
    /// For paper: with reader, time and digest; needs --why
    #[arg(long, requires = "why")]
    print: bool,
}

pub(super) fn run(args: Args, global: &Global) -> Result<(), Failure> {
    let print = args.print;
    let request = wire::OpenNoticeRequest { notice: args.reference, why: args.why, print, original: args.original };
    let opened = client::ask(global, async |mut client| Ok(client.desk.open_notice(request).await?.into_inner()))?;
    let summary = opened.summary.clone().unwrap_or_default();
    let wire_header = summary.header.clone().unwrap_or_default();
    let (header, mut body) = draft::render(&wire_header, opened.body.as_ref()).map_err(Failure::internal)?;
    let original = match &opened.original {
        Some(original) => draft::render(&wire_header, Some(original)).map_err(Failure::internal)?.1,
        None => Value::Null,
    };
    let mut forwarded = match &opened.forwarded {
        Some(one) => {
            let header = one.header.clone().unwrap_or_default();
            Some((one, draft::render(&header, one.body.as_ref()).map_err(Failure::internal)?))
        }
        None => None,
    };
    let out = global.output();
    if out.json {
        let mut object = json!({
            "reference": wire_header.reference,
            "digest": hex::encode(&summary.digest),
            "header": header,
            "body": body,
            "erasure": opened.erasure.as_ref().map(erasure),
            "original": original,
            "verified": {"office": opened.signed_by, "key": opened.key_id},
            "sides": related::sides(&summary),
            "amendments": related::amendments(&opened.amendments),
            "related": related::objects(&opened.related),
            "negotiation": related::negotiation(opened.negotiation.as_ref()),
            "consents": related::consents(&opened.consents),
            "attachments": attachment::here_objects(&opened.attachments),
            "not_for_court_use": opened.not_for_court,
            "forwarded": forwarded.as_ref().map(|(one, (header, body))| json!({
                "digest": hex::encode(&one.digest),
                "header": header,
                "body": body,
                "verified": !one.key_id.is_empty(),
                "key": one.key_id,
                "corrections": one.corrections,
                "consent": hex::encode(&one.consent),
            })),
        });
        standing::add(&mut object, &summary);
        return out.object(&object);
    }
    let words = global.words();
    attachment::for_people(&mut body, &opened.attachments, &words);
    // A correction may tighten the markings of the text; programs see them with the correction.
    let mut marked = wire_header.clone();
    if let Some(last) = opened.amendments.last() {
        (marked.tlp, marked.handling) = (last.tlp, last.handling.clone());
    }
    let (header, _) = draft::render(&marked, opened.body.as_ref()).map_err(Failure::internal)?;
    let mut shown = related::marks(&opened, &words);
    let mut main = vec![];
    if opened.not_for_court {
        main.push(words.get("sheet-not-for-court"));
    }
    if print {
        let time = words::moment(opened.read_ms);
        let said = [("officer", opened.reader.clone()), ("time", time), ("digest", hex::encode(&summary.digest))];
        main.push(words.say("sheet-printed", &said));
    }
    main.push(sheet(&words, &header, &body, &opened.signed_by, &opened.key_id));
    shown.push(main.join("\n"));
    if let Some((one, (header, body))) = &mut forwarded {
        attachment::for_people(body, &opened.attachments, &words);
        shown.push(passed_on(&words, one, header, body));
    }
    if let Some(erasure) = &opened.erasure {
        shown.push(gone(&words, erasure));
    }
    if !original.is_null() {
        shown.push(format!("{}{}", words.get("sheet-original"), text(&words, &original)));
    }
    shown.extend(related::below(&opened, &words));
    out.text(shown.join("\n\n"))?;
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

/// The notice that is passed on, with a sheet of its own: whose word it is, and whether that office signed it.
fn passed_on(words: &Words, one: &wire::Forwarded, header: &Value, body: &Value) -> String {
    let from = one.header.clone().unwrap_or_default().from.unwrap_or_default().office;
    let consent = hex::encode(&one.consent).get(..CONSENT_CHARS).unwrap_or_default().to_owned();
    let mut marks = vec![words.say("sheet-forwarded", &[("office", from.clone()), ("consent", consent)])];
    if one.key_id.is_empty() {
        marks.push(words.say("sheet-forwarded-unsigned", &[("office", from.clone())]));
    }
    if !one.corrections.is_empty() {
        marks.push(words.say("sheet-forwarded-corrected", &[("references", one.corrections.join(", "))]));
    }
    marks.push(sheet(words, header, body, &from, &one.key_id));
    marks.join("\n")
}

/// Why there is no text.
fn gone(words: &Words, erasure: &wire::Erasure) -> String {
    let key = if erasure.complete { "sheet-gone" } else { "sheet-gone-incomplete" };
    let reason = words.label::<ErasureReason>(erasure.reason);
    [words.get(key), reason, words::moment(erasure.time_ms)].join(" ").trim_end().to_owned()
}
