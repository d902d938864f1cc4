//! Keys with their ends: those of this office, the pinned ones of countries, and below them the enrolments of officers.

use askama::Template;
use axum::response::Response;

use crate::console::calendar::Calendar;
use crate::console::calendar::MARKS;
use crate::console::calendar::Span;
use crate::console::mark::Mark;
use crate::console::mark::capital;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::time::DAY_MS;
use crate::wire;
use crate::wire::KeySummary;
use crate::wire::KeyUse;

/// Characters of a key id in the picture: those that `country show` takes.
const KEY_CHARS: usize = 8;

#[derive(Template)]
#[template(path = "keys.html")]
struct Page {
    shell: Shell,
    calendar: Calendar,
    keys: Vec<Row>,
    officers: Vec<Row>,
}

struct Row {
    what: String,
    owner: String,
    id: String,
    from: String,
    until: String,
    state: Mark,
}

pub(super) async fn page(officer: Officer) -> Response {
    let api = &officer.visitor.desk.api;
    let keys = match api.list_keys(officer.call(wire::ListKeysRequest {})).await {
        Ok(keys) => keys.into_inner().keys,
        Err(refusal) => return shell::refused(&officer, &refusal),
    };
    let officers = match api.list_officers(officer.call(wire::ListOfficersRequest {})).await {
        Ok(listed) => listed.into_inner().officers,
        Err(refusal) => return shell::refused(&officer, &refusal),
    };
    let enrolments: Vec<wire::Enrolment> =
        officers.into_iter().filter_map(|one| one.enrolment).filter(|one| !one.roles.is_empty()).collect();
    let shell = Shell::for_officer(&officer, "console-keys-page");
    let spans = keys.iter().map(|key| span(&shell, key)).chain(enrolments.iter().map(|one| Span {
        label: one.id.clone(),
        from_ms: 0,
        until_ms: Some(one.until_ms),
    }));
    let page = Page {
        calendar: Calendar::of(&shell.when, spans.collect()),
        keys: keys.iter().map(|key| Row::of(&shell, key)).collect(),
        officers: enrolments.iter().map(|one| Row::of_officer(&shell, one)).collect(),
        shell,
    };
    made(&page)
}

/// When a key counts; one that is in wrong hands does not from then on.
fn span(shell: &Shell, key: &KeySummary) -> Span {
    let id = if is_of_country(key) { String::new() } else { key.id.chars().take(KEY_CHARS).collect() };
    let label = [label(shell, key), key.owner.clone(), id].join(" ");
    let until = [key.until_ms, key.compromised_ms].into_iter().filter(|ms| *ms != 0).min();
    Span { label: label.trim_end().to_owned(), from_ms: key.from_ms, until_ms: until }
}

fn is_of_country(key: &KeySummary) -> bool {
    matches!(key.r#use(), KeyUse::Country | KeyUse::NextCountry)
}

fn label(shell: &Shell, key: &KeySummary) -> String {
    shell.words.label::<KeyUse>(key.r#use)
}

impl Row {
    fn of(shell: &Shell, key: &KeySummary) -> Self {
        let or = |ms: i64, none: &str| if ms == 0 { shell.get(none) } else { shell.when.day(ms) };
        Self {
            what: capital(&label(shell, key)),
            owner: key.owner.clone(),
            id: key.id.clone(),
            from: or(key.from_ms, "console-of-key-from-unsaid"),
            until: or(key.until_ms, "console-of-key-open"),
            state: state(shell, key),
        }
    }

    fn of_officer(shell: &Shell, enrolment: &wire::Enrolment) -> Self {
        Self {
            what: shell.words.roles(enrolment),
            owner: enrolment.id.clone(),
            id: String::new(),
            from: String::new(),
            until: shell.when.day(enrolment.until_ms.saturating_sub(1)),
            state: ending(shell, enrolment.until_ms),
        }
    }
}

fn state(shell: &Shell, key: &KeySummary) -> Mark {
    let bad = |text: String| Mark { class: "bad", icon: "triangle-alert", text };
    if key.compromised_ms != 0 {
        return bad(shell.with("console-of-key-compromised", "day", &shell.when.day(key.compromised_ms)));
    }
    if is_of_country(key) {
        return match (key.listed, key.r#use()) {
            (false, _) => Mark { class: "wait", icon: "hourglass", text: shell.get("roster-none-yet") },
            (true, KeyUse::NextCountry) => Mark { class: "", icon: "clock", text: shell.get("console-of-key-next") },
            (true, _) => Mark { class: "ok", icon: "check", text: shell.get("console-of-key-in-use") },
        };
    }
    match (key.listed, key.held, key.until_ms) {
        (false, ..) => Mark { class: "wait", icon: "hourglass", text: shell.get("console-of-key-unlisted") },
        (true, true, 0) => Mark { class: "ok", icon: "check", text: shell.get("console-of-key-in-use") },
        // It counts for everybody else, and nobody here has it.
        (true, false, 0) => bad(shell.get("console-of-key-not-here")),
        (true, _, until) => ending(shell, until),
    }
}

/// How near an end is.
fn ending(shell: &Shell, until_ms: i64) -> Mark {
    let left = until_ms.saturating_sub(shell.when.now().ms());
    let within = |days: i64| left <= days * DAY_MS;
    let text = || shell.when.left(until_ms, &shell.words);
    let [begin, be_done] = MARKS;
    match left {
        ..=0 => Mark { class: "bad", icon: "x", text: shell.get("console-of-key-ended") },
        _ if within(be_done) => Mark { class: "bad", icon: "triangle-alert", text: text() },
        _ if within(begin) => Mark { class: "wait", icon: "hourglass", text: text() },
        _ => Mark { class: "ok", icon: "check", text: text() },
    }
}
