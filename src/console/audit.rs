//! Audit: who read what, who exported, who released alone, what was agreed. Answered from entries and headers.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use prost::Message as _;

use crate::console::form;
use crate::console::form::Fields;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::office::call::Call;
use crate::wire;
use crate::wire::AuditView;
use crate::wire::NoticeKind;

/// Rows after which a page ends.
const ROWS: usize = 100;
/// Most reads of the log for a page.
const READS: u32 = 16;

/// The views, each with its word and its key.
const VIEWS: [(AuditView, &str, &str); 8] = [
    (AuditView::Reads, "reads", "console-audit-reads"),
    (AuditView::SamePerson, "same-person", "console-audit-same-person"),
    (AuditView::Emergency, "emergency", "console-audit-emergency"),
    (AuditView::Exports, "exports", "console-audit-exports"),
    (AuditView::Readings, "readings", "console-audit-readings"),
    (AuditView::Lists, "lists", "console-audit-lists"),
    (AuditView::Officers, "officers", "console-audit-officers"),
    (AuditView::Agreements, "agreements", "console-audit-agreements"),
];

#[derive(Template)]
#[template(path = "audit.html")]
struct Page {
    shell: Shell,
    views: Vec<(String, &'static str, bool)>,
    view: &'static str,
    /// Whether the view may be of one notice.
    of_notices: bool,
    /// As they were typed.
    fields: Fields,
    rows: Vec<Row>,
    /// That nothing was found in the entries that were looked through; empty if there are rows, or no more entries.
    looked: String,
    /// Address of the next page; empty for none.
    next: String,
    refused: Option<(String, String)>,
}

struct Row {
    index: u64,
    time: String,
    actor: String,
    what: String,
    reference: String,
    kind: String,
    author: String,
    releaser: String,
    why: String,
}

/// Address of a view, with what was typed.
fn address(fields: &Fields, view: &str, start: u64) -> String {
    let start = if start == 0 { String::new() } else { start.to_string() };
    let [notice, since, until] = ["notice", "since", "until"].map(|name| (name, fields.get(name)));
    form::address("/audit", &[("view", view), notice, since, until, ("start", &start)])
}

pub(super) async fn page(officer: Officer, Query(query): Query<Vec<(String, String)>>) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Audit) {
        return denied;
    }
    let fields = Fields(query);
    let asked = fields.get("view");
    let found = VIEWS.iter().find(|(_, word, _)| *word == asked);
    let (view, word) = found.map_or((AuditView::Reads, "reads"), |(view, word, _)| (*view, *word));
    let shell = Shell::for_officer(&officer, "console-audit");
    let read = match shell.times(&fields) {
        Ok(times) => {
            read(&officer, view, &fields, times).await.map_err(|refusal| shell::refusal(&shell.words, &refusal))
        }
        Err(refused) => Err(refused),
    };
    let (rows, next, refused) = match read {
        Ok((rows, next)) => (rows, next, None),
        Err(refused) => (vec![], 0, Some(refused)),
    };
    // Who read one notice is found without a look at the entries between.
    let is_of_one = !fields.get("notice").trim().is_empty();
    let looked = match (rows.is_empty() && !is_of_one, next) {
        (true, 1..) => {
            let names = [("from", start(&fields).to_string()), ("through", next.saturating_sub(1).to_string())];
            shell.words.say("console-looked-later", &names)
        }
        _ => String::new(),
    };
    let page = Page {
        looked,
        views: VIEWS.iter().map(|(_, one, key)| (address(&fields, one, 0), *key, *one == word)).collect(),
        view: word,
        of_notices: matches!(view, AuditView::Reads | AuditView::Exports),
        rows: rows.iter().map(|row| Row::of(&shell, row)).collect(),
        next: if next == 0 { String::new() } else { address(&fields, word, next) },
        shell,
        fields,
        refused,
    };
    made(&page)
}

/// The entry from which on a page looks.
fn start(fields: &Fields) -> u64 {
    fields.get("start").parse().unwrap_or_default()
}

/// Rows of a view, and where to go on; 0 at the end.
async fn read(
    officer: &Officer,
    view: AuditView,
    fields: &Fields,
    (since_ms, before_ms): (i64, i64),
) -> Result<(Vec<wire::AuditRow>, u64), tonic::Status> {
    let notice = fields.get("notice").trim().to_owned();
    let (mut rows, mut start) = (vec![], start(fields));
    for _ in 0..READS {
        let request = wire::AuditRequest { view: view.into(), notice: notice.clone(), since_ms, before_ms, start };
        let page = officer.visitor.desk.api.audit(officer.call(request)).await?.into_inner();
        rows.extend(page.rows);
        start = if page.next_start > start { page.next_start } else { 0 };
        if start == 0 || rows.len() >= ROWS {
            break;
        }
    }
    Ok((rows, start))
}

impl Row {
    fn of(shell: &Shell, row: &wire::AuditRow) -> Self {
        let entry = wire::Entry::decode(row.entry.as_slice()).unwrap_or_default();
        Self {
            index: row.index,
            time: shell.when.moment(entry.time_ms),
            what: shell.words.entry_done(&entry),
            reference: row.reference.clone(),
            kind: shell.words.label::<NoticeKind>(row.kind),
            author: row.author.clone(),
            releaser: row.releaser.clone(),
            why: entry.why().to_owned(),
            actor: entry.actor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_was_typed() {
        let typed = [("notice", "123-3"), ("since", "1.11.2026"), ("until", ""), ("other", "x")];
        let fields = Fields(typed.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
        assert_eq!(address(&fields, "reads", 0), "/audit?view=reads&notice=123-3&since=1.11.2026");
        assert_eq!(address(&Fields::default(), "lists", 9), "/audit?view=lists&start=9");
    }
}
