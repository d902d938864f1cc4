//! Two offices, their stores and every link between them, with chance from a seed: cuts that each side notices when
//! it does, delays, restarts, drains, both dialling at once. When the faults stop, everything must have arrived once.

use std::collections::VecDeque;

use super::model::ModelStore;
use super::*;
use crate::engine::peers::Admission;
use crate::engine::peers::Direction;
use crate::engine::peers::Peers;
use crate::entropy::SeededEntropy;
use crate::entropy::random;

const CODES: [&str; 2] = ["TM-FAR", "UZ-ALT"];
/// Frames that a link holds in one direction.
const LINK_FRAMES: usize = 4;

/// One side of a link.
struct End {
    id: u64,
    direction: Direction,
    session: Session,
    reads: VecDeque<Action>,
    wake: Option<Timestamp>,
}

/// A link: side 0 is TM-FAR's. Frames in `to[side]` are on their way to that side.
#[derive(Default)]
struct Link {
    ends: [Option<End>; 2],
    to: [VecDeque<wire::Frame>; 2],
    cut: bool,
}

struct Office {
    store: ModelStore,
    peers: Peers,
    /// Commands that wait for the writer, with the number of the link they came over; they outlive it.
    writer: VecDeque<(usize, Action)>,
}

struct World {
    seed: u64,
    entropy: SeededEntropy,
    now: Timestamp,
    offices: [Office; 2],
    links: Vec<Link>,
    endings: Vec<Ending>,
}

impl World {
    fn new(seed: u64) -> Self {
        let new =
            |code| Office { store: ModelStore::default(), peers: Peers::new(office(code)), writer: VecDeque::new() };
        Self {
            seed,
            entropy: SeededEntropy::new(seed),
            now: Timestamp::ZERO,
            offices: CODES.map(new),
            links: vec![],
            endings: vec![],
        }
    }

    fn chance(&mut self, of: usize) -> usize {
        usize::from(u16::from_le_bytes(random(&mut self.entropy))) % of
    }

    /// Time passes, less than so many milliseconds.
    fn pass(&mut self, ms: u16) {
        let passed = u16::from_le_bytes(random(&mut self.entropy)) % ms;
        self.now = self.now.plus_ms(passed.into());
    }

    fn side(&mut self) -> usize {
        usize::from(self.chance(2) == 1)
    }

    fn dial(&mut self, side: usize) {
        let (me, peer) = (speaker(CODES[side]), office(CODES[1 - side]));
        let dialled = Session::dialled(me, peer, self.now);
        let accepted = Session::accepted(speaker(CODES[1 - side]), vec![office(CODES[side])], self.now);
        self.links.push(Link::default());
        let link = self.links.len() - 1;
        for (side, session, direction) in
            [(side, dialled, Direction::Dialled), (1 - side, accepted, Direction::Accepted)]
        {
            let id = self.offices[side].peers.open();
            self.links[link].ends[side] = Some(End { id, direction, session, reads: VecDeque::new(), wake: None });
            self.on(link, side, Event::Opened);
        }
    }

    fn on(&mut self, link: usize, side: usize, event: Event) {
        let Some(end) = &mut self.links[link].ends[side] else { return };
        for action in end.session.on(self.now, event) {
            self.act(link, side, action);
        }
    }

    fn act(&mut self, link: usize, side: usize, action: Action) {
        let Link { ends, to, cut } = &mut self.links[link];
        let Some(end) = &mut ends[side] else { return };
        match action {
            Action::Send(frame) if !*cut => to[1 - side].push_back(*frame),
            Action::Send(_) => {}
            Action::WakeAt(time) => end.wake = Some(time),
            Action::Accept(_) | Action::StoreReceipt(_) => self.offices[side].writer.push_back((link, action)),
            Action::Load { .. }
            | Action::LoadReceipts { .. }
            | Action::LoadStanding { .. }
            | Action::LoadWanted { .. }
            | Action::ReadChunk { .. }
            | Action::StoreChunk { .. } => {
                end.reads.push_back(action);
            }
            Action::Greeted { peer, .. } => {
                let (id, direction) = (end.id, end.direction);
                match self.offices[side].peers.admit(peer, id, direction) {
                    Admission::Stays { replaces: None } => {}
                    Admission::Stays { replaces: Some(old) } => {
                        let of_old = |link: &Link| link.ends[side].as_ref().is_some_and(|end| end.id == old);
                        if let Some(old) = self.links.iter().position(of_old) {
                            self.on(old, side, Event::Duplicate);
                        }
                    }
                    Admission::Duplicate => self.on(link, side, Event::Duplicate),
                }
            }
            Action::Close(ending) => {
                self.endings.push(ending);
                self.hang_up(link, side);
            }
            Action::Alarm(_) | Action::Import(_) => panic!("seed {}: {action:?}", self.seed),
        }
    }

