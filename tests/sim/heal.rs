//! Everything is put right; then everything must come to its end by itself.

use chapar::domain::roster::OfficeState;
use chapar::limits;

use crate::node::NO_QUOTA;
use crate::node::date;
use crate::node::uptime;
use crate::oracle;
use crate::world::Event;
use crate::world::Relief;
use crate::world::World;

/// In this time after healing everything must be done, ms: the longest pauses, several times.
const PATIENCE_MS: i64 = 2 * 3_600_000;
/// After this time people find a second node of an office that nothing has proved to be one, ms.
const CLONE_MS: i64 = 15 * 60_000;
/// Time in which the last sessions are made, ms.
const CALM_MS: i64 = 200_000;

impl World {
    /// Puts everything right and waits; what is still wrong then, in words.
    pub(crate) fn heal(&mut self) -> Vec<String> {
        self.put_right();
        self.run_until(self.now + 30_000);
        let healed = self.now;
        self.hand_out_rosters();
        let mut there = self.there();
        while let Some(open) = self.unsettled() {
            if self.now > healed + PATIENCE_MS {
                return vec![open];
            }
            self.run_until(self.now + 5_000);
            if self.now > healed + CLONE_MS {
                self.retire_clones();
            }
            if std::mem::replace(&mut there, self.there()) != there {
                // Of two nodes of one office, the one that had the newest rosters may be the one that is gone.
                self.hand_out_rosters();
            }
        }
        self.run_until(self.now + CALM_MS);
        self.trace.line(self.now, format_args!("settled after {} steps", self.steps));
        oracle::check(self, healed)
    }

    /// How many nodes have not ended for good.
    fn there(&self) -> usize {
        self.nodes.iter().filter(|node| node.is_there()).count()
    }

    /// People hand each newest roster to one office that takes part; from there it travels by itself.
    fn hand_out_rosters(&mut self) {
        let gone = self.gone();
        let able = |node: &usize| self.nodes[*node].is_there() && !gone.contains(&self.nodes[*node].code());
        let able: Vec<usize> = self.running().into_iter().filter(able).collect();
        for land in 0..self.lands.len() {
            if let Some(node) = self.chance.pick(&able) {
                self.import(node, land);
            }
        }
    }

    fn put_right(&mut self) {
        self.trace.line(self.now, format_args!("everything is put right"));
        self.troubles.clear();
        self.forge = false;
        for number in self.lines.keys().copied().collect::<Vec<_>>() {
            if let Some(line) = self.lines.get_mut(&number) {
                line.delay = self.delay;
            }
        }
        for node in 0..self.nodes.len() {
            let code = self.nodes[node].code();
            let one = &mut self.nodes[node];
            one.disk_low = false;
            one.set_quota(NO_QUOTA);
            one.disk.calm();
            // A log that holds the future needs a clock that shows it: docs/administrator.md.
            let head = chapar::engine::log::Head::read(one.disk.rows());
            let ahead = head.ok().flatten().map_or(0, |head| head.time.since_ms(date(self.now)));
            one.clock_off = Some(if ahead > limits::CLOCK_UNSURE_MS { ahead } else { 0 });
            if one.process.is_none() {
                self.at(self.now, Event::Start { node });
            }
            if self.lands.iter().any(|land| land.state(code) == Some(OfficeState::Suspended)) {
                self.relieve(Relief::State(code));
            }
        }
    }

    /// A clone that has not said anything which contradicts the other is stopped by people.
    fn retire_clones(&mut self) {
        for node in self.offices()..self.nodes.len() {
            if self.nodes[node].is_there() {
                self.nodes[node].retired = true;
                self.stop(node);
            }
        }
    }

    /// What is not done yet.
    fn unsettled(&self) -> Option<String> {
        let gone = self.gone();
        for node in &self.nodes {
            let code = node.code();
            if !node.is_there() || gone.contains(&code) {
                continue;
            }
            let Some(process) = &node.process else { return Some(format!("{code} does not run")) };
            if !process.jobs.is_empty() {
                return Some(format!("{code} has commands that wait, {} up", uptime(process, self.now)));
            }
            let rosters = process.writer.shared().rosters();
            for land in &self.lands {
                let pin = rosters.countries().get(&land.roster.country);
                let version = pin.and_then(|pin| pin.roster.as_ref()).map_or(0, |roster| roster.value().version);
                if version != land.roster.version {
                    return Some(format!("{code} has an old roster of {}", land.roster.country));
                }
            }
            for office in self.nodes.iter().map(crate::node::Node::code).filter(|office| !gone.contains(office)) {
                let waiting = if office == code { 0 } else { node.waiting(office) };
                if waiting > 0 {
                    return Some(format!("{waiting} notices of {code} for {office} are never answered"));
                }
            }
        }
        self.not_whole().or_else(|| oracle::lost_but_running(self))
    }
}
