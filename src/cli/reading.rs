//! `reading`: an auditor asks to read one text under break-glass, a data-protection officer grants or refuses it.

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::output::titled;
use crate::cli::words;
use crate::i18n::Words;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::ReadingState;

/// The keys of what stands above the columns.
const HEADER: [&str; 8] = [
    "column-entry",
    "column-time",
    "column-officer",
    "column-notice",
    "column-kind",
    "column-state",
    "column-until",
    "column-why",
];

/// What is done about a reading.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// Ask to read the text of a notice; a data-protection officer decides within seven days
    Ask {
        /// Reference, short reference as in 123-3, or digest
        #[arg(value_name = "REF")]
        reference: String,
        /// Why, in one line, with the case reference if there is one; it stands in the log
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
    /// Grant a request: the auditor may open the text for 24 hours
    Grant {
        /// Entry of the request, as in the list
        #[arg(value_name = "ENTRY")]
        entry: u64,
    },
    /// List the requests that wait, count or were refused of late
    List,
    /// Refuse a request
    Refuse {
        /// Entry of the request, as in the list
        #[arg(value_name = "ENTRY")]
        entry: u64,
        /// Why, in one line; it stands in the log
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// Does it.
pub(super) fn run(verb: Verb, global: &Global) -> Result<(), Failure> {
    match verb {
        Verb::Ask { reference, why } => ask(reference, why, global),
        Verb::Grant { entry } => decide(entry, true, String::new(), global),
        Verb::List => list(global),
        Verb::Refuse { entry, reason } => decide(entry, false, reason, global),
    }
}

fn ask(notice: String, why: String, global: &Global) -> Result<(), Failure> {
    let request = wire::AskReadingRequest { notice, why };
    let answer = client::ask(global, async |mut client| Ok(client.desk.ask_reading(request).await?.into_inner()))?;
    let reading = answer.reading.unwrap_or_default();
    let (out, words) = (global.output(), global.words());
    if out.json {
        return out.object(&object(&reading));
    }
    let names = [("reference", of(&reading)), ("index", reading.index.to_string())];
    out.text(words.say("reading-asked", &names))?;
    let names = [("officers", answer.deciders.join(", ")), ("until", words::moment(reading.until_ms))];
    out.note(words.say("reading-asked-next", &names));
    Ok(())
}

fn decide(index: u64, grant: bool, reason: String, global: &Global) -> Result<(), Failure> {
    let request = wire::DecideReadingRequest { index, grant, reason };
    let answer = client::ask(global, async |mut client| Ok(client.desk.decide_reading(request).await?.into_inner()))?;
    let reading = answer.reading.unwrap_or_default();
    let (out, words) = (global.output(), global.words());
    if out.json {
        return out.object(&object(&reading));
    }
    let names =
        [("reference", of(&reading)), ("officer", reading.officer.clone()), ("until", words::moment(reading.until_ms))];
    out.text(words.say(if grant { "reading-granted" } else { "reading-refused" }, &names))
}

fn list(global: &Global) -> Result<(), Failure> {
    let list = client::ask(global, async |mut client| {
        Ok(client.desk.list_readings(wire::ListReadingsRequest {}).await?.into_inner())
    })?;
    let (out, words) = (global.output(), global.words());
    if out.json {
        return list.readings.iter().try_for_each(|reading| out.object(&object(reading)));
    }
    if list.readings.is_empty() {
        out.note(words.get("console-readings-none"));
        return Ok(());
    }
    out.text(titled(&words, HEADER, list.readings.iter().map(|reading| row(reading, &words)).collect()))
}

/// The reference of its notice.
fn of(reading: &wire::Reading) -> String {
    reading.notice.clone().unwrap_or_default().reference
}

fn object(reading: &wire::Reading) -> Value {
    json!({
        "entry": reading.index,
        "reference": of(reading),
        "kind": words::word::<NoticeKind>(reading.kind),
        "officer": reading.officer,
        "why": reading.why,
        "asked": words::time(reading.asked_ms),
        "state": words::word::<ReadingState>(reading.state),
        "until": words::time(reading.until_ms),
        "decided_by": words::text(&reading.decided_by),
        "decided": words::time(reading.decided_ms),
        "reason": words::text(&reading.reason),
    })
}

fn row(reading: &wire::Reading, words: &Words) -> [String; 8] {
    let why = [reading.why.as_str(), reading.reason.as_str()].into_iter().filter(|text| !text.is_empty());
    [
        reading.index.to_string(),
        words::moment(reading.asked_ms),
        reading.officer.clone(),
        of(reading),
        words.label::<NoticeKind>(reading.kind),
        words.label::<ReadingState>(reading.state),
        words::moment(reading.until_ms),
        why.collect::<Vec<_>>().join(" · "),
    ]
}
