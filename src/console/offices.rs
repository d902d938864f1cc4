//! The other offices: whether they can be reached, what waits for them, and a test of the way to one.

mod plan;

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use tokio_stream::StreamExt as _;

use crate::console::form::Fields;
use crate::console::guard;
use crate::console::mark::Mark;
use crate::console::offices::plan::Plan;
use crate::console::offices::plan::Shape;
use crate::console::offices::plan::Town;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::domain::roster::Position;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::i18n::Words;
use crate::office::call::Call;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::OfficeState;
use crate::wire::StepResult;

#[derive(Template)]
#[template(path = "offices.html")]
struct Page {
    shell: Shell,
    countries: Vec<Country>,
    /// Whether there is one office alone, with its steps.
    one: bool,
    may_test: bool,
    /// The offices as dots, if that is asked for.
    plan: Option<Plan>,
    /// The same in words; none if it is not asked for.
    towns: Vec<Row>,
    /// The test of the way to it, if there was one.
    test: Option<Test>,
}

/// The offices of a country.
struct Country {
    code: String,
    /// Version and age of its roster.
    roster: String,
    cards: Vec<Card>,
}

/// An office as a line of the plan says it.
struct Row {
    office: String,
    /// Its page; empty for this office.
    address: String,
    name: String,
    /// Latitude and longitude, degrees.
    town: String,
    state: String,
}

