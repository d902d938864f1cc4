//! Officers and roles: who is enrolled until when, and what waits for a second person.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use tonic::Status;

use crate::console::changes::Changed;
use crate::console::form::Fields;
use crate::console::mark::Mark;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made_again;
use crate::console::visitor::Officer;
use crate::domain::officer::ENDS_SOON_MS;
use crate::domain::officer::ROLES;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::i18n::Words;
use crate::office::call::Call;
use crate::wire;
use crate::wire::Role;
use crate::wire::json::Word as _;

#[derive(Template)]
#[template(path = "officers.html")]
struct Page {
    shell: Shell,
    rows: Vec<Row>,
    proposals: Vec<Proposal>,
    may_enrol: bool,
    may_decide: bool,
    form: Form,
    refused: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "officer.html")]
struct One {
    shell: Shell,
    id: String,
    revoked: bool,
    form: Form,
    refused: Option<(String, String)>,
}

struct Row {
    id: String,
    roles: String,
    until: String,
    signs_in: String,
    state: Mark,
    index: u64,
}

/// A change that waits for a second person.
struct Proposal {
    id: String,
    said: String,
    /// Whether it is the reader's own, who may take it back and not agree to it.
    own: bool,
    index: u64,
    /// All of it, beside what is in force.
    fields: Vec<Changed>,
}

/// What is typed about an officer.
pub(super) struct Form {
    id: String,
    roles: Vec<(&'static str, String, bool)>,
    until: String,
    uid: String,
    passphrase: bool,
}

impl Form {
    /// As it was typed.
    pub(super) fn typed(words: &Words, fields: &Fields) -> Self {
        let role = |role: &Role| {
            let chosen = fields.all("role").any(|chosen| chosen == role.word());
            (role.word(), words.label::<Role>((*role).into()), chosen)
        };
        Self {
            id: fields.get("id").to_owned(),
            roles: ROLES.iter().map(role).collect(),
            until: fields.get("until").to_owned(),
            uid: fields.get("uid").to_owned(),
            passphrase: fields.has("first"),
        }
    }

    /// As enrolled; a revoked officer has no end.
    fn of(shell: &Shell, enrolment: &wire::Enrolment) -> Self {
        let role = |role: &Role| {
            let chosen = enrolment.roles.contains(&(*role).into());
            (role.word(), shell.words.label::<Role>((*role).into()), chosen)
        };
        Self {
            id: enrolment.id.clone(),
            roles: ROLES.iter().map(role).collect(),
            until: if enrolment.roles.is_empty() { String::new() } else { last_day(shell, enrolment.until_ms) },
            uid: enrolment.uid.map(|uid| uid.to_string()).unwrap_or_default(),
            passphrase: false,
        }
    }
}

/// The last day on which an enrolment counts, as it may be typed.
pub(super) fn last_day(shell: &Shell, until_ms: i64) -> String {
    shell.when.to_type(until_ms.saturating_sub(1)).0
}

pub(super) async fn page(officer: Officer) -> Response {
    let form = Form::typed(officer.words(), &Fields::default());
    shown(&officer, form, None).await
}

/// All officers, with a form as it was typed and why it was refused.
pub(super) async fn shown(officer: &Officer, form: Form, refused: Option<(String, String)>) -> Response {
    let listed = match list(officer).await {
        Ok(listed) => listed,
        Err(refusal) => return shell::refused(officer, &refusal),
    };
    let shell = Shell::for_officer(officer, "console-officers");
    let own = officer.id().as_str();
    let proposal = |summary: &wire::ProposalSummary| {
        let enrolment = summary.enrolment.clone().unwrap_or_default();
        let key = if summary.passphrase { "officer-proposal-passphrase" } else { "officer-proposal" };
        let names = [
            ("proposer", summary.proposer.clone()),
            ("officer", enrolment.id.clone()),
            ("roles", shell.words.roles(&enrolment)),
        ];
        let said = shell.words.say(key, &names);
        let all = listed.officers.iter().filter_map(|one| one.enrolment.as_ref());
        let before = all.into_iter().find(|one| one.id == enrolment.id);
        Proposal {
            fields: compared(&shell, before, &enrolment, summary.passphrase),
            id: enrolment.id,
            said,
            own: summary.proposer == own,
            index: summary.index,
        }
    };
    let page = Page {
        rows: listed.officers.iter().map(|one| Row::of(&shell, one)).collect(),
        proposals: listed.proposals.iter().map(proposal).collect(),
        may_enrol: officer.is(Call::Enrol.roles()),
        may_decide: officer.is(Call::Decide.roles()),
        shell,
        form,
        refused,
    };
    made_again(&page, page.refused.is_some())
}

/// A proposed enrolment beside the one in force: every field of it.
fn compared(
    shell: &Shell,
    before: Option<&wire::Enrolment>,
    proposed: &wire::Enrolment,
    passphrase: bool,
) -> Vec<Changed> {
    let of = |field: &dyn Fn(&wire::Enrolment) -> String| (before.map(field).unwrap_or_default(), field(proposed));
    let until = |one: &wire::Enrolment| {
        if one.roles.is_empty() { String::new() } else { shell.when.moment(one.until_ms) }
    };
    let (old, new) = (shell.get("value-no"), shell.get(if passphrase { "value-yes" } else { "value-no" }));
    let fields = [
        ("console-roles", of(&|one| shell.words.roles(one))),
        ("console-enrolment-ends", of(&until)),
        ("console-uid", of(&|one| one.uid.map(|uid| uid.to_string()).unwrap_or_default())),
        ("console-proposed-passphrase", (old, new)),
    ];
    fields.into_iter().map(|(key, (old, new))| Changed { name: shell.get(key), old, new }).collect()
}

/// One officer, to be changed.
pub(super) async fn officer(officer: Officer, Path(id): Path<String>) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Enrol) {
        return denied;
    }
    match known(&officer, &id).await {
        Ok(enrolment) => one(&officer, &enrolment, None, None),
        Err(unknown) => unknown,
    }
}

