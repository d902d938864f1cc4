//! What goes with a field that a correction changes, and what of it stays.
//!
//! - What says the same as the field in other words, or follows from it, is forgotten: no form shows it, so nobody would see
//!   that it contradicts.
//! - What the field does not say stays: the language of a text, whether a time is approximate.

use serde_json::Value;
use serde_json::json;

use crate::console::compose::field::Control;
use crate::console::compose::field::Field;
use crate::console::compose::path;

/// In which objects which fields have others that hang on them.
const HANGING: [(&[&str], &[&str], &[&str]); 7] = [
    (&["names"], &NAMES, &["as_written", "script", "latin", "scheme"]),
    (&["document", "documents"], &["type", "number", "issuer"], &["mrz", "check_status"]),
    (&["vehicles"], &["plate_raw"], &["plate_norm"]),
    (&["vehicles"], &["vin_raw"], &["vin_flags"]),
    (&["transport_units"], &["container_no"], &["check_status"]),
    (&["items"], &["substance_name"], &["cas", "inn", "schedule"]),
    (&["place"], &["office_code", "bcp_name"], &["lat_e7", "lon_e7", "accuracy_m", "un_locode"]),
];

/// The parts of a name.
const NAMES: [&str; 3] = ["family", "given", "patronymic"];

/// Forgets what hangs on a field, but for what the form shows itself.
pub(super) fn forget(whole: &mut Value, all: &[Field], field: &Field) {
    let Some((around, name)) = field.path.rsplit_once('.') else { return };
    let holder = around.rsplit('.').next().and_then(|step| step.split('[').next()).unwrap_or_default();
    let Some(object) = path::get_mut(whole, around).and_then(Value::as_object_mut) else { return };
    let rows = HANGING.iter().filter(|(holders, names, _)| holders.contains(&holder) && names.contains(&name));
    for other in rows.flat_map(|(.., hanging)| *hanging) {
        if !all.iter().any(|own| own.path == format!("{around}.{other}")) {
            object.remove(*other);
        }
    }
}

/// Forgets names of which nothing is left.
pub(super) fn forget_nameless(whole: &mut Value) {
    let persons = path::get_mut(whole, "body.persons").and_then(Value::as_array_mut).into_iter().flatten();
    for names in persons.filter_map(|person| person.get_mut("names")?.as_array_mut()) {
        let says = |name: &Value, field: &str| name.get(field).is_some_and(|part| !part.is_null());
        names.retain(|name| ["as_written"].iter().chain(&NAMES).any(|field| says(name, field)));
    }
}

/// The language that a form had for its texts, and the one that it has now; either empty if it has none.
#[derive(Clone, Copy)]
pub(super) struct Tongue<'a> {
    pub(super) stood: &'a str,
    pub(super) said: &'a str,
}

impl Tongue<'_> {
    /// The language of a text that was in this one: that of the form changes with it, any other stays.
    fn of<'a>(&'a self, old: &'a str) -> &'a str {
        if old == self.stood && !self.said.is_empty() { self.said } else { old }
    }

    /// A text, or several, in their languages.
    pub(super) fn retell(self, text: &mut Value) {
        match text {
            Value::Array(lines) => lines.iter_mut().for_each(|line| self.retell(line)),
            Value::Object(fields) if fields.contains_key("text") => {
                if let Some(lang) = fields.get_mut("lang")
                    && let Some(old) = lang.as_str()
                {
                    *lang = json!(self.of(old));
                }
            }
            _ => {}
        }
    }

    /// A new text in the language of the one whose place it takes.
    fn translate(self, new: &mut Value, old: &Value) {
        if let Some(old) = old.get("lang").and_then(Value::as_str)
            && let Some(lang) = new.get_mut("lang")
        {
            *lang = json!(self.of(old));
        }
    }
}

/// Puts what a form writes in place of what stood there; `null` for nothing.
pub(super) fn put(whole: &mut Value, field: &Field, mut new: Value, tongue: Tongue<'_>) {
    let old = path::get(whole, field.path).cloned().unwrap_or_default();
    let parts: &[&str] = match field.control {
        Control::Quantity => &["quantity_milli", "unit", "gross_or_net"],
        Control::Window if old.is_object() && !new.is_null() => &["from", "to"],
        Control::Title | Control::Text => {
            tongue.translate(&mut new, &old);
            &[]
        }
        Control::Lines => {
            let line = |i: usize| old.get(i).or_else(|| old.as_array()?.last()).cloned().unwrap_or_default();
            let lines = new.as_array_mut().into_iter().flatten();
            lines.enumerate().for_each(|(i, new)| tongue.translate(new, &line(i)));
            &[]
        }
        _ => &[],
    };
    if parts.is_empty() {
        return path::put(whole, field.path, new);
    }
    for part in parts {
        path::put(whole, &format!("{}.{part}", field.path), new.get(part).cloned().unwrap_or_default());
    }
}
