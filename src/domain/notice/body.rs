//! The shape of a body.
//!
//! Not the mandatory fields of a kind, and not how its values fit each other.
//!
//! - A body has the one part of its kind and no other.
//! - A full replacement is a body of another kind; it replaces a text, so it corrects and withdraws nothing itself.

use serde_json::Value;

use crate::domain::kinds::Kind;
use crate::domain::kinds::Part;
use crate::domain::kinds::parts_of;
use crate::domain::notice::attachments;
use crate::domain::notice::named;
use crate::domain::problem::Cause;
use crate::domain::problem::Problem;
use crate::domain::text;
use crate::limits;
use crate::name::OfficeCode;
use crate::wire::NoticeBody;
use crate::wire::NoticeKind;

/// Checks a body of a kind, padded or not.
///
/// # Errors
/// The first field whose form is wrong.
pub fn check_body(kind: NoticeKind, body: &NoticeBody) -> Result<(), Problem> {
    let Some(Kind { part: Some(part), .. }) = Kind::of(kind) else {
        return Err(Problem::new("body", Cause::Unexpected));
    };
    check_parts(body, part)?;
    // Before anything follows the nesting.
    if let Some(replacement) = replacement(body) {
        check_replacement(replacement)?;
        check_notes(replacement, "body.correction.full_replacement")?;
    }
    check_notes(body, "body")?;
    attachments::check_keys(body)?;
    if body.padding.iter().any(|byte| *byte != 0) {
        return Err(Problem::new("body.padding", Cause::Padding));
    }
    let rendered = render(body)?;
    text::check_texts(&rendered, "body")?;
    check_offices(&rendered, "body")
}

/// A body as a draft writes it, without what is derived.
///
/// # Errors
/// If an enum value or a time is none that a draft can write.
pub fn render(body: &NoticeBody) -> Result<Value, Problem> {
    serde_path_to_error::serialize(body, serde_json::value::Serializer)
        .map_err(|error| Problem::under("body", error.path(), Cause::Value))
}

/// The body that a correction puts in place of another.
#[must_use]
pub fn replacement(body: &NoticeBody) -> Option<&NoticeBody> {
    body.correction.as_ref()?.full_replacement.as_deref()
}

fn check_parts(body: &NoticeBody, wanted: Part) -> Result<(), Problem> {
    let parts = parts_of(body);
    if !parts.contains(&wanted) {
        return Err(Problem::new(format_args!("body.{}", wanted.name()), Cause::Missing));
    }
    match parts.iter().find(|part| **part != wanted) {
        Some(other) => Err(Problem::new(format_args!("body.{}", other.name()), Cause::Unexpected)),
        None => Ok(()),
    }
}

fn check_replacement(body: &NoticeBody) -> Result<(), Problem> {
    let path = "body.correction.full_replacement";
    let unexpected = |field: &str| Err(Problem::new(format_args!("{path}.{field}"), Cause::Unexpected));
    match parts_of(body).as_slice() {
        [] => Err(Problem::new(path, Cause::Missing)),
        [part @ (Part::Correction | Part::Withdrawal)] => unexpected(part.name()),
        [_] if !body.padding.is_empty() => unexpected("padding"),
        [_] => Ok(()),
        [_, other, ..] => unexpected(other.name()),
    }
}

/// Checks what a draft writes in its header and a notice carries in its body.
fn check_notes(body: &NoticeBody, path: &str) -> Result<(), Problem> {
    let max = limits::TEXT_CHARS;
    for (field, note) in [("handling_note", &body.handling_note), ("purpose_note", &body.purpose_note)] {
        if !note.is_empty() {
            text::check_text(note, max).map_err(|what| Problem::new(format_args!("{path}.{field}"), what))?;
        }
    }
    if body.units.len() > limits::ADDRESSEES + 1 {
        return Err(Problem::new(format_args!("{path}.units"), Cause::Many { max: limits::ADDRESSEES + 1 }));
    }
    for (i, unit) in body.units.iter().enumerate() {
        let path = format!("{path}.units[{i}]");
        office(&unit.office, &format!("{path}.office"))?;
        text::check_text(&unit.unit, max).map_err(|what| Problem::new(format_args!("{path}.unit"), what))?;
        if body.units.iter().take(i).any(|earlier| earlier.office == unit.office) {
            return Err(Problem::new(format_args!("{path}.office"), Cause::Duplicate));
        }
    }
    Ok(())
}

/// Checks the office codes of a rendered body, wherever they stand.
fn check_offices(value: &Value, path: &str) -> Result<(), Problem> {
    match value {
        Value::Array(list) => {
            list.iter().enumerate().try_for_each(|(i, item)| check_offices(item, &format!("{path}[{i}]")))
        }
        Value::Object(fields) => fields.iter().try_for_each(|(field, value)| {
            let path = format!("{path}.{field}");
            match (field.as_str(), value) {
                ("office_code" | "lead_agency", Value::String(code)) => office(code, &path),
                ("disseminate_to", Value::Array(list)) => {
                    let mut codes = list.iter().filter_map(Value::as_str).enumerate();
                    codes.try_for_each(|(i, code)| office(code, &format!("{path}[{i}]")))
                }
                _ => check_offices(value, &path),
            }
        }),
        _ => Ok(()),
    }
}

fn office(code: &str, path: &str) -> Result<(), Problem> {
    named::<OfficeCode>(code, path).map(drop)
}
