//! Codes of lists and references to persons in a body, wherever they stand (DOMAIN 2.4, 6.3).
//!
//! The body is looked at as a draft writes it: a field has one meaning by its name, or by its name and its holder's.

use std::collections::BTreeSet;

use serde_json::Map;
use serde_json::Value;

use crate::domain::fields::FieldRule;
use crate::domain::fields::Looked;
use crate::domain::fields::lists;
use crate::domain::notice;
use crate::wire::NoticeBody;

/// Letters of the documents of ICAO Doc 9303: passports, cards, visas.
const DOCUMENT_TYPES: [&str; 5] = ["P", "I", "A", "C", "V"];

/// Scripts of names, ISO 15924.
const SCRIPTS: [&str; 3] = ["Latn", "Cyrl", "Arab"];

impl Looked {
    /// Looks at all of them.
    pub(super) fn codes(&mut self, body: &NoticeBody) {
        // What does not render is no body, and that has been said.
        if let Ok(Value::Object(body)) = notice::render_body(body) {
            self.fields(&body, "body", "body", &persons(&body));
        }
    }

    fn fields(&mut self, fields: &Map<String, Value>, path: &str, holder: &str, persons: &BTreeSet<&str>) {
        let has = |name: &str| fields.contains_key(name);
        if has("from") && has("to") && !has("tz") {
            self.refuse(format!("{path}.tz"), FieldRule::WindowZone);
        }
        if holder == "documents" && !has("issuer") {
            self.refuse(format!("{path}.issuer"), FieldRule::DocumentIssuer);
        }
        for (field, value) in fields {
            self.value(value, &format!("{path}.{field}"), (holder, field), persons);
        }
    }

    fn value(&mut self, value: &Value, path: &str, (holder, field): (&str, &str), persons: &BTreeSet<&str>) {
        match value {
            // Whoever it names stands in the same body.
            Value::Object(body) if field == "full_replacement" => {
                self.fields(body, path, "body", &self::persons(body));
            }
            Value::Object(fields) => self.fields(fields, path, field, persons),
            Value::Array(list) if list.iter().all(Value::is_string) => {
                let wrong = list.iter().filter_map(Value::as_str).find_map(|code| broken(code, holder, field, persons));
                if let Some(rule) = wrong {
                    self.refuse(path.to_owned(), rule);
                }
            }
            Value::Array(list) => {
                for (i, item) in list.iter().enumerate() {
                    self.value(item, &format!("{path}[{i}]"), (holder, field), persons);
                }
            }
            Value::String(code) => {
                if let Some(rule) = broken(code, holder, field, persons) {
                    self.refuse(path.to_owned(), rule);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// The ids of the persons of a body.
fn persons(body: &Map<String, Value>) -> BTreeSet<&str> {
    let persons = body.get("persons").and_then(Value::as_array).into_iter().flatten();
    persons.filter_map(|person| person.get("local_id")?.as_str()).collect()
}

/// The rule that a value breaks, if its field has one.
fn broken(code: &str, holder: &str, field: &str, persons: &BTreeSet<&str>) -> Option<FieldRule> {
    let (rule, fits) = match (holder, field) {
        (_, "country" | "nationality") => (FieldRule::Country, lists::is_country(code)),
        (_, "currency") => (FieldRule::ItemCurrency, lists::is_currency(code)),
        (_, "lang") => (FieldRule::TextLanguage, lists::is_language(code)),
        (_, "tz") => (FieldRule::WindowZone, lists::is_zone(code)),
        ("names", "script") => (FieldRule::NameScript, SCRIPTS.contains(&code)),
        ("document" | "documents", "issuer") => (FieldRule::DocumentIssuer, lists::is_issuer(code)),
        ("document" | "documents", "type") => (FieldRule::DocumentType, DOCUMENT_TYPES.contains(&code)),
        (_, "driver_ref" | "owner_ref" | "possessor_ref" | "holder_ref" | "entities") => {
            (FieldRule::PersonReference, persons.contains(code))
        }
        _ => return None,
    };
    (!fits).then_some(rule)
}
