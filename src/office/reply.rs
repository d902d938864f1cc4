//! What the writer answers.

use crate::domain::dispatch::Lane;
use crate::domain::roster::RosterError;
use crate::name::Digest;
use crate::name::Fingerprint;
use crate::office::drafts::DraftRefused;
use crate::office::drafts::Drafted;
use crate::office::drafts::OpenedDraft;
use crate::office::drafts::Sent;
use crate::office::duties::EraseRefused;
use crate::office::duties::Erased;
use crate::office::duties::OtherCount;
use crate::office::enrol::EnrolRefused;
use crate::office::enrol::Enrolled;
use crate::office::handle::HandleRefused;
use crate::office::handle::Handled;
use crate::office::issue::Issued;
use crate::office::officers::Denied;
use crate::office::uploads::UploadRefused;
use crate::wire;

/// What the writer answers, once it is durable.
#[derive(Debug)]
pub enum Reply {
    /// The access is written; now the text or the list may be shown.
    Accessed,
    /// The acknowledgement is on its way.
    Acknowledged(Result<Issued, HandleRefused>),
    /// It is written under which agreements the node runs.
    Agreed,
    /// The alarm is written, or was before.
    Alarmed,
    /// Our receipt for a dispatch: its serialized envelope; or the rule that the dispatch broke.
    Answered(Result<Vec<u8>, &'static str>),
    /// The confirmation is written, as this entry.
    ClockConfirmed(u64),
    /// The daily duties are done, or as far as one commit does them.
    DutiesDone,
    /// The body key has left the store with this entry. It is erased once the vault key was changed.
    Erased(Result<Erased, EraseRefused>),
    /// The confirmation is written, as this entry; or the number that waits.
    ExpiryConfirmed(Result<u64, OtherCount>),
    /// It is closed, or open again.
    Closed(Result<Handled, HandleRefused>),
    /// The confirmation is on its way.
    Confirmed(Result<Issued, HandleRefused>),
    /// The change is decided.
    Decided(Result<(), EnrolRefused>),
    /// The officer may not.
    Denied(Denied),
    /// The draft may be shown, in this form; and what the rules say of it now.
    DraftOpened(Result<OpenedDraft, DraftRefused>),
    /// The draft is saved, submitted, returned or thrown away.
    Drafted(Result<Drafted, DraftRefused>),
    /// The officer is enrolled, changed or revoked; or it is proposed.
    Enrolled(Result<Enrolled, EnrolRefused>),
    /// Whether the first passphrase is set, or there was one, or another officer.
    FirstPassphrase(bool),
    /// What each roster changed: country, version, offices, whether it is news.
    Imported(Result<Vec<wire::ImportedRoster>, RosterError>),
    /// A request with the same key asked for something else.
    KeyUsed,
    /// The passphrase is set.
    PassphraseSet,
    /// The receipt is stored, or was before; or the rule that it broke.
    ReceiptStored(Result<(Lane, u64), &'static str>),
    /// The notice is on its way.
    Released(Result<Issued, DraftRefused>),
    /// The notice is on its way, or waits for release.
    Sent(Result<Sent, DraftRefused>),
    /// The officer takes care of it.
    Taken(Result<Handled, HandleRefused>),
    /// The file with this id may come, may be put into a draft, or is thrown away.
    Uploaded(Result<Digest, UploadRefused>),
    /// The key is pinned, or was before; with the one that was pinned until now, if it is another.
    Trusted(Result<Option<Fingerprint>, RosterError>),
}
