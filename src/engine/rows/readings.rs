//! Requests to read under break-glass: `B`, index of the entry that asks.

use prost::Message as _;

use crate::domain::reading::Reading;
use crate::engine::rows::RowError;
use crate::engine::rows::Write;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::wire;

/// A request; `None` if there is none with this index.
///
/// # Errors
/// If its row cannot be read.
pub fn row(view: &dyn View, index: u64) -> Result<Option<Reading>, RowError> {
    view.get(&key::reading(index))?.map(|value| parsed(index, &value)).transpose()
}

fn parsed(index: u64, value: &[u8]) -> Result<Reading, RowError> {
    let row = wire::ReadingRow::decode(value).map_err(|_| damaged("reading", index))?;
    Reading::read(&row).map_err(|_| damaged("reading", index))
}

/// Writes a request.
pub fn put(rows: &mut dyn Write, index: u64, reading: &Reading) {
    rows.put(key::reading(index), reading.row().encode_to_vec());
}

/// All of them with their indices, in the order of the log. The office keeps no more than a few.
///
/// # Errors
/// If a row cannot be read.
pub fn all(view: &dyn View) -> Result<Vec<(u64, Reading)>, RowError> {
    let rows = view.scan(key::READINGS, &key::after(key::READINGS), usize::MAX)?;
    let read = |(row_key, value): (Vec<u8>, Vec<u8>)| {
        let index = row_key.last_chunk::<8>().copied().map(u64::from_be_bytes);
        let index = index.ok_or_else(|| damaged("reading", hex::encode(&row_key)))?;
        Ok((index, parsed(index, &value)?))
    };
    rows.into_iter().map(read).collect()
}
