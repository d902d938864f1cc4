//! Drives sessions as the node does: the same reads, the same judging beside the writer, the same order of answers.

use chapar::domain::dispatch::Receipt;
use chapar::domain::dispatch::Stream;
use chapar::domain::entry::Alarm;
use chapar::domain::envelope::Unverified;
use chapar::edge::link::Outcome;
use chapar::engine::accept;
use chapar::engine::peers::Admission;
use chapar::engine::rows;
use chapar::engine::session::Action;
use chapar::engine::session::Event as SessionEvent;
use chapar::limits;
use chapar::name::OfficeCode;
use chapar::office::Command;
use chapar::office::read;
use chapar::time::Timestamp;
use chapar::time::node_time;
use chapar::wire;
use chapar::wire::frame::Kind;
use prost::Message as _;

use crate::fault::Fault;
use crate::node::Asker;
use crate::node::At;
use crate::node::End;
use crate::node::uptime;
use crate::world::Event;
use crate::world::World;

impl World {
    pub(crate) fn end(&mut self, at: At) -> Option<&mut End> {
        self.process(at.node, at.run)?.ends.get_mut(&at.id)
    }

    /// Lets a session go on until it waits for something.
    pub(crate) fn pump(&mut self, at: At) {
        loop {
            let now = self.now;
            let Some(end) = self.end(at) else { return };
            if end.waits {
                return;
            }
            if let Some(action) = end.actions.pop_front() {
                self.act(at, action);
                continue;
            }
            let answer = end.answers.pop_front();
            let Some(event) = answer.or_else(|| self.next_event(at)) else { return };
            let Some(process) = self.process(at.node, at.run) else { return };
            let up = uptime(process, now);
            let Some(end) = process.ends.get_mut(&at.id) else { return };
            let actions = end.session.on(up, event);
            end.actions.extend(actions);
        }
    }

    /// A frame or an event, whichever comes first.
    fn next_event(&mut self, at: At) -> Option<SessionEvent> {
        let frame_first = self.chance.one_in(2);
        let end = self.end(at)?;
        if !frame_first && let Some(event) = end.outside.pop_front() {
            return Some(event);
        }
        if end.session.wants_frames() {
            let (number, side) = (end.line, end.side);
            let pipe = &mut self.lines.get_mut(&number)?.to[side];
            if let Some(bytes) = pipe.landed.pop_front() {
                if pipe.takes() {
                    self.within(0, 1, Event::Send { line: number, side });
                }
                let frame = wire::Frame::decode(bytes.as_slice()).unwrap();
                return Some(SessionEvent::Frame(Box::new(frame)));
            }
            if pipe.is_dry() {
                self.over(at, Outcome::Broken("the link was closed".to_owned()));
                return None;
            }
        }
        self.end(at)?.outside.pop_front()
    }

    fn act(&mut self, at: At, action: Action) {
        let Some(end) = self.end(at) else { return };
        let peer = end.session.peer();
        match action {
            Action::Send(frame) => self.frame(at, &frame),
            Action::WakeAt(time) => {
                end.wake = Some(time);
                let started = self.nodes[at.node].process.as_ref().map_or(0, |process| process.started);
                self.at(started + time.ms(), Event::Wake(at));
            }
            Action::Close(ending) => self.over(at, Outcome::Ended(ending)),
            Action::Greeted { peer, .. } => self.greeted(at, peer),
            Action::Accept(ref deliver) => {
                let node = &mut self.nodes[at.node];
                let refused = if !node.is_ready(self.now) {
                    Some(SessionEvent::NotReady(limits::NOT_READY_RETRY_MS))
                } else if let Some(peer) = peer
                    && let Err(over) = node.spend(self.now, peer, deliver)
                {
                    Some(SessionEvent::OverQuota(over.retry_ms))
                } else {
                    None
                };
                let Some(end) = self.end(at) else { return };
                if let Some(event) = refused {
                    end.answers.push_back(event);
                } else {
                    end.judging.push_back(action);
                    self.within(0, 3, Event::Judge(at));
                }
            }
            Action::StoreReceipt(_) => {
                end.judging.push_back(action);
                self.within(0, 3, Event::Judge(at));
            }
            Action::Alarm(alarm) => {
                end.waits = peer.is_some();
                if alarm == Alarm::OwnStateLost {
                    self.drain(at.node);
                }
                if let Some(peer) = peer {
                    self.submit(at.node, Command::Alarm { alarm, peer }, Asker::End(at));
                }
            }
            Action::Import(bytes) => {
                end.waits = true;
                self.submit(at.node, Command::Import { actor: None, rosters: vec![bytes] }, Asker::End(at));
            }
            Action::LoadWanted { .. } | Action::ReadChunk { .. } | Action::StoreChunk { .. } => self.file(at, action),
            Action::Load { .. } | Action::LoadReceipts { .. } | Action::LoadStanding { .. } => self.read(at, action),
        }
    }

