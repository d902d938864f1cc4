//! The session machine under arbitrary events, in order and out of it.

use std::collections::BTreeMap;

use chapar::domain::dispatch::Lane;
use chapar::domain::envelope::PublicKey;
use chapar::engine::session::Action;
use chapar::engine::session::Event;
use chapar::engine::session::Held;
use chapar::engine::session::Pulled;
use chapar::engine::session::RosterNote;
use chapar::engine::session::Sent;
use chapar::engine::session::Session;
use chapar::engine::session::Speaker;
use chapar::engine::session::Standing;
use chapar::engine::session::VERSION;
use chapar::engine::session::Waiting;
use chapar::engine::session::Wanted;
use chapar::name::Digest;
use chapar::name::LogId;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::frame::Kind;
use prost::Message as _;

use super::Choices;

const ME: LogId = LogId([1; 8]);
const PEER: LogId = LogId([2; 8]);

/// Each event begins with a byte that says which it is. Whatever comes, the session keeps its own rules.
pub fn session(bytes: &[u8]) {
    let mut choices = Choices(bytes);
    let me = Speaker {
        network: "demo.example".parse().expect("a network"),
        office: "UZ-ALT".parse().expect("an office"),
        log_id: ME,
        key: PublicKey([1; 32]),
    };
    let peer = "TM-FAR".parse().expect("an office");
    let mut now = Timestamp::ZERO;
    let mut session = if choices.byte().is_multiple_of(2) {
        Session::accepted(me, vec![peer], now)
    } else {
        Session::dialled(me, peer, now)
    };
    let (mut writable, mut greeted, mut closed) = (false, false, false);
    while !choices.0.is_empty() {
        let wanted = session.wants_frames();
        let event = event(&mut choices, &mut now);
        writable |= matches!(event, Event::Writable);
        let is_frame = matches!(event, Event::Frame(_));
        let actions = session.on(now, event);
        assert!(!closed || actions.is_empty(), "after the end: {actions:?}");
        let count = actions.len();
        for (at, action) in actions.into_iter().enumerate() {
            match action {
                Action::Send(frame) => {
                    assert!(std::mem::take(&mut writable), "one frame for each Writable");
                    let late = matches!(
                        frame.kind,
                        Some(Kind::Deliver(_) | Kind::Roster(_) | Kind::Fetch(_) | Kind::Chunk(_))
                    );
                    let early = late && !greeted;
                    assert!(!early, "{frame:?} before the peer's Hello");
                }
                Action::Greeted { .. } => assert!(!std::mem::replace(&mut greeted, true), "greeted twice"),
                Action::Accept(_)
                | Action::Import(_)
                | Action::StoreReceipt(_)
                | Action::ReadChunk { .. }
                | Action::StoreChunk { .. } => assert!(is_frame && wanted && greeted),
                Action::Close(_) => {
                    assert_eq!(at + 1, count, "nothing follows the end");
                    closed = true;
                }
                Action::Alarm(_)
                | Action::Load { .. }
                | Action::LoadReceipts { .. }
                | Action::LoadStanding { .. }
                | Action::LoadWanted { .. }
                | Action::WakeAt(_) => {}
            }
        }
        assert!(!closed || !session.wants_frames());
    }
}

