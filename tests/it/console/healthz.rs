//! What a supervisor is told, who does not sign in.

use std::sync::Arc;

use crate::support::browser::Browser;
use crate::world::Site;
use crate::world::TestClock;

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_is_told_one_word() {
    let clock = TestClock::at("2026-11-20T06:00:00Z");
    let mut site = Site::make("UZ-ALT", 1);
    let node = site.start(Arc::<TestClock>::clone(&clock), true).await;
    let mut browser = Browser::at(node.console);
    let asked = browser.get("/healthz").await;
    assert_eq!((asked.status, asked.body.as_str(), asked.headers("set-cookie").count()), (200, "ok\n", 0));
    assert!(asked.header("content-type").starts_with("text/plain"));
    // The clock goes back behind the log, and comes right again.
    clock.turn(-3_600_000);
    let asked = browser.get("/healthz").await;
    assert_eq!((asked.status, asked.body.as_str()), (503, "unready\n"));
    clock.turn(3_600_000);
    assert_eq!(browser.get("/healthz").await.status, 200);
    assert_eq!(browser.post("/healthz", &[]).await.status, 405);
    // Another site learns not even this.
    let host = [("Host", "evil.example".to_owned())];
    assert_eq!(browser.ask("GET /healthz", &host, "").await.status, 403);
    node.stop().await.unwrap();
}
