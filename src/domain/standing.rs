//! Where a notice stands: a reading of what is known about it and of what relates to it (DOMAIN 6.4).
//!
//! Not delivery: what the receipts say is handed in. Nothing here is kept; the log is what counts.
//!
//! - Only an addressee acknowledges and answers, only the originator corrects and withdraws.
//! - What is real and what is an exercise or a test never touch each other (P-16).
//! - Deadlines run from receipt by the addressee's node (P-19).

mod pace;

use crate::domain::forward;
use crate::domain::kinds::Answer;
use crate::domain::kinds::Kind;
use crate::domain::kinds::deadlines::Deadlines;
use crate::domain::notice::Header;
use crate::domain::policy;
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire::Awaited;
use crate::wire::NoticeBody;
use crate::wire::NoticeKind;
use crate::wire::NoticeState;
use crate::wire::RelationKind;
use crate::wire::ReplyOutcome;
use crate::wire::Traffic;
use crate::wire::Urgency;

pub use pace::Pace;
pub use pace::Reached;

/// A notice, as far as its standing depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What it is; of a forward, what it passes on.
    pub kind: NoticeKind,
    /// How urgent.
    pub urgency: Urgency,
    /// Real, exercise or test.
    pub traffic: Traffic,
    /// Whose it is.
    pub from: OfficeCode,
    /// Addressees that are to act.
    pub to: Vec<OfficeCode>,
    /// When it was released.
    pub released: Timestamp,
    /// Whether it answers an earlier one, so that nothing but a note of it is awaited.
    pub is_answer: bool,
}

/// What the text of a notice adds to its header; code of the entry that it came with, for the text ends before the log
/// does. Numbers are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Nothing that matters here.
    Nothing,
    /// A correction that only confirms an emergency release: the text stays.
    Confirms,
    /// A reply that is not the last one.
    Interim,
    /// A forward of a notice of this kind; it is answered as that one is.
    Forwards(NoticeKind),
}

/// Code of an entry with a correction that confirms.
const CONFIRMS: u32 = 1;
/// Code of an entry with a reply that is not the last one.
const INTERIM: u32 = 2;
/// Code of an entry with a forward, less the number of the kind that is passed on.
const FORWARDS: u32 = 100;

impl Says {
    /// What a text of this kind says.
    #[must_use]
    pub fn of(kind: NoticeKind, body: &NoticeBody) -> Self {
        let is_interim = || body.reply.as_ref().is_some_and(|reply| reply.outcome() == ReplyOutcome::Interim);
        match kind {
            NoticeKind::Correction if policy::confirms(Some(body)) => Self::Confirms,
            NoticeKind::Reply if is_interim() => Self::Interim,
            NoticeKind::Forward => match body.forward.as_ref().map(forward::read) {
                Some(Ok(passed_on)) => Self::Forwards(passed_on.header().terms.kind),
                _ => Self::Nothing,
            },
            _ => Self::Nothing,
        }
    }

    /// The code of the entry that a notice came with.
    #[must_use]
    pub fn code(self) -> u32 {
        match self {
            Self::Nothing => 0,
            Self::Confirms => CONFIRMS,
            Self::Interim => INTERIM,
            Self::Forwards(kind) => FORWARDS.saturating_add(i32::from(kind).unsigned_abs()),
        }
    }

    /// What the code of an entry about a notice of this kind says; `None` if there is no such code.
    #[must_use]
    pub fn of_code(kind: NoticeKind, code: u32) -> Option<Self> {
        match (kind, code) {
            (_, 0) => Some(Self::Nothing),
            (NoticeKind::Correction, CONFIRMS) => Some(Self::Confirms),
            (NoticeKind::Reply, INTERIM) => Some(Self::Interim),
            (NoticeKind::Forward, _) => {
                let number = code.checked_sub(FORWARDS).and_then(|number| i32::try_from(number).ok())?;
                NoticeKind::try_from(number).ok().map(Self::Forwards)
            }
            _ => None,
        }
    }

