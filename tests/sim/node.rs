//! An office's node: what survives its process, and what does not.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::Arc;

use chapar::domain::policy::CHECKLIST;
use chapar::edge::commit::Pulse;
use chapar::edge::memory::Contents;
use chapar::engine::accept::Addressee;
use chapar::engine::peers::Direction;
use chapar::engine::peers::Peers;
use chapar::engine::quota::Coming;
use chapar::engine::quota::OverQuota;
use chapar::engine::quota::Quota;
use chapar::engine::quota::Spending;
use chapar::engine::rows::drafts;
use chapar::engine::rows::key;
use chapar::engine::session::Action;
use chapar::engine::session::Event;
use chapar::engine::session::Session;
use chapar::engine::session::Speaker;
use chapar::entropy::SeededEntropy;
use chapar::limits;
use chapar::name::Digest;
use chapar::name::LogId;
use chapar::name::OfficeCode;
use chapar::office::Command;
use chapar::office::Identity;
use chapar::office::OpenError;
use chapar::office::Queue;
use chapar::office::Reply;
use chapar::office::Writer;
use chapar::office::attachments::Awaited;
use chapar::office::read;
use chapar::office::standing;
use chapar::time::Timestamp;
use chapar::time::node_time;
use chapar::wire;

use crate::disk::Disk;
use crate::files::Bringing;
use crate::land;

/// When all offices are made: 2026-11-24T08:00:00Z.
const BIRTH_MS: i64 = 1_795_507_200_000;

/// All that comes is taken.
pub(crate) const NO_QUOTA: Quota =
    Quota { dispatches_per_day: u64::MAX, bytes_per_day: u64::MAX, attachment_bytes_per_day: u64::MAX };

/// The newest notices among which one to acknowledge is looked for.
const LOOKED_AT: usize = 4;

/// What the clocks of the world show when it is `now` in it.
pub(crate) fn date(now: i64) -> Timestamp {
    Timestamp::clamped(BIRTH_MS + now)
}

/// A session of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) node: usize,
    pub(crate) run: u32,
    pub(crate) id: u64,
}

/// A session with what the driver of a link keeps beside it.
pub(crate) struct End {
    pub(crate) line: u64,
    pub(crate) side: usize,
    pub(crate) direction: Direction,
    pub(crate) session: Session,
    /// The office that we dialled by ourselves: its dialler waits for the end.
    pub(crate) dialler: Option<OfficeCode>,
    pub(crate) peer_log: Option<LogId>,
    /// Pin of the peer's TLS key.
    pub(crate) pin: Digest,
    pub(crate) seen: Pulse,
    /// There is room for a frame, and the session knows.
    pub(crate) permit: bool,
    /// The peer has said who it is, and the session may stay.
    pub(crate) greeted: bool,
    /// What the session wants done, in order.
    pub(crate) actions: VecDeque<Action>,
    /// Answers to what was done; they come first.
    pub(crate) answers: VecDeque<Event>,
    pub(crate) outside: VecDeque<Event>,
    /// A read or a commit must end before anything else.
    pub(crate) waits: bool,
    pub(crate) judging: VecDeque<Action>,
    /// Answers about files that were worked on.
    pub(crate) filed: VecDeque<Event>,
    pub(crate) wake: Option<Timestamp>,
}

impl End {
    pub(crate) fn new(
        line: u64,
        side: usize,
        direction: Direction,
        session: Session,
        dialler: Option<OfficeCode>,
        pin: Digest,
        seen: Pulse,
    ) -> Self {
        Self {
            line,
            side,
            direction,
            session,
            dialler,
            peer_log: None,
            pin,
            seen,
            permit: false,
            greeted: false,
            actions: VecDeque::new(),
            answers: VecDeque::from([Event::Opened]),
            outside: VecDeque::new(),
            waits: false,
            judging: VecDeque::new(),
            filed: VecDeque::new(),
            wake: None,
        }
    }
}

/// Who hears the answer to a command.
pub(crate) enum Asker {
    /// A session.
    End(At),
    /// An officer, for the notice with this number among the drafts.
    Officer(usize),
    /// An officer who brings a file in.
    Upload(Box<Bringing>),
    Nobody,
}

/// What a dialler does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dial {
    /// It dials, or holds a session.
    Busy,
    /// It dials at a time that is set.
    Paused,
    /// It waits until the session with the peer ends.
    Watching,
}

/// What a restart takes away.
pub(crate) struct Process {
    pub(crate) writer: Writer,
    pub(crate) started: i64,
    pub(crate) peers: Peers,
    pub(crate) ends: BTreeMap<u64, End>,
    pub(crate) jobs: VecDeque<(Command, Asker)>,
    /// A commit is under way; then come these answers.
    pub(crate) committing: bool,
    pub(crate) replies: Vec<(Reply, Asker)>,
    pub(crate) pulse: Pulse,
    pub(crate) diallers: BTreeMap<OfficeCode, Dial>,
    pub(crate) spending: Spending,
    pub(crate) awaited: Awaited,
    /// It stops when its sessions have ended.
    pub(crate) draining: bool,
    pub(crate) entropy: SeededEntropy,
}

/// A node of an office. A clone is another node of the same office.
pub(crate) struct Node {
    pub(crate) me: Identity,
    pub(crate) speaker: Speaker,
    pub(crate) addressee: Addressee,
    pub(crate) disk: Disk,
    /// Attachments that are whole, and those that arrive from an office.
    pub(crate) files: BTreeMap<Digest, Vec<u8>>,
    pub(crate) arriving: BTreeMap<(Digest, OfficeCode), Vec<u8>>,
    /// What its disk held when somebody put back an old copy.
    pub(crate) former: Vec<Contents>,
    /// An old copy of its store.
    pub(crate) backup: Option<Contents>,
    /// Its clock minus the right time, ms; `None` is 1970.
    pub(crate) clock_off: Option<i64>,
    pub(crate) disk_low: bool,
    pub(crate) quota: Quota,
    pub(crate) run: u32,
    pub(crate) process: Option<Process>,
    /// Its store has been proved to be old: it stays down.
    pub(crate) state_lost: bool,
    /// People have taken it away.
    pub(crate) retired: bool,
}

