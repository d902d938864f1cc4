//! Opens what an office keeps under lock: its identity from settings and keys. It makes none.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::config::Config;
use crate::config::ConfigError;
use crate::domain::envelope::SigningKey;
use crate::domain::seal::SealKey;
use crate::domain::seal::VaultKey;
use crate::edge::disk;
use crate::edge::keystore::Custody;
use crate::edge::keystore::KeyStore;
use crate::edge::keystore::KeyStoreError;
use crate::edge::keystore::NEXT_VAULT_KEY;
use crate::edge::keystore::Source;
use crate::edge::keystore::VAULT_KEY;
use crate::edge::tls::TlsKey;
use crate::layout::Layout;
use crate::limits;
use crate::office::Identity;
use crate::office::Vault;
use crate::time::Timestamp;

/// The office key, as a seed of 32 bytes.
pub const OFFICE_KEY: &str = "office";
/// The seal key, as a seed of 32 bytes.
pub const SEAL_KEY: &str = "seal";
/// The TLS key, PKCS #8.
pub const TLS_KEY: &str = "tls";
/// When the keys were made: UTC milliseconds in 8 bytes, highest first.
pub const MADE: &str = "made";

/// An office, unlocked.
pub struct Unlocked {
    /// Its settings.
    pub config: Config,
    /// Who it is.
    pub identity: Identity,
    /// Its TLS key.
    pub tls: TlsKey,
    /// When its keys were made: they count from then.
    pub made: Timestamp,
    /// How its storage key is kept.
    pub custody: Custody,
}

/// Why an office stays locked.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// The certificate cannot be read, or does not belong to the TLS key.
    #[error("{}: {error}", .path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: io::Error,
    },
    /// The settings are wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A key has another length than such a key has.
    #[error("the key {0:?} is none: restore the keys from the backup")]
    Key(&'static str),
    /// The keys do not open.
    #[error(transparent)]
    Keys(#[from] KeyStoreError),
}

/// Unlocks the office of a data folder.
///
/// # Errors
/// If settings or keys cannot be read.
pub fn unlock(layout: &Layout, source: Source<'_>) -> Result<Unlocked, UnlockError> {
    let config = Config::load(&layout.config())?;
    let keys = KeyStore::open(&layout.keys(), source)?;
    let vault = VaultKey::from_bytes(*fixed(&keys, VAULT_KEY)?);
    // It is there while it takes the place of the other.
    let next =
        if keys.has(NEXT_VAULT_KEY)? { Some(VaultKey::from_bytes(*fixed(&keys, NEXT_VAULT_KEY)?)) } else { None };
    let seal_keys = vec![SealKey::from_seed(&*fixed::<32>(&keys, SEAL_KEY)?)];
    let identity = Identity {
        network: config.network.clone(),
        office: config.office,
        agency: config.agency,
        signing: SigningKey::from_seed(&*fixed(&keys, OFFICE_KEY)?),
        seal_keys,
        vault: Vault::fixed(vault.clone()),
        agreements: Arc::new(config.agreements()),
    };
    let path = layout.certificate();
    let certificate = File::open(&path).and_then(|file| disk::read_at_most(file, limits::CERTIFICATE_BYTES));
    let tls = certificate.and_then(|certificate| {
        TlsKey::from_parts(certificate.into(), keys.unseal(TLS_KEY).map_err(io::Error::other)?)
            .map_err(io::Error::other)
    });
    let tls = tls.map_err(|error| UnlockError::Certificate { path, error })?;
    let made = Timestamp::from_ms(i64::from_be_bytes(*fixed(&keys, MADE)?)).map_err(|_| UnlockError::Key(MADE))?;
    let custody = keys.custody();
    let identity = Identity { vault: Vault::kept(vault, next, Box::new(keys)), ..identity };
    Ok(Unlocked { config, identity, tls, made, custody })
}

fn fixed<const N: usize>(keys: &KeyStore, name: &'static str) -> Result<Zeroizing<[u8; N]>, UnlockError> {
    let bytes = keys.unseal(name)?;
    <&[u8; N]>::try_from(bytes.as_slice()).map(|bytes| Zeroizing::new(*bytes)).map_err(|_| UnlockError::Key(name))
}
