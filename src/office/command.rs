//! What the writer is asked.

use std::fmt;

use prost::Message as _;

use crate::domain::access::Access;
use crate::domain::access::Overview;
use crate::domain::access::Why;
use crate::domain::dispatch::Receipt;
use crate::domain::entry::Alarm;
use crate::domain::entry::Closing;
use crate::domain::envelope::Verified;
use crate::engine::accept::Incoming;
use crate::name::Country;
use crate::name::Digest;
use crate::name::Fingerprint;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::office::call::Call;
use crate::office::made::Once;
use crate::office::uploads::UploadStep;
use crate::time::Timestamp;
use crate::wire;

/// What the writer is asked to do. It holds texts, so it shows only its kind.
pub enum Command {
    /// Write that an officer is about to see texts.
    Access {
        /// Who.
        officer: OfficerId,
        /// Of which notices: an entry for each.
        notices: Vec<Digest>,
        /// How.
        access: Access,
        /// Why.
        why: Option<Why>,
        /// Of which attachment of theirs; of the texts, if there is none.
        attachment: Option<Digest>,
    },
    /// Acknowledge a received notice.
    Acknowledge {
        /// Who.
        officer: OfficerId,
        /// Which.
        notice: Digest,
    },
    /// Write an alarm, once.
    Alarm {
        /// Which.
        alarm: Alarm,
        /// About which peer.
        peer: OfficeCode,
    },
    /// Write that the node runs under other agreements than before, if it does.
    Agreements,
    /// Take what a peer delivered.
    Arrive(Box<Incoming>),
    /// Write that an officer confirmed the clock.
    ConfirmClock {
        /// Who.
        officer: OfficerId,
        /// What it showed.
        shown: Timestamp,
    },
    /// Let more texts end than the node may by itself.
    ConfirmExpiry {
        /// Who.
        officer: OfficerId,
        /// How many.
        count: u32,
    },
    /// Do what the day asks; only while the clock is sure.
    Duties,
    /// Erase a text by order.
    Erase {
        /// Who orders it.
        officer: OfficerId,
        /// Of which notice.
        notice: Digest,
        /// Why.
        reason: wire::ErasureReason,
    },
    /// Close a notice here, or open it again.
    Close {
        /// Who.
        officer: OfficerId,
        /// Which.
        notice: Digest,
        /// Which of the two.
        closing: Closing,
    },
    /// Confirm what another officer sent in an emergency.
    Confirm {
        /// Who.
        officer: OfficerId,
        /// Which.
        notice: Digest,
    },
    /// Agree to a proposed change of an officer, or turn it down.
    Decide {
        /// Who decides.
        actor: OfficerId,
        /// Whom it is about.
        officer: OfficerId,
        /// Index of the entry of the proposal.
        proposal: u64,
        /// Whether to agree.
        agree: bool,
        /// Stored form of the passphrase, if the proposal asks for one.
        hash: Option<String>,
    },
    /// Throw a draft away.
    Discard {
        /// Who.
        officer: OfficerId,
        /// Which.
        draft: u64,
        /// The form of it, if another one is to stay.
        over: Option<Digest>,
    },
    /// Enrol, change or revoke an officer.
    Enrol {
        /// Who does it.
        actor: OfficerId,
        /// As wanted.
        enrolment: wire::Enrolment,
        /// Stored form of a passphrase that only serves to set another one.
        hash: Option<String>,
    },
    /// Set the passphrase of the first administrator, whom a setup code has let in; only while there is nobody else.
    FirstPassphrase {
        /// Whose.
        officer: OfficerId,
        /// Its stored form.
        hash: String,
    },
    /// Put rosters into force, all or none.
    Import {
        /// Officer, or the node for a roster that a peer sent.
        actor: Option<OfficerId>,
        /// Serialized envelopes.
        rosters: Vec<Vec<u8>>,
    },
    /// Do what is asked, unless a request with the same key did it.
    Once {
        /// The key, and what is asked for.
        once: Once,
        /// What to do.
        command: Box<Self>,
    },
    /// Read a draft; one of another officer is written down as read.
    OpenDraft {
        /// Who.
        officer: OfficerId,
        /// Which.
        draft: u64,
        /// An attachment of it; its text, if there is none.
        attachment: Option<Digest>,
    },
    /// Write that an officer is about to see a list or counts.
    Overview {
        /// Who.
        officer: OfficerId,
        /// What of.
        overview: Overview,
    },
    /// Set one's own passphrase.
    Passphrase {
        /// Whose.
        officer: OfficerId,
        /// Its stored form.
        hash: String,
    },
    /// Store a peer's receipt.
    Receipt(Box<Verified<Receipt>>),
    /// Release a draft of another officer.
    Release {
        /// Who.
        officer: OfficerId,
        /// Which.
        draft: u64,
        /// The form that was read.
        form: Digest,
        /// What the officer states.
        statement: wire::Statement,
    },
    /// Return a submitted draft to its author.
    Return {
        /// Who.
        officer: OfficerId,
        /// Which.
        draft: u64,
        /// Why.
        comment: String,
    },
    /// Keep a draft.
    Save {
        /// Its author.
        officer: OfficerId,
        /// The draft whose place it takes; a new one, if none is given.
        draft: Option<u64>,
        /// The form of that draft, if another one is to stay.
        over: Option<Digest>,
        /// As far as written.
        header: Box<wire::NoticeHeader>,
        /// The text.
        body: Option<Box<wire::NoticeBody>>,
        /// What stands in a form that is not finished; empty for a finished one.
        unfinished: Vec<u8>,
    },
    /// Sign, seal and queue a notice that one officer may send alone; submit any other one.
    Send {
        /// Its author.
        officer: OfficerId,
        /// The draft whose place it takes, if one is given.
        draft: Option<u64>,
        /// The form of that draft, if another one is to stay.
        over: Option<Digest>,
        /// As drafted.
        header: Box<wire::NoticeHeader>,
        /// The text.
        body: Option<Box<wire::NoticeBody>>,
        /// What the officer states who sends it alone.
        statement: wire::Statement,
    },
    /// Close a draft for release.
    Submit {
        /// Its author.
        officer: OfficerId,
        /// Which.
        draft: u64,
    },
    /// Take care of a received notice.
    Take {
        /// Who.
        officer: OfficerId,
        /// Of which.
        notice: Digest,
    },
    /// Pin a country's key.
    Trust {
        /// Who compared it.
        officer: OfficerId,
        /// Whose.
        country: Country,
        /// What was compared.
        fingerprint: Fingerprint,
    },
    /// Bring in a file that is in no draft yet.
    Upload {
        /// Who.
        officer: OfficerId,
        /// What about it.
        step: UploadStep,
    },
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Access { .. } => "Access",
            Self::Acknowledge { .. } => "Acknowledge",
            Self::Agreements => "Agreements",
            Self::Alarm { .. } => "Alarm",
            Self::Arrive(_) => "Arrive",
            Self::ConfirmClock { .. } => "ConfirmClock",
            Self::ConfirmExpiry { .. } => "ConfirmExpiry",
            Self::Duties => "Duties",
            Self::Erase { .. } => "Erase",
            Self::Close { .. } => "Close",
            Self::Confirm { .. } => "Confirm",
            Self::Decide { .. } => "Decide",
            Self::Discard { .. } => "Discard",
            Self::Enrol { .. } => "Enrol",
            Self::FirstPassphrase { .. } => "FirstPassphrase",
            Self::Import { .. } => "Import",
            Self::Once { .. } => "Once",
            Self::OpenDraft { .. } => "OpenDraft",
            Self::Overview { .. } => "Overview",
            Self::Passphrase { .. } => "Passphrase",
            Self::Receipt(_) => "Receipt",
            Self::Release { .. } => "Release",
            Self::Return { .. } => "Return",
            Self::Save { .. } => "Save",
            Self::Send { .. } => "Send",
            Self::Submit { .. } => "Submit",
            Self::Take { .. } => "Take",
            Self::Trust { .. } => "Trust",
            Self::Upload { .. } => "Upload",
        })
    }
}

