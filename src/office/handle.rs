//! What an officer does about a notice at the own desk: take, close, acknowledge. Each is an entry; only the
//! acknowledgement leaves the office.

use crate::domain::entry::Closing;
use crate::domain::entry::Entry;
use crate::domain::notice::Header;
use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View as _;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::office::follow_up;
use crate::office::issue::Approval;
use crate::office::issue::IssueRefused;
use crate::office::issue::Issued;
use crate::office::read;
use crate::office::standing;
use crate::office::writer::Step;
use crate::wire;
use crate::wire::NoticeKind;

/// Why an officer cannot do this about a notice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandleRefused {
    /// No such notice is here.
    #[error("no notice here has the digest {0}")]
    Unknown(Digest),
    /// This office issued it.
    #[error("{0} was issued by this office")]
    Own(Reference),
    /// The officer takes care of it already.
    #[error("{0} is yours already")]
    Yours(Reference),
    /// It is closed.
    #[error("{0} is closed")]
    Closed(Reference),
    /// It is not closed.
    #[error("{0} is not closed")]
    Open(Reference),
    /// It is an acknowledgement itself.
    #[error("{0} is an acknowledgement")]
    IsAcknowledgement(Reference),
    /// This officer has not opened it.
    #[error("this officer has not opened {0}")]
    NotOpened(Reference),
    /// This office has acknowledged it already.
    #[error("{notice} was acknowledged by this office with {by}")]
    Acknowledged {
        /// It.
        notice: Reference,
        /// The acknowledgement.
        by: Reference,
    },
    /// It is no emergency release, or it is confirmed or withdrawn already.
    #[error("{0} waits for no confirmation")]
    NoEmergency(Reference),
    /// Nobody confirms what he sent himself.
    #[error("you sent {0} yourself")]
    OwnEmergency(Reference, Vec<OfficerId>),
    /// The acknowledgement cannot be sent.
    #[error(transparent)]
    Issue(#[from] IssueRefused),
}

/// A step that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handled {
    /// About which notice.
    pub reference: Reference,
    /// Who took care of it before.
    pub former: Option<OfficerId>,
}

impl Step<'_> {
    /// An officer takes care of a received notice.
    pub(super) fn take(
        &mut self,
        officer: &OfficerId,
        digest: Digest,
    ) -> Result<Result<Handled, HandleRefused>, RowError> {
        let Some(header) = self.known(digest)? else { return Ok(Err(HandleRefused::Unknown(digest))) };
        let (reference, case) = (header.reference, standing::case(&self.rows, digest)?);
        if header.from == self.me.office {
            return Ok(Err(HandleRefused::Own(reference)));
        }
        if case.closed {
            return Ok(Err(HandleRefused::Closed(reference)));
        }
        let former: Option<OfficerId> = case.taken_by.parse().ok();
        if former.as_ref() == Some(officer) {
            return Ok(Err(HandleRefused::Yours(reference)));
        }
        self.append(Entry::taken(officer, digest, former.as_ref()))?;
        Ok(Ok(Handled { reference, former }))
    }

    /// Closes a notice here, or opens it again.
    pub(super) fn close(
        &mut self,
        officer: &OfficerId,
        digest: Digest,
        closing: Closing,
    ) -> Result<Result<Handled, HandleRefused>, RowError> {
        let Some(header) = self.known(digest)? else { return Ok(Err(HandleRefused::Unknown(digest))) };
        let reference = header.reference;
        match (closing, standing::case(&self.rows, digest)?.closed) {
            (Closing::Close, true) => return Ok(Err(HandleRefused::Closed(reference))),
            (Closing::Reopen, false) => return Ok(Err(HandleRefused::Open(reference))),
            _ => {}
        }
        self.append(Entry::closed(officer, digest, closing))?;
        Ok(Ok(Handled { reference, former: None }))
    }

    /// Acknowledges a received notice, once: an officer, after opening it, alone and at once.
    pub(super) fn acknowledge(
        &mut self,
        officer: &OfficerId,
        digest: Digest,
    ) -> Result<Result<Issued, HandleRefused>, RowError> {
        let Some(header) = self.known(digest)? else { return Ok(Err(HandleRefused::Unknown(digest))) };
        let reference = header.reference;
        if header.from == self.me.office {
            return Ok(Err(HandleRefused::Own(reference)));
        }
        if header.terms.kind == NoticeKind::Acknowledgement {
            return Ok(Err(HandleRefused::IsAcknowledgement(reference)));
        }
        let first = standing::case(&self.rows, digest)?.acknowledged_by;
        if let Ok(first) = Digest::try_from(first.as_slice()) {
            let by = self.known(first)?.ok_or_else(|| damaged("case", digest))?.reference;
            return Ok(Err(HandleRefused::Acknowledged { notice: reference, by }));
        }
        if !self.has_opened(digest, officer)? {
            return Ok(Err(HandleRefused::NotOpened(reference)));
        }
        let draft = follow_up::acknowledgement(&self.me.agreements, &header, digest, self.now);
        let statement = wire::Statement::default();
        Ok(self.issue(&Approval::Alone(officer, &statement), draft, None)?.map_err(HandleRefused::from))
    }

    /// Whether an officer has opened a notice.
    pub(super) fn has_opened(&self, digest: Digest, officer: &OfficerId) -> Result<bool, RowError> {
        Ok(self.rows.get(&key::opened(digest, officer))?.is_some())
    }

    pub(super) fn known(&self, digest: Digest) -> Result<Option<Header>, RowError> {
        if read::notice_row(&self.rows, digest)?.is_none() {
            return Ok(None);
        }
        Ok(Some(rows::envelope::<SealedNotice>(&self.rows, digest)?.claim().header.clone()))
    }
}
