//! What is wrong with a draft or a notice, and where.
//!
//! Not the reason for which policy refuses a notice: only its shape is judged here. A problem names a field by the
//! names of the draft file, as in `body.seizure.items[0].quantity_milli`, and says what is wrong with it.
//!
//! - A problem never holds a value of the notice: values may be personal data, and problems reach traces.

use std::fmt;

use crate::domain::text;
use crate::name::NameError;
use crate::time::TimeError;

/// Most characters of a path that are kept; a path from a draft may hold a key of any length.
const PATH_CHARS: usize = 120;

/// A field and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path} {what}")]
pub struct Problem {
    /// The field, as in `header.to[0].office_code`.
    pub path: String,
    /// What is wrong.
    pub what: Cause,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// Not the reference of an agreement or a law.
    #[error("is no reference of an agreement; one has no spaces, as in TM-UZ/2023-04")]
    Basis,
    /// A control character, a direction override or a noncharacter.
    #[error("has a control character, a direction override or another character that is not text")]
    Character,
    /// A country that is not the office's.
    #[error("is not the country of the office")]
    Country,
    /// Values inside values inside values.
    #[error("is nested too deeply")]
    Depth,
    /// A derived value that is not what the other fields give.
    #[error("is not what follows from the other fields; leave it out")]
    Derived,
    /// There twice.
    #[error("is there twice")]
    Duplicate,
    /// A time that must be later.
    #[error("is not after {than}")]
    Early {
        /// The field that it must be after.
        than: &'static str,
    },
    /// Nothing in it.
    #[error("is empty; leave it out instead")]
    Empty,
    /// A reference or an officer of another office.
    #[error("does not belong to the sending office")]
    Foreign,
    /// Not the form that the field has.
    #[error("is wrong: {0}")]
    Form(String),
    /// A time that must be earlier.
    #[error("is after {than}")]
    Late {
        /// The field that it must not be after.
        than: &'static str,
    },
    /// More characters than allowed.
    #[error("is longer than {max} characters")]
    Long {
        /// Most characters.
        max: usize,
    },
    /// More items than allowed.
    #[error("has more than {max} items")]
    Many {
        /// Most items.
        max: usize,
    },
    /// Not there.
    #[error("is missing")]
    Missing,
    /// Not a name of its sort.
    #[error("is wrong: {0}")]
    Name(#[from] NameError),
    /// A text that is not in the normal form C.
    #[error("is not in Unicode normal form C")]
    NotNfc,
    /// Something that this version does not have.
    #[error("is not offered in this version")]
    NotOffered,
    /// `null`, which drafts do not use.
    #[error("is null; leave it out instead")]
    Null,
    /// Bytes other than zero where zeros belong.
    #[error("is not zeros")]
    Padding,
    /// A number too small or too large for the field.
    #[error("is out of range")]
    Range,
    /// An addressee that is the sender.
    #[error("is the sending office")]
    Sender,
    /// A value of the wrong sort.
    #[error("cannot be {0}")]
    Sort(&'static str),
    /// Not a time.
    #[error("is wrong: {0}")]
    Time(#[from] TimeError),
    /// There, but not allowed here.
    #[error("does not belong here")]
    Unexpected,
    /// No field of this name.
    #[error("is not a field of a draft")]
    Unknown,
    /// An enum value that this version does not know.
    #[error("holds a value that this version does not know")]
    Value,
}

impl Cause {
    /// The message of `i18n/` that says it to people.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        match self {
            Self::Basis => "cause-basis",
            Self::Character => "cause-character",
            Self::Country => "cause-country",
            Self::Depth => "cause-depth",
            Self::Derived => "cause-derived",
            Self::Duplicate => "cause-duplicate",
            Self::Early { .. } => "cause-early",
            Self::Empty => "cause-empty",
            Self::Foreign => "cause-foreign",
            Self::Form(_) => "cause-form",
            Self::Late { .. } => "cause-late",
            Self::Long { .. } => "cause-long",
            Self::Many { .. } => "cause-many",
            Self::Missing => "cause-missing",
            Self::Name(NameError::Country) => "cause-name-country",
            Self::Name(NameError::Digest) => "cause-name-digest",
            Self::Name(NameError::Office) => "cause-name-office",
            Self::Name(NameError::Officer) => "cause-name-officer",
            Self::Name(NameError::Reference) => "cause-name-reference",
            Self::Name(_) => "cause-name",
            Self::NotNfc => "cause-not-nfc",
            Self::NotOffered => "cause-not-offered",
            Self::Null => "cause-null",
            Self::Padding => "cause-padding",
            Self::Range => "cause-range",
            Self::Sender => "cause-sender",
            Self::Sort(_) => "cause-sort",
            Self::Time(_) => "cause-time",
            Self::Unexpected => "cause-unexpected",
            Self::Unknown => "cause-unknown",
            Self::Value => "cause-value",
        }
    }
}

impl Problem {
    /// A problem of the field at `path`.
    #[must_use]
    pub fn new(path: impl fmt::Display, what: impl Into<Cause>) -> Self {
        // Keys of a draft are part of paths, and paths are printed.
        let path = path.to_string().chars().filter(|c| text::is_text(*c)).take(PATH_CHARS).collect();
        Self { path, what: what.into() }
    }

    /// A problem of the field that serde was at, below `root`.
    pub(crate) fn under(root: &str, path: &serde_path_to_error::Path, what: impl Into<Cause>) -> Self {
        let at_root = path.iter().next().is_none();
        if at_root { Self::new(root, what) } else { Self::new(format_args!("{root}.{path}"), what) }
    }
}
