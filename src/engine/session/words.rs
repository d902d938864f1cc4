//! What goes into a session machine and what comes out of it.

use std::collections::BTreeMap;

use crate::domain::dispatch::Lane;
use crate::domain::entry::Alarm;
use crate::domain::envelope::PublicKey;
use crate::name::Country;
use crate::name::Digest;
use crate::name::LogId;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::GoodbyeReason;

/// Who speaks.
#[derive(Clone, Debug)]
pub struct Speaker {
    /// Network.
    pub network: Network,
    /// This office.
    pub office: OfficeCode,
    /// Its open log.
    pub log_id: LogId,
    /// The key that the log was born with: what it signed proves what it said.
    pub key: PublicKey,
}

/// One of our streams to the peer, as the store has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Last place given.
    pub placed: u64,
    /// All of 1..acked have a stored receipt.
    pub acked: u64,
    /// Digest of the dispatch at `acked`.
    pub acked_digest: Option<Digest>,
    /// The peer's receipt for it, a serialized envelope; empty if there is none.
    pub acked_receipt: Vec<u8>,
    /// Digest of our dispatch at the place up to which the peer says that it holds the stream; `None` if that is not
    /// known any more.
    pub at_held: Option<Digest>,
}

/// One of the peer's streams to us, as the store has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// All of 1..through are answered.
    pub through: u64,
    /// Digest of the dispatch at `through`.
    pub digest: Option<Digest>,
    /// That dispatch of the peer, a serialized envelope; empty if there is none.
    pub dispatch: Vec<u8>,
}

/// A roster in force here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterNote {
    /// Whose.
    pub country: Country,
    /// Version.
    pub version: u64,
    /// Its serialized envelope.
    pub bytes: Vec<u8>,
}

/// Where we stand with a peer.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The peer's open log, by its roster; `None` if it has none.
    pub peer_log: Option<LogId>,
    /// Our streams to it.
    pub sent: BTreeMap<Lane, Sent>,
    /// Its streams to us.
    pub held: BTreeMap<Lane, Held>,
    /// Rosters in force.
    pub rosters: Vec<RosterNote>,
    /// Our clock, for the peer to compare with its own.
    pub clock: Timestamp,
    /// Another session with the peer was live after this one opened: what its Hello says may be older than what is in
    /// the store.
    pub disturbed: bool,
}

/// A dispatch that waits in a lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Its place.
    pub sequence: u64,
    /// The frame.
    pub deliver: wire::Deliver,
}

/// An attachment that is still to come from the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// SHA-256 of its ciphertext.
    pub digest: Digest,
    /// Its length, bytes.
    pub size: u64,
    /// So many of them are here.
    pub arrived: u64,
}

/// What became of a piece of an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pulled {
    /// It is kept; more is to come.
    Arriving,
    /// Nothing can be kept now.
    NotNow,
    /// Nothing more is to come, or not there: it is whole, it is not wanted any more, or it goes on elsewhere.
    Over,
    /// All came, and the SHA-256 is wrong: it begins again.
    Spoilt,
}

