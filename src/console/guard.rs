//! What stands around every page: headers, limits, and no answer to what another site asks for.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::header;
use axum::middleware;
use axum::middleware::Next;
use axum::response::IntoResponse as _;
use axum::response::Response;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::DefaultPredicate;
use tower_http::compression::Predicate as _;
use tower_http::compression::predicate::NotForContentType;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::console::Desk;
use crate::limits;

/// Nothing but what the node itself serves; no script, style or attribute in a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     font-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// What is nobody's to read on the way: it is a file, and hardly shrinks.
const OPAQUE: &str = "application/octet-stream";

/// After this a page shows what it has of work that takes longer: time is left to make it.
pub(super) const NEARLY_A_PAGE: Duration = Duration::from_millis(limits::PAGE_MS / 6 * 5);

/// Headers of every answer.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];

/// Puts the guard around pages; `files` are those that take a whole file.
pub(super) fn around(pages: Router<Arc<Desk>>, files: Router<Arc<Desk>>, desk: &Arc<Desk>) -> Router<Arc<Desk>> {
    let files = files.layer(DefaultBodyLimit::disable());
    within(pages, limits::FORM_BYTES, limits::PAGE_MS)
        .merge(within(files, limits::FILE_FORM_BYTES, limits::FILE_FORM_MS))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(NotForContentType::const_new(OPAQUE))))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(Arc::clone(desk), guarded))
}

/// Pages that take so many bytes, and so much time.
fn within(pages: Router<Arc<Desk>>, bytes: usize, ms: u64) -> Router<Arc<Desk>> {
    let timeout = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_millis(ms));
    pages.layer(RequestBodyLimitLayer::new(bytes)).layer(timeout)
}

async fn guarded(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let is_own = is_for(request.headers(), desk.address)
        && (matches!(*request.method(), Method::GET | Method::HEAD) || is_from(request.headers(), desk.address));
    let mut answer =
        if is_own { next.run(request).await } else { (StatusCode::FORBIDDEN, "Forbidden").into_response() };
    let headers = answer.headers_mut();
    // A page may only have a policy besides that of all.
    let own = headers.remove(header::CONTENT_SECURITY_POLICY);
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(own) = own {
        headers.append(header::CONTENT_SECURITY_POLICY, own);
    }
    // Back never shows a text after sign-out.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    answer
}

/// Whether a request names this console: a name of another site may lead to this machine as well.
fn is_for(headers: &HeaderMap, address: SocketAddr) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    hosts(address).iter().any(|own| own == host)
}

/// Whether what would change something comes from a page of this console. Of a page without a referrer, as these are, a
/// browser calls the origin null. One too old to say anything sends neither; then the form's token decides alone.
fn is_from(headers: &HeaderMap, address: SocketAddr) -> bool {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let own = |origin: &str| hosts(address).iter().any(|host| origin == format!("http://{host}"));
    match (said("sec-fetch-site"), said("origin")) {
        (Some(site), origin) => site == "same-origin" && origin.is_none_or(|origin| origin == "null" || own(origin)),
        (None, origin) => origin.is_none_or(own),
    }
}

fn hosts(address: SocketAddr) -> [String; 2] {
    [address.to_string(), format!("localhost:{}", address.port())]
}