    /// A side has no session on the link any more.
    fn hang_up(&mut self, link: usize, side: usize) {
        if let Some(end) = self.links[link].ends[side].take() {
            self.offices[side].peers.ended(office(CODES[1 - side]), end.id);
        }
    }

    fn write(&mut self, side: usize) {
        let Some((link, action)) = self.offices[side].writer.pop_front() else { return };
        let attached = match &action {
            Action::Accept(deliver) => self.offices[1 - side].store.attached.get(&place(deliver)).cloned(),
            _ => None,
        };
        let store = &mut self.offices[side].store;
        let event = match action {
            Action::Accept(deliver) => {
                let receipt = store.accept(&deliver);
                let file = attached.map(|file| (Digest::of(&file), file.len() as u64, vec![]));
                store.files.extend(file.filter(|(digest, ..)| !store.files.iter().any(|other| other.0 == *digest)));
                Event::Answered(receipt)
            }
            Action::StoreReceipt(receipt) => {
                let (lane, sequence) = store.store_receipt(&receipt);
                Event::ReceiptStored { lane, sequence }
            }
            other => panic!("{other:?}"),
        };
        self.on(link, side, event);
    }

    fn read(&mut self, link: usize, side: usize) {
        let Some(end) = &mut self.links[link].ends[side] else { return };
        let Some(action) = end.reads.pop_front() else { return };
        let Office { store, peers, .. } = &mut self.offices[side];
        let event = match action {
            Action::Load { lane, after, limit } => Event::Loaded { lane, waiting: store.waiting(lane, after, limit) },
            Action::LoadReceipts { lane, after, through } => {
                Event::Receipts { lane, receipts: store.receipts(lane, after, through) }
            }
            Action::LoadWanted { not } => Event::Wanted(store.wanted(&not)),
            Action::ReadChunk { digest, offset, length } => Event::ChunkRead(store.read_chunk(digest, offset, length)),
            Action::StoreChunk { wanted, offset, data } => {
                let pulled = store.store_chunk(wanted, offset, &data);
                Event::ChunkStored { digest: wanted.digest, pulled }
            }
            Action::LoadStanding { peer, held } => {
                let (mine, theirs) = (log_of(CODES[side]), log_of(CODES[1 - side]));
                let standing = store.standing(mine, theirs, &held, peers.disturbed(peer, end.id));
                Event::Standing(Box::new(standing))
            }
            other => panic!("{other:?}"),
        };
        self.on(link, side, event);
    }

    /// Something on a link goes on: a frame arrives, one may be sent, a read is done, a timer rings, an end is seen.
    fn go_on(&mut self, link: usize, side: usize) {
        match self.chance(4) {
            0 if self.links[link].to[1 - side].len() < LINK_FRAMES => self.on(link, side, Event::Writable),
            1 => self.read(link, side),
            2 => {
                let wants = self.links[link].ends[side].as_ref().is_some_and(|end| end.session.wants_frames());
                if wants && let Some(frame) = self.links[link].to[side].pop_front() {
                    self.on(link, side, Event::Frame(Box::new(frame)));
                }
            }
            _ => {
                let now = self.now;
                let over = self.links[link].ends[1 - side].is_none() && self.links[link].to[side].is_empty();
                let end = self.links[link].ends[side].as_mut();
                let rings = end.is_some_and(|end| end.wake.take_if(|wake| *wake <= now).is_some());
                if self.links[link].cut || over {
                    self.hang_up(link, side);
                } else if rings {
                    self.on(link, side, Event::Tick);
                }
            }
        }
    }

    fn any_link(&mut self) -> Option<usize> {
        let open: Vec<usize> =
            (0..self.links.len()).filter(|link| self.links[*link].ends.iter().any(Option::is_some)).collect();
        if open.is_empty() { None } else { Some(open[self.chance(open.len())]) }
    }

