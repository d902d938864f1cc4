//! A log of many entries: a filter that finds nothing says where it looked, and verification goes on by itself.

use std::sync::Arc;

use chapar::domain::access::List;
use chapar::domain::access::Overview;
use chapar::edge::note;
use chapar::edge::note::Note;
use chapar::edge::sled::SledStore;
use chapar::entropy::SeededEntropy;
use chapar::name::Digest;
use chapar::name::OfficerId;
use chapar::office::Command;
use chapar::office::Writer;
use chapar::time::Timestamp;
use chapar::wire;

use crate::binary::PASSPHRASE;
use crate::support::browser::Browser;
use crate::world::Running;
use crate::world::Site;
use crate::world::TestClock;

/// More entries than the log or its views look through for a page.
const ENTRIES: usize = 33_000;
const TIME: &str = "2026-11-20T06:00:00Z";

/// An office whose log has many entries that say that a list was shown.
async fn long() -> (Site, Running) {
    let mut site = Site::make("UZ-ALT", 1);
    let store = Arc::new(SledStore::open(&site.folder.path().join("store")).unwrap());
    let entropy = Box::new(SeededEntropy::new(9));
    let mut writer = Writer::open(Arc::<SledStore>::clone(&store), site.identity.clone(), entropy).unwrap();
    let officer: OfficerId = "UZ-ALT-O01".parse().unwrap();
    let now: Timestamp = TIME.parse().unwrap();
    let shown =
        || Command::Overview { officer: officer.clone(), overview: Overview::List { list: List::Inbox, rows: 1 } };
    for _ in 0..ENTRIES / 1_000 {
        writer.commit(now, (0..1_000).map(|_| shown()).collect()).unwrap();
    }
    let head = writer.shared().head();
    drop(writer);
    drop(store);
    let path = site.folder.path().join("head");
    std::fs::remove_file(&path).unwrap();
    Note::create(&path, note::Head { size: head.size, root: Digest(head.root) }).unwrap();
    let node = site.start(TestClock::at(TIME), false).await;
    (site, node)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_log_is_looked_through_and_verified_page_by_page() {
    let (_site, mut node) = long().await;
    let passphrase = wire::SetPassphraseRequest { passphrase: PASSPHRASE.to_owned() };
    node.inspect.set_passphrase(passphrase).await.unwrap();
    let mut browser = Browser::of(node.console, "O01", PASSPHRASE).await;

    let page = browser.get("/log?kind=ALARM").await;
    page.says("Nothing that fits in the entries ").says("earlier ones have not been looked at yet");
    let (_, rest) = page.body.split_once("href=\"/log?kind=ALARM&#38;before=").expect("where to go on");
    let before = rest.split_once('"').unwrap().0;
    let page = browser.get(&format!("/log?kind=ALARM&before={before}")).await;
    page.says("Nothing here.");
    let page = browser.get("/audit?view=exports").await;
    page.says("Nothing that fits in the entries 0 to ").says("later ones have not been looked at yet");

    assert_eq!(browser.get("/log/verify").await.leads_to(), (303, "/log"), "nothing is verified yet");
    assert_eq!(browser.send("/log/verify", &[]).await.leads_to(), (303, "/log/verify"));
    let page = loop {
        let page = browser.get("/log/verify").await;
        assert!(!page.body.contains("bar bad"), "{}", page.body);
        if !page.body.contains("data-again") {
            break page;
        }
        page.says("Verification is at work").says("<progress");
        // One is at work: another one is not begun.
        assert_eq!(browser.send("/log/verify", &[]).await.leads_to(), (303, "/log/verify"));
    };
    page.says("bar ok").says("entries are whole and in order").says("Verified 20 Nov 2026");
    // The result stays for who comes later, and nobody else may see it.
    browser.get("/log/verify").await.says("entries are whole and in order");
    let mut other = Browser::of(node.console, "R01", PASSPHRASE).await;
    assert_eq!(other.get("/log/verify").await.status, 403);
    assert_eq!(other.send("/log/verify", &[]).await.status, 403);
    node.stop().await.unwrap();
}
