//! The store in memory, for tests and simulation; it can be told to fail. It is no cache and keeps nothing on disk.
//!
//! Invariants:
//! - clones are handles of the same rows, so a restart is one more clone;
//! - "failed, but not applied" and "failed, but applied" leave exactly the state that they name;
//! - a failure is not remembered: what a node does after one is for the test to say.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use crate::engine::store::Applied;
use crate::engine::store::Batch;
use crate::engine::store::NUMBER_KEY;
use crate::engine::store::Row;
use crate::engine::store::Store;
use crate::engine::store::StoreError;
use crate::engine::store::View;

/// What shall happen to a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The batch is applied, but the store says that it does not know.
    FailApplied(StoreError),
    /// The batch is not applied, and the store says so.
    FailNotApplied(StoreError),
    /// The batch is applied.
    None,
}

/// The rows of a store at one moment, to go back to later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    last: u64,
}

type ApplyHook = Arc<dyn Fn(&Batch) -> Fault + Send + Sync>;
type ReadHook = Arc<dyn Fn(&[u8]) -> Result<(), StoreError> + Send + Sync>;

/// A store in memory.
#[derive(Clone)]
pub struct MemoryStore {
    contents: Arc<Mutex<Contents>>,
    on_apply: ApplyHook,
    on_read: ReadHook,
}

impl MemoryStore {
    /// An empty store without faults.
    #[must_use]
    pub fn new() -> Self {
        let rows = BTreeMap::from([(NUMBER_KEY.to_vec(), 0_u64.to_be_bytes().to_vec())]);
        Self {
            contents: Arc::new(Mutex::new(Contents { rows, last: 0 })),
            on_apply: Arc::new(|_| Fault::None),
            on_read: Arc::new(|_| Ok(())),
        }
    }

    /// A handle of the same rows that asks `fault` what shall happen to each batch with the right number.
    #[must_use]
    pub fn failing_apply(self, fault: impl Fn(&Batch) -> Fault + Send + Sync + 'static) -> Self {
        Self { on_apply: Arc::new(fault), ..self }
    }

    /// A handle of the same rows that asks `fault` before each read; it is given the key, or the first key of a scan.
    #[must_use]
    pub fn failing_read(self, fault: impl Fn(&[u8]) -> Result<(), StoreError> + Send + Sync + 'static) -> Self {
        Self { on_read: Arc::new(fault), ..self }
    }

    /// A copy of all rows.
    #[must_use]
    pub fn clone_state(&self) -> Contents {
        self.contents().clone()
    }

    /// Puts all rows back to what they were, as somebody does who restores an old copy of the disk.
    pub fn restore(&self, contents: Contents) {
        *self.contents() = contents;
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("last", &self.contents().last).finish_non_exhaustive()
    }
}

impl View for MemoryStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        (self.on_read)(key)?;
        Ok(self.contents().rows.get(key).cloned())
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Row>, StoreError> {
        (self.on_read)(from)?;
        if from >= to {
            return Ok(vec![]);
        }
        let contents = self.contents();
        let rows = contents.rows.range(from.to_vec()..to.to_vec()).take(limit);
        Ok(rows.map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

impl Store for MemoryStore {
    fn last_number(&self) -> Result<u64, StoreError> {
        (self.on_read)(NUMBER_KEY)?;
        Ok(self.contents().last)
    }

    fn apply(&self, batch: &Batch) -> Applied {
        if let Err(error) = batch.check() {
            return Applied::NotApplied(error);
        }
        let mut contents = self.contents();
        if contents.last.checked_add(1) != Some(batch.number()) {
            return Applied::Fenced(contents.last);
        }
        match (self.on_apply)(batch) {
            Fault::None => {
                contents.take(batch);
                Applied::Durable
            }
            Fault::FailApplied(error) => {
                contents.take(batch);
                Applied::Unknown(error)
            }
            Fault::FailNotApplied(error) => Applied::NotApplied(error),
        }
    }
}

impl Contents {
    fn take(&mut self, batch: &Batch) {
        for (key, change) in batch.changes() {
            match change {
                Some(value) => self.rows.insert(key.clone(), value.clone()),
                None => self.rows.remove(key),
            };
        }
        self.last = batch.number();
        self.rows.insert(NUMBER_KEY.to_vec(), self.last.to_be_bytes().to_vec());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> StoreError {
        StoreError::Full
    }

    fn batch(number: u64) -> Batch {
        let mut batch = Batch::new(number);
        batch.put(b"k".to_vec(), number.to_be_bytes().to_vec());
        batch
    }

    #[test]
    fn failed_and_not_applied() {
        let store = MemoryStore::new();
        let failing = store.clone().failing_apply(|_| Fault::FailNotApplied(full()));
        let before = store.clone_state();
        assert_eq!(failing.apply(&batch(1)), Applied::NotApplied(full()));
        assert_eq!(store.clone_state(), before);
        assert_eq!(store.apply(&batch(1)), Applied::Durable);
    }

    #[test]
    fn failed_but_applied() {
        let store = MemoryStore::new();
        let failing = store.clone().failing_apply(|_| Fault::FailApplied(full()));
        assert_eq!(failing.apply(&batch(1)), Applied::Unknown(full()));
        assert_eq!(store.last_number(), Ok(1));
        assert_eq!(store.get(b"k"), Ok(Some(1_u64.to_be_bytes().to_vec())));
        assert_eq!(store.apply(&batch(1)), Applied::Fenced(1));
    }

    #[test]
    fn reads_fail_as_told() {
        let failing = MemoryStore::new().failing_read(|key| if key == b"k" { Err(full()) } else { Ok(()) });
        assert_eq!(failing.get(b"k"), Err(full()));
        assert_eq!(failing.scan(b"k", b"l", 1), Err(full()));
        assert_eq!(failing.get(b"other"), Ok(None));
        assert_eq!(failing.last_number(), Ok(0));
    }

    #[test]
    fn an_old_copy_comes_back() {
        let store = MemoryStore::new();
        assert_eq!(store.apply(&batch(1)), Applied::Durable);
        let old = store.clone_state();
        assert_eq!(store.apply(&batch(2)), Applied::Durable);
        store.restore(old);
        assert_eq!(store.last_number(), Ok(1));
        assert_eq!(store.get(NUMBER_KEY), Ok(Some(1_u64.to_be_bytes().to_vec())));
    }
}
