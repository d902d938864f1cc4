//! A notice as a sheet to read: who, when, how it may be used, the text, and the part of its kind.
//!
//! It is made from the form of the draft file, so that nothing that a notice carries is left out.

use std::fmt::Write as _;

use serde_json::Map;
use serde_json::Value;

use crate::cli::output::pairs;
use crate::cli::words::spoken;
use crate::edge::people;

/// Characters of a key id that people compare.
const KEY_CHARS: usize = 16;

/// The sheet of a notice.
pub(super) fn sheet(header: &Value, body: &Value, signed_by: &str, key: &str) -> String {
    let word = |name: &str| spoken(header.get(name).and_then(Value::as_str).unwrap_or_default());
    let reference = header.pointer("/identifier/human_ref").and_then(Value::as_str).unwrap_or("not sent yet");
    let mut first = vec![reference.to_owned(), word("kind"), word("urgency")];
    if word("traffic_status") != "actual" {
        first.push(format!("{} ONLY", word("traffic_status").to_uppercase()));
    }
    let time = |name: &str| people::rfc_3339(header.get(name).and_then(Value::as_str).unwrap_or_default());
    let key = key.get(..KEY_CHARS).unwrap_or(key);
    let about = [
        ("From", from(header)),
        ("To", parties(header, "to")),
        ("Copies", parties(header, "cc")),
        ("Created", time("created_at")),
        ("Counts from", time("valid_from")),
        ("Expires", time("expires_at")),
        ("Review", time("review_at")),
        ("Marking", marking(header)),
        ("Asked", word("permitted_action")),
        ("Purpose", coded(header.get("purpose"), "code", "text")),
        ("Legal basis", coded(header.get("legal_basis"), "kind", "ref")),
        ("Relates to", list(header, "relates_to", |one| coded(Some(one), "type", "human_ref"))),
        ("Signed by", format!("{signed_by}, key {key}…, verified")),
    ];
    let about: Vec<(&str, String)> = about.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let mut sheet = format!("{}\n{}", first.join("   "), pairs(&about));
    match body {
        Value::Object(body) => write_body(&mut sheet, body),
        _ => sheet.push_str("\n\nIt has no text, or its text has expired."),
    }
    sheet
}

fn write_body(sheet: &mut String, body: &Map<String, Value>) {
    for name in ["subject", "narrative"] {
        if let Some(text) = body.get(name).and_then(short) {
            sheet.push_str("\n\n");
            sheet.push_str(&text);
        }
    }
    let is_text = |name: &str, value: &Value| matches!(name, "subject" | "narrative") && short(value).is_some();
    for (name, value) in body.iter().filter(|(name, value)| !is_text(name, value)) {
        sheet.push('\n');
        field(sheet, 0, name, value);
    }
}

/// A field and what is in it, each level further in.
fn field(sheet: &mut String, depth: usize, name: &str, value: &Value) {
    let (margin, name) = ("  ".repeat(depth), name.replace('_', " "));
    // Writing to a string does not fail.
    let _ = match (short(value), value) {
        (Some(text), _) => write!(sheet, "\n{margin}{name}: {}", text.replace('\n', &format!("\n{margin}  "))),
        (None, Value::Array(items)) => {
            for (i, item) in items.iter().enumerate() {
                field(sheet, depth, &format!("{name} {}", i + 1), item);
            }
            Ok(())
        }
        (None, _) => {
            let written = write!(sheet, "\n{margin}{name}");
            for (name, value) in value.as_object().into_iter().flatten() {
                field(sheet, depth + 1, name, value);
            }
            written
        }
    };
}

/// A value that stands behind its name; `None` for objects and lists of them.
fn short(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("–".to_owned()),
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(items) if items.is_empty() => Some("none".to_owned()),
        Value::Array(items) => items.iter().map(short).collect::<Option<Vec<_>>>().map(|items| items.join(", ")),
        // A text with its language.
        Value::Object(object) => match (object.get("text")?.as_str(), object.get("lang")?.as_str(), object.len()) {
            (Some(text), Some(language), 2) => Some(format!("{text} ({language})")),
            _ => None,
        },
    }
}

fn from(header: &Value) -> String {
    header.get("from").map(party).unwrap_or_default()
}

fn parties(header: &Value, name: &str) -> String {
    list(header, name, party)
}

fn list(header: &Value, name: &str, write: impl Fn(&Value) -> String) -> String {
    let items = header.get(name).and_then(Value::as_array).into_iter().flatten();
    items.map(write).collect::<Vec<_>>().join(", ")
}

fn party(party: &Value) -> String {
    let text = |name| party.get(name).and_then(Value::as_str).unwrap_or_default();
    let about: Vec<String> =
        [spoken(text("agency")), text("unit").to_owned()].into_iter().filter(|t| !t.is_empty()).collect();
    if about.is_empty() {
        text("office_code").to_owned()
    } else {
        format!("{} ({})", text("office_code"), about.join(", "))
    }
}

fn marking(header: &Value) -> String {
    let tlp = header.get("tlp").and_then(Value::as_str).unwrap_or_default().replace('_', "+");
    let codes = list(header, "handling", |handling| coded(Some(handling), "code", "text").to_uppercase());
    format!("TLP:{tlp}   {codes}")
}

fn coded(value: Option<&Value>, code: &str, text: &str) -> String {
    let part = |name| value.and_then(|value| value.get(name)?.as_str()).unwrap_or_default();
    [spoken(part(code)), part(text).to_owned()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_leaves_nothing_out() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/notices");
        for entry in std::fs::read_dir(folder).unwrap() {
            let draft: Value = serde_json::from_slice(&std::fs::read(entry.unwrap().path()).unwrap()).unwrap();
            let sheet = sheet(&draft["header"], &draft["body"], "UZ-ALT", &"0".repeat(64));
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            let shown = squeezed(&sheet);
            let mut rest = vec![&draft["body"]];
            while let Some(value) = rest.pop() {
                match value {
                    Value::Array(items) => rest.extend(items),
                    Value::Object(fields) => rest.extend(fields.values()),
                    Value::String(text) => assert!(shown.contains(&squeezed(text)), "{text:?} is not in\n{sheet}"),
                    _ => {}
                }
            }
            assert!(sheet.contains(draft["header"]["to"][0]["office_code"].as_str().unwrap()));
        }
    }
}
