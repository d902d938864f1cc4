//! The kinds of notices: which part of the body each has, and its word on the command line.
//!
//! Not the rules of policy about a kind. A kind without a row is not offered: it can neither be sent nor accepted.

use crate::wire::NoticeBody;
use crate::wire::NoticeKind;
use crate::wire::json::Word as _;

/// What is particular to a kind of notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The one part that its body has besides what all bodies have; `None` if the kind has no body.
    pub part: Option<Part>,
}

/// A part of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Of an alert for a vehicle, a person or cargo.
    Alert,
    /// Of a decision on consent.
    ConsentDecision,
    /// Of a request for consent.
    ConsentRequest,
    /// Of a controlled delivery.
    ControlledDelivery,
    /// Of a coordination.
    Coordination,
    /// Of a correction.
    Correction,
    /// Of an alert for a document.
    DocumentAlert,
    /// Of a feedback.
    Feedback,
    /// Of a modus operandi.
    ModusOperandi,
    /// Of an alert for a precursor.
    Precursor,
    /// Of a refusal.
    Refusal,
    /// Of a reply.
    Reply,
    /// Of a request for information.
    Request,
    /// Of a seizure report.
    Seizure,
    /// Of a suspicious consignment.
    Suspicion,
    /// Of a withdrawal.
    Withdrawal,
}

impl Kind {
    /// The row of a kind; `None` for a kind that this version does not offer.
    #[must_use]
    pub const fn of(kind: NoticeKind) -> Option<Self> {
        let part = match kind {
            NoticeKind::Unspecified | NoticeKind::Forward => return None,
            NoticeKind::Acknowledgement => return Some(Self { part: None }),
            NoticeKind::SeizureReport => Part::Seizure,
            NoticeKind::SuspiciousConsignment => Part::Suspicion,
            NoticeKind::VehicleAlert | NoticeKind::PersonAlert | NoticeKind::CargoAlert => Part::Alert,
            NoticeKind::DocumentAlert => Part::DocumentAlert,
            NoticeKind::PrecursorAlert => Part::Precursor,
            NoticeKind::ModusOperandi => Part::ModusOperandi,
            NoticeKind::RequestForInformation => Part::Request,
            NoticeKind::Reply => Part::Reply,
            NoticeKind::Refusal => Part::Refusal,
            NoticeKind::Feedback => Part::Feedback,
            NoticeKind::ControlledDelivery => Part::ControlledDelivery,
            NoticeKind::Coordination => Part::Coordination,
            NoticeKind::Correction => Part::Correction,
            NoticeKind::Withdrawal => Part::Withdrawal,
            NoticeKind::ConsentRequest => Part::ConsentRequest,
            NoticeKind::ConsentDecision => Part::ConsentDecision,
        };
        Some(Self { part: Some(part) })
    }
}

/// Whether a kind passes to and from a SUSPENDED office (P-11).
#[must_use]
pub const fn passes_suspension(kind: NoticeKind) -> bool {
    matches!(kind, NoticeKind::Acknowledgement | NoticeKind::Correction | NoticeKind::Withdrawal)
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 16] = [
        Self::Alert,
        Self::ConsentDecision,
        Self::ConsentRequest,
        Self::ControlledDelivery,
        Self::Coordination,
        Self::Correction,
        Self::DocumentAlert,
        Self::Feedback,
        Self::ModusOperandi,
        Self::Precursor,
        Self::Refusal,
        Self::Reply,
        Self::Request,
        Self::Seizure,
        Self::Suspicion,
        Self::Withdrawal,
    ];

    /// Its name in a draft.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::ConsentDecision => "consent_decision",
            Self::ConsentRequest => "consent_request",
            Self::ControlledDelivery => "controlled_delivery",
            Self::Coordination => "coordination",
            Self::Correction => "correction",
            Self::DocumentAlert => "document_alert",
            Self::Feedback => "feedback",
            Self::ModusOperandi => "modus_operandi",
            Self::Precursor => "precursor_alert",
            Self::Refusal => "refusal",
            Self::Reply => "reply",
            Self::Request => "request",
            Self::Seizure => "seizure",
            Self::Suspicion => "suspicious_consignment",
            Self::Withdrawal => "withdrawal",
        }
    }

    /// Whether a body has it.
    #[must_use]
    pub const fn is_in(self, body: &NoticeBody) -> bool {
        match self {
            Self::Alert => body.alert.is_some(),
            Self::ConsentDecision => body.consent_decision.is_some(),
            Self::ConsentRequest => body.consent_request.is_some(),
            Self::ControlledDelivery => body.controlled_delivery.is_some(),
            Self::Coordination => body.coordination.is_some(),
            Self::Correction => body.correction.is_some(),
            Self::DocumentAlert => body.document_alert.is_some(),
            Self::Feedback => body.feedback.is_some(),
            Self::ModusOperandi => body.modus_operandi.is_some(),
            Self::Precursor => body.precursor.is_some(),
            Self::Refusal => body.refusal.is_some(),
            Self::Reply => body.reply.is_some(),
            Self::Request => body.request.is_some(),
            Self::Seizure => body.seizure.is_some(),
            Self::Suspicion => body.suspicion.is_some(),
            Self::Withdrawal => body.withdrawal.is_some(),
        }
    }
}

/// The parts that a body has.
#[must_use]
pub fn parts_of(body: &NoticeBody) -> Vec<Part> {
    Part::ALL.into_iter().filter(|part| part.is_in(body)).collect()
}

/// The word of a kind on the command line, such as `seizure-report`.
#[must_use]
pub fn word(kind: NoticeKind) -> String {
    kind.word().to_ascii_lowercase().replace('_', "-")
}

/// The kind of a word, if it is offered.
#[must_use]
pub fn from_word(word: &str) -> Option<NoticeKind> {
    offered().find(|kind| self::word(*kind) == word)
}

/// The kinds that this version offers, in the order of their numbers.
pub fn offered() -> impl Iterator<Item = NoticeKind> {
    (1..).map_while(|number| NoticeKind::try_from(number).ok()).filter(|kind| Kind::of(*kind).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_the_offered_kinds() {
        assert_eq!(offered().count(), 19);
        for kind in offered() {
            assert_eq!(from_word(&word(kind)), Some(kind));
        }
        assert_eq!(word(NoticeKind::SeizureReport), "seizure-report");
        for bad in ["forward", "unspecified", "SEIZURE_REPORT", "seizure_report", ""] {
            assert_eq!(from_word(bad), None, "{bad}");
        }
    }

    #[test]
    fn parts_are_seen_and_named_as_in_drafts() {
        assert_eq!(parts_of(&NoticeBody::default()), []);
        for part in Part::ALL {
            let body = serde_json::json!({ part.name(): {} });
            assert_eq!(parts_of(&serde_json::from_value(body).unwrap()), [part]);
        }
    }
}