/// What happens to a session.
#[derive(Clone, Debug)]
pub enum Event {
    /// Our receipt for a dispatch of the peer is durable: its serialized envelope.
    Answered(Vec<u8>),
    /// A frame of the peer broke a rule that the session itself does not see.
    Broken(&'static str),
    /// Answer to [`Action::ReadChunk`]; empty if the peer may not have it.
    ChunkRead(wire::Chunk),
    /// Answer to [`Action::StoreChunk`].
    ChunkStored {
        /// Which attachment.
        digest: Digest,
        /// What became of it.
        pulled: Pulled,
    },
    /// Stop without loss: what is in flight is finished.
    Drain,
    /// An officer waits for an attachment: the order in which they are pulled may be another one now.
    Sooner,
    /// Another session with this peer stays.
    Duplicate,
    /// A frame has come; only while [`crate::engine::session::Session::wants_frames`].
    Frame(Box<wire::Frame>),
    /// The roster that came is dealt with.
    Imported,
    /// Answer to [`Action::Load`].
    Loaded {
        /// Which lane.
        lane: Lane,
        /// What waits there, in order; fewer than asked for is all there is.
        waiting: Vec<Waiting>,
    },
    /// We cannot decide now on the dispatch that came last; the peer may try again after so many milliseconds.
    NotReady(u32),
    /// The link is up.
    Opened,
    /// The peer has delivered all that it may in a day; it may try again after so many milliseconds.
    OverQuota(u32),
    /// Something may wait for the peer.
    Queued,
    /// The peer's receipt for this place is durable here, or was before.
    ReceiptStored {
        /// Which lane.
        lane: Lane,
        /// Which place.
        sequence: u64,
    },
    /// Answer to [`Action::LoadReceipts`].
    Receipts {
        /// Which lane.
        lane: Lane,
        /// The receipts that were asked for, in order.
        receipts: Vec<Vec<u8>>,
    },
    /// The peer is not in force any more.
    Revoked,
    /// Rosters in force have changed: all of them.
    Rosters(Vec<RosterNote>),
    /// Answer to [`Action::LoadStanding`].
    Standing(Box<Standing>),
    /// The time of [`Action::WakeAt`] has come.
    Tick,
    /// Answer to [`Action::LoadWanted`]: what to pull now, if anything.
    Wanted(Option<Wanted>),
    /// The link takes one frame.
    Writable,
}

/// What a session wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Judge and commit a dispatch; then [`Event::Answered`].
    Accept(Box<wire::Deliver>),
    /// Write an alarm.
    Alarm(Alarm),
    /// The session is over.
    Close(Ending),
    /// The peer has said who it is; at most one session with it stays.
    Greeted {
        /// Who.
        peer: OfficeCode,
        /// Its clock.
        clock: Timestamp,
    },
    /// Import a roster, if it is news; then [`Event::Imported`].
    Import(Vec<u8>),
    /// Read what waits in a lane beyond a place.
    Load {
        /// Which lane.
        lane: Lane,
        /// Places after this one.
        after: u64,
        /// At most so many.
        limit: usize,
    },
    /// Read our receipts for places of the peer's stream, a page of them.
    LoadReceipts {
        /// Which lane.
        lane: Lane,
        /// Places after this one …
        after: u64,
        /// … up to this one.
        through: u64,
    },
    /// Read where we stand with a peer that says it holds this of our streams.
    LoadStanding {
        /// Who.
        peer: OfficeCode,
        /// Its words.
        held: Vec<wire::Position>,
    },
    /// Look which attachment is to be pulled from the peer, the most urgent and newest first.
    LoadWanted {
        /// None of these.
        not: Vec<Digest>,
    },
    /// Read a piece of an attachment for the peer.
    ReadChunk {
        /// Which.
        digest: Digest,
        /// First byte.
        offset: u64,
        /// All of so many bytes, or none.
        length: usize,
    },
    /// Send a frame.
    Send(Box<wire::Frame>),
    /// Keep a piece of an attachment, once those that came before it are; then [`Event::ChunkStored`].
    StoreChunk {
        /// Which.
        wanted: Wanted,
        /// First byte.
        offset: u64,
        /// The bytes.
        data: Vec<u8>,
    },
    /// Judge and commit a receipt of the peer; then [`Event::ReceiptStored`].
    StoreReceipt(Box<wire::Envelope>),
    /// Wake the session at this time.
    WakeAt(Timestamp),
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// We are done.
    Done,
    /// Another session with the peer stays.
    Duplicate,
    /// Nothing was heard although work was in flight.
    Idle,
    /// No Hello came in time.
    NoHello,
    /// We could not decide; the peer may try again after so many milliseconds.
    NotReady(u32),
    /// The peer is not in force in the rosters here, or not who it says.
    NotInRoster,
    /// The peer has delivered all that it may in a day; it may try again after so many milliseconds.
    OverQuota(u32),
    /// Another session with the peer overtook this one.
    Overtaken,
    /// Our own store went back in time: this node must stop signing.
    OwnStateLost,
    /// The peer said so, with a time in ms before which it wants no other session.
    Peer(GoodbyeReason, u32),
    /// The peer's store went back in time.
    PeerStateLost,
    /// The peer broke this rule.
    Protocol(&'static str),
    /// No common version.
    Version,
}
