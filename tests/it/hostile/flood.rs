//! A peer that sends without end, or that never reads: a session takes no more than it can hold.

use chapar::domain::envelope::PublicKey;
use chapar::engine::session::Event;
use chapar::engine::session::Session;
use chapar::engine::session::Speaker;
use chapar::engine::session::Standing;
use chapar::limits;
use chapar::name::LogId;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::frame::Kind;
use prost::Message as _;

/// A session that is live, with a peer that does not read.
fn live() -> Session {
    let me = Speaker {
        network: "test.example".parse().unwrap(),
        office: "UZ-ALT".parse().unwrap(),
        log_id: LogId([1; 8]),
        key: PublicKey([1; 32]),
    };
    let mut session = Session::accepted(me, vec!["KZ-BAD".parse().unwrap()], Timestamp::ZERO);
    session.on(Timestamp::ZERO, Event::Opened);
    let hello = wire::Hello {
        version_min: 1,
        version_max: 1,
        network: "test.example".to_owned(),
        office: "KZ-BAD".to_owned(),
        peer: "UZ-ALT".to_owned(),
        log_id: vec![2; 8],
        peer_log_id: vec![1; 8],
        window: 256,
        ..wire::Hello::default()
    };
    take(&mut session, Kind::Hello(hello));
    let standing = Standing { peer_log: Some(LogId([2; 8])), ..Standing::default() };
    session.on(Timestamp::ZERO, Event::Standing(Box::new(standing)));
    assert!(session.wants_frames());
    session
}

fn take(session: &mut Session, kind: Kind) {
    session.on(Timestamp::ZERO, Event::Frame(Box::new(wire::Frame { kind: Some(kind) })));
}

/// Frames that are taken before the session wants no more.
fn taken(session: &mut Session, kind: &Kind, then: impl Fn(&mut Session)) -> usize {
    for count in 0..10 * limits::UNFINISHED {
        if !session.wants_frames() {
            return count;
        }
        take(session, kind.clone());
        then(session);
    }
    panic!("there is no end to what it takes")
}

#[test]
fn dispatches_that_are_not_answered_yet() {
    let mut session = live();
    let count = taken(&mut session, &Kind::Deliver(wire::Deliver::default()), |_| ());
    assert_eq!(count, limits::UNANSWERED);
}

#[test]
fn receipts_that_are_not_stored_yet() {
    let mut session = live();
    assert_eq!(taken(&mut session, &Kind::Receipt(wire::Envelope::default()), |_| ()), limits::UNFINISHED);
    let lane = chapar::domain::dispatch::Lane::Routine;
    session.on(Timestamp::ZERO, Event::ReceiptStored { lane, sequence: 1 });
    assert!(session.wants_frames(), "each that is stored makes room");
}

#[test]
fn receipts_that_the_peer_does_not_read() {
    let mut session = live();
    let receipt = wire::Envelope { payload: vec![1; 300], ..wire::Envelope::default() }.encode_to_vec();
    let answered = |session: &mut Session| drop(session.on(Timestamp::ZERO, Event::Answered(receipt.clone())));
    let count = taken(&mut session, &Kind::Deliver(wire::Deliver::default()), answered);
    assert_eq!(count, limits::UNFINISHED);
}