impl Node {
    pub(crate) fn new(code: OfficeCode) -> Self {
        let me = land::identity(code);
        let disk = Disk::new();
        let entropy = &mut SeededEntropy::new(0);
        Writer::create(&disk, &me, &land::officers(code), date(0), entropy).unwrap();
        Self::with(me, disk)
    }

    pub(crate) fn with(me: Identity, disk: Disk) -> Self {
        let speaker =
            Speaker { network: me.network.clone(), office: me.office, log_id: me.log_id(), key: me.signing.public() };
        Self {
            addressee: me.addressee(),
            me,
            speaker,
            disk,
            files: BTreeMap::new(),
            arriving: BTreeMap::new(),
            former: vec![],
            backup: None,
            clock_off: Some(0),
            disk_low: false,
            quota: NO_QUOTA,
            run: 0,
            process: None,
            state_lost: false,
            retired: false,
        }
    }

    /// Whether it may still come back.
    pub(crate) const fn is_there(&self) -> bool {
        !self.state_lost && !self.retired
    }

    pub(crate) const fn code(&self) -> OfficeCode {
        self.me.office
    }

    /// The newest notice that has come and is not acknowledged.
    pub(crate) fn unacknowledged(&self) -> Option<Digest> {
        let rows = self.disk.rows();
        let waits = |one: &wire::NoticeSummary| {
            let notice = Digest::try_from(one.digest.as_slice()).ok()?;
            let is_one = one.header.as_ref()?.kind() == wire::NoticeKind::Acknowledgement;
            (!is_one && standing::case(rows, notice).unwrap().acknowledged_by.is_empty()).then_some(notice)
        };
        read::list(rows, key::INBOX, &[], LOOKED_AT).unwrap().0.iter().find_map(waits)
    }

    /// The commands with which its second officer reads and releases a draft; `None` if the draft is gone.
    pub(crate) fn release(&self, draft: u64) -> Option<[Command; 2]> {
        let row = drafts::row(self.disk.rows(), draft).unwrap()?;
        let form = Digest::try_from(row.form.as_slice()).unwrap();
        let checklist = CHECKLIST.map(Into::into).to_vec();
        let statement = wire::Statement { checklist, lawful_basis_confirmed: false };
        let officer = land::second(self.code());
        let read = Command::OpenDraft { officer: officer.clone(), draft, attachment: None };
        Some([read, Command::Release { officer, draft, form, statement }])
    }

    pub(crate) fn clock(&self, now: i64) -> Timestamp {
        self.clock_off.map_or(Timestamp::ZERO, |off| date(now + off))
    }

    /// Starts its process, if its store lets it.
    pub(crate) fn start(&mut self, now: i64, entropy: u64) -> Result<(), OpenError> {
        self.run += 1;
        let store = Arc::new(self.disk.clone());
        let writer = Writer::open(store, self.me.clone(), Box::new(SeededEntropy::new(entropy)));
        let writer = writer.inspect_err(|error| self.state_lost = matches!(error, OpenError::StateLost(_)))?;
        let pulse = Pulse { size: writer.shared().head().size, ..Pulse::default() };
        self.process = Some(Process {
            writer,
            started: now,
            peers: Peers::new(self.code()),
            ends: BTreeMap::new(),
            jobs: VecDeque::new(),
            committing: false,
            replies: vec![],
            pulse,
            diallers: BTreeMap::new(),
            spending: Spending::new(self.quota),
            awaited: Awaited::default(),
            draining: false,
            entropy: SeededEntropy::new(!entropy),
        });
        Ok(())
    }

    /// Another quota, from zero, as after a restart.
    pub(crate) fn set_quota(&mut self, quota: Quota) {
        self.quota = quota;
        self.process.iter_mut().for_each(|process| process.spending = Spending::new(quota));
    }

    /// Counts a dispatch of a peer, by the same rule as in the node.
    pub(crate) fn spend(&mut self, now: i64, peer: OfficeCode, deliver: &wire::Deliver) -> Result<(), OverQuota> {
        let clock = self.clock(now);
        let Some(process) = &mut self.process else { return Ok(()) };
        let time = node_time(clock, process.writer.shared().head().time);
        process.spending.take(peer, time, Coming::of(deliver))
    }

    /// Whether new work can be taken, by the same rule as in the node.
    pub(crate) fn is_ready(&self, now: i64) -> bool {
        let head = self.process.as_ref().map(|process| process.writer.shared().head());
        let behind = head.map_or(0, |head| head.time.since_ms(self.clock(now)));
        !self.disk_low && behind <= limits::CLOCK_UNSURE_MS
    }

    /// How many notices wait here for an office that the rosters list.
    pub(crate) fn waiting(&self, office: OfficeCode) -> u64 {
        let rows = self.disk.rows();
        let rosters = match &self.process {
            Some(process) => process.writer.shared().rosters(),
            None => Arc::new(read::rosters(rows, &self.me.network).unwrap()),
        };
        rosters.office(office).map_or(0, |office| Queue::of(rows, office).unwrap().total())
    }
}

/// Time since the process started, as deadlines have it.
pub(crate) fn uptime(process: &Process, now: i64) -> Timestamp {
    Timestamp::clamped(now - process.started)
}
