//! Envelopes in the store: kept in the order in which they come, found by their digest.
//!
//! Digests are random, and a store rewrites the neighbours of a row with it: so only a short row is put among the digests,
//! and the bytes go to the end, into the next *slot*.
//! - `v`, digest: the slot;
//! - `s`, slot, part: the bytes, over several rows if they are many; the first row begins with their length, the start of
//!   their SHA-256, so that a changed byte is noticed even where no signature covers it, and the digest;
//! - `l`: how many slots are taken. An envelope is never written twice and never deleted.

use crate::domain::envelope::EnvelopeError;
use crate::domain::envelope::Payload;
use crate::domain::envelope::Unverified;
use crate::engine::rows::RowError;
use crate::engine::rows::Write;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::rows::number;
use crate::engine::store::View;
use crate::limits;
use crate::name::Digest;

/// What stands before an envelope in its first row: length, checksum, digest.
const PREFIX_BYTES: usize = 4 + 8 + 32;

/// The first row of an envelope.
pub struct First<'a> {
    /// Length of the envelope, bytes.
    length: usize,
    checksum: [u8; 8],
    /// Digest of the envelope.
    pub digest: Digest,
    /// The first of its bytes.
    chunk: &'a [u8],
}

impl<'a> First<'a> {
    /// Reads it; `None` if the row is none.
    #[must_use]
    pub fn read(row: &'a [u8]) -> Option<Self> {
        let (length, rest) = row.split_first_chunk::<4>()?;
        let (checksum, rest) = rest.split_first_chunk::<8>()?;
        let (digest, chunk) = rest.split_first_chunk::<32>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        Some(Self { length, checksum: *checksum, digest: Digest(*digest), chunk })
    }

    /// How many rows the envelope has.
    #[must_use]
    pub const fn parts(&self) -> usize {
        1 + self.length.saturating_sub(limits::ROW_BYTES - PREFIX_BYTES).div_ceil(limits::ROW_BYTES)
    }
}

fn checksum(bytes: &[u8]) -> [u8; 8] {
    *Digest::of(bytes).0.first_chunk().unwrap_or(&[0; 8])
}

/// Keeps an envelope, unless it is kept already.
///
/// # Errors
/// If a row cannot be read.
pub fn put_envelope(rows: &mut dyn Write, digest: Digest, bytes: &[u8]) -> Result<(), RowError> {
    if rows.get(&key::envelope(digest))?.is_some() {
        return Ok(());
    }
    let slot = number(rows, key::SLOTS, "slots")?;
    rows.put(key::SLOTS.to_vec(), (slot + 1).to_be_bytes().to_vec());
    rows.put(key::envelope(digest), slot.to_be_bytes().to_vec());
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
    let (first, mut rest) = bytes.split_at(bytes.len().min(limits::ROW_BYTES - PREFIX_BYTES));
    rows.put(key::slot(slot, 0), [length.as_slice(), &checksum(bytes), &digest.0, first].concat());
    let mut part = 0;
    while !rest.is_empty() {
        part += 1;
        let (chunk, left) = rest.split_at(rest.len().min(limits::ROW_BYTES));
        rows.put(key::slot(slot, part), chunk.to_vec());
        rest = left;
    }
    Ok(())
}

/// The slot in which an envelope is kept; `None` if it is not here.
///
/// # Errors
/// If its row cannot be read.
pub fn slot_of(view: &dyn View, digest: Digest) -> Result<Option<u64>, RowError> {
    let Some(slot) = view.get(&key::envelope(digest))? else { return Ok(None) };
    slot.as_slice().try_into().map(|slot| Some(u64::from_be_bytes(slot))).map_err(|_| damaged("envelope", digest))
}

/// The bytes of an envelope, as they were received or made; `None` if it is not here.
///
/// # Errors
/// If its rows cannot be read.
pub fn envelope_bytes(view: &dyn View, digest: Digest) -> Result<Option<Vec<u8>>, RowError> {
    let Some(slot) = slot_of(view, digest)? else { return Ok(None) };
    let fault = || damaged("envelope", digest);
    let row = view.get(&key::slot(slot, 0))?.ok_or_else(fault)?;
    let first = First::read(&row).ok_or_else(fault)?;
    if first.length > limits::ENVELOPE_BYTES || first.digest != digest {
        return Err(fault());
    }
    let mut bytes = first.chunk.to_vec();
    let mut part = 0;
    while bytes.len() < first.length {
        part += 1;
        bytes.append(&mut view.get(&key::slot(slot, part))?.ok_or_else(fault)?);
    }
    if bytes.len() == first.length && checksum(&bytes) == first.checksum { Ok(Some(bytes)) } else { Err(fault()) }
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
