//! A notice as a sheet to read: who, when, how it may be used, the text, and the part of its kind.
//!
//! It is made from the form of the draft file, so that nothing that a notice carries is left out. Names of fields and
//! codes are said in the reader's language; texts stay as they were written.

use serde_json::Map;
use serde_json::Value;

use crate::cli::output::pairs;
use crate::edge::people;
use crate::i18n::Words;
use crate::i18n::codes;

/// Characters of a key id that people compare.
const KEY_CHARS: usize = 16;

/// Traffic that is real, and needs no warning.
const ACTUAL: &str = "ACTUAL";

/// The sheet of a notice.
pub(super) fn sheet(words: &Words, header: &Value, body: &Value, signed_by: &str, key: &str) -> String {
    let mut sheet = Sheet { words, text: String::new() };
    sheet.head(header);
    let about = sheet.about(header, signed_by, key.get(..KEY_CHARS).unwrap_or(key));
    let about: Vec<(&str, String)> = about.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    sheet.text.push('\n');
    sheet.text.push_str(&pairs(&about));
    match body {
        Value::Object(body) => sheet.body(body),
        _ => sheet.paragraph(&words.get("sheet-no-text")),
    }
    sheet.text
}

/// A body alone, each paragraph after an empty line.
pub(super) fn text(words: &Words, body: &Value) -> String {
    let mut sheet = Sheet { words, text: String::new() };
    if let Value::Object(body) = body {
        sheet.body(body);
    }
    sheet.text
}

/// A sheet as far as it is written.
struct Sheet<'a> {
    words: &'a Words,
    text: String,
}

