//! The forms of reports.

use crate::console::compose::field::Control;
use crate::console::compose::field::Field;
use crate::console::compose::header::ACTION;
use crate::console::compose::header::NARRATIVE;
use crate::console::compose::header::SUBJECT;
use crate::console::compose::header::TO;
use crate::console::compose::header::URGENCY;
use crate::console::compose::things;

pub(super) const SUSPICIOUS_CONSIGNMENT: &[Field] = &[
    TO,
    URGENCY,
    things::PLATE,
    things::PLATE_COUNTRY,
    things::CONTAINER,
    things::WAGON,
    Field::new("field-expected_crossing", Control::Window, "body.suspicious_consignment.expected_crossing")
        .hint("console-hint-window"),
    Field::new("field-office_code", Control::Office, "body.suspicious_consignment.place.office_code")
        .of("field-place", 0),
    Field::new("field-risk_indicators", Control::Lines, "body.suspicious_consignment.risk_indicators")
        .needed()
        .hint("console-hint-lines"),
    ACTION,
    SUBJECT,
    NARRATIVE,
    Field::new("field-bcp_name", Control::Line, "body.suspicious_consignment.place.bcp_name").long(),
    things::VEHICLE_TYPE.long(),
    things::SEAL.long(),
    things::PAPER_TYPE,
    things::PAPER,
    things::DECLARED,
    things::HS6,
    things::GROSS,
    things::CONSIGNOR,
    things::CONSIGNEE,
    things::CARRIER,
];

const CONCEALMENT: Control = Control::Many("concealment-place");
const DETECTION: Control = Control::Many("detection-method");
pub(super) const SEIZURE_REPORT: &[Field] = &[
    TO,
    SUBJECT,
    Field::new("field-occurred", Control::Window, "body.seizure.occurred").needed().hint("console-hint-window"),
    Field::new("field-direction", Control::Radios("direction"), "body.seizure.direction").needed(),
    Field::new("field-mode", Control::Select("transport-mode"), "body.seizure.mode").needed(),
    Field::new("field-class", Control::Select("item-class"), "body.seizure.items[0].class").needed(),
    Field::new("field-drug_class", Control::Select("drug-class"), "body.seizure.items[0].drug_class"),
    Field::new("field-quantity", Control::Quantity, "body.seizure.items[0]").needed(),
    Field::new("field-detection", DETECTION, "body.seizure.detection").needed(),
    Field::new("field-concealment", CONCEALMENT, "body.seizure.concealment").needed(),
    Field::new("field-case_reference", Control::Line, "body.seizure.case_reference"),
    NARRATIVE,
    Field::new("field-office_code", Control::Office, "body.seizure.place.office_code").of("field-place", 0).preset(),
    Field::new("field-bcp_name", Control::Line, "body.seizure.place.bcp_name").long(),
    Field::new("field-substance_name", Control::Line, "body.seizure.items[0].substance_name").long(),
    Field::new("field-packages", Control::Number, "body.seizure.items[0].packages").long(),
    Field::new("field-items-marking", Control::Line, "body.seizure.items[0].marking").long(),
    Field::new("field-form", Control::Select("drug-form"), "body.seizure.items[0].form").long(),
    Field::new("field-test_status", Control::Select("test-status"), "body.seizure.items[0].test_status").long(),
    Field::new("field-purity_pct", Control::Number, "body.seizure.items[0].purity_pct").long(),
    things::PLATE.long(),
    things::PLATE_COUNTRY.long(),
    things::VEHICLE_TYPE.long(),
    things::FAMILY.long(),
    things::GIVEN.long(),
    things::BORN.long(),
    things::NATIONALITY.long(),
    things::CATEGORY.long(),
    Field::new("field-code", Control::Line, "body.seizure.offence.code").of("field-offence", 0).long(),
    Field::new("field-text", Control::Line, "body.seizure.offence.text").of("field-offence", 0).long(),
    Field::new("field-country", Control::Capitals, "body.seizure.offence.country").of("field-offence", 0).long(),
    Field::new("field-disposition", Control::Line, "body.seizure.disposition").long(),
];

pub(super) const MODUS_OPERANDI: &[Field] = &[
    TO,
    SUBJECT,
    Field::new("field-concealment", CONCEALMENT, "body.modus_operandi.concealment").needed(),
    Field::new("field-mode", Control::Many("transport-mode"), "body.modus_operandi.mode"),
    Field::new("field-detection", DETECTION, "body.modus_operandi.detection"),
    Field::new("field-description", Control::Text, "body.modus_operandi.description")
        .needed()
        .hint("console-hint-nobody"),
    NARRATIVE.long(),
];
