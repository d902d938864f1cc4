//! Whether the node takes work, in one word for a supervisor; nothing else of it, so nobody need sign in.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use tonic_health::ServingStatus;

use crate::console::Desk;
use crate::edge::health;

/// `ok`, or 503 and `unready`, by the judgement of the health service.
pub(super) async fn healthz(State(desk): State<Arc<Desk>>) -> (StatusCode, &'static str) {
    match health::status(&desk.api.hub) {
        ServingStatus::Serving => (StatusCode::OK, "ok\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "unready\n"),
    }
}
