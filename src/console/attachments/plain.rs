//! Adds a file to a draft without script: one form, taken in as it comes, never whole in memory. What is cut is begun anew.

use askama::Template;
use axum::body::Body;
use axum::body::Bytes;
use axum::extract::FromRequest as _;
use axum::extract::Multipart;
use axum::extract::Path;
use axum::extract::Request;
use axum::extract::multipart::Field;
use axum::http::HeaderMap;
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;
use futures_util::StreamExt as _;
use futures_util::stream;
use tonic::Status;

use crate::console::attachments::form::kinds;
use crate::console::attachments::form::text as attached_to;
use crate::console::attachments::form::told_by;
use crate::console::form::Fields;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made_again;
use crate::console::visitor::Officer;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::limits;
use crate::office::call::Call;
use crate::wire;

/// Fields before the file, all together.
const HEAD_BYTES: usize = 64 * 1024;
/// A field of the form that is no file.
const FIELD_BYTES: usize = 8 * 1024;
/// The field of the file, which is the last one.
const FILE: &str = "file";

#[derive(Template)]
#[template(path = "attach.html")]
struct Page {
    shell: Shell,
    draft: String,
    kinds: Vec<(&'static str, String)>,
    fields: Fields,
    refused: Option<(String, String)>,
}

/// Why a file was not taken.
enum Refused {
    /// By the node.
    Status(Status),
    /// By this page, as a key of the words.
    Said(&'static str),
}

impl From<Status> for Refused {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

/// The form.
pub(super) async fn page(officer: Officer, Path(draft): Path<String>) -> Response {
    shell::denied(&officer, Call::Write).unwrap_or_else(|| shown(&officer, draft, Fields::default(), None))
}

fn shown(officer: &Officer, draft: String, fields: Fields, refused: Option<(String, String)>) -> Response {
    let shell = Shell::for_officer(officer, "console-attach");
    let page = Page { kinds: kinds(&shell), shell, draft, fields, refused };
    made_again(&page, page.refused.is_some())
}

/// Takes the file, and puts it into the draft.
pub(super) async fn add(officer: Officer, Path(draft): Path<String>, request: Request) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Write) {
        return denied;
    }
    let mut fields = Fields::default();
    match added(&officer, &draft, request, &mut fields).await {
        Ok(()) => Redirect::to(&format!("/drafts/{draft}/edit")).into_response(),
        Err(refused) => {
            let said = match refused {
                Refused::Status(status) => shell::refusal(officer.words(), &status),
                Refused::Said(key) => shell::said(officer.words(), key),
            };
            shown(&officer, draft, fields, Some(said))
        }
    }
}

async fn added(officer: &Officer, draft: &str, request: Request, fields: &mut Fields) -> Result<(), Refused> {
    const CUT: Refused = Refused::Said("console-attach-cut");
    let api = &officer.visitor.desk.api;
    let (request, size_bytes) = measured(request).await.ok_or(CUT)?;
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| CUT)?;
    while let Some(mut part) = parts.next_field().await.map_err(|_| CUT)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name != FILE {
            let value = text(&mut part).await.ok_or(CUT)?;
            fields.0.push((name, value));
            continue;
        }
        if fields.get("token") != officer.session.token {
            return Err(Refused::Said("console-other-session"));
        }
        fields.0.push(("name".to_owned(), part.file_name().unwrap_or_default().to_owned()));
        if size_bytes == 0 {
            return Err(Refused::Said("console-attach-none"));
        }
        let begun = api
            .begin_attachment(
                officer.call(wire::BeginAttachmentRequest { size_bytes, ..wire::BeginAttachmentRequest::default() }),
            )
            .await?;
        let upload = begun.into_inner().upload;
        let done = match put(officer, &upload, &mut part).await {
            Ok(()) => attached(officer, draft, told_by(fields, upload.clone())).await,
            Err(refused) => Err(refused),
        };
        if done.is_err() {
            // It is not known any more; what cannot be thrown away now goes by itself.
            let _ = api.discard_attachment(officer.call(wire::DiscardAttachmentRequest { upload })).await;
        }
        return done;
    }
    Err(Refused::Said("console-attach-none"))
}

