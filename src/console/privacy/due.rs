//! Texts that are to be reviewed or end, one row each: headers, no text.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;

use crate::console::form;
use crate::console::form::Fields;
use crate::console::mark;
use crate::console::mark::Mark;
use crate::console::mark::capital;
use crate::console::privacy::review;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::office::call::Call;
use crate::time::DAY_MS;
use crate::wire;
use crate::wire::DueBy;
use crate::wire::NoticeKind;

/// The field that names the notice whose text was said to be needed a moment ago.
pub(super) const NEEDED: &str = "needed";
/// Rows of a page.
const ROWS: u32 = 50;
/// Lists, each with its word and its key.
const LISTS: [(DueBy, &str, &str); 2] = [(DueBy::Review, "review", "due-by-REVIEW"), (DueBy::End, "end", "due-by-END")];
/// How many days a list looks ahead.
const DAYS: [u32; 4] = [1, 7, 30, 90];

#[derive(Template)]
#[template(path = "due.html")]
struct Page {
    shell: Shell,
    /// Address, key, whether it is this one.
    lists: Vec<(String, &'static str, bool)>,
    /// Address, number of days, whether it is this one.
    days: Vec<(String, u32, bool)>,
    rows: Vec<Row>,
    next: String,
    /// What was recorded a moment ago; empty for nothing.
    said: String,
}

struct Row {
    reference: String,
    /// EXERCISE or TEST; empty for what is real.
    exercise: String,
    kind: String,
    from: String,
    personal: bool,
    review: Mark,
    ends: Mark,
    by_retention: bool,
}

/// The address of a list.
fn address(list: &str, days: u32, after: &str) -> String {
    form::address("/privacy/due", &[("by", list), ("days", &days.to_string()), ("after", after)])
}

pub(in crate::console) async fn page(officer: Officer, Query(query): Query<Vec<(String, String)>>) -> Response {
    let fields = Fields(query);
    let (by, list, _) = LISTS.into_iter().find(|(_, word, _)| *word == fields.get("by")).unwrap_or(LISTS[0]);
    let days = fields.get("days").parse().ok().filter(|days| DAYS.contains(days)).unwrap_or(7);
    let shell = Shell::for_officer(&officer, "console-due-page");
    let request = wire::ListDueRequest {
        by: by.into(),
        before_ms: shell.when.now().plus_ms(i64::from(days) * DAY_MS).ms(),
        page_size: ROWS,
        page_token: hex::decode(fields.get("after")).unwrap_or_default(),
    };
    let answer = match officer.visitor.desk.api.list_due(officer.call(request)).await {
        Ok(answer) => answer.into_inner(),
        Err(refusal) => return shell::refused(&officer, &refusal),
    };
    let said = review::recorded(&officer, &shell, fields.get(NEEDED)).await;
    let next = hex::encode(&answer.next_page_token);
    let page = Page {
        lists: LISTS.map(|(_, word, key)| (address(word, days, ""), key, word == list)).into(),
        days: DAYS.map(|one| (address(list, one, ""), one, one == days)).into(),
        rows: answer.rows.iter().map(|row| Row::of(&shell, row)).collect(),
        next: if next.is_empty() { next } else { address(list, days, &next) },
        shell,
        said,
    };
    made(&page)
}

/// Whether the officer may see the list.
pub(super) fn may_list(officer: &Officer) -> bool {
    officer.is(Call::Due.roles())
}

/// A time that has passed, or is still to come.
pub(super) fn mark(shell: &Shell, ms: i64, passed: &str) -> Mark {
    let said = shell.when.moment(ms);
    if ms > 0 && ms <= shell.when.now().ms() {
        Mark { class: "bad", icon: "triangle-alert", text: shell.with(passed, "time", &said) }
    } else {
        Mark { class: "", icon: "clock", text: said }
    }
}

impl Row {
    fn of(shell: &Shell, row: &wire::DueRow) -> Self {
        Self {
            reference: row.reference.clone(),
            exercise: mark::traffic(shell, row.traffic()),
            kind: capital(&shell.words.label::<NoticeKind>(row.kind)),
            from: row.from.clone(),
            personal: row.personal_data,
            review: mark(shell, row.review_ms, "console-due-overdue"),
            ends: mark(shell, row.ends_ms, "console-due-ended"),
            by_retention: row.by_retention,
        }
    }
}
