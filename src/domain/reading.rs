//! A request to read a text under break-glass (DOMAIN 6.5): an auditor asks, a data-protection officer decides, and the one
//! notice may be opened for a day. What ends by time ends by itself: nothing is written for it.

use crate::domain::access::Access;
use crate::domain::access::Why;
use crate::limits;
use crate::name::Digest;
use crate::name::NameError;
use crate::name::OfficerId;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::EntryKind;

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The text may be opened.
    Granted,
    /// It may not, for this reason.
    Refused(Why),
}

impl Verdict {
    /// Code of an entry that grants.
    pub const GRANTED: u32 = 1;
    /// Code of one that refuses.
    pub const REFUSED: u32 = 2;

    /// Code of the entry.
    #[must_use]
    pub const fn code(&self) -> u32 {
        match self {
            Self::Granted => Self::GRANTED,
            Self::Refused(_) => Self::REFUSED,
        }
    }

    /// Note of the entry: why it is refused.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Granted => "",
            Self::Refused(why) => why.as_str(),
        }
    }
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Index of its entry.
    pub index: u64,
    /// Who decided.
    pub by: OfficerId,
    /// When.
    pub at: Timestamp,
    /// Whether the text may be opened.
    pub granted: bool,
    /// Why not.
    pub reason: String,
}

/// A request, and what was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Who asks.
    pub officer: OfficerId,
    /// What is to be read.
    pub notice: Digest,
    /// Why.
    pub why: String,
    /// When it was asked.
    pub asked: Timestamp,
    /// The decision; `None` while there is none.
    pub decision: Option<Decision>,
}

/// How far a request has come at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits for a decision until then.
    Waits(Timestamp),
    /// The text may be opened until then.
    Granted(Timestamp),
    /// It was refused; that is shown until then.
    Refused(Timestamp),
    /// It counts no more: nobody decided, or its time has passed.
    Over,
}

impl Reading {
    /// How far it has come.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> State {
        let state = match &self.decision {
            None => State::Waits(self.asked.plus_ms(limits::BREAK_GLASS_WAITS_MS)),
            Some(decision) if decision.granted => State::Granted(decision.at.plus_ms(limits::BREAK_GLASS_MS)),
            Some(decision) => State::Refused(decision.at.plus_ms(limits::BREAK_GLASS_WAITS_MS)),
        };
        let (State::Waits(until) | State::Granted(until) | State::Refused(until)) = state else { return state };
        if now < until { state } else { State::Over }
    }

    /// Whether it counts no more.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.state(now) == State::Over
    }

    /// As a row has it.
    ///
    /// # Errors
    /// If an officer or the notice has no name.
    pub fn read(row: &wire::ReadingRow) -> Result<Self, NameError> {
        let decision = if row.decided == 0 {
            None
        } else {
            Some(Decision {
                index: row.decided,
                by: row.decided_by.parse()?,
                at: Timestamp::clamped(row.decided_ms),
                granted: row.granted,
                reason: row.reason.clone(),
            })
        };
        Ok(Self {
            officer: row.officer.parse()?,
            notice: Digest::try_from(row.notice.as_slice())?,
            why: row.why.clone(),
            asked: Timestamp::clamped(row.asked_ms),
            decision,
        })
    }

    /// The row of it.
    #[must_use]
    pub fn row(&self) -> wire::ReadingRow {
        let decision = self.decision.as_ref();
        wire::ReadingRow {
            officer: self.officer.to_string(),
            notice: self.notice.0.to_vec(),
            why: self.why.clone(),
            asked_ms: self.asked.ms(),
            decided: decision.map_or(0, |decision| decision.index),
            decided_ms: decision.map_or(0, |decision| decision.at.ms()),
            decided_by: decision.map(|decision| decision.by.to_string()).unwrap_or_default(),
            granted: decision.is_some_and(|decision| decision.granted),
            reason: decision.map(|decision| decision.reason.clone()).unwrap_or_default(),
        }
    }
}

impl wire::Entry {
    /// Whether it is about a reading under break-glass: asked, decided or used.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        match self.kind() {
            EntryKind::ReadingAsked | EntryKind::ReadingDecided => true,
            EntryKind::Accessed => Access::of(self.code) == Some(Access::View) && self.sequence > 0,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn asked(asked: i64, decided: Option<(i64, bool)>) -> Reading {
        Reading {
            officer: "UZ-ALT-U01".parse().unwrap(),
            notice: Digest([7; 32]),
            why: "case 7".to_owned(),
            asked: Timestamp::clamped(asked),
            decision: decided.map(|(at, granted)| Decision {
                index: 9,
                by: "UZ-ALT-D01".parse().unwrap(),
                at: Timestamp::clamped(at),
                granted,
                reason: if granted { String::new() } else { "not needed".to_owned() },
            }),
        }
    }

    #[test]
    fn it_waits_a_week_counts_a_day_and_is_over_at_the_limit() {
        let at = |ms: i64| Timestamp::clamped(ms);
        let (week, day) = (limits::BREAK_GLASS_WAITS_MS, limits::BREAK_GLASS_MS);
        let waits = asked(5, None);
        assert_eq!(waits.state(at(5 + week - 1)), State::Waits(at(5 + week)));
        assert_eq!(waits.state(at(5 + week)), State::Over);
        let granted = asked(5, Some((100, true)));
        assert_eq!(granted.state(at(100 + day - 1)), State::Granted(at(100 + day)));
        assert_eq!(granted.state(at(100 + day)), State::Over);
        let refused = asked(5, Some((100, false)));
        assert_eq!(refused.state(at(100 + week - 1)), State::Refused(at(100 + week)));
        assert!(refused.is_over(at(100 + week)));
    }

    proptest! {
        #[test]
        fn a_row_says_all_of_it_and_time_only_ends_it(
            (a, d, granted, is_decided) in (0_i64..1 << 40, 0_i64..1 << 40, any::<bool>(), any::<bool>()),
            (first, later) in (0_i64..1 << 41, 0_i64..1 << 41),
        ) {
            let reading = asked(a, is_decided.then_some((d, granted)));
            prop_assert_eq!(Reading::read(&reading.row()), Ok(reading.clone()));
            let (first, later) = (first.min(later), first.max(later));
            let states = [first, later].map(|ms| reading.state(Timestamp::clamped(ms)));
            prop_assert!(states[1] == states[0] || states[1] == State::Over);
            let opens = matches!(states[0], State::Granted(_));
            prop_assert!(!opens || (is_decided && granted && first < d + limits::BREAK_GLASS_MS));
        }
    }
}
