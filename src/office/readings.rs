//! Readings under break-glass: an auditor asks for one text, a data-protection officer decides, and the text may be opened
//! for a day (DOMAIN 6.5). Nobody decides what he has asked himself; each opening is an entry that names the decision.

use crate::domain::access::Why;
use crate::domain::entry::Entry;
use crate::domain::reading::Reading;
use crate::domain::reading::State;
use crate::domain::reading::Verdict;
use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::readings;
use crate::engine::store::View;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::office::call::Call;
use crate::office::officers::Officers;
use crate::office::read;
use crate::office::writer::Step;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::ReadingState;
use crate::wire::Role;

/// What is done about a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadingStep {
    /// Ask for it.
    Ask {
        /// The text of which notice.
        notice: Digest,
        /// Why.
        why: Why,
    },
    /// Decide it.
    Decide {
        /// Index of the entry that asks.
        request: u64,
        /// What of it.
        verdict: Verdict,
    },
    /// Write that the text is about to be seen.
    Open {
        /// Of which notice.
        notice: Digest,
        /// The corrections and withdrawals that are shown with it.
        amendments: Vec<Digest>,
    },
}

impl ReadingStep {
    /// What is asked of the office with it.
    #[must_use]
    pub const fn call(&self) -> Call {
        match self {
            Self::Ask { .. } => Call::AskReading,
            Self::Decide { .. } => Call::DecideReading,
            Self::Open { .. } => Call::OpenGranted,
        }
    }
}

/// Why it is not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadingRefused {
    /// There is no text here: the kind has none, or it is gone.
    #[error("there is no text of this notice here")]
    NoText,
    /// This officer has asked already.
    #[error("a request to read {0} waits already")]
    Waits(Reference),
    /// This officer may open it already.
    #[error("{0} may be opened already")]
    Granted(Reference),
    /// There is nobody else who could decide.
    #[error("no other officer could decide it")]
    Nobody,
    /// This officer has too many.
    #[error("an officer has at most {max} requests", max = limits::BREAK_GLASS_EACH)]
    OwnFull,
    /// There are too many.
    #[error("an office has at most {max} requests", max = limits::BREAK_GLASS)]
    Full,
    /// No such request waits.
    #[error("no request with the entry {0} waits")]
    NotAsked(u64),
    /// It was decided before.
    #[error("{by} has decided the request {index} already")]
    Decided {
        /// Index of its entry.
        index: u64,
        /// Who.
        by: OfficerId,
    },
    /// Nobody decides what he has asked himself.
    #[error("you have asked this yourself")]
    Own(Vec<OfficerId>),
    /// Nothing allows this officer to open it.
    #[error("no granted request to read {0} counts")]
    NotGranted(Reference),
}

/// Officers who may decide what this one asks.
#[must_use]
pub fn deciders(officers: &Officers, asks: &OfficerId, now: Timestamp) -> Vec<OfficerId> {
    let holding = officers.holding(Role::DataProtectionOfficer, now).map(|one| &one.enrolment.id);
    holding.filter(|id| *id != asks).cloned().collect()
}

/// Requests that wait, count or were refused of late, in the order of the log; those whose text is gone are left out.
///
/// # Errors
/// If a row cannot be read.
pub fn list(view: &dyn View, now: Timestamp) -> Result<Vec<wire::Reading>, RowError> {
    let mut list = vec![];
    for (index, reading) in readings::all(view)? {
        if read::has_text(view, reading.notice)? {
            list.extend(shown(view, index, &reading, now)?);
        }
    }
    Ok(list)
}

/// The newest of them of an officer about a notice.
///
/// # Errors
/// If a row cannot be read.
pub fn newest(
    view: &dyn View,
    officer: &OfficerId,
    notice: Digest,
    now: Timestamp,
) -> Result<Option<wire::Reading>, RowError> {
    let found = readings::all(view)?;
    let newest = found.iter().rfind(|(_, reading)| reading.officer == *officer && reading.notice == notice);
    newest.map_or(Ok(None), |(index, reading)| shown(view, *index, reading, now))
}

/// One of them; `None` once it counts no more.
///
/// # Errors
/// If a row cannot be read.
pub fn one(view: &dyn View, index: u64, now: Timestamp) -> Result<Option<wire::Reading>, RowError> {
    readings::row(view, index)?.map_or(Ok(None), |reading| shown(view, index, &reading, now))
}

