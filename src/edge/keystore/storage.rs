//! The storage key: 32 bytes under which all private keys of an office are sealed, and the three ways to get it.

use std::fs::File;
use std::io;
use std::path::Path;

use argon2::Algorithm;
use argon2::Argon2;
use argon2::Params;
use argon2::Version;
use sha2::Digest as _;
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::edge::keystore::Custody;
use crate::edge::keystore::KeyStoreError;
use crate::edge::keystore::files;
use crate::entropy::Entropy;

/// Name of the credential in the service manager's folder.
pub(super) const CREDENTIAL: &str = "chapar-storage-key";
/// Least bytes of the credential.
pub(super) const CREDENTIAL_BYTES_MIN: usize = 32;
/// Least characters of a passphrase.
pub(super) const PASSPHRASE_CHARS_MIN: usize = 12;
/// The storage key under custody `file`.
pub(super) const FILE: &str = "storage.key";
/// Salt and cost of the passphrase under custody `prompt`.
const PARAMS: &str = "storage.params";

/// Cost of a passphrase (RFC 9106, second recommendation, with one lane): KiB of memory, passes, lanes.
const COST: [u32; 3] = [64 * 1024, 3, 1];
/// What a parameter file may ask for at most: an altered one shall not stop the machine.
const COST_MAX: [u32; 3] = [1024 * 1024, 16, 4];
const SALT_BYTES: usize = 16;

/// Where a storage key may come from; asked only as the custody says.
pub struct Source<'a> {
    /// The folder in which the service manager puts credentials (`$CREDENTIALS_DIRECTORY`), if it does.
    pub credentials: Option<&'a Path>,
    /// Asks a person for the passphrase.
    pub passphrase: &'a mut dyn FnMut() -> io::Result<Zeroizing<String>>,
}

/// The storage key. It has no `Debug`.
pub(super) struct StorageKey(Zeroizing<[u8; 32]>);

impl StorageKey {
    pub(super) fn create(
        folder: &Path,
        custody: Custody,
        source: &mut Source<'_>,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, KeyStoreError> {
        match custody {
            Custody::Credential => Self::of_credential(source.credentials),
            Custody::File => {
                let mut key = Zeroizing::new([0; 32]);
                entropy.fill(key.as_mut_slice());
                files::write(folder, FILE, key.as_slice())?;
                Ok(Self(key))
            }
            Custody::Prompt => {
                let passphrase = (source.passphrase)().map_err(KeyStoreError::NoPassphrase)?;
                if passphrase.chars().count() < PASSPHRASE_CHARS_MIN {
                    return Err(KeyStoreError::ShortPassphrase);
                }
                let mut salt = [0; SALT_BYTES];
                entropy.fill(&mut salt);
                let params = Stretching { cost: COST, salt };
                files::write(folder, PARAMS, params.to_text().as_bytes())?;
                params.stretch(&passphrase).ok_or_else(|| KeyStoreError::Damaged(folder.join(PARAMS)))
            }
        }
    }

    pub(super) fn open(folder: &Path, custody: Custody, source: &mut Source<'_>) -> Result<Self, KeyStoreError> {
        match custody {
            Custody::Credential => Self::of_credential(source.credentials),
            Custody::File => {
                let bytes = files::read(folder, FILE)?;
                let mut key = Zeroizing::new([0; 32]);
                if bytes.len() != key.len() {
                    return Err(KeyStoreError::Damaged(folder.join(FILE)));
                }
                key.copy_from_slice(&bytes);
                Ok(Self(key))
            }
            Custody::Prompt => {
                let damaged = || KeyStoreError::Damaged(folder.join(PARAMS));
                let text = files::read(folder, PARAMS)?;
                let text = std::str::from_utf8(&text).map_err(|_| damaged())?;
                let params = Stretching::from_text(text).ok_or_else(damaged)?;
                let passphrase = (source.passphrase)().map_err(KeyStoreError::NoPassphrase)?;
                params.stretch(&passphrase).ok_or_else(damaged)
            }
        }
    }

    fn of_credential(credentials: Option<&Path>) -> Result<Self, KeyStoreError> {
        let path = credentials.ok_or(KeyStoreError::Credential)?.join(CREDENTIAL);
        let content = File::open(path).and_then(files::read_limited).map_err(|_| KeyStoreError::Credential)?;
        let content = content.filter(|content| content.len() >= CREDENTIAL_BYTES_MIN);
        let content = content.ok_or(KeyStoreError::Credential)?;
        let named = Sha256::new_with_prefix(b"chapar storage key v1").chain_update(&content);
        Ok(Self(Zeroizing::new(named.finalize().into())))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// How a passphrase becomes a key: Argon2id (RFC 9106).
struct Stretching {
    /// KiB of memory, passes, lanes.
    cost: [u32; 3],
    salt: [u8; SALT_BYTES],
}

impl Stretching {
    fn to_text(&self) -> String {
        let [memory, passes, lanes] = self.cost;
        format!("argon2id v=19 m={memory} t={passes} p={lanes} salt={}\n", hex::encode(self.salt))
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut words = text.strip_suffix('\n')?.split(' ');
        if (words.next(), words.next()) != (Some("argon2id"), Some("v=19")) {
            return None;
        }
        let mut cost = [0; 3];
        for ((cost, max), name) in cost.iter_mut().zip(COST_MAX).zip(["m=", "t=", "p="]) {
            *cost = words.next()?.strip_prefix(name)?.parse().ok().filter(|cost| *cost <= max)?;
        }
        let mut salt = [0; SALT_BYTES];
        hex::decode_to_slice(words.next()?.strip_prefix("salt=")?, &mut salt).ok()?;
        words.next().is_none().then_some(Self { cost, salt })
    }

    /// `None` if Argon2 does not take the parameters.
    fn stretch(&self, passphrase: &str) -> Option<StorageKey> {
        // Keyboards differ in how they compose letters. NFC is at most three times as long, so nothing is moved.
        let mut composed = Zeroizing::new(String::with_capacity(3 * passphrase.len()));
        composed.extend(passphrase.nfc());
        let [memory, passes, lanes] = self.cost;
        let mut key = Zeroizing::new([0; 32]);
        let params = Params::new(memory, passes, lanes, Some(key.len())).ok()?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into(composed.as_bytes(), &self.salt, key.as_mut_slice()).ok()?;
        Some(StorageKey(key))
    }
}
