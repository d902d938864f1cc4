//! What a command writes: data to stdout, for people or for programs; words about its work to stderr.
//!
//! Nothing that comes from outside can steer a terminal: control characters are not written.

use std::fmt;
use std::io;
use std::io::IsTerminal as _;
use std::io::Write as _;

use comfy_table::ContentArrangement;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde_json::Value;

use crate::cli::failure::Failure;
use crate::domain::text::is_text;
use crate::i18n::Words;

/// Where a command writes.
#[derive(Debug)]
pub struct Output {
    /// Programs read it: one object, or one a line.
    pub json: bool,
    out: io::Stdout,
}

impl Output {
    /// Writes for programs or for people.
    #[must_use]
    pub fn new(json: bool) -> Self {
        Self { json, out: io::stdout() }
    }

    /// Writes a text of one or more lines to stdout.
    ///
    /// # Errors
    /// If nobody reads it, or the disk fails.
    pub fn text(&self, text: impl fmt::Display) -> Result<(), Failure> {
        self.written(&plain(&text.to_string()))
    }

    /// Writes an object on a line of its own to stdout.
    ///
    /// # Errors
    /// As for [`Output::text`].
    pub fn object(&self, value: &Value) -> Result<(), Failure> {
        self.written(&value.to_string())
    }

    /// Writes a document to stdout: indented for people, on one line for programs.
    ///
    /// # Errors
    /// As for [`Output::text`].
    pub fn document(&self, value: &Value) -> Result<(), Failure> {
        if self.json { self.object(value) } else { self.text(format_args!("{value:#}")) }
    }

    /// Says something about the work to people, on stderr.
    pub fn note(&self, text: impl fmt::Display) {
        if !self.json {
            tell(&text.to_string());
        }
    }

    fn written(&self, text: &str) -> Result<(), Failure> {
        let mut out = self.out.lock();
        let written = writeln!(out, "{text}").and_then(|()| out.flush());
        written.map_err(|error| Failure::of_output(&error))
    }
}

/// Writes a text to stderr. If nobody reads it, nothing can be said about that either.
pub(super) fn tell(text: &str) {
    let _unread = writeln!(io::stderr().lock(), "{}", plain(text));
}

/// Asks a person who sits at the terminal; `None` if nobody does.
///
/// # Errors
/// If the terminal fails.
pub(super) fn confirm(question: &str) -> io::Result<Option<bool>> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(None);
    }
    let mut err = io::stderr().lock();
    write!(err, "{} [y/N] ", plain(question))?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(Some(matches!(answer.trim(), "y" | "Y" | "yes" | "д" | "Д" | "да")))
}

/// A table without lines around the cells, fitted to the width of a terminal.
pub(super) fn table<const N: usize>(header: [&str; N], rows: Vec<[String; N]>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(header).add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}

/// A table whose columns are named by messages of `i18n/`.
pub(super) fn titled<const N: usize>(words: &Words, header: [&str; N], rows: Vec<[String; N]>) -> String {
    table(header.map(|key| words.get(key)).each_ref().map(String::as_str), rows)
}

/// Names, as messages of `i18n/`, and what belongs to them, below each other.
pub(super) fn named(words: &Words, of: &[(&str, String)]) -> String {
    let named: Vec<_> = of.iter().map(|(key, value)| (words.get(key), value.clone())).collect();
    pairs(&named.iter().map(|(name, value)| (name.as_str(), value.clone())).collect::<Vec<_>>())
}

/// Names and what belongs to them, below each other.
pub(super) fn pairs(pairs: &[(&str, String)]) -> String {
    let width = pairs.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let lines: Vec<String> = pairs.iter().map(|(name, value)| format!("{name:width$}  {value}")).collect();
    lines.join("\n")
}

fn plain(text: &str) -> String {
    let steers = |c: char| c == '\t' || !is_text(c);
    text.chars().map(|c| if steers(c) { '\u{FFFD}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\r\nc\u{9b}"), "a\u{FFFD}[2Jb\u{FFFD}\nc\u{FFFD}");
    }

    #[test]
    fn tables_and_pairs_are_plain() {
        let rows = vec![["UZ-ALT".to_owned(), "active".to_owned()], ["x".to_owned(), String::new()]];
        assert_eq!(table(["office", "state"], rows), "office  state\nUZ-ALT  active\nx");
        assert_eq!(pairs(&[("a", "1".to_owned()), ("long", "2".to_owned())]), "a     1\nlong  2");
    }
}
