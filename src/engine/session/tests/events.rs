//! Arbitrary events: what an honest link tells a session, what a hostile peer says, and everything out of turn.

use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message as _;

use super::*;

/// One thing that happens. Places are said by how far they are off, so that some of them are right.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// An event that does not depend on what was before.
    Event(Event),
    /// So many dispatches of so many bytes are read from the store; the first is off by so many places.
    Loaded { lane: Lane, off: i64, count: u64, bytes: usize },
    /// The piece of an attachment that was asked for first comes: right, empty (1), or wrong in some way (2 to 5).
    Piece(u8),
    /// A piece was dealt with.
    Kept(Pulled),
    /// The receipt for a place so far before the last one sent is stored.
    Stored { lane: Lane, off: i64 },
    /// Time passes.
    Wait(i64),
    /// The link takes so many frames, one after the other.
    Writable(u8),
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 0..80)
}

fn step() -> impl Strategy<Value = Step> {
    let off = || prop_oneof![9 => Just(0), 2 => -2..3_i64, 1 => any::<i64>()];
    let loaded = (lane(), off(), 0..70_u64, prop_oneof![0..200_usize, 0..9000_usize]);
    prop_oneof![
        8 => loaded.prop_map(|(lane, off, count, bytes)| Step::Loaded { lane, off, count, bytes }),
        8 => (lane(), off()).prop_map(|(lane, off)| Step::Stored { lane, off }),
        6 => prop_oneof![20 => Just(0), 2 => Just(1), 1 => 2..6_u8].prop_map(Step::Piece),
        6 => pulled().prop_map(Step::Kept),
        10 => prop_oneof![1..4_u8, any::<u8>()].prop_map(Step::Writable),
        3 => prop_oneof![0..500_i64, 0..200_000_i64].prop_map(Step::Wait),
        8 => frame_kind().prop_map(|kind| Step::Event(Event::Frame(Box::new(wire::Frame { kind })))),
        1 => vec(any::<u8>(), 0..64).prop_map(|bytes| Step::Event(bytes_as_frame(&bytes))),
        10 => event().prop_map(Step::Event),
    ]
}

fn pulled() -> impl Strategy<Value = Pulled> {
    prop_oneof![8 => Just(Pulled::Arriving), 2 => Just(Pulled::Over), 1 => Just(Pulled::Spoilt), 1 => Just(Pulled::NotNow)]
}

fn digest_of_few() -> impl Strategy<Value = Digest> {
    (0..4_u8).prop_map(|byte| Digest([byte; 32]))
}

/// An attachment that may be wanted.
fn any_wanted() -> impl Strategy<Value = Wanted> {
    let size = prop_oneof![4 => 1..200_000_u64, 1 => Just(limits::SEALED_ATTACHMENT_BYTES), 1 => any::<u64>()];
    (digest_of_few(), size, any::<u64>()).prop_map(|(digest, size, arrived)| Wanted {
        digest,
        size,
        arrived: arrived % size.max(1),
    })
}

fn any_fetch() -> impl Strategy<Value = wire::Fetch> {
    let length = prop_oneof![9 => 1..=16_384_u32, 1 => any::<u32>()];
    (digest_of_few(), any::<u64>(), length).prop_map(|(digest, offset, length)| wire::Fetch {
        digest: digest.0.to_vec(),
        offset,
        length,
    })
}

fn bytes_as_frame(bytes: &[u8]) -> Event {
    Event::Frame(Box::new(wire::Frame::decode(bytes).unwrap_or_default()))
}

fn lane() -> impl Strategy<Value = Lane> {
    (0..3_usize).prop_map(|place| Lane::URGENT_FIRST[place])
}

fn envelope() -> impl Strategy<Value = wire::Envelope> {
    any::<u8>().prop_map(|payload| wire::Envelope { payload: vec![payload], ..wire::Envelope::default() })
}

/// What a peer may send.
fn frame_kind() -> impl Strategy<Value = Option<Kind>> {
    let some = prop_oneof![
        8 => (lane(), any::<u64>()).prop_map(|(lane, place)| Kind::Deliver(waiting(lane, place, 9).deliver)),
        6 => envelope().prop_map(Kind::Receipt),
        2 => envelope().prop_map(Kind::Roster),
        2 => any_hello().prop_map(Kind::Hello),
        3 => any_fetch().prop_map(Kind::Fetch),
    ];
    let bye = (any::<i32>(), any::<u32>())
        .prop_map(|(reason, retry_after_ms)| Some(Kind::Goodbye(wire::Goodbye { reason, retry_after_ms })));
    prop_oneof![30 => some.prop_map(Some), 1 => bye, 1 => Just(None)]
}

