//! The exercise of this office: which one is on. A releasing officer starts it, and ends it.

use askama::Template;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;

use crate::console::compose::offices;
use crate::console::form::Fields;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made_again;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::limits;
use crate::office::call::Call;
use crate::wire;

/// How long after now an exercise is planned to end, if nothing else is typed: a shift.
const PLANNED_MS: i64 = 8 * 60 * 60 * 1000;
/// Milliseconds of a minute: what is filled in is typed without seconds.
const MINUTE_MS: i64 = 60 * 1000;

/// An exercise that is on, as every page says it.
pub(super) struct Banner {
    pub(super) name: String,
    pub(super) since: String,
    /// When it was to end; empty while that lies ahead.
    pub(super) passed: String,
}

impl Banner {
    /// What the pages of an officer say.
    pub(super) fn of(shell: &Shell, officer: &Officer) -> Option<Self> {
        let on = officer.visitor.desk.api.hub.shared.exercise()?;
        let (until, now) = (on.exercise.until, shell.when.now());
        Some(Self {
            name: on.exercise.name.clone(),
            since: shell.when.moment(on.since.ms()),
            passed: if until <= now { shell.when.moment(until.ms()) } else { String::new() },
        })
    }
}

#[derive(Template)]
#[template(path = "exercise.html")]
struct Page {
    shell: Shell,
    on: Option<On>,
    /// Whether the officer starts and ends exercises.
    may: bool,
    name: String,
    name_chars: usize,
    offices: Vec<Tick>,
    day: String,
    time: String,
    zone: String,
    refused: Option<(String, String)>,
}

/// The exercise that is on.
struct On {
    index: u64,
    name: String,
    offices: Vec<(String, String)>,
    since: String,
    officer: String,
    until: String,
    is_over_time: bool,
}

/// An office that may take part.
struct Tick {
    code: String,
    name: String,
    is_chosen: bool,
}

pub(super) async fn page(officer: Officer) -> Response {
    shown(&officer, &Fields::default(), None).await
}

/// Starts one.
pub(super) async fn start(Posted { officer, fields }: Posted) -> Response {
    let shell = Shell::for_officer(&officer, "console-exercise-page");
    let until_ms = shell.when.typed(fields.get("until.day"), fields.get("until.time"));
    let Some(until_ms) = until_ms.or_else(|| shell::denied(&officer, Call::Exercise).map(|_| 0)) else {
        return shown(&officer, &fields, Some(shell::said(&shell.words, "console-exercise-no-end"))).await;
    };
    let name = fields.get("name").trim().to_owned();
    let exercise = wire::Exercise { name, offices: fields.all("office").map(str::to_owned).collect(), until_ms };
    let request = wire::StartExerciseRequest { exercise: Some(exercise) };
    match officer.visitor.desk.api.start_exercise(officer.call(request)).await {
        Ok(_) => Redirect::to("/exercise").into_response(),
        Err(status) => again(&officer, &fields, &status).await,
    }
}

/// Ends the one that was looked at.
pub(super) async fn end(Posted { officer, fields }: Posted) -> Response {
    let request = wire::EndExerciseRequest { index: fields.get("index").parse().unwrap_or_default() };
    match officer.visitor.desk.api.end_exercise(officer.call(request)).await {
        Ok(_) => Redirect::to("/exercise").into_response(),
        Err(status) => again(&officer, &fields, &status).await,
    }
}

async fn again(officer: &Officer, fields: &Fields, status: &tonic::Status) -> Response {
    if status.code() == tonic::Code::PermissionDenied {
        return shell::refused(officer, status);
    }
    shown(officer, fields, Some(shell::refusal(officer.words(), status))).await
}

async fn shown(officer: &Officer, fields: &Fields, refused: Option<(String, String)>) -> Response {
    let found = officer.visitor.desk.api.get_exercise(officer.call(wire::GetExerciseRequest {})).await;
    let on = match found {
        Ok(found) => found.into_inner().exercise,
        Err(status) => return shell::refused(officer, &status),
    };
    let shell = Shell::for_officer(officer, "console-exercise-page");
    let peers = match offices::peers(officer, &shell).await {
        Ok(peers) => peers,
        Err(status) => return shell::refused(officer, &status),
    };
    let chosen: Vec<&str> = fields.all("office").collect();
    let tick = |peer: offices::Peer| Tick {
        is_chosen: chosen.contains(&peer.code.as_str()),
        code: peer.code,
        name: peer.name,
    };
    let end_ms = shell.when.now().ms() + PLANNED_MS;
    let (day, time) = if fields.has("until.day") {
        (fields.get("until.day").to_owned(), fields.get("until.time").to_owned())
    } else {
        shell.when.to_type(end_ms - end_ms.rem_euclid(MINUTE_MS))
    };
    let page = Page {
        on: on.map(|on| On::of(&shell, on)),
        may: officer.is(Call::Exercise.roles()),
        name: fields.get("name").to_owned(),
        name_chars: limits::EXERCISE_NAME_CHARS,
        offices: peers.into_iter().filter(|peer| !peer.barred).map(tick).collect(),
        day,
        time,
        zone: shell.when.zone(),
        shell,
        refused,
    };
    made_again(&page, page.refused.is_some())
}

impl On {
    fn of(shell: &Shell, on: wire::ExerciseStatus) -> Self {
        let exercise = on.exercise.unwrap_or_default();
        let named = |code: String| (shell.name_of(&code), code);
        Self {
            index: on.index,
            name: exercise.name,
            offices: exercise.offices.into_iter().map(named).map(|(name, code)| (code, name)).collect(),
            since: shell.when.moment(on.since_ms),
            officer: on.officer,
            until: shell.when.moment(exercise.until_ms),
            is_over_time: on.is_over_time,
        }
    }
}
