//! Help: a few steps for each task, what the places are for, the keys, and what this software does not prevent. A card of the
//! tasks of a role, to print. And all places, for small screens.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;

use crate::console::form;
use crate::console::form::Fields;
use crate::console::mark;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::i18n::Words;
use crate::office::call::Call;
use crate::wire::Role;
use crate::wire::json::Word as _;

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

/// Whose cards there are.
const ROLES: [Role; 5] =
    [Role::Officer, Role::ReleasingOfficer, Role::Administrator, Role::Auditor, Role::DataProtectionOfficer];

/// Name and steps.
type Task = (&'static str, Vec<String>);

#[derive(Template)]
#[template(path = "help.html")]
struct Help {
    shell: Shell,
    /// Those of the officer's roles.
    tasks: Vec<Task>,
}

#[derive(Template)]
#[template(path = "pocket.html")]
struct Card {
    shell: Shell,
    /// Cards of other roles: address, name, whether it is this one.
    roles: Vec<(String, String, bool)>,
    role: String,
    tasks: Vec<Task>,
    /// Whether the role reads and writes notices.
    has_keys: bool,
}

#[derive(Template)]
#[template(path = "more.html")]
struct More {
    shell: Shell,
}

/// The tasks that need one of these roles.
fn tasks(words: &Words, is: impl Fn(&[Role]) -> bool) -> Vec<Task> {
    let steps = |steps: &str| words.get(steps).lines().map(str::to_owned).collect();
    let of_role = TASKS.into_iter().filter(|(call, ..)| is(call.roles()));
    of_role.map(|(_, name, said)| (name, steps(said))).collect()
}

pub(super) async fn page(officer: Officer) -> Response {
    let tasks = tasks(officer.words(), |roles| officer.is(roles));
    made(&Help { shell: Shell::for_officer(&officer, "console-help"), tasks })
}

/// A card of one role; of the reader's, if none is named.
pub(super) async fn card(officer: Officer, Query(query): Query<Vec<(String, String)>>) -> Response {
    let named = Role::from_word(Fields(query).get("role")).filter(|role| ROLES.contains(role));
    let own = || ROLES.into_iter().find(|role| officer.is(&[*role]));
    let role = named.or_else(own).unwrap_or(Role::Officer);
    let shell = Shell::for_officer(&officer, "console-card");
    let name = |role: Role| mark::capital(&shell.words.label::<Role>(role.into()));
    let link = |one: Role| (form::address("/help/card", &[("role", one.word())]), name(one), one == role);
    made(&Card {
        roles: ROLES.into_iter().map(link).collect(),
        role: name(role),
        tasks: tasks(&shell.words, |roles| roles.contains(&role)),
        has_keys: Call::Handle.roles().contains(&role),
        shell,
    })
}

/// All places of the officer.
pub(super) async fn more(officer: Officer) -> Response {
    made(&More { shell: Shell::for_officer(&officer, "console-more") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn each_task_is_told_in_few_words() {
        for language in Language::all() {
            let told = tasks(&Words::of_pages(language), |_| true);
            assert_eq!(told.len(), TASKS.len());
            for (name, steps) in told {
                let words = steps.iter().map(|step| step.split_whitespace().count()).sum::<usize>();
                assert!((20..=200).contains(&words), "{name} has {words} words");
            }
        }
    }
}
