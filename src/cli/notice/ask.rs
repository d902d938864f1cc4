//! A draft by question and answer: the fields of a kind's template, one after the other.
//!
//! What stands in the template as a value is kept with Enter; what is only a hint must be written. Codes are given by
//! their words. A field that does not fit is asked for again.

use std::io;
use std::io::BufRead;
use std::io::IsTerminal as _;
use std::io::Write;

use serde_json::Value;

use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::domain::draft;
use crate::domain::draft::Draft;
use crate::domain::draft::DraftError;
use crate::domain::kinds;
use crate::domain::template::is_hint;
use crate::domain::template::shorten;
use crate::domain::template::template;
use crate::i18n::Words;
use crate::i18n::codes;
use crate::time::Timestamp;
use crate::wire::NoticeKind;

/// What stands as the traffic status of a new draft while an exercise is on: a hint, which must be replaced.
pub(super) const REAL_OR_EXERCISE: &str = "ACTUAL or EXERCISE";

/// A draft of a kind that begins with a traffic status, which the office keeps for so many days: asked for at a terminal,
/// else the template as it is.
pub(super) fn draft(
    kind: NoticeKind,
    traffic: &str,
    days: Option<u32>,
    now: Timestamp,
    words: &Words,
) -> Result<Draft, Failure> {
    let mut form = template(kind, None, now).ok_or_else(|| {
        Failure::usage(format!("{} is not offered.", kinds::word(kind)), "List them: chapar notice template")
    })?;
    if let Some(days) = days {
        shorten(&mut form, days, now);
    }
    if let Some(status) = form.pointer_mut("/header/traffic_status") {
        *status = traffic.into();
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        if traffic == REAL_OR_EXERCISE {
            return Err(Failure::said(Kind::Config, "failure-real-or-exercise", &[]));
        }
        return parse(&form).map_err(Failure::internal);
    }
    let (mut answers, mut questions) = (io::stdin().lock(), io::stderr().lock());
    asked(&mut form, words, &mut answers, &mut questions)
}

/// Asks until there is a draft.
fn asked(form: &mut Value, words: &Words, from: &mut dyn BufRead, to: &mut dyn Write) -> Result<Draft, Failure> {
    let mut asker = Asker { words, only: None, from, to };
    asker.tell(&words.get("ask-begin")).map_err(|error| broken_off(&error))?;
    loop {
        asker.walk(form, "", ("", "")).map_err(|error| broken_off(&error))?;
        match parse(form) {
            Ok(draft) => return Ok(draft),
            Err(DraftError::Problem(problem)) if is_asked(form, &problem.path) => {
                asker.tell(&format!("{problem}.")).map_err(|error| broken_off(&error))?;
                asker.only = Some(problem.path);
            }
            Err(error) => {
                return Err(Failure::config(format!("{error}."), "Write it as a file: chapar notice template KIND"));
            }
        }
    }
}

fn broken_off(error: &io::Error) -> Failure {
    let what = format!("The draft was not finished: {error}. Nothing is kept of it.");
    Failure::config(what, "Begin again, or write it as a file: chapar notice template KIND")
}

fn parse(form: &Value) -> Result<Draft, DraftError> {
    draft::parse(form.to_string().as_bytes(), draft::Options::default())
}

/// Fields in the order in which an officer thinks of them; the others come between the text and its grade.
const FIRST: [&str; 8] =
    ["header", "to", "urgency", "traffic_status", "permitted_action", "purpose", "legal_basis", "subject"];
const LAST: [&str; 9] = [
    "marking",
    "contains_personal_data",
    "review_at",
    "expires_at",
    "tlp",
    "handling",
    "relates_to",
    "lang",
    "approximate",
];