impl Command {
    /// Who asks, and for what; `None` for what the node does by itself.
    #[must_use]
    pub fn asked(&self) -> Option<(&OfficerId, Call)> {
        match self {
            Self::Access { officer, access, .. } => Some((officer, Call::of(*access))),
            Self::ConfirmClock { officer, .. } => Some((officer, Call::ConfirmClock)),
            Self::ConfirmExpiry { officer, .. } => Some((officer, Call::ConfirmExpiry)),
            Self::Acknowledge { officer, .. } | Self::Close { officer, .. } | Self::Take { officer, .. } => {
                Some((officer, Call::Handle))
            }
            Self::Decide { actor, .. } => Some((actor, Call::Decide)),
            Self::Enrol { actor, .. } => Some((actor, Call::Enrol)),
            Self::Erase { officer, .. } => Some((officer, Call::Erase)),
            Self::Import { actor: Some(actor), .. } => Some((actor, Call::Peers)),
            // Whether it is the author or a releasing officer who returns a draft, only the draft says.
            Self::Discard { officer, .. }
            | Self::OpenDraft { officer, .. }
            | Self::Return { officer, .. }
            | Self::Save { officer, .. }
            | Self::Send { officer, .. }
            | Self::Submit { officer, .. }
            | Self::Upload { officer, .. } => Some((officer, Call::Write)),
            Self::Confirm { officer, .. } | Self::Release { officer, .. } => Some((officer, Call::Release)),
            Self::Once { command, .. } => command.asked(),
            Self::Overview { officer, overview } => Some((officer, Call::of_overview(overview))),
            Self::FirstPassphrase { officer, .. } | Self::Passphrase { officer, .. } => {
                Some((officer, Call::Passphrase))
            }
            Self::Trust { officer, .. } => Some((officer, Call::Peers)),
            Self::Agreements
            | Self::Alarm { .. }
            | Self::Arrive(_)
            | Self::Duties
            | Self::Import { actor: None, .. }
            | Self::Receipt(_) => None,
        }
    }

    /// About how much it adds to a commit, bytes.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        match self {
            Self::Arrive(incoming) => {
                let notice = incoming.verdict.as_ref().map_or(0, |arrival| arrival.notice.bytes().len());
                incoming.dispatch.bytes().len() + notice
            }
            Self::Import { rosters, .. } => rosters.iter().map(Vec::len).sum(),
            Self::Once { command, .. } => command.size_bytes(),
            Self::Save { unfinished, header, body, .. } => {
                unfinished.len() + header.encoded_len() + body.as_ref().map_or(0, prost::Message::encoded_len)
            }
            Self::Send { header, body, .. } => {
                header.encoded_len() + body.as_ref().map_or(0, prost::Message::encoded_len)
            }
            Self::Receipt(receipt) => receipt.bytes().len(),
            // Entries alone, or what is small or was kept before.
            _ => 0,
        }
    }
}
