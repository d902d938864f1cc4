//! How an officer got to see a text or a list, why, and whether a notice may leave the system (P-05, P-12).

use crate::domain::notice::Header;
use crate::domain::problem::Cause;
use crate::domain::text;
use crate::limits;
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire::ConsentDecision;
use crate::wire::ConsentOutcome;
use crate::wire::ConsentScope;
use crate::wire::Handling;
use crate::wire::NoticeKind;
use crate::wire::Tlp;

/// How an officer got to see a text or a list; code of an ACCESSED entry. Numbers are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Access {
    /// Opened it.
    View = 1,
    /// Took its envelopes out of the system.
    Export = 2,
    /// Printed it.
    Print = 3,
    /// Found it by words of its text.
    SearchHit = 4,
    /// Made counts that say nothing of a single notice; of no notice.
    Statistics = 5,
    /// Was shown a list of headers; of no single notice.
    List = 6,
}

/// A list that officers are shown: headers, no text. Its word is the note of the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// What was received.
    Inbox,
    /// What was issued.
    Outbox,
    /// Drafts, as far as the officer may see them.
    Drafts,
    /// What was received, and what arrives from then on: one entry when it begins. What arrives is in the log by itself.
    Arrivals,
    /// Texts that are to be reviewed.
    Reviews,
    /// Texts that end.
    Ends,
}

/// What an officer was shown that is about no single notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overview {
    /// A list.
    List {
        /// Which.
        list: List,
        /// How many rows of it.
        rows: u64,
    },
    /// Counts, for a reason.
    Statistics(Option<Why>),
}

impl Access {
    /// The access of a code; `None` for a code of another version.
    #[must_use]
    pub const fn of(code: u32) -> Option<Self> {
        match code {
            1 => Some(Self::View),
            2 => Some(Self::Export),
            3 => Some(Self::Print),
            4 => Some(Self::SearchHit),
            5 => Some(Self::Statistics),
            6 => Some(Self::List),
            _ => None,
        }
    }

    /// The message of `i18n/` that says it.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::View => "access-view",
            Self::Export => "access-export",
            Self::Print => "access-print",
            Self::SearchHit => "access-search",
            Self::Statistics => "access-statistics",
            Self::List => "access-list",
        }
    }

    /// Whether a text leaves the system with it.
    #[must_use]
    pub const fn leaves(self) -> bool {
        matches!(self, Self::Export | Self::Print)
    }

    /// Whether it is about one notice.
    #[must_use]
    pub const fn is_of_a_notice(self) -> bool {
        !matches!(self, Self::Statistics | Self::List)
    }

    /// Whether it needs a justification. Counts tell of nobody; to look through the office's own inbox or outbox, and to
    /// read what lies there, is its duty; to search all of it, or to take a text away, is more than that.
    #[must_use]
    pub const fn needs_why(self) -> bool {
        !matches!(self, Self::View | Self::Statistics | Self::List)
    }
}

impl List {
    const ALL: [Self; 6] = [Self::Inbox, Self::Outbox, Self::Drafts, Self::Arrivals, Self::Reviews, Self::Ends];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Inbox => "INBOX",
            Self::Outbox => "OUTBOX",
            Self::Drafts => "DRAFTS",
            Self::Arrivals => "ARRIVALS",
            Self::Reviews => "REVIEWS",
            Self::Ends => "ENDS",
        }
    }

    /// The list of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.word() == word)
    }

    /// Whether it may be shown with this many rows: an empty page shows nothing, but what may arrive is something.
    #[must_use]
    pub const fn may_have(self, rows: u64) -> bool {
        rows > 0 || matches!(self, Self::Arrivals)
    }
}

/// Why an officer wants to see a text: one line. Not for personal data of a data subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why(String);

/// Why there is no justification.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyError {
    /// There is none, and there must be.
    #[error("a justification is missing")]
    Missing,
    /// It says nothing.
    #[error("the justification is shorter than {} characters", limits::WHY_CHARS_MIN)]
    Short,
    /// Its form is wrong.
    #[error("the justification {0}")]
    Form(Cause),
}

