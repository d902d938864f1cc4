//! The stream of what arrives: counts alone, no entry, an end.

use chapar::limits;
use chapar::wire::AuditView;
use chapar::wire::Urgency;
use serde_json::Value;
use serde_json::json;

use crate::binary::PASSPHRASE;
use crate::console::recorded;
use crate::support::browser::Browser;
use crate::support::browser::Stream;
use crate::world::a_notice;
use crate::world::pass;
use crate::world::two;

async fn told(stream: &mut Stream) -> Value {
    loop {
        let data = stream.next().await.expect("it goes on");
        if data != ":" {
            return serde_json::from_str(&data).unwrap();
        }
    }
}

/// What is told of the inbox.
async fn counts(stream: &mut Stream) -> Value {
    let mut counts = told(stream).await;
    counts.as_object_mut().unwrap().remove("sent").expect("a number");
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sender_hears_that_a_notice_has_come_further() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let mut sender = Browser::of(a.console, "R01", PASSPHRASE).await;
    let mut stream = sender.listen().await.ok().unwrap();
    let before = told(&mut stream).await;
    let reference = a.send(a_notice(&["TM-FAR"], Urgency::Priority, "one")).await.unwrap().reference;
    // Placed, then delivered: each is told, and the page that is asked again then has it.
    let (mut last, mut page) = (before["sent"].clone(), sender.get(&format!("/n/{reference}?again=1")).await);
    while !page.body.contains("Delivered</b></span><span><time>") {
        let now = told(&mut stream).await["sent"].clone();
        assert_ne!(now, last, "nothing else is told here");
        (last, page) = (now, sender.get(&format!("/n/{reference}?again=1")).await);
    }
    page.says("id=\"tracks\" data-live=\"/n/");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_is_told_until_the_session_ends() {
    let (_alt, a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    assert_eq!(Browser::at(f.console).listen().await.err(), Some(204));
    let mut browser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let mut stream = browser.listen().await.ok().unwrap();
    assert_eq!(counts(&mut stream).await, json!({ "all": 0, "action": 0, "immediate": 0, "newest": null }));
    a.send(a_notice(&["TM-FAR"], Urgency::Immediate, "one")).await.unwrap();
    // Kind and office are told, and nothing of the text.
    let said = "Immediate modus operandi from UZ-ALT";
    assert_eq!(counts(&mut stream).await, json!({ "all": 1, "action": 1, "immediate": 1, "newest": said }));
    a.send(a_notice(&["TM-FAR"], Urgency::Routine, "two")).await.unwrap();
    assert_eq!(counts(&mut stream).await, json!({ "all": 2, "action": 2, "immediate": 1, "newest": said }));
    assert_eq!(recorded(&mut f, AuditView::Lists).await, [], "no list was shown");
    // The page says how many there were when it was made.
    browser
        .get("/inbox")
        .await
        .says("data-all=\"2\"")
        .says("http-equiv=\"refresh\" content=\"60; url=/inbox?again=1\"");
    let filtered = browser.get("/inbox?view=done&again=1").await;
    filtered.says("content=\"60; url=/inbox?view=done&#38;again=1\"");
    assert!(!browser.get("/sent").await.body.contains("http-equiv"));
    browser.send("/sign-out", &[]).await;
    while let Some(data) = stream.next().await {
        assert_eq!(data, ":", "nothing is told after the end");
    }
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test]
async fn a_quiet_stream_beats_and_a_node_that_stops_ends_it() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let browser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let mut stream = browser.listen().await.ok().unwrap();
    counts(&mut stream).await;
    for _ in 0..2 {
        pass(limits::STREAM_BEAT_MS).await;
        assert_eq!(stream.next().await.as_deref(), Some(":"));
    }
    f.stop().await.unwrap();
    assert_eq!(stream.next().await, None);
    a.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_as_many_streams_as_the_limit_says() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let mut streams = vec![];
    for _ in 0..limits::STREAMS_LIVE / limits::STREAMS_EACH {
        let browser = Browser::of(f.console, "R01", PASSPHRASE).await;
        for _ in 0..limits::STREAMS_EACH {
            streams.push(browser.listen().await.ok().unwrap());
        }
    }
    let browser = Browser::of(f.console, "R01", PASSPHRASE).await;
    assert_eq!(browser.listen().await.err(), Some(503));
    drop(streams);
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_stream_of_a_session_gives_way_to_a_newer_one_of_it() {
    let (_alt, a, _far, f, _) = two("2026-11-20T06:00:00Z").await;
    let (browser, other) =
        (Browser::of(f.console, "R01", PASSPHRASE).await, Browser::of(f.console, "R01", PASSPHRASE).await);
    let mut foreign = other.listen().await.ok().unwrap();
    let mut streams = vec![];
    for _ in 0..=limits::STREAMS_EACH {
        let mut stream = browser.listen().await.ok().unwrap();
        counts(&mut stream).await;
        streams.push(stream);
    }
    assert_eq!(streams.remove(0).next().await, None);
    a.send(a_notice(&["TM-FAR"], Urgency::Routine, "one")).await.unwrap();
    counts(&mut foreign).await;
    for stream in streams.iter_mut().chain([&mut foreign]) {
        assert_eq!(counts(stream).await["all"], 1);
    }
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
