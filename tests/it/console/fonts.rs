//! Letters for machines that lack them: the node serves them itself, and no file is as large as a page.

use crate::support::browser::Browser;
use crate::world::Site;
use crate::world::TestClock;

/// Most bytes of one file: a browser on a line of 64 kbit/s waits 8 s for it, once.
const FILE: usize = 64_000;

#[tokio::test(flavor = "multi_thread")]
async fn every_letter_is_served_by_the_node_and_kept_for_good() {
    let mut site = Site::make("UZ-ALT", 1);
    let node = site.start(TestClock::at("2026-11-20T06:00:00Z"), false).await;
    let mut browser = Browser::at(node.console);
    let door = browser.get("/sign-in").await;
    let sheet = door.body.split('"').find(|word| word.ends_with("-fonts.css")).unwrap().to_owned();
    let sheet = browser.get(&sheet).await;
    let names: Vec<&str> = sheet.body.split("url(").skip(1).map(|rest| rest.split_once(')').unwrap().0).collect();
    assert_eq!(names.len(), 10, "{}", sheet.body);
    for name in names {
        let font = browser.get(&format!("/assets/{name}")).await;
        assert_eq!((font.status, font.header("content-type")), (200, "font/woff2"), "{name}");
        assert!(font.header("cache-control").contains("immutable") && font.bytes.starts_with(b"wOF2"), "{name}");
        assert!((1_000..FILE).contains(&font.bytes.len()), "{name} has {} bytes", font.bytes.len());
    }
    assert_eq!(browser.get("/assets/0000000000000000-noto-sans-cyrillic-400.woff2").await.status, 404);
    node.stop().await.unwrap();
}
