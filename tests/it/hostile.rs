//! A peer with a valid certificate and an entry in the rosters that misbehaves over a real link: its session ends, the
//! node goes on serving the others, and its log verifies.

mod deadlines;
mod flood;
pub(crate) mod foe;
mod quota;
mod words;

use std::sync::Arc;

use chapar::domain::dispatch::Answer;
use chapar::domain::dispatch::Receipt;
use chapar::domain::entry::Alarm;
use chapar::domain::envelope;
use chapar::domain::envelope::SigningKey;
use chapar::engine::quota::Quota;
use chapar::limits;
use chapar::name::Digest;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::EntryKind;
use chapar::wire::Folder;
use chapar::wire::GoodbyeReason;
use chapar::wire::Urgency;
use chapar::wire::frame::Kind;
use prost::Message as _;

use crate::hostile::foe::End;
use crate::hostile::foe::Foe;
use crate::world::Countries;
use crate::world::Running;
use crate::world::Site;
use crate::world::TestClock;
use crate::world::a_notice;

const NOW: &str = "2026-11-20T06:00:00Z";

const PROTOCOL: End = End::Goodbye(GoodbyeReason::Protocol);
const NOT_IN_ROSTER: End = End::Goodbye(GoodbyeReason::NotInRoster);

/// What is wrong with a Hello.
type Change = &'static dyn Fn(&mut wire::Hello);

/// A victim, a good peer of it, and an office that misbehaves.
struct Scene {
    victim: Running,
    good: Running,
    foe: Foe,
    endpoint: String,
    clock: Arc<TestClock>,
    /// The victim's and the good peer's.
    sites: [Site; 2],
    sent: usize,
}

impl Scene {
    async fn set() -> Self {
        Self::with(Quota::default()).await
    }

    /// With another quota of the victim.
    async fn with(quota: Quota) -> Self {
        let clock = TestClock::at(NOW);
        let (mut alt, mut far, bad) = (Site::make("UZ-ALT", 1), Site::make("TM-FAR", 2), Site::make("KZ-BAD", 3));
        alt.quota = quota;
        let mut victim = alt.start(Arc::<TestClock>::clone(&clock), true).await;
        let mut good = far.start(Arc::<TestClock>::clone(&clock), true).await;
        let countries = Countries::of(&["UZ", "TM", "KZ"]);
        let rosters = ["UZ", "TM", "KZ"].map(|country| countries.roster(country, 1, &[&alt, &far, &bad]));
        victim.trust(&countries, &rosters).await;
        good.trust(&countries, &rosters).await;
        let mut foe = Foe::new(bad, alt.code, alt.identity.log_id(), NOW.parse().unwrap());
        foe.trust(&countries, &rosters);
        let endpoint = alt.endpoint.unwrap().to_string();
        Self { victim, good, foe, endpoint, clock, sites: [alt, far], sent: 0 }
    }

    /// The node goes on: notices pass between it and the good peer, both ways.
    async fn goes_on(&mut self) {
        let text = format!("number {}", self.sent);
        self.good.send(a_notice(&["UZ-ALT"], Urgency::Routine, &text)).await.unwrap();
        self.victim.send(a_notice(&["TM-FAR"], Urgency::Immediate, &text)).await.unwrap();
        self.sent += 1;
        self.good.all_delivered().await;
        let has_all = |peer: &wire::PeerStatus| peer.office != "TM-FAR" || peer.waiting == 0;
        self.victim.until("the good peer has all", |status| status.peers.iter().all(has_all)).await;
    }

    async fn alarms(&mut self) -> Vec<u32> {
        let request = wire::ListEntriesRequest { start: 0, page_size: 0 };
        let page = self.victim.inspect.list_entries(request).await.unwrap().into_inner();
        assert_eq!(page.next_start, 0, "one page has all");
        let entries = page.entries.iter().map(|indexed| wire::Entry::decode(indexed.entry.as_slice()).unwrap());
        entries.filter(|entry| entry.kind() == EntryKind::Alarm).map(|entry| entry.code).collect()
    }

    /// Notices of the foe in the victim's inbox.
    async fn received(&mut self) -> usize {
        let inbox = self.victim.list(Folder::Inbox).await;
        let from = |row: &&wire::NoticeSummary| row.header.clone().unwrap().from.unwrap().office == "KZ-BAD";
        inbox.iter().filter(from).count()
    }

    async fn end(mut self) {
        self.goes_on().await;
        for node in [&mut self.victim, &mut self.good] {
            assert_eq!(node.verify().await.fault, "");
        }
        self.victim.stop().await.unwrap();
        self.good.stop().await.unwrap();
    }
}