impl Why {
    /// The justification that was given for an access; `None` where there is none and need not be.
    ///
    /// # Errors
    /// If there must be one, or its form is wrong.
    pub fn given(text: &str, access: Access) -> Result<Option<Self>, WhyError> {
        let text = text.trim();
        if text.is_empty() {
            return if access.needs_why() { Err(WhyError::Missing) } else { Ok(None) };
        }
        text::check_line(text, limits::WHY_CHARS).map_err(WhyError::Form)?;
        if text.chars().count() < limits::WHY_CHARS_MIN {
            return Err(WhyError::Short);
        }
        Ok(Some(Self(text.to_owned())))
    }

    /// The justification of what is never done without one.
    ///
    /// # Errors
    /// If there is none, or its form is wrong.
    pub fn needed(text: &str) -> Result<Self, WhyError> {
        Self::given(text, Access::Export)?.ok_or(WhyError::Missing)
    }

    /// The line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a notice may be exported or printed at this office without consent (P-05): another office's notice with H2, or
/// with TLP AMBER+STRICT and stricter, may not; nor may a forward of one, whoever passes it on.
#[must_use]
pub fn may_leave(header: &Header, me: OfficeCode) -> bool {
    let strict =
        matches!(header.terms.tlp, Tlp::AmberStrict | Tlp::Red) || header.terms.handling.contains(&Handling::H2);
    let is_own = header.from == me && header.terms.kind != NoticeKind::Forward;
    is_own || !strict
}

/// Until when a decision is a consent; `None` if it is none, or not any more. The text of the notice that holds it ends
/// with that notice, and what nobody can read any more does not count.
#[must_use]
pub fn consents_until(decision: &ConsentDecision, holder: &Header, now: Timestamp) -> Option<Timestamp> {
    let grants = matches!(decision.outcome(), ConsentOutcome::Granted | ConsentOutcome::Partial)
        && decision.scope() != ConsentScope::Unspecified;
    let until = Timestamp::clamped(decision.expires_ms).min(holder.terms.expires);
    Some(until).filter(|until| grants && *until > now)
}

/// Whether a notice must not be used in court without consent (P-06).
#[must_use]
pub fn not_for_court(header: &Header) -> bool {
    header.terms.handling.contains(&Handling::H1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_view_a_list_and_counts_need_no_justification() {
        for access in [Access::View, Access::Statistics, Access::List] {
            assert_eq!(Why::given(" ", access), Ok(None));
        }
        for access in [Access::Export, Access::Print, Access::SearchHit] {
            assert_eq!(Why::given(" ", access), Err(WhyError::Missing));
        }
        for (text, error) in [
            ("ab", WhyError::Short),
            ("two\nlines", WhyError::Form(Cause::Character)),
            ("bell\u{7}", WhyError::Form(Cause::Character)),
            (&"x".repeat(201), WhyError::Form(Cause::Long { max: 200 })),
        ] {
            assert_eq!(Why::given(text, Access::View), Err(error), "{text}");
        }
        assert_eq!(Why::given(" Дело 7 ", Access::Print).unwrap().unwrap().as_str(), "Дело 7");
    }

    #[test]
    fn codes_are_read_back() {
        for access in [Access::View, Access::Export, Access::Print, Access::SearchHit, Access::Statistics, Access::List]
        {
            assert_eq!(Access::of(access as u32), Some(access));
        }
        assert_eq!((Access::of(0), Access::of(7)), (None, None));
        for list in List::ALL {
            assert_eq!(List::of(list.word()), Some(list));
        }
        assert_eq!(List::of("inbox"), None);
    }

    proptest! {
        #[test]
        fn what_is_taken_is_one_line_in_bounds(text in "\\PC{0,220}|.{0,10}") {
            if let Ok(Some(why)) = Why::given(&text, Access::Export) {
                let count = why.as_str().chars().count();
                prop_assert!((3..=200).contains(&count) && !why.as_str().chars().any(char::is_control));
            }
        }
    }
}
