//! `statistics`: counts for people outside the office, without a name, a number, a text or an exact time (P-22).

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::output::titled;
use crate::cli::words;
use crate::i18n::Words;
use crate::i18n::counts;
use crate::i18n::counts::amount;
use crate::wire;
use crate::wire::Folder;
use crate::wire::StatisticsBy;
use crate::wire::Unit;

/// The keys of what stands above the columns of counts.
const COUNTS: [&str; 5] = ["column-folder", "column-by", "column-value", "column-count", "column-amount"];
/// The same of times.
const TIMES: [&str; 6] =
    ["column-folder", "column-by", "column-urgency", "column-median", "column-overdue", "column-count"];

#[derive(clap::Args)]
pub(super) struct Args {
    /// The first month, as in 2026-01, UTC
    #[arg(long, value_name = "MONTH", default_value = "", hide_default_value = true)]
    from: String,
    /// The last month
    #[arg(long, value_name = "MONTH", default_value = "", hide_default_value = true)]
    through: String,
    /// For the office itself: small counts are not withheld
    #[arg(long)]
    inside: bool,
    /// As comma-separated values
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Why, in one line; it stands in the log
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    why: String,
}

pub(super) fn run(args: Args, global: &Global) -> Result<(), Failure> {
    let request = wire::GetStatisticsRequest {
        from_month: args.from,
        through_month: args.through,
        inside: args.inside,
        why: args.why,
    };
    let answer = client::ask(global, async |mut client| Ok(client.inspect.get_statistics(request).await?.into_inner()));
    let rows = answer?.rows;
    let (out, words) = (global.output(), global.words());
    if out.json {
        return rows.iter().try_for_each(|row| out.object(&object(row)));
    }
    if args.csv {
        return out.text(counts::csv(&rows));
    }
    if rows.is_empty() {
        out.note(words.get("list-none-fits"));
        return Ok(());
    }
    let (times, numbers): (Vec<_>, Vec<_>) = rows.iter().partition(|row| counts::is_time(row));
    let lines = numbers.into_iter().map(|row| line(row, &words)).collect();
    out.text(titled(&words, COUNTS, lines))?;
    if !times.is_empty() {
        let lines = times.into_iter().map(|row| time(row, &words)).collect();
        out.text(format_args!("\n{}", titled(&words, TIMES, lines)))?;
    }
    if rows.iter().any(|row| row.withheld) {
        out.note(words.get("statistics-withheld-note"));
    }
    Ok(())
}

fn object(row: &wire::StatisticsRow) -> Value {
    json!({
        "folder": words::word::<Folder>(row.folder),
        "by": words::word::<StatisticsBy>(row.by),
        "value": row.value,
        "count": counts::count(row),
        "amount": amount(row),
        "unit": words::word::<Unit>(row.unit),
        "withheld": row.withheld,
        "median_minutes": row.median_minutes,
        "overdue_percent": row.overdue_percent,
    })
}

fn line(row: &wire::StatisticsRow, words: &Words) -> [String; 5] {
    let count = if row.withheld { words.get("statistics-withheld") } else { row.count.to_string() };
    let amount = amount(row).map(|amount| format!("{amount} {}", words.label::<Unit>(row.unit)));
    [
        words.label::<Folder>(row.folder),
        words.label::<StatisticsBy>(row.by),
        words.counted(row),
        count,
        amount.unwrap_or_default(),
    ]
}

fn time(row: &wire::StatisticsRow, words: &Words) -> [String; 6] {
    let (median, overdue) = words.times(row);
    [
        words.label::<Folder>(row.folder),
        words.label::<StatisticsBy>(row.by),
        words.counted(row),
        median,
        overdue,
        counts::count(row).map(|count| count.to_string()).unwrap_or_default(),
    ]
}
