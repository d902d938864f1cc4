//! The clock: what it shows, and the word of an officer that it is right.

use askama::Template;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;

use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made_again;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::wire;

#[derive(Template)]
#[template(path = "clock.html")]
struct Page {
    shell: Shell,
    /// What the clock shows, UTC ms, and in words.
    shown_ms: i64,
    shown: String,
    last: String,
    refused: Option<(String, String)>,
}

pub(super) async fn page(officer: Officer) -> Response {
    shown(&officer, None).await
}

/// Writes that the officer compared what it showed.
pub(super) async fn confirm(Posted { officer, fields }: Posted) -> Response {
    let request = wire::ConfirmClockRequest { shown_ms: fields.get("shown").parse().unwrap_or_default() };
    match officer.visitor.desk.api.confirm_clock(officer.call(request)).await {
        Ok(_) => Redirect::to("/").into_response(),
        Err(refusal) => shown(&officer, Some(shell::refusal(officer.words(), &refusal))).await,
    }
}

async fn shown(officer: &Officer, refused: Option<(String, String)>) -> Response {
    let status = match officer.visitor.desk.api.get_status(officer.call(wire::GetStatusRequest {})).await {
        Ok(status) => status.into_inner(),
        Err(refusal) => return shell::refused(officer, &refusal),
    };
    let clock = status.clock.unwrap_or_default();
    let shell = Shell::for_officer(officer, "console-clock");
    let page = Page {
        shown_ms: clock.shown_ms,
        shown: shell.when.moment(clock.shown_ms),
        last: shell.when.moment(status.head.unwrap_or_default().time_ms),
        shell,
        refused,
    };
    made_again(&page, page.refused.is_some())
}