impl Sheet<'_> {
    /// What it is, in one line.
    fn head(&mut self, header: &Value) {
        let reference = header.pointer("/identifier/human_ref").and_then(Value::as_str).map(str::to_owned);
        let mut first = vec![
            reference.unwrap_or_else(|| self.words.get("sheet-not-sent")),
            self.code("notice-kind", text_of(header, "kind")),
            self.code("urgency", text_of(header, "urgency")),
        ];
        let traffic = text_of(header, "traffic_status");
        if traffic != ACTUAL {
            let traffic = self.code("traffic", traffic).to_uppercase();
            first.push(self.words.say("sheet-only", &[("traffic", traffic)]));
        }
        self.text.push_str(&first.join("   "));
    }

    /// The header's fields that say something, each with its name.
    fn about(&self, header: &Value, signed_by: &str, key: &str) -> Vec<(String, String)> {
        let time = |name: &str| people::rfc_3339(text_of(header, name));
        let named = |value: Option<&Value>, list: &str, code: &str, text: &str| {
            let part = |name| value.map(|value| text_of(value, name)).unwrap_or_default();
            joined([self.code(list, part(code)), part(text).to_owned()], " ")
        };
        let relation = |one: &Value| named(Some(one), "relation-kind", "type", "human_ref");
        let handling = |one: &Value| named(Some(one), "handling", "code", "text");
        let said = |name: &str| header.get(name).and_then(|value| self.short(value, None));
        let is_true = |name: &str| header.get(name).and_then(Value::as_bool).unwrap_or(false);
        let marking = [self.code("tlp", text_of(header, "tlp")), list(header, "handling", handling)];
        let signature = [("office", signed_by.to_owned()), ("key", key.to_owned())];
        let about = [
            ("sheet-from", header.get("from").map(|party| self.party(party)).unwrap_or_default()),
            ("sheet-to", list(header, "to", |party| self.party(party))),
            ("sheet-cc", list(header, "cc", |party| self.party(party))),
            ("sheet-author", text_of(header, "author").to_owned()),
            ("sheet-releaser", text_of(header, "releaser").to_owned()),
            ("sheet-emergency", said("emergency").filter(|_| is_true("emergency")).unwrap_or_default()),
            ("sheet-created", time("created_at")),
            ("sheet-released", time("release_at")),
            ("sheet-valid-from", time("valid_from")),
            ("sheet-expires", time("expires_at")),
            ("sheet-review", time("review_at")),
            ("sheet-marking", joined(marking, "   ")),
            ("sheet-personal-data", said("contains_personal_data").unwrap_or_default()),
            ("sheet-classification", self.code("classification", text_of(header, "classification"))),
            ("sheet-action", self.code("permitted-action", text_of(header, "permitted_action"))),
            ("sheet-purpose", named(header.get("purpose"), "purpose", "code", "text")),
            ("sheet-legal-basis", named(header.get("legal_basis"), "legal-basis-kind", "kind", "ref")),
            ("sheet-relations", list(header, "relates_to", relation)),
            // A draft is not signed yet.
            (
                "sheet-signed-by",
                if key.is_empty() { String::new() } else { self.words.say("sheet-signature", &signature) },
            ),
        ];
        let said = about.into_iter().filter(|(_, value)| !value.is_empty());
        said.map(|(name, value)| (self.words.get(name), value)).collect()
    }

    fn party(&self, party: &Value) -> String {
        let office = text_of(party, "office_code");
        match joined([self.code("agency", text_of(party, "agency")), text_of(party, "unit").to_owned()], ", ") {
            about if about.is_empty() => office.to_owned(),
            about => format!("{office} ({about})"),
        }
    }

    fn body(&mut self, body: &Map<String, Value>) {
        let is_text = |sheet: &Self, name: &str, value: &Value| {
            // What is passed on has a sheet of its own.
            name == "forward" || matches!(name, "subject" | "narrative") && sheet.short(value, None).is_some()
        };
        for name in ["subject", "narrative"] {
            if let Some(text) = body.get(name).and_then(|value| self.short(value, None)) {
                self.paragraph(&text);
            }
        }
        for (name, value) in body {
            if !is_text(self, name, value) {
                self.text.push('\n');
                self.field(0, ("body", name), value, None);
            }
        }
    }

    fn paragraph(&mut self, text: &str) {
        self.text.push_str("\n\n");
        self.text.push_str(text);
    }

    /// A field and what is in it, each level further in; `number` of an item of a list.
    fn field(&mut self, depth: usize, (holder, name): (&str, &str), value: &Value, number: Option<usize>) {
        let margin = "  ".repeat(depth);
        let key = match (holder, name) {
            // Marks on packages, not the grade of a text.
            ("items", "marking") => "field-items-marking".to_owned(),
            _ => format!("field-{name}"),
        };
        let known = self.words.known(&key).unwrap_or_else(|| name.replace('_', " "));
        let label = number.map_or_else(|| known.clone(), |number| format!("{known} {number}"));
        match (self.short(value, codes::list_of(holder, name)), value) {
            (Some(text), _) => {
                self.line(&margin, &format!("{label}: {}", text.replace('\n', &format!("\n{margin}  "))));
            }
            (None, Value::Array(items)) => {
                for (i, item) in items.iter().enumerate() {
                    self.field(depth, (holder, name), item, Some(i + 1));
                }
            }
            (None, _) => {
                self.line(&margin, &label);
                let quantity = self.quantity(value);
                for (inner, value) in value.as_object().into_iter().flatten() {
                    match (inner.as_str(), &quantity) {
                        ("quantity_milli", Some(quantity)) => self.line(&format!("{margin}  "), quantity),
                        ("unit", Some(_)) => {}
                        _ => self.field(depth + 1, (name, inner), value, None),
                    }
                }
            }
        }
    }

    /// How much of it there is, as people write it; `None` of what is not measured.
    fn quantity(&self, item: &Value) -> Option<String> {
        let milli = item.get("quantity_milli")?.as_u64()?;
        let unit = self.code("unit", item.get("unit")?.as_str()?);
        let number = people::thousandths(milli, &self.words.get("number-group"), &self.words.get("number-point"));
        Some(format!("{}: {number} {unit}", self.words.get("field-quantity")))
    }

    fn line(&mut self, margin: &str, text: &str) {
        self.text.push('\n');
        self.text.push_str(margin);
        self.text.push_str(text);
    }

    /// A value that stands behind its name; `None` for objects and lists of them.
    fn short(&self, value: &Value, list: Option<&str>) -> Option<String> {
        match value {
            Value::Null => Some("–".to_owned()),
            Value::Bool(true) => Some(self.words.get("value-yes")),
            Value::Bool(false) => Some(self.words.get("value-no")),
            Value::Number(number) => Some(number.to_string()),
            Value::String(text) => Some(list.map_or_else(|| text.clone(), |list| self.code(list, text))),
            Value::Array(items) if items.is_empty() => Some(self.words.get("value-none")),
            // Each of them on a line of its own, with its number.
            Value::Array(items) if items.iter().any(Value::is_object) => None,
            Value::Array(items) => {
                let items: Option<Vec<String>> = items.iter().map(|item| self.short(item, list)).collect();
                items.map(|items| items.join(", "))
            }
            // A text with its language.
            Value::Object(object) => match (object.get("text")?.as_str(), object.get("lang")?.as_str(), object.len()) {
                (Some(text), Some(language), 2) => Some(format!("{text} ({language})")),
                _ => None,
            },
        }
    }

    /// The label of a word of a code list; empty for no word, the word itself if it has no label.
    fn code(&self, list: &str, word: &str) -> String {
        if word.is_empty() {
            return String::new();
        }
        self.words.known(&codes::key(list, word)).unwrap_or_else(|| word.to_owned())
    }
}