    /// A frame goes out, if there is room.
    fn frame(&mut self, at: At, frame: &wire::Frame) {
        let bytes = frame.encode_to_vec();
        let digest = chapar::name::Digest::of(&bytes).to_string();
        let name = match &frame.kind {
            Some(Kind::Deliver(_)) => {
                self.record.delivers += 1;
                "Deliver"
            }
            Some(Kind::Goodbye(bye)) => bye.reason().as_str_name(),
            Some(Kind::Hello(_)) => "Hello",
            Some(Kind::Receipt(envelope)) => {
                self.must_be_durable(at, envelope);
                "Receipt"
            }
            Some(Kind::Fetch(_)) => "Fetch",
            Some(Kind::Chunk(_)) => "Chunk",
            _ => "Roster",
        };
        let code = self.nodes[at.node].code();
        let Some(end) = self.end(at) else { return };
        let (line, side) = (end.line, end.side);
        let had_room = std::mem::take(&mut end.permit);
        let to = end.session.candidates().first().map(ToString::to_string).unwrap_or_default();
        self.trace.line(self.now, format_args!("{code} > {to} #{line} {name} {}", &digest[..8]));
        let bytes = if had_room { self.forged(frame).unwrap_or(bytes) } else { bytes };
        if let (true, Some(line)) = (had_room, self.lines.get_mut(&line)) {
            line.to[1 - side].queued.push_back(bytes);
        }
        self.within(0, 1, Event::Send { line, side: 1 - side });
        self.within(0, 1, Event::Permit(at));
    }

    /// The frame with another signature, if one is to be forged now.
    fn forged(&mut self, frame: &wire::Frame) -> Option<Vec<u8>> {
        let Some(Kind::Deliver(deliver)) = frame.kind.as_ref().filter(|_| self.forge) else { return None };
        let mut envelope = wire::Envelope::decode(deliver.dispatch.as_slice()).unwrap();
        envelope.signatures[0].sig[0] ^= 1;
        let deliver = wire::Deliver { dispatch: envelope.encode_to_vec(), ..deliver.clone() };
        self.forge = false;
        *self.record.faults.entry(Fault::Forged).or_default() += 1;
        Some(wire::Frame { kind: Some(Kind::Deliver(deliver)) }.encode_to_vec())
    }

    /// Commit, then speak.
    fn must_be_durable(&mut self, at: At, envelope: &wire::Envelope) {
        let read = Unverified::<Receipt>::read(&envelope.encode_to_vec()).map(|receipt| receipt.digest());
        let known = read.map(|digest| rows::envelope_bytes(self.nodes[at.node].disk.rows(), digest));
        if !matches!(known, Ok(Ok(Some(_)))) {
            let code = self.nodes[at.node].code();
            self.record.wrong.push(format!("{code} answered with a receipt that is not on its disk"));
        }
    }

    fn greeted(&mut self, at: At, peer: OfficeCode) {
        let Some(process) = self.process(at.node, at.run) else { return };
        let Some(end) = process.ends.get_mut(&at.id) else { return };
        let admission = process.peers.admit(peer, at.id, end.direction);
        end.greeted = admission != Admission::Duplicate;
        match admission {
            Admission::Duplicate => end.answers.push_back(SessionEvent::Duplicate),
            Admission::Stays { replaces: Some(id) } => {
                let other = At { id, ..at };
                if let Some(end) = self.end(other) {
                    end.outside.push_back(SessionEvent::Duplicate);
                    self.within(0, 2, Event::Go(other));
                }
            }
            Admission::Stays { replaces: None } => {}
        }
        let code = self.nodes[at.node].code();
        self.trace.line(self.now, format_args!("{code} greets {peer}: {admission:?}"));
    }

