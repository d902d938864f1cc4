//! The simulated world: offices, links, time, and one queue of events. One seed decides everything that happens in it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use chapar::domain::access::Access;
use chapar::domain::roster::OfficeState;
use chapar::name::OfficeCode;
use chapar::office::Command;
use chapar::wire;

use crate::chance::Chance;
use crate::draft::Draft;
use crate::fault::Fault;
use crate::land;
use crate::land::Land;
use crate::line::Line;
use crate::node::Asker;
use crate::node::At;
use crate::node::Node;
use crate::node::Process;
use crate::record::Record;
use crate::record::Told;
use crate::trace::Trace;

/// What happens at a time.
#[derive(Debug)]
pub(crate) enum Event {
    /// The other side has taken a call.
    Called { line: u64, from: usize, run: u32, dialler: Option<OfficeCode> },
    /// A writer commits what waits.
    Commit { node: usize, run: u32 },
    /// A process that drains is stopped.
    Cut { node: usize, run: u32 },
    /// A dialler dials.
    Dial { node: usize, run: u32, peer: OfficeCode },
    /// A dial was not answered.
    DialFailed { node: usize, run: u32, peer: OfficeCode },
    /// An officer releases a draft.
    Draft { node: usize, draft: Box<Draft> },
    /// Something goes wrong.
    Fault(Fault),
    /// Work on a file is done.
    Filed(At),
    /// A frame lands.
    Land { line: u64, side: usize },
    /// What was judged goes to the writer.
    Judge(At),
    /// There is room for a frame.
    Permit(At),
    /// A session hears of commits.
    Pulse(At),
    /// A dial reaches the other side.
    Reach { from: usize, run: u32, to: usize, dialler: bool },
    /// A read has ended.
    Read(At),
    /// Something comes to its end.
    Relief(Relief),
    /// A commit is durable: answers go out.
    Reply { node: usize, run: u32 },
    /// A side sees that its link is gone.
    Seen(At),
    /// A frame goes on the line.
    Send { line: u64, side: usize },
    /// A process starts.
    Start { node: usize },
    /// A session goes on.
    Go(At),
    /// A timer rings.
    Wake(At),
}

/// The end of something that went wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Relief {
    Disk(usize),
    Line(usize, usize),
    Quota(usize),
    State(OfficeCode),
}

/// What is wrong with the line between two processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    Cut,
    Delay(i64),
    /// From the first to the second everything is lost.
    OneWay(usize, usize),
}

/// Everything.
pub(crate) struct World {
    pub(crate) chance: Chance,
    pub(crate) now: i64,
    queue: BTreeMap<(i64, u64), Event>,
    scheduled: u64,
    /// Events so far.
    pub(crate) steps: u64,
    pub(crate) nodes: Vec<Node>,
    pub(crate) lines: BTreeMap<u64, Line>,
    pub(crate) next_line: u64,
    pub(crate) troubles: BTreeMap<(usize, usize), Trouble>,
    pub(crate) lands: Vec<Land>,
    pub(crate) trace: Trace,
    pub(crate) record: Record,
    /// Somebody copies stores now and then.
    pub(crate) backups: bool,
    /// One of so many drafts has files; 0 for none.
    pub(crate) files_of: usize,
    /// What was said before a side hung up may be lost with the link.
    pub(crate) abrupt: bool,
    /// The next dispatch that goes out has a wrong signature.
    pub(crate) forge: bool,
    /// Base delay of a frame, ms.
    pub(crate) delay: i64,
    /// The process that is killed at a step.
    pub(crate) kill_at: Option<(u64, usize)>,
}

impl World {
    /// So many offices that trust each other, none running yet.
    pub(crate) fn new(seed: u64, offices: usize, trace: Trace) -> Self {
        let mut nodes: Vec<Node> = (0..offices).map(|number| Node::new(land::code(number))).collect();
        let lands = Land::all(&nodes.iter().map(|node| node.me.clone()).collect::<Vec<_>>());
        let rosters: Vec<_> = lands.iter().map(Land::signed).collect();
        for node in &mut nodes {
            let author = land::officer(node.code());
            node.start(0, 1).unwrap();
            let trust = lands.iter().map(|land| Command::Trust {
                officer: author.clone(),
                country: land.roster.country,
                fingerprint: land.fingerprint(),
            });
            let import = Command::Import { actor: Some(author.clone()), rosters: rosters.clone() };
            let process = node.process.as_mut().unwrap();
            process.writer.commit(crate::node::date(0), trust.chain([import]).collect()).unwrap();
            node.process = None;
        }
        Self {
            chance: Chance::new(seed),
            now: 0,
            queue: BTreeMap::new(),
            scheduled: 0,
            steps: 0,
            nodes,
            lines: BTreeMap::new(),
            next_line: 0,
            troubles: BTreeMap::new(),
            lands,
            trace,
            record: Record::default(),
            backups: false,
            files_of: 0,
            abrupt: true,
            forge: false,
            delay: 5,
            kill_at: None,
        }
    }

