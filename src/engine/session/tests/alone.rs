//! One session against arbitrary events: whatever happens, it keeps its own rules.

use proptest::prelude::*;
use prost::Message as _;

use super::events::Step;
use super::events::any_hello;
use super::events::any_standing;
use super::events::steps;
use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn whatever_happens_the_rules_are_kept(
        dialled in any::<bool>(),
        greeting in prop::option::of((prop_oneof![Just(hello()), any_hello()], prop_oneof![Just(standing()), any_standing()])),
        steps in steps(),
    ) {
        let mut watch = Watch::new(dialled);
        watch.on(Event::Opened);
        if let Some((hello, known)) = greeting {
            if dialled {
                watch.on(Event::Standing(Box::new(known.clone())));
            }
            watch.on(frame(Kind::Hello(hello)));
            watch.on(Event::Standing(Box::new(known)));
        }
        for step in steps {
            watch.step(step);
        }
    }
}

/// What a lane must hold, by what the session was told.
#[derive(Default)]
struct Expected {
    started: bool,
    loading: bool,
    loaded: u64,
    ready: VecDeque<(u64, u64)>,
    flight: VecDeque<(u64, u64)>,
    sent: u64,
}

impl Expected {
    fn flight_bytes(&self) -> u64 {
        self.flight.iter().map(|(_, bytes)| bytes).sum()
    }

    /// Whether nothing can hold the next dispatch up: even the smallest windows have room for it.
    fn must_go(&self, window: usize) -> bool {
        let fits = |bytes: u64| self.flight_bytes() + bytes <= limits::WINDOW_BYTES_MIN;
        // One more may be in flight from an earlier session.
        self.flight.len() + 1 < window && self.ready.front().is_some_and(|(_, bytes)| fits(*bytes))
    }
}

/// A session, and what may be expected of it.
#[expect(clippy::struct_excessive_bools, reason = "each is one fact about what was seen")]
struct Watch {
    session: Session,
    now: Timestamp,
    window: usize,
    writable: bool,
    said_hello: bool,
    greeted: bool,
    draining: bool,
    turned_away: bool,
    may_drain: bool,
    /// Told to part: only the goodbye may follow, after our Hello if that was not out yet.
    parting: bool,
    closed: bool,
    rosters: BTreeMap<Vec<u8>, u32>,
    lanes: BTreeMap<Lane, Expected>,
    /// Fetches without an answer, pieces that are being kept, fetches of the peer without one.
    asked: VecDeque<wire::Fetch>,
    keeping: VecDeque<Digest>,
    owed: usize,
    looking: bool,
}

impl Watch {
    fn new(dialled: bool) -> Self {
        let (me, peer) = (speaker("UZ-ALT"), office("TM-FAR"));
        let session = if dialled {
            Session::dialled(me, peer, Timestamp::ZERO)
        } else {
            Session::accepted(me, vec![peer, office("TM-ASH")], Timestamp::ZERO)
        };
        Self {
            session,
            now: Timestamp::ZERO,
            window: 0,
            writable: false,
            said_hello: false,
            greeted: false,
            draining: false,
            turned_away: false,
            may_drain: false,
            parting: false,
            closed: false,
            rosters: BTreeMap::new(),
            asked: VecDeque::new(),
            keeping: VecDeque::new(),
            owed: 0,
            looking: false,
            lanes: Lane::URGENT_FIRST.map(|lane| (lane, Expected::default())).into(),
        }
    }