fn garbage(bytes: usize) -> wire::Deliver {
    wire::Deliver { dispatch: vec![0xA5; bytes], notice: vec![0x5A; 9], key_wrap: vec![] }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_frame_is_not_hello() {
    let mut scene = Scene::set().await;
    let valid = scene.foe.issue("too early");
    let envelope = wire::Envelope::default();
    for first in [Kind::Deliver(valid), Kind::Receipt(envelope.clone()), Kind::Roster(envelope)] {
        let mut link = scene.foe.dial(&scene.endpoint).await;
        link.say(first).await;
        assert_eq!(link.end().await, PROTOCOL);
    }
    let mut link = scene.foe.dial(&scene.endpoint).await;
    link.say(Kind::Goodbye(wire::Goodbye::default())).await;
    assert_eq!(link.end().await, End::Closed);
    assert_eq!(scene.received().await, 0);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hello_is_of_somebody_else() {
    let mut scene = Scene::set().await;
    let changes: [(Change, End); 10] = [
        (&|hello| "TM-FAR".clone_into(&mut hello.office), NOT_IN_ROSTER),
        (&|hello| "UZ-ALT".clone_into(&mut hello.office), NOT_IN_ROSTER),
        (&|hello| "KZ-NEW".clone_into(&mut hello.office), NOT_IN_ROSTER),
        (&|hello| hello.office = "\u{0}".repeat(10_000), NOT_IN_ROSTER),
        (&|hello| "other.example".clone_into(&mut hello.network), NOT_IN_ROSTER),
        (&|hello| "TM-FAR".clone_into(&mut hello.peer), NOT_IN_ROSTER),
        (&|hello| hello.log_id[0] ^= 1, NOT_IN_ROSTER),
        (&|hello| hello.log_id.clear(), NOT_IN_ROSTER),
        (&|hello| (hello.version_min, hello.version_max) = (2, 3), End::Goodbye(GoodbyeReason::Version)),
        (&|hello| (hello.version_min, hello.version_max) = (1, 0), End::Goodbye(GoodbyeReason::Version)),
    ];
    for (number, (change, expected)) in changes.into_iter().enumerate() {
        let mut hello = scene.foe.hello();
        change(&mut hello);
        let mut link = scene.foe.dial(&scene.endpoint).await;
        link.say(Kind::Hello(hello)).await;
        assert_eq!(link.end().await, expected, "change {number}");
    }
    let status = scene.victim.status().await;
    assert!(status.peers.iter().all(|peer| peer.office != "KZ-BAD" || !peer.connected));
    let mut link = scene.foe.greeted(&scene.endpoint).await;
    link.say(Kind::Hello(scene.foe.hello())).await;
    assert_eq!(link.end().await, PROTOCOL, "once is enough");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_are_too_large_or_nothing_at_all() {
    let scene = Scene::set().await;
    let overhead = wire::Frame { kind: Some(Kind::Deliver(garbage(limits::ENVELOPE_BYTES))) }.encoded_len()
        - limits::ENVELOPE_BYTES;
    let sizes = [(-1, PROTOCOL), (0, PROTOCOL), (1, PROTOCOL), (16, End::Closed), (300_000, End::Closed)];
    for (beyond, expected) in sizes {
        let size = limits::FRAME_BYTES.checked_add_signed(beyond).unwrap();
        let frame = wire::Frame { kind: Some(Kind::Deliver(garbage(size - overhead))) }.encode_to_vec();
        assert_eq!(frame.len(), size);
        let mut link = scene.foe.greeted(&scene.endpoint).await;
        link.say_frame(&frame).await;
        assert_eq!(link.end().await, expected, "{size}");
    }
    // Fetch (5) and a field that nobody knows yet; a frame without a kind; bytes that are no protobuf.
    let frames: [&[u8]; 4] = [&[0x2A, 0x00], &[0xA2, 0x06, 0x01, 0xFF], &[], &[0xFF; 32]];
    for frame in frames {
        let mut link = scene.foe.greeted(&scene.endpoint).await;
        link.say_frame(frame).await;
        let end = link.end().await;
        // What is no protobuf ends the link itself.
        let no_protobuf = frame.len() == 32;
        assert!(end == PROTOCOL || (no_protobuf && end == End::Closed), "{frame:?}: {end:?}");
    }
    let mut link = scene.foe.greeted(&scene.endpoint).await;
    link.say_message(vec![]).await;
    assert_eq!(link.end().await, PROTOCOL, "a message without a frame");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dispatches_are_forged() {
    let mut scene = Scene::set().await;
    let valid = scene.foe.issue("forged");
    let stranger = SigningKey::from_seed(&[77; 32]);
    let good = SigningKey::from_seed(&[2; 32]);
    let own = SigningKey::from_seed(&[3; 32]);
    let mut envelope = wire::Envelope::decode(valid.dispatch.as_slice()).unwrap();
    envelope.signatures[0].sig[0] ^= 1;
    let flipped = wire::Deliver { dispatch: envelope.encode_to_vec(), ..valid.clone() };
    let forged = [
        garbage(300),
        garbage(0),
        foe::dispatch(&stranger, 1, &valid),
        foe::dispatch(&good, 1, &valid),
        flipped,
        foe::dispatch(&own, 2, &valid),
        foe::dispatch(&own, u64::MAX - 1, &valid),
    ];
    for (number, frame) in forged.into_iter().enumerate() {
        let mut link = scene.foe.greeted(&scene.endpoint).await;
        link.say(Kind::Deliver(frame)).await;
        assert_eq!(link.end().await, PROTOCOL, "frame {number}");
    }
    assert_eq!(scene.received().await, 0);
    // As it should be, it is taken.
    let mut link = scene.foe.greeted(&scene.endpoint).await;
    link.say(Kind::Deliver(valid)).await;
    link.receipt().await;
    assert_eq!(scene.received().await, 1);
    assert_eq!(scene.alarms().await, [0_u32; 0]);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_for_what_was_never_sent() {
    let mut scene = Scene::set().await;
    let receipt = |sequence| Receipt {
        network: crate::world::NETWORK.parse().unwrap(),
        from: "KZ-BAD".parse().unwrap(),
        to: "UZ-ALT".parse().unwrap(),
        dispatch: Digest([1; 32]),
        stream: scene.foe.incoming(),
        sequence,
        notice: Digest([2; 32]),
        answer: Answer::Delivered,
        received: NOW.parse::<Timestamp>().unwrap(),
    };
    let own = SigningKey::from_seed(&[3; 32]);
    let signed = [1, 2, u64::MAX - 1].map(|sequence| {
        let bytes = envelope::sign::<Receipt>(&own, receipt(sequence).encode()).bytes;
        wire::Envelope::decode(bytes.as_slice()).unwrap()
    });
    for envelope in signed.into_iter().chain([wire::Envelope::default()]) {
        let mut link = scene.foe.greeted(&scene.endpoint).await;
        link.say(Kind::Receipt(envelope)).await;
        assert_eq!(link.end().await, PROTOCOL);
    }
    // For something that waits: the place is right, the rest is invented.
    let waits = a_notice(&["KZ-BAD"], Urgency::Routine, "waits");
    scene.victim.send(waits).await.unwrap();
    let bytes = envelope::sign::<Receipt>(&own, receipt(1).encode()).bytes;
    let mut link = scene.foe.greeted(&scene.endpoint).await;
    link.say(Kind::Receipt(wire::Envelope::decode(bytes.as_slice()).unwrap())).await;
    assert_eq!(link.end().await, PROTOCOL);
    let status = scene.victim.status().await;
    assert_eq!(status.peers.iter().find(|peer| peer.office == "KZ-BAD").unwrap().waiting, 1);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_place_has_two_dispatches() {
    let mut scene = Scene::set().await;
    let (first, second) = (scene.foe.issue("first"), scene.foe.issue("second"));
    let twice = foe::dispatch(&SigningKey::from_seed(&[3; 32]), 1, &second);
    let mut link = scene.foe.greeted(&scene.endpoint).await;
    link.say(Kind::Deliver(first.clone())).await;
    let receipt = link.receipt().await;
    // The same again is answered with the same receipt.
    link.say(Kind::Deliver(first)).await;
    assert_eq!(link.receipt().await, receipt);
    assert_eq!(scene.alarms().await, [0_u32; 0]);
    link.say(Kind::Deliver(twice.clone())).await;
    assert_eq!(link.end().await, PROTOCOL);
    let mut again = scene.foe.dial(&scene.endpoint).await;
    again.say(Kind::Hello(scene.foe.hello())).await;
    again.say(Kind::Deliver(twice)).await;
    assert_ne!(again.end().await, End::Closed);
    assert_eq!(scene.alarms().await.first(), Some(&(Alarm::PlaceTwice as u32)));
    assert_eq!(scene.received().await, 1);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_frames_come_at_once() {
    let mut scene = Scene::set().await;
    let mut link = scene.foe.greeted(&scene.endpoint).await;
    for _ in 0..10_000 {
        link.say(Kind::Deliver(garbage(100))).await;
    }
    let end = link.end().await;
    assert!(end == PROTOCOL || matches!(end, End::Error(_)), "{end:?}");
    scene.goes_on().await;
    // The same good dispatch again and again: as many receipts, one notice.
    let valid = scene.foe.issue("again");
    let mut link = scene.foe.greeted(&scene.endpoint).await;
    for _ in 0..20 {
        for _ in 0..50 {
            link.say(Kind::Deliver(valid.clone())).await;
        }
        for _ in 0..50 {
            link.receipt().await;
        }
    }
    assert_eq!(scene.received().await, 1);
    scene.end().await;
}