fn text_of<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list(header: &Value, name: &str, write: impl Fn(&Value) -> String) -> String {
    let items = header.get(name).and_then(Value::as_array).into_iter().flatten();
    items.map(write).collect::<Vec<_>>().join(", ")
}

/// Those of the texts that are not empty, in one.
fn joined<const N: usize>(texts: [String; N], between: &str) -> String {
    texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    fn samples() -> Vec<Value> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/notices");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        files.map(|bytes| serde_json::from_slice(&bytes).unwrap()).collect()
    }

    fn written(language: Language, draft: &Value) -> String {
        sheet(&Words::of(language), &draft["header"], &draft["body"], "UZ-ALT", &"0".repeat(64))
    }

    #[test]
    fn a_sheet_leaves_nothing_out() {
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        for (draft, language) in
            samples().iter().flat_map(|draft| [(draft, Language::english()), (draft, Language::of_locale("ru"))])
        {
            let (sheet, words) = (written(language.clone(), draft), Words::of(language));
            let shown = squeezed(&sheet);
            let mut rest = vec![("", "body", &draft["body"])];
            while let Some((holder, field, value)) = rest.pop() {
                match value {
                    Value::Array(items) => rest.extend(items.iter().map(|item| (holder, field, item))),
                    Value::Object(fields) => {
                        rest.extend(fields.iter().map(|(name, inner)| (field, name.as_str(), inner)));
                    }
                    Value::String(text) => {
                        let label = codes::list_of(holder, field).map(|list| words.known(&codes::key(list, text)));
                        let text = label.map_or_else(|| text.clone(), |label| label.expect("a label"));
                        assert!(shown.contains(&squeezed(&text)), "{text:?} is not in\n{sheet}");
                    }
                    _ => {}
                }
            }
            assert!(sheet.contains(draft["header"]["to"][0]["office_code"].as_str().unwrap()));
        }
    }

    #[test]
    fn a_sheet_says_who_stands_behind_a_notice_and_how_much_there_is() {
        let mut draft = samples().into_iter().find(|draft| draft["header"]["kind"] == "SEIZURE_REPORT").unwrap();
        draft["header"]["author"] = "UZ-ALT-O01".into();
        draft["header"]["releaser"] = "UZ-ALT-R01".into();
        draft["header"]["emergency"] = true.into();
        draft["header"]["contains_personal_data"] = true.into();
        draft["header"]["release_at"] = "2026-11-20T06:25:00Z".into();
        let item = &mut draft["body"]["seizure"]["items"][0];
        (item["quantity_milli"], item["unit"]) = (9_412_500.into(), "GRM".into());
        item["marking"] = "lion".into();
        let squeezed = |language| written(language, &draft).split_whitespace().collect::<Vec<_>>().join(" ");
        let (en, ru) = (squeezed(Language::english()), squeezed(Language::of_locale("ru")));
        for said in [
            "Written by UZ-ALT-O01",
            "Released by UZ-ALT-R01",
            "Emergency release yes",
            "Released 2026-11-20 06:25:00",
            "Personal data yes",
            "quantity: 9,412.5 g",
            "marks on packages: lion",
        ] {
            assert!(en.contains(said), "{said} is not in\n{en}");
        }
        for said in ["Составил UZ-ALT-O01", "количество: 9 412,5 г", "надписи и знаки на упаковке: lion"]
        {
            assert!(ru.contains(said), "{said} is not in\n{ru}");
        }
        assert!(!en.contains("9412500"), "{en}");
    }

    /// The notice of a transcript, as it is shown in both languages.
    #[test]
    fn transcripts_of_a_notice() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
        let read = |path: &str| std::fs::read(folder.join(path)).unwrap();
        for name in ["01-suspicious-consignment-yarn", "18-vehicle-alert-exercise", "49-rfi-person-immediate"] {
            let mut draft: Value = serde_json::from_slice(&read(&format!("notices/{name}.json"))).unwrap();
            // They are not sent.
            draft["body"].as_object_mut().unwrap().remove("attachments");
            for (language, code) in [(Language::english(), "en"), (Language::of_locale("ru"), "ru")] {
                let path = folder.join(format!("sheets/{name}.{code}.txt"));
                let sheet = written(language, &draft) + "\n";
                if std::env::var_os("CHAPAR_BLESS").is_some() {
                    std::fs::write(&path, sheet).unwrap();
                } else {
                    assert_eq!(sheet, std::fs::read_to_string(&path).unwrap(), "{}", path.display());
                }
            }
        }
    }
}