fn event(choices: &mut Choices<'_>, now: &mut Timestamp) -> Event {
    match choices.byte() % 29 {
        0 => Event::Opened,
        1 => frame(Kind::Hello(hello(choices))),
        2 => frame(Kind::Deliver(deliver(choices))),
        3 => frame(Kind::Receipt(wire::Envelope { payload: choices.part().to_vec(), ..wire::Envelope::default() })),
        4 => frame(Kind::Roster(wire::Envelope { payload: choices.part().to_vec(), ..wire::Envelope::default() })),
        5 => frame(Kind::Goodbye(wire::Goodbye { reason: choices.byte().into(), retry_after_ms: 5 })),
        6 => Event::Frame(Box::new(wire::Frame::decode(choices.part()).unwrap_or_default())),
        7 => Event::Standing(Box::new(standing(choices))),
        8..11 => Event::Writable,
        11 => Event::Queued,
        12 => {
            let (lane, first, count) = (lane(choices), choices.number(), choices.byte());
            let waiting = |offset| Waiting { sequence: first.wrapping_add(offset), deliver: deliver(choices) };
            Event::Loaded { lane, waiting: (0..u64::from(count)).map(waiting).collect() }
        }
        13 => Event::Answered(choices.part().to_vec()),
        14 => Event::ReceiptStored { lane: lane(choices), sequence: choices.number() },
        15 => {
            let (lane, count) = (lane(choices), choices.byte());
            Event::Receipts { lane, receipts: (0..count).map(|_| choices.part().to_vec()).collect() }
        }
        16 => Event::Imported,
        17 => {
            *now = now.plus_ms(i64::from(choices.byte()) * 1_000);
            Event::Tick
        }
        18 => Event::Drain,
        19 => Event::NotReady(7),
        20 => Event::OverQuota(7),
        21 => Event::Broken("a rule"),
        22 if choices.byte().is_multiple_of(2) => Event::Duplicate,
        22 => Event::Revoked,
        24 => {
            let (digest, arrived) = (Digest([choices.byte() % 4; 32]), choices.byte().into());
            Event::Wanted(Some(Wanted { digest, size: arrived + 1 + u64::from(choices.byte()) * 400, arrived }))
        }
        25 => frame(Kind::Fetch(wire::Fetch {
            digest: vec![choices.byte() % 4; 32],
            offset: choices.number(),
            length: u32::from(choices.byte()) * 65,
        })),
        26 => frame(Kind::Chunk(wire::Chunk {
            digest: vec![choices.byte() % 4; 32],
            offset: choices.byte().into(),
            data: vec![0; usize::from(choices.byte()) * 4],
        })),
        27 => Event::ChunkRead(wire::Chunk { data: choices.part().to_vec(), ..wire::Chunk::default() }),
        28 => {
            let all = [Pulled::Arriving, Pulled::Over, Pulled::Spoilt, Pulled::NotNow];
            let pulled = all[usize::from(choices.byte() % 4)];
            Event::ChunkStored { digest: Digest([choices.byte() % 4; 32]), pulled }
        }
        _ => Event::Rosters(rosters(choices)),
    }
}

fn frame(kind: Kind) -> Event {
    Event::Frame(Box::new(wire::Frame { kind: Some(kind) }))
}

fn lane(choices: &mut Choices<'_>) -> Lane {
    Lane::URGENT_FIRST[usize::from(choices.byte() % 3)]
}

fn deliver(choices: &mut Choices<'_>) -> wire::Deliver {
    wire::Deliver { dispatch: choices.bytes(4).to_vec(), notice: vec![0; 64], key_wrap: vec![] }
}

fn rosters(choices: &mut Choices<'_>) -> Vec<RosterNote> {
    let bytes = wire::Envelope::default().encode_to_vec();
    let country = ["UZ", "TM", "KZ"][usize::from(choices.byte() % 3)].parse().expect("a country");
    vec![RosterNote { country, version: choices.number(), bytes }]
}

/// Right but for what the choices change.
fn hello(choices: &mut Choices<'_>) -> wire::Hello {
    let mut hello = wire::Hello {
        version_min: VERSION,
        version_max: VERSION,
        network: "demo.example".to_owned(),
        office: "TM-FAR".to_owned(),
        peer: "UZ-ALT".to_owned(),
        log_id: PEER.0.to_vec(),
        peer_log_id: ME.0.to_vec(),
        window: u32::from(choices.byte()),
        ..wire::Hello::default()
    };
    let position = |choices: &mut Choices<'_>, from: LogId, to: LogId| wire::Position {
        from_log: from.0.to_vec(),
        to_log: to.0.to_vec(),
        lane: lane(choices).number(),
        through: choices.number(),
        digest: vec![choices.byte(); 32],
        proof: choices.part().to_vec(),
    };
    match choices.byte() {
        0..128 => {}
        128..160 => hello.held = vec![position(choices, ME, PEER)],
        160..192 => hello.acked = vec![position(choices, PEER, ME)],
        192..208 => hello.version_min = choices.byte().into(),
        208..224 => hello.log_id = choices.part().to_vec(),
        _ => hello.office = String::from_utf8_lossy(choices.part()).into_owned(),
    }
    hello
}

fn standing(choices: &mut Choices<'_>) -> Standing {
    let mut standing = Standing { peer_log: Some(PEER), ..Standing::default() };
    match choices.byte() {
        0..128 => {}
        128..160 => {
            let (acked, more) = (choices.number(), choices.byte());
            let digest = Some(Digest([choices.byte(); 32]));
            let placed = acked.saturating_add(more.into());
            let sent = Sent { placed, acked, acked_digest: digest, at_held: digest, ..Sent::default() };
            standing.sent = BTreeMap::from([(lane(choices), sent)]);
        }
        160..192 => {
            let digest = Some(Digest([choices.byte(); 32]));
            let held = Held { through: choices.number(), digest, ..Held::default() };
            standing.held = BTreeMap::from([(lane(choices), held)]);
        }
        192..224 => standing.rosters = rosters(choices),
        _ => standing.peer_log = None,
    }
    standing.disturbed = choices.byte() > 200;
    standing
}
