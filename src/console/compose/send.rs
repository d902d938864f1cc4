//! A form that is sent: kept as a draft, submitted for release, or let go by one officer in an emergency.

use axum::extract::Path;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;
use tonic::Code;
use tonic::Status;

use crate::console::again;
use crate::console::attachments;
use crate::console::compose::carried;
use crate::console::compose::carried::Carried;
use crate::console::compose::correct;
use crate::console::compose::field::Field;
use crate::console::compose::newest;
use crate::console::compose::newest::Newer;
use crate::console::compose::page::Filled;
use crate::console::compose::page::PASSPHRASE;
use crate::console::compose::page::Shape;
use crate::console::compose::page::kind_of;
use crate::console::compose::page::setting;
use crate::console::compose::page::shown;
use crate::console::compose::path;
use crate::console::compose::read;
use crate::console::compose::traffic;
use crate::console::compose::turned;
use crate::console::compose::view;
use crate::console::compose::view::Trouble;
use crate::console::form::Fields;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::domain::draft;
use crate::domain::draft::Draft;
use crate::domain::policy::CHECKLIST;
use crate::domain::rule::Finding;
use crate::edge::status::said_of;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::i18n::Words;
use crate::wire;
use crate::wire::CheckPoint;
use crate::wire::json::Word as _;

/// Fields of a form that are not kept in it: which button was pressed, and a secret.
pub(super) const NOT_KEPT: [&str; 4] = ["do", "officer", "token", PASSPHRASE];

/// Points of the checklist that are ticked, and the lawful basis: what an officer states when a notice goes, and is never
/// kept.
pub(super) const STATED: [&str; 2] = ["check", "lawful"];

/// What is wrong with a form.
#[derive(Default)]
pub(super) struct Wrong {
    pub(super) troubles: Vec<Trouble>,
    refused: Option<(String, String)>,
    /// How the call was answered, if there was one.
    code: Option<Code>,
    /// The notice that has been corrected since its text stood in the form; empty for none.
    anew: String,
}

