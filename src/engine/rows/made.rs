//! What requests have made that must not make it twice, by their keys; for some days.
//!
//! - `K`, `k`, digest of a key: what it made;
//! - `K`, `t`, number: the digest of a key, in the order in which they came;
//! - `K`, `n`: the number of the newest.
//!
//! Nothing in the log covers them: they begin with a checksum.

use prost::Message as _;

use crate::engine::rows::RowError;
use crate::engine::rows::Write;
use crate::engine::rows::damaged;
use crate::engine::rows::drafts::guarded;
use crate::engine::rows::drafts::unguarded;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::limits;
use crate::name::Digest;
use crate::time::Timestamp;
use crate::wire;

/// What the request with this key made; `None` if there was none, or it is forgotten.
///
/// # Errors
/// If the row cannot be read.
pub fn row(view: &dyn View, of: Digest) -> Result<Option<wire::MadeRow>, RowError> {
    let row_key = key::made(of);
    let Some(value) = view.get(&row_key)? else { return Ok(None) };
    let value = unguarded(&row_key, &value)?;
    wire::MadeRow::decode(value).map(Some).map_err(|_| damaged("made", hex::encode(row_key)))
}

/// Remembers what a request made. Of too many, the oldest is forgotten.
///
/// # Errors
/// If a row cannot be read.
pub fn put(rows: &mut dyn Write, of: Digest, row: &wire::MadeRow) -> Result<(), RowError> {
    let newest = newest(rows)?.saturating_add(1);
    if let Some(oldest) = newest.checked_sub(limits::MADE as u64) {
        forget(rows, oldest)?;
    }
    rows.put(key::made(of), guarded(&row.encode_to_vec()));
    rows.put(key::made_order(newest), guarded(&of.0));
    rows.put(key::MADE_NUMBER.to_vec(), guarded(&newest.to_be_bytes()));
    Ok(())
}

/// Forgets what was made before a time, some of it.
///
/// # Errors
/// If a row cannot be read.
pub fn forget_before(rows: &mut dyn Write, time: Timestamp) -> Result<(), RowError> {
    for (number, of) in all(rows, limits::COMMIT_COMMANDS)? {
        if row(rows, of)?.is_some_and(|row| row.time_ms >= time.ms()) {
            break;
        }
        forget(rows, number)?;
    }
    Ok(())
}

/// The keys that are remembered, each with its number, the oldest first.
///
/// # Errors
/// If a row cannot be read.
pub fn all(view: &dyn View, limit: usize) -> Result<Vec<(u64, Digest)>, RowError> {
    let rows = view.scan(key::MADE_ORDER, &key::after(key::MADE_ORDER), limit)?;
    let read = |(row_key, value): (Vec<u8>, Vec<u8>)| {
        let fault = || damaged("made", hex::encode(&row_key));
        let number = row_key.get(2..).and_then(|number| number.try_into().ok()).map(u64::from_be_bytes);
        let of = Digest::try_from(unguarded(&row_key, &value)?).map_err(|_| fault())?;
        Ok((number.ok_or_else(fault)?, of))
    };
    rows.into_iter().map(read).collect()
}

/// The number of the newest; 0 for none.
///
/// # Errors
/// If the row cannot be read.
pub fn newest(view: &dyn View) -> Result<u64, RowError> {
    let Some(value) = view.get(key::MADE_NUMBER)? else { return Ok(0) };
    let value = unguarded(key::MADE_NUMBER, &value)?;
    value.try_into().map(u64::from_be_bytes).map_err(|_| damaged("made", "the number of the newest"))
}

fn forget(rows: &mut dyn Write, number: u64) -> Result<(), RowError> {
    let row_key = key::made_order(number);
    let Some(value) = rows.get(&row_key)? else { return Ok(()) };
    let of = Digest::try_from(unguarded(&row_key, &value)?).map_err(|_| damaged("made", number))?;
    rows.delete(key::made(of));
    rows.delete(row_key);
    Ok(())
}
