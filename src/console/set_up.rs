//! What is to be set up in a new office, task by task. How far each is follows from what the node knows anyway; nothing is
//! kept of the list but that it was closed.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;

use crate::console::mark::Mark;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::domain::picture;
use crate::domain::roster::Card;
use crate::domain::roster::OfficeState;
use crate::domain::roster::Rosters;
use crate::edge::hub::Hub;
use crate::i18n::Words;
use crate::name::Fingerprint;
use crate::name::OfficeCode;
use crate::office::call::Call;
use crate::office::officers::Officers;
use crate::time::Timestamp;
use crate::wire::Role;

#[derive(Template)]
#[template(path = "set_up.html")]
struct Page {
    shell: Shell,
    count: String,
    tasks: Vec<Task>,
    /// Whether the list has not been closed.
    is_open: bool,
}

/// A task of the list.
struct Task {
    name: String,
    state: Mark,
    is_to_do: bool,
    text: String,
    facts: Vec<(String, String)>,
    /// A fingerprint as it is read out, four letters or digits at a time.
    aloud: Vec<String>,
    /// Name of the file that is to be sent away; empty for none.
    file: String,
    /// The page where it is done, and what that is called; empty for none.
    place: (String, String),
    /// The office whose link is tested; empty for none.
    test: String,
}

/// How far the tasks are.
struct Progress {
    /// Whether the country keys are pinned, and the rosters that they signed list this office and another one.
    knows_offices: bool,
    /// Who writes, and who releases what another one wrote.
    writers: Vec<String>,
    releasers: Vec<String>,
    /// The office with which the link is tested.
    peer: Option<OfficeCode>,
    /// Whether it has had a session since the node started.
    is_linked: bool,
}

/// The task after which the last one can be done.
const COUNTRIES: usize = 3;

impl Progress {
    fn of(hub: &Hub) -> Self {
        let (me, rosters) = (hub.me.office, hub.shared.rosters());
        let is_linked = |peer: OfficeCode| hub.is_live(peer) || hub.note(peer).last_session.is_some();
        let peers = || peers(&rosters, hub);
        let peer = peers().find(|peer| is_linked(*peer)).or_else(|| peers().next());
        let (writers, releasers) = pair(&hub.shared.officers(), hub.node_time());
        Self {
            knows_offices: lists(&rosters, hub, me) && peer.is_some(),
            writers,
            releasers,
            is_linked: peer.is_some_and(is_linked),
            peer,
        }
    }

    /// Which tasks are done, in their order.
    fn done(&self) -> [bool; 5] {
        let has_pair = self.releasers.iter().any(|releaser| self.writers.iter().any(|writer| writer != releaser));
        [true, true, self.knows_offices, has_pair, self.knows_offices && self.is_linked]
    }

    fn count(&self, words: &Words) -> String {
        let done = self.done();
        let count = done.iter().filter(|done| **done).count();
        words.say("console-set-up-done", &[("done", count.to_string()), ("all", done.len().to_string())])
    }
}

/// Other offices that may be reached.
fn peers(rosters: &Rosters, hub: &Hub) -> impl Iterator<Item = OfficeCode> {
    let me = hub.me.office;
    let active = rosters.offices().filter(|office| office.state == OfficeState::Active).map(|office| office.code);
    active.filter(move |code| *code != me && !hub.me.agreements.disables(Some(me.country()), *code))
}

/// Whether a roster in force lists this office with the log that it has.
fn lists(rosters: &Rosters, hub: &Hub, me: OfficeCode) -> bool {
    rosters.office(me).is_some_and(|office| office.log_id() == Some(hub.me.log_id))
}

/// Who may write, and who may release.
fn pair(officers: &Officers, now: Timestamp) -> (Vec<String>, Vec<String>) {
    let holding = |role| officers.holding(role, now).map(|one| one.enrolment.id.to_string());
    let releasers: Vec<String> = holding(Role::ReleasingOfficer).collect();
    let mut writers: Vec<String> = holding(Role::Officer).chain(releasers.iter().cloned()).collect();
    writers.sort();
    writers.dedup();
    (writers, releasers)
}

