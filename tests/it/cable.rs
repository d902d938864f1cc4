//! Two nodes over a bad cable: slow, late, cut in the middle of a frame. Everything comes through, once, and the urgent
//! first.

use std::sync::Arc;
use std::time::Duration;

use chapar::limits;
use chapar::wire;
use chapar::wire::Folder;
use chapar::wire::Urgency;
use prost::Message as _;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::local::Local;
use crate::local::PAUSE;
use crate::support::chance::Chance;
use crate::support::proxy::Cable;
use crate::support::proxy::Proxy;
use crate::world::Countries;
use crate::world::Running;
use crate::world::Site;
use crate::world::TestClock;
use crate::world::a_notice;
use crate::world::pass;

const NOW: &str = "2026-11-20T06:00:00Z";

/// ROUTINE notices that wait.
const BACKLOG: usize = 300;

/// 64 kbit/s.
const SLOW: Cable = Cable { cut_after: None, delay: Duration::ZERO, hole: false, rate: Some(8_000) };

/// Two nodes, of which one only dials, through a cable.
pub(crate) struct Scene {
    pub(crate) dials: Running,
    pub(crate) listens: Running,
    pub(crate) cable: Proxy,
    _sites: [Site; 2],
}

impl Scene {
    pub(crate) async fn set(cable: Cable) -> Self {
        let clock = TestClock::at(NOW);
        let (mut alt, mut far) = (Site::make("UZ-ALT", 1), Site::make("TM-FAR", 2));
        for site in [&mut alt, &mut far] {
            site.metrics = Some("127.0.0.1:0".parse().unwrap());
        }
        let mut dials = alt.start(Arc::<TestClock>::clone(&clock), false).await;
        let mut listens = far.start(clock, true).await;
        let cable = Proxy::to(far.endpoint.unwrap(), cable);
        far.endpoint = Some(cable.address);
        let countries = Countries::of(&["UZ", "TM"]);
        let rosters = [countries.roster("UZ", 1, &[&alt]), countries.roster("TM", 1, &[&far])];
        dials.trust(&countries, &rosters).await;
        listens.trust(&countries, &rosters).await;
        Self { dials, listens, cable, _sites: [alt, far] }
    }
}

async fn send(node: &mut Running, to: &str, urgency: Urgency, subject: &str) -> Vec<u8> {
    node.send(a_notice(&[to], urgency, subject)).await.unwrap().digest
}

/// Digests in the order in which they came.
async fn arrived(node: &mut Running) -> Vec<Vec<u8>> {
    let mut inbox = node.list(Folder::Inbox).await;
    inbox.sort_by_key(|row| row.index);
    inbox.into_iter().map(|row| row.digest).collect()
}

