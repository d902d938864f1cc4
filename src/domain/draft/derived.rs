//! What a draft may write although it follows from other fields: places of items, normal forms of plates.
//!
//! A draft that writes them must write them right; a notice does not carry them. Attachments are dropped here, too, if asked.
//!
//! Shapes that are wrong in other ways are left for the typed parse to name.

use serde_json::Map;
use serde_json::Value;

use crate::domain::draft::fields;
use crate::domain::fields::plate_norm;
use crate::domain::problem::Cause;
use crate::domain::problem::Problem;

/// Parts that have items.
const WITH_ITEMS: [&str; 3] = ["seizure", "precursor_alert", "controlled_delivery"];

/// Takes out of a draft's body what is derived, and the attachments if they are to be dropped.
///
/// # Errors
/// If something derived is wrong.
pub(super) fn remove(body: &mut Value, without_attachments: bool) -> Result<(), Problem> {
    if let Some(correction) = fields(body, "correction")
        && let Some(replacement) = correction.get_mut("full_replacement")
    {
        remove_from(replacement, "body.correction.full_replacement", without_attachments)?;
    }
    remove_from(body, "body", without_attachments)
}

fn remove_from(body: &mut Value, path: &str, without_attachments: bool) -> Result<(), Problem> {
    if let Some(fields) = body.as_object_mut()
        && without_attachments
    {
        fields.remove("attachments");
    }
    for (i, vehicle) in objects(body, "vehicles").enumerate() {
        take(vehicle, "plate_norm", plate_of, format_args!("{path}.vehicles[{i}]"))?;
    }
    for part in WITH_ITEMS {
        let Some(value) = body.get_mut(part) else { continue };
        for (i, item) in objects(value, "items").enumerate() {
            take(item, "item_no", |_| Some(Value::from(i + 1)), format_args!("{path}.{part}.items[{i}]"))?;
        }
    }
    Ok(())
}

/// Takes a derived field out of an object, if it is there and what it must be.
fn take(
    object: &mut Map<String, Value>,
    field: &str,
    derive: impl Fn(&Map<String, Value>) -> Option<Value>,
    path: std::fmt::Arguments<'_>,
) -> Result<(), Problem> {
    match object.remove(field) {
        Some(found) if derive(object) != Some(found.clone()) => {
            Err(Problem::new(format_args!("{path}.{field}"), Cause::Derived))
        }
        _ => Ok(()),
    }
}

/// Writes into a rendered body what is derived.
pub(super) fn add(body: &mut Value) {
    if let Some(correction) = fields(body, "correction")
        && let Some(replacement) = correction.get_mut("full_replacement")
    {
        add_to(replacement);
    }
    add_to(body);
}

fn add_to(body: &mut Value) {
    for vehicle in objects(body, "vehicles") {
        if let Some(plate) = plate_of(vehicle) {
            vehicle.insert("plate_norm".to_owned(), plate);
        }
        if vehicle.contains_key("vin_raw") {
            // No flags says that the number was looked at.
            vehicle.entry("vin_flags").or_insert_with(|| Value::Array(vec![]));
        }
    }
    for part in WITH_ITEMS {
        let Some(value) = body.get_mut(part) else { continue };
        for (i, item) in objects(value, "items").enumerate() {
            item.insert("item_no".to_owned(), Value::from(i + 1));
        }
    }
}

fn plate_of(vehicle: &Map<String, Value>) -> Option<Value> {
    vehicle.get("plate_raw")?.as_str().map(|plate| Value::String(plate_norm(plate)))
}

/// The objects of a list.
fn objects<'a>(value: &'a mut Value, list: &str) -> impl Iterator<Item = &'a mut Map<String, Value>> {
    value.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut)
}
