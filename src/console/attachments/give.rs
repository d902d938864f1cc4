//! Hands an attachment out as it comes from the node: a picture to be shown, everything to be taken away.
//!
//! - To look at one is a `GET`, as to print or to search is: all that it changes is the log, where the access stands before
//!   the first byte leaves. A picture could not be shown in a page otherwise. To take it away is a form with a reason.
//! - What is no picture is never shown, only taken away.

use axum::body::Body;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::response::Response;
use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::json;

use crate::console::attachments::arrived;
use crate::console::attachments::is_here;
use crate::console::notice;
use crate::console::shell;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::domain::picture;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::name::Digest;
use crate::wire;

/// In a window of its own it runs nothing, sends no form, and is of no origin.
const SANDBOX: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// A picture of a notice.
pub(super) async fn of_notice(officer: Officer, Path((notice, digest)): Path<(String, String)>) -> Response {
    let request = wire::GetAttachmentRequest { notice, ..wire::GetAttachmentRequest::default() };
    given(&officer, &digest, request).await
}

/// A picture of a draft.
pub(super) async fn of_draft(officer: Officer, Path((draft, digest)): Path<(String, String)>) -> Response {
    let request = wire::GetAttachmentRequest { draft, ..wire::GetAttachmentRequest::default() };
    given(&officer, &digest, request).await
}

/// The preview of a picture beside the text of its notice: the entry of the opening covers it once.
pub(super) async fn preview_of_notice(officer: Officer, Path((notice, digest)): Path<(String, String)>) -> Response {
    let request = wire::GetAttachmentRequest { notice, preview: true, ..wire::GetAttachmentRequest::default() };
    given(&officer, &digest, request).await
}

/// The same of a draft.
pub(super) async fn preview_of_draft(officer: Officer, Path((draft, digest)): Path<(String, String)>) -> Response {
    let request = wire::GetAttachmentRequest { draft, preview: true, ..wire::GetAttachmentRequest::default() };
    given(&officer, &digest, request).await
}

/// Lets an attachment that is still coming go before others.
pub(super) async fn fetch(
    Path((reference, digest)): Path<(String, String)>,
    Posted { officer, fields }: Posted,
) -> Response {
    let digest = hex::decode(digest).unwrap_or_default();
    let request = wire::FetchAttachmentRequest { notice: reference.clone(), digest };
    let done = officer.visitor.desk.api.fetch_attachment(officer.call(request)).await.map(drop);
    notice::after(&officer, &reference, &fields, done, "console-fetched-first").await
}

/// Takes an attachment out of the system, whatever it is; the node says whether it may leave.
pub(super) async fn save(
    Path((notice, digest)): Path<(String, String)>,
    Posted { officer, fields }: Posted,
) -> Response {
    let why = fields.get("why").to_owned();
    let request = wire::GetAttachmentRequest { notice, export: true, why, ..wire::GetAttachmentRequest::default() };
    given(&officer, &digest, request).await
}

async fn given(officer: &Officer, digest: &str, request: wire::GetAttachmentRequest) -> Response {
    let Some(digest) = hex::decode(digest).ok().and_then(|bytes| Digest::try_from(bytes.as_slice()).ok()) else {
        return shell::sentence(&officer.visitor, StatusCode::NOT_FOUND, "console-no-page");
    };
    let is_save = request.export;
    let request = wire::GetAttachmentRequest { digest: digest.0.to_vec(), ..request };
    let mut pieces = match officer.visitor.desk.api.get_attachment(officer.call(request)).await {
        Ok(pieces) => pieces.into_inner(),
        Err(status) => return shell::refused(officer, &status),
    };
    let first = match pieces.next().await {
        Some(Ok(first)) => first,
        Some(Err(status)) => return shell::refused(officer, &status),
        None => wire::GetAttachmentResponse::default(),
    };
    let key = first.attachment.unwrap_or_default();
    let is_picture = picture::is_shown(&key.media_type);
    if !is_save && !is_picture {
        return shell::sentence(&officer.visitor, StatusCode::UNSUPPORTED_MEDIA_TYPE, "console-no-picture");
    }
    let begun = stream::once(async { Ok(Bytes::from(first.data)) });
    let rest = pieces.map(|piece| piece.map(|piece| Bytes::from(piece.data)));
    let mut answer = Body::from_stream(begun.chain(rest)).into_response();
    let headers = answer.headers_mut();
    let kind = HeaderValue::from_str(&key.media_type).ok().filter(|_| is_picture);
    headers.insert(header::CONTENT_TYPE, kind.unwrap_or(HeaderValue::from_static(picture::OPAQUE)));
    headers.insert(header::CONTENT_LENGTH, key.size_bytes.into());
    headers.insert(header::CONTENT_SECURITY_POLICY, SANDBOX);
    if let Ok(disposition) = HeaderValue::from_str(&disposition(is_save, &key.name)) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    answer
}

/// RFC 6266, with the name as RFC 8187 writes it.
fn disposition(is_save: bool, name: &str) -> String {
    let what = if is_save { "attachment" } else { "inline" };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let written = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    format!("{what}; filename*=UTF-8''{}", name.bytes().map(written).collect::<String>())
}

/// How far the attachments of a notice are, for a page that is open: of headers, no text.
pub(super) async fn arriving(officer: Officer, Path(notice): Path<String>) -> Response {
    let found = officer.visitor.desk.api.get_notice(officer.call(wire::GetNoticeRequest { notice })).await;
    let here = match found {
        Ok(found) => found.into_inner().attachments,
        Err(status) => return shell::refused(&officer, &status),
    };
    let one = |here: &wire::AttachmentHere| {
        let (said, percent) = arrived(officer.words(), here);
        json!({"digest": hex::encode(&here.digest), "said": said, "percent": percent, "whole": is_here(here)})
    };
    let all: serde_json::Value = here.iter().map(one).collect();
    ([(header::CONTENT_TYPE, "application/json")], all.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_header_is_only_a_name() {
        assert_eq!(disposition(true, "xray-0417.jpg"), "attachment; filename*=UTF-8''xray-0417.jpg");
        assert_eq!(disposition(false, "a\"\r\n;é"), "inline; filename*=UTF-8''a%22%0D%0A%3B%C3%A9");
    }
}
