//! Pages that only say something: what happened, and what to do.

use askama::Template;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::response::Response;
use tonic::Status;

use crate::console::exercise::Banner;
use crate::console::gate;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::console::visitor::Visitor;
use crate::edge::status::said_of;
use crate::i18n::Words;
use crate::office::call::Call;

/// A page with two sentences: what happened, and what to do.
#[derive(Template)]
#[template(path = "sentence.html")]
struct Sentence {
    shell: Shell,
    what: String,
    next: String,
    /// Where the officer was; empty where only the first page is known.
    back: String,
}

/// A page that says a message of `i18n/`.
pub(in crate::console) fn sentence(visitor: &Visitor, code: StatusCode, key: &str) -> Response {
    sentence_with(visitor, code, key, String::new())
}

/// The same, with a way back to where the officer was.
pub(in crate::console) fn sentence_with(visitor: &Visitor, code: StatusCode, key: &str, back: String) -> Response {
    let (what, next) = said(&visitor.words, key);
    let mut shell = Shell::of(visitor, "console-problem");
    shell.on = visitor.peek().and_then(|officer| Banner::of(&shell, &officer));
    let page = Sentence { shell, what, next, back };
    (code, made(&page)).into_response()
}

/// What a message of `i18n/` says, and what to do.
pub(in crate::console) fn said(words: &Words, key: &str) -> (String, String) {
    (words.get(key), words.advice(key, &[]).unwrap_or_default())
}

/// A page that says who may see it, if the officer may not, by the rule of the call that it stands for.
pub(in crate::console) fn denied(officer: &Officer, call: Call) -> Option<Response> {
    let hub = &officer.visitor.desk.api.hub;
    let permitted = hub.shared.officers().permit(officer.id(), call, hub.node_time()).map(drop);
    permitted.err().map(|denied| refused(officer, &denied.into()))
}

/// What a call was refused for, in the language of the reader.
pub(in crate::console) fn refusal(words: &Words, status: &Status) -> (String, String) {
    said_of(status).and_then(|refused| words.refused(&refused)).unwrap_or_else(|| {
        let (what, next) = status.message().split_once('\n').unwrap_or((status.message(), ""));
        (what.to_owned(), next.to_owned())
    })
}

/// A page that says why a call was refused; if for want of a role, who has it: everybody may see who is enrolled.
pub(in crate::console) fn refused(officer: &Officer, status: &Status) -> Response {
    let (what, next) = refusal(officer.words(), status);
    let next = gate::whom_to_ask(officer, status).unwrap_or(next);
    let (shell, back) = (Shell::for_officer(officer, "console-problem"), String::new());
    let page = Sentence { shell, what, next, back };
    (code(status), made(&page)).into_response()
}

/// What a refused call is in HTTP.
pub(in crate::console) fn code(status: &Status) -> StatusCode {
    match status.code() {
        tonic::Code::PermissionDenied => StatusCode::FORBIDDEN,
        tonic::Code::NotFound => StatusCode::NOT_FOUND,
        tonic::Code::Aborted | tonic::Code::AlreadyExists => StatusCode::CONFLICT,
        tonic::Code::InvalidArgument | tonic::Code::FailedPrecondition => StatusCode::UNPROCESSABLE_ENTITY,
        tonic::Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
