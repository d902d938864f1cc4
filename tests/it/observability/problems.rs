//! What `status` finds wrong, each with what to do.

use chapar::wire::Urgency;

use crate::observability::Pair;
use crate::observability::problems;
use crate::world::a_notice;

#[track_caller]
fn names(said: &str, expected: &[&str]) {
    for expected in expected {
        assert!(said.contains(expected), "{expected:?} is not in\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_is_down_is_named_with_what_waits_and_what_to_do() {
    let mut pair = Pair::start(0).await;
    let well = pair.problems().await;
    assert!(!well.contains("TM-FAR"), "{well}");
    names(&well, &["the storage key is kept in a file", "--storage-key credential"]);
    let [mut alt, far] = pair.nodes;
    far.stop().await.unwrap();
    alt.until("the peer is down", |status| status.problems.iter().any(|problem| problem.peer == "TM-FAR")).await;
    pair.clocks[0].turn(60_000);
    alt.desk.send_notice(a_notice(&["TM-FAR"], Urgency::Routine, "waits")).await.unwrap();
    let down = problems(&mut alt).await;
    names(&down, &["TM-FAR has no link since 2026-11-24 08:00:00 UTC: "]);
    names(
        &down,
        &["1 notice waits since 2026-11-24 08:01:00 UTC -> See where the way breaks: chapar peer test TM-FAR"],
    );
    pair.clocks[0].turn(25 * 3_600_000);
    let late = problems(&mut alt).await;
    names(&late, &["1 notice is overdue: another office owes", "-> See which: chapar outbox --overdue"]);
    alt.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_is_named() {
    let mut pair = Pair::start(-7_200_000).await;
    names(&pair.problems().await, &["The clock of TM-FAR was 2 h behind ours", "-> Compare both with the right time"]);
    assert!(pair.nodes[0].status().await.ready);
    pair.clocks[0].turn(-3_600_000);
    names(&pair.problems().await, &["The clock is 60 min behind the last entry of the log", "-> Set it right (NTP)"]);
    assert!(!pair.nodes[0].status().await.ready);
}
