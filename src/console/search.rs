//! Search: words of texts, and why each notice was found. Headers alone; every hit is an access entry first.

use askama::Template;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::response::Response;

use crate::console::form::Fields;
use crate::console::mark;
use crate::console::mark::Mark;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::i18n::Words;
use crate::name::Reference;
use crate::office::call::Call;
use crate::wire;
use crate::wire::Matched;
use crate::wire::NoticeKind;
use crate::wire::NoticeState;
use crate::wire::json::Word as _;

#[derive(Template)]
#[template(path = "search.html")]
struct Page {
    shell: Shell,
    /// As they were typed.
    fields: Fields,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    offices: Vec<Choice>,
    refused: Option<(String, String)>,
    found: Option<Found>,
}

/// One of several values.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// What was found.
struct Found {
    lines: Vec<Line>,
    /// How many of how many.
    said: String,
    /// What is wrong with a reference that nothing has.
    mistyped: Option<(String, String)>,
}

struct Line {
    reference: String,
    urgency: Mark,
    exercise: String,
    kind: String,
    from: String,
    to: String,
    time: String,
    states: Vec<Mark>,
    matched: String,
}

pub(super) async fn page(officer: Officer) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Search) {
        return denied;
    }
    made(&Page::of(&officer, Fields::default()))
}

/// Searches: every hit is written down before it is shown.
pub(super) async fn search(Posted { officer, fields }: Posted) -> Response {
    let page = Page::of(&officer, fields);
    let request = match asked(&page.shell, &page.fields) {
        Ok(request) => request,
        Err(refused) => return turned_away(Page { refused: Some(refused), ..page }),
    };
    match officer.visitor.desk.api.search_notices(officer.call(request)).await {
        Ok(answer) => {
            let found = Found::of(&page.shell, page.fields.get("text"), &answer.into_inner());
            made(&Page { found: Some(found), ..page })
        }
        Err(status) if status.code() == tonic::Code::PermissionDenied => shell::refused(&officer, &status),
        Err(status) => {
            let refused = Some(shell::refusal(officer.words(), &status));
            turned_away(Page { refused, ..page })
        }
    }
}

fn turned_away(page: Page) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, made(&page)).into_response()
}

fn asked(shell: &Shell, fields: &Fields) -> Result<wire::SearchNoticesRequest, (String, String)> {
    let kind = NoticeKind::from_word(fields.get("kind"));
    let state = NoticeState::from_word(fields.get("state"));
    let offices: Vec<String> = fields.all("office").filter(|office| !office.is_empty()).map(str::to_owned).collect();
    let (since_ms, before_ms) = shell.times(fields)?;
    Ok(wire::SearchNoticesRequest {
        text: fields.get("text").to_owned(),
        kinds: kind.map(Into::into).into_iter().collect(),
        states: state.map(Into::into).into_iter().collect(),
        offices,
        since_ms,
        before_ms,
        exercise: fields.has("exercise"),
        why: fields.get("why").to_owned(),
        ..wire::SearchNoticesRequest::default()
    })
}

impl Page {
    fn of(officer: &Officer, fields: Fields) -> Self {
        let shell = Shell::for_officer(officer, "console-search");
        let choices = |list: &str, field: &str| {
            let codes = Words::codes(list).into_iter();
            let choice = |code: &str| Choice {
                value: code.to_owned(),
                label: shell.get(&format!("{list}-{code}")),
                chosen: fields.get(field) == code,
            };
            codes.map(choice).collect()
        };
        let office = |code: String| Choice {
            label: [code.clone(), shell.name_of(&code)].join(" ").trim().to_owned(),
            chosen: fields.get("office") == code,
            value: code,
        };
        Self {
            kinds: choices("notice-kind", "kind"),
            states: choices("notice-state", "state"),
            offices: shell
                .rosters
                .offices()
                .map(|listed| listed.code.to_string())
                .filter(|code| *code != shell.office)
                .map(office)
                .collect(),
            shell,
            fields,
            refused: None,
            found: None,
        }
    }
}

impl Found {
    fn of(shell: &Shell, text: &str, answer: &wire::SearchNoticesResponse) -> Self {
        let counts = [("shown", answer.hits.len().to_string()), ("total", answer.total.to_string())];
        let key = if answer.hits.is_empty() { "list-none-fits" } else { "search-recorded" };
        let name = text.trim().to_ascii_uppercase();
        let mistyped = (answer.hits.is_empty() && Reference::is_mistyped(&name)).then(|| {
            let (key, names) = ("refused-notice-mistyped", [("reference", name)]);
            (shell.words.say(key, &names), shell.words.advice(key, &names).unwrap_or_default())
        });
        Self {
            lines: answer.hits.iter().map(|hit| Line::of(shell, hit)).collect(),
            said: shell.words.say(key, &counts),
            mistyped,
        }
    }
}

impl Line {
    fn of(shell: &Shell, hit: &wire::SearchHit) -> Self {
        let notice = hit.notice.clone().unwrap_or_default();
        let header = notice.header.clone().unwrap_or_default();
        let to: Vec<&str> = header.to.iter().map(|party| party.office.as_str()).collect();
        let matched: Vec<String> = hit.matched.iter().map(|sort| shell.words.label::<Matched>(*sort)).collect();
        Self {
            urgency: mark::urgency(shell, &header),
            exercise: mark::exercise(shell, &header),
            kind: shell.words.label::<NoticeKind>(header.kind),
            from: header.from.as_ref().map(|from| from.office.clone()).unwrap_or_default(),
            to: to.join(", "),
            time: shell.when.short(notice.time_ms),
            states: states(shell, &notice),
            matched: matched.join(", "),
            reference: header.reference.clone(),
        }
    }
}

/// Where it stands with its sides, each word once. Whether somebody has opened it, a hit says nothing of.
fn states(shell: &Shell, notice: &wire::NoticeSummary) -> Vec<Mark> {
    let standing = notice.standing.clone().unwrap_or_default();
    let mut states: Vec<Mark> = standing.sides.iter().map(|side| mark::status(shell, notice, side, true)).collect();
    states.sort_by(|one, other| one.text.cmp(&other.text));
    states.dedup_by(|one, other| one.text == other.text);
    states
}