/// Takes a form.
pub(in crate::console) async fn write(
    Path(word): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
    Posted { officer, fields }: Posted,
) -> Response {
    let Some(kind) = kind_of(&word) else {
        return shell::sentence(&officer.visitor, StatusCode::NOT_FOUND, "console-no-page");
    };
    let query = Fields(query);
    let (shape, verb) = (Shape::of(query.get("form")), fields.get("do").to_owned());
    let asked = traffic::asked(&officer, &fields);
    let fields = asked.map_or(fields.clone(), |index| traffic::answered(fields, index));
    let all = traffic::asking(correct::fields(kind, &fields), asked.is_some());
    let carried = Carried::of(&fields);
    let kept = NOT_KEPT.into_iter().chain(carried::NAMES).fold(fields.clone(), Fields::without);
    let filled = |carried: Carried, Wrong { troubles, refused, code, anew }: Wrong| {
        let (re, alone, outdated) = (query.get("re").to_owned(), verb == "emergency", code == Some(Code::Aborted));
        Filled { kind, shape, fields: kept.clone(), re, carried, typed: true, troubles, alone, refused, outdated, anew }
    };
    if let Some(wanted) = verb.strip_prefix("show-") {
        return turned::turned(&officer, filled(carried, Wrong::default()), Shape::of(wanted)).await;
    }
    if let Some(language) = verb.strip_prefix("language-") {
        return turned::translated(&officer, language, filled(carried, Wrong::default())).await;
    }
    let is_whole = !matches!(verb.as_str(), "save" | "attach");
    let done = if verb == "cancel" {
        cancelled(&officer, &carried, &all).await
    } else {
        match written(&officer, kind, shape, &all, &fields, is_whole) {
            Ok(draft) => sent(&officer, &verb, draft, &fields, &carried, &all).await,
            Err(wrong) => Err(wrong),
        }
    };
    match done {
        Ok(address) => Redirect::to(&address).into_response(),
        Err(wrong) => {
            let carried = next(&officer, carried, wrong.code).await;
            shown(&officer, filled(carried, wrong), StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// What a form carries that was refused: who has read why may send it again, knowingly.
async fn next(officer: &Officer, carried: Carried, code: Option<Code>) -> Carried {
    match code {
        Some(Code::AlreadyExists) => Carried { key: Carried::new(officer).key, ..carried },
        // What it made, or went on with, is gone.
        Some(Code::NotFound) => Carried::new(officer),
        Some(Code::Aborted) => {
            let request = officer.call(wire::GetDraftRequest { draft: carried.draft.clone() });
            let now = officer.visitor.desk.api.get_draft(request).await.ok();
            let now = now.and_then(|now| now.into_inner().draft).unwrap_or_default();
            // Whoever saved it did not write in this form alone.
            Carried { version: hex::encode(now.form), fresh: false, ..carried }
        }
        _ => carried,
    }
}

/// Throws away what was kept of a form that has just begun, if nothing was saved since; where to go on.
async fn cancelled(officer: &Officer, carried: &Carried, all: &[Field]) -> Result<String, Wrong> {
    if carried.fresh && !carried.draft.is_empty() {
        let request = wire::DiscardDraftRequest { draft: carried.draft.clone(), form: carried.version() };
        match officer.visitor.desk.api.discard_draft(officer.call(request)).await {
            // Whoever presses twice has done it.
            Err(status) if status.code() != Code::NotFound => return Err(refused(officer.words(), all, &status)),
            _ => {}
        }
    }
    Ok("/drafts".to_owned())
}

/// The draft that a form writes; `whole` if everything must be there.
pub(super) fn written(
    officer: &Officer,
    kind: wire::NoticeKind,
    shape: Shape,
    all: &[Field],
    fields: &Fields,
    whole: bool,
) -> Result<Draft, Wrong> {
    let shell = Shell::for_officer(officer, "console-compose");
    let mut troubles = vec![];
    let parsed = if shape == Shape::Expert {
        draft::parse(fields.get("json").as_bytes(), draft::Options::default())
    } else {
        let written = read::read(kind, all, fields, &setting(officer, &shell));
        let missing = written.missing.into_iter().filter(|_| whole);
        troubles.extend(written.faults.into_iter().chain(missing).map(|fault| fault.trouble(&shell.words, all)));
        draft::parse(written.draft.to_string().as_bytes(), draft::Options::default())
    };
    match parsed {
        Ok(draft) if troubles.is_empty() => Ok(attachments::put(correct::noted(draft), fields)),
        Ok(_) => Err(Wrong { troubles, ..Wrong::default() }),
        Err(error) => {
            let finding = Finding::from(error);
            let said = shell.words.say(finding.message, &finding.names);
            // What was left out has been said already.
            let path = of_form(all, &finding.path);
            if !troubles.iter().any(|one: &Trouble| one.path == path) {
                troubles.push(of_field(&shell.words, all, path, said));
            }
            Err(Wrong { troubles, ..Wrong::default() })
        }
    }
}

/// The path of the form's field that a finding is about; the finding's own, if it is about none.
fn of_form(all: &[Field], found: &str) -> String {
    // A new text has the fields of its kind, wherever it stands.
    let inner = found.strip_prefix("body.correction.full_replacement").map(|rest| format!("body{rest}"));
    let found = inner.as_deref().unwrap_or(found);
    let exact = all.iter().find(|field| field.path == found);
    let field = exact.or_else(|| all.iter().find(|field| !found.is_empty() && path::meets(field.path, found)));
    field.map_or_else(|| found.to_owned(), |field| field.path.to_owned())
}

fn of_field(words: &Words, all: &[Field], path: String, said: String) -> Trouble {
    let label = all.iter().find(|field| field.path == path).map(|field| view::label(words, field));
    // What is stated at release is no field of the draft.
    let own = if path.starts_with("release.") { String::new() } else { path.clone() };
    Trouble { place: label.unwrap_or(own), path, said }
}

/// What a call was refused for: findings by their fields, or as a whole.
fn refused(words: &Words, all: &[Field], status: &Status) -> Wrong {
    let findings = said_of(status).map(|refused| refused.findings).unwrap_or_default();
    let troubles = findings.iter().map(|finding| {
        let path = of_form(all, &finding.path);
        of_field(words, all, path, words.advised(finding))
    });
    let troubles: Vec<Trouble> = troubles.collect();
    let refused = troubles.is_empty().then(|| refusal(words, status));
    Wrong { troubles, refused, code: Some(status.code()), anew: String::new() }
}

/// What a call was refused for, to who writes in a form.
pub(super) fn refusal(words: &Words, status: &Status) -> (String, String) {
    let said = said_of(status).and_then(|refused| refused.said);
    match said.as_ref().map(|said| said.key.as_str()) {
        Some("refused-draft-unknown" | "refused-no-such-draft") => shell::said(words, "console-draft-gone"),
        _ => shell::refusal(words, status),
    }
}

/// Does what the button says, and where to go on. What is refused has changed nothing.
async fn sent(
    officer: &Officer,
    verb: &str,
    draft: Draft,
    fields: &Fields,
    carried: &Carried,
    all: &[Field],
) -> Result<String, Wrong> {
    let (api, words) = (&officer.visitor.desk.api, officer.words());
    let wrong = |status: Status| refused(words, all, &status);
    let (number, form, idempotency_key) = (carried.number(), carried.version(), carried.key());
    if let Some(Newer { notice, by }) = newest::newer(officer, fields).await {
        let names = [("notice", notice.clone()), ("reference", by)];
        let key = "refused-correction-newer";
        let refused = Some((words.say(key, &names), words.advice(key, &names).unwrap_or_default()));
        return Err(Wrong { refused, anew: notice, ..Wrong::default() });
    }
    let (header, body) = (Some(draft.header), draft.body);
    match verb {
        "emergency" => {
            if fields.get(PASSPHRASE).is_empty() {
                let (path, said) = (PASSPHRASE.to_owned(), words.get("console-passphrase-needed"));
                let trouble = Trouble { path, place: String::new(), said };
                return Err(Wrong { troubles: vec![trouble], ..Wrong::default() });
            }
            let checked = again::checked(officer, fields.get(PASSPHRASE)).await;
            checked.map_err(|refused| Wrong { refused: Some(refused), ..Wrong::default() })?;
            let header = header.map(|header| wire::NoticeHeader { emergency: true, ..header });
            let statement = Some(statement(fields));
            let request = wire::SendNoticeRequest { header, body, statement, idempotency_key, draft: number, form };
            let sent = api.send_notice(officer.call(request)).await.map_err(wrong)?.into_inner();
            Ok(format!("/n/{}", sent.reference))
        }
        "submit" => {
            let request =
                wire::SendNoticeRequest { header, body, statement: None, idempotency_key, draft: number, form };
            let sent = api.send_notice(officer.call(request)).await.map_err(wrong)?.into_inner();
            Ok(sent.draft.map_or_else(|| format!("/n/{}", sent.reference), |draft| format!("/drafts/{}", draft.number)))
        }
        _ => {
            let draft = carried.draft.clone();
            let request = wire::SaveDraftRequest { draft, header, body, form, idempotency_key, unfinished: vec![] };
            let saved = api.save_draft(officer.call(request)).await.map_err(wrong)?.into_inner();
            let number = saved.draft.unwrap_or_default().number.to_string();
            // Without script a file is added on a page of its own.
            let place = if verb == "attach" { "/attach" } else { "" };
            Ok(format!("/drafts/{number}{place}"))
        }
    }
}

/// A point of the checklist: its word, what it says, and whether it is ticked.
pub(in crate::console) type Point = (&'static str, String, bool);

/// The checklist as a form has it.
pub(in crate::console) fn points(words: &Words, fields: &Fields) -> Vec<Point> {
    let point = |point: CheckPoint| {
        let word = point.word();
        (word, words.get(&format!("check-point-{word}")), fields.all("check").any(|one| one == word))
    };
    CHECKLIST.map(point).into()
}

/// What an officer states with a form.
pub(in crate::console) fn statement(fields: &Fields) -> wire::Statement {
    let points = fields.all("check").filter_map(CheckPoint::from_word).map(Into::into);
    wire::Statement { checklist: points.collect(), lawful_basis_confirmed: fields.has("lawful") }
}
