//! The header as a draft writes it, to and from the header of the wire.
//!
//! One form for both directions, so that what is shown can be read again. The checks of a header are in `notice`.

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::domain::notice::SCHEMA_VERSION;
use crate::domain::problem::Cause;
use crate::domain::problem::Problem;
use crate::name::NameError;
use crate::name::OfficeCode;
use crate::name::Reference;
use crate::wire::Agency;
use crate::wire::Classification;
use crate::wire::Handling;
use crate::wire::LegalBasis;
use crate::wire::LegalBasisKind;
use crate::wire::NoticeBody;
use crate::wire::NoticeHeader;
use crate::wire::NoticeKind;
use crate::wire::Party;
use crate::wire::PartyUnit;
use crate::wire::PermittedAction;
use crate::wire::Purpose;
use crate::wire::Relation;
use crate::wire::RelationKind;
use crate::wire::Tlp;
use crate::wire::Traffic;
use crate::wire::Urgency;
use crate::wire::json;
use crate::wire::json::Word as _;
use crate::wire::json::is_zero;

/// How a draft writes `SAME_CASE`.
const CASE: &str = "CASE";

/// A header in a draft.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Form {
    // What the node sets.
    #[serde(deserialize_with = "any", skip_serializing_if = "Option::is_none")]
    identifier: Option<Value>,
    #[serde(with = "json::time", skip_serializing_if = "is_zero")]
    created_at: i64,
    #[serde(with = "json::time", skip_serializing_if = "is_zero")]
    release_at: i64,
    #[serde(skip_serializing_if = "String::is_empty")]
    author: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    releaser: String,
    #[serde(skip_serializing_if = "is_zero")]
    emergency: bool,
    // What an officer writes.
    #[serde(serialize_with = "json::word_out::<NoticeKind, _>", deserialize_with = "json::word_in::<NoticeKind, _>")]
    kind: i32,
    #[serde(serialize_with = "json::word_out::<Traffic, _>", deserialize_with = "json::word_in::<Traffic, _>")]
    traffic_status: i32,
    #[serde(serialize_with = "json::word_out::<Urgency, _>", deserialize_with = "json::word_in::<Urgency, _>")]
    urgency: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<PartyForm>,
    to: Vec<PartyForm>,
    cc: Vec<PartyForm>,
    #[serde(with = "json::time", skip_serializing_if = "is_zero")]
    valid_from: i64,
    #[serde(with = "json::time", skip_serializing_if = "is_zero")]
    expires_at: i64,
    #[serde(with = "json::time", skip_serializing_if = "is_zero")]
    review_at: i64,
    #[serde(serialize_with = "json::word_out::<Tlp, _>", deserialize_with = "json::word_in::<Tlp, _>")]
    tlp: i32,
    handling: Vec<HandlingForm>,
    #[serde(
        serialize_with = "json::word_out::<PermittedAction, _>",
        deserialize_with = "json::word_in::<PermittedAction, _>"
    )]
    permitted_action: i32,
    contains_personal_data: Option<bool>,
    purpose: PurposeForm,
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_basis: Option<BasisForm>,
    #[serde(
        serialize_with = "json::word_out::<Classification, _>",
        deserialize_with = "json::word_in::<Classification, _>",
        skip_serializing_if = "is_zero"
    )]
    classification: i32,
    relates_to: Vec<RelationForm>,
    schema_version: Option<u32>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PartyForm {
    office_code: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    country: String,
    #[serde(
        serialize_with = "json::word_out::<Agency, _>",
        deserialize_with = "json::word_in::<Agency, _>",
        skip_serializing_if = "is_zero"
    )]
    agency: i32,
    #[serde(skip_serializing_if = "String::is_empty")]
    unit: String,
    // For TLP:RED.
    #[serde(deserialize_with = "any", skip_serializing)]
    officer_ids: Option<Value>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct HandlingForm {
    #[serde(serialize_with = "json::word_out::<Handling, _>", deserialize_with = "json::word_in::<Handling, _>")]
    code: i32,
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PurposeForm {
    #[serde(serialize_with = "json::word_out::<Purpose, _>", deserialize_with = "json::word_in::<Purpose, _>")]
    code: i32,
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct BasisForm {
    #[serde(
        serialize_with = "json::word_out::<LegalBasisKind, _>",
        deserialize_with = "json::word_in::<LegalBasisKind, _>"
    )]
    kind: i32,
    #[serde(rename = "ref")]
    reference: String,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RelationForm {
    #[serde(rename = "type")]
    kind: String,
    // A label of the sample files.
    #[serde(deserialize_with = "any", skip_serializing)]
    id: Option<Value>,
    human_ref: String,
    // The node finds it by the reference.
    #[serde(with = "json::hex", skip_serializing_if = "Vec::is_empty")]
    digest: Vec<u8>,
}

/// What a draft writes beside its codes, and a notice in its body.
#[derive(Default)]
pub(super) struct Notes {
    units: Vec<PartyUnit>,
    handling: String,
    purpose: String,
}

impl Notes {
    /// Moves the notes into the body.
    pub(super) fn write(self, body: &mut NoticeBody) {
        body.units = self.units;
        body.handling_note = self.handling;
        body.purpose_note = self.purpose;
    }

    /// No body, hence no notes.
    pub(super) fn none(&self) -> Result<Option<NoticeBody>, Problem> {
        let present = [
            ("header.handling", !self.handling.is_empty()),
            ("header.purpose.text", !self.purpose.is_empty()),
            ("header.from.unit", !self.units.is_empty()),
        ];
        match present.iter().find(|(_, there)| *there) {
            Some((path, _)) => Err(Problem::new(path, Cause::Unexpected)),
            None => Ok(None),
        }
    }
}

impl Form {
    /// The header of the wire, and what goes into the body.
    pub(super) fn into_wire(self) -> Result<(NoticeHeader, Notes), Problem> {
        let mut notes = Notes::default();
        let from = self.from.map(|party| party.into_wire("header.from", &mut notes)).transpose()?;
        let to = parties(self.to, "to", &mut notes)?;
        let cc = parties(self.cc, "cc", &mut notes)?;
        for (i, handling) in self.handling.iter().enumerate().filter(|(_, handling)| !handling.text.is_empty()) {
            if handling.code != i32::from(Handling::H3) {
                return Err(Problem::new(format_args!("header.handling[{i}].text"), Cause::Unexpected));
            }
            notes.handling.clone_from(&handling.text);
        }
        if !self.purpose.text.is_empty() && self.purpose.code != i32::from(Purpose::Other) {
            return Err(Problem::new("header.purpose.text", Cause::Unexpected));
        }
        notes.purpose = self.purpose.text;
        let personal_data = self.contains_personal_data;
        let relations = self.relates_to.into_iter().enumerate();
        let header = NoticeHeader {
            from,
            to,
            cc,
            kind: self.kind,
            urgency: self.urgency,
            traffic: self.traffic_status,
            valid_from_ms: self.valid_from,
            expires_ms: self.expires_at,
            review_ms: self.review_at,
            tlp: self.tlp,
            handling: self.handling.iter().map(|handling| handling.code).collect(),
            permitted_action: self.permitted_action,
            purpose: self.purpose.code,
            legal_basis: self.legal_basis.map(|basis| LegalBasis { kind: basis.kind, reference: basis.reference }),
            classification: self.classification,
            personal_data: personal_data
                .ok_or_else(|| Problem::new("header.contains_personal_data", Cause::Missing))?,
            relations: relations.map(|(i, relation)| relation.into_wire(i)).collect::<Result<_, _>>()?,
            schema_version: self.schema_version.unwrap_or(SCHEMA_VERSION),
            ..NoticeHeader::default()
        };
        Ok((header, notes))
    }

    /// The form of a header, with the notes of its body.
    pub(super) fn from_wire(header: &NoticeHeader, body: Option<&NoticeBody>) -> Result<Self, Problem> {
        let note = |note: fn(&NoticeBody) -> &str| body.map(note).unwrap_or_default();
        let handling_note = note(|body| &body.handling_note);
        let parties = |list: &[Party], name: &str| -> Result<Vec<PartyForm>, Problem> {
            let form = |(i, party)| PartyForm::from_wire(party, body, &format!("header.{name}[{i}]"));
            list.iter().enumerate().map(form).collect()
        };
        let handling = |code: &i32| {
            let text = if *code == i32::from(Handling::H3) { handling_note.to_owned() } else { String::new() };
            HandlingForm { code: *code, text }
        };
        let basis = |basis: &LegalBasis| BasisForm { kind: basis.kind, reference: basis.reference.clone() };
        Ok(Self {
            identifier: (!header.reference.is_empty()).then(|| json!({ "human_ref": header.reference.as_str() })),
            created_at: header.created_ms,
            release_at: header.released_ms,
            author: header.author.clone(),
            releaser: header.releaser.clone(),
            emergency: header.emergency,
            kind: header.kind,
            traffic_status: header.traffic,
            urgency: header.urgency,
            from: header.from.as_ref().map(|from| PartyForm::from_wire(from, body, "header.from")).transpose()?,
            to: parties(&header.to, "to")?,
            cc: parties(&header.cc, "cc")?,
            valid_from: header.valid_from_ms,
            expires_at: header.expires_ms,
            review_at: header.review_ms,
            tlp: header.tlp,
            handling: header.handling.iter().map(handling).collect(),
            permitted_action: header.permitted_action,
            contains_personal_data: Some(header.personal_data),
            purpose: PurposeForm { code: header.purpose, text: note(|body| &body.purpose_note).to_owned() },
            legal_basis: header.legal_basis.as_ref().map(basis),
            classification: header.classification,
            relates_to: header.relations.iter().enumerate().map(RelationForm::from_wire).collect::<Result<_, _>>()?,
            schema_version: Some(header.schema_version),
        })
    }
}

fn parties(forms: Vec<PartyForm>, list: &str, notes: &mut Notes) -> Result<Vec<Party>, Problem> {
    let forms = forms.into_iter().enumerate();
    forms.map(|(i, form)| form.into_wire(&format!("header.{list}[{i}]"), notes)).collect()
}

impl PartyForm {
    fn into_wire(self, path: &str, notes: &mut Notes) -> Result<Party, Problem> {
        let problem = |field: &str, what: Cause| Problem::new(format_args!("{path}.{field}"), what);
        if self.officer_ids.is_some() {
            return Err(problem("officer_ids", Cause::NotOffered));
        }
        let office: OfficeCode = self.office_code.parse().map_err(|what| problem("office_code", Cause::Name(what)))?;
        if !self.country.is_empty() && self.country != office.country().to_string() {
            return Err(problem("country", Cause::Country));
        }
        if !self.unit.is_empty() {
            notes.units.push(PartyUnit { office: self.office_code.clone(), unit: self.unit });
        }
        Ok(Party { office: self.office_code, agency: self.agency })
    }

    fn from_wire(party: &Party, body: Option<&NoticeBody>, path: &str) -> Result<Self, Problem> {
        let office: OfficeCode =
            party.office.parse().map_err(|what: NameError| Problem::new(format_args!("{path}.office_code"), what))?;
        let units = body.map(|body| body.units.as_slice()).unwrap_or_default();
        Ok(Self {
            office_code: party.office.clone(),
            country: office.country().to_string(),
            agency: party.agency,
            unit: units
                .iter()
                .find(|unit| unit.office == party.office)
                .map(|unit| unit.unit.clone())
                .unwrap_or_default(),
            officer_ids: None,
        })
    }
}

impl RelationForm {
    fn into_wire(self, i: usize) -> Result<Relation, Problem> {
        let problem = |field: &str, what: Cause| Problem::new(format_args!("header.relates_to[{i}].{field}"), what);
        let kind = if self.kind == CASE { Some(RelationKind::SameCase) } else { RelationKind::from_word(&self.kind) };
        let kind = kind.ok_or_else(|| problem("type", Cause::Value))?;
        self.human_ref.parse::<Reference>().map_err(|what| problem("human_ref", Cause::Name(what)))?;
        Ok(Relation { kind: kind.into(), digest: vec![], reference: self.human_ref })
    }

    fn from_wire((i, relation): (usize, &Relation)) -> Result<Self, Problem> {
        let word = json::word_of::<RelationKind>(relation.kind)
            .ok_or_else(|| Problem::new(format_args!("header.relates_to[{i}].type"), Cause::Value))?;
        let word = if word == RelationKind::SameCase.word() { CASE } else { word };
        Ok(Self {
            kind: word.to_owned(),
            id: None,
            human_ref: relation.reference.clone(),
            digest: relation.digest.clone(),
        })
    }
}

/// Reads a value of any form.
fn any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
