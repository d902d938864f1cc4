//! For how long this office keeps texts of a kind: periods of its own, and who changes them (P-10; DOMAIN 6.5).
//!
//! - A shorter period counts at once, but nothing ends by it before the daily duty has announced that.
//! - A longer one waits for a second person.

use crate::domain::entry::Entry;
use crate::domain::kinds;
use crate::domain::policy::Periods;
use crate::domain::policy::cap_days;
use crate::engine::fold::ends;
use crate::engine::fold::keeping;
use crate::engine::rows::RowError;
use crate::engine::store::View;
use crate::name::OfficerId;
use crate::office::call::Call;
use crate::office::writer::Step;
use crate::time::DAY_MS;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::Role;

/// A period that was set or proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionSet {
    /// Index of the entry.
    pub index: u64,
    /// Whether a second person must agree first.
    pub proposed: bool,
}

/// What is done about a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetentionStep {
    /// Set it to so many days of 24 hours from release, or propose it.
    Set {
        /// The days.
        days: u32,
        /// Those in force that the officer has seen.
        seen: u32,
    },
    /// Agree to the one whose proposal has this index, or turn it down.
    Decide {
        /// Index of the entry of the proposal.
        proposal: u64,
        /// Whether to agree.
        agree: bool,
    },
}

impl RetentionStep {
    /// What is asked for with it.
    #[must_use]
    pub const fn call(self) -> Call {
        match self {
            Self::Set { .. } => Call::Retention,
            Self::Decide { .. } => Call::Decide,
        }
    }
}

/// Why a period is not set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RetentionRefused {
    /// The kind has no text that anybody could keep.
    #[error("a notice of this kind has no text")]
    NoText,
    /// No days, or more than anybody may keep such a text.
    #[error("a text of this kind may be kept from 1 to {cap} days")]
    Days {
        /// The most.
        cap: u32,
    },
    /// It is in force already.
    #[error("{0} days are in force already")]
    Same(u32),
    /// Others are in force than those that were looked at: what was meant to lengthen might shorten.
    #[error("{0} days are in force now")]
    OtherPeriod(u32),
    /// Nothing is proposed for the kind.
    #[error("no period is proposed for this kind")]
    NotProposed,
    /// Another period is proposed than the one that was looked at.
    #[error("entry {0} is not what is proposed now")]
    OtherProposal(u64),
    /// A second person is needed.
    #[error("{0} has proposed it and cannot agree to it")]
    OwnProposal(OfficerId),
    /// The proposer has no such right any more.
    #[error("{0}, who proposed it, is no data protection officer any more")]
    Proposer(OfficerId),
}

/// The periods in force.
///
/// # Errors
/// If a row cannot be read.
pub fn periods(view: &dyn View) -> Result<Periods, RowError> {
    each(view, |row| Some(row.days))
}

/// The periods by which texts may end now: none that is shorter than what was in force when the daily duty announced what
/// ends, and none that is shorter than what is in force.
pub(super) fn announced(view: &dyn View) -> Result<Periods, RowError> {
    let announced = ends::duties(view)?.announced;
    each(view, |row| match row.before_days {
        _ if row.index < announced => Some(row.days),
        0 => None,
        before => Some(before.max(row.days)),
    })
}

fn each(view: &dyn View, days: impl Fn(&wire::RetentionRow) -> Option<u32>) -> Result<Periods, RowError> {
    let mut periods = Periods::default();
    for kind in kinds::all() {
        if let Some(days) = keeping::retention(view, kind)?.and_then(|row| days(&row)) {
            periods = periods.with(kind, days);
        }
    }
    Ok(periods)
}

/// The periods of all kinds that have a text, and what is proposed.
///
/// # Errors
/// If a row cannot be read.
pub fn all(view: &dyn View) -> Result<Vec<wire::Retention>, RowError> {
    let mut all = vec![];
    for (kind, cap_days) in kinds::all().filter_map(|kind| Some((kind, cap_days(kind)?))) {
        let row = keeping::retention(view, kind)?;
        let proposal = keeping::retention_proposal(view, kind)?.unwrap_or_default();
        all.push(wire::Retention {
            kind: kind.into(),
            cap_days,
            days: row.as_ref().map_or(cap_days, |row| row.days),
            index: row.map_or(0, |row| row.index),
            proposed_days: proposal.days,
            proposer: proposal.proposer,
            proposal: proposal.index,
        });
    }
    Ok(all)
}