    fn lane(&mut self, lane: Lane) -> &mut Expected {
        self.lanes.get_mut(&lane).unwrap()
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Event(event) => self.on(event),
            Step::Wait(ms) => self.now = self.now.plus_ms(ms),
            Step::Writable(times) => (0..times).for_each(|_| self.on(Event::Writable)),
            Step::Piece(fault) => {
                let Some(asked) = self.asked.front().cloned() else { return };
                let (digest, offset, length) = (asked.digest, asked.offset, asked.length as usize);
                let right = wire::Chunk { digest, offset, data: vec![7; length] };
                let chunk = match fault {
                    0 => right,
                    1 => wire::Chunk { data: vec![], ..right },
                    2 => wire::Chunk { digest: vec![9; 32], ..right },
                    3 => wire::Chunk { offset: offset.wrapping_add(1), ..right },
                    4 => wire::Chunk { data: vec![7; length + 1], ..right },
                    _ => wire::Chunk { digest: vec![], ..right },
                };
                if self.session.wants_frames() {
                    self.asked.pop_front();
                }
                self.on(frame(Kind::Chunk(chunk)));
                assert!(fault < 2 || !self.session.wants_frames(), "a wrong piece ends the session");
            }
            Step::Kept(pulled) => {
                let Some(digest) = self.keeping.pop_front() else { return };
                self.on(Event::ChunkStored { digest, pulled });
            }
            Step::Stored { lane, off } => {
                let sequence = self.lane(lane).sent.wrapping_add_signed(off);
                self.lane(lane).flight.retain(|(place, _)| *place > sequence);
                self.on(Event::ReceiptStored { lane, sequence });
            }
            Step::Loaded { lane, off, count, bytes } => {
                let first = self.lane(lane).loaded.wrapping_add(1).wrapping_add_signed(off);
                let places = (0..count).map(|one| first.wrapping_add(one));
                let all: Vec<_> = places.map(|sequence| waiting(lane, sequence, bytes)).collect();
                let expected = self.lane(lane);
                if std::mem::take(&mut expected.loading) {
                    for one in &all {
                        if one.sequence > expected.loaded {
                            expected.loaded = one.sequence;
                            expected.ready.push_back((one.sequence, one.deliver.encoded_len() as u64));
                        }
                    }
                }
                self.on(Event::Loaded { lane, waiting: all });
            }
        }
    }

    fn on(&mut self, event: Event) {
        let wanted = self.session.wants_frames();
        let is_frame = matches!(event, Event::Frame(_));
        let is_writable = matches!(event, Event::Writable);
        if let Event::Frame(frame) = &event
            && let (Some(Kind::Hello(hello)), true) = (&frame.kind, wanted)
        {
            self.window = hello.window.clamp(1, limits::WINDOW) as usize;
        }
        let takes_no_more = matches!(event, Event::NotReady(_) | Event::OverQuota(_));
        self.draining |= matches!(event, Event::Drain);
        // A peer that was turned away is let go in time, with all that is left.
        self.may_drain |= self.turned_away && matches!(event, Event::Tick);
        self.turned_away |= takes_no_more;
        self.looking &= !matches!(event, Event::Wanted(_));
        self.parting |= matches!(event, Event::Broken(_) | Event::Duplicate | Event::Revoked);
        self.parting |= takes_no_more && !self.greeted;
        self.writable |= is_writable;
        let was_closed = self.closed;
        let must_go = self.greeted
            && !self.draining
            && !self.may_drain
            && self.lanes.values().any(|lane| lane.must_go(self.window));
        let actions = self.session.on(self.now, event);
        if was_closed {
            assert_eq!(actions, [], "after the end");
        }
        if is_frame && !wanted {
            let acted = |action: &&Action| !matches!(action, Action::Send(_) | Action::Close(_) | Action::Load { .. });
            assert_eq!(actions.iter().find(acted), None, "a frame that was not due");
            assert!(!self.session.wants_frames(), "it ends the session");
        }
        if is_writable && must_go && !was_closed {
            assert!(!self.writable_after(&actions), "a dispatch could go and did not");
        }
        let count = actions.len();
        for (at, action) in actions.into_iter().enumerate() {
            match action {
                Action::Send(frame) => self.sent(frame.kind.unwrap()),
                Action::Close(_) => {
                    assert_eq!(at + 1, count, "nothing follows the end");
                    self.closed = true;
                }
                Action::Greeted { peer, .. } => {
                    assert!(!self.greeted);
                    assert_eq!(self.session.peer(), Some(peer));
                    self.greeted = true;
                }
                Action::Load { lane, after, limit } => self.load(lane, after, limit),
                Action::Accept(_) | Action::StoreReceipt(_) | Action::Import(_) => {
                    assert!(is_frame && wanted && self.greeted);
                }
                Action::LoadWanted { not } => {
                    assert!(self.greeted && !self.draining && !self.turned_away);
                    assert!(!std::mem::replace(&mut self.looking, true), "one look at a time");
                    assert!(not.len() < limits::REFUSED_ATTACHMENTS);
                }
                Action::ReadChunk { length, .. } => {
                    assert!(is_frame && wanted && (1..=limits::CHUNK_BYTES).contains(&length));
                    self.owed += 1;
                    assert!(self.owed <= limits::FETCHES);
                }
                Action::StoreChunk { wanted: one, offset, data } => {
                    assert!(is_frame && wanted && (1..=limits::CHUNK_BYTES).contains(&data.len()));
                    assert!(offset + data.len() as u64 <= one.size);
                    self.keeping.push_back(one.digest);
                }
                Action::LoadReceipts { after, through, .. } => assert!(after < through),
                Action::Alarm(Alarm::Quota) => assert!(takes_no_more),
                Action::Alarm(_) => assert!(!self.session.wants_frames(), "an alarm ends the session"),
                Action::LoadStanding { .. } | Action::WakeAt(_) => {}
            }
        }
        assert!(!self.closed || !self.session.wants_frames());
    }

    /// Whether the link would still take a frame after these actions.
    fn writable_after(&self, actions: &[Action]) -> bool {
        self.writable && !actions.iter().any(|action| matches!(action, Action::Send(_) | Action::Close(_)))
    }

    fn load(&mut self, lane: Lane, after: u64, limit: usize) {
        assert!(self.greeted && !self.draining);
        let expected = self.lane(lane);
        if !std::mem::replace(&mut expected.started, true) {
            (expected.loaded, expected.sent) = (after, after);
        }
        assert!(!std::mem::replace(&mut expected.loading, true), "one read at a time");
        assert_eq!((after, limit), (expected.loaded, limits::LOAD));
    }

    fn sent(&mut self, kind: Kind) {
        assert!(std::mem::take(&mut self.writable), "one frame for each Writable");
        assert!(!self.closed);
        assert!(!self.parting || matches!(kind, Kind::Goodbye(_) | Kind::Hello(_)), "{kind:?}");
        match kind {
            Kind::Hello(_) => assert!(!std::mem::replace(&mut self.said_hello, true), "one Hello"),
            Kind::Goodbye(_) => assert!(!self.session.wants_frames(), "nothing is heard after goodbye"),
            Kind::Receipt(_) => assert!(self.said_hello),
            Kind::Roster(roster) => {
                assert!(self.said_hello && self.greeted);
                let times = self.rosters.entry(roster.payload).or_default();
                *times += 1;
                assert!(*times <= 2, "one of each of two countries, never again");
            }
            Kind::Deliver(deliver) => self.delivered(&deliver),
            Kind::Fetch(fetch) => {
                self.goes_last();
                assert!(!self.turned_away);
                self.asked.push_back(fetch);
                assert!(self.asked.len() + self.keeping.len() <= limits::FETCHES);
            }
            Kind::Chunk(_) => {
                self.goes_last();
                self.owed = self.owed.checked_sub(1).expect("each fetch has one answer");
            }
        }
    }

    /// What is sent now is of an attachment.
    fn goes_last(&self) {
        assert!(self.greeted && self.said_hello && !self.draining);
        assert!(!self.lanes.values().any(|lane| lane.must_go(self.window)), "a dispatch could go");
    }

    fn delivered(&mut self, deliver: &wire::Deliver) {
        let (lane, sequence) = place(deliver);
        assert!(self.greeted && self.said_hello && !self.draining, "dispatches travel between Hello and drain");
        let window = self.window;
        let more_urgent = self.lanes.iter().filter(|(other, _)| **other > lane);
        let passed = more_urgent.filter(|(_, expected)| expected.must_go(window)).map(|(other, _)| other).next();
        assert_eq!(passed, None, "urgent first");
        let expected = self.lane(lane);
        let next = expected.ready.pop_front();
        assert_eq!(next, Some((sequence, deliver.encoded_len() as u64)), "in order, each once");
        expected.flight.extend(next);
        expected.sent = sequence;
        assert!(expected.flight.len() <= window, "{} in flight", expected.flight.len());
        assert!(expected.flight_bytes() <= limits::WINDOW_BYTES_MAX || expected.flight.len() == 1);
    }
}
