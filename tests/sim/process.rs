//! Processes: they start, commit, answer, and stop, in order or not.

use chapar::domain::roster::OfficeState;
use chapar::engine::session::Event as SessionEvent;
use chapar::limits;
use chapar::name::OfficeCode;
use chapar::office::Command;
use chapar::office::Reply;
use chapar::office::Sent;

use crate::disk::Failure;
use crate::fault::Fault;
use crate::node::Asker;
use crate::node::At;
use crate::node::Dial;
use crate::node::uptime;
use crate::world::Event;
use crate::world::World;

impl World {
    /// Starts a process, if its store lets it.
    pub(crate) fn start(&mut self, node: usize) {
        if self.nodes[node].process.is_some() || !self.nodes[node].is_there() {
            return;
        }
        let (now, entropy) = (self.now, self.chance.number());
        let started = self.nodes[node].start(now, entropy);
        let code = self.nodes[node].code();
        self.trace.line(now, format_args!("{code} starts: {started:?}"));
        match started {
            Ok(()) => {
                self.refresh_diallers(node);
                self.wants_commit(node);
            }
            Err(_) if self.nodes[node].state_lost => {}
            Err(_) => {
                self.store_fired(node);
                self.within(1_000, 5_000, Event::Start { node });
            }
        }
    }

    /// One dialler for each peer that may be dialled.
    pub(crate) fn refresh_diallers(&mut self, node: usize) {
        let (now, me, run) = (self.now, self.nodes[node].code(), self.nodes[node].run);
        let Some(process) = self.process(node, run) else { return };
        let rosters = process.writer.shared().rosters();
        let wanted: Vec<OfficeCode> = rosters
            .offices()
            .filter(|office| office.code != me && office.state != OfficeState::Revoked && !office.endpoints.is_empty())
            .map(|office| office.code)
            .collect();
        process.diallers.retain(|peer, _| wanted.contains(peer));
        let mut dials = vec![];
        for peer in wanted {
            if process.diallers.contains_key(&peer) {
                continue;
            }
            process.diallers.insert(peer, Dial::Paused);
            let up = uptime(process, now);
            let at = if me < peer { up } else { process.peers.dial_at(peer, up, &mut process.entropy) };
            dials.push((process.started + at.ms(), peer));
        }
        for (time, peer) in dials {
            self.at(time, Event::Dial { node, run, peer });
        }
    }

    /// The writer takes what waits, soon.
    pub(crate) fn wants_commit(&mut self, node: usize) {
        let run = self.nodes[node].run;
        let Some(process) = self.process(node, run) else { return };
        if !process.committing && (!process.jobs.is_empty() || process.writer.has_work()) {
            self.within(0, 2, Event::Commit { node, run });
        }
    }

    pub(crate) fn commit(&mut self, node: usize, run: u32) {
        let clock = self.nodes[node].clock(self.now);
        let Some(process) = self.process(node, run) else { return };
        if process.committing || process.jobs.is_empty() && !process.writer.has_work() {
            return;
        }
        let (mut commands, mut askers, mut bytes) = (vec![], vec![], 0);
        while commands.len() < limits::COMMIT_COMMANDS
            && bytes < limits::COMMIT_BYTES
            && let Some((command, asker)) = process.jobs.pop_front()
        {
            bytes += command.size_bytes();
            commands.push(command);
            askers.push(asker);
        }
        let count = commands.len();
        let committed = process.writer.commit(clock, commands);
        let size = process.writer.shared().head().size;
        let code = self.nodes[node].code();
        let words = committed.as_ref().map(|_| size);
        self.trace.line(self.now, format_args!("{code} commits {count}: {words:?}"));
        if let Ok(replies) = committed {
            if let Some(process) = self.process(node, run) {
                process.committing = true;
                process.replies = replies.into_inner().into_iter().zip(askers).collect();
            }
            self.within(0, 8, Event::Reply { node, run });
        } else {
            self.store_fired(node);
            self.stop(node);
        }
    }

    /// What was committed is told.
    pub(crate) fn reply(&mut self, node: usize, run: u32) {
        let Some(process) = self.process(node, run) else { return };
        process.committing = false;
        let shared = process.writer.shared();
        let changed = process.pulse.rosters != shared.roster_changes();
        process.pulse.size = shared.head().size;
        process.pulse.placed = shared.placed();
        process.pulse.rosters = shared.roster_changes();
        let replies = std::mem::take(&mut process.replies);
        let ends: Vec<u64> = process.ends.keys().copied().collect();
        for id in ends {
            self.within(0, 2, Event::Pulse(At { node, run, id }));
        }
        if changed {
            self.refresh_diallers(node);
        }
        for (reply, asker) in replies {
            self.answer(node, reply, asker);
        }
        self.wants_commit(node);
    }

