//! `search`: notices by words of their texts. The node records every hit before it shows it.

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::output::table;
use crate::cli::standing;
use crate::cli::words;
use crate::i18n::Words;
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::Matched;
use crate::wire::NoticeKind;
use crate::wire::NoticeState;
use crate::wire::Urgency;
use crate::wire::json::Word as _;

/// The keys of what stands above the columns.
const HEADER: [&str; 6] =
    ["column-time", "column-reference", "column-kind", "column-from", "column-state", "column-found"];

#[derive(clap::Args)]
pub(super) struct Args {
    /// Words, names in any script, plates, other numbers, references; a notice must have all of them
    #[arg(value_name = "WORDS", required = true)]
    text: Vec<String>,
    /// Why, in one line, with the case reference if there is one; it stands in the log
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Only of these kinds, as in vehicle-alert
    #[arg(long, value_name = "KIND,…", value_delimiter = ',', value_parser = standing::kind_of)]
    kind: Vec<NoticeKind>,
    /// Only in these states, as in new,taken
    #[arg(long, value_name = "STATE,…", value_delimiter = ',', value_parser = standing::state_of)]
    state: Vec<NoticeState>,
    /// Only from or to these offices
    #[arg(long, value_name = "OFFICE,…", value_delimiter = ',')]
    office: Vec<OfficeCode>,
    /// Received or issued at this time or later, such as 2026-11-24T00:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Before this time
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// Exercises and tests, which are not found otherwise
    #[arg(long)]
    exercise: bool,
}

pub(super) fn run(args: Args, global: &Global) -> Result<(), Failure> {
    let ms = |time: Option<Timestamp>| time.map(Timestamp::ms).unwrap_or_default();
    let request = wire::SearchNoticesRequest {
        text: args.text.join(" "),
        kinds: args.kind.iter().map(|kind| (*kind).into()).collect(),
        offices: args.office.iter().map(ToString::to_string).collect(),
        since_ms: ms(args.since),
        before_ms: ms(args.until),
        exercise: args.exercise,
        why: args.why,
        states: args.state.iter().map(|state| (*state).into()).collect(),
        ..wire::SearchNoticesRequest::default()
    };
    let answer = client::ask(global, async |mut client| Ok(client.desk.search_notices(request).await?.into_inner()))?;
    let (out, words) = (global.output(), global.words());
    if out.json {
        return answer.hits.iter().try_for_each(|hit| out.object(&object(hit)));
    }
    if answer.hits.is_empty() {
        out.note(words.get("list-none-fits"));
        return Ok(());
    }
    let rows = answer.hits.iter().map(|hit| row(hit, &words)).collect();
    out.text(table(HEADER.map(|key| words.get(key)).each_ref().map(String::as_str), rows))?;
    let counts = [("shown", answer.hits.len().to_string()), ("total", answer.total.to_string())];
    out.note(words.say("search-recorded", &counts));
    Ok(())
}

fn object(hit: &wire::SearchHit) -> Value {
    let notice = hit.notice.clone().unwrap_or_default();
    let header = notice.header.clone().unwrap_or_default();
    let state = |side: &wire::Side| side.state().word().to_ascii_lowercase();
    let mut object = json!({
        "reference": header.reference,
        "digest": words::digest(&notice.digest),
        "kind": words::word::<NoticeKind>(header.kind),
        "urgency": words::word::<Urgency>(header.urgency),
        "from": header.from.unwrap_or_default().office,
        "time": words::time(notice.time_ms),
        "sides": standing::sides(&notice).iter()
            .map(|side| json!({"office": side.office, "state": state(side), "overdue": side.overdue}))
            .collect::<Vec<_>>(),
        "found_as": hit.matched().map(|sort| sort.word().to_ascii_lowercase()).collect::<Vec<_>>(),
    });
    standing::add(&mut object, &notice);
    object
}

fn row(hit: &wire::SearchHit, words: &Words) -> [String; 6] {
    let notice = hit.notice.clone().unwrap_or_default();
    let header = notice.header.clone().unwrap_or_default();
    let mut states: Vec<_> =
        standing::sides(&notice).iter().map(|side| standing::state(&notice, side, words)).collect();
    states.dedup();
    let matched: Vec<_> = hit.matched.iter().map(|sort| words.label::<Matched>(*sort)).collect();
    [
        words::moment(notice.time_ms),
        header.reference,
        words.label::<NoticeKind>(header.kind),
        header.from.unwrap_or_default().office,
        states.join("; "),
        matched.join(", "),
    ]
}
