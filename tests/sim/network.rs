//! Calls, links and what flows on them.

use chapar::edge::exchange::pause_ms;
use chapar::edge::link::Outcome;
use chapar::edge::link::in_words;
use chapar::engine::peers::Direction;
use chapar::engine::session::Event as SessionEvent;
use chapar::engine::session::Session;
use chapar::i18n::said;
use chapar::name::OfficeCode;

use crate::land::pin;
use crate::line::LINK_FRAMES;
use crate::line::Line;
use crate::line::Pipe;
use crate::node::At;
use crate::node::Dial;
use crate::node::End;
use crate::node::uptime;
use crate::world::Event;
use crate::world::Trouble;
use crate::world::World;

/// Deadline of a dial and of a call, ms.
const CALL_MS: i64 = 10_000;

impl World {
    pub(crate) fn trouble(&self, one: usize, other: usize) -> Option<Trouble> {
        self.troubles.get(&(one.min(other), one.max(other))).copied()
    }

    /// A dialler dials, unless a session with the peer is live.
    pub(crate) fn dial(&mut self, node: usize, run: u32, peer: OfficeCode) {
        let Some(process) = self.process(node, run) else { return };
        let is_live = process.peers.is_live(peer);
        match process.diallers.get_mut(&peer) {
            Some(dial @ Dial::Paused) if !process.draining => {
                *dial = if is_live { Dial::Watching } else { Dial::Busy };
            }
            _ => return,
        }
        if !is_live && !self.call(node, peer, true) {
            self.within(1, 50, Event::DialFailed { node, run, peer });
        }
    }

    /// Calls an office; whether anybody may answer.
    pub(crate) fn call(&mut self, from: usize, peer: OfficeCode, dialler: bool) -> bool {
        let there = self.running().into_iter().filter(|node| self.nodes[*node].code() == peer);
        let there: Vec<usize> = there.filter(|node| *node != from).collect();
        let Some(to) = self.chance.pick(&there) else { return false };
        let (run, delay) = (self.nodes[from].run, self.delay);
        match self.trouble(from, to) {
            Some(Trouble::Cut) => {
                if dialler {
                    self.within(CALL_MS, CALL_MS, Event::DialFailed { node: from, run, peer });
                }
            }
            Some(Trouble::OneWay(lost, _)) if lost == from => {
                if dialler {
                    self.within(CALL_MS, CALL_MS, Event::DialFailed { node: from, run, peer });
                }
            }
            _ => self.within(delay, 3 * delay, Event::Reach { from, run, to, dialler }),
        }
        true
    }

    /// The other side takes a call, if it knows who calls.
    pub(crate) fn reach(&mut self, from: usize, run: u32, to: usize, dialler: bool) {
        let (caller, peer, to_run) = (self.nodes[from].code(), self.nodes[to].code(), self.nodes[to].run);
        let now = self.now;
        let lists = |process: &crate::node::Process, code| {
            process.writer.shared().rosters().by_pin(pin(code)).map(|office| office.code).collect::<Vec<_>>()
        };
        let known = self.process(from, run).map(|process| lists(process, peer)).unwrap_or_default();
        let speaker = self.nodes[to].speaker.clone();
        let taker = self.process(to, to_run).filter(|process| !process.draining);
        let candidates = taker.map(|process| (lists(process, caller), uptime(process, now)));
        let Some((candidates, up)) =
            candidates.filter(|(known_there, _)| !known_there.is_empty() && known.contains(&peer))
        else {
            if dialler {
                self.within(1, 50, Event::DialFailed { node: from, run, peer });
            }
            return;
        };
        let delay = match self.trouble(from, to) {
            Some(Trouble::Delay(delay)) => delay,
            _ => self.delay,
        };
        self.next_line += 1;
        let line = self.next_line;
        let mut opened = Line {
            nodes: [from, to],
            ends: [None, None],
            to: [Pipe::default(), Pipe::default()],
            open: false,
            cut: false,
            delay,
        };
        let answered = !matches!(self.trouble(from, to), Some(Trouble::OneWay(lost, _)) if lost == to);
        opened.to[0].lossy = !answered;
        self.lines.insert(line, opened);
        let session = Session::accepted(speaker, candidates, up);
        self.open(to, line, 1, session, None);
        let office = dialler.then_some(peer);
        if answered {
            self.within(delay, 2 * delay, Event::Called { line, from, run, dialler: office });
        } else if dialler {
            self.within(CALL_MS, CALL_MS, Event::DialFailed { node: from, run, peer });
        }
    }

