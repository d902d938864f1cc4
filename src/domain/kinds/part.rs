//! The part of a body that belongs to a kind.

use crate::wire::NoticeBody;

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
    /// Of a forward.
    Forward,
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

impl Part {
    /// All parts.
    pub const ALL: [Self; 17] = [
        Self::Alert,
        Self::ConsentDecision,
        Self::ConsentRequest,
        Self::ControlledDelivery,
        Self::Coordination,
        Self::Correction,
        Self::DocumentAlert,
        Self::Feedback,
        Self::Forward,
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
            Self::Forward => "forward",
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
            Self::Forward => body.forward.is_some(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_seen_and_named_as_in_drafts() {
        assert_eq!(parts_of(&NoticeBody::default()), []);
        for part in Part::ALL {
            let body = serde_json::json!({ part.name(): {} });
            assert_eq!(parts_of(&serde_json::from_value(body).unwrap()), [part]);
        }
    }
}
