//! `search`: notices by words of their texts. The node records every hit before it shows it.

use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::output::table;
use crate::cli::words;
use crate::domain::kinds;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::Matched;
use crate::wire::NoticeKind;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Words, names in any script, plates, other numbers, references; a notice must have all of them
    #[arg(value_name = "WORDS", required = true)]
    text: Vec<String>,
    /// Why, in one line, with the case reference if there is one; it stands in the log
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Only this kind, as in seizure-report; may be given several times
    #[arg(long = "kind", value_name = "KIND", value_parser = kind)]
    kinds: Vec<NoticeKind>,
    /// Only from or to this office; may be given several times
    #[arg(long = "office", value_name = "OFFICE")]
    offices: Vec<String>,
    /// Received or sent at this time or later, such as 2026-11-24T00:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Before this time
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// Exercises and tests, instead of real traffic
    #[arg(long)]
    exercise: bool,
}

pub(super) fn run(args: Args, global: &Global) -> Result<(), Failure> {
    let ms = |time: Option<Timestamp>| time.map(Timestamp::ms).unwrap_or_default();
    let request = wire::SearchNoticesRequest {
        text: args.text.join(" "),
        kinds: args.kinds.iter().map(|kind| (*kind).into()).collect(),
        offices: args.offices,
        since_ms: ms(args.since),
        before_ms: ms(args.until),
        exercise: args.exercise,
        why: args.why,
        ..wire::SearchNoticesRequest::default()
    };
    let answer = client::ask(global, async |mut client| Ok(client.desk.search_notices(request).await?.into_inner()))?;
    let out = global.output();
    if out.json {
        return answer.hits.iter().try_for_each(|hit| {
            let summary = hit.notice.clone().unwrap_or_default();
            let header = summary.header.unwrap_or_default();
            out.object(&json!({
                "reference": header.reference,
                "digest": words::digest(&summary.digest),
                "kind": words::word::<NoticeKind>(header.kind),
                "from": header.from.unwrap_or_default().office,
                "time": words::time(summary.time_ms),
                "matched": hit.matched.iter().map(|sort| words::word::<Matched>(*sort)).collect::<Vec<_>>(),
            }))
        });
    }
    let rows = answer.hits.iter().map(|hit| {
        let summary = hit.notice.clone().unwrap_or_default();
        let header = summary.header.unwrap_or_default();
        let matched: Vec<_> = hit.matched.iter().map(|sort| words::words::<Matched>(*sort)).collect();
        [
            words::moment(summary.time_ms),
            header.reference,
            words::words::<NoticeKind>(header.kind),
            header.from.unwrap_or_default().office,
            matched.join(", "),
        ]
    });
    if !answer.hits.is_empty() {
        out.text(table(["time (UTC)", "reference", "kind", "from", "found as"], rows.collect()))?;
    }
    out.note(format_args!("{} of {} shown; each was recorded in the log.", answer.hits.len(), answer.total));
    Ok(())
}

fn kind(word: &str) -> Result<NoticeKind, &'static str> {
    kinds::from_word(word).ok_or("chapar notice template, without a kind, lists the kinds")
}