    /// The call was taken.
    pub(crate) fn called(&mut self, line: u64, from: usize, run: u32, dialler: Option<OfficeCode>) {
        let now = self.now;
        let up = self.process(from, run).filter(|process| !process.draining).map(|process| uptime(process, now));
        let to = self.lines.get(&line).filter(|line| !line.cut).map(|line| line.nodes[1]);
        let (Some(up), Some(to)) = (up, to) else {
            self.cut_line(line, 50);
            if let Some(peer) = dialler {
                self.within(1, CALL_MS, Event::DialFailed { node: from, run, peer });
            }
            return;
        };
        let (speaker, peer) = (self.nodes[from].speaker.clone(), self.nodes[to].code());
        if let Some(line) = self.lines.get_mut(&line) {
            line.open = true;
        }
        self.open(from, line, 0, Session::dialled(speaker, peer, up), dialler);
    }

    fn open(&mut self, node: usize, line: u64, side: usize, session: Session, dialler: Option<OfficeCode>) {
        let run = self.nodes[node].run;
        let Some(other) = self.lines.get(&line).map(|line| self.nodes[line.nodes[1 - side]].code()) else { return };
        let Some(process) = self.process(node, run) else { return };
        let id = process.peers.open();
        let direction = if side == 0 { Direction::Dialled } else { Direction::Accepted };
        let end = End::new(line, side, direction, session, dialler, pin(other), process.pulse);
        process.ends.insert(id, end);
        let at = At { node, run, id };
        if let Some(line) = self.lines.get_mut(&line) {
            line.ends[side] = Some(at);
        }
        self.within(0, 1, Event::Permit(at));
        self.pump(at);
    }

    pub(crate) fn dial_failed(&mut self, node: usize, run: u32, peer: OfficeCode) {
        let Some(process) = self.process(node, run) else { return };
        if process.diallers.get(&peer) == Some(&Dial::Busy) {
            process.peers.dial_failed(peer);
            self.pause(node, run, peer, 0);
        }
    }

    /// A dialler sleeps by its back-off, and no less than this.
    fn pause(&mut self, node: usize, run: u32, peer: OfficeCode, least_ms: i64) {
        let now = self.now;
        let Some(process) = self.process(node, run) else { return };
        let Some(dial) = process.diallers.get_mut(&peer) else { return };
        *dial = Dial::Paused;
        let up = uptime(process, now);
        let next = process.peers.dial_at(peer, up, &mut process.entropy).max(up.plus_ms(least_ms));
        let time = process.started + next.ms();
        self.at(time, Event::Dial { node, run, peer });
    }

    /// A frame goes on the line to a side.
    pub(crate) fn send(&mut self, number: u64, side: usize) {
        let Some(line) = self.lines.get_mut(&number) else { return };
        let pipe = &mut line.to[side];
        if !pipe.takes() {
            return;
        }
        let Some(frame) = pipe.queued.pop_front() else { return };
        let sender = line.ends[1 - side];
        if !pipe.lossy {
            pipe.flying.push_back(frame);
            let flight = self.chance.ms(line.delay, line.delay * 3 / 2);
            let time = pipe.last.max(self.now + flight);
            pipe.last = time;
            self.at(time, Event::Land { line: number, side });
        }
        if let Some(sender) = sender {
            self.within(0, 1, Event::Permit(sender));
        }
        self.within(0, 1, Event::Send { line: number, side });
    }

