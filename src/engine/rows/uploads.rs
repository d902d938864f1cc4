//! Files that officers are bringing in and that are in no draft yet: `D`, `u`, id. What is known of a file is sealed and kept
//! like the text of a draft; its ciphertext lies beside the store.

use prost::Message as _;

use crate::engine::rows::RowError;
use crate::engine::rows::Write;
use crate::engine::rows::damaged;
use crate::engine::rows::drafts::guarded;
use crate::engine::rows::drafts::unguarded;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::name::Digest;
use crate::wire;

/// A file; `None` if there is none with this id.
///
/// # Errors
/// If its row cannot be read.
pub fn row(view: &dyn View, id: Digest) -> Result<Option<wire::UploadRow>, RowError> {
    let row_key = key::upload(id);
    view.get(&row_key)?.map(|value| parsed(&row_key, &value)).transpose()
}

fn parsed(row_key: &[u8], value: &[u8]) -> Result<wire::UploadRow, RowError> {
    wire::UploadRow::decode(unguarded(row_key, value)?).map_err(|_| damaged("upload", hex::encode(row_key)))
}

/// Writes a file.
pub fn put_row(rows: &mut dyn Write, id: Digest, row: &wire::UploadRow) {
    rows.put(key::upload(id), guarded(&row.encode_to_vec()));
}

/// All of them.
///
/// # Errors
/// If a row cannot be read.
pub fn all(view: &dyn View) -> Result<Vec<(Digest, wire::UploadRow)>, RowError> {
    let rows = view.scan(key::UPLOADS, &key::after(key::UPLOADS), usize::MAX)?;
    let read = |(row_key, value): (Vec<u8>, Vec<u8>)| {
        let id = row_key.get(2..).and_then(|id| Digest::try_from(id).ok());
        let id = id.ok_or_else(|| damaged("upload", hex::encode(&row_key)))?;
        Ok((id, parsed(&row_key, &value)?))
    };
    rows.into_iter().map(read).collect()
}
