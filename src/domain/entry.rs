//! Entries of the log: one constructor per kind, so that each says what it must and nothing else (PROTOCOL 6).
//!
//! An entry holds digests and ids, never personal data of a data subject.

mod own;

use prost::Message as _;

use crate::domain::access::Overview;
use crate::domain::access::Why;
use crate::domain::dispatch::Dispatch;
use crate::domain::envelope::PublicKey;
use crate::domain::policy::Agreements;
use crate::domain::reading::Reading;
use crate::domain::reading::Verdict;
use crate::domain::standing::Says;
use crate::name::Country;
use crate::name::Digest;
use crate::name::Fingerprint;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::EntryKind;

pub use crate::domain::access::Access;

/// The actor of what the node does by itself.
pub const NODE: &str = "node";

/// Whether a case ends or goes on; code of a CLOSED entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Closing {
    /// It is closed.
    Close = 0,
    /// It is open again.
    Reopen = 1,
}

/// What someone must look at; code of an ALARM entry. Numbers are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Alarm {
    /// One reference, two digests; subject: the second, or the forward that passes it on.
    ReferenceTwice = 1,
    /// Two dispatches with one place; object: the second.
    PlaceTwice = 2,
    /// Two rosters with one version; object: the second.
    RosterFork = 3,
    /// The peer holds less than it has receipted: its store went back in time.
    PeerStateLost = 4,
    /// The peer holds more than was sent: our store went back in time.
    OwnStateLost = 5,
    /// The peer delivered more than it may in a day.
    Quota = 6,
}

impl Alarm {
    /// The message of `i18n/` that says an alarm; also for numbers that only a newer version knows.
    #[must_use]
    pub const fn message(code: u32) -> &'static str {
        match code {
            1 => "alarm-two-notices",
            2 => "alarm-two-places",
            3 => "alarm-roster",
            4 => "alarm-peer-store",
            5 => "alarm-own-store",
            6 => "alarm-quota",
            _ => "alarm-newer",
        }
    }
}

/// An entry that is not in the log yet: it lacks time and salt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry(wire::Entry);

impl Entry {
    fn new(kind: EntryKind, actor: &str) -> Self {
        Self(wire::Entry { kind: kind.into(), actor: actor.to_owned(), ..wire::Entry::default() })
    }

    fn about(mut self, subject: Digest, object: Option<Digest>) -> Self {
        self.0.subject = subject.0.to_vec();
        self.0.object = object.map(|d| d.0.to_vec()).unwrap_or_default();
        self
    }

    fn with(mut self, peer: impl ToString, code: u32) -> Self {
        self.0.peer = peer.to_string();
        self.0.code = code;
        self
    }

    fn at(mut self, dispatch: &Dispatch) -> Self {
        self.0.lane = dispatch.stream.lane.number();
        self.0.sequence = dispatch.sequence;
        self
    }

    /// The first entry: in which network, for which office and with which office key, 32 bytes, the log was born.
    #[must_use]
    pub fn log_opened(network: &Network, office: OfficeCode, key: PublicKey) -> Self {
        let mut entry = Self::new(EntryKind::LogOpened, NODE).about(Digest(key.0), None).with(office, 0);
        network.as_str().clone_into(&mut entry.0.note);
        entry
    }

    /// A notice was signed here and is on its way; `actor` let it go. `form` is the draft that it was, if it waited for
    /// release; `says`, what its text adds to its header.
    #[must_use]
    pub fn issued(actor: &str, notice: Digest, form: Option<Digest>, says: Says) -> Self {
        Self::new(EntryKind::Issued, actor).about(notice, form).with("", says.code())
    }

    /// A draft waits for release; `form` is the digest of its sealed text.
    #[must_use]
    pub fn submitted(author: &OfficerId, form: Digest, reference: Reference) -> Self {
        Self::of_draft(EntryKind::Submitted, author.as_str(), form, reference)
    }

    /// A draft that waited for release is its author's again.
    #[must_use]
    pub fn returned(officer: &OfficerId, form: Digest, reference: Reference) -> Self {
        Self::of_draft(EntryKind::Returned, officer.as_str(), form, reference)
    }

    /// The same, because its author has left the office.
    #[must_use]
    pub fn left_behind(form: Digest, reference: Reference) -> Self {
        Self::of_draft(EntryKind::Returned, NODE, form, reference).with("", 1)
    }