/// How far the set-up is, for an administrator as long as something of it is to be done; else empty.
pub(super) fn line(officer: &Officer) -> String {
    let api = &officer.visitor.desk.api;
    if !api.set_up.is_open() || !officer.is(Call::Enrol.roles()) {
        return String::new();
    }
    let progress = Progress::of(&api.hub);
    if progress.done().contains(&false) { progress.count(officer.words()) } else { String::new() }
}

/// The list of tasks.
pub(super) async fn page(officer: &Officer) -> Response {
    if let Some(denied) = shell::denied(officer, Call::Enrol) {
        return denied;
    }
    let api = &officer.visitor.desk.api;
    let shell = Shell { set_up: String::new(), ..Shell::for_officer(officer, "console-set-up") };
    let (progress, card) = (Progress::of(&api.hub), card_file(officer).await);
    let page = Page {
        count: progress.count(&shell.words),
        tasks: tasks(&shell, &api.hub, &progress, card.as_deref()),
        is_open: api.set_up.is_open(),
        shell,
    };
    made(&page)
}

fn tasks(shell: &Shell, hub: &Hub, progress: &Progress, card: Option<&[u8]>) -> Vec<Task> {
    let done = progress.done();
    let all = [
        office(shell, hub),
        keys(shell, hub, card),
        countries(shell),
        Task {
            facts: vec![
                (shell.get("console-set-up-writes"), or_none(shell, &progress.writers)),
                (shell.get("console-set-up-releases"), or_none(shell, &progress.releasers)),
            ],
            place: ("/officers".to_owned(), shell.get("console-officers")),
            ..Task::named(shell.get("console-set-up-officers"), shell.get("console-set-up-officers-text"))
        },
        link(shell, progress),
    ];
    let state = |(task, (number, is_done)): (Task, (usize, bool))| Task {
        state: state(shell, number, is_done, progress.knows_offices),
        is_to_do: !is_done && (number < done.len() || progress.knows_offices),
        name: format!("{number}. {}", task.name),
        ..task
    };
    all.into_iter().zip((1..).zip(done)).map(state).collect()
}

fn state(shell: &Shell, number: usize, is_done: bool, knows_offices: bool) -> Mark {
    let (class, icon, text) = match (is_done, number) {
        (true, _) => ("ok", "check", shell.get("console-set-up-is-done")),
        (false, ..=4) => ("info", "circle", shell.get("console-set-up-to-do")),
        (false, _) if knows_offices => ("info", "circle", shell.get("console-set-up-to-do")),
        (false, _) => ("", "minus", shell.with("console-set-up-after", "task", &COUNTRIES.to_string())),
    };
    Mark { class, icon, text }
}

impl Task {
    fn named(name: String, text: String) -> Self {
        Self {
            name,
            text,
            state: Mark { class: "", icon: "", text: String::new() },
            is_to_do: false,
            facts: vec![],
            aloud: vec![],
            file: String::new(),
            place: (String::new(), String::new()),
            test: String::new(),
        }
    }
}

fn or_none(shell: &Shell, all: &[String]) -> String {
    if all.is_empty() { shell.get("status-none") } else { all.join(", ") }
}

fn office(shell: &Shell, hub: &Hub) -> Task {
    let name =
        if shell.office_name.is_empty() { shell.get("console-set-up-no-name") } else { shell.office_name.clone() };
    let agreements: Vec<&str> = hub.me.agreements.iter().map(|(reference, _)| reference).collect();
    let agreements = if agreements.is_empty() { shell.get("init-no-agreements") } else { agreements.join(", ") };
    let named = [("office", shell.office.clone()), ("network", shell.rosters.network().to_string())];
    let fact = |key: &str, value: String| (shell.get(key), value);
    Task {
        facts: vec![
            fact("status-office", shell.words.say("status-in", &named)),
            fact("console-set-up-name", name),
            fact("console-set-up-zone", shell.when.zone()),
            fact("console-set-up-languages", shell.get("console-set-up-languages-all")),
            fact("console-set-up-agreements", agreements),
        ],
        place: ("/settings".to_owned(), shell.get("console-settings")),
        ..Task::named(shell.get("console-set-up-office"), shell.get("console-set-up-office-text"))
    }
}