    /// The kind as which a notice of this kind is answered.
    #[must_use]
    pub const fn answered_as(self, kind: NoticeKind) -> NoticeKind {
        if let Self::Forwards(passed_on) = self { passed_on } else { kind }
    }
}

/// A notice that relates to the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Related {
    /// Whose it is.
    pub from: OfficeCode,
    /// What it is.
    pub kind: NoticeKind,
    /// Real, exercise or test.
    pub traffic: Traffic,
    /// What it does to the subject.
    pub relation: RelationKind,
    /// What its text adds.
    pub says: Says,
}

/// What a related notice is for the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// An officer took note.
    Acknowledges,
    /// A reply that is not the last one.
    Interim,
    /// The answer.
    Answers,
    /// Another text.
    Corrects,
    /// A second officer stands by an emergency release.
    Confirms,
    /// It does not count any more.
    Withdraws,
}

/// How far one office has come with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// It has acknowledged.
    pub acknowledged: bool,
    /// It has answered.
    pub answered: bool,
    /// Interim replies.
    pub interim: u32,
}

/// What its delivery says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// On its way, or held back.
    Queued,
    /// The addressee's node has had it since.
    Delivered(Timestamp),
    /// It was rejected, or the office does not take part any more.
    Undeliverable,
}

/// What an office did at its own desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Desk {
    /// An officer takes care of it.
    pub taken: bool,
    /// It is closed.
    pub closed: bool,
    /// The originator has withdrawn it.
    pub withdrawn: bool,
}

/// Where it stands with one office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// How far it has come.
    pub state: NoticeState,
    /// What is awaited next, if anything is.
    pub waits: Option<Waits>,
}

/// What is awaited of an office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// What.
    pub what: Awaited,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub due: Timestamp,
}

/// What an addressee owes.
#[derive(Clone, Copy, Debug, Default)]
struct Owed {
    /// That an officer takes note.
    note: bool,
    /// An answer.
    answer: bool,
}

impl Waits {
    /// Whether its time has passed.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        now > self.due
    }
}

/// Whether two notices may touch each other: what is real, or what is not.
#[must_use]
pub fn same_traffic(one: Traffic, other: Traffic) -> bool {
    (one == Traffic::Actual) == (other == Traffic::Actual)
}

impl Subject {
    /// The subject of a header, and of what the text adds to it.
    #[must_use]
    pub fn of(header: &Header, says: Says) -> Self {
        let terms = &header.terms;
        let link = Kind::of(terms.kind).and_then(|row| row.link);
        // To pass something on answers nobody.
        let answers = |kind| kind != RelationKind::Forwards && link.is_some_and(|link| link.relations.contains(&kind));
        Self {
            kind: says.answered_as(terms.kind),
            urgency: terms.urgency,
            traffic: terms.traffic,
            from: header.from,
            to: terms.to.clone(),
            released: header.released,
            is_answer: terms.relations.iter().any(|one| answers(one.kind)),
        }
    }

    /// What a related notice is for this one; `None` if its relation says nothing about where this one stands.
    #[must_use]
    pub fn act(&self, related: &Related) -> Option<Act> {
        let link = Kind::of(related.kind)?.link?;
        let fits = link.relations.contains(&related.relation)
            && (link.towards.is_empty() || link.towards.contains(&self.kind))
            && same_traffic(self.traffic, related.traffic);
        if !fits {
            return None;
        }
        let by_originator = related.from == self.from;
        match related.kind {
            NoticeKind::Correction | NoticeKind::Withdrawal if !by_originator => None,
            NoticeKind::Correction if related.says == Says::Confirms => Some(Act::Confirms),
            NoticeKind::Correction => Some(Act::Corrects),
            NoticeKind::Withdrawal => Some(Act::Withdraws),
            // What an originator says about its own notice is no answer to it; a request for consent is none either, nor is it
            // one to pass it on.
            NoticeKind::ConsentRequest | NoticeKind::Forward => None,
            _ if by_originator => None,
            NoticeKind::Acknowledgement => Some(Act::Acknowledges),
            NoticeKind::Reply if related.says == Says::Interim => Some(Act::Interim),
            _ => Some(Act::Answers),
        }
    }