    /// An officer read a draft of another officer; `reference` is empty if it has none yet.
    #[must_use]
    pub fn draft_opened(officer: &OfficerId, form: Digest, reference: &str) -> Self {
        Self::of_draft(EntryKind::DraftOpened, officer.as_str(), form, reference)
    }

    fn of_draft(kind: EntryKind, actor: &str, form: Digest, reference: impl ToString) -> Self {
        let mut entry = Self::new(kind, actor).about(form, None);
        entry.0.note = reference.to_string();
        entry
    }

    /// A notice was given a place in a stream.
    #[must_use]
    pub fn dispatched(dispatch: &Dispatch, digest: Digest) -> Self {
        Self::new(EntryKind::Dispatched, NODE).about(dispatch.notice, Some(digest)).with(dispatch.to, 0).at(dispatch)
    }

    /// The addressee's receipt is stored; code: the rejection, or 0.
    #[must_use]
    pub fn receipt_stored(dispatch: &Dispatch, receipt: Digest, rejection: u32) -> Self {
        let entry = Self::new(EntryKind::ReceiptStored, NODE).about(dispatch.notice, Some(receipt));
        entry.with(dispatch.to, rejection).at(dispatch)
    }

    /// A notice was accepted; object: our receipt.
    #[must_use]
    pub fn received(dispatch: &Dispatch, receipt: Digest, says: Says) -> Self {
        let entry = Self::new(EntryKind::Received, NODE).about(dispatch.notice, Some(receipt));
        entry.with(dispatch.from, says.code()).at(dispatch)
    }

    /// A dispatch was rejected; object: our receipt.
    #[must_use]
    pub fn rejected(dispatch: &Dispatch, receipt: Digest, rejection: u32) -> Self {
        let entry = Self::new(EntryKind::Rejected, NODE).about(dispatch.notice, Some(receipt));
        entry.with(dispatch.from, rejection).at(dispatch)
    }

    /// An officer saw a text, for a reason.
    #[must_use]
    pub fn accessed(officer: &OfficerId, notice: Digest, access: Access, why: Option<&Why>) -> Self {
        let mut entry = Self::new(EntryKind::Accessed, officer.as_str()).about(notice, None).with("", access as u32);
        why.map(Why::as_str).unwrap_or_default().clone_into(&mut entry.0.note);
        entry
    }

    /// The same under break-glass; `decision` is the index of the entry that allows it.
    #[must_use]
    pub fn read_granted(officer: &OfficerId, notice: Digest, decision: u64, why: &str) -> Self {
        let mut entry = Self::accessed(officer, notice, Access::View, None);
        entry.0.sequence = decision;
        why.clone_into(&mut entry.0.note);
        entry
    }

    /// An auditor asks to read a text under break-glass.
    #[must_use]
    pub fn reading_asked(officer: &OfficerId, notice: Digest, why: &Why) -> Self {
        let mut entry = Self::new(EntryKind::ReadingAsked, officer.as_str()).about(notice, None);
        why.as_str().clone_into(&mut entry.0.note);
        entry
    }

    /// That was decided; `asked` is the index of its entry.
    #[must_use]
    pub fn reading_decided(officer: &OfficerId, asked: u64, reading: &Reading, verdict: &Verdict) -> Self {
        let mut entry = Self::new(EntryKind::ReadingDecided, officer.as_str()).about(reading.notice, None);
        entry.0.sequence = asked;
        verdict.reason().clone_into(&mut entry.0.note);
        entry.with(&reading.officer, verdict.code())
    }

    /// The same of one attachment, if one is named.
    #[must_use]
    pub fn of_attachment(mut self, attachment: Option<Digest>) -> Self {
        self.0.object = attachment.map(|digest| digest.0.to_vec()).unwrap_or_default();
        self
    }

    /// An officer was shown a list or counts, of no single notice.
    #[must_use]
    pub fn overview(officer: &OfficerId, overview: &Overview) -> Self {
        let entry = Self::new(EntryKind::Accessed, officer.as_str());
        let (mut entry, note) = match overview {
            Overview::List { list, rows } => {
                let mut entry = entry.with("", Access::List as u32);
                entry.0.sequence = *rows;
                (entry, list.word())
            }
            Overview::Statistics(why) => {
                (entry.with("", Access::Statistics as u32), why.as_ref().map(Why::as_str).unwrap_or_default())
            }
        };
        note.clone_into(&mut entry.0.note);
        entry
    }

