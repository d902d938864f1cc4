//! The page of metrics: two nodes in one process, each with its own.

use std::net::SocketAddr;

use chapar::wire::Urgency;

use crate::local::PAUSE;
use crate::observability::Pair;
use crate::observability::asked;
use crate::world::a_notice;

/// The value of a metric, by its name and labels as they stand on the page.
fn value(page: &str, metric: &str) -> f64 {
    let line = page.lines().find_map(|line| line.strip_prefix(metric)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{metric} is not in\n{page}")).parse().unwrap()
}

#[track_caller]
fn holds(page: &str, values: &[(&str, f64)]) {
    for (metric, expected) in values {
        let found = value(page, metric);
        assert!((found - expected).abs() < 1e-9, "{metric} is {found}");
    }
}

async fn page(address: Option<SocketAddr>) -> String {
    tokio::task::spawn_blocking(move || asked(address.unwrap(), "GET /metrics").1).await.unwrap()
}

/// Asks until it is so; the test's own deadline is the only one.
async fn until(address: Option<SocketAddr>, metric: &str, expected: f64) -> String {
    loop {
        let page = page(address).await;
        if (value(&page, metric) - expected).abs() < f64::EPSILON {
            return page;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_counted_by_each_node_apart() {
    // The clock of TM-FAR is an hour behind: it rejects what UZ-ALT sends as written ahead of its time.
    let mut pair = Pair::start(-3_600_000).await;
    let [alt, far] = [pair.nodes[0].metrics, pair.nodes[1].metrics];
    let before = page(alt).await;
    let up = "chapar_session_up{peer=\"TM-FAR\"}";
    let offset = "chapar_peer_clock_offset_seconds{peer=\"TM-FAR\"}";
    holds(&before, &[("chapar_ready", 1.0), ("chapar_sessions", 1.0), (up, 1.0), (offset, -3_600.0)]);
    let entries = u32::try_from(pair.nodes[0].status().await.head.unwrap().size).unwrap();
    holds(&before, &[("chapar_log_entries", entries.into()), ("chapar_alarms", 0.0)]);
    assert!(value(&before, "chapar_disk_free_bytes") > 0.0);
    let commits = value(&before, "chapar_commit_seconds_count");

    pair.nodes[0].send(a_notice(&["TM-FAR"], Urgency::Routine, "no")).await.unwrap();
    let (got, given) = ("chapar_rejections_got_total{number=\"14\"}", "chapar_rejections_given_total{number=\"14\"}");
    let delivered = "chapar_receipts_stored_total{outcome=\"delivered\"}";
    let rejected = "chapar_receipts_stored_total{outcome=\"rejected\"}";
    let after = until(alt, got, 1.0).await;
    holds(&after, &[("chapar_notices_issued_total", 1.0), (rejected, 1.0), (delivered, 0.0), (given, 0.0)]);
    let commands = value(&after, "chapar_commit_commands_sum");
    assert!(value(&after, "chapar_commit_seconds_count") >= commits + 2.0 && commands >= commits + 2.0, "{after}");
    assert!(value(&after, "chapar_sync_seconds_count") >= 2.0 && value(&after, "chapar_sync_seconds_sum") > 0.0);
    holds(&page(far).await, &[(given, 1.0), (got, 0.0), ("chapar_notices_received_total", 0.0)]);

    pair.nodes[1].send(a_notice(&["UZ-ALT"], Urgency::Immediate, "yes")).await.unwrap();
    until(far, delivered, 1.0).await;
    until(alt, "chapar_notices_received_total", 1.0).await;

    let [alt_node, far_node] = pair.nodes;
    far_node.stop().await.unwrap();
    until(alt, up, 0.0).await;
    alt_node.send(a_notice(&["TM-FAR"], Urgency::Priority, "waits")).await.unwrap();
    let waits = until(alt, "chapar_waiting_notices{peer=\"TM-FAR\",lane=\"priority\"}", 1.0).await;
    holds(&waits, &[("chapar_waiting_notices{peer=\"TM-FAR\",lane=\"routine\"}", 0.0)]);
    pair.clocks[0].turn(60_000);
    let overdue = "chapar_overdue_notices{side=\"issued\"}";
    holds(&page(alt).await, &[("chapar_waiting_oldest_seconds{peer=\"TM-FAR\"}", 60.0), (overdue, 0.0)]);
    pair.clocks[0].turn(3_600_000);
    holds(&page(alt).await, &[(overdue, 1.0), ("chapar_overdue_notices{side=\"received\"}", 0.0)]);
    alt_node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_page_is_there() {
    let pair = Pair::start(0).await;
    let address = pair.nodes[0].metrics.unwrap();
    let answers = tokio::task::spawn_blocking(move || {
        ["GET /", "GET /metrics/x", "POST /metrics", "GET /metrics"].map(|request| asked(address, request).0)
    });
    for (head, code) in answers.await.unwrap().iter().zip(["404", "404", "405", "200"]) {
        assert!(head.starts_with(&format!("HTTP/1.1 {code}")), "{head}");
    }
}
