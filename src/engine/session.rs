//! The session (PROTOCOL 8): a state machine without I/O, clock or randomness, the same at both ends of a link.
//!
//! `on(now, Event) -> Vec<Action>`, phases Greeting → Live → Draining → Closed. Its checks are manners; the writer's
//! are law. Invariants:
//! - one frame is sent for each [`Event::Writable`], so urgent frames pass a backlog within one frame;
//! - attachments come last: nothing of them is sent while a receipt, a roster or a dispatch may go;
//! - no dispatch is sent before the peer's Hello has been compared with the store;
//! - at most [`limits::WINDOW`] dispatches and one second of the measured rate are in flight in each lane;
//! - that nothing is taken of the peer holds up nothing of ours;
//! - after [`Action::Close`] there is no further action.

mod attachments;
mod ending;
mod greeting;
mod lane;
mod shorten;
#[cfg(test)]
mod tests;
mod turned_away;
mod words;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::VecDeque;

use crate::domain::dispatch::Lane;
use crate::domain::entry::Alarm;
use crate::engine::session::attachments::Attachments;
use crate::engine::session::lane::Outbound;
use crate::engine::session::shorten::Encapsulations;
use crate::engine::session::turned_away::Dropped;
use crate::engine::session::turned_away::TurnedAway;
use crate::limits;
use crate::name::Country;
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::GoodbyeReason;
use crate::wire::frame::Kind;

pub use words::Action;
pub use words::Ending;
pub use words::Event;
pub use words::Held;
pub use words::Pulled;
pub use words::RosterNote;
pub use words::Sent;
pub use words::Speaker;
pub use words::Standing;
pub use words::Waiting;
pub use words::Wanted;

/// The protocol version spoken here.
pub const VERSION: u32 = 1;

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    /// Until both have said Hello.
    Greeting,
    Live,
    /// What is in flight is finished, nothing new is sent.
    Draining,
    /// The last frames go out.
    Closing(Ending),
    Closed,
}

/// One session.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Session {
    me: Speaker,
    /// Whom we dialled, or the offices that list the TLS key of whoever dialled us.
    expected: Vec<OfficeCode>,
    dialled: bool,
    peer: Option<OfficeCode>,
    phase: Phase,
    opened: Timestamp,
    heard: Timestamp,
    hello: Option<wire::Hello>,
    hello_sent: bool,
    loading: bool,
    importing: u32,
    /// Receipts that the peer lacks, after and through which place: they go before those for what it delivers now.
    resend: BTreeMap<Lane, (u64, u64)>,
    /// Whether a page of them is being read.
    reading_receipts: BTreeSet<Lane>,
    /// Receipts of the peer that are being judged and stored.
    storing: usize,
    /// Sizes of the dispatches that wait for our answer, bytes, in order, and their sum.
    answering: VecDeque<u64>,
    answering_bytes: u64,
    writable: bool,
    /// Nothing is taken of the peer any more.
    turned_away: Option<TurnedAway>,
    dropped: Dropped,
    control: VecDeque<Kind>,
    receipts: VecDeque<wire::Envelope>,
    /// Receipts that must let those that go again pass.
    later: VecDeque<wire::Envelope>,
    lanes: BTreeMap<Lane, Outbound>,
    encapsulations: Encapsulations,
    known_rosters: BTreeMap<Country, u64>,
    attachments: Attachments,
}

impl Session {
    /// A session with the office that we dialled.
    #[must_use]
    pub fn dialled(me: Speaker, peer: OfficeCode, now: Timestamp) -> Self {
        Self::new(me, vec![peer], true, now)
    }

    /// A session with whoever dialled us: one of the offices that list its TLS key.
    #[must_use]
    pub fn accepted(me: Speaker, candidates: Vec<OfficeCode>, now: Timestamp) -> Self {
        Self::new(me, candidates, false, now)
    }

    fn new(me: Speaker, expected: Vec<OfficeCode>, dialled: bool, now: Timestamp) -> Self {
        Self {
            me,
            expected,
            dialled,
            peer: None,
            phase: Phase::Greeting,
            opened: now,
            heard: now,
            hello: None,
            hello_sent: false,
            loading: false,
            importing: 0,
            resend: BTreeMap::new(),
            reading_receipts: BTreeSet::new(),
            storing: 0,
            answering: VecDeque::new(),
            answering_bytes: 0,
            writable: false,
            turned_away: None,
            dropped: Dropped::default(),
            control: VecDeque::new(),
            receipts: VecDeque::new(),
            later: VecDeque::new(),
            lanes: BTreeMap::new(),
            encapsulations: Encapsulations::default(),
            known_rosters: BTreeMap::new(),
            attachments: Attachments::default(),
        }
    }

