//! The store of an office on sled 0.34. It is no judge of what it reads: after damage sled may silently return an
//! older state, so whoever opens it compares it with the head that is noted beside it. Opening writes: sled then
//! overwrites what it could not follow, so a suspect store is examined as a copy.
//!
//! Invariants:
//! - [`Applied::Durable`] follows `apply_batch`, `flush` and our own `sync_data`: sled's flush is no fsync;
//! - rows are so small that sled never moves them into blob files, which it never syncs;
//! - after any error of sled every call fails: only reopening tells what is on disk;
//! - a panic of sled becomes an error, and nothing it says reaches the error: it may quote rows.

use std::fmt;
use std::fs::File;
use std::panic::AssertUnwindSafe;
use std::panic::PanicHookInfo;
use std::panic::catch_unwind;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::RwLockReadGuard;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::edge::env::Stopwatch;
use crate::edge::sled::files::Lock;
use crate::edge::telemetry::Telemetry;
use crate::engine::store::Applied;
use crate::engine::store::Batch;
use crate::engine::store::NUMBER_KEY;
use crate::engine::store::Row;
use crate::engine::store::Store;
use crate::engine::store::StoreError;
use crate::engine::store::View;
use crate::limits;

mod files;
#[cfg(test)]
mod tests;

/// Beginning of the names of the threads in which sled is opened and closed.
const THREAD: &str = "chapar-sled";

/// A store in a folder. Dropping it closes the files; then it can be opened again.
pub struct SledStore {
    /// Commits take turns; reads go on while one of them waits for the disk.
    turn: Mutex<()>,
    /// An error for good after the first one. Locked before `rows`.
    state: RwLock<Result<Opened, StoreError>>,
    /// Held to write while a batch goes in: a scan reads row by row and must not see a part of it. The error of a batch
    /// that has failed: what it left in memory is not to be read.
    rows: RwLock<Result<(), StoreError>>,
    path: PathBuf,
    /// Learns how long syncs take.
    telemetry: Option<Arc<Telemetry>>,
    /// Our own handle of sled's file, to sync it.
    file: File,
    /// Released last, when sled has let go of its files.
    _lock: Lock,
}

struct Opened {
    db: ::sled::Db,
    last: AtomicU64,
}

