//! The release queue: what waits for a second officer, read before it is released or returned.
//!
//! - Opening another officer's draft is an entry, so it is an act of its own and never a link.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;
use tonic::Status;

use crate::console::again;
use crate::console::changes;
use crate::console::changes::Changed;
use crate::console::compose::Point;
use crate::console::compose::offices;
use crate::console::compose::offices::Peer;
use crate::console::compose::points;
use crate::console::compose::statement;
use crate::console::drafts;
use crate::console::drafts::Opened;
use crate::console::drafts::Row;
use crate::console::form::Fields;
use crate::console::mark;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::shell::made_again;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::domain::notice;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::office::call::Call;
use crate::wire;
use crate::wire::DraftState;
use crate::wire::RelationKind;

/// Fields of the page that are no ticks.
const LAWFUL: &str = "lawful";

#[derive(Template)]
#[template(path = "queue.html")]
struct Queue {
    shell: Shell,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "release.html")]
struct Page {
    shell: Shell,
    opened: Opened,
    addressees: Vec<Peer>,
    /// Points of the checklist: word, what it says, whether it is ticked.
    points: Vec<Point>,
    lawful: bool,
    comment: String,
    /// What is wrong: the id of its field, if it is one of the page, and what.
    troubles: Vec<(String, String)>,
    refused: Option<(String, String)>,
    /// What a correction changes in the text as it now reads; `None` for any other draft, or if that text is gone.
    corrects: Option<Vec<Changed>>,
}

/// What waits for release: urgent and old ones first, as the node lists them.
async fn waiting(officer: &Officer) -> Result<Vec<wire::DraftSummary>, Status> {
    let drafts = drafts::all(officer).await?;
    Ok(drafts.into_iter().filter(|draft| draft.state() == DraftState::PendingRelease).collect())
}

pub(super) async fn queue(officer: Officer) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Release) {
        return denied;
    }
    match waiting(&officer).await {
        Ok(drafts) => queued(&officer, &drafts),
        Err(status) => shell::refused(&officer, &status),
    }
}

/// The queue with one draft of it, not opened.
pub(super) async fn one(officer: Officer, Path(number): Path<String>) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Release) {
        return denied;
    }
    match drafts::one(&officer, &number).await {
        Ok(draft) if draft.state() == DraftState::PendingRelease => queued(&officer, &[draft]),
        Ok(_) => shell::sentence(&officer.visitor, StatusCode::NOT_FOUND, "console-not-waiting"),
        Err(status) if status.code() == tonic::Code::NotFound => {
            shell::sentence(&officer.visitor, StatusCode::NOT_FOUND, "console-not-waiting")
        }
        Err(status) => shell::refused(&officer, &status),
    }
}

fn queued(officer: &Officer, drafts: &[wire::DraftSummary]) -> Response {
    let shell = Shell::for_officer(officer, "console-release");
    let rows = drafts.iter().map(|draft| Row::of(&shell, draft)).collect();
    made(&Queue { shell, rows })
}

/// Opens a draft to release it: an entry, then its text.
pub(super) async fn open(Path(number): Path<String>, Posted { officer, .. }: Posted) -> Response {
    shown(&officer, &number, &Fields::default(), vec![], None).await
}

/// The opened draft with what was filled in.
async fn shown(
    officer: &Officer,
    number: &str,
    fields: &Fields,
    troubles: Vec<(String, String)>,
    refused: Option<(String, String)>,
) -> Response {
    if let Some(denied) = shell::denied(officer, Call::Release) {
        return denied;
    }
    let mut shell = Shell::for_officer(officer, "console-release");
    let request = wire::OpenDraftRequest { draft: number.to_owned() };
    let opened = officer.visitor.desk.api.open_draft(officer.call(request)).await;
    let (mut opened, peers) = match (opened, offices::peers(officer, &shell).await) {
        (Ok(opened), Ok(peers)) => (opened.into_inner(), peers),
        (Err(status), _) | (_, Err(status)) => return shell::refused(officer, &status),
    };
    let draft = opened.draft.clone().unwrap_or_default();
    // What was ticked for another form of it does not count.
    let (nothing, read) = (Fields::default(), fields.get("form"));
    let (fields, refused) = if read.is_empty() || read == hex::encode(&draft.form) {
        (fields, refused)
    } else {
        (&nothing, Some(shell::said(&shell.words, "refused-draft-changed")))
    };
    // What the refusal names is said once.
    if let Some((what, _)) = &refused {
        opened.problems.retain(|one| !what.contains(shell.words.finding(one).trim_end_matches('.')));
    }
    let header = draft.header.unwrap_or_default();
    shell.exercise = mark::exercise(&shell, &header);
    let corrects = corrects(officer, &shell, &header, opened.body.as_ref()).await;
    let is_addressee = |peer: &Peer| header.to.iter().chain(&header.cc).any(|party| party.office == peer.code);
    let page = Page {
        opened: Opened::of(&shell, &opened),
        addressees: peers.into_iter().filter(is_addressee).collect(),
        points: points(&shell.words, fields),
        lawful: fields.has(LAWFUL),
        comment: fields.get("comment").to_owned(),
        troubles,
        refused,
        corrects,
        shell,
    };
    made_again(&page, page.refused.is_some() || !page.troubles.is_empty())
}

