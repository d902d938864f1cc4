//! Reopens the store of a stopped office, and compares it with the head that is noted beside it: sled may come back
//! older after damage, and does not say so.

use std::path::Path;
use std::sync::Arc;

use crate::edge::note;
use crate::edge::note::NoteError;
use crate::edge::sled::SledStore;
use crate::engine::log::Head;
use crate::engine::log::root_at;
use crate::engine::rows::RowError;
use crate::engine::store::StoreError;

/// Why the store is not to be used.
#[derive(Debug, thiserror::Error)]
pub enum ReopenError {
    /// There is no log in it.
    #[error("the store holds no log")]
    Empty,
    /// The noted head cannot be read.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// No head is noted beside it.
    #[error("no head is noted beside the store")]
    NoNote,
    /// It has come back older.
    #[error("the store holds {held} entries, but {noted} were there: it has come back older than it was")]
    Older {
        /// Entries that it has.
        held: u64,
        /// Entries that it had.
        noted: u64,
    },
    /// Its entries are not those that were noted.
    #[error("the first {0} entries of the store are not those that were there")]
    Other(u64),
    /// A row cannot be used.
    #[error(transparent)]
    Row(#[from] RowError),
    /// sled does not open it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens the store at `store`, with the head noted at `note`.
///
/// # Errors
/// If it cannot be opened, or is not what was noted.
pub fn reopen(store: &Path, note: &Path) -> Result<Arc<SledStore>, ReopenError> {
    let noted = note::read(note)?;
    let store = SledStore::open(store)?;
    let head = Head::read(&store)?.ok_or(ReopenError::Empty)?;
    let noted = noted.ok_or(ReopenError::NoNote)?;
    if noted.size > head.size {
        return Err(ReopenError::Older { held: head.size, noted: noted.size });
    }
    if root_at(&store, noted.size)? != noted.root.0 {
        return Err(ReopenError::Other(noted.size));
    }
    Ok(Arc::new(store))
}
