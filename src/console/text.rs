//! A text as lines to read: every field of it with its name, codes in the reader's language, texts as they were written.
//!
//! It is made from the form of the draft file, as the sheet of the command line is, so that nothing is left out.

use serde_json::Map;
use serde_json::Value;

use crate::domain::draft;
use crate::edge::people;
use crate::i18n::Words;
use crate::i18n::codes;
use crate::wire;

/// A field of a text.
pub(super) struct Line {
    /// How far in it stands.
    pub(super) depth: usize,
    pub(super) name: String,
    /// What it says; empty if other fields stand in it.
    pub(super) value: String,
    /// The language of what an officer wrote; empty for the rest.
    pub(super) language: String,
    /// Whether it is a number that is compared character by character.
    pub(super) is_number: bool,
}

/// Fields that hold numbers of things.
const NUMBERS: [&str; 9] = [
    "container_no",
    "e164",
    "number",
    "plate_norm",
    "plate_raw",
    "reference",
    "trailer_plate",
    "vin_raw",
    "wagon_no",
];

/// The fields of a text, in their order; none, if it cannot be written as a draft.
pub(super) fn lines(words: &Words, header: &wire::NoticeHeader, body: &wire::NoticeBody) -> Vec<Line> {
    let Ok((_, Value::Object(body))) = draft::render(header, Some(body)) else { return vec![] };
    let mut text = Text { words, lines: vec![] };
    let first = ["subject", "narrative"].into_iter().filter_map(|name| Some((name, body.get(name)?)));
    for (name, value) in first {
        text.field(0, ("body", name), value, None);
    }
    // What is passed on has lines of its own.
    let rest = body.iter().filter(|(name, _)| !matches!(name.as_str(), "subject" | "narrative" | "forward"));
    for (name, value) in rest {
        text.field(0, ("body", name), value, None);
    }
    text.lines
}

struct Text<'a> {
    words: &'a Words,
    lines: Vec<Line>,
}

impl Text<'_> {
    fn field(&mut self, depth: usize, (holder, name): (&str, &str), value: &Value, number: Option<usize>) {
        let key = match (holder, name) {
            // Marks on packages, not the grade of a text.
            ("items", "marking") => "field-items-marking".to_owned(),
            _ => format!("field-{name}"),
        };
        let known = self.words.known(&key).unwrap_or_else(|| name.replace('_', " "));
        let label = number.map_or_else(|| known.clone(), |number| format!("{known} {number}"));
        let list = codes::list_of(holder, name);
        if let Some((said, language)) = self.short(value, list) {
            let is_number = NUMBERS.contains(&name);
            return self.lines.push(Line { depth, name: label, value: said, language, is_number });
        }
        match value {
            Value::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    self.field(depth, (holder, name), item, Some(i + 1));
                }
            }
            Value::Object(fields) => {
                let line =
                    Line { depth, name: label, value: String::new(), language: String::new(), is_number: false };
                self.lines.push(line);
                self.object(depth + 1, name, fields);
            }
            _ => {}
        }
    }

    fn object(&mut self, depth: usize, holder: &str, fields: &Map<String, Value>) {
        let quantity = self.quantity(fields);
        for (name, value) in fields {
            match (name.as_str(), &quantity) {
                ("quantity_milli", Some(quantity)) => self.lines.push(Line {
                    depth,
                    name: self.words.get("field-quantity"),
                    value: quantity.clone(),
                    language: String::new(),
                    is_number: false,
                }),
                ("unit", Some(_)) => {}
                _ => self.field(depth, (holder, name), value, None),
            }
        }
    }

    /// How much of it there is, as people write it; `None` of what is not measured.
    fn quantity(&self, item: &Map<String, Value>) -> Option<String> {
        let milli = item.get("quantity_milli")?.as_u64()?;
        let unit = self.code("unit", item.get("unit")?.as_str()?);
        let number = people::thousandths(milli, &self.words.get("number-group"), &self.words.get("number-point"));
        Some(format!("{number} {unit}"))
    }

    /// A value that stands behind its name, and the language of a text; `None` for objects and lists of them.
    fn short(&self, value: &Value, list: Option<&str>) -> Option<(String, String)> {
        let plain = |text: String| Some((text, String::new()));
        match value {
            Value::Null => plain("–".to_owned()),
            Value::Bool(true) => plain(self.words.get("value-yes")),
            Value::Bool(false) => plain(self.words.get("value-no")),
            Value::Number(number) => plain(number.to_string()),
            Value::String(text) => plain(list.map_or_else(|| text.clone(), |list| self.code(list, text))),
            Value::Array(items) if items.is_empty() => plain(self.words.get("value-none")),
            // Each of them on a line of its own, with its number.
            Value::Array(items) if items.iter().any(Value::is_object) => None,
            Value::Array(items) => {
                let items: Option<Vec<String>> =
                    items.iter().map(|item| self.short(item, list).map(|(text, _)| text)).collect();
                plain(items?.join(", "))
            }
            Value::Object(object) => match (object.get("text")?.as_str(), object.get("lang")?.as_str(), object.len()) {
                (Some(text), Some(language), 2) => Some((text.to_owned(), language.to_owned())),
                _ => None,
            },
        }
    }

    fn code(&self, list: &str, word: &str) -> String {
        self.words.known(&codes::key(list, word)).unwrap_or_else(|| word.to_owned())
    }
}
