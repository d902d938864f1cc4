//! What all links of a node share: identity, store, the door to the writer, who has a session, how it stands with
//! each peer. A node has one; two nodes in a process have two.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use tokio::sync::mpsc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::edge::attachments::Attachments;
use crate::edge::blobs::Blobs;
use crate::edge::clock::NodeClock;
use crate::edge::commit::Commits;
use crate::engine::accept::Addressee;
use crate::engine::peers::Admission;
use crate::engine::peers::Direction;
use crate::engine::peers::Peers;
use crate::engine::quota::Coming;
use crate::engine::quota::OverQuota;
use crate::engine::quota::Quota;
use crate::engine::quota::Spending;
use crate::engine::rows::RowError;
use crate::engine::session::Speaker;
use crate::engine::store::Store;
use crate::engine::store::View;
use crate::entropy::Entropy;
use crate::i18n;
use crate::limits;
use crate::name::OfficeCode;
use crate::office::Shared;
use crate::office::Vault;
use crate::office::standing::Board;
use crate::office::standing::Overdue;
use crate::office::standing::Overdues;
use crate::office::standing::Standings;
use crate::office::sureness::Unsure;
use crate::time::Clock;
use crate::time::Timestamp;
use crate::wire::Said;

/// How it stands with a peer.
#[derive(Clone, Debug, Default)]
pub struct PeerNote {
    /// When a session was live last; `None` if never since the start.
    pub last_session: Option<Timestamp>,
    /// Its clock minus ours at the last Hello, ms.
    pub clock_offset_ms: i64,
    /// Why the last dial or session ended, as a message of `i18n/`; none while a session is live.
    pub trouble: Option<Said>,
}

/// What a session is told from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Another session with the peer takes its place.
    Replaced,
}

/// Why no new notices are released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// The disk is nearly full.
    #[error("the disk is nearly full")]
    Disk,
    /// The clock is unsure.
    #[error(transparent)]
    Unsure(Unsure),
}

impl NotNow {
    /// The message of `i18n/` that says it.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Disk => "unsure-disk",
            Self::Unsure(Unsure::Behind(_)) => "unsure-behind",
            Self::Unsure(Unsure::Ahead(_)) => "unsure-ahead",
            Self::Unsure(Unsure::Peers(_)) => "unsure-peers",
        }
    }
}

/// An open link, as the hub keeps it.
struct Held {
    tell: mpsc::Sender<Told>,
    /// The peer, once its session is admitted.
    peer: Option<OfficeCode>,
}

/// Free bytes on the disk of the store; `None` if the system does not say.
pub type FreeBytes = Box<dyn Fn() -> Option<u64> + Send + Sync>;

struct State {
    peers: Peers,
    sessions: BTreeMap<u64, Held>,
    notes: BTreeMap<OfficeCode, PeerNote>,
    spending: Spending,
    entropy: Box<dyn Entropy>,
}

/// What all links of a node share.
pub struct Hub {
    /// Who speaks.
    pub speaker: Speaker,
    /// Who is spoken to.
    pub me: Addressee,
    /// Reads.
    pub store: Arc<dyn Store>,
    /// Ciphertext of attachments.
    pub blobs: Arc<Blobs>,
    /// What is durable.
    pub shared: Arc<Shared>,
    /// Writes.
    pub commits: Commits,
    /// The clock of the machine.
    pub clock: Arc<dyn Clock>,
    /// The time by which the node judges and writes.
    pub node_clock: Arc<NodeClock>,
    /// Opens the few words of texts that decide where other notices stand.
    pub vault: Vault,
    /// Attachments that are still to come, and how much came and went.
    pub attachments: Attachments,
    overdues: Mutex<Overdues>,
    board: Mutex<Board>,
    disk: FreeBytes,
    /// Cancelled when the node drains.
    pub drain: CancellationToken,
    /// Cancelled when what has not drained in time is cut.
    pub cut: CancellationToken,
    /// When the node started, by its clock.
    pub started_at: Timestamp,
    started: tokio::time::Instant,
    fatal: mpsc::Sender<String>,
    changed: watch::Sender<u64>,
    state: Mutex<State>,
}

