//! Typed rows and their keys. One byte of a key names the sort of row; the rest is fixed-width, so that rows of a sort
//! sort by what they are about.
//!
//! Truth: head, entries, tree hashes, envelopes, body keys, key wraps in transit, drafts. Everything else follows from the
//! entries and the envelopes they name ([`crate::engine::fold`]).

pub mod drafts;
mod envelopes;
pub mod key;
pub mod made;
pub mod readings;
pub mod uploads;

use prost::Message;

use crate::engine::store::Pending;
use crate::engine::store::StoreError;
use crate::engine::store::View;
use crate::name::Country;
use crate::name::Digest;
use crate::name::Fingerprint;
use crate::wire;

pub use envelopes::First;
pub use envelopes::envelope;
pub use envelopes::envelope_bytes;
pub use envelopes::parsed;
pub use envelopes::put_envelope;
pub use envelopes::slot_of;

/// A row that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row is damaged or missing: which sort, about what.
    #[error("the {sort} row of {about} is damaged or missing")]
    Damaged {
        /// Sort of row.
        sort: &'static str,
        /// What it is about.
        about: String,
    },
}

/// A damaged or missing row.
pub fn damaged(sort: &'static str, about: impl ToString) -> RowError {
    RowError::Damaged { sort, about: about.to_string() }
}

/// Rows that can be written as well.
pub trait Write: View {
    /// Writes a row.
    fn put(&mut self, key: Vec<u8>, value: Vec<u8>);
    /// Deletes a row, if it is there.
    fn delete(&mut self, key: Vec<u8>);
}

impl Write for Pending<'_> {
    fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        Pending::put(self, key, value);
    }

    fn delete(&mut self, key: Vec<u8>) {
        Pending::delete(self, key);
    }
}

/// A row that is a message, or its default.
///
/// # Errors
/// If it cannot be read.
pub fn message<M: Message + Default>(view: &dyn View, key: &[u8], sort: &'static str) -> Result<Option<M>, RowError> {
    let Some(value) = view.get(key)? else { return Ok(None) };
    M::decode(value.as_slice()).map(Some).map_err(|_| damaged(sort, hex::encode(key)))
}

/// A row that is a digest.
///
/// # Errors
/// If it cannot be read.
pub fn digest(view: &dyn View, key: &[u8], sort: &'static str) -> Result<Option<Digest>, RowError> {
    let Some(value) = view.get(key)? else { return Ok(None) };
    Digest::try_from(value.as_slice()).map(Some).map_err(|_| damaged(sort, hex::encode(key)))
}

/// A row that is a number; 0 if it is not there.
///
/// # Errors
/// If it cannot be read.
pub fn number(view: &dyn View, key: &[u8], sort: &'static str) -> Result<u64, RowError> {
    let Some(value) = view.get(key)? else { return Ok(0) };
    value.as_slice().try_into().map(u64::from_be_bytes).map_err(|_| damaged(sort, hex::encode(key)))
}

/// The head; `None` in an empty store.
///
/// # Errors
/// If it cannot be read.
pub fn head(view: &dyn View) -> Result<Option<wire::Head>, RowError> {
    message(view, key::HEAD, "head")
}

/// The exact bytes of an entry.
///
/// # Errors
/// If it is not there or cannot be read.
pub fn entry_bytes(view: &dyn View, index: u64) -> Result<Vec<u8>, RowError> {
    view.get(&key::entry(index))?.ok_or_else(|| damaged("entry", index))
}

/// An entry.
///
/// # Errors
/// If it is not there or cannot be read.
pub fn entry(view: &dyn View, index: u64) -> Result<wire::Entry, RowError> {
    wire::Entry::decode(entry_bytes(view, index)?.as_slice()).map_err(|_| damaged("entry", index))
}

/// The pinned fingerprint in a row.
///
/// # Errors
/// If it cannot be read.
pub fn fingerprint(country: Country, value: &[u8]) -> Result<Fingerprint, RowError> {
    Fingerprint::try_from(value).map_err(|_| damaged("pin", country))
}
