//! Typed rows and their keys. One byte of a key names the sort of row; the rest is fixed-width, so that rows of a sort
//! sort by what they are about.
//!
//! Truth: head, entries, tree hashes, envelopes, body keys, key wraps in transit. Everything else follows from the
//! entries and the envelopes they name ([`crate::engine::fold`]).

pub mod key;

use prost::Message;

use crate::domain::envelope::EnvelopeError;
use crate::domain::envelope::Payload;
use crate::domain::envelope::Unverified;
use crate::engine::store::Pending;
use crate::engine::store::StoreError;
use crate::engine::store::View;
use crate::limits;
use crate::name::Country;
use crate::name::Digest;
use crate::name::Fingerprint;
use crate::wire;

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

/// What stands before an envelope in its first row: its length, and the start of its SHA-256, so that a changed byte is
/// noticed even where no signature covers it.
const PREFIX_BYTES: usize = 4 + 8;

fn checksum(bytes: &[u8]) -> [u8; 8] {
    *Digest::of(bytes).0.first_chunk().unwrap_or(&[0; 8])
}

/// Writes an envelope, over several rows if it is long; the first begins with its length and a checksum.
pub fn put_envelope(rows: &mut dyn Write, digest: Digest, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut part = 0;
    let (first, mut rest) = bytes.split_at(bytes.len().min(limits::ROW_BYTES - PREFIX_BYTES));
    rows.put(key::envelope(digest, 0), [length.to_be_bytes().as_slice(), &checksum(bytes), first].concat());
    while !rest.is_empty() {
        part += 1;
        let (chunk, left) = rest.split_at(rest.len().min(limits::ROW_BYTES));
        rows.put(key::envelope(digest, part), chunk.to_vec());
        rest = left;
    }
}

/// How many rows an envelope has, by its first one; `None` if that is none.
#[must_use]
pub fn envelope_parts(first: &[u8]) -> Option<usize> {
    let length = usize::try_from(u32::from_be_bytes(*first.first_chunk::<4>()?)).ok()?;
    Some(1 + length.saturating_sub(limits::ROW_BYTES - PREFIX_BYTES).div_ceil(limits::ROW_BYTES))
}

/// The bytes of an envelope, as they were received or made; `None` if it is not here.
///
/// # Errors
/// If its rows cannot be read.
pub fn envelope_bytes(view: &dyn View, digest: Digest) -> Result<Option<Vec<u8>>, RowError> {
    let Some(first) = view.get(&key::envelope(digest, 0))? else { return Ok(None) };
    let fault = || damaged("envelope", digest);
    let (length, rest) = first.split_first_chunk::<4>().ok_or_else(fault)?;
    let (sum, chunk) = rest.split_first_chunk::<8>().ok_or_else(fault)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| fault())?;
    if length > limits::ENVELOPE_BYTES {
        return Err(fault());
    }
    let mut bytes = chunk.to_vec();
    let mut part = 0;
    while bytes.len() < length {
        part += 1;
        bytes.append(&mut view.get(&key::envelope(digest, part))?.ok_or_else(fault)?);
    }
    if bytes.len() == length && checksum(&bytes) == *sum { Ok(Some(bytes)) } else { Err(fault()) }
}

/// An envelope of the store; its signatures were checked before it came in.
///
/// # Errors
/// If it is not there, or is not what it was.
pub fn envelope<T: Payload>(view: &dyn View, digest: Digest) -> Result<Unverified<T>, RowError> {
    parsed(&envelope_bytes(view, digest)?.ok_or_else(|| damaged("envelope", digest))?, digest)
}

/// The same, from bytes that [`envelope_bytes`] gave.
///
/// # Errors
/// If they are not a readable envelope with this digest.
pub fn parsed<T: Payload>(bytes: &[u8], digest: Digest) -> Result<Unverified<T>, RowError> {
    let read: Result<Unverified<T>, EnvelopeError> = Unverified::read(bytes);
    match read {
        Ok(read) if read.digest() == digest => Ok(read),
        _ => Err(damaged("envelope", digest)),
    }
}

/// The pinned fingerprint in a row.
///
/// # Errors
/// If it cannot be read.
pub fn fingerprint(country: Country, value: &[u8]) -> Result<Fingerprint, RowError> {
    Fingerprint::try_from(value).map_err(|_| damaged("pin", country))
}
