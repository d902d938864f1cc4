//! What the console costs: how long an inbox of many notices takes, and the memory of fifty browsers.
//!
//! Nothing is asserted about time but ratios of one run:
//! `cargo test --release --test it ten_thousand -- --ignored --nocapture` prints the figure of ten thousand.

use std::sync::Arc;
use std::time::Duration;

use chapar::edge::env::Stopwatch;
use chapar::engine::quota::Quota;
use chapar::wire::Urgency;
use rustix::process::Pid;
use tokio::task::JoinSet;

use crate::binary::Binary;
use crate::binary::PASSPHRASE;
use crate::support::browser::Browser;
use crate::world::Countries;
use crate::world::Running;
use crate::world::Site;
use crate::world::TestClock;
use crate::world::a_notice;

const NOTICES: usize = 10_000;
/// How many officers send at a time.
const SENDERS: usize = 50;
const LOOKS: usize = 50;

/// A page, and thirty times that; and how much longer a page of those may take.
const SHORT: usize = 50;
const LONG: usize = 1_500;
const RATIO: u32 = 2;

/// Two offices, each with a port of its own, that take from each other as much as comes.
async fn offices() -> (Running, Running) {
    let clock = TestClock::at("2026-11-20T06:00:00Z");
    let (mut alt, mut far) = (Site::make("UZ-ALT", 1), Site::make("TM-FAR", 2));
    for site in [&mut alt, &mut far] {
        site.quota = Quota { dispatches_per_day: u64::MAX, bytes_per_day: u64::MAX, ..Quota::default() };
    }
    let mut a = alt.start(Arc::<TestClock>::clone(&clock), true).await;
    let mut f = far.start(clock, true).await;
    let countries = Countries::of(&["UZ", "TM"]);
    let rosters = [countries.roster("UZ", 1, &[&alt]), countries.roster("TM", 1, &[&far])];
    a.trust(&countries, &rosters).await;
    f.trust(&countries, &rosters).await;
    (a, f)
}

/// Sends so many from one office to the other, and waits until they are there.
async fn send(from: &mut Running, to: &'static str, count: usize) {
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let local = (**from).clone();
        senders.spawn(async move {
            for number in 0..count / SENDERS {
                let urgency = [Urgency::Routine, Urgency::Priority, Urgency::Immediate][number % 3];
                local.send(a_notice(&[to], urgency, &format!("{sender}/{number}"))).await.unwrap();
            }
        });
    }
    senders.join_all().await;
    from.all_delivered().await;
}

/// How long a page takes.
async fn look(browser: &mut Browser, path: &str) -> Duration {
    let begun = Stopwatch::start();
    assert_eq!(browser.get(path).await.status, 200);
    begun.elapsed()
}

/// A page of the inbox costs the rows that it shows: of an inbox thirty times as long it takes hardly longer. Both are looked
/// at in turns, so that other work on the machine weighs on both.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_long_inbox_costs_what_one_of_a_short_one_does() {
    let (mut a, mut f) = offices().await;
    send(&mut f, "UZ-ALT", SHORT).await;
    send(&mut a, "TM-FAR", LONG).await;
    let mut browsers =
        [Browser::of(a.console, "R01", PASSPHRASE).await, Browser::of(f.console, "R01", PASSPHRASE).await];
    for (browser, count) in browsers.iter_mut().zip([SHORT, LONG]) {
        let page = browser.get("/inbox").await;
        page.says(&format!("data-all=\"{count}\""));
        assert_eq!(page.body.matches("class=\"open\"").count(), 50, "a full page");
    }
    let mut times = [vec![], vec![]];
    for _ in 0..LOOKS {
        for (browser, times) in browsers.iter_mut().zip(&mut times) {
            times.push(look(browser, "/inbox").await);
        }
    }
    let [short, long] = times.map(|mut times: Vec<Duration>| {
        times.sort();
        times[LOOKS / 2]
    });
    println!("an inbox of {SHORT}: {short:?}, of {LONG}: {long:?}");
    assert!(long < short * RATIO, "{long:?} for {LONG} notices, {short:?} for {SHORT}");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures, and takes minutes"]
async fn an_inbox_of_ten_thousand_notices_is_measured() {
    let (mut a, f) = offices().await;
    send(&mut a, "TM-FAR", NOTICES).await;
    let mut browser = Browser::of(f.console, "R01", PASSPHRASE).await;
    let first = Stopwatch::start();
    browser.get("/inbox").await.says(&format!("data-all=\"{NOTICES}\""));
    println!("the first page, which reads the log: {:?}", first.elapsed());
    for path in ["/inbox", "/inbox?view=action&skip=5000", "/inbox?view=done"] {
        let mut times = vec![];
        for _ in 0..LOOKS {
            times.push(look(&mut browser, path).await);
        }
        times.sort();
        println!("{path}: median {:?}, longest {:?}", times[LOOKS / 2], times[LOOKS - 1]);
    }
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

const BROWSERS: usize = 50;
/// What they may cost together (issue 6), in bytes.
const BROWSERS_COST: u64 = 50_000_000;

/// Bytes that a process holds in memory.
fn resident(process: Pid) -> u64 {
    let statm = std::fs::read_to_string(format!("/proc/{}/statm", process.as_raw_nonzero())).unwrap();
    let pages: u64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * u64::try_from(rustix::param::page_size()).unwrap()
}

/// A node of the build under test, in a process of its own.
#[tokio::test(flavor = "multi_thread")]
async fn fifty_browsers_cost_little_memory() {
    let root = tempfile::tempdir().unwrap();
    let mut office = Binary::init(root.path(), "UZ-ALT", None);
    let said = office.start();
    office.staff();
    let address = said["console"].as_str().unwrap().trim_start_matches("http://").trim_end_matches('/').parse().ok();
    let look = async || {
        let mut browser = Browser::of(address, "R01", PASSPHRASE).await;
        let mut stream = browser.listen().await.ok().unwrap();
        stream.next().await.unwrap();
        for path in ["/inbox", "/sent", "/compose", "/settings"] {
            assert_eq!(browser.get(path).await.status, 200, "{path}");
        }
        (browser, stream)
    };
    let _first = look().await;
    let before = resident(office.pid());
    let mut open = vec![];
    for _ in 0..BROWSERS {
        open.push(look().await);
    }
    let cost = resident(office.pid()).saturating_sub(before);
    println!("{BROWSERS} browsers cost {} kB", cost / 1000);
    assert!(cost < BROWSERS_COST, "{cost} bytes");
    drop(open);
    assert!(office.stop().success());
}
