//! Statistics: counts without a name, a number, a text or an exact time (P-22), as tables with bars and as a file.

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::response::Response;

use crate::console::form;
use crate::console::form::Fields;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::edge::people;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::i18n::counts;
use crate::office::call::Call;
use crate::wire;
use crate::wire::Folder;
use crate::wire::StatisticsBy;
use crate::wire::Unit;

#[derive(Template)]
#[template(path = "stats.html")]
struct Page {
    shell: Shell,
    fields: Fields,
    tables: Vec<Table>,
    times: Vec<Times>,
    withheld: bool,
    /// Address of the file.
    file: String,
    refused: Option<(String, String)>,
}

/// The counts of a folder by one thing.
struct Table {
    title: String,
    /// Whether something of it has an amount.
    amounts: bool,
    rows: Vec<Row>,
}

struct Row {
    value: String,
    count: String,
    amount: String,
    /// Length of the bar, in hundredths of the longest.
    percent: u64,
}

/// How long one step took in a folder.
struct Times {
    title: String,
    rows: Vec<Time>,
}

struct Time {
    urgency: String,
    median: String,
    overdue: String,
    /// Length of the bar: how many of a hundred were late.
    percent: u32,
    /// Of how many; empty for readers outside.
    count: String,
}

async fn counted(officer: &Officer, fields: &Fields, inside: bool) -> Result<Vec<wire::StatisticsRow>, tonic::Status> {
    let month = |name: &str| month(fields.get(name).trim());
    let request = wire::GetStatisticsRequest {
        from_month: month("from"),
        through_month: month("through"),
        inside,
        why: String::new(),
    };
    Ok(officer.visitor.desk.api.get_statistics(officer.call(request)).await?.into_inner().rows)
}

/// A month as the node knows it, `2026-11`, from how people type it: `11.2026`, `11/2026`, and as the node does.
fn month(typed: &str) -> String {
    match typed.split_once(['.', '/']) {
        Some((month, year)) if (1..=2).contains(&month.len()) => format!("{year}-{month:0>2}"),
        _ => typed.to_owned(),
    }
}

/// The counts; that they were made is an entry.
pub(super) async fn page(officer: Officer, Query(query): Query<Vec<(String, String)>>) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Statistics) {
        return denied;
    }
    let fields = Fields(query);
    let (rows, refused) = match counted(&officer, &fields, fields.has("inside")).await {
        Ok(rows) => (rows, None),
        Err(refusal) => (vec![], Some(shell::refusal(officer.words(), &refusal))),
    };
    let shell = Shell::for_officer(&officer, "console-stats");
    let months = ["from", "through"].map(|name| (name, fields.get(name)));
    let (of_time, counted): (Vec<_>, Vec<_>) = rows.iter().cloned().partition(counts::is_time);
    let page = Page {
        tables: tables(&shell, &counted),
        times: times(&shell, &of_time),
        withheld: rows.iter().any(|row| row.withheld),
        file: form::address("/stats.csv", &months),
        shell,
        fields,
        refused,
    };
    made(&page)
}

/// The same for people outside, as a file.
pub(super) async fn csv(officer: Officer, Query(query): Query<Vec<(String, String)>>) -> Response {
    match counted(&officer, &Fields(query), false).await {
        Ok(rows) => {
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"chapar-statistics.csv\""),
            ];
            (StatusCode::OK, headers, counts::csv(&rows) + "\n").into_response()
        }
        Err(refusal) => shell::refused(&officer, &refusal),
    }
}

/// Rows of one folder and sort stand together.
fn tables(shell: &Shell, rows: &[wire::StatisticsRow]) -> Vec<Table> {
    let words = &shell.words;
    let table = |rows: &[wire::StatisticsRow]| {
        let most = rows.iter().map(|row| row.count).max().unwrap_or_default();
        let first = rows.first().cloned().unwrap_or_default();
        let by = words.label::<StatisticsBy>(first.by);
        Table {
            title: [words.label::<Folder>(first.folder), by].join(" · "),
            amounts: rows.iter().any(|row| row.unit() != Unit::Unspecified),
            rows: rows.iter().map(|row| Row::of(shell, row, most)).collect(),
        }
    };
    rows.chunk_by(|one, other| (one.folder, one.by) == (other.folder, other.by)).map(table).collect()
}

/// Rows of one folder and step stand together.
fn times(shell: &Shell, rows: &[wire::StatisticsRow]) -> Vec<Times> {
    let words = &shell.words;
    let time = |row: &wire::StatisticsRow| {
        let (median, overdue) = words.times(row);
        Time {
            urgency: words.counted(row),
            median,
            overdue,
            percent: row.overdue_percent.unwrap_or_default(),
            count: counts::count(row).map(|count| count.to_string()).unwrap_or_default(),
        }
    };
    let times = |rows: &[wire::StatisticsRow]| {
        let first = rows.first().cloned().unwrap_or_default();
        let by = words.label::<StatisticsBy>(first.by);
        Times { title: [words.label::<Folder>(first.folder), by].join(" · "), rows: rows.iter().map(time).collect() }
    };
    rows.chunk_by(|one, other| (one.folder, one.by) == (other.folder, other.by)).map(times).collect()
}

impl Row {
    fn of(shell: &Shell, row: &wire::StatisticsRow, most: u64) -> Self {
        let words = &shell.words;
        let amount = counts::amount(row).map(|_| {
            let number =
                people::thousandths(row.quantity_milli, &words.get("number-group"), &words.get("number-point"));
            format!("{number} {}", words.label::<Unit>(row.unit))
        });
        Self {
            value: words.counted(row),
            count: if row.withheld { words.get("statistics-withheld") } else { row.count.to_string() },
            amount: amount.unwrap_or_default(),
            percent: percent(row.count, most),
        }
    }
}

/// A count in hundredths of the longest.
fn percent(count: u64, most: u64) -> u64 {
    count.saturating_mul(100).checked_div(most).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_typed_as_days_are() {
        let typed = ["11.2026", "1/2026", "2026-11", "", "13.11.2026", "none"].map(month);
        assert_eq!(typed, ["2026-11", "2026-01", "2026-11", "", "11.2026-13", "none"]);
    }

    #[test]
    fn the_longest_bar_is_whole() {
        assert_eq!([percent(0, 0), percent(3, 3), percent(1, 3), percent(u64::MAX, 1)], [0, 100, 33, u64::MAX]);
    }
}
