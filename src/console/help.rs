//! Help: a few steps for each task, what the places are for, the keys, and what this software does not prevent. And all places,
//! for small screens.

use askama::Template;
use axum::response::Response;

use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::office::call::Call;

/// What people do, each with the call that it needs: its name and its steps, a line each, as keys.
const TASKS: [(Call, &str, &str); 12] = [
    (Call::Handle, "console-task-read", "console-task-read-steps"),
    (Call::Write, "console-task-send", "console-task-send-steps"),
    (Call::Release, "console-task-release", "console-task-release-steps"),
    (Call::Write, "console-task-amend", "console-task-amend-steps"),
    (Call::Search, "console-task-search", "console-task-search-steps"),
    (Call::Enrol, "console-task-leaver", "console-task-leaver-steps"),
    (Call::Audit, "console-task-audit", "console-task-audit-steps"),
    (Call::AskReading, "console-task-reading", "console-task-reading-steps"),
    (Call::DecideReading, "console-task-decide-reading", "console-task-decide-reading-steps"),
    (Call::Erase, "console-task-request", "console-task-request-steps"),
    (Call::Erase, "console-task-erase", "console-task-erase-steps"),
    (Call::Status, "console-task-trouble", "console-task-trouble-steps"),
];

#[derive(Template)]
#[template(path = "help.html")]
struct Help {
    shell: Shell,
    /// Those of the officer's roles: name and steps.
    tasks: Vec<(&'static str, Vec<String>)>,
}

#[derive(Template)]
#[template(path = "more.html")]
struct More {
    shell: Shell,
}

pub(super) async fn page(officer: Officer) -> Response {
    let tasks = TASKS.into_iter().filter(|(call, ..)| officer.is(call.roles()));
    let steps = |steps: &str| officer.words().get(steps).lines().map(str::to_owned).collect();
    let tasks = tasks.map(|(_, name, said)| (name, steps(said))).collect();
    made(&Help { shell: Shell::for_officer(&officer, "console-help"), tasks })
}

/// All places of the officer.
pub(super) async fn more(officer: Officer) -> Response {
    made(&More { shell: Shell::for_officer(&officer, "console-more") })
}
