//! Traces the calls on the socket: one span a call, with the method and the officer's id, and how it was answered.
//! Nothing of what is asked or answered.

use std::sync::Arc;

use tonic::Code;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::codegen::http::Request;
use tonic::codegen::http::Response;
use tower::ServiceExt as _;
use tower::service_fn;
use tracing::Instrument as _;
use tracing::field::Empty;
use tracing::field::display;

use crate::edge::api::Api;
use crate::edge::env::Stopwatch;

/// The service, traced.
pub fn traced<S>(
    service: S,
    api: Arc<Api>,
) -> impl Service<Request<Body>, Response = Response<Body>, Error = S::Error, Future: Send> + Clone + Send
where
    S: Service<Request<Body>, Response = Response<Body>, Future: Send> + Clone + Send + 'static,
{
    service_fn(move |request: Request<Body>| {
        let method = request.uri().path().rsplit('/').next().unwrap_or_default();
        let span = tracing::error_span!("call", method, officer.id = Empty);
        if let Some(officer) = api.claimed(&request) {
            span.record("officer.id", display(officer.as_str()));
        }
        let (begun, answered) = (Stopwatch::start(), service.clone().oneshot(request));
        let answer = async move {
            let response = answered.await?;
            // A call that fails at once says so in its headers; a stream may still break off later.
            let outcome = Status::from_header_map(response.headers()).map_or(Code::Ok, |status| status.code());
            let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::debug!(?outcome, duration_ms, "answered");
            Ok(response)
        };
        answer.instrument(span)
    })
}
