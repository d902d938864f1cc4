//! What two forms of a draft have differently, field by field.

use std::collections::BTreeSet;

use serde_json::Map;
use serde_json::Value;

/// A field that two forms of a draft have differently.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The field, as in `body.seizure.items[0].quantity_milli`.
    pub path: String,
    /// What stood there; `null` for nothing.
    pub old: Value,
    /// What stands there now; `null` for nothing.
    pub new: Value,
}

/// The changes from one form to another, each as header and body.
#[must_use]
pub fn changes(old: &(Value, Value), new: &(Value, Value)) -> Vec<Change> {
    let mut changes = vec![];
    compare("header", &old.0, &new.0, &mut changes);
    compare("body", &old.1, &new.1, &mut changes);
    changes
}

fn compare(path: &str, old: &Value, new: &Value, changes: &mut Vec<Change>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            let get = |fields: &Map<String, Value>, name: &String| fields.get(name).cloned().unwrap_or_default();
            for name in names {
                compare(&format!("{path}.{name}"), &get(old, name), &get(new, name), changes);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            for i in 0..old.len().max(new.len()) {
                let get = |items: &Vec<Value>| items.get(i).cloned().unwrap_or_default();
                compare(&format!("{path}[{i}]"), &get(old), &get(new), changes);
            }
        }
        (old, new) if old == new => {}
        _ => changes.push(Change { path: path.to_owned(), old: old.clone(), new: new.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_name_what_was_and_what_is() {
        let old = (json!({"tlp": "AMBER"}), json!({"a": {"b": 1, "c": ["x"]}}));
        let new = (json!({"tlp": "AMBER"}), json!({"a": {"b": 2, "c": ["x", "y"]}, "d": "z"}));
        let found: Vec<_> = changes(&old, &new).into_iter().map(|one| (one.path, one.old, one.new)).collect();
        let at = |path: &str, old: Value, new: Value| (path.to_owned(), old, new);
        let wanted = [
            at("body.a.b", json!(1), json!(2)),
            at("body.a.c[1]", Value::Null, json!("y")),
            at("body.d", Value::Null, json!("z")),
        ];
        assert_eq!(found, wanted);
        assert_eq!(changes(&new, &new), []);
    }
}
