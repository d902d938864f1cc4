//! Makes things go wrong, and right again.

use chapar::domain::roster::OfficeState;
use chapar::engine::quota::Quota;
use chapar::name::OfficeCode;

use crate::disk::Disk;
use crate::disk::Failure;
use crate::fault::Fault;
use crate::node::NO_QUOTA;
use crate::node::Node;
use crate::world::Event;
use crate::world::Relief;
use crate::world::Trouble;
use crate::world::World;

const TEN_MINUTES_MS: i64 = 600_000;
const TEN_YEARS_MS: i64 = 10 * 365 * 86_400_000;

impl World {
    /// Injects a fault somewhere, if there is a place for it.
    pub(crate) fn inject(&mut self, fault: Fault) {
        let running = self.running();
        let Some(node) = self.chance.pick(&running) else { return };
        let others: Vec<usize> =
            running.into_iter().filter(|other| self.nodes[*other].code() != self.nodes[node].code()).collect();
        let Some(other) = self.chance.pick(&others) else { return };
        if self.wrong(fault, node, other) {
            let (one, two) = (self.nodes[node].code(), self.nodes[other].code());
            self.trace.line(self.now, format_args!("{fault:?} at {one} (and {two})"));
            *self.record.faults.entry(fault).or_default() += 1;
        }
    }

    /// Whether the fault happened now. A failure of a store happens later, if at all.
    fn wrong(&mut self, fault: Fault, node: usize, other: usize) -> bool {
        match fault {
            Fault::BothDial => {
                let (one, two) = (self.nodes[node].code(), self.nodes[other].code());
                self.call(node, two, false) && self.call(other, one, false)
            }
            Fault::Clock1970 => self.set_clock(node, None),
            Fault::ClockAhead => self.set_clock(node, Some(TEN_YEARS_MS)),
            Fault::ClockOff => {
                let off = self.chance.ms(-TEN_MINUTES_MS, TEN_MINUTES_MS);
                self.set_clock(node, Some(off))
            }
            Fault::Clone => self.copy(node),
            Fault::Cut => self.bad_line(node, other, Trouble::Cut),
            Fault::Delay => {
                let delay = self.chance.ms(500, 15_000);
                self.bad_line(node, other, Trouble::Delay(delay))
            }
            Fault::DiskLow => {
                self.nodes[node].disk_low = true;
                self.within(1_000, 90_000, Event::Relief(Relief::Disk(node)));
                true
            }
            Fault::Drain => {
                self.drain(node);
                true
            }
            Fault::Forged => {
                self.forge = true;
                false
            }
            Fault::HalfOpen => self.half_open(node, other),
            Fault::OneWay => self.bad_line(node, other, Trouble::OneWay(node, other)),
            Fault::Quota => {
                let dispatches_per_day = self.chance.below(8) as u64;
                self.nodes[node].set_quota(Quota { dispatches_per_day, ..NO_QUOTA });
                self.within(20_000, 400_000, Event::Relief(Relief::Quota(node)));
                true
            }
            Fault::ReadFails => self.arm(node, Failure::Read, 30),
            Fault::Restart => {
                self.nodes[node].lose_power();
                self.stop(node);
                true
            }
            Fault::Revoke => self.set_state(node, OfficeState::Revoked),
            Fault::RollBack => self.roll_back(node),
            Fault::SecondDial => {
                let peer = self.nodes[other].code();
                let live = self.nodes[node].process.as_ref().is_some_and(|process| process.peers.is_live(peer));
                live && self.call(node, peer, false)
            }
            Fault::StoreApplied => self.arm(node, Failure::Applied, 3),
            Fault::StoreFull => self.arm(node, Failure::Full, 3),
            Fault::StoreLost => self.arm(node, Failure::Lost, 3),
            Fault::StoreNotApplied => self.arm(node, Failure::NotApplied, 3),
            Fault::Suspend => {
                let code = self.nodes[node].code();
                self.within(10_000, 200_000, Event::Relief(Relief::State(code)));
                self.set_state(node, OfficeState::Suspended)
            }
        }
    }

    fn arm(&mut self, node: usize, failure: Failure, within: usize) -> bool {
        let nth = 1 + self.chance.below(within) as u64;
        self.nodes[node].disk.fail(failure, nth);
        false
    }

    fn set_clock(&mut self, node: usize, off: Option<i64>) -> bool {
        self.nodes[node].clock_off = off;
        true
    }

