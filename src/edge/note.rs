//! The head of the log, noted in a small file beside the store, so that an older store is noticed. Not durable by
//! itself, and no evidence: whoever can replace the store can replace the note.
//!
//! Invariants:
//! - it is written after the commit that it names is durable, so it is never ahead of a store that is whole;
//! - without a sync it may lag behind after a power cut, which only makes the check milder; a killed process loses
//!   nothing of it;
//! - it lies within one sector, written at once; a torn one is noticed by its checksum.

use std::fs::File;
use std::io;
use std::io::ErrorKind;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::name::Digest;

/// Size and root of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of entries.
    pub size: u64,
    /// Root of the Merkle tree over them.
    pub root: Digest,
}

/// Why there is no note.
#[derive(Debug, thiserror::Error)]
pub enum NoteError {
    /// Reading or writing failed.
    #[error("the noted head cannot be read or written: {0}")]
    Io(#[from] io::Error),
    /// The file is no note, or it is damaged.
    #[error("the noted head is damaged")]
    Unreadable,
}

/// What the record begins with; the last number is its version.
const MAGIC: &[u8; 16] = b"chapar head v 1\n";
/// Magic, size, root, checksum.
const RECORD_BYTES: usize = 16 + 8 + 32 + 32;

/// The open note.
#[derive(Debug)]
pub struct Note {
    file: File,
}

impl Note {
    /// Makes the note and its folder durable; there must be none yet.
    ///
    /// # Errors
    /// If there is one, or the disk fails.
    pub fn create(path: &Path, head: Head) -> Result<Self, NoteError> {
        let note = Self { file: File::options().write(true).create_new(true).mode(0o600).open(path)? };
        note.write(head)?;
        note.sync()?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
        Ok(note)
    }

    /// Opens the note to write to it.
    ///
    /// # Errors
    /// If there is none, or the disk fails.
    pub fn open(path: &Path) -> Result<Self, NoteError> {
        Ok(Self { file: File::options().write(true).open(path)? })
    }

    /// Notes a head, without a sync: the commit that it names is durable already, and one sync a commit is enough.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn write(&self, head: Head) -> Result<(), NoteError> {
        Ok(self.file.write_all_at(&record(head), 0)?)
    }

    /// Makes the noted head durable, when the node stops or has nothing better to do.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn sync(&self) -> Result<(), NoteError> {
        Ok(self.file.sync_all()?)
    }
}

/// The noted head; `None` if there is no note.
///
/// # Errors
/// [`NoteError::Unreadable`] if the file is not a whole note.
pub fn read(path: &Path) -> Result<Option<Head>, NoteError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = vec![];
    // One byte more shows a file that is too long.
    file.take(RECORD_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    head_of(&bytes).map(Some).ok_or(NoteError::Unreadable)
}

fn record(head: Head) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&head.size.to_be_bytes());
    bytes.extend_from_slice(&head.root.0);
    bytes.extend_from_slice(&Digest::of(&bytes).0);
    bytes
}

fn head_of(bytes: &[u8]) -> Option<Head> {
    let (size, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
    let root = Digest::try_from(rest.get(..32)?).ok()?;
    let head = Head { size: u64::from_be_bytes(*size), root };
    (record(head) == bytes).then_some(head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::PathBuf;

    fn head(size: u64) -> Head {
        Head { size, root: Digest::of(&size.to_be_bytes()) }
    }

    fn noted() -> (tempfile::TempDir, PathBuf) {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("head");
        Note::create(&path, head(7)).unwrap();
        (data, path)
    }

    #[test]
    fn a_head_comes_back() {
        let (_data, path) = noted();
        assert_eq!(read(&path).unwrap(), Some(head(7)));
        assert_eq!(fs::metadata(&path).unwrap().len(), RECORD_BYTES as u64);
        let note = Note::open(&path).unwrap();
        for size in [8, u64::MAX, 0] {
            note.write(head(size)).unwrap();
            assert_eq!(read(&path).unwrap(), Some(head(size)), "without a sync");
        }
        note.sync().unwrap();
    }

    #[test]
    fn no_note_is_no_error_and_is_not_made_by_the_way() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("head");
        assert_eq!(read(&path).unwrap(), None);
        assert!(Note::open(&path).is_err());
        assert!(!path.exists());
    }

    #[test]
    fn a_note_is_made_once() {
        let (_data, path) = noted();
        assert!(Note::create(&path, head(1)).is_err());
        assert_eq!(read(&path).unwrap(), Some(head(7)));
    }

    #[test]
    fn every_damaged_byte_is_noticed() {
        let (_data, path) = noted();
        let whole = fs::read(&path).unwrap();
        for place in 0..whole.len() {
            for bit in 0..8 {
                let mut damaged = whole.clone();
                damaged[place] ^= 1 << bit;
                fs::write(&path, damaged).unwrap();
                assert!(matches!(read(&path), Err(NoteError::Unreadable)), "byte {place}, bit {bit}");
            }
            fs::write(&path, &whole[..place]).unwrap();
            assert!(matches!(read(&path), Err(NoteError::Unreadable)), "cut at {place}");
        }
        fs::write(&path, [whole.as_slice(), b"x"].concat()).unwrap();
        assert!(matches!(read(&path), Err(NoteError::Unreadable)), "too long");
    }
}
