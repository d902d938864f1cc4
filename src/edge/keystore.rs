//! Private keys at rest: one file a key, each sealed under the storage key. It makes no keys of the office and knows
//! nothing of what it keeps.
//!
//! Invariants:
//! - nothing unsealed is written, but for the storage key itself under custody `file`;
//! - a sealed key opens under its own name only;
//! - the folder and the files are for their owner only; others are refused;
//! - a key file is whole or not there: it is written beside, synced and renamed.

use std::fmt;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::KeyInit as _;
use chacha20poly1305::Nonce;
use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::aead::Payload;
use zeroize::Zeroizing;

pub use crate::edge::keystore::custody::BESIDE_THE_KEYS;
pub use crate::edge::keystore::custody::Custody;
pub use crate::edge::keystore::custody::NOT_BESIDE_THE_KEYS;
pub use crate::edge::keystore::custody::UnknownCustody;
pub use crate::edge::keystore::storage::Source;
pub use crate::edge::keystore::vault::NEXT_VAULT_KEY;
pub use crate::edge::keystore::vault::VAULT_KEY;

use crate::edge::keystore::storage::StorageKey;
use crate::entropy::Entropy;

mod custody;
mod files;
mod storage;
#[cfg(test)]
mod tests;
mod vault;

/// What went wrong with the keys at rest.
#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    /// A name of a key is not 1 to 64 lower-case letters, digits and hyphens, or it is one of the store's own.
    #[error("a key cannot have this name")]
    BadName,
    /// The system handed over no credential, or too short a one.
    #[error(
        "no credential of at least {} bytes named {}: load it with LoadCredentialEncrypted= in the unit",
        storage::CREDENTIAL_BYTES_MIN,
        storage::CREDENTIAL
    )]
    Credential,
    /// A file has been altered or damaged.
    #[error("{} is damaged: restore the keys from the backup", .0.display())]
    Damaged(PathBuf),
    /// There are keys already.
    #[error("there is something at {} already", .0.display())]
    Exists(PathBuf),
    /// Reading or writing failed.
    #[error("{}: {error}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The passphrase could not be asked for.
    #[error("no passphrase: {0}")]
    NoPassphrase(io::Error),
    /// Others than the owner can get at a file or folder.
    #[error("others can get at {path}: chmod {mode:o} {path}", path = .path.display())]
    Permissions {
        /// The file or folder.
        path: PathBuf,
        /// The permissions that it should have.
        mode: u32,
    },
    /// The passphrase is too short.
    #[error("a passphrase has at least {} characters; several words are best", storage::PASSPHRASE_CHARS_MIN)]
    ShortPassphrase,
    /// The storage key is not the one that the keys are sealed under.
    #[error("the keys do not open: a wrong passphrase, or the storage key or credential of another office or machine")]
    WrongKey,
}

/// The open keys of an office.
pub struct KeyStore {
    folder: PathBuf,
    custody: Custody,
    key: StorageKey,
}

/// Looks at the keys in a folder without opening them: whether all files are there for their owner only, and how the
/// storage key is kept.
///
/// # Errors
/// [`KeyStoreError::Permissions`] if others can get at one; [`KeyStoreError::Damaged`] if the custody is none.
pub fn inspect(folder: &Path) -> Result<Custody, KeyStoreError> {
    files::check_all(folder)?;
    custody_in(folder)
}

fn custody_in(folder: &Path) -> Result<Custody, KeyStoreError> {
    let word = files::read(folder, CUSTODY)?;
    let word = std::str::from_utf8(&word).ok().and_then(|word| word.trim_end().parse().ok());
    word.ok_or_else(|| KeyStoreError::Damaged(folder.join(CUSTODY)))
}

/// Sealed into every key file together with its name.
const PURPOSE: &[u8] = b"chapar key v1";
/// The file that tells at once whether the storage key is the right one.
const CHECK: &str = "check.key";
/// The file that names the custody.
const CUSTODY: &str = "custody";
const NONCE_BYTES: usize = 12;

impl KeyStore {
    /// Makes the new folder `folder` for keys, readable by its owner only, and the storage key.
    ///
    /// # Errors
    /// [`KeyStoreError::Exists`] if there is one; [`KeyStoreError::Credential`], [`KeyStoreError::NoPassphrase`] or
    /// [`KeyStoreError::ShortPassphrase`] if the source has no storage key to give.
    pub fn create(
        folder: &Path,
        custody: Custody,
        mut source: Source<'_>,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, KeyStoreError> {
        files::make_folder(folder)?;
        let key = StorageKey::create(folder, custody, &mut source, entropy)?;
        let store = Self { folder: folder.into(), custody, key };
        store.write_sealed(CHECK, &[], entropy)?;
        // Last: a folder without it was never finished.
        files::write(folder, CUSTODY, custody.to_string().as_bytes())?;
        Ok(store)
    }