    /// How far an office has come, by what of it relates to this.
    pub fn progress<'a>(&self, office: OfficeCode, related: impl IntoIterator<Item = &'a Related>) -> Progress {
        let mut progress = Progress::default();
        for one in related.into_iter().filter(|one| one.from == office) {
            match self.act(one) {
                Some(Act::Acknowledges) => progress.acknowledged = true,
                Some(Act::Answers) => progress.answered = true,
                Some(Act::Interim) => progress.interim = progress.interim.saturating_add(1),
                _ => {}
            }
        }
        progress
    }

    /// Where an issued notice stands with an addressee.
    #[must_use]
    pub fn issued(&self, office: OfficeCode, delivery: Delivery, progress: Progress, desk: Desk) -> Side {
        let state = match delivery {
            Delivery::Undeliverable => NoticeState::Undeliverable,
            _ if desk.closed => NoticeState::Closed,
            _ if progress.answered => NoticeState::Actioned,
            _ if progress.acknowledged => NoticeState::Acknowledged,
            Delivery::Delivered(_) => NoticeState::Delivered,
            Delivery::Queued => NoticeState::Queued,
        };
        let waits = match delivery {
            Delivery::Undeliverable => None,
            Delivery::Delivered(since) => self.waits(office, since, progress, desk),
            // What was answered has arrived, although its receipt has not.
            Delivery::Queued if progress.acknowledged || progress.answered => {
                self.waits(office, self.released, progress, desk)
            }
            Delivery::Queued => self.waits_for_receipt(desk),
        };
        Side { state, waits }
    }

    /// Where a received notice stands at the desk of this office.
    #[must_use]
    pub fn received(&self, office: OfficeCode, since: Timestamp, progress: Progress, desk: Desk) -> Side {
        let state = match () {
            () if desk.closed => NoticeState::Closed,
            () if progress.answered => NoticeState::Answered,
            () if progress.acknowledged => NoticeState::Acknowledged,
            () if desk.taken => NoticeState::Taken,
            () => NoticeState::New,
        };
        Side { state, waits: self.waits(office, since, progress, desk) }
    }

    fn waits_for_receipt(&self, desk: Desk) -> Option<Waits> {
        let deadlines = Deadlines::of(self.urgency).filter(|_| !desk.closed)?;
        let due = self.released.plus_ms(deadlines.receipt_ms);
        Some(Waits { what: Awaited::Receipt, since: self.released, due })
    }

    /// What is awaited of an office that has had it since then.
    fn waits(&self, office: OfficeCode, since: Timestamp, progress: Progress, desk: Desk) -> Option<Waits> {
        if desk.closed || progress.answered {
            return None;
        }
        let deadlines = Deadlines::of(self.urgency)?;
        let Owed { note, answer } = self.owed(office, desk.withdrawn);
        let (what, within_ms) = if note && !progress.acknowledged {
            (Awaited::Acknowledgement, deadlines.acknowledgement_ms)
        } else if answer {
            (Awaited::Answer, deadlines.reply_ms)
        } else {
            return None;
        };
        Some(Waits { what, since, due: since.plus_ms(within_ms) })
    }

    /// What an office that has it owes, from the first to the last.
    fn owed(&self, office: OfficeCode, withdrawn: bool) -> Owed {
        let Some(row) = Kind::of(self.kind) else { return Owed::default() };
        // A copy is for information.
        let acts = self.to.contains(&office) && !self.is_answer && !withdrawn;
        let answers = !matches!(row.answer, Answer::Nothing | Answer::Acknowledgement | Answer::FeedbackOnHit);
        Owed { note: row.must_acknowledge || acts && row.answer != Answer::Nothing, answer: acts && answers }
    }
}

#[cfg(test)]
mod tests;
