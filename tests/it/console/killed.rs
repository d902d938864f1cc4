//! The node is killed under a form and under a release: what was kept is there, and what was to be sent is sent once.

use chapar::wire;
use chapar::wire::Folder;
use serde_json::json;

use crate::binary::Binary;
use crate::binary::PASSPHRASE;
use crate::binary::free_port;
use crate::binary::introduce;
use crate::local::Local;
use crate::support::paper::Paper;
use crate::support::paper::written;
use crate::support::second;

/// Rounds, in each of which the node is killed at another moment of a release.
const ROUNDS: u32 = 4;

fn console(said: &serde_json::Value) -> Option<std::net::SocketAddr> {
    let address = said["console"].as_str().unwrap();
    address.strip_prefix("http://")?.trim_end_matches('/').parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_under_a_form_and_a_release_loses_nothing_and_sends_nothing_twice() {
    let root = tempfile::tempdir().unwrap();
    let mut alt = Binary::init(root.path(), "UZ-ALT", Some(free_port()));
    let mut far = Binary::init(root.path(), "TM-FAR", Some(free_port()));
    introduce(root.path(), &mut [&mut alt, &mut far]);
    alt.kill();
    let mut at = console(&alt.start());

    for round in 0..ROUNDS {
        let sent = Local::connect(&alt.socket()).await.list(Folder::Outbox).await.len();
        let (mut browser, paper) = written(at, "R01", PASSPHRASE, "TM-FAR").await;
        let subject = format!("Round {round}, half a wor");
        let paper = paper.with("body.subject", &subject).with("header.expires_at.day", "not a day yet");
        let token = paper.get("token").to_owned();
        let paper = paper.clone().kept(&paper.keep(&mut browser, &token).await);
        let door = browser.get(&paper.action).await.field("door");

        alt.kill();
        at = console(&alt.start());
        // The session has ended with the node; over the form it goes on, and the save is repeated.
        browser.address = at.unwrap();
        // The cookie of the sign-in is kept: the console of a test only has another port, and cookies are named after it.
        browser.cookies.clear();
        browser.cookies.insert(format!("chapar-sign-in-{}", browser.address.port()), door.clone());
        assert_eq!(paper.keep(&mut browser, &token).await.status, 401);
        let renew = [("officer", "UZ-ALT-R01"), ("passphrase", PASSPHRASE), ("door", door.as_str())];
        let token = browser.post("/session/renew", &renew).await.header("chapar-token").to_owned();
        assert_eq!(paper.keep(&mut browser, &token).await.status, 204);
        let draft = paper.get("draft").to_owned();
        let found = Paper::of(&browser.get(&format!("/drafts/{draft}/edit")).await);
        assert_eq!((found.get("body.subject"), found.get("header.expires_at.day")), (&*subject, "not a day yet"));
        let whole = found.with("header.expires_at.day", "01.12.2027").with("header.expires_at.time", "10:00");
        let submitted = whole.press(&mut browser, "submit").await;
        assert_eq!(submitted.status, 303, "{}", submitted.body);

        // Another officer reads it, and the node dies while it is released.
        let mut local = Local::connect(&alt.socket()).await;
        let open = wire::OpenDraftRequest { draft: draft.clone() };
        let form = local.desk.open_draft(open).await.unwrap().into_inner().draft.unwrap().form;
        let statement = Some(second::statement());
        let request = wire::ReleaseDraftRequest { draft: draft.clone(), form, statement };
        let asked = tokio::spawn({
            let (mut desk, request) = (local.desk.clone(), request.clone());
            async move { desk.release_draft(request).await }
        });
        for _ in 0..round * 20 {
            tokio::task::yield_now().await;
        }
        alt.kill();
        let answered = asked.await.unwrap();
        at = console(&alt.start());
        let mut local = Local::connect(&alt.socket()).await;
        let now = local.list(Folder::Outbox).await.len();
        if now == sent {
            assert!(answered.is_err(), "what was answered is kept");
            local.desk.release_draft(request).await.unwrap();
        } else {
            assert!(local.desk.release_draft(request).await.is_err(), "it waits no more");
        }
        assert_eq!(local.list(Folder::Outbox).await.len(), sent + 1, "once, never twice");
    }
    Local::connect(&alt.socket()).await.all_delivered().await;
    assert_eq!(Local::connect(&far.socket()).await.list(Folder::Inbox).await.len(), ROUNDS as usize);
    let verified = alt.run(&["log", "verify"]).done().object();
    assert_eq!((&verified["ok"], &verified["fault"]), (&json!(true), &json!(null)));
}