    fn queue(&mut self, side: usize) {
        let lane = Lane::URGENT_FIRST[self.chance(3)];
        let bytes = self.chance(9000);
        self.offices[side].store.issue(lane, bytes);
        if self.chance(4) == 0 {
            let (length, byte) = (1 + self.chance(60_000), u8::try_from(self.chance(256)).unwrap());
            let store = &mut self.offices[side].store;
            let place = (lane, store.outgoing[&lane].dispatches.len() as u64);
            let file = (0..length).map(|at| byte.wrapping_add(u8::try_from(at >> 8).unwrap())).collect();
            store.attached.insert(place, file);
        }
        (0..self.links.len()).for_each(|link| self.on(link, side, Event::Queued));
    }

    fn step(&mut self) {
        self.pass(20);
        let side = self.side();
        if self.chance(5) == 0 {
            self.write(side);
        } else if let Some(link) = self.any_link() {
            self.go_on(link, side);
        }
    }

    /// Something that should not happen, or that people do.
    fn fault(&mut self) {
        let side = self.side();
        let link = self.any_link();
        match (self.chance(12), link) {
            (0..3, Some(link)) => {
                self.links[link].cut = true;
                self.links[link].to.iter_mut().for_each(VecDeque::clear);
            }
            (3, _) => {
                // A restart: sessions and commands that wait are gone, the store is not.
                self.offices[side].writer.clear();
                self.offices[side].peers = Peers::new(office(CODES[side]));
                self.links.iter_mut().for_each(|link| link.ends[side] = None);
            }
            (4, Some(link)) => self.on(link, side, Event::Drain),
            (5, Some(link)) => self.on(link, side, Event::NotReady(7)),
            (6, _) => (0..10).for_each(|_| self.pass(30_000)),
            (7..9, _) => self.dial(side),
            _ => self.queue(side),
        }
    }

    fn is_done(&self) -> bool {
        let done = |side: usize| {
            let incoming = &self.offices[1 - side].store.incoming;
            let arrived = |lane: &Lane| incoming.get(lane).map_or(0, Vec::len);
            let outgoing = self.offices[side].store.outgoing.iter();
            outgoing
                .into_iter()
                .all(|(lane, out)| out.acked == out.dispatches.len() && arrived(lane) == out.dispatches.len())
                && self.offices[1 - side].store.wanted(&[]).is_none()
        };
        done(0) && done(1)
    }

    fn heal(&mut self) {
        for _ in 0..200_000 {
            if self.is_done() {
                return;
            }
            if self.any_link().is_none() {
                let side = self.side();
                self.dial(side);
            }
            self.step();
        }
        panic!("seed {}: the offices do not come to rest after {:?}", self.seed, self.endings);
    }
}

#[test]
fn whatever_breaks_everything_arrives_once_and_in_order() {
    for seed in 0..150 {
        let mut world = World::new(seed);
        for _ in 0..world.chance(40) {
            let side = world.side();
            world.queue(side);
        }
        for _ in 0..1500 {
            world.step();
            if world.chance(40) == 0 {
                world.fault();
            }
        }
        world.heal();
        for side in [0, 1] {
            let files = &world.offices[1 - side].store.files;
            for attached in world.offices[side].store.attached.values() {
                let here = files.iter().find(|(digest, ..)| *digest == Digest::of(attached));
                assert_eq!(here.map(|(_, _, file)| file), Some(attached), "seed {seed}: an attachment of side {side}");
            }
            for (lane, out) in &world.offices[side].store.outgoing {
                let incoming = world.offices[1 - side].store.incoming.get(lane);
                assert!(incoming.unwrap_or(&vec![]) == &out.dispatches, "seed {seed}: lane {lane:?} of side {side}");
            }
        }
        let blames = |ending: &&Ending| match ending {
            Ending::Protocol(_) | Ending::OwnStateLost | Ending::PeerStateLost => true,
            Ending::Peer(reason, _) => matches!(reason, GoodbyeReason::Protocol | GoodbyeReason::StateLost),
            _ => false,
        };
        assert_eq!(world.endings.iter().find(blames), None, "seed {seed}: nobody broke a rule");
    }
}