/// An open link. However its task ends, the hub hears of it.
pub struct OpenLink {
    hub: Arc<Hub>,
    /// Its id.
    pub id: u64,
    /// What it is told from outside.
    pub told: mpsc::Receiver<Told>,
    /// Why it ended, as a message of `i18n/`.
    pub trouble: Said,
}

impl Drop for OpenLink {
    fn drop(&mut self) {
        self.hub.ended(self.id, std::mem::take(&mut self.trouble));
    }
}

impl Hub {
    /// A hub without sessions. A fatal finding goes out through `fatal`.
    #[expect(clippy::too_many_arguments, reason = "the parts that all links share")]
    #[must_use]
    pub fn new(
        speaker: Speaker,
        me: Addressee,
        store: Arc<dyn Store>,
        blobs: Arc<Blobs>,
        shared: Arc<Shared>,
        commits: Commits,
        node_clock: Arc<NodeClock>,
        entropy: Box<dyn Entropy>,
        quota: Quota,
        vault: Vault,
        disk: FreeBytes,
        drain: CancellationToken,
        fatal: mpsc::Sender<String>,
    ) -> Self {
        let peers = Peers::new(me.office);
        let spending = Spending::new(quota);
        let state = State { peers, sessions: BTreeMap::new(), notes: BTreeMap::new(), spending, entropy };
        let (changed, _) = watch::channel(0);
        let clock = Arc::clone(&node_clock.machine);
        Self {
            started_at: clock.now(),
            attachments: Attachments::new(Arc::clone(&blobs)),
            speaker,
            me,
            store,
            blobs,
            shared,
            commits,
            clock,
            node_clock,
            vault,
            overdues: Mutex::new(Overdues::default()),
            board: Mutex::new(Board::default()),
            disk,
            drain,
            cut: CancellationToken::new(),
            fatal,
            changed,
            started: tokio::time::Instant::now(),
            state: Mutex::new(state),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A link opens.
    #[must_use]
    pub fn open(self: &Arc<Self>) -> OpenLink {
        let (tell, told) = mpsc::channel(1);
        let mut state = self.state();
        let id = state.peers.open();
        state.sessions.insert(id, Held { tell, peer: None });
        drop(state);
        OpenLink { hub: Arc::clone(self), id, told, trouble: i18n::said("trouble-broke-off", &[]) }
    }

    /// A session has had its Hello; whether it may go on.
    pub fn admit(&self, peer: OfficeCode, id: u64, direction: Direction, peer_clock: Timestamp) -> bool {
        let now = self.clock.now();
        self.node_clock.hello(peer, peer_clock);
        let mut state = self.state();
        let admission = state.peers.admit(peer, id, direction);
        if let Admission::Stays { replaces } = admission {
            if let Some(other) = replaces.and_then(|other| state.sessions.get(&other)) {
                // Full means that it has been told already.
                let _told = other.tell.try_send(Told::Replaced);
            }
            if let Some(held) = state.sessions.get_mut(&id) {
                held.peer = Some(peer);
            }
            let note = state.notes.entry(peer).or_default();
            note.last_session = Some(now);
            note.clock_offset_ms = peer_clock.since_ms(now);
            note.trouble = None;
        }
        drop(state);
        self.changed.send_modify(|count| *count += 1);
        admission != Admission::Duplicate
    }

    /// Time since the node started: deadlines run on it, whatever the clock does.
    #[must_use]
    pub fn uptime(&self) -> Timestamp {
        Timestamp::clamped(i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX))
    }

    /// Whether new notices can be released now (PROTOCOL 5 and 10).
    ///
    /// # Errors
    /// Why not.
    pub fn may_release(&self) -> Result<(), NotNow> {
        self.ready()?;
        self.node_clock.sure().map(drop).map_err(NotNow::Unsure)
    }

    /// Whether work of peers can be taken now (PROTOCOL 5); an unsure clock does not matter for it.
    ///
    /// # Errors
    /// Why not.
    pub fn ready(&self) -> Result<(), NotNow> {
        match self.free_bytes() {
            Some(free) if free < limits::FREE_BYTES_MIN => Err(NotNow::Disk),
            _ => Ok(()),
        }
    }

    /// The time by which this node judges and writes (PROTOCOL 10).
    pub fn node_time(&self) -> Timestamp {
        self.node_clock.now()
    }

    /// How far the clock is behind the last entry, ms; negative if it is ahead of it.
    pub fn clock_behind_ms(&self) -> i64 {
        self.shared.head().time.since_ms(self.clock.now())
    }

    /// Counts what is overdue now; the first count reads the whole log.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn overdue(&self, view: &dyn View) -> Result<Overdue, RowError> {
        let (rosters, now, end) = (self.shared.rosters(), self.node_time(), self.shared.head().size);
        let standings = Standings { view, vault: &self.vault, rosters: &rosters, me: self.me.office, now };
        self.overdues.lock().unwrap_or_else(PoisonError::into_inner).count(&standings, end)
    }

