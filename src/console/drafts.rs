//! Drafts: those that this officer may see, one of them as addressees would read it, and what can be done with it.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;
use tonic::Status;

use crate::console::attachments::Attachments;
use crate::console::changes;
use crate::console::changes::Changed;
use crate::console::mark;
use crate::console::mark::Mark;
use crate::console::mark::capital;
use crate::console::notice;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::text;
use crate::console::text::Line;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::office::call::Call;
use crate::wire;
use crate::wire::DraftState;
use crate::wire::NoticeKind;

#[derive(Template)]
#[template(path = "drafts.html")]
struct List {
    shell: Shell,
    rows: Vec<Row>,
}

/// A draft in a list.
pub(super) struct Row {
    pub(super) number: u64,
    pub(super) urgency: Mark,
    pub(super) exercise: String,
    pub(super) kind: String,
    pub(super) reference: String,
    pub(super) author: String,
    pub(super) to: Vec<(String, String)>,
    pub(super) state: Mark,
    pub(super) saved: String,
    /// Since when it waits for release; empty if it does not.
    pub(super) since: String,
    /// When it is thrown away; empty while it waits for release.
    pub(super) ends: String,
    pub(super) returned_by: String,
    pub(super) comment: String,
    /// Whether it is this officer's own.
    pub(super) is_own: bool,
    /// Whether it is a form that has not been finished.
    pub(super) unfinished: bool,
    pub(super) may_release: bool,
    /// Officers who may release it, by commas.
    pub(super) releasers: String,
}

/// A draft that was opened.
pub(super) struct Opened {
    pub(super) row: Row,
    pub(super) tlp: (&'static str, &'static str),
    pub(super) handling: Vec<(String, String)>,
    pub(super) about: Vec<(String, String)>,
    pub(super) lines: Vec<Line>,
    pub(super) attachments: Attachments,
    /// What keeps it here, and what the officer should see.
    pub(super) problems: Vec<String>,
    pub(super) flags: Vec<String>,
    /// What has changed since it was returned; `None` if it never was.
    pub(super) changes: Option<Vec<Changed>>,
    /// Names this form of it.
    pub(super) form: String,
    /// Whether it asks to detain or to seize.
    pub(super) asks_force: bool,
}

#[derive(Template)]
#[template(path = "draft.html")]
struct Page {
    shell: Shell,
    opened: Opened,
    waits: bool,
    refused: Option<(String, String)>,
}

/// A draft of another officer, who has left, as it is before it is opened.
#[derive(Template)]
#[template(path = "draft_closed.html")]
struct Closed {
    shell: Shell,
    row: Row,
}

/// One draft without its text.
pub(super) async fn one(officer: &Officer, number: &str) -> Result<wire::DraftSummary, Status> {
    let request = officer.call(wire::GetDraftRequest { draft: number.to_owned() });
    Ok(officer.visitor.desk.api.get_draft(request).await?.into_inner().draft.unwrap_or_default())
}

/// All drafts that an officer may see.
pub(super) async fn all(officer: &Officer) -> Result<Vec<wire::DraftSummary>, Status> {
    let listed = officer.visitor.desk.api.list_drafts(officer.call(wire::ListDraftsRequest {})).await?;
    Ok(listed.into_inner().drafts)
}

pub(super) async fn list(officer: Officer) -> Response {
    match all(&officer).await {
        Ok(drafts) => {
            let shell = Shell::for_officer(&officer, "console-drafts");
            let rows = drafts.iter().map(|draft| Row::of(&shell, draft)).collect();
            made(&List { shell, rows })
        }
        Err(status) => shell::refused(&officer, &status),
    }
}

impl Row {
    pub(super) fn of(shell: &Shell, draft: &wire::DraftSummary) -> Self {
        let header = draft.header.clone().unwrap_or_default();
        let (class, icon) = match draft.state() {
            DraftState::PendingRelease => ("wait", "hourglass"),
            DraftState::Returned => ("bad", "undo-2"),
            DraftState::Draft | DraftState::Unspecified => ("", "file-pen"),
        };
        let parties = header.to.iter().chain(&header.cc);
        Self {
            number: draft.number,
            urgency: mark::urgency(shell, &header),
            exercise: mark::exercise(shell, &header),
            kind: capital(&shell.words.label::<NoticeKind>(header.kind)),
            reference: draft.reference.clone(),
            author: draft.author.clone(),
            to: parties.map(|party| (party.office.clone(), shell.name_of(&party.office))).collect(),
            state: Mark { class, icon, text: shell.words.label::<DraftState>(draft.state) },
            saved: shell.when.short(draft.saved_ms),
            since: match draft.submitted_ms {
                0 => String::new(),
                ms => shell.with_second(shell.when.short(ms), ms),
            },
            ends: if draft.ends_ms == 0 { String::new() } else { shell.when.day(draft.ends_ms) },
            returned_by: draft.returned_by.clone(),
            comment: draft.comment.clone(),
            is_own: draft.author == shell.officer,
            unfinished: draft.unfinished,
            may_release: draft.may_release,
            releasers: draft.releasers.join(", "),
        }
    }
}

