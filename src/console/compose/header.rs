//! Fields that every form has: of the header, and of what all bodies have.

use crate::console::compose::field::Control;
use crate::console::compose::field::Field;

/// To whom.
pub(super) const TO: Field = Field::new("sheet-to", Control::Parties, "header.to").needed();
/// How fast.
pub(super) const URGENCY: Field =
    Field::new("column-urgency", Control::Radios("urgency"), "header.urgency").needed().hint("console-hint-urgency");
/// What is asked.
pub(super) const ACTION: Field =
    Field::new("sheet-action", Control::Radios("permitted-action"), "header.permitted_action")
        .needed()
        .hint("console-hint-action");
/// In one line.
pub(super) const SUBJECT: Field =
    Field::new("field-subject", Control::Title, "body.subject").needed().hint("console-hint-subject");
/// What is known.
pub(super) const NARRATIVE: Field =
    Field::new("field-narrative", Control::Text, "body.narrative").hint("console-hint-narrative");

/// What a form fills in by itself, as far as it does not ask for it.
pub(super) const PRESETS: &[Field] = &[
    URGENCY.preset(),
    ACTION.preset(),
    Field::new("sheet-cc", Control::Parties, "header.cc").preset(),
    Field::new("ask-traffic", Control::Select("traffic"), "header.traffic_status").needed().preset(),
    Field::new("sheet-purpose", Control::Select("purpose"), "header.purpose.code").needed().preset(),
    Field::new("console-purpose-words", Control::Line, "header.purpose.text").preset(),
    Field::new("sheet-legal-basis", Control::Basis, "header.legal_basis").preset(),
    Field::new("ask-audience", Control::Select("tlp"), "header.tlp").needed().preset(),
    Field::new("ask-handling", Control::Handling, "header.handling").needed().preset(),
    Field::new("field-source_reliability", Control::Select("reliability"), "body.marking.source_reliability")
        .needed()
        .preset(),
    Field::new("field-information_credibility", Control::Select("credibility"), "body.marking.information_credibility")
        .needed()
        .preset(),
    Field::new("field-assertion_kind", Control::Select("assertion"), "body.marking.assertion_kind").needed().preset(),
    Field::new("field-source_summary", Control::Line, "body.marking.source_summary")
        .preset()
        .hint("console-hint-source"),
    Field::new("sheet-personal-data", Control::YesNo, "header.contains_personal_data").needed().preset(),
    Field::new("sheet-review", Control::Moment, "header.review_at").preset(),
    Field::new("sheet-valid-from", Control::Moment, "header.valid_from").preset(),
    Field::new("sheet-expires", Control::Moment, "header.expires_at").needed().preset(),
];