async fn until_arrived(node: &mut Running, what: &str, holds: impl Fn(&[Vec<u8>]) -> bool) -> Vec<Vec<u8>> {
    let waits = async {
        loop {
            let digests = arrived(node).await;
            if holds(&digests) {
                return digests;
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    timeout(Duration::from_mins(1), waits).await.unwrap_or_else(|_| panic!("not within a minute: {what}"))
}

/// Whose backlog it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sender {
    Dials,
    Listens,
}

/// Bytes of ROUTINE notices that were ahead of an IMMEDIATE one when it was committed, and bytes of one of them. The
/// cable is fast while the first ones of the backlog pass, and slow from then on.
async fn ahead(sender: Sender, at_first: Cable, first: usize) -> (u64, u64) {
    let mut scene = Scene::set(at_first).await;
    let cable = &scene.cable;
    let (from, to, name, way) = match sender {
        Sender::Dials => (&mut scene.dials, &mut scene.listens, "TM-FAR", 0),
        Sender::Listens => (&mut scene.listens, &mut scene.dials, "UZ-ALT", 1),
    };
    from.until("there is a session", |status| status.peers.iter().any(|peer| peer.connected)).await;
    let mut sending = JoinSet::new();
    for number in 0..BACKLOG {
        let local = Local::clone(from);
        let notice = a_notice(&[name], Urgency::Routine, &format!("bulk {number}"));
        sending.spawn(async move { local.send(notice).await.unwrap() });
    }
    sending.join_all().await;
    let begun = until_arrived(to, "the backlog moves", |digests| digests.len() >= first).await.len();
    cable.set(SLOW);
    until_arrived(to, "the slow cable moves", |digests| digests.len() > begun).await;
    let (bytes, seen) = (cable.bytes()[way], arrived(to).await.len());
    let immediate = send(from, name, Urgency::Immediate, "now").await;
    // Once the session has surely seen it, the rest need not be slow.
    until_arrived(to, "the slow cable moves on", |digests| digests.len() > seen + 1).await;
    cable.set(Cable { rate: Some(100_000), ..SLOW });
    let digests = until_arrived(to, "the urgent notice", |digests| digests.contains(&immediate)).await;
    assert!(digests.len() < BACKLOG, "most of the backlog comes later: {}", digests.len());
    let one = (cable.bytes()[way] - bytes) / (digests.len() - seen) as u64;
    let place = digests.iter().position(|digest| *digest == immediate).unwrap();
    // Those that the sender knew to have arrived when it was committed are not ahead of it, however long that took.
    let arrived_before = receipts_before(from, &immediate).await;
    let ahead = place.saturating_sub(arrived_before);
    println!("{sender:?}, {at_first:?}: {ahead} notices of {one} bytes were ahead");
    (one * ahead as u64, one)
}

/// How many receipts were in the log when a notice was given its place.
async fn receipts_before(node: &mut Local, notice: &[u8]) -> usize {
    let (mut start, mut receipts) = (0, 0);
    loop {
        let request = wire::ListEntriesRequest { start, page_size: 0 };
        let page = node.inspect.list_entries(request).await.unwrap().into_inner();
        assert!(!page.entries.is_empty(), "it was given a place");
        for indexed in page.entries {
            let entry = wire::Entry::decode(indexed.entry.as_slice()).unwrap();
            if entry.kind() == wire::EntryKind::Dispatched && entry.subject == notice {
                return receipts;
            }
            receipts += usize::from(entry.kind() == wire::EntryKind::ReceiptStored);
            start = indexed.index + 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_immediate_notice_passes_a_routine_backlog_on_a_slow_cable() {
    for sender in [Sender::Dials, Sender::Listens] {
        let (bytes, one) = ahead(sender, SLOW, 5).await;
        // Twice as much again: those whose receipts were on their way, on a machine that is busy. Without the window it
        // would be the whole backlog.
        assert!(bytes <= 3 * limits::WINDOW_BYTES_MIN && bytes < one * BACKLOG as u64 / 2, "{sender:?}: {bytes}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_cable_that_becomes_slow_at_most_one_second_of_the_rate_is_ahead() {
    const RATE: u32 = 200_000;
    let (bytes, one) = ahead(Sender::Listens, Cable { rate: Some(RATE), ..SLOW }, 40).await;
    assert!(bytes <= u64::from(RATE) + 4 * one, "{bytes}");
}

/// Sends in both directions, in all lanes, and waits until all is delivered: each once, in order within its lane.
async fn all_comes_through(scene: &mut Scene, count: usize) {
    let lanes = [Urgency::Routine, Urgency::Priority, Urgency::Immediate];
    let mut sent = vec![[vec![], vec![], vec![]], [vec![], vec![], vec![]]];
    for number in 0..count {
        let lane = number % lanes.len();
        let subject = format!("number {number}");
        sent[0][lane].push(send(&mut scene.dials, "TM-FAR", lanes[lane], &subject).await);
        sent[1][lane].push(send(&mut scene.listens, "UZ-ALT", lanes[lane], &subject).await);
    }
    scene.dials.all_delivered().await;
    scene.listens.all_delivered().await;
    for (node, sent) in [&mut scene.listens, &mut scene.dials].into_iter().zip(sent) {
        let digests = arrived(node).await;
        assert_eq!(digests.len(), count, "each once");
        for lane in sent {
            let of_lane: Vec<_> = digests.iter().filter(|digest| lane.contains(digest)).cloned().collect();
            assert_eq!(of_lane, lane, "in order");
        }
        assert_eq!(node.verify().await.fault, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cable_that_is_cut_in_mid_frame_again_and_again_loses_nothing() {
    let mut chance = Chance::from_outside();
    let mut scene = Scene::set(Cable { cut_after: Some(12_000 + chance.below(8_000)), ..Cable::default() }).await;
    all_comes_through(&mut scene, 30).await;
    let connections = scene.cable.connections();
    println!("{connections} connections");
    assert!(connections > 3, "it was cut: {connections} connections");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_cable_with_a_long_delay_everything_comes_through() {
    let mut scene = Scene::set(Cable { delay: Duration::from_millis(300), ..Cable::default() }).await;
    all_comes_through(&mut scene, 30).await;
}

#[tokio::test]
async fn keep_alive_has_a_deadline() {
    let mut scene = Scene::set(Cable::default()).await;
    scene.dials.until("there is a session", |status| status.peers[0].connected).await;
    scene.cable.set(Cable { hole: true, ..Cable::default() });
    // Nobody is told. Both ends ask, and wait for the answer.
    while scene.dials.status().await.peers[0].connected || scene.listens.status().await.peers[0].connected {
        pass(limits::KEEP_ALIVE_MS.max(limits::KEEP_ALIVE_ANSWER_MS)).await;
        tokio::time::sleep(PAUSE).await;
    }
    scene.cable.set(Cable::default());
    // The pause before the next dial may be the longest.
    send(&mut scene.listens, "UZ-ALT", Urgency::Routine, "after the hole").await;
    pass(limits::BACKOFF_MAX_MS).await;
    scene.listens.all_delivered().await;
}