    /// Opens the keys in a folder under the custody with which they were made.
    ///
    /// # Errors
    /// [`KeyStoreError::WrongKey`] if the source has another storage key to give; [`KeyStoreError::Permissions`];
    /// what [`KeyStore::create`] reports of the source.
    pub fn open(folder: &Path, mut source: Source<'_>) -> Result<Self, KeyStoreError> {
        files::check_folder(folder)?;
        let custody = custody_in(folder)?;
        let key = StorageKey::open(folder, custody, &mut source)?;
        let store = Self { folder: folder.into(), custody, key };
        match store.read_sealed(CHECK) {
            Err(KeyStoreError::Damaged(_)) => Err(KeyStoreError::WrongKey),
            checked => checked.map(|_| store),
        }
    }

    /// How the storage key is kept.
    #[must_use]
    pub const fn custody(&self) -> Custody {
        self.custody
    }

    /// Keeps a secret under a name, in place of the one that had it.
    ///
    /// # Errors
    /// [`KeyStoreError::BadName`], or [`KeyStoreError::Io`].
    pub fn seal(&self, name: &str, secret: &[u8], entropy: &mut dyn Entropy) -> Result<(), KeyStoreError> {
        self.write_sealed(&file_of(name)?, secret, entropy)
    }

    /// Keeps a secret in place of the one that had the name, and writes zeros over the file of that. A file system or
    /// a disk may keep the old bytes elsewhere all the same.
    ///
    /// # Errors
    /// As [`KeyStore::seal`].
    pub fn replace(&self, name: &str, secret: &[u8], entropy: &mut dyn Entropy) -> Result<(), KeyStoreError> {
        let file = file_of(name)?;
        let old = files::Doomed::open(&self.folder, &file)?;
        self.write_sealed(&file, secret, entropy)?;
        old.overwrite()
    }

    /// Removes a secret, and writes zeros over its file first; nothing if there is none.
    ///
    /// # Errors
    /// [`KeyStoreError::Io`].
    pub fn remove(&self, name: &str) -> Result<(), KeyStoreError> {
        files::remove(&self.folder, &file_of(name)?)
    }

    /// Whether there is a secret with this name.
    ///
    /// # Errors
    /// [`KeyStoreError::BadName`].
    pub fn has(&self, name: &str) -> Result<bool, KeyStoreError> {
        Ok(self.folder.join(file_of(name)?).exists())
    }

    /// The secret with this name.
    ///
    /// # Errors
    /// [`KeyStoreError::Io`] if there is none or it cannot be read, [`KeyStoreError::Damaged`] if it was altered or
    /// belongs to another name, [`KeyStoreError::Permissions`], [`KeyStoreError::BadName`].
    pub fn unseal(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, KeyStoreError> {
        self.read_sealed(&file_of(name)?)
    }

    fn write_sealed(&self, file: &str, secret: &[u8], entropy: &mut dyn Entropy) -> Result<(), KeyStoreError> {
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let payload = Payload { msg: secret, aad: &purpose(file) };
        let sealed = self.cipher().encrypt(&Nonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| KeyStoreError::Damaged(self.folder.join(file)))?;
        files::write(&self.folder, file, &[nonce.as_slice(), &sealed].concat())
    }

    fn read_sealed(&self, file: &str) -> Result<Zeroizing<Vec<u8>>, KeyStoreError> {
        let bytes = files::read(&self.folder, file)?;
        let opened = bytes.split_first_chunk().and_then(|(nonce, sealed)| {
            let payload = Payload { msg: sealed, aad: &purpose(file) };
            self.cipher().decrypt(&Nonce::from(*nonce), payload).ok()
        });
        opened.map(Zeroizing::new).ok_or_else(|| KeyStoreError::Damaged(self.folder.join(file)))
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(self.key.bytes().into())
    }
}

impl fmt::Debug for KeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyStore").field("custody", &self.custody).finish_non_exhaustive()
    }
}

/// The file of a key. The names of the store's own files are taken.
fn file_of(name: &str) -> Result<String, KeyStoreError> {
    let fits = (1..=64).contains(&name.len()) && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    let file = format!("{name}.key");
    if fits && file != CHECK && file != storage::FILE { Ok(file) } else { Err(KeyStoreError::BadName) }
}

fn purpose(file: &str) -> Vec<u8> {
    let name = file.strip_suffix(".key").unwrap_or(file);
    [PURPOSE, name.as_bytes()].concat()
}
