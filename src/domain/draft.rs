//! The draft file: what an officer hands to the node, and the form in which a notice is shown as JSON.
//!
//! Its names are those of the sample data's README. A draft writes some of the body's texts beside their codes in the
//! header, because a header on the wire has no free text; [`parse`] moves them, [`render`] moves them back.
//!
//! - Nothing is guessed: an unknown field, a `null`, a name that is there twice is an error that says where.
//! - An error never repeats a value of the file.
//! - What a node sets (reference, times of creation and release, officers, digests) is read and dropped.

mod attached;
mod changes;
mod derived;
mod file;
mod files;
mod header;
mod raw;
mod typed;

use std::fmt;

use serde_json::Map;
use serde_json::Value;

use crate::domain::kinds::Kind;
use crate::domain::notice;
use crate::domain::problem::Cause;
use crate::domain::problem::Problem;
use crate::domain::text;
use crate::limits;
use crate::wire::NoticeBody;
use crate::wire::NoticeHeader;

pub use attached::Attached;
pub use attached::Found;
pub use attached::check as check_attached;
pub use changes::Change;
pub use changes::changes;
pub use file::File;
pub use files::Named;

/// Fields of a draft's `release`. It says what the officers state to the node, which asks them itself.
const RELEASE: [&str; 7] =
    ["author", "releaser", "emergency", "confirm_by", "checklist", "lawful_basis_confirmed", "lawful_basis_note"];

/// How to read a draft.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Drop attachments.
    pub without_attachments: bool,
}

/// A draft, its shape checked; the node sets the rest of its header.
#[derive(Clone, PartialEq)]
pub struct Draft {
    /// The header, without what only the node sets.
    pub header: NoticeHeader,
    /// The body, not padded; `None` if the kind has none.
    pub body: Option<NoticeBody>,
    /// Files that are to be brought in and put into it.
    pub files: Vec<Named>,
}

impl fmt::Debug for Draft {
    /// Nothing of the draft: it holds personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft").finish_non_exhaustive()
    }
}

/// Why a file is no draft.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// Not JSON.
    #[error("the draft is not JSON: see line {line}, column {column}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// A field is wrong.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// Too many bytes.
    #[error("the draft is larger than {} bytes", limits::DRAFT_BYTES)]
    TooLarge,
    /// Not UTF-8.
    #[error("the draft is not UTF-8 text")]
    Utf8,
}

/// Reads a draft file and checks its shape.
///
/// # Errors
/// If it is not JSON in UTF-8, or with the first field that is wrong.
pub fn parse(bytes: &[u8], options: Options) -> Result<Draft, DraftError> {
    Ok(from_json(json_of(bytes)?, options)?)
}

fn json_of(bytes: &[u8]) -> Result<Value, DraftError> {
    if bytes.len() > limits::DRAFT_BYTES {
        return Err(DraftError::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| DraftError::Utf8)?;
    // Some editors begin a file with a byte order mark; RFC 8259 lets a reader ignore it.
    raw::read(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn from_json(file: Value, options: Options) -> Result<Draft, Problem> {
    let (header, body) = split(file)?;
    text::check_texts(&header, "header")?;
    let form: header::Form = typed::from_value(header, "header")?;
    let (header, notes) = form.into_wire()?;
    let terms = notice::check_draft(&header)?;
    let has_body = Kind::of(terms.kind).is_some_and(|kind| kind.part.is_some());
    let Some(mut body) = body else {
        return if has_body {
            Err(Problem::new("body", Cause::Missing))
        } else {
            Ok(Draft { header, body: notes.none()?, files: vec![] })
        };
    };
    derived::remove(&mut body, options.without_attachments)?;
    let files = files::take(&mut body)?;
    text::check_texts(&body, "body")?;
    let mut body = typed::from_value(body, "body")?;
    notes.write(&mut body);
    notice::check_body(terms.kind, &body)?;
    Ok(Draft { header, body: Some(body), files })
}

/// Header and body of a draft file.
fn split(file: Value) -> Result<(Value, Option<Value>), Problem> {
    let Value::Object(mut file) = file else {
        return Err(Problem::new("draft", Cause::Sort("anything but an object")));
    };
    file.remove("title");
    if let Some(release) = file.remove("release") {
        let Value::Object(release) = release else {
            return Err(Problem::new("release", Cause::Sort("anything but an object")));
        };
        if let Some(unknown) = release.keys().find(|key| !RELEASE.contains(&key.as_str())) {
            return Err(Problem::new(format_args!("release.{unknown}"), Cause::Unknown));
        }
    }
    let header = file.remove("header").ok_or_else(|| Problem::new("header", Cause::Missing))?;
    let body = file.remove("body");
    match file.keys().next() {
        Some(unknown) => Err(Problem::new(unknown, Cause::Unknown)),
        None => Ok((header, body)),
    }
}

/// A draft or a notice as JSON, in the names of a draft: header and body, the latter `null` if
/// there is none.
///
/// # Errors
/// If an enum value, a time or an office is none that a draft can write; never for what [`parse`] or the checks of
/// [`notice`] let pass.
pub fn render(header: &NoticeHeader, body: Option<&NoticeBody>) -> Result<(Value, Value), Problem> {
    let form = header::Form::from_wire(header, body)?;
    let header = serde_path_to_error::serialize(&form, serde_json::value::Serializer)
        .map_err(|error| Problem::under("header", error.path(), Cause::Value))?;
    let Some(body) = body else { return Ok((header, Value::Null)) };
    let mut body = notice::render_body(body)?;
    derived::add(&mut body);
    Ok((header, body))
}

/// The fields of an object; `None` if it is none.
fn fields<'a>(value: &'a mut Value, name: &str) -> Option<&'a mut Map<String, Value>> {
    value.get_mut(name)?.as_object_mut()
}

#[cfg(test)]
mod tests;