    /// Looks at the board, on a thread that may block, by the time of the node; all that is durable is on it.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn board<T>(&self, view: &dyn View, look: impl FnOnce(&Board, Timestamp) -> T) -> Result<T, RowError> {
        let (rosters, now, end) = (self.shared.rosters(), self.node_time(), self.shared.head().size);
        let standings = Standings { view, vault: &self.vault, rosters: &rosters, me: self.me.office, now };
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        board.follow(&standings, end)?;
        Ok(look(&board, now))
    }

    /// Free bytes on the disk of the store; `None` if the system does not say.
    pub fn free_bytes(&self) -> Option<u64> {
        (self.disk)()
    }

    /// Counts a dispatch of a peer against its quota.
    ///
    /// # Errors
    /// If it is over it.
    pub fn spend(&self, peer: OfficeCode, coming: Coming) -> Result<(), OverQuota> {
        let now = self.node_time();
        self.state().spending.take(peer, now, coming)
    }

    /// Whether another piece of an attachment may be pulled from a peer today.
    pub fn may_pull(&self, peer: OfficeCode) -> bool {
        let now = self.node_time();
        self.state().spending.may_pull(peer, now)
    }

    /// Counts a piece that was pulled from a peer; false if it is too much for today.
    pub fn pull(&self, peer: OfficeCode, bytes: u64) -> bool {
        let now = self.node_time();
        self.state().spending.pull(peer, now, bytes)
    }

    /// Whether another session with the peer was live since this one opened.
    pub fn disturbed(&self, peer: OfficeCode, id: u64) -> bool {
        self.state().peers.disturbed(peer, id)
    }

    /// A link has ended, however that came.
    fn ended(&self, id: u64, trouble: Said) {
        let mut state = self.state();
        let held = state.sessions.remove(&id);
        if let Some(peer) = held.and_then(|held| held.peer) {
            let was_live = state.peers.session(peer) == Some(id);
            state.peers.ended(peer, id);
            if was_live {
                let note = state.notes.entry(peer).or_default();
                note.trouble = Some(trouble);
                note.last_session = Some(self.clock.now());
            }
        }
        drop(state);
        self.changed.send_modify(|count| *count += 1);
    }

    /// A dial has failed; when to try again, in [`Hub::uptime`].
    pub fn dial_failed(&self, peer: OfficeCode, trouble: Said) -> Timestamp {
        let mut state = self.state();
        state.peers.dial_failed(peer);
        if !state.peers.is_live(peer) {
            state.notes.entry(peer).or_default().trouble = Some(trouble);
        }
        drop(state);
        self.dial_at(peer)
    }

    /// When to dial a peer, in [`Hub::uptime`].
    pub fn dial_at(&self, peer: OfficeCode) -> Timestamp {
        let now = self.uptime();
        let State { peers, entropy, .. } = &mut *self.state();
        peers.dial_at(peer, now, &mut **entropy)
    }

    /// Whether a session with the peer is live.
    pub fn is_live(&self, peer: OfficeCode) -> bool {
        self.state().peers.is_live(peer)
    }

    /// How it stands with a peer.
    pub fn note(&self, peer: OfficeCode) -> PeerNote {
        self.state().notes.get(&peer).cloned().unwrap_or_default()
    }

    /// Tells whenever a session begins or ends.
    pub fn sessions_changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// The node must stop if the store has failed: after its first error it is out of use, also for reads.
    pub fn store_may_have_failed(&self) {
        if let Err(error) = self.store.last_number() {
            self.fatal(error.to_string());
        }
    }

    /// The node must stop, for this reason.
    pub fn fatal(&self, reason: String) {
        // One reason is enough.
        drop(self.fatal.try_send(reason));
    }
}
