//! A draft file as the fields of its form: the way back of `read`.

use serde_json::Value;

use crate::console::compose::correct;
use crate::console::compose::field::Control;
use crate::console::compose::field::Field;
use crate::console::compose::path;
use crate::console::compose::read;
use crate::console::compose::read::LANGUAGE;
use crate::console::compose::read::RELATION;
use crate::console::compose::read::Setting;
use crate::console::form::Fields;
use crate::console::when::When;
use crate::domain::draft;
use crate::domain::draft::Draft;
use crate::edge::people;
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::NoticeKind;

const MINUTE_MS: i64 = 60 * 1000;

/// The fields of a form that a draft fills in. What the form does not show is left out.
pub(in crate::console) fn show(all: &[Field], draft: &Value, when: &When) -> Fields {
    let mut shown = Shown { when, by_minute: correct::is_form(all), fields: vec![] };
    let draft = &correct::unwrapped(draft);
    let relations = path::get(draft, "header.relates_to").and_then(Value::as_array).into_iter().flatten();
    for relation in relations {
        let word = |field: &str| relation.get(field).and_then(Value::as_str).unwrap_or_default();
        shown.add(RELATION, format!("{} {}", word("type"), word("human_ref")));
    }
    let language = path::get(draft, "body.subject.lang").and_then(Value::as_str);
    if let Some(language) = language {
        shown.add(LANGUAGE, language.to_owned());
    }
    for field in all {
        if let Some(value) = path::get(draft, field.path) {
            shown.field(field, value);
        }
    }
    Fields(shown.fields)
}

/// Whether the form of its kind, which carries this, holds everything of a draft: what it would write is the draft again.
pub(in crate::console) fn holds(
    all: &[Field],
    header: &wire::NoticeHeader,
    body: Option<&wire::NoticeBody>,
    carried: &Fields,
    setting: &Setting<'_>,
) -> bool {
    let Some(file) = file(header, body) else { return false };
    let mut fields = show(all, &file, setting.when);
    fields.0.extend(carried.0.iter().cloned());
    let kind = header.kind();
    let again = again(kind, all, &fields, setting);
    let own = |office: OfficeCode| office == setting.me;
    let mut header = header.clone();
    if header.from.as_ref().is_some_and(|from| from.agency == 0 && from.office.parse().is_ok_and(own)) {
        header.from = None;
    }
    again.is_some_and(|again| again.header == header && again.body.as_ref() == body)
}

fn again(kind: NoticeKind, all: &[Field], fields: &Fields, setting: &Setting<'_>) -> Option<Draft> {
    let written = read::read(kind, all, fields, setting);
    if !written.faults.is_empty() {
        return None;
    }
    draft::parse(written.draft.to_string().as_bytes(), draft::Options::default()).ok().map(correct::noted)
}

/// A draft as its file; `None` for one that cannot be written as one.
pub(in crate::console) fn file(header: &wire::NoticeHeader, body: Option<&wire::NoticeBody>) -> Option<Value> {
    let (header, body) = draft::render(header, body).ok()?;
    let mut file = serde_json::json!({"header": header, "body": body});
    path::close_up(&mut file);
    Some(file)
}

struct Shown<'a> {
    when: &'a When,
    /// Whether times of the text are shown by the minute.
    by_minute: bool,
    fields: Vec<(String, String)>,
}

impl Shown<'_> {
    fn add(&mut self, name: &str, value: String) {
        self.fields.push((name.to_owned(), value));
    }

    fn field(&mut self, field: &Field, value: &Value) {
        let name = field.path;
        let word = |value: &Value| value.as_str().map(str::to_owned);
        let text = |value: &Value| value.get("text").and_then(Value::as_str).map(str::to_owned);
        let each = |of: &dyn Fn(&Value) -> Option<String>| -> Vec<String> {
            value.as_array().into_iter().flatten().filter_map(of).collect()
        };
        match field.control {
            Control::Line | Control::Capitals | Control::Radios(_) | Control::Select(_) | Control::Office => {
                self.fields.extend(word(value).map(|word| (name.to_owned(), word)));
            }
            Control::Number => self.fields.extend(value.as_u64().map(|number| (name.to_owned(), number.to_string()))),
            Control::Numbers => self.add(name, each(&|one| one.as_u64().map(|one| one.to_string())).join(", ")),
            Control::Title | Control::Text => self.fields.extend(text(value).map(|text| (name.to_owned(), text))),
            Control::Lines => self.add(name, each(&text).join("\n")),
            Control::Words => self.add(name, each(&word).join(", ")),
            Control::Many(_) | Control::Offices => each(&word).into_iter().for_each(|word| self.add(name, word)),
            Control::YesNo => {
                let said = value.as_bool().map(|yes| if yes { "yes" } else { "no" }.to_owned());
                self.fields.extend(said.map(|said| (name.to_owned(), said)));
            }
            Control::Moment => self.moment(name, Some(value)),
            Control::Window => {
                for end in ["from", "to"] {
                    self.moment(&format!("{name}.{end}"), value.get(end));
                }
            }
            Control::Parties => {
                let offices = each(&|party| word(party.get("office_code")?));
                for office in offices {
                    self.add(name, office);
                }
            }
            Control::Quantity => self.quantity(name, value),
            Control::Handling => {
                for one in value.as_array().into_iter().flatten() {
                    self.fields.extend(one.get("code").and_then(word).map(|code| (name.to_owned(), code)));
                    let note = one.get("text").and_then(word);
                    self.fields.extend(note.map(|note| ("header.handling.text".to_owned(), note)));
                }
            }
            Control::Basis => {
                let part = |field: &str| value.get(field).and_then(word).unwrap_or_default();
                self.add(name, format!("{} {}", part("kind"), part("ref")));
            }
        }
    }

    fn moment(&mut self, name: &str, value: Option<&Value>) {
        let Some(time) = value.and_then(Value::as_str).and_then(|text| text.parse::<Timestamp>().ok()) else { return };
        let over = if self.by_minute && name.starts_with("body.") { time.ms().rem_euclid(MINUTE_MS) } else { 0 };
        let (day, hour) = self.when.to_type(time.ms() - over);
        self.add(&format!("{name}.day"), day);
        self.add(&format!("{name}.time"), hour);
    }

    fn quantity(&mut self, name: &str, item: &Value) {
        let Some(milli) = item.get("quantity_milli").and_then(Value::as_u64) else { return };
        self.add(&format!("{name}.amount"), people::thousandths(milli, "", "."));
        for (field, from) in [("unit", "unit"), ("basis", "gross_or_net")] {
            if let Some(word) = item.get(from).and_then(Value::as_str) {
                self.add(&format!("{name}.{field}"), word.to_owned());
            }
        }
    }
}