    pub(crate) fn at(&mut self, time: i64, event: Event) {
        self.scheduled += 1;
        self.queue.insert((time.max(self.now), self.scheduled), event);
    }

    /// In so many milliseconds, from the first to the last of these.
    pub(crate) fn within(&mut self, from: i64, to: i64, event: Event) {
        let time = self.now + self.chance.ms(from, to);
        self.at(time, event);
    }

    pub(crate) fn process(&mut self, node: usize, run: u32) -> Option<&mut Process> {
        let node = &mut self.nodes[node];
        if node.run == run { node.process.as_mut() } else { None }
    }

    /// The processes that run.
    pub(crate) fn running(&self) -> Vec<usize> {
        (0..self.nodes.len()).filter(|node| self.nodes[*node].process.is_some()).collect()
    }

    /// Lets everything happen that is due up to a time.
    pub(crate) fn run_until(&mut self, time: i64) {
        while let Some(entry) = self.queue.first_entry()
            && entry.key().0 <= time
        {
            self.now = entry.key().0;
            let event = entry.remove();
            self.steps += 1;
            if let Some((_, node)) = self.kill_at.take_if(|(step, _)| *step == self.steps) {
                self.stop(node);
            }
            self.happen(event);
        }
        self.now = time;
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Called { line, from, run, dialler } => self.called(line, from, run, dialler),
            Event::Commit { node, run } => self.commit(node, run),
            Event::Cut { node, run } => {
                if self.process(node, run).is_some() {
                    self.stop(node);
                }
            }
            Event::Dial { node, run, peer } => self.dial(node, run, peer),
            Event::DialFailed { node, run, peer } => self.dial_failed(node, run, peer),
            Event::Draft { node, draft } => self.draft(node, *draft),
            Event::Fault(fault) => self.inject(fault),
            Event::Filed(at) => self.filed(at),
            Event::Go(at) => self.pump(at),
            Event::Judge(at) => self.judge(at),
            Event::Land { line, side } => self.landed(line, side),
            Event::Permit(at) => self.permit(at),
            Event::Pulse(at) => self.pulse(at),
            Event::Reach { from, run, to, dialler } => self.reach(from, run, to, dialler),
            Event::Read(at) => self.read_done(at),
            Event::Relief(relief) => self.relieve(relief),
            Event::Reply { node, run } => self.reply(node, run),
            Event::Seen(at) => self.broken(at),
            Event::Send { line, side } => self.send(line, side),
            Event::Start { node } => self.start(node),
            Event::Wake(at) => self.wake(at),
        }
    }

    /// An officer hands a draft in, or acknowledges.
    fn draft(&mut self, node: usize, draft: Draft) {
        if self.backups && self.chance.one_in(4) {
            self.nodes[node].backup = Some(self.nodes[node].disk.contents());
        }
        let number = self.record.told.len();
        let from = self.nodes[node].code();
        self.record.told.push(Told { node, from, issued: None });
        if self.files_of > 0 && number.is_multiple_of(self.files_of) {
            self.bring(node, number, draft);
            return;
        }
        let officer = land::officer(from);
        let command = match self.nodes[node].unacknowledged().filter(|_| draft.text == 0) {
            Some(notice) => {
                let notices = vec![notice];
                let read = Command::Access {
                    officer: officer.clone(),
                    notices,
                    access: Access::View,
                    why: None,
                    attachment: None,
                };
                self.submit(node, read, Asker::Nobody);
                Command::Acknowledge { officer, notice }
            }
            None => Command::Send {
                officer,
                draft: None,
                over: None,
                header: Box::new(draft.header()),
                body: Some(Box::new(draft.body())),
                statement: wire::Statement::default(),
            },
        };
        self.submit(node, command, Asker::Officer(number));
    }

    /// Hands a command to a writer, if it is there.
    pub(crate) fn submit(&mut self, node: usize, command: Command, asker: Asker) {
        let run = self.nodes[node].run;
        let Some(process) = self.process(node, run) else { return };
        process.jobs.push_back((command, asker));
        self.wants_commit(node);
    }

    /// Offices with which nobody exchanges any more.
    pub(crate) fn gone(&self) -> BTreeSet<OfficeCode> {
        let offices: BTreeSet<_> = self.nodes.iter().map(Node::code).collect();
        let revoked = |code: OfficeCode| self.lands.iter().any(|land| land.state(code) == Some(OfficeState::Revoked));
        let lost = |code| self.nodes.iter().filter(|node| node.code() == code).all(|node| !node.is_there());
        offices.into_iter().filter(|code| revoked(*code) || lost(*code)).collect()
    }
}
