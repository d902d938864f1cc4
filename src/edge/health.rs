//! The standard health service of gRPC: `SERVING` while the node takes work, `NOT_SERVING` while its clock is unsure, its
//! disk nearly full, or while it drains. A locked node has neither port nor socket: nobody answers there.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::Health;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::HealthReporter;
use tonic_health::server::HealthService;

use crate::edge::hub::Hub;
use crate::limits;

/// The name under which the node as a whole is asked for.
const NODE: &str = "";

/// The service as a server takes it.
#[must_use]
pub fn service(reporter: &HealthReporter) -> HealthServer<impl Health + use<>> {
    let service = HealthService::from_health_reporter(reporter.clone());
    HealthServer::new(service).max_decoding_message_size(limits::HEALTH_BYTES)
}

/// Looks how the node stands, and goes on looking until `stop`; then nobody watches any more.
pub async fn keep(hub: Arc<Hub>, mut reporter: HealthReporter, stop: CancellationToken) {
    let mut told = None;
    loop {
        let now = status(&hub);
        if told.replace(now) != Some(now) {
            reporter.set_service_status(NODE, now).await;
        }
        // Only here: whoever watches hears of a drain that was over at once, too.
        if stop.is_cancelled() {
            break;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = hub.drain.cancelled(), if now == ServingStatus::Serving => {}
            () = tokio::time::sleep(Duration::from_millis(limits::HEALTH_MS)) => {}
        }
    }
    // A stream that never ends would hold the servers up.
    reporter.clear_service_status(NODE).await;
}

/// How the node stands now.
#[must_use]
pub fn status(hub: &Hub) -> ServingStatus {
    let serves = !hub.drain.is_cancelled() && hub.may_release().is_ok();
    if serves { ServingStatus::Serving } else { ServingStatus::NotServing }
}
