//! What a form begins with: the draft to fill in of its kind, without the hints that stand in a file.

use serde_json::Value;
use serde_json::json;

use crate::console::compose::field::Control;
use crate::console::compose::field::Field;
use crate::console::compose::field::Part;
use crate::console::compose::path;
use crate::name::OfficeCode;
use crate::time::Timestamp;

const MINUTE_MS: i64 = 60 * 1000;

/// Fields of a body that a form begins with as the template has them.
const KEPT: [&str; 4] =
    ["body.marking", "body.alert.valid_until", "body.request.due_at", "body.consent_decision.expires_at"];

/// The kind's draft to fill in, as a form begins: of its body what every one needs, and no addressee nor agreement that only
/// stands for one. `about` says that it is about a notice, from which these follow.
pub(super) fn start(template: &Value, all: &[Field], about: bool, me: OfficeCode) -> Value {
    let mut draft = json!({"header": template.get("header").cloned().unwrap_or_default()});
    if !about {
        for field in ["header.to", "header.legal_basis", "header.relates_to"] {
            path::put(&mut draft, field, Value::Null);
        }
    }
    for field in ["header.purpose.text", "header.handling.text"] {
        if path::get(&draft, field).is_some() {
            path::put(&mut draft, field, Value::Null);
        }
    }
    for field in KEPT {
        if let Some(value) = path::get(template, field) {
            path::put(&mut draft, field, value.clone());
        }
    }
    for field in all.iter().filter(|field| field.control == Control::Office && field.part == Part::Preset) {
        path::put(&mut draft, field.path, json!(me.to_string()));
    }
    path::close_up(&mut draft);
    draft
}

/// The beginning of this minute: what is filled in is typed without seconds, and never later than a period allows.
pub(super) fn whole_minute(now: Timestamp) -> Timestamp {
    now.plus_ms(-now.ms().rem_euclid(MINUTE_MS))
}