/// The label of a field of the header, and its code list.
fn of_header(path: &str) -> Option<(&'static str, Option<&'static str>)> {
    let parts = path.split('.').map(|part| part.split_once('[').map_or(part, |(name, _)| name));
    Some(match parts.collect::<Vec<_>>().join(".").strip_prefix("header.")? {
        "contains_personal_data" => ("sheet-personal-data", None),
        "expires_at" => ("sheet-expires", None),
        "handling.code" => ("ask-handling", Some("handling")),
        "legal_basis.kind" => ("sheet-legal-basis", Some("legal-basis-kind")),
        "legal_basis.ref" => ("ask-legal-reference", None),
        "permitted_action" => ("sheet-action", Some("permitted-action")),
        "purpose.code" => ("sheet-purpose", Some("purpose")),
        "relates_to.type" => ("sheet-relations", Some("relation-kind")),
        "review_at" => ("sheet-review", None),
        "tlp" => ("ask-audience", Some("tlp")),
        "to.office_code" => ("sheet-to", None),
        "traffic_status" => ("ask-traffic", Some("traffic")),
        "urgency" => ("column-urgency", Some("urgency")),
        _ => return None,
    })
}

fn rank(name: &str) -> usize {
    let first = FIRST.iter().position(|one| *one == name);
    let last = LAST.iter().position(|one| *one == name).map(|place| FIRST.len() + 1 + place);
    first.or(last).unwrap_or(FIRST.len())
}

/// Whether a path is that of a field that is asked for.
fn is_asked(form: &Value, path: &str) -> bool {
    let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
    form.pointer(&pointer).is_some_and(|value| !value.is_object() && !value.is_array())
}

struct Asker<'a> {
    words: &'a Words,
    /// The one field to ask for, if not all.
    only: Option<String>,
    from: &'a mut dyn BufRead,
    to: &'a mut dyn Write,
}