fn shown(view: &dyn View, index: u64, reading: &Reading, now: Timestamp) -> Result<Option<wire::Reading>, RowError> {
    let (state, until) = match reading.state(now) {
        State::Waits(until) => (ReadingState::Waits, until.ms()),
        State::Granted(until) => (ReadingState::Granted, until.ms()),
        State::Refused(_) => (ReadingState::Refused, 0),
        State::Over => return Ok(None),
    };
    let notice = rows::envelope::<SealedNotice>(view, reading.notice)?;
    let header = &notice.claim().header;
    let decision = reading.decision.as_ref();
    let (digest, reference) = (reading.notice.0.to_vec(), header.reference.to_string());
    Ok(Some(wire::Reading {
        index,
        officer: reading.officer.to_string(),
        notice: Some(wire::NoticeName { digest, reference }),
        kind: header.terms.kind.into(),
        why: reading.why.clone(),
        asked_ms: reading.asked.ms(),
        state: state.into(),
        until_ms: until,
        decided_by: decision.map(|decision| decision.by.to_string()).unwrap_or_default(),
        decided_ms: decision.map_or(0, |decision| decision.at.ms()),
        reason: decision.map(|decision| decision.reason.clone()).unwrap_or_default(),
    }))
}

impl Step<'_> {
    /// Does what is asked about a reading; index of the entry of the request.
    pub(super) fn reading(
        &mut self,
        officer: &OfficerId,
        step: ReadingStep,
    ) -> Result<Result<u64, ReadingRefused>, RowError> {
        match step {
            ReadingStep::Ask { notice, why } => self.ask_reading(officer, notice, &why),
            ReadingStep::Decide { request, verdict } => self.decide_reading(officer, request, &verdict),
            ReadingStep::Open { notice, amendments } => self.open_granted(officer, notice, &amendments),
        }
    }

    fn ask_reading(
        &mut self,
        officer: &OfficerId,
        notice: Digest,
        why: &Why,
    ) -> Result<Result<u64, ReadingRefused>, RowError> {
        let Some(reference) = self.readable(notice)? else { return Ok(Err(ReadingRefused::NoText)) };
        let (mut count, mut own) = (0, 0);
        for (_, before) in readings::all(&self.rows)? {
            let is_own = before.officer == *officer;
            let is_same = is_own && before.notice == notice;
            match before.state(self.now) {
                State::Waits(_) if is_same => return Ok(Err(ReadingRefused::Waits(reference))),
                State::Granted(_) if is_same => return Ok(Err(ReadingRefused::Granted(reference))),
                State::Waits(_) | State::Granted(_) if read::has_text(&self.rows, before.notice)? => {
                    count += 1;
                    own += usize::from(is_own);
                }
                // What was refused takes no place, nor does what nobody can read any more.
                _ => {}
            }
        }
        if own >= limits::BREAK_GLASS_EACH {
            return Ok(Err(ReadingRefused::OwnFull));
        }
        if count >= limits::BREAK_GLASS {
            return Ok(Err(ReadingRefused::Full));
        }
        if deciders(&self.officers, officer, self.now).is_empty() {
            return Ok(Err(ReadingRefused::Nobody));
        }
        self.append(Entry::reading_asked(officer, notice, why)).map(Ok)
    }

    fn decide_reading(
        &mut self,
        officer: &OfficerId,
        request: u64,
        verdict: &Verdict,
    ) -> Result<Result<u64, ReadingRefused>, RowError> {
        let Some(reading) = readings::row(&self.rows, request)? else {
            return Ok(Err(ReadingRefused::NotAsked(request)));
        };
        if let Some(decision) = reading.decision {
            return Ok(Err(ReadingRefused::Decided { index: request, by: decision.by }));
        }
        if reading.is_over(self.now) {
            return Ok(Err(ReadingRefused::NotAsked(request)));
        }
        if reading.officer == *officer {
            return Ok(Err(ReadingRefused::Own(deciders(&self.officers, officer, self.now))));
        }
        if *verdict == Verdict::Granted && self.readable(reading.notice)?.is_none() {
            return Ok(Err(ReadingRefused::NoText));
        }
        self.append(Entry::reading_decided(officer, request, &reading, verdict))?;
        Ok(Ok(request))
    }

    /// An entry for the notice and for each of its corrections that is shown with it, once it may be opened.
    fn open_granted(
        &mut self,
        officer: &OfficerId,
        notice: Digest,
        amendments: &[Digest],
    ) -> Result<Result<u64, ReadingRefused>, RowError> {
        let Some(reference) = self.readable(notice)? else { return Ok(Err(ReadingRefused::NoText)) };
        let found = readings::all(&self.rows)?.into_iter().find(|(_, reading)| {
            let is_it = reading.officer == *officer && reading.notice == notice;
            is_it && matches!(reading.state(self.now), State::Granted(_))
        });
        let Some((index, Reading { decision: Some(decision), why, .. })) = found else {
            return Ok(Err(ReadingRefused::NotGranted(reference)));
        };
        for seen in std::iter::once(&notice).chain(amendments) {
            self.append(Entry::read_granted(officer, *seen, decision.index, &why))?;
        }
        Ok(Ok(index))
    }

    /// The reference of a notice whose text is here.
    fn readable(&self, notice: Digest) -> Result<Option<Reference>, RowError> {
        if !read::has_text(&self.rows, notice)? {
            return Ok(None);
        }
        Ok(Some(rows::envelope::<SealedNotice>(&self.rows, notice)?.claim().header.reference))
    }
}