    /// Whether a frame may be handed in: not while an answer to an earlier one must come first, and not beyond what
    /// the peer may have in flight.
    #[must_use]
    pub fn wants_frames(&self) -> bool {
        match self.phase {
            Phase::Greeting => !self.loading && self.hello.is_none(),
            Phase::Live | Phase::Draining => self.importing == 0 && self.has_room(),
            Phase::Closing(_) | Phase::Closed => false,
        }
    }

    /// Whether no more is unfinished here than a peer that keeps to its windows can bring about, be it that it sends
    /// without end or that it reads no receipts.
    fn has_room(&self) -> bool {
        let unfinished = self.answering.len() + self.receipts.len() + self.later.len() + self.storing;
        self.answering.len() < limits::UNANSWERED
            && self.answering_bytes < limits::UNANSWERED_BYTES
            && unfinished < limits::UNFINISHED
    }

    /// Whom it may be with.
    #[must_use]
    pub fn candidates(&self) -> &[OfficeCode] {
        &self.expected
    }

    /// The peer, once it is known.
    #[must_use]
    pub const fn peer(&self) -> Option<OfficeCode> {
        self.peer
    }

    /// Takes an event and says what is to be done.
    pub fn on(&mut self, now: Timestamp, event: Event) -> Vec<Action> {
        if self.phase == Phase::Closed {
            return vec![];
        }
        let mut actions = self.step(now, event);
        self.settle(now, &mut actions);
        actions
    }

    fn step(&mut self, now: Timestamp, event: Event) -> Vec<Action> {
        match event {
            Event::Opened => self.opened(now),
            Event::Frame(frame) => self.frame(now, *frame),
            Event::Standing(standing) => self.standing(now, &standing),
            Event::Tick => self.tick(now),
            Event::Writable => {
                self.writable = true;
                vec![]
            }
            Event::Queued => {
                self.lanes.values_mut().for_each(Outbound::queued);
                vec![]
            }
            Event::Loaded { lane, waiting } => {
                if let Some(outbound) = self.lanes.get_mut(&lane) {
                    outbound.loaded(waiting);
                }
                vec![]
            }
            Event::ReceiptStored { lane, sequence } => {
                self.storing = self.storing.saturating_sub(1);
                self.went_on(now);
                if let Some(outbound) = self.lanes.get_mut(&lane) {
                    outbound.stored(now, sequence);
                }
                vec![]
            }
            Event::Answered(bytes) => {
                let size = self.answering.pop_front().unwrap_or(0);
                self.answering_bytes = self.answering_bytes.saturating_sub(size);
                self.attachments.look();
                let envelope = self.receipt(&bytes);
                if self.resend.is_empty() { &mut self.receipts } else { &mut self.later }.extend(envelope);
                vec![]
            }
            Event::Receipts { lane, receipts } => self.resent(lane, &receipts),
            Event::Wanted(wanted) => {
                self.attachments.wanted(wanted);
                vec![]
            }
            Event::Sooner => {
                self.attachments.sooner();
                vec![]
            }
            Event::ChunkRead(chunk) => {
                self.attachments.read(chunk);
                vec![]
            }
            Event::ChunkStored { digest, pulled } => {
                self.attachments.stored(digest, pulled);
                vec![]
            }
            Event::Imported => {
                self.importing = self.importing.saturating_sub(1);
                vec![]
            }
            Event::Rosters(rosters) => {
                if matches!(self.phase, Phase::Live) {
                    self.offer(&rosters);
                }
                vec![]
            }
            Event::Drain => self.drain(),
            Event::Broken(rule) => self.part(GoodbyeReason::Protocol, 0, Ending::Protocol(rule)),
            Event::Duplicate => self.part(GoodbyeReason::Duplicate, 0, Ending::Duplicate),
            Event::Revoked => self.part(GoodbyeReason::NotInRoster, 0, Ending::NotInRoster),
            Event::NotReady(retry_ms) => {
                self.take_no_more(now, retry_ms, false);
                vec![]
            }
            Event::OverQuota(retry_ms) => {
                self.take_no_more(now, retry_ms, true);
                vec![Action::Alarm(Alarm::Quota)]
            }
        }
    }

