//! Ciphertext of attachments, as files named by their SHA-256 (STACK 3). Nothing here can read what is in them.
//!
//! Invariants:
//! - a file under its digest is whole: what arrives grows beside it and is renamed once its SHA-256 is right;
//! - what arrives of one office grows in a file of its own: another one that sends wrong bytes spoils only its own;
//! - a file is durable, with its folder, before anybody is told of it;
//! - what a power cut leaves of a file that grows is short or has zeros: its digest is wrong in the end, and it begins
//!   again.

mod check;
#[cfg(test)]
mod tests;

use std::fs;
use std::fs::DirBuilder;
use std::fs::File;
use std::io;
use std::io::ErrorKind;
use std::io::Read as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::fs::FileExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;

use sha2::Digest as _;
use sha2::Sha256;

use crate::limits;
use crate::name::Digest;
use crate::name::OfficeCode;

pub use check::Check;
pub use check::Checked;

/// Ending of a file that an officer is bringing in; of one that is arriving it is the office.
const STAGED: &str = "upload";
/// Permissions of the folder and of a file.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// Why a file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The disk failed.
    #[error("the file of attachment {name} cannot be used: {error}")]
    Disk {
        /// Its name.
        name: String,
        /// What the system says.
        error: io::Error,
    },
    /// All bytes came, and they are others than were promised; they are gone.
    #[error("what came of attachment {0} has another SHA-256; it is thrown away, to be fetched again")]
    WrongDigest(Digest),
    /// The bytes belong elsewhere.
    #[error("bytes from {offset} on do not continue attachment {digest}, of which {arrived} are here")]
    Misplaced {
        /// Which.
        digest: Digest,
        /// Where they begin.
        offset: u64,
        /// Bytes that are here.
        arrived: u64,
    },
    /// More bytes than the attachment has.
    #[error("more bytes came for attachment {0} than it has")]
    TooLong(Digest),
}

/// What became of bytes that were appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// So many are here; more are to come.
    Arriving(u64),
    /// All are here, durable and checked.
    Whole,
}

/// A file in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// A whole attachment.
    Whole(Digest),
    /// One that is arriving from an office.
    Arriving(Digest, OfficeCode),
    /// One that an officer is bringing in, by its id.
    Staged(Digest),
}

/// The folder of attachments of a node.
#[derive(Debug)]
pub struct Blobs {
    folder: PathBuf,
    /// Held while a file grows: two sessions may bring the same one.
    growing: Mutex<()>,
}

