//! What may be found in the text of a notice: which fields of a body are names, numbers, words.

use serde_json::Value;

use crate::domain::forward;
use crate::domain::notice::render_body;
use crate::domain::problem::Problem;
use crate::wire::NoticeBody;

/// Fields with names of persons, firms and places.
const NAMES: [&str; 11] = [
    "as_written",
    "bcp_name",
    "carrier",
    "consignee",
    "consignor",
    "family",
    "given",
    "latin",
    "patronymic",
    "place",
    "pob",
];

/// Fields with numbers of things: plates, VINs, containers, seals, documents, telephones, devices, cases.
const NUMBERS: [&str; 17] = [
    "cas",
    "case_reference",
    "container_no",
    "e164",
    "imeis",
    "licence_no",
    "mrz",
    "no",
    "number",
    "pen_reference",
    "phone",
    "plate_raw",
    "raw",
    "reference",
    "trailer_plate",
    "vin_raw",
    "wagon_no",
];

/// Fields with other words.
const TEXTS: [&str; 22] = [
    "addresses",
    "authority",
    "colour",
    "declared_description",
    "description",
    "disposition",
    "form",
    "handling_note",
    "hs6",
    "inn",
    "issuer",
    "make",
    "marking",
    "marks",
    "model",
    "occupation",
    "purpose_note",
    "source_summary",
    "substance_name",
    "text",
    "unit",
    "value",
];

/// What may be found in a text. It holds the text: no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// Names of persons, firms and places, as written.
    pub names: Vec<String>,
    /// Numbers of things, plates among them, as written.
    pub numbers: Vec<String>,
    /// Other words.
    pub texts: Vec<String>,
}

impl Content {
    /// What may be found in a body.
    ///
    /// # Errors
    /// If the body has a value that a draft cannot write.
    pub fn of(body: &NoticeBody) -> Result<Self, Problem> {
        let mut content = Self::default();
        content.take("body", render_body(body)?);
        if let Some(Ok(passed_on)) = body.forward.as_ref().map(forward::read) {
            content.take("body", render_body(&passed_on.body)?);
        }
        Ok(content)
    }

    /// Takes what may be found in a value; lists are not fields of their own.
    fn take(&mut self, field: &str, value: Value) {
        match value {
            Value::Array(items) => items.into_iter().for_each(|item| self.take(field, item)),
            Value::Object(fields) => fields.into_iter().for_each(|(field, value)| self.take(&field, value)),
            Value::String(text) if NAMES.contains(&field) => self.names.push(text),
            Value::String(text) if NUMBERS.contains(&field) => self.numbers.push(text),
            Value::String(text) if TEXTS.contains(&field) => self.texts.push(text),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Other fields of the samples: codes, times, digests, names of parts.
    const OTHERS: &str = "assertion_kind at by category channel check_status class code concealment country currency \
        decision detection direction disseminate_to doc_status driver_ref drug_class due_at entities \
        expires_at file from gross_or_net ground holder_ref information_credibility intact kind lang \
        lead_agency local_id mime mode nationality office_code officer officer_id outcome participants \
        path phase plate_country plate_norm possessor_ref reason_code response role roles schedule \
        scheme scope script sex sha256 source_reliability state status substitution test_status tlp to \
        translation_of type tz valid_until vin_flags warnings";

    fn fields(field: &str, value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| fields(field, item, found)),
            Value::Object(inner) => inner.iter().for_each(|(field, value)| fields(field, value, found)),
            Value::String(_) => {
                found.insert(field.to_owned());
            }
            _ => {}
        }
    }

    #[test]
    fn no_field_of_the_samples_is_forgotten() {
        let mut found = BTreeSet::new();
        for file in std::fs::read_dir("tests/data/notices").unwrap() {
            let draft = std::fs::read(file.unwrap().path()).unwrap();
            let draft: Value = serde_json::from_slice(&draft).unwrap();
            fields("body", &draft["body"], &mut found);
        }
        let searched: BTreeSet<_> = NAMES.into_iter().chain(NUMBERS).chain(TEXTS).collect();
        let others: BTreeSet<_> = found.iter().map(String::as_str).filter(|field| !searched.contains(field)).collect();
        assert_eq!(others, OTHERS.split_whitespace().collect());
    }

    #[test]
    fn a_body_says_what_may_be_found_in_it() {
        let body = serde_json::json!({
            "subject": {"text": "Фургон", "lang": "ru"},
            "persons": [{"local_id": "p1", "names": [{"as_written": "Мисолов Ғафур", "script": "Cyrl"}]}],
            "vehicles": [{"plate_raw": "80 О 007 КХ", "colour": "белый", "plate_country": "KZ"}],
        });
        let content = Content::of(&serde_json::from_value(body).unwrap()).unwrap();
        assert_eq!(content.names, ["Мисолов Ғафур"]);
        assert_eq!(content.numbers, ["80 О 007 КХ"]);
        assert_eq!(content.texts, ["Фургон", "белый"]);
    }
}
