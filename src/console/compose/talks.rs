//! The forms of what offices agree on: consents, controlled deliveries, meetings.

use crate::console::compose::field::Control;
use crate::console::compose::field::Field;
use crate::console::compose::header::NARRATIVE;
use crate::console::compose::header::SUBJECT;
use crate::console::compose::header::TO;
use crate::console::compose::header::URGENCY;

pub(super) const CONSENT_REQUEST: &[Field] = &[
    TO,
    SUBJECT,
    Field::new("field-scope", Control::Radios("consent-scope"), "body.consent_request.scope").needed(),
    Field::new("field-disseminate_to", Control::Offices, "body.consent_request.disseminate_to"),
    Field::new("field-justification", Control::Text, "body.consent_request.justification").needed(),
    NARRATIVE.long(),
];

pub(super) const CONSENT_DECISION: &[Field] = &[
    TO,
    SUBJECT,
    Field::new("field-decision", Control::Radios("consent-outcome"), "body.consent_decision.decision").needed(),
    Field::new("field-scope", Control::Radios("consent-scope"), "body.consent_decision.scope").needed(),
    Field::new("field-disseminate_to", Control::Offices, "body.consent_decision.disseminate_to"),
    Field::new("field-conditions", Control::Text, "body.consent_decision.conditions"),
    Field::new("field-expires_at", Control::Moment, "body.consent_decision.expires_at").hint("console-hint-moment"),
    NARRATIVE.long(),
];

/// A field of a country's word.
const fn word(key: &'static str, control: Control, path: &'static str, number: u8) -> Field {
    Field::new(key, control, path).of("field-authorisations", number)
}

const fn stage(key: &'static str, control: Control, path: &'static str, number: u8) -> Field {
    Field::new(key, control, path).of("field-route", number)
}

const fn contact(key: &'static str, control: Control, path: &'static str, number: u8) -> Field {
    Field::new(key, control, path).of("field-contacts", number)
}

pub(super) const CONTROLLED_DELIVERY: &[Field] = &[
    TO,
    URGENCY,
    SUBJECT,
    Field::new("field-phase", Control::Radios("delivery-phase"), "body.controlled_delivery.phase").needed(),
    word("field-authority", Control::Line, "body.controlled_delivery.authorisations[0].authority", 1).needed(),
    word("field-reference", Control::Line, "body.controlled_delivery.authorisations[0].reference", 1).needed(),
    word("field-officer", Control::Capitals, "body.controlled_delivery.authorisations[0].officer", 1)
        .needed()
        .hint("console-hint-officer"),
    word("field-country", Control::Capitals, "body.controlled_delivery.authorisations[0].country", 1).needed(),
    word("field-at", Control::Moment, "body.controlled_delivery.authorisations[0].at", 1).needed(),
    word("field-authority", Control::Line, "body.controlled_delivery.authorisations[1].authority", 2),
    word("field-reference", Control::Line, "body.controlled_delivery.authorisations[1].reference", 2),
    word("field-officer", Control::Capitals, "body.controlled_delivery.authorisations[1].officer", 2)
        .hint("console-hint-officer"),
    word("field-country", Control::Capitals, "body.controlled_delivery.authorisations[1].country", 2),
    word("field-at", Control::Moment, "body.controlled_delivery.authorisations[1].at", 2),
    Field::new("field-window", Control::Window, "body.controlled_delivery.window").needed().hint("console-hint-window"),
    stage("field-country", Control::Capitals, "body.controlled_delivery.route[0].country", 1).needed(),
    stage("field-place", Control::Line, "body.controlled_delivery.route[0].place", 1).needed(),
    stage("field-country", Control::Capitals, "body.controlled_delivery.route[1].country", 2).needed(),
    stage("field-place", Control::Line, "body.controlled_delivery.route[1].place", 2).needed(),
    contact("field-officer_id", Control::Capitals, "body.controlled_delivery.contacts[0].officer_id", 1)
        .needed()
        .hint("console-hint-officer"),
    contact("field-phone", Control::Line, "body.controlled_delivery.contacts[0].phone", 1).needed(),
    contact("field-officer_id", Control::Capitals, "body.controlled_delivery.contacts[1].officer_id", 2),
    contact("field-phone", Control::Line, "body.controlled_delivery.contacts[1].phone", 2),
    Field::new("field-class", Control::Select("item-class"), "body.controlled_delivery.items[0].class").needed(),
    Field::new("field-drug_class", Control::Select("drug-class"), "body.controlled_delivery.items[0].drug_class"),
    Field::new("field-substance_name", Control::Line, "body.controlled_delivery.items[0].substance_name"),
    Field::new("field-quantity", Control::Quantity, "body.controlled_delivery.items[0]").needed(),
    Field::new("field-substitution", Control::Radios("substitution"), "body.controlled_delivery.substitution").needed(),
    Field::new("field-abort_conditions", Control::Lines, "body.controlled_delivery.abort_conditions")
        .needed()
        .hint("console-hint-lines"),
    Field::new("field-evidence_handover", Control::Text, "body.controlled_delivery.evidence_handover").needed(),
    Field::new("field-costs", Control::Text, "body.controlled_delivery.costs"),
    Field::new("field-lead_agency", Control::Office, "body.controlled_delivery.lead_agency"),
    Field::new(
        "field-judicial_authorisation_needed",
        Control::YesNo,
        "body.controlled_delivery.judicial_authorisation_needed",
    ),
    NARRATIVE,
];

pub(super) const COORDINATION: &[Field] = &[
    TO,
    URGENCY,
    SUBJECT,
    Field::new("field-type", Control::Radios("coordination-type"), "body.coordination.type").needed(),
    Field::new("field-proposed_times", Control::Window, "body.coordination.proposed_times[0]")
        .needed()
        .hint("console-hint-window"),
    Field::new("field-office_code", Control::Office, "body.coordination.place.office_code").of("field-place", 0),
    Field::new("field-bcp_name", Control::Line, "body.coordination.place.bcp_name").of("field-place", 0),
    Field::new("field-agenda", Control::Lines, "body.coordination.agenda").needed().hint("console-hint-lines"),
    Field::new("field-participants", Control::Words, "body.coordination.participants")
        .needed()
        .hint("console-hint-participants"),
    Field::new("field-response", Control::Radios("coordination-response"), "body.coordination.response"),
    NARRATIVE,
];