/// A Hello, most often with one thing wrong.
pub(super) fn any_hello() -> impl Strategy<Value = wire::Hello> {
    let who = || prop_oneof![7 => Just(None), 1 => "[A-Z]{2}-[A-Z]{3}".prop_map(Some), 1 => ".{0,9}".prop_map(Some)];
    let log_id = prop_oneof![9 => Just(None), 1 => vec(any::<u8>(), 0..9).prop_map(Some)];
    let rosters = vec(("[A-Z]{1,3}", any::<u64>()), 0..3);
    (
        who(),
        who(),
        who(),
        log_id,
        any_positions(),
        rosters,
        (prop_oneof![0..6_u32, any::<u32>()], any::<i64>(), 0..9_u8),
    )
        .prop_map(|(office, peer, network, log_id, (held, acked), rosters, (window, clock_ms, version))| {
            wire::Hello {
                version_min: if version == 0 { 2 } else { VERSION },
                network: network.unwrap_or_else(|| hello().network),
                office: office.unwrap_or_else(|| hello().office),
                peer: peer.unwrap_or_else(|| hello().peer),
                log_id: log_id.unwrap_or_else(|| hello().log_id),
                held,
                acked,
                rosters: rosters
                    .into_iter()
                    .map(|(country, version)| wire::RosterVersion { country, version })
                    .collect(),
                window,
                clock_ms,
                ..hello()
            }
        })
}

fn any_positions() -> impl Strategy<Value = (Vec<wire::Position>, Vec<wire::Position>)> {
    let through = || prop_oneof![0..9_u64, any::<u64>()];
    let place = move |from: &'static str, to: &'static str| {
        (lane(), through(), 0..9_u8).prop_map(move |(lane, through, digest)| position(from, to, lane, through, digest))
    };
    let honest = (vec(place("UZ-ALT", "TM-FAR"), 0..3), vec(place("TM-FAR", "UZ-ALT"), 0..3));
    prop_oneof![3 => Just((vec![], vec![])), 1 => honest]
}

/// Standings, among them those that fit an empty Hello.
pub(super) fn any_standing() -> impl Strategy<Value = Standing> {
    let digest = || prop::option::of((0..9_u8).prop_map(|byte| Digest([byte; 32])));
    let number = || prop_oneof![4 => Just(0), 1 => 0..9_u64, 1 => any::<u64>()];
    let sent = (number(), number(), digest(), digest()).prop_map(|(placed, acked, acked_digest, at_held)| Sent {
        placed,
        acked,
        acked_digest,
        acked_receipt: vec![],
        at_held,
    });
    let held = (number(), digest()).prop_map(|(through, digest)| Held { through, digest, dispatch: vec![] });
    let sent = proptest::collection::btree_map(lane(), sent, 0..3);
    let held = proptest::collection::btree_map(lane(), held, 0..3);
    let peer_log = prop_oneof![9 => Just(Some(log_of("TM-FAR"))), 1 => Just(None)];
    (peer_log, sent, held, any_rosters(), prop::bool::weighted(0.1)).prop_map(
        |(peer_log, sent, held, rosters, disturbed)| Standing {
            peer_log,
            sent,
            held,
            rosters,
            clock: Timestamp::ZERO,
            disturbed,
        },
    )
}

fn any_rosters() -> impl Strategy<Value = Vec<RosterNote>> {
    let country = prop_oneof![Just("TM"), Just("UZ")].prop_map(|code| code.parse().unwrap());
    let note = (country, 0..4_u8, any::<bool>()).prop_map(|(country, version, whole)| RosterNote {
        country,
        version: version.into(),
        bytes: if whole { receipt(version) } else { vec![255] },
    });
    vec(note, 0..3)
}

/// Events in any order, asked for or not.
fn event() -> impl Strategy<Value = Event> {
    let answered = || prop_oneof![4 => any::<u8>().prop_map(receipt), 1 => vec(any::<u8>(), 0..9)];
    prop_oneof![
        8 => answered().prop_map(Event::Answered),
        4 => vec(answered(), 0..4).prop_flat_map(|receipts| lane().prop_map(move |lane| Event::Receipts { lane, receipts: receipts.clone() })),
        8 => Just(Event::Imported),
        8 => Just(Event::Queued),
        8 => Just(Event::Tick),
        2 => Just(Event::Sooner),
        8 => prop::option::weighted(0.8, any_wanted()).prop_map(Event::Wanted),
        6 => (digest_of_few(), any::<u8>()).prop_map(|(digest, length)| Event::ChunkRead(wire::Chunk {
            digest: digest.0.to_vec(),
            offset: 0,
            data: vec![7; length.into()],
        })),
        4 => any_standing().prop_map(|standing| Event::Standing(Box::new(standing))),
        4 => any_rosters().prop_map(Event::Rosters),
        2 => Just(Event::Opened),
        2 => Just(Event::Drain),
        1 => Just(Event::Broken("a rule")),
        1 => Just(Event::Duplicate),
        1 => any::<u32>().prop_map(Event::NotReady),
        1 => any::<u32>().prop_map(Event::OverQuota),
        1 => Just(Event::Revoked),
    ]
}
