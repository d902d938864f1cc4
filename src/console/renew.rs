//! The sign-in over a form, for the script of its page: the passphrase again, and the form goes on where it is.

use axum::extract::Request;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use std::sync::Arc;

use crate::console::Desk;
use crate::console::form::Fields;
use crate::console::shell;
use crate::console::sign_in;
use crate::console::visitor::Visitor;
use crate::edge::sign_in::Door;

/// The header in which a script sends the token of its session, and hears of a new one.
pub(super) const TOKEN: &str = "chapar-token";

/// The field with what the cookie of the sign-in holds: no other site begins a session here.
const DOOR: &str = "door";

/// Answers 204 with the token of the session: the one that goes on, or a new one.
pub(super) async fn renew(
    visitor: Visitor,
    State(desk): State<Arc<Desk>>,
    jar: CookieJar,
    request: Request,
) -> Response {
    let fields = Fields::of(request).await;
    let Some(officer) = sign_in::named(fields.get("officer"), desk.api.hub.me.office) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    // Another tab may have signed in since.
    let other = visitor.clone().officer().filter(|other| *other.id() == officer);
    if other.is_none() && !sign_in::is_door(&visitor, fields.get(DOOR)) {
        let (what, next) = shell::said(&visitor.words, "console-sign-in-again");
        return (StatusCode::FORBIDDEN, format!("{what} {next}")).into_response();
    }
    let door = match &other {
        Some(other) => Door::Own(&other.session.token),
        None => desk.browsers.door(&officer, &visitor.browser),
    };
    let signed_in = match desk.api.sign_in(&officer, fields.get("passphrase").as_bytes(), door).await {
        Ok(signed_in) => signed_in,
        Err(status) => {
            let (what, next) = shell::refusal(&visitor.words, &status);
            return (StatusCode::FORBIDDEN, format!("{what} {next}")).into_response();
        }
    };
    if let Some(officer) = other {
        return (StatusCode::NO_CONTENT, [(TOKEN, officer.session.token)]).into_response();
    }
    let (jar, session) = sign_in::begin(&visitor, jar, signed_in);
    (StatusCode::NO_CONTENT, jar, [(TOKEN, session.token)]).into_response()
}
