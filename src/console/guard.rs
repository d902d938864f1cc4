//! What stands around every page: headers, limits, and no answer to what another site asks for.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::extract::FromRequestParts as _;
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
use tokio::time::timeout;
use tokio_stream::StreamExt as _;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::DefaultPredicate;
use tower_http::compression::Predicate as _;
use tower_http::compression::predicate::NotForContentType;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::console::Desk;
use crate::console::places::Asked;
use crate::console::shell;
use crate::console::sign_in;
use crate::console::site::Site;
use crate::console::visitor::Visitor;
use crate::domain::picture;
use crate::limits;

/// Nothing but what the node itself serves; no script, style or attribute in a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     font-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

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

/// Over TLS, for a year.
const ALWAYS_TLS: &str = "max-age=31536000";

/// Puts the guard around pages; `pieces` are those that take a file piece by piece, `files` those that take a whole one.
pub(super) fn around(
    pages: Router<Arc<Desk>>,
    pieces: Router<Arc<Desk>>,
    files: Router<Arc<Desk>>,
    desk: &Arc<Desk>,
) -> Router<Arc<Desk>> {
    let files = files.layer(DefaultBodyLimit::disable());
    within(pages, limits::FORM_BYTES, limits::PAGE_MS)
        .merge(within(pieces, limits::FORM_BYTES, limits::PIECE_MS))
        .merge(within(files, limits::FILE_FORM_BYTES, limits::FILE_FORM_MS))
        // A file hardly shrinks.
        .layer(
            CompressionLayer::new()
                .compress_when(DefaultPredicate::new().and(NotForContentType::const_new(picture::OPAQUE))),
        )
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(Arc::clone(desk), guarded))
}

/// Pages that take so many bytes, and so much time.
fn within(pages: Router<Arc<Desk>>, bytes: usize, ms: u64) -> Router<Arc<Desk>> {
    pages
        .layer(RequestBodyLimitLayer::new(bytes))
        .layer(middleware::from_fn_with_state(bytes, fitting))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_millis(ms)))
}

/// Turns away a form that is too large. A browser that is cut off while it sends shows a page of its own in place of ours.
async fn fitting(State(most): State<usize>, request: Request, next: Next) -> Response {
    let said =
        request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if said.is_none_or(|bytes| bytes <= most) {
        return next.run(request).await;
    }
    let (mut sent, mut left) = (request.into_body().into_data_stream(), limits::FORM_REFUSED_BYTES);
    let read = async {
        while let Some(Ok(bytes)) = sent.next().await
            && left > 0
        {
            left = left.saturating_sub(bytes.len());
        }
    };
    let _in_time = timeout(Duration::from_millis(limits::FORM_REFUSED_MS), read).await;
    StatusCode::PAYLOAD_TOO_LARGE.into_response()
}

async fn guarded(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(visitor) = Visitor::from_request_parts(&mut parts, &desk).await;
    let is_own = is_for(&parts.headers, &desk.site)
        && (matches!(parts.method, Method::GET | Method::HEAD) || is_from(&parts.headers, &desk.site));
    let mut answer = if is_own {
        let takes_pages = takes_pages(&parts.headers);
        let asked = parts.extensions.get::<Asked>().cloned();
        let answer = next.run(Request::from_parts(parts, body));
        let is_known = visitor.desk.sessions.peek(&visitor.cookie).is_some();
        let answer = match asked {
            Some(asked) if is_known => {
                asked.works();
                answer.await
            }
            Some(asked) => tokio::select! {
                answer = answer => answer,
                () = is_late(&asked) => StatusCode::GATEWAY_TIMEOUT.into_response(),
            },
            None => answer.await,
        };
        told(&visitor, takes_pages, answer)
    } else {
        // Not on a page: another site learns nothing of the office.
        let (what, next) = shell::said(&visitor.words, "console-elsewhere");
        (StatusCode::FORBIDDEN, format!("{what}\n{next}\n")).into_response()
    };
    let headers = answer.headers_mut();
    // A page may only have a policy besides that of all.
    let own = headers.remove(header::CONTENT_SECURITY_POLICY);
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if desk.site.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ALWAYS_TLS));
    }
    if let Some(own) = own {
        headers.append(header::CONTENT_SECURITY_POLICY, own);
    }
    // Back never shows a text after sign-out.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    answer
}

/// Ends when the form of whoever has not signed in takes too long to come; never, once it is here.
async fn is_late(asked: &Asked) {
    if timeout(Duration::from_millis(limits::STRANGER_FORM_MS), asked.whole()).await.is_ok() {
        std::future::pending::<()>().await;
    }
}

/// Whether a page may be answered. A script that says what it takes, or that it takes anything, is told in two sentences:
/// a browser that opens a page names HTML.
fn takes_pages(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_none_or(|kinds| kinds.to_str().is_ok_and(|kinds| kinds.contains("text/html")))
}

/// A page, or two sentences for a script, if what went wrong has none yet.
fn told(visitor: &Visitor, takes_pages: bool, answer: Response) -> Response {
    let key = match answer.status() {
        StatusCode::PAYLOAD_TOO_LARGE => "console-too-large",
        StatusCode::GATEWAY_TIMEOUT => "console-too-slow",
        StatusCode::INTERNAL_SERVER_ERROR => "console-broken",
        StatusCode::METHOD_NOT_ALLOWED => "console-no-page",
        _ => return answer,
    };
    let kind = answer.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    if kind.starts_with(b"text/html") {
        answer
    } else if takes_pages {
        let is_large = answer.status() == StatusCode::PAYLOAD_TOO_LARGE;
        let back = if is_large { back_from(&visitor.path) } else { String::new() };
        shell::sentence_with(visitor, answer.status(), key, back)
    } else {
        let (what, next) = shell::said(&visitor.words, key);
        (answer.status(), format!("{what}\n{next}")).into_response()
    }
}

/// The page of a form that was sent to this address; of a form that is kept while it is written, the page of drafts.
fn back_from(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    sign_in::local(if path.starts_with("/compose/") { "/drafts" } else { path })
}

/// Whether a request names this console.
fn is_for(headers: &HeaderMap, site: &Site) -> bool {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).is_some_and(|host| site.is_host(host))
}

/// Whether what would change something comes from a page of this console. Of a page without a referrer, as these are, a
/// browser calls the origin null. One too old to say anything sends neither; then the form's token decides alone.
fn is_from(headers: &HeaderMap, site: &Site) -> bool {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (said("sec-fetch-site"), said("origin")) {
        (Some(from), origin) => {
            from == "same-origin" && origin.is_none_or(|origin| origin == "null" || site.is_origin(origin))
        }
        (None, origin) => origin.is_none_or(|origin| site.is_origin(origin)),
    }
}
