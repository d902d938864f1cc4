//! A form that is kept while it is written, for the script of its page (CONSOLE 5.4). Nothing of it is judged.
//!
//! Answers: 204 kept, with the draft, its form as `ETag`, the time and the key for what comes next; 401 sign in; 409 another form of the draft was saved
//! meanwhile, which `ETag` names; 410 there is no such draft: whoever wants it goes on as a new one with this key; else a
//! sentence.

use axum::extract::Path;
use axum::extract::Query;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::response::Response;
use tonic::Code;
use tonic::Status;

use crate::console::attachments;
use crate::console::compose::carried;
use crate::console::compose::carried::Carried;
use crate::console::compose::correct;
use crate::console::compose::page::Shape;
use crate::console::compose::page::kind_of;
use crate::console::compose::page::setting;
use crate::console::compose::send::NOT_KEPT;
use crate::console::compose::send::STATED;
use crate::console::compose::send::refusal;
use crate::console::compose::unfinished;
use crate::console::compose::unfinished::Unfinished;
use crate::console::form::Fields;
use crate::console::renew::TOKEN;
use crate::console::shell::Shell;
use crate::console::visitor::Officer;
use crate::console::visitor::Visitor;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::wire;
use crate::wire::NoticeKind;

/// The number of the draft.
const DRAFT: &str = "chapar-draft";
/// When it was kept, by the clock of the office.
const TIME: &str = "chapar-time";
/// A key for a form that goes on as a new one.
const KEY: &str = "chapar-key";

/// Milliseconds of a second.
const SECOND_MS: i64 = 1000;

/// Keeps a form as it stands.
pub(in crate::console) async fn autosave(
    Path(word): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
    visitor: Visitor,
    request: Request,
) -> Response {
    let token = request.headers().get(TOKEN).and_then(|token| token.to_str().ok()).unwrap_or_default().to_owned();
    let fields = Fields::of(request).await;
    let signed_in = visitor.officer().filter(|officer| officer.session.token == token && !officer.enrolled.one_time);
    let Some(officer) = signed_in else { return StatusCode::UNAUTHORIZED.into_response() };
    let Some(kind) = kind_of(&word) else { return StatusCode::NOT_FOUND.into_response() };
    let carried = Carried::of(&fields);
    match kept(&officer, kind, &Fields(query), fields, &carried).await {
        Ok(draft) => {
            let shell = Shell::for_officer(&officer, "console-compose");
            let (_, time) = shell.when.to_type(draft.saved_ms - draft.saved_ms.rem_euclid(SECOND_MS));
            let headers = [(header::ETAG.as_str(), tag(&draft.form)), (DRAFT, draft.number.to_string()), (TIME, time)];
            // The key of the form is used.
            let key = carried.draft.is_empty().then(|| [(KEY, Carried::new(&officer).key)]);
            (StatusCode::NO_CONTENT, headers, key.unwrap_or([(KEY, carried.key)])).into_response()
        }
        Err(status) => refused(&officer, &carried, &status).await,
    }
}

async fn kept(
    officer: &Officer,
    kind: NoticeKind,
    query: &Fields,
    fields: Fields,
    carried: &Carried,
) -> Result<wire::DraftSummary, Status> {
    let shell = Shell::for_officer(officer, "console-compose");
    let (shape, all) = (Shape::of(query.get("form")), correct::fields(kind, &fields));
    let mut fields = NOT_KEPT.into_iter().chain(STATED).chain(carried::NAMES).fold(fields, Fields::without);
    fields.0.retain(|(_, value)| !value.is_empty());
    // The files stay with the draft; what the form says of them is in its fields.
    let body = attachments::body(&fields);
    let header = unfinished::header(kind, &all, &fields, &setting(officer, &shell));
    let unfinished = Unfinished { shape: shape.word().to_owned(), re: query.get("re").to_owned(), fields: fields.0 };
    let request = wire::SaveDraftRequest {
        draft: carried.draft.clone(),
        header: Some(header),
        body,
        unfinished: unfinished.bytes(),
        form: carried.version(),
        // What takes the place of a draft is told by its form.
        idempotency_key: if carried.draft.is_empty() { carried.key() } else { vec![] },
    };
    let saved = officer.visitor.desk.api.save_draft(officer.call(request)).await?;
    Ok(saved.into_inner().draft.unwrap_or_default())
}

async fn refused(officer: &Officer, carried: &Carried, status: &Status) -> Response {
    let (what, next) = refusal(officer.words(), status);
    let said = format!("{what} {next}");
    match status.code() {
        Code::Aborted => {
            let request = officer.call(wire::GetDraftRequest { draft: carried.draft.clone() });
            let now = officer.visitor.desk.api.get_draft(request).await.ok();
            let form = now.and_then(|now| now.into_inner().draft).unwrap_or_default().form;
            (StatusCode::CONFLICT, [(header::ETAG.as_str(), tag(&form))], said).into_response()
        }
        Code::NotFound | Code::AlreadyExists => {
            (StatusCode::GONE, [(KEY, Carried::new(officer).key)], said).into_response()
        }
        Code::PermissionDenied => (StatusCode::FORBIDDEN, said).into_response(),
        Code::InvalidArgument | Code::FailedPrecondition => (StatusCode::UNPROCESSABLE_ENTITY, said).into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, said).into_response(),
    }
}

fn tag(form: &[u8]) -> String {
    format!("\"{}\"", hex::encode(form))
}
