//! The folder of keys: files for their owner only, written whole or not at all. It does not know what is in them.

use std::fs;
use std::fs::DirBuilder;
use std::fs::File;
use std::io;
use std::io::ErrorKind;
use std::io::Read as _;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::edge::keystore::KeyStoreError;

/// Largest file of a key, in bytes.
pub(super) const FILE_BYTES: usize = 16 * 1024;
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// Makes a new folder for its owner only.
pub(super) fn make_folder(folder: &Path) -> Result<(), KeyStoreError> {
    match DirBuilder::new().mode(FOLDER_MODE).create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(KeyStoreError::Exists(folder.into())),
        made => made.map_err(|error| failed(folder, error))?,
    }
    let holder = folder.parent().filter(|holder| !holder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sync(holder)
}

/// Refuses a folder that others can get at.
pub(super) fn check_folder(folder: &Path) -> Result<(), KeyStoreError> {
    let found = fs::metadata(folder).map_err(|error| failed(folder, error))?;
    check(folder, &found, FOLDER_MODE)
}

/// Refuses a folder with a file of a key that others can get at.
pub(super) fn check_all(folder: &Path) -> Result<(), KeyStoreError> {
    check_folder(folder)?;
    let files = fs::read_dir(folder).map_err(|error| failed(folder, error))?;
    for file in files {
        let path = file.map_err(|error| failed(folder, error))?.path();
        // A certificate is no secret.
        if path.extension().is_none_or(|end| end != "crt") {
            let found = fs::metadata(&path).map_err(|error| failed(&path, error))?;
            check(&path, &found, FILE_MODE)?;
        }
    }
    Ok(())
}

/// Reads a file for its owner only.
pub(super) fn read(folder: &Path, name: &str) -> Result<Zeroizing<Vec<u8>>, KeyStoreError> {
    let path = folder.join(name);
    let file = File::open(&path).map_err(|error| failed(&path, error))?;
    let found = file.metadata().map_err(|error| failed(&path, error))?;
    check(&path, &found, FILE_MODE)?;
    let bytes = read_limited(file).map_err(|error| failed(&path, error))?;
    bytes.ok_or(KeyStoreError::Damaged(path))
}

/// All of a file that may hold a secret; `None` if it is too long for one.
pub(super) fn read_limited(file: File) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    // A buffer that grows would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(FILE_BYTES + 1));
    file.take(FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= FILE_BYTES).then_some(bytes))
}

/// Writes a file for its owner only, durably, in place of the one that was there.
pub(super) fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), KeyStoreError> {
    let (path, beside) = (folder.join(name), folder.join(format!("{name}.new")));
    let written = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(FILE_MODE)
        .open(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, &path));
    written.map_err(|error| failed(&path, error))?;
    sync(folder)
}

/// A file that another one takes the place of.
pub(super) struct Doomed {
    path: PathBuf,
    file: File,
}

impl Doomed {
    pub(super) fn open(folder: &Path, name: &str) -> Result<Self, KeyStoreError> {
        let path = folder.join(name);
        let file = File::options().write(true).open(&path).map_err(|error| failed(&path, error))?;
        Ok(Self { path, file })
    }

    /// Writes zeros over its bytes, where the file system writes in place.
    pub(super) fn overwrite(mut self) -> Result<(), KeyStoreError> {
        let zeros = self.file.metadata().and_then(|found| {
            let length = usize::try_from(found.len()).unwrap_or(FILE_BYTES).min(FILE_BYTES);
            self.file.write_all(&vec![0; length])?;
            self.file.sync_all()
        });
        zeros.map_err(|error| failed(&self.path, error))
    }
}

/// Removes a file whose bytes are not to be found again; nothing if there is none.
pub(super) fn remove(folder: &Path, name: &str) -> Result<(), KeyStoreError> {
    let path = folder.join(name);
    // It goes first: a file of zeros would be a damaged key.
    let doomed = match Doomed::open(folder, name) {
        Err(KeyStoreError::Io { error, .. }) if error.kind() == ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    fs::remove_file(&path).map_err(|error| failed(&path, error))?;
    sync(folder)?;
    doomed.overwrite()
}

fn sync(folder: &Path) -> Result<(), KeyStoreError> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(|error| failed(folder, error))
}

fn check(path: &Path, found: &fs::Metadata, mode: u32) -> Result<(), KeyStoreError> {
    let for_others = found.permissions().mode() & 0o077;
    if for_others == 0 { Ok(()) } else { Err(KeyStoreError::Permissions { path: path.into(), mode }) }
}

fn failed(path: &Path, error: io::Error) -> KeyStoreError {
    KeyStoreError::Io { path: path.into(), error }
}