/// What a correction changes that puts a whole text in place of another one: that one is opened, which is recorded as any
/// opening is.
async fn corrects(
    officer: &Officer,
    shell: &Shell,
    header: &wire::NoticeHeader,
    body: Option<&wire::NoticeBody>,
) -> Option<Vec<Changed>> {
    let new = body.and_then(notice::replacement)?;
    let notice = header.relations.iter().find(|relation| relation.kind() == RelationKind::Corrects)?.reference.clone();
    let request = wire::OpenNoticeRequest { notice, ..wire::OpenNoticeRequest::default() };
    let opened = officer.visitor.desk.api.open_notice(officer.call(request)).await.ok()?.into_inner();
    let target = opened.summary?.header?;
    let old = wire::NoticeBody { padding: vec![], ..opened.body? };
    Some(changes::of_texts(shell, &target, (&old, new)))
}

/// Releases a draft that was read.
pub(super) async fn release(Path(number): Path<String>, Posted { officer, fields }: Posted) -> Response {
    let (api, words) = (&officer.visitor.desk.api, officer.words());
    let mut troubles = vec![];
    for (word, said, _) in points(words, &fields).into_iter().filter(|(.., ticked)| !ticked) {
        troubles.push((format!("check-{word}"), words.say("console-not-ticked", &[("point", said)])));
    }
    if fields.has("asks") && !fields.has(LAWFUL) {
        let said = words.get("check-lawful-basis");
        troubles.push((LAWFUL.to_owned(), words.say("console-not-ticked", &[("point", said)])));
    }
    if fields.get("passphrase").is_empty() {
        troubles.push(("passphrase".to_owned(), words.get("console-passphrase-needed")));
    }
    if !troubles.is_empty() {
        return shown(&officer, &number, &fields, troubles, None).await;
    }
    if let Err(refused) = again::checked(&officer, fields.get("passphrase")).await {
        return shown(&officer, &number, &fields, vec![], Some(refused)).await;
    }
    let form = hex::decode(fields.get("form")).unwrap_or_default();
    let request = wire::ReleaseDraftRequest { draft: number.clone(), form, statement: Some(statement(&fields)) };
    match api.release_draft(officer.call(request)).await {
        Ok(released) => Redirect::to(&format!("/n/{}", released.into_inner().reference)).into_response(),
        Err(status) => shown(&officer, &number, &fields, vec![], Some(shell::refusal(words, &status))).await,
    }
}

/// Returns a draft to its author, with what is to be changed.
pub(super) async fn give_back(Path(number): Path<String>, Posted { officer, fields }: Posted) -> Response {
    let comment = fields.get("comment").replace("\r\n", "\n").trim().to_owned();
    if comment.is_empty() {
        let trouble = ("comment".to_owned(), officer.words().get("console-comment-needed"));
        return shown(&officer, &number, &fields, vec![trouble], None).await;
    }
    let request = wire::ReturnDraftRequest { draft: number.clone(), comment };
    match officer.visitor.desk.api.return_draft(officer.call(request)).await {
        Ok(_) => Redirect::to("/release").into_response(),
        Err(status) => {
            let refused = shell::refusal(officer.words(), &status);
            shown(&officer, &number, &fields, vec![], Some(refused)).await
        }
    }
}