/// The request with the length of its file: a form does not say it. The file is the last part, so it is what is left of
/// the whole after the headers of that part. Whoever says a wrong length has it refused when the bytes are counted.
async fn measured(request: Request) -> Option<(Request, u64)> {
    let (parts, body) = request.into_parts();
    let (whole, end) = (length(&parts.headers)?, ending(&parts.headers)?);
    let mut pieces = body.into_data_stream();
    let mut head: Vec<u8> = vec![];
    let begins = loop {
        head.extend_from_slice(&pieces.next().await?.ok()?);
        if let Some(at) = beginning(&head) {
            break at;
        }
        if head.len() > HEAD_BYTES {
            return None;
        }
    };
    let size = whole.checked_sub(u64::try_from(begins).ok()?)?.checked_sub(u64::try_from(end).ok()?)?;
    let first = stream::once(async { Ok(Bytes::from(head)) });
    Some((Request::from_parts(parts, Body::from_stream(first.chain(pieces))), size))
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// How long what follows the last part is: the boundary between two dashes, on a line of its own.
fn ending(headers: &HeaderMap) -> Option<usize> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (_, boundary) = kind.split_once("boundary=")?;
    let boundary = boundary.split(';').next()?.trim_matches('"');
    Some("\r\n--".len() + boundary.len() + "--\r\n".len())
}

/// Where the bytes of the file begin.
fn beginning(head: &[u8]) -> Option<usize> {
    let find = |from: usize, wanted: &[u8]| {
        let rest = head.get(from..)?;
        rest.windows(wanted.len()).position(|window| window == wanted).map(|at| from + at + wanted.len())
    };
    find(find(0, b"\r\nContent-Disposition: form-data; name=\"file\"; filename=")?, b"\r\n\r\n")
}

/// A field that is no file.
async fn text(part: &mut Field<'_>) -> Option<String> {
    let mut bytes = vec![];
    while let Some(piece) = part.chunk().await.ok()? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > FIELD_BYTES {
            return None;
        }
    }
    String::from_utf8(bytes).ok()
}

/// Hands the bytes on as they come.
async fn put(officer: &Officer, upload: &[u8], part: &mut Field<'_>) -> Result<(), Refused> {
    let (mut offset, mut held) = (0, vec![]);
    loop {
        let piece = part.chunk().await.map_err(|_| Refused::Said("console-attach-cut"))?;
        let is_end = piece.is_none();
        held.extend_from_slice(&piece.unwrap_or_default());
        while held.len() >= limits::UPLOAD_PIECE_BYTES || (is_end && !held.is_empty()) {
            let rest = held.split_off(held.len().min(limits::UPLOAD_PIECE_BYTES));
            let data = std::mem::replace(&mut held, rest);
            let request = wire::PutAttachmentRequest { upload: upload.to_vec(), offset, data };
            offset = officer.visitor.desk.api.put_attachment(officer.call(request)).await?.into_inner().offset;
        }
        if is_end {
            return Ok(());
        }
    }
}

/// Puts what has come into the draft.
async fn attached(officer: &Officer, draft: &str, told: wire::FinishAttachmentRequest) -> Result<(), Refused> {
    let api = &officer.visitor.desk.api;
    let attachment = api.finish_attachment(officer.call(told)).await?.into_inner().attachment;
    let request = wire::OpenDraftRequest { draft: draft.to_owned() };
    let opened = api.open_draft(officer.call(request)).await?.into_inner();
    if !opened.unfinished.is_empty() {
        return Err(Refused::Said("console-attach-unfinished"));
    }
    let Some(mut body) = opened.body else { return Err(Refused::Said("console-attach-no-text")) };
    attached_to(&mut body).extend(attachment);
    let wire::DraftSummary { header, form, .. } = opened.draft.unwrap_or_default();
    let (draft, body) = (draft.to_owned(), Some(body));
    let request = wire::SaveDraftRequest { draft, header, body, form, ..wire::SaveDraftRequest::default() };
    api.save_draft(officer.call(request)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_length_of_the_file_is_what_is_left() {
        let head = "--xx\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nabc\r\n--xx\r\n\
                    Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n";
        for file in ["", "\r\n\r\n", "name=\"file\"; filename=\r\n\r\n", "abc"] {
            let body = format!("{head}{file}\r\n--xx--\r\n");
            let request = Request::builder()
                .method("POST")
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=xx")
                .header(header::CONTENT_LENGTH, body.len());
            let (request, size) = measured(request.body(Body::from(body)).unwrap()).await.unwrap();
            assert_eq!(size, file.len() as u64, "{file}");
            let mut parts = Multipart::from_request(request, &()).await.unwrap();
            assert_eq!(parts.next_field().await.unwrap().unwrap().text().await.unwrap(), "abc");
            assert_eq!(parts.next_field().await.unwrap().unwrap().text().await.unwrap(), file);
        }
    }

    #[tokio::test]
    async fn what_is_no_form_with_a_file_has_no_length() {
        for (kind, body) in [("text/plain", "x"), ("multipart/form-data; boundary=xx", "--xx--\r\n")] {
            let request = Request::builder().header(header::CONTENT_TYPE, kind).header(header::CONTENT_LENGTH, 8);
            assert!(measured(request.body(Body::from(body)).unwrap()).await.is_none(), "{body}");
        }
    }
}
