//! A form as the draft file that it writes: each field by its control, to its path.
//!
//! - What is empty is left out; what cannot be read is a fault of its field, and nothing of it is written.

use serde_json::Value;
use serde_json::json;
use unicode_normalization::UnicodeNormalization as _;

use crate::console::compose::correct;
use crate::console::compose::field::Control;
use crate::console::compose::field::Field;
use crate::console::compose::follow;
use crate::console::compose::path;
use crate::console::compose::view;
use crate::console::compose::view::Trouble;
use crate::console::form::Fields;
use crate::console::when::When;
use crate::domain::kinds::Kind;
use crate::domain::policy::Agreements;
use crate::i18n::Words;
use crate::name::Country;
use crate::name::OfficeCode;
use crate::wire::Handling;
use crate::wire::NoticeKind;
use crate::wire::Purpose;
use crate::wire::json::Word as _;

/// Languages of texts, each with its name as a key.
pub(in crate::console) const LANGUAGES: [(&str, &str); 10] = [
    ("en", "console-lang-en"),
    ("ru", "console-lang-ru"),
    ("uz", "console-lang-uz"),
    ("tg", "console-lang-tg"),
    ("tk", "console-lang-tk"),
    ("ky", "console-lang-ky"),
    ("kk", "console-lang-kk"),
    ("fa", "console-lang-fa"),
    ("ps", "console-lang-ps"),
    ("zh", "console-lang-zh"),
];

/// Codes that no officer writes: an audience that version 1 refuses, reasons that the node or a confirmation gives.
const RESERVED: [(&str, &str); 3] =
    [("tlp", "RED"), ("amendment-reason", "CONFIRMED"), ("amendment-reason", "UNCONFIRMED")];

/// The field of a form that holds a relation, as in `REPLY_TO UZ-ALT-26-000123-3`.
pub(in crate::console) const RELATION: &str = "relation";
/// The field that holds the language of texts.
pub(in crate::console) const LANGUAGE: &str = "lang";

/// Where and by whom a form is filled in.
pub(in crate::console) struct Setting<'a> {
    /// The clock of the office.
    pub(in crate::console) when: &'a When,
    /// The office.
    pub(in crate::console) me: OfficeCode,
    /// What it has agreed.
    pub(in crate::console) agreements: &'a Agreements,
}

/// What a form writes.
pub(in crate::console) struct Written {
    /// The draft file.
    pub(in crate::console) draft: Value,
    /// What could not be read.
    pub(in crate::console) faults: Vec<Fault>,
    /// Fields that must be filled in, and are not.
    pub(in crate::console) missing: Vec<Fault>,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::console) struct Fault {
    /// Its path.
    pub(in crate::console) path: &'static str,
    /// What, as a key.
    pub(in crate::console) key: &'static str,
}

impl Fault {
    /// What is wrong, after the name of its field.
    pub(in crate::console) fn trouble(self, words: &Words, all: &[Field]) -> Trouble {
        let place = all.iter().find(|field| field.path == self.path).map(|field| view::label(words, field));
        let path = self.path.to_owned();
        Trouble { place: place.unwrap_or_else(|| path.clone()), path, said: words.get(self.key) }
    }
}

/// The codes of a list as a draft writes them.
pub(in crate::console) fn codes(list: &str) -> Vec<String> {
    let all = Words::codes(list).into_iter().filter(|code| !RESERVED.contains(&(list, code)));
    // The one list of codes that drafts write as MISP does.
    all.map(|code| if list == "drug-form" { code.to_lowercase().replace('_', "-") } else { code.to_owned() }).collect()
}

/// The draft file of a kind that a form writes.
pub(in crate::console) fn read(kind: NoticeKind, all: &[Field], fields: &Fields, setting: &Setting<'_>) -> Written {
    let corrected = correct::corrected(kind, fields);
    let kind = corrected.unwrap_or(kind);
    let mut draft = json!({"header": {"kind": kind.word(), "to": [], "relates_to": relations(fields)}});
    if let Some(part) = Kind::of(kind).and_then(|row| row.part) {
        path::put(&mut draft, &format!("body.{}", part.name()), json!({}));
    }
    let mut written = Written { draft, faults: vec![], missing: vec![] };
    let reader = Reader { fields, setting };
    for field in all {
        match reader.read(field) {
            Ok(values) if values.is_empty() => {
                // Without an agreement named, the one that fits is taken.
                if field.needed {
                    written.missing.push(Fault { path: field.path, key: "console-fault-missing" });
                }
            }
            Ok(values) => values.into_iter().for_each(|(at, value)| path::put(&mut written.draft, &at, value)),
            Err(key) => written.faults.push(Fault { path: field.path, key }),
        }
    }
    if path::get(&written.draft, "header.legal_basis").is_none()
        && let Some(basis) = covering(&written.draft, setting)
    {
        path::put(&mut written.draft, "header.legal_basis", basis);
    }
    follow::complete(&mut written.draft);
    path::close_up(&mut written.draft);
    if corrected.is_some() { correct::read(written, all, fields, setting.when) } else { written }
}

