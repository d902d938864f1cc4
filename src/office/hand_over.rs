//! The end of a shift: an officer gives the open notices that he takes care of to another one. Each is an entry, all are one
//! commit; deadlines stay what they were.

use crate::domain::entry::Entry;
use crate::engine::rows::RowError;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::office::call::Call;
use crate::office::standing;
use crate::office::writer::Step;

/// Why nothing is handed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandOverRefused {
    /// The officer has them already.
    #[error("{0} has these notices already")]
    Oneself(OfficerId),
    /// That one may not take care of notices now.
    #[error("{0} may not take care of notices now")]
    To(OfficerId),
    /// The officer takes care of no open notice.
    #[error("{0} takes care of no open notice")]
    Nothing(OfficerId),
}

/// What was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOver {
    /// The notices, as they were named.
    pub references: Vec<Reference>,
    /// How many of those that were named are still the officer's.
    pub left: usize,
}

impl Step<'_> {
    /// Gives those of the notices that the officer still takes care of to another one, and at most as many as one commit
    /// hands over.
    pub(super) fn hand_over(
        &mut self,
        officer: &OfficerId,
        to: &OfficerId,
        notices: &[Digest],
    ) -> Result<Result<HandedOver, HandOverRefused>, RowError> {
        if officer == to {
            return Ok(Err(HandOverRefused::Oneself(to.clone())));
        }
        if self.officers.permit(to, Call::Handle, self.now).is_err() {
            return Ok(Err(HandOverRefused::To(to.clone())));
        }
        let mut own = vec![];
        for digest in notices {
            let case = standing::case(&self.rows, *digest)?;
            if case.taken_by == officer.as_str() && !case.closed {
                own.extend(self.known(*digest)?.map(|header| (*digest, header.reference)));
            }
        }
        let (given, left) = own.split_at(own.len().min(limits::HANDED_OVER));
        if given.is_empty() {
            return Ok(Err(HandOverRefused::Nothing(officer.clone())));
        }
        for (digest, _) in given {
            self.append(Entry::handed_over(officer, *digest, to))?;
        }
        let references = given.iter().map(|(_, reference)| *reference).collect();
        Ok(Ok(HandedOver { references, left: left.len() }))
    }
}
