//! Brings a file in piece by piece, for the script of a page: creation, HEAD, PATCH and termination of tus 1.0 with its
//! `Upload-Offset`, so that how to go on after a cut is a rule that others wrote and proved; nothing else of it is needed.
//!
//! - The token of the session comes in a header; answers are texts of two sentences, in the language of the reader.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::extract::Path;
use axum::extract::RawForm;
use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::IntoResponse as _;
use axum::response::Response;
use tonic::Status;

use crate::console::Desk;
use crate::console::attachments::form::Kept;
use crate::console::attachments::form::told_by;
use crate::console::form::Fields;
use crate::console::renew::TOKEN;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::console::visitor::Visitor;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::limits;
use crate::wire;

const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: &str = "upload-length";
/// SHA-256 of the whole file, as hex digits: one that was begun before goes on.
const SHA256: &str = "x-chapar-sha256";
const PIECE: &str = "application/offset+octet-stream";

/// An officer whose page brings a file in. Where there is none, the script says so and waits: a page that leads to the
/// sign-in would only be in its way.
pub(super) struct Bringing(Officer);

impl FromRequestParts<Arc<Desk>> for Bringing {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Self, Self::Rejection> {
        let Ok(visitor) = Visitor::from_request_parts(parts, desk).await;
        let Some(officer) = visitor.clone().officer() else {
            return Err(two_sentences(StatusCode::UNAUTHORIZED, visitor.over()));
        };
        let token = parts.headers.get(TOKEN).and_then(|token| token.to_str().ok());
        if token != Some(officer.session.token.as_str()) || officer.enrolled.one_time {
            let said = shell::said(&visitor.words, "console-other-session");
            return Err(two_sentences(StatusCode::FORBIDDEN, said));
        }
        Ok(Self(officer))
    }
}

fn two_sentences(code: StatusCode, (what, next): (String, String)) -> Response {
    (code, format!("{what}\n{next}")).into_response()
}

fn refused(officer: &Officer, status: &Status) -> Response {
    two_sentences(shell::code(status), shell::refusal(officer.words(), status))
}

/// A header that is a number.
fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// A name of an upload; one that is none names nothing.
fn named(upload: &str) -> Vec<u8> {
    hex::decode(upload).unwrap_or_default()
}

fn at(code: StatusCode, offset: u64) -> Response {
    (code, [(OFFSET, HeaderValue::from(offset))]).into_response()
}

/// A file of this length comes.
pub(super) async fn begin(Bringing(officer): Bringing, headers: HeaderMap) -> Response {
    let Some(size_bytes) = number(&headers, LENGTH) else { return StatusCode::BAD_REQUEST.into_response() };
    let file_digest = headers.get(SHA256).and_then(|hex| hex::decode(hex).ok()).unwrap_or_default();
    let request = wire::BeginAttachmentRequest { size_bytes, file_digest };
    match officer.visitor.desk.api.begin_attachment(officer.call(request)).await {
        Ok(begun) => {
            let begun = begun.into_inner();
            let place = format!("/attachments/{}", hex::encode(begun.upload));
            ([(header::LOCATION, place)], at(StatusCode::CREATED, begun.offset)).into_response()
        }
        Err(status) => refused(&officer, &status),
    }
}

/// How much of it is here.
pub(super) async fn how_far(Bringing(officer): Bringing, Path(upload): Path<String>) -> Response {
    go_on(&officer, &upload, 0, Bytes::new()).await
}

/// Its next bytes.
pub(super) async fn put(
    Bringing(officer): Bringing,
    Path(upload): Path<String>,
    headers: HeaderMap,
    data: Bytes,
) -> Response {
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != PIECE) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    if data.len() > limits::UPLOAD_PIECE_BYTES {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let Some(offset) = number(&headers, OFFSET.as_str()) else { return StatusCode::BAD_REQUEST.into_response() };
    go_on(&officer, &upload, offset, data).await
}

async fn go_on(officer: &Officer, upload: &str, offset: u64, data: Bytes) -> Response {
    let request = wire::PutAttachmentRequest { upload: named(upload), offset, data: data.into() };
    match officer.visitor.desk.api.put_attachment(officer.call(request)).await {
        Ok(put) => at(StatusCode::NO_CONTENT, put.into_inner().offset),
        Err(status) => refused(officer, &status),
    }
}

/// It is not wanted any more.
pub(super) async fn discard(Bringing(officer): Bringing, Path(upload): Path<String>) -> Response {
    let request = wire::DiscardAttachmentRequest { upload: named(&upload) };
    match officer.visitor.desk.api.discard_attachment(officer.call(request)).await {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(status) => refused(&officer, &status),
    }
}

/// What a form has of a file that has been brought in.
#[derive(Template)]
#[template(path = "kept.html")]
struct Part {
    shell: Shell,
    files: Vec<Kept>,
    /// What the officer should see about it.
    flags: Vec<String>,
}

/// All of it is here: answers what the form then has of it.
pub(super) async fn finish(
    Bringing(officer): Bringing,
    Path(upload): Path<String>,
    RawForm(form): RawForm,
) -> Response {
    let fields = Fields(serde_urlencoded::from_bytes(&form).unwrap_or_default());
    let request = told_by(&fields, named(&upload));
    match officer.visitor.desk.api.finish_attachment(officer.call(request)).await {
        Ok(finished) => {
            let finished = finished.into_inner();
            let shell = Shell::for_officer(&officer, "console-compose");
            let files = finished.attachment.iter().filter_map(|key| Kept::of(&shell, "", key)).collect();
            let flags = finished.flags.iter().map(|flag| shell.words.advised(flag)).collect();
            made(&Part { shell, files, flags })
        }
        Err(status) => refused(&officer, &status),
    }
}
