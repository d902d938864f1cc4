//! A disk: rows in memory, and failures on demand. It outlives the process that uses it.

use std::sync::Arc;
use std::sync::Mutex;

use chapar::edge::memory::Contents;
use chapar::edge::memory::MemoryStore;
use chapar::engine::store::Applied;
use chapar::engine::store::Batch;
use chapar::engine::store::Row;
use chapar::engine::store::Store;
use chapar::engine::store::StoreError;
use chapar::engine::store::View;

/// How an access fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A commit is written, but the disk says that it does not know.
    Applied,
    /// There is no room for a commit.
    Full,
    /// A commit is lost, and the disk says that it does not know.
    Lost,
    /// A commit is not written, and the disk says so.
    NotApplied,
    /// A read fails.
    Read,
}

#[derive(Default)]
struct Armed {
    failure: Option<Failure>,
    /// The access of its sort that fails; 1 is the next one.
    countdown: u64,
    /// What has failed.
    fired: Option<Failure>,
}

/// Rows that survive their node.
#[derive(Clone)]
pub(crate) struct Disk {
    rows: MemoryStore,
    armed: Arc<Mutex<Armed>>,
}

impl Disk {
    pub(crate) fn new() -> Self {
        Self { rows: MemoryStore::new(), armed: Arc::default() }
    }

    /// Another disk with a copy of these rows.
    pub(crate) fn of(contents: Contents) -> Self {
        let disk = Self::new();
        disk.restore(contents);
        disk
    }

    pub(crate) fn contents(&self) -> Contents {
        self.rows.clone_state()
    }

    pub(crate) fn restore(&self, contents: Contents) {
        self.rows.restore(contents);
    }

    /// The n-th access from now on fails, once.
    pub(crate) fn fail(&self, failure: Failure, nth: u64) {
        *self.armed.lock().unwrap() = Armed { failure: Some(failure), countdown: nth, fired: None };
    }

    /// Nothing fails any more. Whether something would have.
    pub(crate) fn calm(&self) -> bool {
        self.armed.lock().unwrap().failure.take().is_some()
    }

    /// What has failed since this was asked last.
    pub(crate) fn fired(&self) -> Option<Failure> {
        self.armed.lock().unwrap().fired.take()
    }

    /// The rows, without failures: for who watches.
    pub(crate) const fn rows(&self) -> &MemoryStore {
        &self.rows
    }

    fn failure(&self, is_read: bool) -> Option<Failure> {
        let mut armed = self.armed.lock().unwrap();
        if armed.failure? == Failure::Read && !is_read || armed.failure? != Failure::Read && is_read {
            return None;
        }
        armed.countdown -= 1;
        if armed.countdown == 0 {
            armed.fired = armed.failure.take();
            return armed.fired;
        }
        None
    }

    fn readable(&self) -> Result<(), StoreError> {
        self.failure(true).map_or(Ok(()), |_| Err(StoreError::Io("a read failed".to_owned())))
    }
}

impl View for Disk {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.readable()?;
        self.rows.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Row>, StoreError> {
        self.readable()?;
        self.rows.scan(from, to, limit)
    }
}

impl Store for Disk {
    fn last_number(&self) -> Result<u64, StoreError> {
        self.rows.last_number()
    }

    fn apply(&self, batch: &Batch) -> Applied {
        let error = StoreError::Io("a write failed".to_owned());
        match self.failure(false) {
            None | Some(Failure::Read) => self.rows.apply(batch),
            Some(Failure::Applied) => match self.rows.apply(batch) {
                Applied::Durable => Applied::Unknown(error),
                other => other,
            },
            Some(Failure::Full) => Applied::NotApplied(StoreError::Full),
            Some(Failure::Lost) => Applied::Unknown(error),
            Some(Failure::NotApplied) => Applied::NotApplied(error),
        }
    }
}