/// Days in force for a kind, and the most that are allowed; `None` for a kind without a text.
///
/// # Errors
/// If a row cannot be read.
pub fn in_force(view: &dyn View, kind: NoticeKind) -> Result<Option<(u32, u32)>, RowError> {
    let Some(cap) = cap_days(kind) else { return Ok(None) };
    Ok(Some((keeping::retention(view, kind)?.map_or(cap, |row| row.days), cap)))
}

impl Step<'_> {
    /// The periods in force.
    pub(super) fn periods(&self) -> Result<Periods, RowError> {
        periods(&self.rows)
    }

    /// A header that the office makes itself, with an end that its own period allows.
    pub(super) fn kept_here(&self, header: wire::NoticeHeader) -> Result<wire::NoticeHeader, RowError> {
        let Some(days) = self.periods()?.get(header.kind()) else { return Ok(header) };
        let until = self.now.plus_ms(i64::from(days) * DAY_MS);
        Ok(wire::NoticeHeader { expires_ms: Timestamp::clamped(header.expires_ms).min(until).ms(), ..header })
    }

    /// Sets a period, or decides about a longer one.
    pub(super) fn retention(
        &mut self,
        officer: &OfficerId,
        kind: NoticeKind,
        step: RetentionStep,
    ) -> Result<Result<RetentionSet, RetentionRefused>, RowError> {
        match step {
            RetentionStep::Set { days, seen } => self.set_retention(officer, kind, (days, seen)),
            RetentionStep::Decide { proposal, agree } => self.decide_retention(officer, (kind, proposal), agree),
        }
    }

    /// Sets a shorter period, or proposes a longer one.
    fn set_retention(
        &mut self,
        officer: &OfficerId,
        kind: NoticeKind,
        (days, seen): (u32, u32),
    ) -> Result<Result<RetentionSet, RetentionRefused>, RowError> {
        let Some((now, cap)) = in_force(&self.rows, kind)? else { return Ok(Err(RetentionRefused::NoText)) };
        if days == 0 || days > cap {
            return Ok(Err(RetentionRefused::Days { cap }));
        }
        if days == now {
            return Ok(Err(RetentionRefused::Same(days)));
        }
        if seen != now {
            return Ok(Err(RetentionRefused::OtherPeriod(now)));
        }
        let proposed = days > now;
        let entry = if proposed {
            Entry::retention_proposed(officer, kind, days)
        } else {
            Entry::retention_set(officer, kind, days, None)
        };
        Ok(Ok(RetentionSet { index: self.append(entry)?, proposed }))
    }

    /// Agrees to a longer period, or turns it down: the very one whose entry has this index.
    fn decide_retention(
        &mut self,
        officer: &OfficerId,
        (kind, index): (NoticeKind, u64),
        agree: bool,
    ) -> Result<Result<RetentionSet, RetentionRefused>, RowError> {
        let done = |index| Ok(RetentionSet { index, proposed: false });
        let Some(proposal) = keeping::retention_proposal(&self.rows, kind)? else {
            return Ok(Err(RetentionRefused::NotProposed));
        };
        if proposal.index != index {
            return Ok(Err(RetentionRefused::OtherProposal(index)));
        }
        if !agree {
            return self.append(Entry::retention_declined(officer, kind)).map(done);
        }
        if officer.as_str() == proposal.proposer {
            return Ok(Err(RetentionRefused::OwnProposal(officer.clone())));
        }
        let protectors = self.officers.holding(Role::DataProtectionOfficer, self.now);
        let proposer = protectors.map(|one| &one.enrolment.id).find(|id| id.as_str() == proposal.proposer).cloned();
        match proposer {
            Some(proposer) => {
                self.append(Entry::retention_set(officer, kind, proposal.days, Some(&proposer))).map(done)
            }
            None => match proposal.proposer.parse() {
                Ok(proposer) => Ok(Err(RetentionRefused::Proposer(proposer))),
                Err(_) => Ok(Err(RetentionRefused::NotProposed)),
            },
        }
    }
}
