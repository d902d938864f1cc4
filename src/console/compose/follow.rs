//! What follows from what a form holds, so that nobody types it: numbers of answers, roles of stages, scripts of names.

use serde_json::Value;
use serde_json::json;

use crate::console::compose::path;
use crate::domain::fields;
use crate::wire::json::Word as _;

/// Paths of the fields that a correction's form replaces, in their order.
const REPLACED: [&str; 2] = ["body.subject", "body.narrative"];

/// Completes a draft that a form wrote; what is there already stays.
pub(super) fn complete(draft: &mut Value) {
    for (i, answer) in list(draft, "body.reply.answers").enumerate() {
        add(answer, "question_no", json!(i + 1));
        add(answer, "confidential", json!(false));
    }
    for (change, path) in list(draft, "body.correction.replaced_fields").zip(REPLACED) {
        add(change, "path", json!(path));
    }
    for (stage, role) in list(draft, "body.controlled_delivery.route").zip(["ORIGIN", "DESTINATION"]) {
        add(stage, "role", json!(role));
    }
    for (i, person) in list(draft, "body.persons").enumerate() {
        add(person, "local_id", json!(format!("p{}", i + 1)));
        list(person, "names").for_each(name);
        list(person, "documents").for_each(|document| add(document, "check_status", json!("ABSENT")));
    }
    if let Some(document) = path::get_mut(draft, "body.document_alert.document") {
        add(document, "check_status", json!("ABSENT"));
    }
    for vehicle in list(draft, "body.vehicles") {
        if let Some(flag) = vehicle.get("vin_raw").and_then(Value::as_str).and_then(fields::vin_flag) {
            add(vehicle, "vin_flags", json!([flag.word()]));
        }
    }
    for unit in list(draft, "body.transport_units") {
        if let Some(status) = unit.get("container_no").and_then(Value::as_str).and_then(fields::container_status) {
            add(unit, "check_status", json!(status.word()));
        }
    }
    list(draft, "body.precursor_alert.items").for_each(|item| add(item, "class", json!("PRECURSOR")));
}

fn list<'a>(value: &'a mut Value, path: &str) -> impl Iterator<Item = &'a mut Value> {
    path::get_mut(value, path).and_then(Value::as_array_mut).into_iter().flatten()
}

/// Adds a field to an object that has not got it.
fn add(object: &mut Value, name: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.entry(name.to_owned()).or_insert(value);
    }
}

/// How a name is written as a whole, in which script, and that it is the main one.
fn name(name: &mut Value) {
    let part = |field: &str| name.get(field).and_then(Value::as_str).map(str::to_owned);
    let parts: Vec<String> = ["family", "given", "patronymic"].into_iter().filter_map(part).collect();
    if parts.is_empty() {
        return;
    }
    let whole = parts.join(" ");
    add(name, "script", json!(script(&whole)));
    add(name, "as_written", json!(whole));
    add(name, "kind", json!("PRIMARY"));
}

/// The script of a text by its first letter (ISO 15924).
fn script(text: &str) -> &'static str {
    match text.chars().find(|c| c.is_alphabetic()) {
        Some('\u{0400}'..='\u{052F}') => "Cyrl",
        Some('\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}') => "Arab",
        Some('\u{4E00}'..='\u{9FFF}') => "Hani",
        _ => "Latn",
    }
}