impl Asker<'_> {
    fn tell(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.to, "{text}")
    }

    fn walk(&mut self, value: &mut Value, path: &str, (holder, name): (&str, &str)) -> io::Result<()> {
        match value {
            Value::Object(fields) => {
                let mut fields: Vec<_> = fields.iter_mut().collect();
                fields.sort_by_key(|(inner, _)| rank(inner));
                for (inner, value) in fields {
                    let path = if path.is_empty() { inner.clone() } else { format!("{path}.{inner}") };
                    self.walk(value, &path, (name, inner))?;
                }
                Ok(())
            }
            Value::Array(items) => {
                for (i, item) in items.iter_mut().enumerate() {
                    self.walk(item, &format!("{path}[{i}]"), (holder, name))?;
                }
                Ok(())
            }
            _ if path == "header.kind" || self.only.as_ref().is_some_and(|only| only != path) => Ok(()),
            _ => self.ask(value, path, holder, name),
        }
    }

    /// A path in words: the names of its fields, but for what holds everything.
    fn label(&self, path: &str) -> String {
        if let Some((key, _)) = of_header(path) {
            return self.words.get(key);
        }
        let names = path.split('.').map(|part| part.split_once('[').map_or(part, |(name, _)| name));
        let names = names.filter(|name| !matches!(*name, "header" | "body"));
        let label = |name: &str| {
            let known = self.words.known(&format!("field-{name}"));
            known.unwrap_or_else(|| name.replace('_', " "))
        };
        names.map(label).collect::<Vec<_>>().join(" · ")
    }

    fn ask(&mut self, value: &mut Value, path: &str, holder: &str, name: &str) -> io::Result<()> {
        let label = self.label(path);
        let hint = value.as_str().is_some_and(is_hint);
        let list = of_header(path).map_or_else(|| codes::list_of(holder, name), |(_, list)| list);
        let word = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let meaning = list.and_then(|list| self.words.known(&codes::key(list, &word)));
        let stands = meaning.map_or_else(|| word.clone(), |meaning| format!("{word}: {meaning}"));
        loop {
            let shown = if hint { format!("({stands})") } else { format!("[{stands}]") };
            write!(self.to, "{label}  {shown}: ")?;
            self.to.flush()?;
            let mut answer = String::new();
            if self.from.read_line(&mut answer)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let answer = answer.trim();
            if answer.is_empty() && !hint {
                return Ok(());
            }
            let written = match value {
                Value::Bool(_) => match answer {
                    "y" | "yes" | "true" | "да" => Some(Value::Bool(true)),
                    "n" | "no" | "false" | "нет" => Some(Value::Bool(false)),
                    _ => None,
                },
                Value::Number(_) => answer.parse::<i64>().ok().map(Into::into),
                _ => match list {
                    Some(list) => {
                        let word = answer.to_ascii_uppercase().replace(['-', ' '], "_");
                        self.words.known(&codes::key(list, &word)).map(|_| Value::String(word))
                    }
                    None if answer.is_empty() => None,
                    None => Some(Value::String(answer.to_owned())),
                },
            };
            if let Some(written) = written {
                *value = written;
                return Ok(());
            }
            let again = match list {
                Some(list) => self.words.say("ask-code", &[("codes", Words::codes(list).join(", "))]),
                None => self.words.get("ask-again"),
            };
            self.tell(&again)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    fn asked_with(kind: NoticeKind, answers: &str) -> (Result<Draft, Failure>, String) {
        let now: Timestamp = "2026-11-20T06:00:00Z".parse().unwrap();
        let (mut form, mut said) = (template(kind, None, now).unwrap(), vec![]);
        let draft = asked(&mut form, &Words::of(Language::english()), &mut answers.as_bytes(), &mut said);
        (draft, String::from_utf8(said).unwrap())
    }

    #[test]
    fn an_alert_is_asked_for_field_by_field() {
        // To whom; how fast, wrong at first; the agreement; a review that is no time; the subject, the plate.
        let header = ["UZ-ALT", "now", "priority", "", "", "", "", "TM-UZ/2023-04", "", "soon", "", "", "", ""];
        let body = ["Red truck", "", "", "UZ", "01 A 123 BC", "", "", "", ""];
        let answers = [header.as_slice(), &body, &["2026-12-01T00:00:00Z"]].concat();
        let (draft, said) = asked_with(NoticeKind::VehicleAlert, &(answers.join("\n") + "\n"));
        let draft = draft.unwrap_or_else(|error| panic!("{error:?}\n{said}"));
        assert_eq!(
            (draft.header.to[0].office.as_str(), draft.header.urgency()),
            ("UZ-ALT", crate::wire::Urgency::Priority)
        );
        assert!(said.contains("ROUTINE, PRIORITY, IMMEDIATE"), "{said}");
        let body = draft.body.unwrap();
        assert_eq!(
            (body.subject.unwrap().text.as_str(), body.vehicles[0].plate.as_str()),
            ("Red truck", "01 A 123 BC")
        );
    }

    #[test]
    fn while_an_exercise_is_on_enter_is_no_answer() {
        let now: Timestamp = "2026-11-20T06:00:00Z".parse().unwrap();
        let mut form = template(NoticeKind::VehicleAlert, None, now).unwrap();
        form["header"]["traffic_status"] = REAL_OR_EXERCISE.into();
        let mut said = vec![];
        let answers = "UZ-ALT\n\n\nno\nexercise\n";
        let draft = asked(&mut form, &Words::of(Language::english()), &mut answers.as_bytes(), &mut said);
        let said = String::from_utf8(said).unwrap();
        assert!(draft.is_err(), "the answers end after it");
        assert_eq!(form["header"]["traffic_status"], "EXERCISE", "{said}");
        assert_eq!(said.matches("ACTUAL, EXERCISE, TEST").count(), 2, "{said}");
    }

    #[test]
    fn whoever_goes_away_leaves_no_draft() {
        let (draft, _) = asked_with(NoticeKind::Coordination, "UZ-ALT\n");
        assert!(draft.unwrap_err().error.contains("Nothing is kept"));
    }
}
