//! How a command fails: what happened, what to do, and the number that a script sees.

use std::fmt;
use std::io;
use std::process::ExitCode;

use serde_json::json;

use crate::cli::output;
use crate::i18n::ENGLISH;
use crate::i18n::Names;
use crate::i18n::Words;
use crate::i18n::said;
use crate::wire;

/// Whose turn it is, as an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// What was given or set is wrong.
    Config = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Whoever read the output has gone.
    BrokenPipe = 3,
    /// A rule of this office or of a peer turns it away.
    Rejected = 4,
    /// Nobody answers.
    Unreachable = 5,
    /// Something is not what it was.
    Unverified = 6,
    /// It should not happen.
    Internal = 255,
}

/// Why a command did not do what it was asked.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{error}")]
pub struct Failure {
    /// Whose turn it is.
    pub kind: Kind,
    /// What happened.
    pub error: String,
    /// What to do.
    pub way_out: String,
    /// Both as a message of `i18n/`, to be said in the language of the reader.
    pub said: Option<Box<wire::Refused>>,
}

impl Failure {
    /// A failure of this kind: what happened, and what to do.
    pub fn new(kind: Kind, error: impl fmt::Display, way_out: impl fmt::Display) -> Self {
        Self { kind, error: error.to_string(), way_out: way_out.to_string(), said: None }
    }

    /// A failure that says a message of `i18n/`.
    #[must_use]
    pub fn said(kind: Kind, key: &str, names: Names<'_>) -> Self {
        Self::refused(kind, wire::Refused { said: Some(said(key, names)), ..wire::Refused::default() })
    }

    /// The same, with the rules that a draft breaks.
    #[must_use]
    pub fn refused(kind: Kind, refused: wire::Refused) -> Self {
        let (error, way_out) = ENGLISH.refused(&refused).unwrap_or_default();
        Self { said: Some(Box::new(refused)), ..Self::new(kind, error, way_out) }
    }

    /// The same failure in the words of a language, as far as it has them.
    #[must_use]
    pub fn in_words(self, words: &Words) -> Self {
        match self.said.as_ref().and_then(|said| words.refused(said)) {
            Some((error, way_out)) => Self { error, way_out, ..self },
            None => self,
        }
    }

    /// What was given or set is wrong.
    pub fn config(error: impl fmt::Display, way_out: impl fmt::Display) -> Self {
        Self::new(Kind::Config, error, way_out)
    }

    /// The command line is wrong.
    pub fn usage(error: impl fmt::Display, way_out: impl fmt::Display) -> Self {
        Self::new(Kind::Usage, error, way_out)
    }

    /// It should not happen.
    pub fn internal(error: impl fmt::Display) -> Self {
        Self::new(Kind::Internal, error, "Try it again; if it stays, report it with the trace of the node.")
    }

    /// The output could not be written.
    #[must_use]
    pub fn of_output(error: &io::Error) -> Self {
        let kind = if error.kind() == io::ErrorKind::BrokenPipe { Kind::BrokenPipe } else { Kind::Config };
        Self::new(kind, format!("The output cannot be written: {error}."), "Look where it was to go.")
    }

    /// Tells people or a program on stderr, and gives the exit code.
    #[must_use]
    pub fn report(&self, json: bool, words: &Words) -> ExitCode {
        let code = self.kind as u8;
        let key = self.said.as_ref().and_then(|refused| Some(refused.said.as_ref()?.key.as_str()));
        match (self.kind, json) {
            // Whoever has stopped reading knows it.
            (Kind::BrokenPipe, _) => {}
            (_, true) => {
                output::tell(&json!({"error": self.error, "do": self.way_out, "code": code, "key": key}).to_string());
            }
            (_, false) => {
                let labels = [words.get("failure-error"), words.get("failure-do")];
                let pairs = labels.each_ref().map(String::as_str).into_iter().zip([&self.error, &self.way_out]);
                let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or_default();
                let lines = pairs.map(|(label, text)| format!("{label:width$} {text}"));
                output::tell(&lines.collect::<Vec<_>>().join("\n"));
            }
        }
        ExitCode::from(code)
    }
}

/// What clap finds wrong, as a pair.
impl From<&clap::Error> for Failure {
    fn from(error: &clap::Error) -> Self {
        let text = error.render().to_string();
        let mut what = vec![];
        let mut usage = None;
        let paragraphs = text.split("\n\n").map(words);
        for paragraph in paragraphs.filter(|p| !p.is_empty() && !p.starts_with("For more information")) {
            match paragraph.strip_prefix("Usage: ") {
                Some(line) => usage = Some(line.to_owned()),
                None if usage.is_none() => {
                    what.push(paragraph.strip_prefix("error: ").unwrap_or(&paragraph).to_owned());
                }
                None => {}
            }
        }
        let way_out = match usage {
            Some(usage) => format!("Use it as: {usage}; --help says more."),
            None => "Correct it; --help says more.".to_owned(),
        };
        Self::usage(sentence(&what.join("; ")), way_out)
    }
}

/// The words of a text, on one line.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text with a full stop at its end, and a capital letter at its beginning unless that is a path or another name.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut sentence = text.to_owned();
    let is_word = text.split(' ').next().is_some_and(|first| first.bytes().all(|b| b.is_ascii_lowercase()));
    if let Some(first) = sentence.get_mut(..1).filter(|_| is_word) {
        first.make_ascii_uppercase();
    }
    if !sentence.ends_with(['.', '?', '!']) {
        sentence.push('.');
    }
    sentence
}
