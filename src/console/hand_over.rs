//! The end of a shift: the open notices that an officer takes care of, given to another one of the office.

use askama::Template;
use axum::extract::Query;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;

use crate::console::form;
use crate::console::form::Fields;
use crate::console::mark;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made_again;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::limits;
use crate::name::OfficerId;
use crate::office::call::Call;
use crate::wire;
use crate::wire::NoticeKind;

/// Where it is.
pub(super) const PATH: &str = "/settings/hand-over";

#[derive(Template)]
#[template(path = "hand_over.html")]
struct Page {
    shell: Shell,
    rows: Vec<Row>,
    /// How many more there are than are shown.
    more: u64,
    /// Who may take care of notices now.
    officers: Vec<String>,
    chosen: String,
    /// What was handed over just now; empty for nothing.
    said: String,
    refused: Option<(String, String)>,
}

/// A notice in this officer's care.
struct Row {
    reference: String,
    exercise: String,
    kind: String,
    office: String,
    deadline: String,
    overdue: bool,
}

pub(super) async fn page(officer: Officer, Query(query): Query<Vec<(String, String)>>) -> Response {
    let asked = Fields(query);
    let said = match (asked.get("to").parse::<OfficerId>(), asked.get("given").parse::<u64>()) {
        (Ok(to), Ok(given)) => {
            officer.words().say("handed-over", &[("count", given.to_string()), ("officer", to.to_string())])
        }
        _ => String::new(),
    };
    shown(&officer, String::new(), said, None).await
}

/// Gives all of it to another officer.
pub(super) async fn give(Posted { officer, fields }: Posted) -> Response {
    let to = fields.get("to").to_owned();
    if to.is_empty() {
        let refused = shell::said(officer.words(), "console-hand-over-nobody");
        return shown(&officer, to, String::new(), Some(refused)).await;
    }
    let request = wire::HandOverRequest { to: to.clone() };
    match officer.visitor.desk.api.hand_over(officer.call(request)).await {
        Ok(given) => {
            let given = given.into_inner().references.len().to_string();
            Redirect::to(&form::address(PATH, &[("to", &to), ("given", &given)])).into_response()
        }
        Err(status) => {
            let refused = shell::refusal(officer.words(), &status);
            shown(&officer, to, String::new(), Some(refused)).await
        }
    }
}

async fn shown(officer: &Officer, chosen: String, said: String, refused: Option<(String, String)>) -> Response {
    if let Some(denied) = shell::denied(officer, Call::Handle) {
        return denied;
    }
    let request = wire::ShowBoardRequest {
        folder: wire::Folder::Inbox.into(),
        mine: true,
        page_size: limits::PAGE_ROWS,
        ..wire::ShowBoardRequest::default()
    };
    let board = match officer.visitor.desk.api.show_board(officer.call(request)).await {
        Ok(board) => board.into_inner(),
        Err(status) => return shell::refused(officer, &status),
    };
    let shell = Shell::for_officer(officer, "console-hand-over");
    let rows: Vec<Row> = board.rows.iter().map(|row| Row::of(&shell, row)).collect();
    let hub = &officer.visitor.desk.api.hub;
    let (all, now) = (hub.shared.officers(), hub.node_time());
    let handles = |id: &&OfficerId| *id != officer.id() && all.permit(id, Call::Handle, now).is_ok();
    let page = Page {
        more: board.total.saturating_sub(u64::try_from(rows.len()).unwrap_or(u64::MAX)),
        officers: all.all.keys().filter(handles).map(ToString::to_string).collect(),
        shell,
        rows,
        chosen,
        said,
        refused,
    };
    made_again(&page, page.refused.is_some())
}

impl Row {
    fn of(shell: &Shell, row: &wire::BoardRow) -> Self {
        let notice = row.notice.clone().unwrap_or_default();
        let header = notice.header.unwrap_or_default();
        let sides = notice.standing.unwrap_or_default().sides;
        let waits = sides.iter().filter(|side| side.due_ms != 0).min_by_key(|side| side.due_ms);
        Self {
            exercise: mark::exercise(shell, &header),
            kind: shell.words.label::<NoticeKind>(header.kind),
            office: header.from.unwrap_or_default().office,
            deadline: waits.map(|side| shell.when.left(side.due_ms, &shell.words)).unwrap_or_default(),
            overdue: waits.is_some_and(|side| side.overdue),
            reference: header.reference,
        }
    }
}