    /// Reads at once; the session hears of it later, and of nothing else before.
    fn read(&mut self, at: At, action: Action) {
        let clock = self.nodes[at.node].clock(self.now);
        let (me, disk) = (self.nodes[at.node].speaker.log_id, self.nodes[at.node].disk.clone());
        let Some(process) = self.process(at.node, at.run) else { return };
        let rosters = process.writer.shared().rosters();
        let changes = process.writer.shared().roster_changes();
        let disturbed = |peer| process.peers.disturbed(peer, at.id);
        let result = match action {
            Action::LoadStanding { peer, held } => {
                let disturbed = disturbed(peer);
                let Some(end) = self.end(at) else { return };
                read::standing(&disk, &rosters, me, peer, &held).map(|mut standing| {
                    standing.clock = clock;
                    standing.disturbed = disturbed;
                    if !rosters.by_pin(end.pin).any(|office| office.code == peer) {
                        standing.peer_log = None;
                    }
                    end.peer_log = standing.peer_log;
                    SessionEvent::Standing(Box::new(standing))
                })
            }
            Action::Load { lane, after, limit } => {
                let Some(end) = self.end(at) else { return };
                match (end.session.peer(), end.peer_log) {
                    (Some(peer), Some(log)) => {
                        let known = changes == end.seen.rosters;
                        let waiting = read::waiting(&disk, peer, log, lane, after, limit);
                        waiting.map(|found| SessionEvent::Loaded { lane, waiting: if known { found } else { vec![] } })
                    }
                    _ => Ok(SessionEvent::Loaded { lane, waiting: vec![] }),
                }
            }
            Action::LoadReceipts { lane, after, through } => {
                let Some(end) = self.end(at) else { return };
                let receipts = end.peer_log.map_or(Ok(vec![]), |from_log| {
                    read::receipts(&disk, Stream { from_log, to_log: me, lane }, after, through)
                });
                receipts.map(|receipts| SessionEvent::Receipts { lane, receipts })
            }
            _ => return,
        };
        if let Ok(event) = result {
            if let Some(end) = self.end(at) {
                end.answers.push_back(event);
                end.waits = true;
            }
            self.within(0, 3, Event::Read(at));
        } else {
            self.store_fired(at.node);
            self.drain(at.node);
            self.over(at, Outcome::Failed("a read failed".to_owned()));
        }
    }

    pub(crate) fn read_done(&mut self, at: At) {
        if let Some(end) = self.end(at) {
            end.waits = false;
            self.pump(at);
        }
    }

    /// What was judged goes to the writer, in the order in which it came.
    pub(crate) fn judge(&mut self, at: At) {
        let (now, clock) = (self.now, self.nodes[at.node].clock(self.now));
        let Some(end) = self.end(at) else { return };
        let (Some(action), Some(peer)) = (end.judging.pop_front(), end.session.peer()) else { return };
        let node = &self.nodes[at.node];
        let Some(process) = &node.process else { return };
        let shared = process.writer.shared();
        let judged = match action {
            Action::Accept(deliver) => {
                let time = node_time(clock, shared.head().time);
                let incoming = accept::deliver(&shared.rosters(), &node.addressee, peer, time, &deliver);
                incoming.map(|incoming| Command::Arrive(Box::new(incoming)))
            }
            Action::StoreReceipt(envelope) => {
                let bytes = envelope.encode_to_vec();
                let receipt = accept::receipt(&shared.rosters(), node.me.office, peer, &bytes);
                receipt.map(|receipt| Command::Receipt(Box::new(receipt)))
            }
            _ => return,
        };
        match judged {
            Ok(command) => self.submit(at.node, command, Asker::End(at)),
            Err(rule) => {
                self.trace.line(now, format_args!("a frame of {peer} breaks a rule: {rule}"));
                if let Some(end) = self.end(at) {
                    end.outside.push_back(SessionEvent::Broken("a signed frame breaks a rule"));
                }
                self.pump(at);
            }
        }
    }

    /// A session hears of commits: rosters first, since the peer judges by them what was placed.
    pub(crate) fn pulse(&mut self, at: At) {
        let Some(process) = self.process(at.node, at.run) else { return };
        let (pulse, rosters) = (process.pulse, process.writer.shared().rosters());
        let Some(end) = process.ends.get_mut(&at.id) else { return };
        let last = std::mem::replace(&mut end.seen, pulse);
        if pulse.rosters != last.rosters {
            let mut listed = rosters.by_pin(end.pin);
            let in_force = match end.session.peer() {
                Some(peer) => listed.any(|office| office.code == peer && office.log_id() == end.peer_log),
                None => listed.next().is_some(),
            };
            let notes = || SessionEvent::Rosters(read::roster_notes(&rosters));
            end.outside.push_back(if in_force { notes() } else { SessionEvent::Revoked });
        }
        if pulse.placed != last.placed || pulse.rosters != last.rosters {
            end.outside.push_back(SessionEvent::Queued);
        }
        self.pump(at);
    }

    pub(crate) fn wake(&mut self, at: At) {
        let now = self.now;
        let Some(process) = self.process(at.node, at.run) else { return };
        let up: Timestamp = uptime(process, now);
        let Some(end) = process.ends.get_mut(&at.id) else { return };
        if end.wake.take_if(|time| *time <= up).is_some() {
            end.outside.push_back(SessionEvent::Tick);
            self.pump(at);
        }
    }
}
