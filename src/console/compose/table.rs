//! The forms of all kinds, as one table: fields in their order. Page, parsing and errors come from it.
//!
//! - A short form has at most twelve fields besides what is filled in already.

use crate::console::compose::alerts;
use crate::console::compose::answers;
use crate::console::compose::field::Field;
use crate::console::compose::header::PRESETS;
use crate::console::compose::reports;
use crate::console::compose::talks;
use crate::wire::NoticeKind;

/// Kinds that one can start, in groups, each with its key.
pub(in crate::console) const GROUPS: [(&str, &[(NoticeKind, &str)]); 4] = [
    (
        "console-group-alerts",
        &[
            (NoticeKind::VehicleAlert, "console-help-vehicle-alert"),
            (NoticeKind::PersonAlert, "console-help-person-alert"),
            (NoticeKind::DocumentAlert, "console-help-document-alert"),
            (NoticeKind::CargoAlert, "console-help-cargo-alert"),
            (NoticeKind::PrecursorAlert, "console-help-precursor-alert"),
        ],
    ),
    (
        "console-group-reports",
        &[
            (NoticeKind::SuspiciousConsignment, "console-help-suspicious-consignment"),
            (NoticeKind::SeizureReport, "console-help-seizure-report"),
            (NoticeKind::ModusOperandi, "console-help-modus-operandi"),
        ],
    ),
    ("console-group-requests", &[(NoticeKind::RequestForInformation, "console-help-request")]),
    (
        "console-group-coordination",
        &[
            (NoticeKind::ControlledDelivery, "console-help-controlled-delivery"),
            (NoticeKind::Coordination, "console-help-coordination"),
        ],
    ),
];

/// The fields of a kind, in their order; none for what is not written by hand.
pub(in crate::console) fn fields(kind: NoticeKind) -> Vec<Field> {
    let own: &[Field] = match kind {
        NoticeKind::VehicleAlert => alerts::VEHICLE_ALERT,
        NoticeKind::PersonAlert => alerts::PERSON_ALERT,
        NoticeKind::DocumentAlert => alerts::DOCUMENT_ALERT,
        NoticeKind::CargoAlert => alerts::CARGO_ALERT,
        NoticeKind::PrecursorAlert => alerts::PRECURSOR_ALERT,
        NoticeKind::SuspiciousConsignment => reports::SUSPICIOUS_CONSIGNMENT,
        NoticeKind::SeizureReport => reports::SEIZURE_REPORT,
        NoticeKind::ModusOperandi => reports::MODUS_OPERANDI,
        NoticeKind::RequestForInformation => answers::REQUEST,
        NoticeKind::Reply => answers::REPLY,
        NoticeKind::Refusal => answers::REFUSAL,
        NoticeKind::Feedback => answers::FEEDBACK,
        NoticeKind::Correction => answers::CORRECTION,
        NoticeKind::Withdrawal => answers::WITHDRAWAL,
        NoticeKind::Forward => answers::FORWARD,
        NoticeKind::ConsentRequest => talks::CONSENT_REQUEST,
        NoticeKind::ConsentDecision => talks::CONSENT_DECISION,
        NoticeKind::ControlledDelivery => talks::CONTROLLED_DELIVERY,
        NoticeKind::Coordination => talks::COORDINATION,
        NoticeKind::Acknowledgement | NoticeKind::Unspecified => return vec![],
    };
    let rest = PRESETS.iter().filter(|preset| !own.iter().any(|field| field.path == preset.path));
    own.iter().chain(rest).copied().collect()
}
