//! An emergency from a form that was kept while it was written.

use chapar::domain::policy::CHECKLIST;
use chapar::limits;
use chapar::wire;
use chapar::wire::json::Word as _;

use crate::binary::PASSPHRASE;
use crate::console::attachments::Bringing;
use crate::console::attachments::image;
use crate::console::attachments::unescaped;
use crate::support::paper::Paper;
use crate::support::paper::written;
use crate::world::two;

const NOW: &str = "2026-11-24T08:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_takes_its_files_from_the_draft_that_its_form_kept() {
    let (_alt, mut a, _far, f, _) = two(NOW).await;
    let (browser, paper) = written(a.console, "R01", PASSPHRASE, "TM-FAR").await;
    let token = paper.get("token").to_owned();
    let mut page = Bringing { browser, token: token.clone() };
    let file = image("photo-label.jpg");
    let place = page.begin(&file).await.header("location").to_owned();
    for (at, piece) in file.chunks(limits::UPLOAD_PIECE_BYTES).enumerate() {
        assert_eq!(page.put(&place, at * limits::UPLOAD_PIECE_BYTES, piece).await.status, 204);
    }
    let finished = page.finish(&place, &[("name", "label.jpg"), ("kind", "PHOTO")]).await;
    let (_, value) = finished.body.split_once("name=\"attachment\" value=\"").unwrap();
    let value = unescaped(value.split('"').next().unwrap());

    let paper = paper.with("attachment", &value).with("header.urgency", "IMMEDIATE").with("passphrase", PASSPHRASE);
    let mut paper = paper.clone().kept(&paper.keep(&mut page.browser, &token).await);
    assert_eq!(page.browser.get("/drafts/1").await.status, 200);
    paper.fields.extend(CHECKLIST.map(|point| ("check".to_owned(), point.word().to_owned())));
    // Another form of the draft than was read stays, and nothing is sent.
    let stale = paper.clone().with("version", &"00".repeat(32)).press(&mut page.browser, "emergency").await;
    assert_eq!(stale.status, 422);
    stale.says("was saved meanwhile");
    let sent = paper.press(&mut page.browser, "emergency").await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    assert_eq!(page.browser.get("/drafts/1").await.status, 404, "its draft went with it");
    let address = sent.header("location").to_owned();
    assert_eq!(paper.press(&mut page.browser, "emergency").await.leads_to(), (303, address.as_str()));
    page.browser.send(&format!("{address}/open"), &[]).await.says("label.jpg");
    assert_eq!(a.list(wire::Folder::Outbox).await.len(), 1);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stated_for_an_emergency_is_not_kept() {
    let (_alt, a, _far, f, _) = two(NOW).await;
    let (mut browser, paper) = written(a.console, "R01", PASSPHRASE, "TM-FAR").await;
    let token = paper.get("token").to_owned();
    let mut paper = paper.with("header.urgency", "IMMEDIATE").with("lawful", "yes").with("passphrase", "wrong");
    paper.fields.extend(CHECKLIST.map(|point| ("check".to_owned(), point.word().to_owned())));
    let paper = paper.clone().kept(&paper.keep(&mut browser, &token).await);
    let found = Paper::of(&browser.get("/drafts/1/edit").await);
    assert_eq!((found.get("check"), found.get("lawful"), found.get("header.urgency")), ("", "", "IMMEDIATE"));
    // What was refused is shown as it was ticked then.
    let refused = paper.press(&mut browser, "emergency").await;
    assert_eq!(refused.status, 422);
    let stated = |paper: &Paper| {
        let ticked = paper.fields.iter().filter(|(name, _)| name == "check").count();
        (ticked, paper.get("lawful").to_owned())
    };
    assert_eq!(stated(&Paper::of(&refused)), (CHECKLIST.len(), "yes".to_owned()));
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