impl SledStore {
    /// Makes an empty store in the new folder `path`, readable by its owner only, and opens it.
    ///
    /// # Errors
    /// [`StoreError::Io`] if there is something at `path` already; otherwise what sled or the disk report.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        files::make_folder(path)?;
        let lock = Lock::take(path)?;
        let db = in_thread(path, |path| {
            let db = config(path).open()?;
            db.insert(NUMBER_KEY, &0_u64.to_be_bytes())?;
            db.flush()?;
            Ok(db)
        })?;
        Self::new(path, lock, db, files::sync_new(path).map(|()| 0))
    }

    /// Opens the store in the folder `path`.
    ///
    /// # Errors
    /// [`StoreError::Io`] if there is no store, [`StoreError::Locked`] if it is open already, here or elsewhere,
    /// [`StoreError::Unreadable`] if sled can make nothing of the files, also without its snapshots.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        files::expect_store(path)?;
        let lock = Lock::take(path)?;
        files::remove_unfinished_snapshots(path)?;
        let db = match in_thread(path, |path| config(path).open()) {
            // A snapshot only shortens the start; without it sled reads its whole log.
            Err(error @ StoreError::Unreadable(_)) if files::set_snapshots_aside(path)? => {
                in_thread(path, |path| config(path).open()).map_err(|_| error)?
            }
            other => other?,
        };
        let last = guarded(|| db.get(NUMBER_KEY)).and_then(|row| {
            let number = row.and_then(|row| <[u8; 8]>::try_from(row.as_ref()).ok());
            number.map(u64::from_be_bytes).ok_or_else(|| StoreError::Unreadable("it has no commit number".into()))
        });
        Self::new(path, lock, db, last)
    }

    /// Copies the closed store in the folder `path` into the new folder `copy`, and opens that. Opening a damaged store
    /// destroys what lies beyond the damage; whoever only wants to look opens a copy.
    ///
    /// # Errors
    /// As for [`SledStore::open`]; or if the copy cannot be made.
    pub fn open_copy(path: &Path, copy: &Path) -> Result<Self, StoreError> {
        files::expect_store(path)?;
        let lock = Lock::take(path)?;
        files::make_folder(copy)?;
        files::copy(path, copy)?;
        drop(lock);
        Self::open(copy)
    }

    /// With the number of the last commit; without one, sled is closed.
    fn new(path: &Path, lock: Lock, db: ::sled::Db, last: Result<u64, StoreError>) -> Result<Self, StoreError> {
        let synced = last.and_then(|last| {
            let file = files::open_data(path)?;
            // A killed process may have left commits that only the page cache has; they count from now on.
            file.sync_data().map_err(|error| files::store_error(&error))?;
            Ok((last, file))
        });
        let (last, file) = match synced {
            Ok(synced) => synced,
            Err(error) => {
                close(db, path);
                return Err(error);
            }
        };
        let state = RwLock::new(Ok(Opened { db, last: AtomicU64::new(last) }));
        Ok(Self {
            turn: Mutex::new(()),
            state,
            rows: RwLock::new(Ok(())),
            path: path.into(),
            telemetry: None,
            file,
            _lock: lock,
        })
    }

    /// The store, which tells how long its syncs take.
    #[must_use]
    pub fn measured(mut self, telemetry: Arc<Telemetry>) -> Self {
        self.telemetry = Some(telemetry);
        self
    }

    /// Syncs what sled has written.
    fn sync(&self) -> Result<(), StoreError> {
        let begun = Stopwatch::start();
        self.file.sync_data().map_err(|error| files::store_error(&error))?;
        if let Some(telemetry) = &self.telemetry {
            telemetry.synced(&begun);
        }
        Ok(())
    }

    /// Reads, and closes the store if that fails.
    fn read<T>(&self, read: impl FnOnce(&::sled::Db) -> ::sled::Result<T>) -> Result<T, StoreError> {
        let result = {
            let state = self.state();
            let opened = state.as_ref().map_err(Clone::clone)?;
            let whole = self.rows.read().unwrap_or_else(PoisonError::into_inner);
            whole.clone().and_then(|()| guarded(|| read(&opened.db)))
        };
        result.map_err(|error| self.fail(error))
    }

    fn write(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut changes = ::sled::Batch::default();
        for (key, change) in batch.changes() {
            match change {
                Some(value) => changes.insert(key.as_slice(), value.as_slice()),
                None => changes.remove(key.as_slice()),
            }
        }
        changes.insert(NUMBER_KEY, &batch.number().to_be_bytes());

        let state = self.state();
        let opened = state.as_ref().map_err(Clone::clone)?;
        // Nobody reads what is not durable yet: a reader might tell it to a peer.
        let mut whole = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        let written = guarded(|| opened.db.apply_batch(changes))
            .and_then(|()| guarded(|| opened.db.flush()))
            .and_then(|_| self.sync());
        match &written {
            Ok(()) => opened.last.store(batch.number(), Ordering::SeqCst),
            // Before a reader that waits gets its turn.
            Err(error) => *whole = Err(error.clone()),
        }
        written
    }

    /// Takes the store out of use and gives the error back.
    fn fail(&self, error: StoreError) -> StoreError {
        let failed = Err(error.clone());
        let before = std::mem::replace(&mut *self.state.write().unwrap_or_else(PoisonError::into_inner), failed);
        if let Ok(opened) = before {
            close(opened.db, &self.path);
        }
        error
    }

    fn state(&self) -> RwLockReadGuard<'_, Result<Opened, StoreError>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl View for SledStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|db| Ok(db.get(key)?.map(|value| value.to_vec())))
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Row>, StoreError> {
        if from >= to {
            return Ok(vec![]);
        }
        self.read(|db| {
            let rows = db.range(from..to).take(limit);
            rows.map(|row| row.map(|(key, value)| (key.to_vec(), value.to_vec()))).collect()
        })
    }
}

