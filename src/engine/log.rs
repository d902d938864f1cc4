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
            put_hash(rows, place, hash.0)?;
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

pub(super) fn hash_error(error: &tlog::Error) -> RowError {
    damaged("tree hash", error)
}

/// Hashes of the tree in one row: each row costs the store more than its bytes do.
pub const HASHES: u64 = 16;
const HASH_BYTES: usize = 32;

/// Where a hash stands: its row, and the byte at which it begins there.
fn place_of(place: u64) -> (Vec<u8>, usize) {
    let before = usize::try_from(place % HASHES).unwrap_or_default();
    (key::hashes(place / HASHES), before * HASH_BYTES)
}

/// Writes the next hash of the tree.
fn put_hash(rows: &mut dyn Write, place: u64, hash: [u8; HASH_BYTES]) -> Result<(), RowError> {
    let (row_key, at) = place_of(place);
    let mut row = rows.get(&row_key)?.unwrap_or_default();
    if row.len() < at {
        return Err(damaged("tree hash", place));
    }
    // What stands there already is of a commit that we do not know of; its number will fence ours.
    row.truncate(at);
    row.extend_from_slice(&hash);
    rows.put(row_key, row);
    Ok(())
}

/// The hash of the tree with this stored index; `None` if it is not there.
///
/// # Errors
/// If its row is none.
pub fn hash_at<V: View + ?Sized>(view: &V, place: u64) -> Result<Option<[u8; HASH_BYTES]>, RowError> {
    let (row_key, at) = place_of(place);
    let Some(row) = view.get(&row_key)? else { return Ok(None) };
    let (hashes, rest) = row.as_chunks::<HASH_BYTES>();
    if !rest.is_empty() || u64::try_from(hashes.len()).is_ok_and(|count| count > HASHES) {
        return Err(damaged("tree hash", place));
    }
    Ok(hashes.get(at / HASH_BYTES).copied())
}

/// Whether the tree's rows hold exactly so many hashes and no more.
///
/// # Errors
/// If a row cannot be read.
pub fn ends_at<V: View + ?Sized>(view: &V, count: u64) -> Result<bool, RowError> {
    let beyond = view.scan(&key::hashes(count.div_ceil(HASHES)), &key::after(b"t"), 1)?;
    Ok(beyond.is_empty() && hash_at(view, count)?.is_none())
}

/// The hashes of the tree, as `tlog_tiles` reads them.
pub(super) struct Hashes<'a, V: View + ?Sized>(pub(super) &'a V);

impl<V: View + ?Sized> tlog::HashReader for Hashes<'_, V> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        indexes
            .iter()
            .map(|index| {
                let hash = hash_at(self.0, *index).map_err(|e| tlog::Error::InvalidInput(e.to_string()))?;
                hash.map(tlog::Hash).ok_or_else(|| tlog::Error::InvalidInput(format!("number {index} is not there")))
            })
            .collect()
    }
}

/// How many hashes the tree of so many entries stores.
#[must_use]
pub fn hash_count(size: u64) -> u64 {
    tlog::stored_hash_count(size)
}