fn relations(fields: &Fields) -> Value {
    let each = fields.all(RELATION).filter_map(|relation| relation.split_once(' '));
    each.map(|(kind, reference)| json!({"type": kind, "human_ref": reference})).collect()
}

/// An agreement that covers all addressees and the purpose; else one that covers the addressees; else the first.
fn covering(draft: &Value, setting: &Setting<'_>) -> Option<Value> {
    let parties = |list: &str| path::get(draft, list).and_then(Value::as_array).into_iter().flatten();
    let offices = parties("header.to").chain(parties("header.cc"));
    let codes = offices.filter_map(|party| party.get("office_code")?.as_str()?.parse::<OfficeCode>().ok());
    let countries: Vec<Country> = codes.map(OfficeCode::country).collect();
    let purpose = path::get(draft, "header.purpose.code").and_then(Value::as_str).and_then(Purpose::from_word);
    let all = || setting.agreements.iter();
    let covers = |(_, one): &(&str, &crate::domain::policy::Agreement)| {
        one.covers(setting.me.country(), countries.iter().copied())
    };
    let fits = all().filter(covers).find(|(_, one)| purpose.is_some_and(|purpose| one.purposes.contains(&purpose)));
    let (reference, one) = fits.or_else(|| all().find(covers)).or_else(|| all().next())?;
    Some(json!({"kind": one.kind.word(), "ref": reference}))
}

type Values = Vec<(String, Value)>;

struct Reader<'a> {
    fields: &'a Fields,
    setting: &'a Setting<'a>,
}

