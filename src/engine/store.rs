//! The narrow store trait: ordered rows, one atomic durable commit at a time (ARCHITECTURE, rule 3).
//!
//! Invariants of every adapter, kept by one conformance suite:
//! - a commit applies wholly or not at all, and only if its number is the last one plus 1;
//! - `Applied::Durable` means that a power cut can no longer take it back;
//! - a view never shows a part of a commit, but two reads may see two states.

use std::collections::BTreeMap;

use crate::limits;

/// A key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// The row in which every adapter keeps the number of the last commit; no other row has this key.
pub const NUMBER_KEY: &[u8] = b"#";

/// What a store reports.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// Reading or writing failed.
    #[error("the store failed: {0}")]
    Io(String),
    /// Another process has the store open.
    #[error("another process has the store open")]
    Locked,
    /// A value is larger than a row may be; our own mistake.
    #[error("a row of {0} bytes is larger than a row may be")]
    RowTooLarge(usize),
    /// The files cannot be read as a store.
    #[error("store unreadable: {0}")]
    Unreadable(String),
}

/// Reads.
pub trait View {
    /// The value of a key.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Rows with `from <= key < to`, in the order of their keys, at most `limit`.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Row>, StoreError>;
}

/// A set of rows to write and to delete at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    number: u64,
    changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Batch {
    /// An empty batch; it applies only to a store whose last commit has the number before this one.
    #[must_use]
    pub fn new(number: u64) -> Self {
        Self { number, changes: BTreeMap::new() }
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Writes a row.
    pub fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.changes.insert(key, Some(value));
    }

    /// Deletes a row, if it is there.
    pub fn delete(&mut self, key: Vec<u8>) {
        self.changes.insert(key, None);
    }

    /// Rows to write (`Some`) and to delete (`None`), by key.
    #[must_use]
    pub const fn changes(&self) -> &BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        &self.changes
    }

    /// Checks what no adapter may take.
    ///
    /// # Errors
    /// [`StoreError::RowTooLarge`].
    pub fn check(&self) -> Result<(), StoreError> {
        for value in self.changes.values().flatten() {
            if value.len() > limits::ROW_BYTES {
                return Err(StoreError::RowTooLarge(value.len()));
            }
        }
        Ok(())
    }
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Applied, and a power cut cannot take it back.
    Durable,
    /// Not applied: the store is what it was.
    NotApplied(StoreError),
    /// Applied or not: only reopening the store will tell.
    Unknown(StoreError),
    /// Not applied: somebody else has committed since; the last number is given.
    Fenced(u64),
}

/// Writes. One writer at a time.
pub trait Store: View + Send + Sync {
    /// Number of the last commit; 0 for an empty store.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn last_number(&self) -> Result<u64, StoreError>;

    /// Applies a batch.
    fn apply(&self, batch: &Batch) -> Applied;
}

/// Something that may be said, because what it acknowledges is on disk. Only [`commit`] makes one.
#[derive(Debug, PartialEq, Eq)]
pub struct Durable<T>(T);

impl<T> Durable<T> {
    /// What may be said.
    pub fn into_inner(self) -> T {
        self.0
    }

    /// A part of what may be said.
    pub fn map<U>(self, part: impl FnOnce(T) -> U) -> Durable<U> {
        Durable(part(self.0))
    }
}

/// Why a commit failed. The node stops on each of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Another writer has committed to this store.
    #[error("another process has written to the store (its last commit is {0})")]
    Fenced(u64),
    /// Nothing was written.
    #[error("nothing was written: {0}")]
    NotApplied(StoreError),
    /// Only a restart will tell whether it was written.
    #[error("it is not known whether the last commit was written: {0}")]
    Unknown(StoreError),
}

/// Commits a batch and, once it is durable, hands over what may now be said.
///
/// # Errors
/// If the batch is not durable; then nothing may be said.
pub fn commit<T>(store: &dyn Store, batch: &Batch, speech: T) -> Result<Durable<T>, CommitError> {
    if batch.changes.is_empty() {
        // Nothing to write: what is said rests on earlier commits.
        return Ok(Durable(speech));
    }
    batch.check().map_err(CommitError::NotApplied)?;
    match store.apply(batch) {
        Applied::Durable => Ok(Durable(speech)),
        Applied::NotApplied(error) => Err(CommitError::NotApplied(error)),
        Applied::Unknown(error) => Err(CommitError::Unknown(error)),
        Applied::Fenced(last) => Err(CommitError::Fenced(last)),
    }
}

/// A view with the changes of a batch that is not committed yet.
pub struct Pending<'a> {
    base: &'a dyn View,
    batch: Batch,
}

impl<'a> Pending<'a> {
    /// A view of `base` that can be written to.
    #[must_use]
    pub fn new(base: &'a dyn View, number: u64) -> Self {
        Self { base, batch: Batch::new(number) }
    }

    /// Writes a row.
    pub fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.batch.put(key, value);
    }

    /// Deletes a row, if it is there.
    pub fn delete(&mut self, key: Vec<u8>) {
        // A row that only this batch has put need not be deleted either. A base that fails says so at the commit.
        let is_new = matches!(self.batch.changes.remove(&key), Some(Some(_))) && self.base.get(&key) == Ok(None);
        if !is_new {
            self.batch.delete(key);
        }
    }

    /// Whether nothing was written or deleted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.batch.changes.is_empty()
    }

    /// The batch, to be committed.
    #[must_use]
    pub fn into_batch(self) -> Batch {
        self.batch
    }
}

impl View for Pending<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.batch.changes.get(key) {
            Some(change) => Ok(change.clone()),
            None => self.base.get(key),
        }
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Row>, StoreError> {
        if from >= to || limit == 0 {
            return Ok(vec![]);
        }
        let changed: Vec<_> = self.batch.changes.range(from.to_vec()..to.to_vec()).collect();
        // Rows of the base may be deleted by the batch: read as many more.
        let base = self.base.scan(from, to, limit.saturating_add(changed.len()))?;
        let complete = base.len() < limit.saturating_add(changed.len());
        let last = base.last().map(|(key, _)| key.clone());
        let mut rows: BTreeMap<Vec<u8>, Vec<u8>> = base.into_iter().collect();
        for (key, change) in changed {
            match change {
                // Beyond the part of the base that was read, a row would hide those that were not.
                Some(value) if complete || last.as_ref().is_none_or(|last| key <= last) => {
                    rows.insert(key.clone(), value.clone());
                }
                Some(_) => {}
                None => {
                    rows.remove(key);
                }
            }
        }
        Ok(rows.into_iter().take(limit).collect())
    }
}
