//! Officers come, change and go: what an administrator orders, and what a second person decides.

use askama::Template;
use axum::extract::Path;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;

use crate::console::again;
use crate::console::form::Fields;
use crate::console::officers;
use crate::console::officers::Form;
use crate::console::officers::last_day;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::sign_in;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::wire;
use crate::wire::Role;
use crate::wire::json::Word as _;

/// What was done about an officer, with a first passphrase that is shown this once.
#[derive(Template)]
#[template(path = "enrolled.html")]
struct Sheet {
    shell: Shell,
    id: String,
    said: String,
    passphrase: String,
}

type Refusal = (String, String);

/// Enrols an officer.
pub(super) async fn add(Posted { officer, fields }: Posted) -> Response {
    let form = || Form::typed(officer.words(), &fields);
    let office = officer.visitor.desk.api.hub.me.office;
    let Some(id) = sign_in::named(fields.get("id"), office) else {
        let refused = shell::said(officer.words(), "console-no-id");
        return officers::shown(&officer, form(), Some(refused)).await;
    };
    match officers::enrolled(&officer, id.as_str()).await {
        Ok(None) => {}
        Ok(Some(_)) => {
            let refused = shell::said(officer.words(), "console-enrolled-already");
            return officers::shown(&officer, form(), Some(refused)).await;
        }
        Err(refusal) => return shell::refused(&officer, &refusal),
    }
    let before = wire::Enrolment { id: id.to_string(), ..wire::Enrolment::default() };
    let done = match wanted(&officer, &fields, &before) {
        Ok(wanted) => {
            let first = fields.has("first") || wanted.uid.is_none();
            ordered(&officer, wanted, first).await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(sheet) => sheet,
        Err(refused) => officers::shown(&officer, form(), Some(refused)).await,
    }
}

/// Changes an officer.
pub(super) async fn change(Path(id): Path<String>, Posted { officer, fields }: Posted) -> Response {
    let before = match officers::known(&officer, &id).await {
        Ok(before) => before,
        Err(unknown) => return unknown,
    };
    let done = match wanted(&officer, &fields, &before) {
        Ok(wanted) if wanted == before && !fields.has("first") => {
            Err(shell::said(officer.words(), "console-no-change"))
        }
        Ok(wanted) => ordered(&officer, wanted, fields.has("first")).await,
        Err(refused) => Err(refused),
    };
    match done {
        Ok(sheet) => sheet,
        Err(refused) => officers::one(&officer, &before, Some(Form::typed(officer.words(), &fields)), Some(refused)),
    }
}

/// Shuts an officer out, at once; the passphrase is asked for again.
pub(super) async fn revoke(Path(id): Path<String>, Posted { officer, fields }: Posted) -> Response {
    let before = match officers::known(&officer, &id).await {
        Ok(before) => before,
        Err(unknown) => return unknown,
    };
    let done = match again::checked(&officer, fields.get("passphrase")).await {
        Ok(()) => ordered(&officer, wire::Enrolment { id, ..wire::Enrolment::default() }, false).await,
        Err(refused) => Err(refused),
    };
    done.unwrap_or_else(|refused| officers::one(&officer, &before, None, Some(refused)))
}

/// Agrees to what another one proposed, or turns it down.
pub(super) async fn decide(Path(id): Path<String>, Posted { officer, fields }: Posted) -> Response {
    // The very proposal that the page has shown.
    let proposal = fields.get("proposal").parse().unwrap_or_default();
    let request = wire::DecideOfficerRequest { officer: id.clone(), agree: fields.get("agree") == "yes", proposal };
    match officer.visitor.desk.api.decide_officer(officer.call(request)).await {
        Ok(answer) => {
            let passphrase = answer.into_inner().passphrase;
            if passphrase.is_empty() {
                return Redirect::to("/officers").into_response();
            }
            let said = officer.words().say("officer-changed", &[("officer", id.clone())]);
            made(&Sheet { shell: Shell::for_officer(&officer, "console-officers"), id, said, passphrase })
        }
        Err(refusal) => {
            let refused = shell::refusal(officer.words(), &refusal);
            officers::shown(&officer, Form::typed(officer.words(), &Fields::default()), Some(refused)).await
        }
    }
}

/// What the form wants an officer to be.
fn wanted(officer: &Officer, fields: &Fields, before: &wire::Enrolment) -> Result<wire::Enrolment, Refusal> {
    let shell = Shell::of(&officer.visitor, "console-officers");
    enrolment(&shell, fields, before).map_err(|key| shell::said(officer.words(), key))
}

/// The same; the key of what is wrong with it. An officer without a role would be revoked.
fn enrolment(shell: &Shell, fields: &Fields, before: &wire::Enrolment) -> Result<wire::Enrolment, &'static str> {
    let mut roles: Vec<i32> = fields.all("role").filter_map(Role::from_word).map(Into::into).collect();
    roles.sort_unstable();
    if roles.is_empty() {
        return Err("console-no-roles");
    }
    let uid = match fields.get("uid").trim() {
        "" => None,
        uid => Some(uid.parse().map_err(|_| "console-no-uid")?),
    };
    let until_ms = match fields.get("until").trim() {
        "" => 0,
        // The day that was there keeps its hour.
        day if !before.roles.is_empty() && day == last_day(shell, before.until_ms) => before.until_ms,
        day => shell.when.end_of(day).ok_or("console-no-day")?,
    };
    Ok(wire::Enrolment { id: before.id.clone(), roles, uid, until_ms })
}

async fn ordered(officer: &Officer, wanted: wire::Enrolment, passphrase: bool) -> Result<Response, Refusal> {
    let words = officer.words();
    let request = wire::EnrolOfficerRequest { enrolment: Some(wanted), passphrase, ..Default::default() };
    let answer = officer.visitor.desk.api.enrol_officer(officer.call(request)).await;
    let answer = answer.map_err(|refusal| shell::refusal(words, &refusal))?.into_inner();
    let enrolment = answer.enrolment.unwrap_or_default();
    let shell = Shell::for_officer(officer, "console-officers");
    let names = [
        ("officer", enrolment.id.clone()),
        ("roles", words.roles(&enrolment)),
        ("until", shell.when.day(enrolment.until_ms.saturating_sub(1))),
    ];
    let said = match (answer.proposed, enrolment.roles.is_empty()) {
        (true, _) => words.say("console-proposed", &names),
        (false, true) => words.say("officer-out", &names),
        (false, false) => words.say("officer-is", &names),
    };
    Ok(made(&Sheet { shell, id: enrolment.id, said, passphrase: answer.passphrase }))
}
