//! Values in a draft file by the path of their field, as in `body.vehicles[0].plate_raw`.

use serde_json::Map;
use serde_json::Value;

/// Most items of a list that a form reaches.
const ITEMS: usize = 64;

/// The steps of a path: names, and places in lists.
fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split(['.', '[', ']']).filter(|step| !step.is_empty())
}

/// The value at a path.
pub(super) fn get<'a>(root: &'a Value, path: &str) -> Option<&'a Value> {
    steps(path).try_fold(root, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        Value::Object(fields) => fields.get(step),
        _ => None,
    })
}

/// The same, to change it.
pub(super) fn get_mut<'a>(root: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    steps(path).try_fold(root, |value, step| match value {
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        Value::Object(fields) => fields.get_mut(step),
        _ => None,
    })
}

/// Puts a value at a path; objects and lists on the way are made, with holes that are `null`.
pub(super) fn put(root: &mut Value, path: &str, value: Value) {
    let place = steps(path).try_fold(root, |place, step| match step.parse::<usize>() {
        Ok(i) if i < ITEMS => {
            if !place.is_array() {
                *place = Value::Array(vec![]);
            }
            let items = place.as_array_mut()?;
            while items.len() <= i {
                items.push(Value::Null);
            }
            items.get_mut(i)
        }
        Ok(_) => None,
        Err(_) => {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            Some(place.as_object_mut()?.entry(step).or_insert(Value::Null))
        }
    });
    if let Some(place) = place {
        *place = value;
    }
}

/// Takes holes out of lists, and objects and lists in which nothing is left out of these.
pub(super) fn close_up(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(close_up);
            items.retain(|item| !item.is_null());
        }
        Value::Object(fields) => {
            fields.values_mut().for_each(close_up);
            fields.retain(|_, value| !value.is_null());
        }
        _ => {}
    }
}

/// Whether a finding at one path is about the field at another: the same, or one within the other.
pub(super) fn meets(field: &str, found: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    within(found, field) || within(field, found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_put_and_found_by_their_path() {
        let mut draft = json!({"header": {"kind": "REPLY"}});
        put(&mut draft, "body.reply.answers[1].text", json!("b"));
        assert_eq!(get(&draft, "body.reply.answers[1].text"), Some(&json!("b")));
        assert_eq!(get(&draft, "body.reply.answers[0]"), Some(&Value::Null));
        put(&mut draft, "body.list[4000]", json!(1));
        close_up(&mut draft);
        assert_eq!(draft["body"], json!({"reply": {"answers": [{"text": "b"}]}}));
        assert_eq!(get(&draft, "body.reply.answers.text"), None);
    }

    #[test]
    fn a_finding_meets_its_field() {
        assert!(meets("body.vehicles[0].plate_raw", "body.vehicles"));
        assert!(meets("header.to", "header.to[0].office_code"));
        assert!(meets("body.subject", "body.subject"));
        assert!(!meets("body.vehicles[0].plate_raw", "body.vehicles[0].plate_country"));
        assert!(!meets("header.to", "header.tlp"));
    }
}
