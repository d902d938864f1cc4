//! A text as lines to read: every field of it with its name, codes in the reader's language, texts as they were written.
//!
//! It is made from the form of the draft file, as the sheet of the command line is, so that nothing is left out.

use serde_json::Map;
use serde_json::Value;

use crate::console::shell::Shell;
use crate::console::when::When;
use crate::domain::draft;
use crate::domain::kinds::Part;
use crate::edge::people;
use crate::i18n::Words;
use crate::i18n::codes;
use crate::time::Timestamp;
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
const NUMBERS: [&str; 9] =
    ["container_no", "e164", "number", "plate_norm", "plate_raw", "reference", "trailer_plate", "vin_raw", "wagon_no"];

/// The fields of a text, in the order of a reader: what it is about, the part of its kind, who and what, the rest, its
/// grade. None, if it cannot be written as a draft.
pub(super) fn lines(shell: &Shell, header: &wire::NoticeHeader, body: &wire::NoticeBody) -> Vec<Line> {
    let Ok((_, Value::Object(body))) = draft::render(header, Some(body)) else { return vec![] };
    let mut text = Text { words: &shell.words, when: &shell.when, lines: vec![] };
    // What is passed on has lines of its own, and attachments are shown beside the text.
    let is_line = |name: &str| !matches!(name, "forward" | "attachments");
    let mut fields: Vec<(&String, &Value)> = body.iter().filter(|(name, _)| is_line(name)).collect();
    fields.sort_by_key(|(name, _)| rank(name));
    for (name, value) in fields {
        text.field(0, ("body", name), value, None);
    }
    text.lines
}

/// Where a field of a body stands among the others.
fn rank(name: &str) -> u8 {
    match name {
        "subject" => 0,
        "narrative" => 1,
        part if Part::ALL.iter().any(|one| one.name() == part) => 2,
        "persons" | "vehicles" | "transport_units" => 3,
        "marking" => 5,
        _ => 4,
    }
}

struct Text<'a> {
    words: &'a Words,
    when: &'a When,
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
                let line = Line { depth, name: label, value: String::new(), language: String::new(), is_number: false };
                self.lines.push(line);
                self.object(depth + 1, name, fields);
            }
            _ => {}
        }
    }

    fn object(&mut self, depth: usize, holder: &str, fields: &Map<String, Value>) {
        let quantity = self.quantity(fields);
        // What is a group of its own comes last, or what follows it would seem to belong to it.
        let is_group = |(name, value): &(&String, &Value)| self.short(value, codes::list_of(holder, name)).is_none();
        let (groups, single): (Vec<_>, Vec<_>) = fields.iter().partition(is_group);
        for (name, value) in single.into_iter().chain(groups) {
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
            Value::String(text) => plain(match (list, text.parse::<Timestamp>()) {
                (Some(list), _) => self.code(list, text),
                (None, Ok(time)) => self.when.zoned(time.ms()),
                (None, Err(_)) => text.clone(),
            }),
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
