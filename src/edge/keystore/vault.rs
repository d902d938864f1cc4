//! The vault key in the folder of keys, and the next one beside it while that takes its place.

use crate::domain::seal::VaultKey;
use crate::edge::keystore::KeyStore;
use crate::edge::keystore::KeyStoreError;
use crate::entropy::Entropy;
use crate::office::Keeper;
use crate::office::KeeperError;

/// The vault key, 32 bytes.
pub const VAULT_KEY: &str = "vault";
/// The one that is taking its place, 32 bytes; not there otherwise.
pub const NEXT_VAULT_KEY: &str = "vault-next";

impl From<KeyStoreError> for KeeperError {
    fn from(error: KeyStoreError) -> Self {
        Self(error.to_string())
    }
}

impl Keeper for KeyStore {
    fn keep_next(&self, next: &VaultKey, entropy: &mut dyn Entropy) -> Result<(), KeeperError> {
        Ok(self.seal(NEXT_VAULT_KEY, next.bytes(), entropy)?)
    }

    fn destroy_old(&self, next: &VaultKey, entropy: &mut dyn Entropy) -> Result<(), KeeperError> {
        self.replace(VAULT_KEY, next.bytes(), entropy)?;
        Ok(self.remove(NEXT_VAULT_KEY)?)
    }
}
