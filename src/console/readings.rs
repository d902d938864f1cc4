//! Readings under break-glass on pages: an auditor asks at a notice, a data-protection officer decides on the page of privacy,
//! the auditor opens the text at the notice. And what is told of a text that is gone, before anybody opens it.

use axum::extract::Path;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;

use crate::console::duty::Duty;
use crate::console::notice;
use crate::console::privacy;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::office::call::Call;
use crate::wire;
use crate::wire::ErasureReason;
use crate::wire::NoticeKind;
use crate::wire::ReadingState;

/// Whether a reader may open a text. To read what lies there is the duty of who writes notices; who protects data opens one for
/// a reason; under break-glass that was said before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    Shut,
    Free,
    ForAReason,
}

impl Opening {
    pub(super) fn by_role(officer: &Officer, has_text: bool) -> Self {
        match has_text && officer.is(Call::Open.roles()) {
            true if officer.enrolled.says_why() => Self::ForAReason,
            true => Self::Free,
            false => Self::Shut,
        }
    }

    pub(super) fn may(self) -> bool {
        self != Self::Shut
    }

    pub(super) fn asks_why(self) -> bool {
        self == Self::ForAReason
    }
}

/// What the page of a notice says of its text before it is opened.
pub(super) struct Before {
    /// Why there is none; empty while there is one.
    pub(super) gone: String,
    /// How far the reader's own request has come, with its class.
    pub(super) bars: Vec<(&'static str, String)>,
    /// Who may decide, if the reader may ask now.
    pub(super) asks: Option<String>,
    /// Whether the reader's request was granted.
    pub(super) granted: bool,
}

impl Before {
    pub(super) fn of(shell: &Shell, officer: &Officer, answer: &wire::GetNoticeResponse) -> Self {
        let header = answer.summary.as_ref().and_then(|summary| summary.header.as_ref());
        let has_text = answer.erasure.is_none() && header.is_some_and(|one| !one.body_key_commitment.is_empty());
        let state = answer.reading.as_ref().map(wire::Reading::state).unwrap_or_default();
        let waits = matches!(state, ReadingState::Waits | ReadingState::Granted);
        // Who opens texts by role has nothing to ask.
        let asks = has_text && !waits && officer.is(Call::AskReading.roles()) && !officer.is(Call::Open.roles());
        Self {
            gone: answer.erasure.as_ref().map(|erasure| gone(shell, erasure)).unwrap_or_default(),
            bars: answer.reading.iter().filter(|_| has_text).map(|one| bar(shell, one, &answer.deciders)).collect(),
            asks: asks.then(|| answer.deciders.join(", ")),
            granted: has_text && state == ReadingState::Granted,
        }
    }
}

/// Why and when a text left this office.
pub(super) fn gone(shell: &Shell, erasure: &wire::Erasure) -> String {
    let names =
        [("time", shell.when.day(erasure.time_ms)), ("reason", shell.words.label::<ErasureReason>(erasure.reason))];
    let key = match (erasure.reason(), erasure.time_ms) {
        (ErasureReason::Expired, 0) => "console-gone-before",
        (ErasureReason::Expired, _) => "console-gone-expired",
        _ => "console-gone-ordered",
    };
    let said = shell.words.say(key, &names);
    if erasure.complete { said } else { [said, shell.get("console-gone-incomplete")].join(" ") }
}

/// How far a request has come.
fn bar(shell: &Shell, reading: &wire::Reading, deciders: &[String]) -> (&'static str, String) {
    let (class, key) = match reading.state() {
        ReadingState::Granted => ("ok", "console-reading-granted"),
        ReadingState::Refused => ("bad", "console-reading-refused"),
        _ => ("wait", "console-reading-waits"),
    };
    let names = [
        ("officers", deciders.join(", ")),
        ("officer", reading.decided_by.clone()),
        ("asked", shell.when.moment(reading.asked_ms)),
        ("decided", shell.when.moment(reading.decided_ms)),
        ("until", shell.when.moment(reading.until_ms)),
        ("reason", reading.reason.clone()),
    ];
    (class, shell.words.say(key, &names))
}

/// That a text was opened under break-glass, if it was.
pub(super) fn opened(shell: &Shell, reading: Option<&wire::Reading>) -> Vec<(&'static str, String)> {
    let said = |reading: &wire::Reading| {
        let names = [("officer", reading.decided_by.clone()), ("until", shell.when.moment(reading.until_ms))];
        ("wait", shell.words.say("console-reading-opened", &names))
    };
    reading.map(said).into_iter().collect()
}

/// Asks to read a text.
pub(super) async fn ask(Path(reference): Path<String>, Posted { officer, fields }: Posted) -> Response {
    let request = wire::AskReadingRequest { notice: reference.clone(), why: fields.get("why").to_owned() };
    match officer.visitor.desk.api.ask_reading(officer.call(request)).await {
        Ok(_) => Redirect::to(&format!("/n/{reference}")).into_response(),
        Err(status) => notice::not_done(&officer, &reference, &status).await,
    }
}

/// Requests on the page of privacy.
pub(super) struct Readings {
    rows: Vec<Row>,
}

impl Readings {
    pub(super) const fn rows(&self) -> &[Row] {
        self.rows.as_slice()
    }
}

/// A request.
pub(super) struct Row {
    pub(super) index: u64,
    pub(super) reference: String,
    pub(super) kind: String,
    pub(super) officer: String,
    pub(super) asked: String,
    pub(super) why: String,
    pub(super) state: String,
    pub(super) until: String,
    pub(super) decided: String,
    pub(super) reason: String,
    /// Whether the reader may decide it.
    pub(super) decides: bool,
}

/// The requests, for those who may look at them.
pub(super) async fn card(officer: &Officer, shell: &Shell) -> Option<Readings> {
    let listed = listed(officer).await?;
    Some(Readings { rows: listed.iter().map(|reading| Row::of(shell, officer, reading)).collect() })
}

async fn listed(officer: &Officer) -> Option<Vec<wire::Reading>> {
    if !officer.is(Call::Audit.roles()) {
        return None;
    }
    let list = officer.visitor.desk.api.list_readings(officer.call(wire::ListReadingsRequest {})).await;
    list.ok().map(|list| list.into_inner().readings)
}

impl Row {
    fn of(shell: &Shell, officer: &Officer, reading: &wire::Reading) -> Self {
        Self {
            index: reading.index,
            reference: reading.notice.clone().unwrap_or_default().reference,
            kind: shell.words.label::<NoticeKind>(reading.kind),
            officer: reading.officer.clone(),
            asked: shell.when.moment(reading.asked_ms),
            why: reading.why.clone(),
            state: shell.words.label::<ReadingState>(reading.state),
            until: shell.when.moment(reading.until_ms),
            decided: reading.decided_by.clone(),
            reason: reading.reason.clone(),
            decides: may_decide(officer, reading),
        }
    }
}

fn may_decide(officer: &Officer, reading: &wire::Reading) -> bool {
    let waits = reading.state() == ReadingState::Waits && reading.officer != officer.id().as_str();
    waits && officer.is(Call::DecideReading.roles())
}

/// Decides a request.
pub(super) async fn decide(Posted { officer, fields }: Posted) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::DecideReading) {
        return denied;
    }
    let (index, grant) = (fields.get("entry").parse().unwrap_or_default(), fields.get("decision") == "grant");
    let request = wire::DecideReadingRequest { index, grant, reason: fields.get("reason").to_owned() };
    match officer.visitor.desk.api.decide_reading(officer.call(request)).await {
        Ok(_) => Redirect::to("/privacy").into_response(),
        Err(status) => privacy::refused(&officer, &status).await,
    }
}

/// The line above the inbox of who may decide: that a request waits.
pub(super) async fn duty(officer: &Officer, shell: &Shell) -> Option<Duty> {
    if !officer.is(Call::DecideReading.roles()) {
        return None;
    }
    let count = listed(officer).await?.iter().filter(|reading| may_decide(officer, reading)).count();
    (count > 0).then(|| Duty {
        address: "/privacy".to_owned(),
        icon: "scan-search",
        late: true,
        said: shell.with("console-readings-wait", "count", &count.to_string()),
        more: shell.get("console-readings-wait-do"),
    })
}
