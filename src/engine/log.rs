//! The log: entries, RFC 6962 tree, head (PROTOCOL 6). Merkle hashing is `tlog_tiles`'.

use prost::Message as _;
use tlog_tiles::tlog;

use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::Write;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::time::Timestamp;
use crate::wire;

/// Size and root of the log after a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of entries.
    pub size: u64,
    /// RFC 6962 root.
    pub root: [u8; 32],
    /// Time of the last entry.
    pub time: Timestamp,
    /// Number of the commit that wrote it.
    pub commit: u64,
}

impl Head {
    /// The head of an empty log.
    pub const EMPTY: Self = Self { size: 0, root: tlog::EMPTY_HASH.0, time: Timestamp::ZERO, commit: 0 };

    /// The head that a store holds; `None` if the store is empty.
    ///
    /// # Errors
    /// If the row cannot be read.
    pub fn read(view: &dyn View) -> Result<Option<Self>, RowError> {
        let Some(head) = rows::head(view)? else { return Ok(None) };
        let root = head.root.as_slice().try_into().map_err(|_| damaged("head", head.size))?;
        let time = Timestamp::from_ms(head.time_ms).map_err(|_| damaged("head", head.size))?;
        Ok(Some(Self { size: head.size, root, time, commit: head.commit }))
    }

    /// As a message.
    #[must_use]
    pub fn to_wire(self) -> wire::Head {
        wire::Head { size: self.size, root: self.root.to_vec(), time_ms: self.time.ms(), commit: self.commit }
    }

    /// Appends an entry to the tree; the root is that of before until [`Head::close`].
    ///
    /// # Errors
    /// If a hash of the tree cannot be read.
    pub fn append(&mut self, rows: &mut dyn Write, entry: Vec<u8>, time: Timestamp) -> Result<u64, RowError> {
        let index = self.size;
        let hashes = tlog::stored_hashes(index, &entry, &Hashes(rows)).map_err(|e| hash_error(&e))?;
        let first = tlog::stored_hash_index(0, index);
        for (place, hash) in (first..).zip(hashes) {
            rows.put(key::hash(place), hash.0.to_vec());
        }
        rows.put(key::entry(index), entry);
        self.size += 1;
        self.time = time;
        Ok(index)
    }

    /// Computes the root and writes the head, in the commit with this number.
    ///
    /// # Errors
    /// If a hash of the tree cannot be read.
    pub fn close(&mut self, rows: &mut dyn Write, commit: u64) -> Result<(), RowError> {
        self.commit = commit;
        self.root = root_at(rows, self.size)?;
        rows.put(key::HEAD.to_vec(), self.to_wire().encode_to_vec());
        Ok(())
    }
}

/// The root of the first `size` entries, from the stored hashes.
///
/// # Errors
/// If a hash of the tree cannot be read.
pub fn root_at(view: &dyn View, size: u64) -> Result<[u8; 32], RowError> {
    tlog::tree_hash(size, &Hashes(view)).map(|hash| hash.0).map_err(|e| hash_error(&e))
}

/// The hashes that an entry adds to the tree, computed from the entry and the hashes before it.
///
/// # Errors
/// If a hash of the tree cannot be read.
pub fn hashes_of(view: &dyn View, index: u64, entry: &[u8]) -> Result<Vec<(u64, [u8; 32])>, RowError> {
    let hashes = tlog::stored_hashes(index, entry, &Hashes(view)).map_err(|e| hash_error(&e))?;
    Ok((tlog::stored_hash_index(0, index)..).zip(hashes.into_iter().map(|hash| hash.0)).collect())
}

fn hash_error(error: &tlog::Error) -> RowError {
    damaged("tree hash", error)
}

struct Hashes<'a, V: View + ?Sized>(&'a V);

impl<V: View + ?Sized> tlog::HashReader for Hashes<'_, V> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        indexes
            .iter()
            .map(|index| {
                let row = self.0.get(&key::hash(*index)).map_err(|e| tlog::Error::InvalidInput(e.to_string()))?;
                let hash = row.and_then(|row| row.try_into().ok()).map(tlog::Hash);
                hash.ok_or_else(|| tlog::Error::InvalidInput(format!("number {index} is not there")))
            })
            .collect()
    }
}

/// How many hashes the tree of so many entries stores.
#[must_use]
pub fn hash_count(size: u64) -> u64 {
    tlog::stored_hash_count(size)
}
