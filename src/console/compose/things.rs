//! Fields of what notices are about: vehicles, persons, documents, cargo, goods.

use crate::console::compose::field::Control;
use crate::console::compose::field::Field;

pub(super) const PLATE: Field =
    Field::new("field-plate_raw", Control::Capitals, "body.vehicles[0].plate_raw").hint("console-hint-plate");
pub(super) const PLATE_COUNTRY: Field =
    Field::new("field-plate_country", Control::Capitals, "body.vehicles[0].plate_country").hint("console-hint-country");
pub(super) const VIN: Field = Field::new("field-vin_raw", Control::Capitals, "body.vehicles[0].vin_raw");
pub(super) const VEHICLE_TYPE: Field =
    Field::new("field-type", Control::Select("vehicle-type"), "body.vehicles[0].type").of("field-vehicles", 0);
pub(super) const MAKE: Field = Field::new("field-make", Control::Line, "body.vehicles[0].make");
pub(super) const COLOUR: Field = Field::new("field-colour", Control::Line, "body.vehicles[0].colour");
pub(super) const TRAILER: Field =
    Field::new("field-trailer_plate", Control::Capitals, "body.vehicles[0].trailer_plate").long();

pub(super) const MODEL: Field = Field::new("field-model", Control::Line, "body.vehicles[0].model").long();
pub(super) const YEAR: Field = Field::new("field-year", Control::Number, "body.vehicles[0].year").long();
pub(super) const VEHICLE_STATE: Field =
    Field::new("field-state", Control::Select("vehicle-state"), "body.vehicles[0].state")
        .of("field-vehicles", 0)
        .long();

pub(super) const FAMILY: Field = Field::new("field-family", Control::Line, "body.persons[0].names[0].family");
pub(super) const GIVEN: Field = Field::new("field-given", Control::Line, "body.persons[0].names[0].given");
pub(super) const PATRONYMIC: Field =
    Field::new("field-patronymic", Control::Line, "body.persons[0].names[0].patronymic").long();
pub(super) const BORN: Field =
    Field::new("field-dob", Control::Line, "body.persons[0].dob.value").hint("console-hint-born");
pub(super) const NATIONALITY: Field =
    Field::new("field-nationality", Control::Capitals, "body.persons[0].nationality[0]").hint("console-hint-country");
pub(super) const CATEGORY: Field =
    Field::new("field-category", Control::Select("subject-category"), "body.persons[0].category");

pub(super) const SEX: Field = Field::new("field-sex", Control::Select("sex"), "body.persons[0].sex").long();
pub(super) const DOCUMENT_TYPE: Field =
    Field::new("field-type", Control::Capitals, "body.persons[0].documents[0].type").of("field-document", 0).long();
pub(super) const DOCUMENT_NUMBER: Field =
    Field::new("field-number", Control::Capitals, "body.persons[0].documents[0].number").of("field-document", 0).long();
pub(super) const DOCUMENT_ISSUER: Field =
    Field::new("field-issuer", Control::Capitals, "body.persons[0].documents[0].issuer")
        .of("field-document", 0)
        .hint("console-hint-issuer")
        .long();
pub(super) const PHONE: Field =
    Field::new("field-e164", Control::Line, "body.persons[0].phones[0].e164").of("field-phone", 0).long();
pub(super) const MARKS: Field = Field::new("field-marks", Control::Line, "body.persons[0].marks").long();
pub(super) const WARNINGS: Field =
    Field::new("field-warnings", Control::Many("person-warning"), "body.persons[0].warnings").long();

pub(super) const CONTAINER: Field =
    Field::new("field-container_no", Control::Capitals, "body.transport_units[0].container_no");
pub(super) const WAGON: Field = Field::new("field-wagon_no", Control::Capitals, "body.transport_units[0].wagon_no");
pub(super) const SEAL: Field =
    Field::new("field-no", Control::Capitals, "body.transport_units[0].seal[0].no").of("field-seal", 0);

pub(super) const PAPER_TYPE: Field =
    Field::new("field-type", Control::Select("transport-document-type"), "body.transport_units[0].docs[0].type")
        .of("field-docs", 0)
        .long();
pub(super) const PAPER: Field =
    Field::new("field-no", Control::Capitals, "body.transport_units[0].docs[0].no").of("field-docs", 0).long();
pub(super) const DECLARED: Field =
    Field::new("field-declared_description", Control::Line, "body.transport_units[0].declared_description").long();
pub(super) const HS6: Field = Field::new("field-hs6", Control::Line, "body.transport_units[0].hs6[0]").long();
pub(super) const GROSS: Field =
    Field::new("field-gross_kg", Control::Number, "body.transport_units[0].gross_kg").long();
pub(super) const CONSIGNOR: Field =
    Field::new("field-consignor", Control::Line, "body.transport_units[0].consignor").long();
pub(super) const CONSIGNEE: Field =
    Field::new("field-consignee", Control::Line, "body.transport_units[0].consignee").long();
pub(super) const CARRIER: Field = Field::new("field-carrier", Control::Line, "body.transport_units[0].carrier").long();