    fn answer(&mut self, node: usize, reply: Reply, asker: Asker) {
        if let Reply::Answered(Ok(receipt)) = &reply {
            self.record.answered(receipt);
        }
        match (asker, reply) {
            (Asker::Officer(number), Reply::Acknowledged(Ok(issued)) | Reply::Released(Ok(issued))) => {
                self.record.told[number].issued = Some(issued.digest);
            }
            // A second officer releases it, if the node still runs.
            (asker @ Asker::Officer(_), Reply::Sent(Ok(Sent::Submitted(drafted)))) => {
                if let Some([read, release]) = self.nodes[node].release(drafted.number) {
                    self.submit(node, read, Asker::Nobody);
                    self.submit(node, release, asker);
                }
            }
            (Asker::Officer(number), reply) => {
                let from = self.record.told[number].from;
                self.trace.line(self.now, format_args!("{from} refuses a draft: {reply:?}"));
            }
            (Asker::Upload(bringing), Reply::Uploaded(Ok(id))) => self.brought(node, id, *bringing),
            (Asker::End(at), reply) => {
                let Some(end) = self.end(at) else { return };
                match reply {
                    Reply::Imported(_) => {
                        end.waits = false;
                        end.answers.push_back(SessionEvent::Imported);
                    }
                    Reply::Answered(Ok(receipt)) => end.outside.push_back(SessionEvent::Answered(receipt)),
                    Reply::ReceiptStored(Ok((lane, sequence))) => {
                        end.outside.push_back(SessionEvent::ReceiptStored { lane, sequence });
                    }
                    Reply::Answered(Err(rule)) | Reply::ReceiptStored(Err(rule)) => {
                        end.outside.push_back(SessionEvent::Broken(rule));
                    }
                    _ => end.waits = false,
                }
                self.pump(at);
            }
            (Asker::Nobody | Asker::Upload(_), _) => {}
        }
    }

    /// Puts the newest roster that a country signed into force at a process.
    pub(crate) fn import(&mut self, node: usize, land: usize) {
        let rosters = vec![self.lands[land].signed()];
        self.submit(node, Command::Import { actor: None, rosters }, Asker::Nobody);
    }

    /// Counts a failure of a store once it has happened.
    pub(crate) fn store_fired(&mut self, node: usize) {
        let Some(failure) = self.nodes[node].disk.fired() else { return };
        let fault = match failure {
            Failure::Applied => Fault::StoreApplied,
            Failure::Full => Fault::StoreFull,
            Failure::Lost => Fault::StoreLost,
            Failure::NotApplied => Fault::StoreNotApplied,
            Failure::Read => Fault::ReadFails,
        };
        *self.record.faults.entry(fault).or_default() += 1;
    }

    /// The node ends itself in order: sessions finish what is in flight.
    pub(crate) fn drain(&mut self, node: usize) {
        let run = self.nodes[node].run;
        let Some(process) = self.process(node, run) else { return };
        if std::mem::replace(&mut process.draining, true) {
            return;
        }
        let ends: Vec<u64> = process.ends.keys().copied().collect();
        for end in process.ends.values_mut() {
            end.outside.push_back(SessionEvent::Drain);
        }
        for id in &ends {
            self.within(0, 1, Event::Go(At { node, run, id: *id }));
        }
        let wait = if ends.is_empty() { 0 } else { i64::try_from(limits::DRAIN_MS).unwrap() };
        self.within(wait, wait, Event::Cut { node, run });
    }

    /// The process is gone with everything that was not on its disk; it starts again later.
    pub(crate) fn stop(&mut self, node: usize) {
        let Some(process) = self.nodes[node].process.take() else { return };
        let code = self.nodes[node].code();
        self.trace.line(self.now, format_args!("{code} stops"));
        // Without power nobody tells the other side.
        let silent = self.chance.one_in(3);
        for end in process.ends.into_values() {
            let Some(line) = self.lines.get_mut(&end.line) else { continue };
            line.ends[end.side] = None;
            if silent {
                line.break_down();
            }
            let pipe = &mut line.to[1 - end.side];
            pipe.closed = true;
            pipe.queued.clear();
            match line.ends[1 - end.side] {
                Some(other) if silent => self.within(20_000, 40_000, Event::Seen(other)),
                Some(other) => self.within(1, 50, Event::Go(other)),
                None => drop(self.lines.remove(&end.line)),
            }
        }
        self.within(200, 20_000, Event::Start { node });
    }
}
