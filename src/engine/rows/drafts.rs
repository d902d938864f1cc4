//! Drafts in the store. A draft is no entry: only its submission is, with the digest of its sealed text.
//!
//! - `D`, `d`, number: who wrote it, and which sealed texts belong to it;
//! - `D`, `t`, digest, part: a sealed text, over several rows if it is long; its key lies among the body keys under the
//!   digest;
//! - `D`, `u`, id: a file that an officer is bringing in, see [`uploads`](crate::engine::rows::uploads);
//! - `D`, `n`: the number of the newest draft, how many there are, and how many texts have gone.
//!
//! Nothing in the log covers rows of drafts that do not wait for release: they begin with a checksum.

use prost::Message as _;

use crate::engine::rows::RowError;
use crate::engine::rows::Write;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::rows::message;
use crate::engine::store::View;
use crate::limits;
use crate::name::Digest;
use crate::name::Reference;
use crate::wire;

/// Most parts of a sealed text: of a draft as large as a notice may be, with padding and a comment.
const PARTS: usize = limits::ENVELOPE_BYTES.div_ceil(limits::ROW_BYTES) + 4;

/// Keeps a sealed text under its digest.
pub fn put_text(rows: &mut dyn Write, form: Digest, sealed: &[u8]) {
    for (part, chunk) in (0..).zip(sealed.chunks(limits::ROW_BYTES)) {
        rows.put(key::draft_text(form, part), chunk.to_vec());
    }
}

/// A sealed text.
///
/// # Errors
/// If it is not there, or is not what it was.
pub fn text(view: &dyn View, form: Digest) -> Result<Vec<u8>, RowError> {
    let prefix = key::whole_draft_text(form);
    let parts = view.scan(&prefix, &key::after(&prefix), PARTS)?;
    let sealed: Vec<u8> = parts.into_iter().flat_map(|(_, chunk)| chunk).collect();
    if Digest::of(&sealed) == form { Ok(sealed) } else { Err(damaged("draft", form)) }
}

/// Removes a sealed text and its key, and counts that: both stay in old pages of the disk, until the vault key is changed.
///
/// # Errors
/// If a row cannot be read.
pub fn drop_text(rows: &mut dyn Write, form: Digest) -> Result<(), RowError> {
    let prefix = key::whole_draft_text(form);
    for (row_key, _) in rows.scan(&prefix, &key::after(&prefix), PARTS)? {
        rows.delete(row_key);
    }
    rows.delete(key::body_key(form));
    let numbers = numbers(rows)?;
    put_numbers(rows, Numbers { gone: numbers.gone.saturating_add(1), ..numbers });
    Ok(())
}

/// A change of the vault key is done, and covers so many texts that had gone; others may have gone meanwhile.
///
/// # Errors
/// If a row cannot be read.
pub fn covered(rows: &mut dyn Write, gone: u64) -> Result<(), RowError> {
    let numbers = numbers(rows)?;
    if gone > 0 && numbers.gone == gone {
        put_numbers(rows, Numbers { gone: 0, ..numbers });
    }
    Ok(())
}

/// Bytes of a checksum: the start of the SHA-256 of what follows.
const CHECKSUM_BYTES: usize = 8;

pub(super) fn guarded(value: &[u8]) -> Vec<u8> {
    [Digest::of(value).0.get(..CHECKSUM_BYTES).unwrap_or_default(), value].concat()
}

pub(super) fn unguarded<'a>(row_key: &[u8], value: &'a [u8]) -> Result<&'a [u8], RowError> {
    let fault = || damaged("draft", hex::encode(row_key));
    let (sum, value) = value.split_first_chunk::<CHECKSUM_BYTES>().ok_or_else(fault)?;
    if Digest::of(value).0.starts_with(sum) { Ok(value) } else { Err(fault()) }
}

/// What is counted of drafts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// The number of the newest draft.
    pub newest: u64,
    /// How many there are.
    pub count: u64,
    /// Texts that have left the store since a change of the vault key that covers them.
    pub gone: u64,
}

/// What is counted of drafts.
///
/// # Errors
/// If the row cannot be read.
pub fn numbers(view: &dyn View) -> Result<Numbers, RowError> {
    let Some(value) = view.get(key::DRAFT_NUMBERS)? else { return Ok(Numbers::default()) };
    let value = unguarded(key::DRAFT_NUMBERS, &value)?;
    match value.as_chunks::<8>() {
        ([newest, count, gone], []) => Ok(Numbers {
            newest: u64::from_be_bytes(*newest),
            count: u64::from_be_bytes(*count),
            gone: u64::from_be_bytes(*gone),
        }),
        _ => Err(damaged("draft", "the numbers of drafts")),
    }
}

/// Writes what is counted of drafts.
pub fn put_numbers(rows: &mut dyn Write, numbers: Numbers) {
    let Numbers { newest, count, gone } = numbers;
    rows.put(key::DRAFT_NUMBERS.to_vec(), guarded(&[newest, count, gone].map(u64::to_be_bytes).concat()));
}

/// A draft; `None` if there is none with this number.
///
/// # Errors
/// If its row cannot be read.
pub fn row(view: &dyn View, number: u64) -> Result<Option<wire::DraftRow>, RowError> {
    let row_key = key::draft(number);
    view.get(&row_key)?.map(|value| parsed(&row_key, &value)).transpose()
}

fn parsed(row_key: &[u8], value: &[u8]) -> Result<wire::DraftRow, RowError> {
    wire::DraftRow::decode(unguarded(row_key, value)?).map_err(|_| damaged("draft", hex::encode(row_key)))
}

/// Writes a draft.
pub fn put_row(rows: &mut dyn Write, number: u64, row: &wire::DraftRow) {
    rows.put(key::draft(number), guarded(&row.encode_to_vec()));
}

/// All drafts, by number.
///
/// # Errors
/// If a row cannot be read.
pub fn all(view: &dyn View) -> Result<Vec<(u64, wire::DraftRow)>, RowError> {
    let rows = view.scan(key::DRAFTS, &key::after(key::DRAFTS), limits::DRAFTS)?;
    let read = |(row_key, value): (Vec<u8>, Vec<u8>)| {
        let number = row_key.get(2..).and_then(|number| number.try_into().ok()).map(u64::from_be_bytes);
        let number = number.ok_or_else(|| damaged("draft", hex::encode(&row_key)))?;
        Ok((number, parsed(&row_key, &value)?))
    };
    rows.into_iter().map(read).collect()
}

/// The submission of a draft; `None` if it does not wait for release.
///
/// # Errors
/// If its row cannot be read.
pub fn submission(view: &dyn View, row: &wire::DraftRow) -> Result<Option<wire::SubmittedRow>, RowError> {
    if row.reference.is_empty() {
        return Ok(None);
    }
    let reference: Reference = row.reference.parse().map_err(|_| damaged("draft", &row.reference))?;
    message(view, &key::submitted(reference), "submitted draft")
}

/// The digest of a sealed text in a row.
///
/// # Errors
/// If it is none.
pub fn form(bytes: &[u8]) -> Result<Digest, RowError> {
    Digest::try_from(bytes).map_err(|_| damaged("draft", hex::encode(bytes)))
}
