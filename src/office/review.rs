//! A text is reviewed: somebody looks whether it is still needed, and when that is looked at again. Nobody opens it for that.

use crate::domain::entry::Entry;
use crate::domain::policy::review_days;
use crate::engine::rows::RowError;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::office::due;
use crate::office::read;
use crate::office::retention;
use crate::office::writer::Step;
use crate::time::DAY_MS;
use crate::time::Timestamp;
use crate::wire::NoticeKind;
use crate::wire::ReviewReason;

/// A review that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// Of which notice.
    pub reference: Reference,
    /// Index of the entry.
    pub index: u64,
    /// When it is to be reviewed next.
    pub next: Timestamp,
}

/// Why a review is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReviewRefused {
    /// The notice is not here, or its text has ended.
    #[error("there is no text of this notice here")]
    NoText,
    /// It has no review: it names nobody.
    #[error("{0} has no review")]
    NoReview(Reference),
    /// No officer gives this reason.
    #[error("this is no reason to keep a text")]
    Reason,
    /// Its end has passed.
    #[error("{0} ends now")]
    Ends(Reference),
    /// The next review would be in the past.
    #[error("the next review would be in the past")]
    Early,
    /// It would be too late.
    #[error("the next review would be after {0}")]
    Late(Timestamp),
}

/// The latest time of the next review of a text that ends then.
#[must_use]
pub fn latest(kind: NoticeKind, now: Timestamp, ends: Timestamp) -> Timestamp {
    now.plus_ms(review_days(kind) * DAY_MS).min(ends)
}

impl Step<'_> {
    /// Writes that a text is still needed. The next review is the latest one, if none is named.
    pub(super) fn review(
        &mut self,
        officer: &OfficerId,
        notice: Digest,
        reason: ReviewReason,
        next: Option<Timestamp>,
    ) -> Result<Result<Reviewed, ReviewRefused>, RowError> {
        if reason == ReviewReason::Unspecified {
            return Ok(Err(ReviewRefused::Reason));
        }
        let ends = due::end_of(&self.rows, &retention::periods(&self.rows)?, notice)?;
        let (Some((ends, _)), Some(header)) = (ends, self.known(notice)?) else {
            return Ok(Err(ReviewRefused::NoText));
        };
        let row = read::notice_row(&self.rows, notice)?;
        let latest = latest(header.terms.kind, self.now, ends);
        let next = next.unwrap_or(latest);
        let refused = match next {
            _ if row.unwrap_or_default().review_ms == 0 => ReviewRefused::NoReview(header.reference),
            _ if ends <= self.now => ReviewRefused::Ends(header.reference),
            next if next <= self.now => ReviewRefused::Early,
            next if next > latest => ReviewRefused::Late(latest),
            next => {
                let index = self.append(Entry::reviewed(officer, notice, reason, next))?;
                return Ok(Ok(Reviewed { reference: header.reference, index, next }));
            }
        };
        Ok(Err(refused))
    }
}
