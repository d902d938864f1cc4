//! The inbox.

use axum::response::Response;

use crate::console::visitor::Officer;

pub(super) async fn page(officer: Officer) -> Response {
    crate::console::shell::sentence(&officer.visitor, axum::http::StatusCode::NOT_FOUND, "console-no-page")
}
