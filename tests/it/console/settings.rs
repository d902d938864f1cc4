//! What a browser remembers of its reader.

use crate::binary::PASSPHRASE;
use crate::support::browser::Browser;
use crate::world::two;

#[tokio::test(flavor = "multi_thread")]
async fn the_size_of_text_is_one_of_those_that_are_offered() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let mut browser = Browser::of(a.console, "R01", PASSPHRASE).await;
    assert!(!browser.get("/inbox").await.body.contains("data-size"));
    for (size, kept) in [("125", "125"), ("9000", "125"), ("\" onload=\"x", "125"), ("150", "150")] {
        let saved = browser.send("/settings", &[("size", size), ("back", "/settings")]).await;
        assert_eq!(saved.leads_to(), (303, "/settings"));
        browser.get("/inbox").await.says(&format!("data-size=\"{kept}\""));
    }
    browser.get("/settings").await.says("name=\"size\" value=\"150\" checked");
    browser.send("/settings", &[("size", ""), ("back", "/settings")]).await;
    assert!(!browser.get("/inbox").await.body.contains("data-size"));
    // What a browser sends that never chose it is not shown.
    browser.cookies.insert("chapar-size".to_owned(), "9000".to_owned());
    assert!(!browser.get("/inbox").await.body.contains("data-size"));
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