    fn bad_line(&mut self, one: usize, other: usize, trouble: Trouble) -> bool {
        self.troubles.insert((one.min(other), one.max(other)), trouble);
        self.within(1_000, 120_000, Event::Relief(Relief::Line(one.min(other), one.max(other))));
        let seen_ms = self.chance.pick(&[100, 40_000]).unwrap_or(100);
        for number in self.between(one, other) {
            match trouble {
                Trouble::Cut => self.cut_line(number, seen_ms),
                Trouble::Delay(delay) => self.set_delay(number, delay),
                Trouble::OneWay(_, to) => {
                    let Some(line) = self.lines.get_mut(&number) else { continue };
                    let side = usize::from(line.nodes[1] == to);
                    line.to[side].lossy = true;
                    line.to[side].flying.clear();
                    // Nothing answers the pings of either side.
                    for at in line.ends.into_iter().flatten() {
                        self.within(20_000, 40_000, Event::Seen(at));
                    }
                }
            }
        }
        true
    }

    fn set_delay(&mut self, number: u64, delay: i64) {
        if let Some(line) = self.lines.get_mut(&number) {
            line.delay = delay;
        }
    }

    fn between(&self, one: usize, other: usize) -> Vec<u64> {
        let pair = [[one, other], [other, one]];
        self.lines.iter().filter(|(_, line)| pair.contains(&line.nodes)).map(|(number, _)| *number).collect()
    }

    fn half_open(&mut self, one: usize, other: usize) -> bool {
        let lines = self.between(one, other);
        for number in &lines {
            let Some(line) = self.lines.get_mut(number) else { continue };
            line.break_down();
            let ends = line.ends;
            for at in ends.into_iter().flatten() {
                let (from, to) = if at.node == one { (1, 20) } else { (30_000, 40_000) };
                self.within(from, to, Event::Seen(at));
            }
        }
        !lines.is_empty()
    }

    /// A second node starts from a copy.
    pub(crate) fn copy(&mut self, node: usize) -> bool {
        if self.nodes.len() > self.offices() || !self.nodes[node].former.is_empty() {
            return false;
        }
        self.stop(node);
        let original = &self.nodes[node];
        let mut copy = Node::with(original.me.clone(), Disk::of(original.disk.contents()));
        copy.files.clone_from(&original.files);
        self.nodes.push(copy);
        self.within(200, 20_000, Event::Start { node: self.nodes.len() - 1 });
        true
    }

    /// Somebody puts an old copy of the store back.
    pub(crate) fn roll_back(&mut self, node: usize) -> bool {
        if self.nodes.len() > self.offices() {
            return false;
        }
        let Some(copy) = self.nodes[node].backup.take() else { return false };
        self.stop(node);
        let former = self.nodes[node].disk.contents();
        self.nodes[node].former.push(former);
        self.nodes[node].disk.restore(copy);
        true
    }

    /// How many offices there are, clones aside.
    pub(crate) fn offices(&self) -> usize {
        self.lands.iter().map(|land| land.roster.offices.len()).sum()
    }

    fn set_state(&mut self, node: usize, state: OfficeState) -> bool {
        self.change_state(self.nodes[node].code(), state)
    }

    /// A country changes the state of an office; some node takes the roster in.
    fn change_state(&mut self, code: OfficeCode, state: OfficeState) -> bool {
        if self.gone().contains(&code) {
            return false;
        }
        for land in 0..self.lands.len() {
            if self.lands[land].set_state(code, state).is_some() {
                let running = self.running();
                if let Some(node) = self.chance.pick(&running) {
                    self.import(node, land);
                }
            }
        }
        self.trace.line(self.now, format_args!("{code} is {state:?}"));
        true
    }

    pub(crate) fn relieve(&mut self, relief: Relief) {
        match relief {
            Relief::Disk(node) => self.nodes[node].disk_low = false,
            Relief::Quota(node) => self.nodes[node].set_quota(NO_QUOTA),
            Relief::Line(one, other) => {
                self.troubles.remove(&(one, other));
                for number in self.between(one, other) {
                    self.set_delay(number, self.delay);
                }
            }
            Relief::State(code) => {
                if self.lands.iter().any(|land| land.state(code) == Some(OfficeState::Suspended)) {
                    self.change_state(code, OfficeState::Active);
                }
            }
        }
    }
}