struct Card {
    office: String,
    name: String,
    state: Mark,
    facts: Vec<(&'static str, String)>,
    trouble: String,
    /// What is wrong, and what to do.
    problems: Vec<(String, String)>,
}

/// A test.
struct Test {
    steps: Vec<Step>,
    /// Whether it took longer than a page may.
    broken_off: bool,
}

/// A step of a test.
struct Step {
    name: String,
    endpoint: String,
    result: Mark,
    what: String,
    remedy: String,
}

/// All of them, as cards or as a plan.
pub(super) async fn page(officer: Officer, Query(query): Query<Vec<(String, String)>>) -> Response {
    match status(&officer).await {
        Ok(status) if Fields(query).get("view") == "plan" => {
            let page = Page::of(&officer, &status, None);
            let (plan, towns) = drawn(&page.shell, &status);
            made(&Page { plan, towns, countries: vec![], ..page })
        }
        Ok(status) => made(&Page::of(&officer, &status, None)),
        Err(refused) => refused,
    }
}

/// One office.
pub(super) async fn office(officer: Officer, Path(office): Path<String>) -> Response {
    match status(&officer).await {
        Ok(status) if status.peers.iter().any(|peer| peer.office == office) => {
            made(&Page::of(&officer, &status, Some(&office)))
        }
        Ok(_) => shell::sentence(&officer.visitor, StatusCode::NOT_FOUND, "console-no-office"),
        Err(refused) => refused,
    }
}

/// Tests the way to it, step by step.
pub(super) async fn test(Path(office): Path<String>, Posted { officer, .. }: Posted) -> Response {
    let request = wire::TestPeerRequest { office: office.clone() };
    let mut stream = match officer.visitor.desk.api.test_peer(officer.call(request)).await {
        Ok(stream) => stream.into_inner(),
        Err(refusal) => return shell::refused(&officer, &refusal),
    };
    let mut taken = vec![];
    let steps = async {
        while let Some(step) = stream.next().await {
            taken.push(step?);
        }
        Ok::<(), tonic::Status>(())
    };
    let done = tokio::time::timeout(guard::NEARLY_A_PAGE, steps).await;
    if let Ok(Err(refusal)) = done {
        return shell::refused(&officer, &refusal);
    }
    match status(&officer).await {
        Ok(status) => {
            let page = Page::of(&officer, &status, Some(&office));
            let steps = taken.iter().map(|step| Step::of(&page.shell, step)).collect();
            made(&Page { test: Some(Test { steps, broken_off: done.is_err() }), ..page })
        }
        Err(refused) => refused,
    }
}

async fn status(officer: &Officer) -> Result<wire::GetStatusResponse, Response> {
    let answer = officer.visitor.desk.api.get_status(officer.call(wire::GetStatusRequest {})).await;
    answer.map(tonic::Response::into_inner).map_err(|refusal| shell::refused(officer, &refusal))
}

impl Page {
    fn of(officer: &Officer, status: &wire::GetStatusResponse, only: Option<&str>) -> Self {
        let shell = Shell::for_officer(officer, "console-offices");
        let wanted = |peer: &&wire::PeerStatus| only.is_none_or(|only| peer.office == only);
        let mut countries: Vec<Country> = vec![];
        for peer in status.peers.iter().filter(wanted) {
            let code = peer.office.split('-').next().unwrap_or_default();
            let card = Card::of(&shell, status, peer);
            match countries.iter_mut().find(|country| country.code == code) {
                Some(country) => country.cards.push(card),
                None => countries.push(Country {
                    code: code.to_owned(),
                    roster: roster(&shell, status, code),
                    cards: vec![card],
                }),
            }
        }
        let may_test = officer.is(Call::Peers.roles());
        Self { shell, countries, one: only.is_some(), may_test, plan: None, towns: vec![], test: None }
    }
}

/// The offices as dots, and the same in words, this one first.
fn drawn(shell: &Shell, status: &wire::GetStatusResponse) -> (Option<Plan>, Vec<Row>) {
    let own = (status.office.as_str(), status.position, plan::OWN, shell.get(plan::OWN.key), String::new());
    let peers = status.peers.iter().map(|peer| {
        let address = format!("/offices/{}", peer.office);
        (peer.office.as_str(), peer.position, shape(peer), state(shell, peer).text, address)
    });
    let (mut towns, mut rows) = (vec![], vec![]);
    for (office, position, shape, said, address) in [own].into_iter().chain(peers) {
        let town = position.as_ref().and_then(|position| Position::read(position).ok());
        rows.push(Row {
            office: office.to_owned(),
            address: address.clone(),
            name: shell.name_of(office),
            town: town.map(|town| town.to_string().replace(',', ", ")).unwrap_or_default(),
            state: said.clone(),
        });
        if let Some(wire::OfficePosition { lat_e7, lon_e7 }) = town.map(Position::write) {
            towns.push(Town { office: office.to_owned(), lat_e7, lon_e7, shape, said, address });
        }
    }
    (Plan::of(towns), rows)
}

/// Whether it can be reached, by a shape.
fn shape(peer: &wire::PeerStatus) -> Shape {
    match peer.state() {
        OfficeState::Revoked => plan::REVOKED,
        _ if peer.disabled => plan::DISABLED,
        OfficeState::Suspended => plan::SUSPENDED,
        _ if peer.connected => plan::REACHABLE,
        _ => plan::AWAY,
    }
}

/// Version and age of a country's roster.
fn roster(shell: &Shell, status: &wire::GetStatusResponse, code: &str) -> String {
    match status.countries.iter().find(|country| country.country == code) {
        Some(country) if country.version > 0 => {
            let names = [
                ("version", country.version.to_string()),
                ("age", shell.age(country.issued_ms)),
                ("day", shell.when.day(country.issued_ms)),
            ];
            shell.words.say("console-roster-of", &names)
        }
        _ => shell.get("roster-none-yet"),
    }
}

impl Card {
    fn of(shell: &Shell, status: &wire::GetStatusResponse, peer: &wire::PeerStatus) -> Self {
        let waiting = match peer.waiting_since_ms {
            0 => peer.waiting.to_string(),
            since => {
                let names = [("count", peer.waiting.to_string()), ("since", shell.when.short(since))];
                shell.words.say("peer-waiting", &names)
            }
        };
        let last = match (peer.connected, peer.last_session_ms) {
            (true, since) => shell.with("console-session-now", "since", &shell.when.short(since)),
            (false, 0) => shell.get("console-session-never"),
            (false, last) => shell.when.short(last),
        };
        let clock =
            if peer.last_session_ms == 0 { "–".to_owned() } else { offset(&shell.words, peer.clock_offset_ms) };
        let problems = status.problems.iter().filter(|problem| problem.peer == peer.office);
        let mut facts = vec![
            ("console-waiting-here", waiting),
            ("console-last-session", last),
            ("console-clock-difference", clock),
        ];
        if peer.attachments > 0 {
            facts.push(("console-attachments-to-come", shell.words.attachments_to_come(peer)));
        }
        Self {
            office: peer.office.clone(),
            name: shell.name_of(&peer.office),
            state: state(shell, peer),
            facts,
            trouble: shell.words.told(peer.trouble_said.as_ref(), &peer.trouble),
            problems: problems.map(|problem| shell.words.problem(problem)).collect(),
        }
    }
}

/// Whether it can be reached, in a word.
fn state(shell: &Shell, peer: &wire::PeerStatus) -> Mark {
    let listed = shell.words.label::<OfficeState>(peer.state);
    match peer.state() {
        OfficeState::Revoked => Mark { class: "bad", icon: "x", text: listed },
        _ if peer.disabled => Mark { class: "wait", icon: "minus", text: shell.get("console-disabled") },
        OfficeState::Suspended => Mark { class: "wait", icon: "triangle-alert", text: listed },
        _ if peer.connected => Mark { class: "ok", icon: "radio", text: shell.get("console-reachable") },
        _ if peer.last_session_ms == 0 => Mark { class: "wait", icon: "unlink", text: shell.get("console-no-link") },
        _ => {
            let since = shell.when.short(peer.last_session_ms);
            Mark { class: "wait", icon: "unlink", text: shell.with("console-no-link-since", "since", &since) }
        }
    }
}

/// A difference of clocks in seconds: `+0.3 s`.
fn offset(words: &Words, ms: i64) -> String {
    let tenths = ms.unsigned_abs().saturating_add(50) / 100;
    let sign = match (tenths, ms) {
        (0, _) => "",
        (_, ..0) => "−",
        _ => "+",
    };
    let names = [("whole", format!("{sign}{}", tenths / 10)), ("tenths", (tenths % 10).to_string())];
    words.say("console-seconds", &names)
}

/// What is said, with the time since when as the page writes times; programs are told it in UTC.
fn timed(shell: &Shell, said: &wire::Said) -> wire::Said {
    let mut said = said.clone();
    for name in said.names.iter_mut().filter(|name| name.name == "since") {
        if let Ok(time) = format!("{}Z", name.value.replacen(' ', "T", 1)).parse::<Timestamp>() {
            name.value = shell.when.moment(time.ms());
        }
    }
    said
}

impl Step {
    fn of(shell: &Shell, step: &wire::TestPeerResponse) -> Self {
        let name = match step.step.as_str() {
            "roster" => "console-test-roster",
            "name" => "console-test-name",
            "port" => "console-test-port",
            "tls" => "console-test-tls",
            "node" => "console-test-node",
            "session" => "console-test-session",
            _ => "",
        };
        let (class, icon) = match step.result() {
            StepResult::Ok => ("ok", "check"),
            StepResult::Warning => ("wait", "triangle-alert"),
            StepResult::Failed | StepResult::Unspecified => ("bad", "x"),
        };
        Self {
            name: if name.is_empty() { step.step.clone() } else { shell.get(name) },
            endpoint: step.endpoint.clone(),
            result: Mark { class, icon, text: shell.words.label::<StepResult>(step.result) },
            what: shell.words.told(step.what_said.as_ref().map(|said| timed(shell, said)).as_ref(), &step.what),
            remedy: shell.words.told(step.remedy_said.as_ref(), &step.remedy),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn a_difference_is_rounded_and_has_its_sign() {
        let (english, russian) = (Words::of(Language::english()), Words::of(Language::of_locale("ru")));
        let said = [0, -49, 50, -1_250, 61_000, i64::MIN].map(|ms| offset(&english, ms));
        assert_eq!(said[..5], ["0.0 s", "0.0 s", "+0.1 s", "−1.3 s", "+61.0 s"]);
        assert_eq!(offset(&russian, -1_250), "−1,3 с");
    }
}
