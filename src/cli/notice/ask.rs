//! A draft by question and answer: the fields of a kind's template, one after the other.
//!
//! What stands in the template as a value is kept with Enter; what is only a hint must be written. Codes are given by
//! their words. A field that does not fit is asked for again.

use std::io;
use std::io::IsTerminal as _;
use std::io::Write as _;

use serde_json::Value;

use crate::cli::failure::Failure;
use crate::cli::notice::codes;
use crate::cli::output;
use crate::domain::draft;
use crate::domain::draft::Draft;
use crate::domain::draft::DraftError;
use crate::domain::kinds;
use crate::domain::template::is_hint;
use crate::domain::template::template;
use crate::i18n::Words;
use crate::time::Timestamp;
use crate::wire::NoticeKind;

/// A draft of a kind: asked for at a terminal, else the template as it is.
pub(super) fn draft(kind: NoticeKind, now: Timestamp, words: &Words) -> Result<Draft, Failure> {
    let mut form = template(kind, None, now).ok_or_else(|| {
        Failure::usage(format!("{} is not offered.", kinds::word(kind)), "List them: chapar notice template")
    })?;
    if io::stdin().is_terminal() && io::stderr().is_terminal() {
        output::tell(&words.get("ask-begin"));
        let mut asker = Asker { words, only: None };
        asker.walk(&mut form, "", ("", "")).map_err(Failure::internal)?;
        loop {
            match parse(&form) {
                Ok(draft) => return Ok(draft),
                Err(DraftError::Problem(problem)) if asker.knows(&form, &problem.path) => {
                    output::tell(&format!("{problem}."));
                    asker.only = Some(problem.path);
                    asker.walk(&mut form, "", ("", "")).map_err(Failure::internal)?;
                }
                Err(error) => {
                    return Err(Failure::config(
                        format!("{error}."),
                        "Write it as a file: chapar notice template KIND",
                    ));
                }
            }
        }
    }
    parse(&form).map_err(Failure::internal)
}

fn parse(form: &Value) -> Result<Draft, DraftError> {
    draft::parse(form.to_string().as_bytes(), draft::Options::default())
}

struct Asker<'a> {
    words: &'a Words,
    /// The one field to ask for, if not all.
    only: Option<String>,
}

impl Asker<'_> {
    /// Whether a path is that of a field that was asked for.
    #[expect(clippy::unused_self, reason = "reads as a sentence")]
    fn knows(&self, form: &Value, path: &str) -> bool {
        let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
        form.pointer(&pointer).is_some_and(|value| !value.is_object() && !value.is_array())
    }

    fn walk(&mut self, value: &mut Value, path: &str, (holder, name): (&str, &str)) -> io::Result<()> {
        match value {
            Value::Object(fields) => {
                for (inner, value) in fields.iter_mut() {
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

    fn ask(&self, value: &mut Value, path: &str, holder: &str, name: &str) -> io::Result<()> {
        let label = self.words.known(&format!("field-{name}")).unwrap_or_else(|| name.replace('_', " "));
        let hint = value.as_str().is_some_and(is_hint);
        let stands = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let list = codes::list_of(holder, name);
        loop {
            let mut err = io::stderr().lock();
            let shown = if hint { format!("({stands})") } else { format!("[{stands}]") };
            write!(err, "{label}  {path}  {shown}: ")?;
            err.flush()?;
            drop(err);
            let mut answer = String::new();
            if io::stdin().read_line(&mut answer)? == 0 {
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
            output::tell(&match list {
                Some(list) => self.words.say("ask-code", &[("codes", Words::codes(list).join(", "))]),
                None => self.words.get("ask-again"),
            });
        }
    }
}