impl Opened {
    pub(super) fn of(shell: &Shell, opened: &wire::OpenDraftResponse) -> Self {
        let draft = opened.draft.clone().unwrap_or_default();
        let header = draft.header.clone().unwrap_or_default();
        let said = |findings: &[wire::Finding]| -> Vec<String> {
            let each = findings.iter().map(|finding| {
                let (place, said) = (shell.words.place(finding), shell.words.advised(finding));
                if place.is_empty() { said } else { format!("{place}: {said}") }
            });
            each.collect()
        };
        Self {
            row: Row::of(shell, &draft),
            tlp: mark::tlp(&header),
            handling: mark::handling(shell, &header),
            about: notice::about(shell, &header),
            lines: opened.body.as_ref().map(|body| text::lines(shell, &header, body)).unwrap_or_default(),
            attachments: Attachments::of(
                shell,
                &format!("/drafts/{}", draft.number),
                opened.body.as_ref(),
                &opened.attachments,
            ),
            problems: said(&opened.problems),
            flags: said(&opened.flags),
            changes: changes::changes(shell, opened),
            form: hex::encode(&draft.form),
            asks_force: header.permitted_action().asks_force(),
        }
    }
}

/// A draft of one's own. Those of others are opened where they are released, or by an act, which is recorded.
pub(super) async fn page(officer: Officer, Path(number): Path<String>) -> Response {
    let found = match one(&officer, &number).await {
        Ok(found) => found,
        Err(status) => return shell::refused(&officer, &status),
    };
    if found.author == officer.id().as_str() {
        return shown(&officer, &number, None, StatusCode::OK).await;
    }
    if found.state() == DraftState::PendingRelease && !found.left {
        return Redirect::to(&format!("/release/{number}")).into_response();
    }
    if let Some(denied) = shell::denied(&officer, Call::Write) {
        return denied;
    }
    let shell = Shell::for_officer(&officer, "console-draft");
    let row = Row::of(&shell, &found);
    made(&Closed { shell, row })
}

/// Opens the draft of an officer who has left: an entry, then its text.
pub(super) async fn open(Path(number): Path<String>, Posted { officer, .. }: Posted) -> Response {
    shown(&officer, &number, None, StatusCode::OK).await
}

async fn shown(officer: &Officer, number: &str, refused: Option<(String, String)>, code: StatusCode) -> Response {
    if let Some(denied) = shell::denied(officer, Call::Write) {
        return denied;
    }
    let request = wire::OpenDraftRequest { draft: number.to_owned() };
    match officer.visitor.desk.api.open_draft(officer.call(request)).await {
        Ok(opened) => {
            let mut shell = Shell::for_officer(officer, "console-draft");
            let opened = Opened::of(&shell, &opened.into_inner());
            shell.exercise.clone_from(&opened.row.exercise);
            let waits = !opened.row.since.is_empty();
            (code, made(&Page { shell, opened, waits, refused })).into_response()
        }
        Err(status) => shell::refused(officer, &status),
    }
}

/// Submits a draft, takes it back, or throws it away.
pub(super) async fn act(Path((number, verb)): Path<(String, String)>, Posted { officer, .. }: Posted) -> Response {
    let (api, draft, own) = (&officer.visitor.desk.api, number.clone(), format!("/drafts/{number}"));
    let done = match verb.as_str() {
        "submit" => api.submit_draft(officer.call(wire::SubmitDraftRequest { draft })).await.map(|_| own),
        "take-back" => {
            let request = wire::ReturnDraftRequest { draft, comment: String::new() };
            api.return_draft(officer.call(request)).await.map(|_| own)
        }
        "discard" => {
            let request = wire::DiscardDraftRequest { draft, form: vec![] };
            api.discard_draft(officer.call(request)).await.map(|_| "/drafts".to_owned())
        }
        _ => return shell::sentence(&officer.visitor, StatusCode::NOT_FOUND, "console-no-page"),
    };
    match done {
        Ok(address) => Redirect::to(&address).into_response(),
        Err(status) => {
            let refused = shell::refusal(officer.words(), &status);
            shown(&officer, &number, Some(refused), StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}