/// An officer, with a form as it was typed and why it was refused.
pub(super) fn one(
    officer: &Officer,
    enrolment: &wire::Enrolment,
    form: Option<Form>,
    refused: Option<(String, String)>,
) -> Response {
    let shell = Shell::for_officer(officer, "console-officers");
    let form = form.unwrap_or_else(|| Form::of(&shell, enrolment));
    let page = One { shell, id: enrolment.id.clone(), revoked: enrolment.roles.is_empty(), form, refused };
    made_again(&page, page.refused.is_some())
}

async fn list(officer: &Officer) -> Result<wire::ListOfficersResponse, Status> {
    let request = officer.call(wire::ListOfficersRequest {});
    Ok(officer.visitor.desk.api.list_officers(request).await?.into_inner())
}

/// What an officer is enrolled as.
pub(super) async fn enrolled(officer: &Officer, id: &str) -> Result<Option<wire::Enrolment>, Status> {
    let all = list(officer).await?.officers.into_iter().filter_map(|one| one.enrolment);
    Ok(all.into_iter().find(|enrolment| enrolment.id == id))
}

/// The same of one who must be there; else the page that says that nobody is.
pub(super) async fn known(officer: &Officer, id: &str) -> Result<wire::Enrolment, Response> {
    let found = enrolled(officer, id).await.map_err(|refusal| shell::refused(officer, &refusal))?;
    found.ok_or_else(|| shell::sentence(&officer.visitor, StatusCode::NOT_FOUND, "console-no-officer"))
}

impl Row {
    fn of(shell: &Shell, summary: &wire::OfficerSummary) -> Self {
        let enrolment = summary.enrolment.clone().unwrap_or_default();
        let words = &shell.words;
        let revoked = enrolment.roles.is_empty();
        Self {
            roles: if revoked { String::new() } else { words.roles(&enrolment) },
            until: if revoked { String::new() } else { shell.when.day(enrolment.until_ms.saturating_sub(1)) },
            signs_in: if revoked { String::new() } else { words.signs_in(summary) },
            state: state(shell, &enrolment),
            index: summary.index,
            id: enrolment.id,
        }
    }
}

/// Whether the enrolment counts, and for how long if not for long.
fn state(shell: &Shell, enrolment: &wire::Enrolment) -> Mark {
    let left = enrolment.until_ms.saturating_sub(shell.when.now().ms());
    if enrolment.roles.is_empty() {
        return Mark { class: "", icon: "x", text: shell.get("officer-revoked") };
    }
    match left {
        ..=0 => Mark { class: "bad", icon: "triangle-alert", text: shell.get("console-enrolment-ended") },
        left if left <= ENDS_SOON_MS => {
            let text = shell.when.left(enrolment.until_ms, &shell.words);
            Mark { class: "wait", icon: "hourglass", text }
        }
        _ => Mark { class: "ok", icon: "check", text: shell.get("console-enrolled") },
    }
}
