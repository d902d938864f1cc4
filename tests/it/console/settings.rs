//! What a browser remembers of its reader.

use chapar::limits;
use chapar::wire::Urgency;

use crate::binary::PASSPHRASE;
use crate::support::browser::Browser;
use crate::world::a_notice;
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

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_pause_is_one_of_those_that_may_be_set() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let mut browser = Browser::of(a.console, "R01", PASSPHRASE).await;
    let rests = async |browser: &mut Browser, ms: u64| {
        browser.get("/inbox").await.says(&format!("data-rest=\"{ms}\""));
    };
    rests(&mut browser, limits::REST_MS).await;
    for (minutes, ms) in [("5", limits::REST_MS_MIN), ("30", limits::REST_MS_MAX), ("10", 600_000)] {
        let saved = browser.send("/settings", &[("rest", minutes), ("back", "/settings")]).await;
        assert_eq!(saved.leads_to(), (303, "/settings"));
        rests(&mut browser, ms).await;
        browser.get("/settings").await.says(&format!("name=\"rest\" value=\"{minutes}\" checked"));
    }
    for odd in ["1", "4", "31", "0", "-5", "", "x"] {
        browser.send("/settings", &[("rest", odd), ("back", "/settings")]).await;
        rests(&mut browser, 600_000).await;
    }
    // What is said of a session that has ended follows it.
    let ended = Browser { cookies: [("chapar-rest".to_owned(), "5".to_owned())].into(), ..browser.clone() };
    ended.clone().post("/session/keep", &[]).await.says("You were signed out after a pause of 5 minutes");
    // What a browser sends that never chose it counts as the usual one.
    for odd in ["1", "31", "x"] {
        browser.cookies.insert("chapar-rest".to_owned(), odd.to_owned());
        rests(&mut browser, limits::REST_MS).await;
    }
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_clock_stands_beside_that_of_the_office() {
    let (_alt, mut a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let sent = a.send(a_notice(&["TM-FAR"], Urgency::Routine, "x")).await.unwrap().reference;
    a.all_delivered().await;
    let waits = a.desk.send_notice(a_notice(&["TM-FAR"], Urgency::Routine, "y")).await.unwrap().into_inner().draft;
    let queue = format!("/release/{}", waits.unwrap().number);
    let mut browser = Browser::of(a.console, "R01", PASSPHRASE).await;
    // Both offices are at UTC+5: a clock that shows the same is not offered for this one, and never shown.
    let page = browser.get("/settings").await;
    page.says("<option value=\"UTC\">").says("<option value=\"Asia/Ashgabat\">");
    for (zone, is_shown) in [("", false), ("UTC", true), ("Mars/Phobos", true), ("Asia/Ashgabat", false)] {
        browser.send("/settings", &[("zone", zone), ("back", "/settings")]).await;
        let page = browser.get(&format!("/n/{sent}")).await;
        page.says("20 Nov 2026, 11:00");
        assert_eq!(page.body.contains("20 Nov 2026, 11:00 · UTC 06:00"), is_shown, "{zone}: its header");
        assert_eq!(page.body.contains("<small class=\"muted\">UTC 06:00</small>"), is_shown, "{zone}: a step");
        assert_eq!(browser.get(&queue).await.body.contains("UTC 06:00"), is_shown, "{zone}: to be released");
        assert!(!browser.get("/sent").await.body.contains("UTC 06:00"), "{zone}: not in a list");
    }
    let page = browser.get("/settings").await;
    page.says("<option value=\"Asia/Ashgabat\" selected>");
    assert!(!page.body.contains("Asia/Tashkent") && !page.body.contains("Asia/Kabul"), "{}", page.body);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