impl Store for SledStore {
    fn last_number(&self) -> Result<u64, StoreError> {
        self.state().as_ref().map(|opened| opened.last.load(Ordering::SeqCst)).map_err(Clone::clone)
    }

    fn apply(&self, batch: &Batch) -> Applied {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = batch.check() {
            return Applied::NotApplied(error);
        }
        match self.last_number() {
            Err(error) => return Applied::NotApplied(error),
            Ok(last) if last.checked_add(1) != Some(batch.number()) => return Applied::Fenced(last),
            Ok(_) => {}
        }
        match self.write(batch) {
            Ok(()) => Applied::Durable,
            Err(error) => Applied::Unknown(self.fail(error)),
        }
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        self.fail(StoreError::Io("closed".into()));
    }
}

impl fmt::Debug for SledStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore").field("last", &self.last_number()).finish_non_exhaustive()
    }
}

/// Keeps panics of sled off standard error: they are caught and reported as errors, and they may quote rows. Other
/// panics are printed as before. For `main`, once.
pub fn quiet_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if is_of_sled(info) {
            let place = info.location().map(ToString::to_string);
            tracing::debug!(panic.place = place, "sled panicked; the store reports it");
        } else {
            before(info);
        }
    }));
}

fn is_of_sled(info: &PanicHookInfo<'_>) -> bool {
    let thread = thread::current();
    let name = thread.name().unwrap_or_default();
    // sled's own threads are "sled-io-<n>" and "log flusher".
    name.starts_with(THREAD)
        || name.starts_with("sled-")
        || name == "log flusher"
        || info.location().is_some_and(|place| place.file().contains("/sled-"))
}

fn config(path: &Path) -> ::sled::Config {
    ::sled::Config::new()
        .path(path)
        .cache_capacity(limits::STORE_CACHE_BYTES)
        .flush_every_ms(Some(500))
        .use_compression(false)
        .mode(::sled::Mode::LowSpace)
}

/// Calls sled; a panic is an error.
fn guarded<T>(call: impl FnOnce() -> ::sled::Result<T>) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| sled_error(&error)),
        Err(_) => Err(StoreError::Unreadable("sled stumbled over its files".into())),
    }
}

/// Calls sled in a thread of its own, so that nothing of a panic stays behind in the caller's.
fn in_thread<T: Send>(path: &Path, call: impl FnOnce(&Path) -> ::sled::Result<T> + Send) -> Result<T, StoreError> {
    thread::scope(|scope| {
        let opening = thread::Builder::new().name(THREAD.into()).spawn_scoped(scope, || guarded(|| call(path)));
        let opening = opening.map_err(|error| files::store_error(&error))?;
        opening.join().unwrap_or_else(|_| Err(StoreError::Unreadable("sled stumbled over its files".into())))
    })
}

/// Drops sled and waits until it has let go of its file: its threads hold it a little longer than its handle lives.
/// Not for ever, since after a panic of one of them that never happens.
fn close(db: ::sled::Db, path: &Path) {
    let data = files::open_data(path);
    let (done, closed) = mpsc::channel();
    let closing = thread::Builder::new().name(THREAD.into()).spawn(move || {
        let dropped = guarded(move || {
            drop(db);
            Ok(())
        });
        if dropped.is_ok() && data.is_ok_and(|file| file.lock().is_ok()) {
            // Nobody listens after the deadline.
            let _ = done.send(());
        }
    });
    if closing.is_err() || closed.recv_timeout(Duration::from_millis(limits::STORE_CLOSE_MS)).is_err() {
        tracing::warn!("sled did not close in time; the store stays locked until this process ends");
    }
}

fn sled_error(error: &::sled::Error) -> StoreError {
    match error {
        ::sled::Error::Io(error) => files::store_error(error),
        ::sled::Error::Corruption { .. } => StoreError::Unreadable("sled found damage".into()),
        ::sled::Error::Unsupported(_) => StoreError::Unreadable("its conf is damaged or of another sled".into()),
        _ => StoreError::Unreadable("sled found a state that cannot be".into()),
    }
}