impl Reader<'_> {
    /// What was typed: in normal form C, lines as Unix ends them.
    fn typed(&self, name: &str) -> String {
        self.fields.get(name).replace("\r\n", "\n").replace('\r', "\n").trim().nfc().collect()
    }

    fn text(&self, text: &str) -> Value {
        let known = |code: &&str| LANGUAGES.iter().any(|(known, _)| known == code);
        let language = Some(self.fields.get(LANGUAGE)).filter(known).unwrap_or("en");
        json!({"text": text, "lang": language})
    }

    /// What a field writes, each value with its path; nothing if it is empty.
    fn read(&self, field: &Field) -> Result<Values, &'static str> {
        let typed = self.typed(field.path);
        let at = |value: Value| vec![(field.path.to_owned(), value)];
        let plain = |value: &str| at(json!(value));
        let all = || -> Vec<String> {
            self.fields.all(field.path).map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
        };
        let listed = match field.control {
            Control::Moment | Control::Window | Control::Quantity => false,
            _ => typed.is_empty() && all().is_empty(),
        };
        if listed {
            return Ok(vec![]);
        }
        Ok(match field.control {
            Control::Line => plain(&typed),
            Control::Capitals => plain(&typed.to_uppercase()),
            Control::Number => at(json!(typed.parse::<u32>().map_err(|_| "console-fault-number")?)),
            Control::Numbers => {
                let numbers = typed.split([',', ' ']).filter(|part| !part.is_empty()).map(str::parse::<u32>);
                at(json!(numbers.collect::<Result<Vec<_>, _>>().map_err(|_| "console-fault-number")?))
            }
            Control::Title => at(self.text(&typed.replace('\n', " "))),
            Control::Text => at(self.text(&typed)),
            Control::Lines => {
                let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
                at(lines.map(|line| self.text(line)).collect())
            }
            Control::Words => {
                let words = typed.split([',', '\n']).map(str::trim).filter(|word| !word.is_empty());
                at(words.map(Value::from).collect())
            }
            Control::Radios(list) | Control::Select(list) => {
                let known = codes(list).contains(&typed);
                if !known {
                    return Err("console-fault-choice");
                }
                plain(&typed)
            }
            Control::Many(list) => {
                let (chosen, known) = (all(), codes(list));
                if !chosen.iter().all(|code| known.contains(code)) {
                    return Err("console-fault-choice");
                }
                at(json!(chosen))
            }
            Control::YesNo => match typed.as_str() {
                "yes" => at(json!(true)),
                "no" => at(json!(false)),
                _ => return Err("console-fault-choice"),
            },
            Control::Moment => self.moment(field.path)?.map(|ms| at(time(ms))).unwrap_or_default(),
            Control::Window => self.window(field.path)?.map(at).unwrap_or_default(),
            Control::Parties => {
                let offices = offices(all())?;
                at(offices.iter().map(|office| json!({"office_code": office})).collect())
            }
            Control::Offices => at(json!(offices(all())?)),
            Control::Office => {
                let office = offices(vec![typed])?;
                office.first().map(|office| plain(office)).unwrap_or_default()
            }
            Control::Quantity => self.quantity(field.path)?,
            Control::Handling => {
                let codes = all();
                let note = self.typed("header.handling.text");
                let form = |code: &String| match Handling::from_word(code) {
                    Some(Handling::H3) if !note.is_empty() => Ok(json!({"code": code, "text": note.as_str()})),
                    Some(_) => Ok(json!({"code": code})),
                    None => Err("console-fault-choice"),
                };
                at(Value::Array(codes.iter().map(form).collect::<Result<Vec<_>, _>>()?))
            }
            Control::Basis => {
                let (kind, reference) = typed.split_once(' ').ok_or("console-fault-choice")?;
                at(json!({"kind": kind, "ref": reference}))
            }
        })
    }

    /// The moment of a field's day and time; `None` if both are empty.
    fn moment(&self, path: &str) -> Result<Option<i64>, &'static str> {
        let (day, time) = (self.typed(&format!("{path}.day")), self.typed(&format!("{path}.time")));
        if day.is_empty() && time.is_empty() {
            return Ok(None);
        }
        self.setting.when.typed(&day, &time).map(Some).ok_or("console-fault-moment")
    }

    fn window(&self, path: &str) -> Result<Option<Value>, &'static str> {
        let from = self.moment(&format!("{path}.from"))?;
        let to = self.moment(&format!("{path}.to"))?;
        let Some(from) = from else {
            return if to.is_some() { Err("console-fault-from") } else { Ok(None) };
        };
        // An instant ends where it begins.
        let to = to.unwrap_or(from);
        if to < from {
            return Err("console-fault-order");
        }
        Ok(Some(json!({"from": time(from), "to": time(to), "tz": self.setting.when.zone_name()})))
    }

    fn quantity(&self, path: &str) -> Result<Values, &'static str> {
        let typed = self.typed(&format!("{path}.amount"));
        if typed.is_empty() {
            return Ok(vec![]);
        }
        let milli = thousandths(&typed).ok_or("console-fault-amount")?;
        let mut values = vec![(format!("{path}.quantity_milli"), json!(milli))];
        for (name, field, list) in [("unit", "unit", "unit"), ("basis", "gross_or_net", "weight-basis")] {
            let word = self.typed(&format!("{path}.{name}"));
            if word.is_empty() {
                continue;
            }
            if !codes(list).contains(&word) {
                return Err("console-fault-choice");
            }
            values.push((format!("{path}.{field}"), json!(word)));
        }
        Ok(values)
    }
}

fn time(ms: i64) -> Value {
    json!(crate::time::Timestamp::clamped(ms).to_string())
}

fn offices(codes: Vec<String>) -> Result<Vec<String>, &'static str> {
    let known = |code: &String| code.parse::<OfficeCode>().is_ok();
    if codes.iter().all(known) { Ok(codes) } else { Err("console-fault-choice") }
}

/// A number with at most three digits after its point or comma; spaces between its digits do not count. A comma before
/// three digits is read as a thousand by some and as decimals by others: so it is not read at all.
fn thousandths(text: &str) -> Option<u64> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (whole, rest) = plain.split_once(['.', ',']).unwrap_or((&plain, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let either = plain.contains(',') && rest.len() == 3;
    if either || whole.is_empty() || rest.len() > 3 || !digits(whole) || !digits(rest) {
        return None;
    }
    let rest: u64 = format!("{rest:0<3}").parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        for (text, milli) in [("9.386", 9386), ("9,4", 9400), ("1 200", 1_200_000), ("0.001", 1), ("7.", 7000)] {
            assert_eq!(thousandths(text), Some(milli), "{text}");
        }
        for text in ["", "-1", "1.2345", "1,2,3", "1,200", ".5", "a", "99999999999999999999"] {
            assert_eq!(thousandths(text), None, "{text}");
        }
    }
}
