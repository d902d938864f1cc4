//! The files of a sled store around sled itself: folder, lock, snapshots, syncing. It never looks inside them.

use std::fs;
use std::fs::DirBuilder;
use std::fs::File;
use std::fs::TryLockError;
use std::io;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::path::PathBuf;

use crate::engine::store::StoreError;

/// Holds the store for this process. sled locks its file too, but only after it has touched others.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let file = File::options().create(true).append(true).open(path.join("lock")).map_err(|e| store_error(&e))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked),
            Err(TryLockError::Error(error)) => Err(store_error(&error)),
        }
    }
}

/// Makes the folder of a new store; there must be nothing yet.
pub(super) fn make_folder(path: &Path) -> Result<(), StoreError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(StoreError::Io(format!("there is something at {} already", path.display())))
        }
        made => made.map_err(|error| store_error(&error)),
    }
}

/// Without its data file sled would make an empty store.
pub(super) fn expect_store(path: &Path) -> Result<(), StoreError> {
    match fs::metadata(path.join("db")) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(StoreError::Io(format!("there is no store in {}", path.display())))
        }
        found => found.map(|_| ()).map_err(|error| store_error(&error)),
    }
}

/// Copies sled's files.
pub(super) fn copy(path: &Path, copy: &Path) -> Result<(), StoreError> {
    let copied = fs::read_dir(path).and_then(|files| {
        for file in files {
            let file = file?;
            if file.file_type()?.is_file() && file.file_name() != "lock" {
                fs::copy(file.path(), copy.join(file.file_name()))?;
            }
        }
        Ok(())
    });
    copied.map_err(|error| store_error(&error))
}

/// The file in which sled keeps everything, to be synced.
pub(super) fn open_data(path: &Path) -> Result<File, StoreError> {
    File::open(path.join("db")).map_err(|error| store_error(&error))
}

/// Makes a new store durable: its files, its folder, and the folder that holds it.
pub(super) fn sync_new(path: &Path) -> Result<(), StoreError> {
    let holder = path.parent().filter(|holder| !holder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // sled syncs `db` late and `conf` never.
    for each in [&path.join("db"), &path.join("conf"), path, holder] {
        File::open(each).and_then(|file| file.sync_all()).map_err(|error| store_error(&error))?;
    }
    Ok(())
}

/// A snapshot that a crash left unfinished makes sled refuse the store.
pub(super) fn remove_unfinished_snapshots(path: &Path) -> Result<(), StoreError> {
    for snapshot in snapshots(path).map_err(|error| store_error(&error))? {
        if snapshot.extension().is_some_and(|end| end == "generating") {
            fs::remove_file(snapshot).map_err(|error| store_error(&error))?;
        }
    }
    Ok(())
}

/// Moves all snapshots into the folder `aside`; whether there were any.
pub(super) fn set_snapshots_aside(path: &Path) -> Result<bool, StoreError> {
    let found = snapshots(path).map_err(|error| store_error(&error))?;
    let aside = path.join("aside");
    if !found.is_empty() && !aside.is_dir() {
        DirBuilder::new().mode(0o700).create(&aside).map_err(|error| store_error(&error))?;
    }
    for snapshot in &found {
        if let Some(name) = snapshot.file_name() {
            fs::rename(snapshot, aside.join(name)).map_err(|error| store_error(&error))?;
        }
    }
    Ok(!found.is_empty())
}

/// All snapshots, finished or not.
pub(super) fn snapshots(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![];
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("snap.") {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// What an error of the disk means for the store.
pub(super) fn store_error(error: &io::Error) -> StoreError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full,
        ErrorKind::UnexpectedEof => StoreError::Unreadable("a file ends too early".into()),
        // sled says so in words only; its text holds the path.
        _ if error.to_string().starts_with("could not acquire lock") => StoreError::Locked,
        _ => StoreError::Io(error.to_string()),
    }
}