    fn frame(&mut self, now: Timestamp, frame: wire::Frame) -> Vec<Action> {
        self.heard = now;
        if !self.wants_frames() {
            return self.part(GoodbyeReason::Protocol, 0, Ending::Protocol("a frame came when none was due"));
        }
        match (frame.kind, &self.phase) {
            (Some(Kind::Goodbye(bye)), _) => {
                let reason = GoodbyeReason::try_from(bye.reason).unwrap_or(GoodbyeReason::Unspecified);
                self.close(Ending::Peer(reason, bye.retry_after_ms))
            }
            (Some(Kind::Hello(hello)), Phase::Greeting) => self.hello(hello),
            (Some(Kind::Deliver(mut deliver)), Phase::Live | Phase::Draining) => {
                self.encapsulations.restore(&mut deliver);
                let bytes = prost::Message::encoded_len(&deliver);
                let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
                if self.phase == Phase::Draining || self.turned_away.is_some() {
                    return self.drop_dispatch(bytes);
                }
                self.answering.push_back(bytes);
                self.answering_bytes = self.answering_bytes.saturating_add(bytes);
                vec![Action::Accept(Box::new(deliver))]
            }
            (Some(Kind::Receipt(receipt)), Phase::Live | Phase::Draining) => {
                self.storing += 1;
                vec![Action::StoreReceipt(Box::new(receipt))]
            }
            (Some(Kind::Roster(roster)), Phase::Live | Phase::Draining) => {
                self.importing += 1;
                vec![Action::Import(prost::Message::encode_to_vec(&roster))]
            }
            (Some(Kind::Fetch(fetch)), Phase::Live | Phase::Draining) => self.fetch(&fetch),
            (Some(Kind::Chunk(chunk)), Phase::Live | Phase::Draining) => self.chunk(now, chunk),
            _ => self.part(GoodbyeReason::Protocol, 0, Ending::Protocol("a frame is unknown, or came out of turn")),
        }
    }

    /// A receipt to be sent. It was made here; what cannot be read is not sent, and asked for by the next Hello.
    fn receipt(&self, bytes: &[u8]) -> Option<wire::Envelope> {
        let open = matches!(self.phase, Phase::Live | Phase::Draining);
        if open { prost::Message::decode(bytes).ok() } else { None }
    }

    /// A page of receipts that go again.
    fn resent(&mut self, lane: Lane, page: &[Vec<u8>]) -> Vec<Action> {
        if !self.reading_receipts.remove(&lane) {
            return vec![];
        }
        let receipts: Vec<wire::Envelope> = page.iter().filter_map(|bytes| self.receipt(bytes)).collect();
        self.receipts.extend(receipts);
        if let Some((after, through)) = self.resend.get_mut(&lane) {
            *after = after.saturating_add(u64::try_from(page.len()).unwrap_or(u64::MAX));
            if page.is_empty() || *after >= *through {
                self.resend.remove(&lane);
            }
        }
        if self.resend.is_empty() {
            self.receipts.append(&mut self.later);
        }
        vec![]
    }

    /// The next page of receipts that go again, once those of the page before are nearly gone.
    fn next_receipts(&mut self, lane: Lane) -> Option<Action> {
        let (after, through) = *self.resend.get(&lane)?;
        let ready = self.receipts.len() < limits::LOAD_RECEIPTS && self.reading_receipts.insert(lane);
        ready.then_some(Action::LoadReceipts { lane, after, through })
    }

    /// Loads what is needed and sends what may be sent.
    fn settle(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        if self.phase == Phase::Live {
            for lane in Lane::URGENT_FIRST {
                let load = self.lanes.get_mut(&lane).and_then(Outbound::wants);
                actions.extend(load.map(|after| Action::Load { lane, after, limit: limits::LOAD }));
            }
        }
        if matches!(self.phase, Phase::Live | Phase::Draining) {
            for lane in Lane::URGENT_FIRST {
                actions.extend(self.next_receipts(lane));
            }
        }
        actions.extend(self.look_for_attachments());
        self.end_if_done(now);
        let was_quiet = !self.in_flight();
        if self.writable
            && let Some(kind) = self.next_frame(now)
        {
            self.writable = false;
            self.went_on(now);
            if was_quiet && self.in_flight() {
                // The peer owed nothing before: its time to answer begins now.
                self.heard = now;
            }
            actions.push(Action::Send(Box::new(wire::Frame { kind: Some(kind) })));
        }
        if let Phase::Closing(ending) = self.phase
            && self.control.is_empty()
        {
            actions.append(&mut self.close(ending));
        }
    }

    fn in_flight(&self) -> bool {
        self.lanes.values().any(Outbound::has_flight)
    }

    /// Control first, then receipts, then dispatches by urgency, then attachments.
    fn next_frame(&mut self, now: Timestamp) -> Option<Kind> {
        if let Some(kind) = self.control.pop_front() {
            return Some(kind);
        }
        if let Some(receipt) = self.receipts.pop_front() {
            return Some(Kind::Receipt(receipt));
        }
        if self.phase != Phase::Live {
            return None;
        }
        let deliver = Lane::URGENT_FIRST.iter().find_map(|lane| self.lanes.get_mut(lane)?.next());
        let Some(mut deliver) = deliver else { return self.next_of_attachments(now) };
        self.encapsulations.shorten(&mut deliver);
        Some(Kind::Deliver(deliver))
    }
}
