//! The session as its link sees it: by name, against arbitrary events, and two of them against a link that breaks.

mod alone;
mod attachments;
mod events;
mod model;
mod named;
mod pair;
mod turned_away;

use std::collections::BTreeMap;

use prost::Message as _;

use super::*;
use crate::domain::dispatch::Answer;
use crate::domain::dispatch::Dispatch;
use crate::domain::dispatch::Receipt;
use crate::domain::dispatch::Stream;
use crate::domain::entry::Alarm;
use crate::domain::envelope;
use crate::domain::envelope::SigningKey;
use crate::name::Digest;
use crate::name::LogId;

fn office(code: &str) -> OfficeCode {
    code.parse().unwrap()
}

fn log_of(code: &str) -> LogId {
    LogId::of_key(&Digest::of(code.as_bytes()).0)
}

fn key(code: &str) -> SigningKey {
    SigningKey::from_seed(&Digest::of(code.as_bytes()).0)
}

fn speaker(code: &str) -> Speaker {
    Speaker {
        network: "demo.example".parse().unwrap(),
        office: office(code),
        log_id: log_of(code),
        key: key(code).public(),
    }
}

fn frame(kind: Kind) -> Event {
    Event::Frame(Box::new(wire::Frame { kind: Some(kind) }))
}

/// A dispatch at this place, with a notice of so many bytes; the session never looks inside.
fn waiting(lane: Lane, sequence: u64, bytes: usize) -> Waiting {
    let dispatch = wire::Dispatch { lane: lane.number(), sequence, ..wire::Dispatch::default() };
    let deliver = wire::Deliver { dispatch: dispatch.encode_to_vec(), notice: vec![7; bytes], key_wrap: vec![] };
    Waiting { sequence, deliver }
}

/// Lane and place of a dispatch that was made by [`waiting`].
fn place(deliver: &wire::Deliver) -> (Lane, u64) {
    let dispatch = wire::Dispatch::decode(deliver.dispatch.as_slice()).unwrap();
    (Lane::from_number(dispatch.lane).unwrap(), dispatch.sequence)
}

/// A receipt in bytes, told apart by its number.
fn receipt(number: u8) -> Vec<u8> {
    wire::Envelope { payload: vec![number], ..wire::Envelope::default() }.encode_to_vec()
}

/// TM-FAR's Hello to UZ-ALT, who holds and has receipts of nothing.
fn hello() -> wire::Hello {
    wire::Hello {
        version_min: VERSION,
        version_max: VERSION,
        network: "demo.example".to_owned(),
        office: "TM-FAR".to_owned(),
        peer: "UZ-ALT".to_owned(),
        log_id: log_of("TM-FAR").0.to_vec(),
        peer_log_id: log_of("UZ-ALT").0.to_vec(),
        window: limits::WINDOW,
        clock_ms: 5,
        ..wire::Hello::default()
    }
}

/// What a Hello says of a stream.
fn position(from: &str, to: &str, lane: Lane, through: u64, digest: u8) -> wire::Position {
    wire::Position {
        from_log: log_of(from).0.to_vec(),
        to_log: log_of(to).0.to_vec(),
        lane: lane.number(),
        through,
        digest: vec![digest; 32],
        proof: vec![],
    }
}

/// A dispatch that one office has signed for a place in its routine stream to another.
fn signed_dispatch(from: &str, to: &str, sequence: u64) -> (Dispatch, envelope::Signed) {
    let dispatch = Dispatch {
        network: "demo.example".parse().unwrap(),
        from: office(from),
        to: office(to),
        stream: Stream { from_log: log_of(from), to_log: log_of(to), lane: Lane::Routine },
        sequence,
        notice: Digest([1; 32]),
        key_wrap: None,
        sent: Timestamp::ZERO,
    };
    let signed = envelope::sign::<Dispatch>(&key(from), dispatch.encode());
    (dispatch, signed)
}

/// TM-FAR holds our routine stream up to this place, and shows our dispatch.
fn holds_with_proof(through: u64) -> wire::Hello {
    let (_, dispatch) = signed_dispatch("UZ-ALT", "TM-FAR", through);
    let digest = dispatch.digest.0.to_vec();
    let held =
        wire::Position { digest, proof: dispatch.bytes, ..position("UZ-ALT", "TM-FAR", Lane::Routine, through, 0) };
    wire::Hello { held: vec![held], ..hello() }
}