    pub(crate) fn landed(&mut self, number: u64, side: usize) {
        let Some(line) = self.lines.get_mut(&number) else { return };
        let pipe = &mut line.to[side];
        let Some(frame) = pipe.flying.pop_front() else { return };
        pipe.landed.push_back(frame);
        if let Some(at) = line.ends[side] {
            self.pump(at);
        }
    }

    /// There may be room for a frame; or nobody who would read it.
    pub(crate) fn permit(&mut self, at: At) {
        let Some(end) = self.end(at) else { return };
        let (number, side, has) = (end.line, end.side, end.permit);
        let Some(line) = self.lines.get(&number) else { return };
        if has || line.cut {
            return;
        }
        if line.open && line.ends[1 - side].is_none() && line.to[side].is_dry() {
            self.over(at, Outcome::Broken(said("trouble-link-broke", &[])));
        } else if line.to[1 - side].queued.len() < LINK_FRAMES {
            if let Some(end) = self.end(at) {
                end.permit = true;
                end.outside.push_back(SessionEvent::Writable);
            }
            self.pump(at);
        }
    }

    /// A side sees that the link is gone.
    pub(crate) fn broken(&mut self, at: At) {
        if self.end(at).is_some() {
            self.over(at, Outcome::Broken(said("trouble-link-broke", &[])));
        }
    }

    /// A link breaks; each side sees it in so many milliseconds at most.
    pub(crate) fn cut_line(&mut self, number: u64, seen_ms: i64) {
        let Some(line) = self.lines.get_mut(&number) else { return };
        line.break_down();
        for at in line.ends.into_iter().flatten() {
            self.within(1, seen_ms, Event::Seen(at));
        }
    }

    /// A session is over.
    pub(crate) fn over(&mut self, at: At, outcome: Outcome) {
        // What was taken is written, as far as it keeps to the rules.
        while outcome.leaves_work() && self.end(at).is_some_and(|end| !end.judging.is_empty()) {
            self.judge(at);
        }
        let words = in_words(&outcome);
        let Some(process) = self.process(at.node, at.run) else { return };
        let Some(end) = process.ends.remove(&at.id) else { return };
        let peer = end.session.peer();
        if let (true, Some(peer)) = (end.greeted, peer) {
            process.peers.ended(peer, at.id);
        }
        let live = |peer: &OfficeCode| process.peers.is_live(*peer);
        let watchers = process.diallers.iter().filter(|(peer, dial)| **dial == Dial::Watching && !live(peer));
        let watchers: Vec<OfficeCode> = watchers.map(|(peer, _)| *peer).collect();
        let is_last = process.draining && process.ends.is_empty();
        if let Some(office) = end.dialler {
            if !end.greeted {
                process.peers.dial_failed(office);
            }
            self.pause(at.node, at.run, office, i64::from(pause_ms(&outcome)));
        }
        for office in watchers {
            self.pause(at.node, at.run, office, 0);
        }
        let code = self.nodes[at.node].code();
        self.trace.line(self.now, format_args!("{code} ends #{}: {words}", end.line));
        self.record.ended(self.now, code, peer, &outcome);
        self.hang_up(&end);
        if is_last {
            self.stop(at.node);
        }
    }

    /// One side sends and reads no more.
    fn hang_up(&mut self, end: &End) {
        let lost = self.abrupt && self.chance.one_in(4);
        let Some(line) = self.lines.get_mut(&end.line) else { return };
        line.ends[end.side] = None;
        let other = line.ends[1 - end.side];
        let is_over = other.is_none() && (line.open || end.side == 0 || line.cut);
        let pipe = &mut line.to[1 - end.side];
        pipe.closed = true;
        if lost {
            pipe.queued.clear();
        }
        if is_over {
            self.lines.remove(&end.line);
        } else if let Some(other) = other {
            self.within(0, 2, Event::Go(other));
        }
    }
}
