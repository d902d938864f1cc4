//! Help: what the places are for, the keys, and what this software does not prevent. And all places, for small screens.

use askama::Template;
use axum::response::Response;

use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;

#[derive(Template)]
#[template(path = "help.html")]
struct Help {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "more.html")]
struct More {
    shell: Shell,
}

pub(super) async fn page(officer: Officer) -> Response {
    made(&Help { shell: Shell::for_officer(&officer, "console-help") })
}

/// All places of the officer.
pub(super) async fn more(officer: Officer) -> Response {
    made(&More { shell: Shell::for_officer(&officer, "console-more") })
}