impl Blobs {
    /// The folder, which is made if it is not there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        match DirBuilder::new().mode(FOLDER_MODE).create(&folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            Err(_) => {}
            Ok(()) => sync(folder.parent().unwrap_or(Path::new(".")))?,
        }
        Ok(Self::at(folder))
    }

    /// The folder as it is, to look at: it may not be there.
    #[must_use]
    pub const fn at(folder: PathBuf) -> Self {
        Self { folder, growing: Mutex::new(()) }
    }

    /// Whether the bytes of a whole attachment are those of its digest; `None` if it is not here.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn is_sound(&self, digest: Digest) -> Result<Option<bool>, BlobError> {
        match sha256(&self.path(Name::Whole(digest))) {
            Ok(found) => Ok(Some(found == digest)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(disk(digest, error)),
        }
    }

    /// Length of a whole attachment, bytes; `None` if it is not here.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn size(&self, digest: Digest) -> Result<Option<u64>, BlobError> {
        length(&self.path(Name::Whole(digest))).map_err(|error| disk(digest, error))
    }

    /// At most `length` bytes of a whole attachment from `offset` on: fewer at its end, none beyond it or if it is not
    /// here.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn read(&self, digest: Digest, offset: u64, length: usize) -> Result<Vec<u8>, BlobError> {
        let read = || -> io::Result<Vec<u8>> {
            let file = match File::open(self.path(Name::Whole(digest))) {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(vec![]),
                opened => opened?,
            };
            let rest = file.metadata()?.len().saturating_sub(offset);
            let mut bytes = vec![0; length.min(usize::try_from(rest).unwrap_or(usize::MAX))];
            file.read_exact_at(&mut bytes, offset)?;
            Ok(bytes)
        };
        read().map_err(|error| disk(digest, error))
    }

    /// How many bytes are here of an attachment that is arriving from an office; 0 once it is whole.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn arrived(&self, digest: Digest, from: OfficeCode) -> Result<u64, BlobError> {
        Ok(length(&self.path(Name::Arriving(digest, from))).map_err(|error| disk(digest, error))?.unwrap_or(0))
    }

    /// Puts bytes of an office at the end of an attachment of `size` bytes that is arriving from it. With the last one
    /// it is checked and, if it is what it should be, whole and durable.
    ///
    /// # Errors
    /// If they do not continue it, are too many, or their SHA-256 is wrong in the end; if the disk fails.
    pub fn append(
        &self,
        digest: Digest,
        from: OfficeCode,
        offset: u64,
        data: &[u8],
        size: u64,
    ) -> Result<Appended, BlobError> {
        let _one = self.growing.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.path(Name::Arriving(digest, from));
        if self.size(digest)?.is_some() {
            remove(&path).map_err(|error| disk(digest, error))?;
            return Ok(Appended::Whole);
        }
        let arrived = self.arrived(digest, from)?;
        if arrived != offset {
            return Err(BlobError::Misplaced { digest, offset, arrived });
        }
        let end = offset.saturating_add(data.len() as u64);
        if end > size {
            return Err(BlobError::TooLong(digest));
        }
        let grown = || -> io::Result<bool> {
            let file = File::options().write(true).create(true).truncate(false).mode(FILE_MODE).open(&path)?;
            file.write_all_at(data, offset)?;
            if end / limits::ATTACHMENT_SYNC_BYTES != offset / limits::ATTACHMENT_SYNC_BYTES || end == size {
                file.sync_all()?;
            }
            if end < size {
                return Ok(true);
            }
            let is_right = sha256(&path)? == digest;
            if is_right {
                fs::rename(&path, self.path(Name::Whole(digest)))?;
                sync(&self.folder)?;
            } else {
                remove(&path)?;
            }
            Ok(is_right)
        };
        let is_right = grown().map_err(|error| disk(digest, error))?;
        if !is_right {
            return Err(BlobError::WrongDigest(digest));
        }
        Ok(if end < size { Appended::Arriving(end) } else { Appended::Whole })
    }

    /// Where the file lies that an officer is bringing in under this id.
    #[must_use]
    pub fn staged(&self, id: Digest) -> PathBuf {
        self.path(Name::Staged(id))
    }

    /// Turns a staged file, which has this SHA-256, into a whole attachment, durably.
    ///
    /// # Errors
    /// If it is not there, or the disk fails.
    pub fn keep(&self, id: Digest, digest: Digest) -> Result<(), BlobError> {
        let kept = || -> io::Result<()> {
            let staged = self.staged(id);
            File::open(&staged)?.sync_all()?;
            fs::rename(&staged, self.path(Name::Whole(digest)))?;
            sync(&self.folder)
        };
        kept().map_err(|error| disk(digest, error))
    }

    /// Deletes a file, if it is here.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn delete(&self, name: Name) -> Result<(), BlobError> {
        let (Name::Whole(digest) | Name::Arriving(digest, _) | Name::Staged(digest)) = name;
        let _one = self.growing.lock().unwrap_or_else(PoisonError::into_inner);
        remove(&self.path(name)).map_err(|error| disk(digest, error))
    }

    /// All files; what has another name is none of ours and is left alone.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn names(&self) -> io::Result<Vec<Name>> {
        let mut names = vec![];
        for entry in fs::read_dir(&self.folder)? {
            names.extend(entry?.file_name().to_str().and_then(named));
        }
        names.sort();
        Ok(names)
    }

    fn path(&self, name: Name) -> PathBuf {
        self.folder.join(match name {
            Name::Whole(digest) => digest.to_string(),
            Name::Arriving(digest, from) => format!("{digest}.{from}"),
            Name::Staged(id) => format!("{id}.{STAGED}"),
        })
    }
}

fn named(name: &str) -> Option<Name> {
    let (hex, ending) = name.split_once('.').map_or((name, None), |(hex, ending)| (hex, Some(ending)));
    let digest: Digest = hex.parse().ok()?;
    match ending {
        _ if digest.to_string() != hex => None,
        None => Some(Name::Whole(digest)),
        Some(STAGED) => Some(Name::Staged(digest)),
        Some(from) => from.parse().ok().map(|from| Name::Arriving(digest, from)),
    }
}

fn disk(name: Digest, error: io::Error) -> BlobError {
    BlobError::Disk { name: name.to_string(), error }
}

fn length(path: &Path) -> io::Result<Option<u64>> {
    match fs::metadata(path) {
        Ok(found) => Ok(Some(found.len())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

pub(in crate::edge) fn sha256(path: &Path) -> io::Result<Digest> {
    let mut file = File::open(path)?;
    let (mut hash, mut piece) = (Sha256::new(), vec![0; 64 * 1024]);
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(Digest(hash.finalize().into()));
        }
        hash.update(piece.get(..read).unwrap_or_default());
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
