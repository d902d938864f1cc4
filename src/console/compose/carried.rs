//! What a form carries besides its fields: the draft that it goes on with, in the form that was read, and the key with
//! which what it makes is made once.

use crate::console::form::Fields;
use crate::console::visitor::Officer;
use crate::wire;

/// The names of its fields in a page.
pub(super) const NAMES: [&str; 4] = ["draft", "version", "key", "fresh"];

/// What a form carries.
pub(super) struct Carried {
    /// The draft that it takes the place of; empty for a new one.
    pub(super) draft: String,
    /// The form of that draft, in hex.
    pub(super) version: String,
    /// Random, in hex.
    pub(super) key: String,
    /// Whether the draft, if there is one, began with this form and has no life of its own.
    pub(super) fresh: bool,
}

impl Carried {
    /// Of a form that has just begun.
    pub(super) fn new(officer: &Officer) -> Self {
        let key = officer.visitor.desk.sessions.key();
        Self { draft: String::new(), version: String::new(), key, fresh: true }
    }

    /// Of the form of a draft.
    pub(super) fn of_draft(officer: &Officer, draft: &wire::DraftSummary) -> Self {
        let (number, version) = (draft.number.to_string(), hex::encode(&draft.form));
        Self { draft: number, version, fresh: false, ..Self::new(officer) }
    }

    /// As it came in.
    pub(super) fn of(fields: &Fields) -> Self {
        let field = |name: &str| fields.get(name).to_owned();
        Self { draft: field("draft"), version: field("version"), key: field("key"), fresh: fields.has("fresh") }
    }

    /// The number of the draft, for a call; 0 for a new one.
    pub(super) fn number(&self) -> u64 {
        self.draft.parse().unwrap_or_default()
    }

    /// The key, for a call.
    pub(super) fn key(&self) -> Vec<u8> {
        hex::decode(&self.key).unwrap_or_default()
    }

    /// The form of the draft that was read, for a call.
    pub(super) fn version(&self) -> Vec<u8> {
        hex::decode(&self.version).unwrap_or_default()
    }
}
