//! The forms of alerts.

use crate::console::compose::field::Control;
use crate::console::compose::field::Field;
use crate::console::compose::header::ACTION;
use crate::console::compose::header::NARRATIVE;
use crate::console::compose::header::SUBJECT;
use crate::console::compose::header::TO;
use crate::console::compose::header::URGENCY;
use crate::console::compose::things;

const UNTIL: Field =
    Field::new("field-valid_until", Control::Moment, "body.alert.valid_until").needed().hint("console-hint-moment");
const ACTION_NOTE: Field = Field::new("field-action_note", Control::Text, "body.alert.action_note").long();
const SEEN_AT: Field =
    Field::new("field-at", Control::Window, "body.alert.last_seen.at").of("field-last_seen", 0).long();
const SEEN_PLACE: Field =
    Field::new("field-bcp_name", Control::Line, "body.alert.last_seen.place.bcp_name").of("field-last_seen", 0).long();

pub(super) const VEHICLE_ALERT: &[Field] = &[
    TO,
    URGENCY,
    things::PLATE.hint("console-hint-plate-or-vin"),
    things::PLATE_COUNTRY.hint("console-hint-plate-country"),
    things::VIN,
    things::VEHICLE_TYPE.needed(),
    things::MAKE,
    things::COLOUR,
    ACTION,
    UNTIL,
    SUBJECT,
    NARRATIVE,
    things::MODEL,
    things::YEAR,
    things::TRAILER,
    things::VEHICLE_STATE,
    SEEN_AT,
    SEEN_PLACE,
    ACTION_NOTE,
];

pub(super) const PERSON_ALERT: &[Field] = &[
    TO,
    URGENCY,
    things::FAMILY.needed(),
    things::GIVEN.needed(),
    things::BORN,
    things::NATIONALITY,
    things::CATEGORY.needed(),
    ACTION,
    UNTIL,
    SUBJECT,
    NARRATIVE,
    things::PATRONYMIC,
    things::SEX,
    things::DOCUMENT_TYPE,
    things::DOCUMENT_NUMBER,
    things::DOCUMENT_ISSUER,
    things::PHONE,
    things::MARKS,
    things::WARNINGS,
    SEEN_AT,
    SEEN_PLACE,
    ACTION_NOTE,
];

pub(super) const DOCUMENT_ALERT: &[Field] = &[
    TO,
    URGENCY,
    Field::new("field-type", Control::Capitals, "body.document_alert.document.type")
        .of("field-document", 0)
        .needed()
        .hint("console-hint-document"),
    Field::new("field-number", Control::Capitals, "body.document_alert.document.number")
        .of("field-document", 0)
        .needed(),
    Field::new("field-issuer", Control::Capitals, "body.document_alert.document.issuer")
        .of("field-document", 0)
        .needed()
        .hint("console-hint-issuer"),
    Field::new("field-doc_status", Control::Select("document-status"), "body.document_alert.document.doc_status")
        .needed(),
    ACTION,
    SUBJECT,
    NARRATIVE,
    Field::new("field-forgery_description", Control::Text, "body.document_alert.forgery_description").long(),
];

pub(super) const CARGO_ALERT: &[Field] = &[
    TO,
    URGENCY,
    things::CONTAINER,
    things::WAGON,
    things::SEAL,
    ACTION,
    UNTIL,
    SUBJECT,
    NARRATIVE,
    things::PAPER_TYPE,
    things::PAPER,
    things::DECLARED,
    things::HS6,
    things::GROSS,
    things::CONSIGNOR,
    things::CONSIGNEE,
    things::CARRIER,
    SEEN_AT,
    SEEN_PLACE,
    ACTION_NOTE,
];

pub(super) const PRECURSOR_ALERT: &[Field] = &[
    TO,
    URGENCY.preset(),
    Field::new("field-status", Control::Radios("precursor-status"), "body.precursor_alert.status").needed(),
    Field::new("field-substance_name", Control::Line, "body.precursor_alert.items[0].substance_name").needed(),
    Field::new("field-cas", Control::Line, "body.precursor_alert.items[0].cas").needed(),
    Field::new("field-schedule", Control::Select("schedule"), "body.precursor_alert.items[0].schedule").needed(),
    Field::new("field-drug_class", Control::Select("drug-class"), "body.precursor_alert.items[0].drug_class").needed(),
    Field::new("field-quantity", Control::Quantity, "body.precursor_alert.items[0]").needed(),
    ACTION,
    SUBJECT,
    NARRATIVE,
    Field::new("field-consignor", Control::Line, "body.precursor_alert.consignor").long(),
    Field::new("field-consignee", Control::Line, "body.precursor_alert.consignee").long(),
    Field::new("field-pen_reference", Control::Line, "body.precursor_alert.pen_reference").long(),
    Field::new("field-licence_no", Control::Line, "body.precursor_alert.licence_no").long(),
    Field::new("field-packages", Control::Number, "body.precursor_alert.items[0].packages").long(),
];