    /// The node runs under other agreements than before; code: how many.
    #[must_use]
    pub fn config_changed(agreements: &Agreements) -> Self {
        let count = u32::try_from(agreements.iter().count()).unwrap_or(u32::MAX);
        Self::new(EntryKind::ConfigChanged, NODE).about(agreements.digest(), None).with("", count)
    }

    /// The body key of a notice left the store; code: why.
    #[must_use]
    pub fn erased(actor: &str, notice: Digest, reason: wire::ErasureReason) -> Self {
        let code = i32::from(reason).unsigned_abs();
        Self::new(EntryKind::Erased, actor).about(notice, None).with("", code)
    }

    /// The old vault key is destroyed; what was erased before this size of the log is gone for good.
    #[must_use]
    pub fn vault_rotated(since: u64) -> Self {
        let mut entry = Self::new(EntryKind::VaultRotated, NODE);
        entry.0.sequence = since;
        entry
    }

    /// So many texts end within a day.
    #[must_use]
    pub fn expiry_announced(count: u32) -> Self {
        Self::new(EntryKind::ExpiryAnnounced, NODE).with("", count)
    }

    /// An officer lets so many texts end at once.
    #[must_use]
    pub fn expiry_confirmed(officer: &OfficerId, count: u32) -> Self {
        Self::new(EntryKind::ExpiryConfirmed, officer.as_str()).with("", count)
    }

    /// An officer confirmed the time that the clock showed.
    #[must_use]
    pub fn clock_confirmed(officer: &OfficerId, shown: Timestamp) -> Self {
        let mut entry = Self::new(EntryKind::ClockConfirmed, officer.as_str());
        entry.0.note = shown.to_string();
        entry
    }

    /// An officer takes care of a received notice; `former` did before.
    #[must_use]
    pub fn taken(officer: &OfficerId, notice: Digest, former: Option<&OfficerId>) -> Self {
        let mut entry = Self::new(EntryKind::Taken, officer.as_str()).about(notice, None);
        former.map(OfficerId::as_str).unwrap_or_default().clone_into(&mut entry.0.note);
        entry
    }

    /// An officer gives a notice that he took care of to another one.
    #[must_use]
    pub fn handed_over(officer: &OfficerId, notice: Digest, to: &OfficerId) -> Self {
        let mut entry = Self::new(EntryKind::HandedOver, officer.as_str()).about(notice, None);
        to.as_str().clone_into(&mut entry.0.note);
        entry
    }

    /// A notice is closed here.
    #[must_use]
    pub fn closed(officer: &OfficerId, notice: Digest, closing: Closing) -> Self {
        Self::new(EntryKind::Closed, officer.as_str()).about(notice, None).with("", closing as u32)
    }

    /// A country's key was pinned; object: the fingerprint, 20 bytes.
    #[must_use]
    pub fn country_trusted(officer: &OfficerId, country: Country, fingerprint: Fingerprint) -> Self {
        let mut entry = Self::new(EntryKind::CountryTrusted, officer.as_str()).with(country, 0);
        entry.0.object = fingerprint.0.to_vec();
        entry
    }

    /// A roster came into force; subject: its digest.
    #[must_use]
    pub fn roster(actor: &str, country: Country, roster: Digest) -> Self {
        Self::new(EntryKind::Roster, actor).about(roster, None).with(country, 0)
    }

    /// Someone must look; `about` is the office or the country that it is about.
    #[must_use]
    pub fn alarm(alarm: Alarm, about: impl ToString, subject: Option<Digest>, object: Option<Digest>) -> Self {
        let mut entry = Self::new(EntryKind::Alarm, NODE);
        entry.0.subject = subject.map(|d| d.0.to_vec()).unwrap_or_default();
        entry.0.object = object.map(|d| d.0.to_vec()).unwrap_or_default();
        entry.with(about, alarm as u32)
    }

    /// The entry as it stands in the log, with its exact bytes.
    #[must_use]
    pub fn stamped(mut self, time: Timestamp, salt: [u8; 16]) -> (wire::Entry, Vec<u8>) {
        self.0.time_ms = time.ms();
        self.0.salt = salt.to_vec();
        let bytes = self.0.encode_to_vec();
        (self.0, bytes)
    }
}