/// TM-FAR has receipts for its routine stream up to this place, and shows ours; the digest of its dispatch.
fn acked_with_proof(through: u64) -> (wire::Hello, Digest) {
    let (dispatch, signed) = signed_dispatch("TM-FAR", "UZ-ALT", through);
    let receipt = dispatch.answered(signed.digest, Answer::Delivered, Timestamp::ZERO);
    let receipt = envelope::sign::<Receipt>(&key("UZ-ALT"), receipt.encode());
    let at = position("TM-FAR", "UZ-ALT", Lane::Routine, through, 0);
    let acked = wire::Position { digest: signed.digest.0.to_vec(), proof: receipt.bytes, ..at };
    (wire::Hello { acked: vec![acked], ..hello() }, signed.digest)
}

fn standing() -> Standing {
    Standing { peer_log: Some(log_of("TM-FAR")), ..Standing::default() }
}

/// The session of UZ-ALT with TM-FAR, driven by hand: what it sends is put aside.
struct Hand {
    session: Session,
    now: Timestamp,
    sent: Vec<Kind>,
}

impl Hand {
    fn accepted() -> Self {
        let session = Session::accepted(speaker("UZ-ALT"), vec![office("TM-FAR")], Timestamp::ZERO);
        let mut hand = Self { session, now: Timestamp::ZERO, sent: vec![] };
        hand.on(Event::Opened);
        hand
    }

    /// A session that has been greeted; what it wants to do first.
    fn greeted(hello: wire::Hello, standing: Standing) -> (Self, Vec<Action>) {
        let mut hand = Self::accepted();
        hand.on(frame(Kind::Hello(hello)));
        let actions = hand.on(Event::Standing(Box::new(standing)));
        (hand, actions)
    }

    /// A live session of which nothing is in either store. Its Hello is sent; the link takes nothing more yet.
    fn live() -> Self {
        let (mut hand, _) = Self::greeted(hello(), standing());
        hand.on(Event::Writable);
        hand.sent.clear();
        hand
    }

    fn on(&mut self, event: Event) -> Vec<Action> {
        let (sent, rest) = self.session.on(self.now, event).into_iter().partition(|a| matches!(a, Action::Send(_)));
        let sent: Vec<Action> = sent;
        self.sent.extend(sent.into_iter().filter_map(|action| match action {
            Action::Send(frame) => frame.kind,
            _ => None,
        }));
        rest
    }

    fn after(&mut self, ms: i64, event: Event) -> Vec<Action> {
        self.now = self.now.plus_ms(ms);
        self.on(event)
    }

    /// Lets the link take frames until there are none, and one more; hands over all that were sent and what else happened.
    fn flush_all(&mut self) -> (Vec<Kind>, Vec<Action>) {
        let mut actions = vec![];
        loop {
            let before = self.sent.len();
            actions.extend(self.on(Event::Writable));
            if self.sent.len() == before {
                return (std::mem::take(&mut self.sent), actions);
            }
        }
    }

    fn flush(&mut self) -> Vec<Kind> {
        self.flush_all().0
    }

    /// Lets the link take frames while one lane never runs out of notices of so many bytes.
    fn pump(&mut self, lane: Lane, bytes: usize) -> Vec<Kind> {
        let mut all = vec![];
        loop {
            let (sent, actions) = self.flush_all();
            all.extend(sent);
            let load = actions.iter().find_map(|action| match action {
                Action::Load { lane: of, after, .. } if *of == lane => Some(*after),
                _ => None,
            });
            let Some(after) = load else { return all };
            self.load(lane, after + 1, after + 64, bytes);
        }
    }

    /// Fills a lane with the places `first..=last`, each notice of so many bytes.
    fn load(&mut self, lane: Lane, first: u64, last: u64, bytes: usize) -> Vec<Action> {
        let waiting = (first..=last).map(|sequence| waiting(lane, sequence, bytes)).collect();
        self.on(Event::Loaded { lane, waiting })
    }
}

/// Places of the dispatches among these frames.
fn places(sent: &[Kind]) -> Vec<(Lane, u64)> {
    sent.iter().filter_map(|kind| if let Kind::Deliver(one) = kind { Some(place(one)) } else { None }).collect()
}

fn goodbyes(sent: &[Kind]) -> Vec<GoodbyeReason> {
    let bye = |kind: &Kind| if let Kind::Goodbye(bye) = kind { Some(bye.reason()) } else { None };
    sent.iter().filter_map(bye).collect()
}
