//! The first sign-in of a new office: whoever has the setup code, on this machine, sets the passphrase of the first
//! administrator. An administrator who has signed in sees what is to be set up.

use std::sync::Arc;

use askama::Template;
use axum::extract::Request;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use zeroize::Zeroizing;

use crate::console::Desk;
use crate::console::form::Fields;
use crate::console::set_up;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::sign_in;
use crate::console::visitor::Visitor;
use crate::name::OfficerId;

const PAGE: &str = "/first-run";
const AGAIN: &str = "setup-code";

#[derive(Template)]
#[template(path = "first_run.html")]
struct Page {
    shell: Shell,
    /// Whose passphrase it will be.
    officer: OfficerId,
    /// The command that makes another code.
    again: &'static str,
    /// As it was typed.
    code: String,
    refused: Option<(String, String)>,
}

/// The list of tasks for an administrator; the form of the setup code for whoever is at this machine.
pub(super) async fn page(visitor: Visitor) -> Response {
    match visitor.clone().officer() {
        Some(officer) if officer.enrolled.one_time => Redirect::to("/passphrase").into_response(),
        Some(officer) => set_up::page(&officer).await,
        None => shown(&visitor, "", None),
    }
}

/// The form, where a code is good for something.
fn shown(visitor: &Visitor, code: &str, refused: Option<(String, String)>) -> Response {
    let Some(officer) = visitor.desk.api.first_administrator() else {
        return Redirect::to(&sign_in::address(PAGE)).into_response();
    };
    if !visitor.is_here {
        return shell::sentence(visitor, StatusCode::FORBIDDEN, "console-first-run-elsewhere");
    }
    let status = if refused.is_some() { StatusCode::FORBIDDEN } else { StatusCode::OK };
    let (jar, shell) = sign_in::with_door(visitor, "console-first-run");
    (status, jar, made(&Page { shell, officer, again: AGAIN, code: code.to_owned(), refused })).into_response()
}

/// Sets the passphrase and signs the administrator in.
pub(super) async fn set(visitor: Visitor, State(desk): State<Arc<Desk>>, jar: CookieJar, request: Request) -> Response {
    if !visitor.is_here {
        return shell::sentence(&visitor, StatusCode::FORBIDDEN, "console-first-run-elsewhere");
    }
    let fields = Fields::of(request).await;
    if !sign_in::is_door(&visitor, fields.get("token")) {
        return shown(&visitor, "", Some(shell::said(&visitor.words, "console-sign-in-again")));
    }
    let [code, new] = ["code", "new"].map(|name| Zeroizing::new(fields.get(name).to_owned()));
    if *new != fields.get("again") {
        let refused = shell::said(&visitor.words, "console-passphrases-differ");
        return shown(&visitor, &code, Some(refused));
    }
    match desk.api.first_passphrase(code.clone(), new).await {
        Ok(signed_in) => {
            let (jar, _) = sign_in::begin(&visitor, jar, signed_in);
            (jar, Redirect::to(PAGE)).into_response()
        }
        Err(status) => shown(&visitor, &code, Some(shell::refusal(&visitor.words, &status))),
    }
}