fn keys(shell: &Shell, hub: &Hub, card: Option<&[u8]>) -> Task {
    let card = card.and_then(|card| Card::verify(card).ok());
    let fingerprint = card.map(|card| Fingerprint::of_digest(card.digest()).to_string());
    let is_listed = lists(&shell.rosters, hub, hub.me.office);
    let listed = if is_listed { "console-set-up-listed" } else { "console-set-up-not-listed" };
    let text = if fingerprint.is_some() { "console-set-up-keys-text" } else { "console-set-up-no-card" };
    Task {
        facts: vec![(shell.get("console-set-up-country-roster"), shell.get(listed))],
        file: fingerprint.as_ref().map(|_| file_name(hub)).unwrap_or_default(),
        aloud: fingerprint.iter().flat_map(|text| text.split('-')).map(str::to_owned).collect(),
        place: ("/keys".to_owned(), shell.get("console-keys-page")),
        ..Task::named(shell.get("console-set-up-keys"), shell.get(text))
    }
}

fn countries(shell: &Shell) -> Task {
    let pinned = shell.rosters.countries().iter().map(|(country, pin)| {
        let in_force = pin.roster.as_ref().map(|roster| {
            let roster = roster.value();
            let names = [("version", roster.version.to_string()), ("count", roster.offices.len().to_string())];
            shell.words.say("console-set-up-pinned", &names)
        });
        (country.to_string(), in_force.unwrap_or_else(|| shell.get("roster-none-yet")))
    });
    Task {
        facts: pinned.collect(),
        place: ("/roster".to_owned(), shell.get("console-roster")),
        ..Task::named(shell.get("console-set-up-countries"), shell.get("console-set-up-countries-text"))
    }
}

fn link(shell: &Shell, progress: &Progress) -> Task {
    let named = |peer: OfficeCode| shell.with("console-set-up-link", "office", &peer.to_string());
    let name = progress.peer.map_or_else(|| shell.get("console-set-up-link-none"), named);
    let peer = progress.peer.filter(|_| progress.knows_offices).map(|peer| peer.to_string()).unwrap_or_default();
    let place = if peer.is_empty() { String::new() } else { format!("/offices/{peer}") };
    let said = if peer.is_empty() { String::new() } else { shell.get("console-offices") };
    Task { place: (place, said), test: peer, ..Task::named(name, shell.get("console-set-up-link-text")) }
}

fn file_name(hub: &Hub) -> String {
    format!("{}.card", hub.me.office)
}

async fn card_file(officer: &Officer) -> Option<Vec<u8>> {
    let set_up = Arc::clone(&officer.visitor.desk.api.set_up);
    tokio::task::spawn_blocking(move || set_up.card().ok()).await.ok().flatten()
}

/// The file that the country is to have.
pub(super) async fn card(officer: Officer) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Enrol) {
        return denied;
    }
    let Some(card) = card_file(&officer).await else {
        return shell::sentence(&officer.visitor, StatusCode::NOT_FOUND, "console-no-card");
    };
    let name = format!("attachment; filename=\"{}\"", file_name(&officer.visitor.desk.api.hub));
    ([(header::CONTENT_TYPE, picture::OPAQUE.to_owned()), (header::CONTENT_DISPOSITION, name)], card).into_response()
}

/// Closes the list for good.
pub(super) async fn close(Posted { officer, .. }: Posted) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Enrol) {
        return denied;
    }
    let set_up = Arc::clone(&officer.visitor.desk.api.set_up);
    match tokio::task::spawn_blocking(move || set_up.close()).await {
        Ok(Ok(())) => Redirect::to("/").into_response(),
        Ok(Err(error)) => shell::refused(&officer, &error.into()),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
