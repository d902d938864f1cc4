//! The vault: the key under which body keys lie in the store, and the two of them while one takes the other's place.
//!
//! Everybody who opens texts shares one [`Vault`]; what is wrapped anew is wrapped under the newest key. Where the keys
//! are kept is not its business: a [`Keeper`] is handed in.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::domain::seal::BodyKey;
use crate::domain::seal::SealError;
use crate::domain::seal::VaultKey;
use crate::entropy::Entropy;
use crate::entropy::random;
use crate::name::Digest;

/// Why a vault key could not be kept or destroyed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeeperError(pub String);

/// Keeps the vault key where it outlives the process. Both steps are durable when they return, and may be done again.
pub trait Keeper: Send + Sync {
    /// Keeps the next vault key beside the one in use.
    ///
    /// # Errors
    /// If it is not certain that it is kept.
    fn keep_next(&self, next: &VaultKey, entropy: &mut dyn Entropy) -> Result<(), KeeperError>;

    /// Puts the next key in the place of the one in use, which is destroyed.
    ///
    /// # Errors
    /// If it is not certain that the old one is gone.
    fn destroy_old(&self, next: &VaultKey, entropy: &mut dyn Entropy) -> Result<(), KeeperError>;
}

/// The keys at one moment.
#[derive(Clone)]
pub struct Keys {
    newest: VaultKey,
    /// The one whose place it takes; some rows may still be wrapped under it.
    old: Option<VaultKey>,
}

impl Keys {
    /// Opens a body key at rest.
    ///
    /// # Errors
    /// [`SealError::Vault`] if it lies under neither key.
    pub fn unwrap_key(&self, wrapped: &[u8], notice: Digest) -> Result<BodyKey, SealError> {
        match (self.newest.unwrap_key(wrapped, notice), &self.old) {
            (Err(_), Some(old)) => old.unwrap_key(wrapped, notice),
            (opened, _) => opened,
        }
    }
}

/// The vault of an office. A clone is the same vault.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    keys: ArcSwap<Keys>,
    keeper: Option<Box<dyn Keeper>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// A vault whose key stays what it is: of an office that is being made, or looked at.
    #[must_use]
    pub fn fixed(key: VaultKey) -> Self {
        Self::new(key, None, None)
    }

    /// A vault whose key can be changed. With a next key a change has begun and was not finished.
    #[must_use]
    pub fn kept(key: VaultKey, next: Option<VaultKey>, keeper: Box<dyn Keeper>) -> Self {
        match next {
            Some(next) => Self::new(next, Some(key), Some(keeper)),
            None => Self::new(key, None, Some(keeper)),
        }
    }

    fn new(newest: VaultKey, old: Option<VaultKey>, keeper: Option<Box<dyn Keeper>>) -> Self {
        Self(Arc::new(Inner { keys: ArcSwap::from_pointee(Keys { newest, old }), keeper }))
    }

    /// The keys now. Rows may be wrapped under newer ones a moment later.
    #[must_use]
    pub fn keys(&self) -> Arc<Keys> {
        self.0.keys.load_full()
    }

    /// Whether one key is taking the other's place.
    #[must_use]
    pub fn is_changing(&self) -> bool {
        self.keys().old.is_some()
    }

    /// Wraps the body key of a notice under the newest key.
    pub fn wrap(&self, key: &BodyKey, notice: Digest, entropy: &mut dyn Entropy) -> Vec<u8> {
        self.keys().newest.wrap(key, notice, entropy)
    }

    /// Opens a body key at rest.
    ///
    /// # Errors
    /// [`SealError::Vault`].
    pub fn unwrap_key(&self, wrapped: &[u8], notice: Digest) -> Result<BodyKey, SealError> {
        self.keys().unwrap_key(wrapped, notice)
    }

    /// A body key at rest under the newest key; `None` if it lies under that already.
    pub(super) fn rewrap(
        &self,
        wrapped: &[u8],
        notice: Digest,
        entropy: &mut dyn Entropy,
    ) -> Result<Option<Vec<u8>>, SealError> {
        let keys = self.keys();
        match (keys.newest.unwrap_key(wrapped, notice), &keys.old) {
            (Ok(_), _) => Ok(None),
            (Err(error), None) => Err(error),
            (Err(_), Some(old)) => Ok(Some(keys.newest.wrap(&old.unwrap_key(wrapped, notice)?, notice, entropy))),
        }
    }

    /// Makes a new key. From now on everything is wrapped under it; the old one still opens.
    pub(super) fn begin(&self, entropy: &mut dyn Entropy) -> Result<(), KeeperError> {
        let next = VaultKey::from_bytes(random(entropy));
        self.keeper()?.keep_next(&next, entropy)?;
        let newest = self.keys().newest.clone();
        self.0.keys.store(Arc::new(Keys { newest: next, old: Some(newest) }));
        Ok(())
    }

    /// Destroys the old key. No row may be left under it.
    pub(super) fn finish(&self, entropy: &mut dyn Entropy) -> Result<(), KeeperError> {
        let newest = self.keys().newest.clone();
        self.keeper()?.destroy_old(&newest, entropy)?;
        self.0.keys.store(Arc::new(Keys { newest, old: None }));
        Ok(())
    }

    fn keeper(&self) -> Result<&dyn Keeper, KeeperError> {
        self.0.keeper.as_deref().ok_or_else(|| KeeperError("this vault key is not kept here".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    struct Nowhere;

    impl Keeper for Nowhere {
        fn keep_next(&self, _: &VaultKey, _: &mut dyn Entropy) -> Result<(), KeeperError> {
            Ok(())
        }

        fn destroy_old(&self, _: &VaultKey, _: &mut dyn Entropy) -> Result<(), KeeperError> {
            Ok(())
        }
    }

    #[test]
    fn the_old_key_opens_until_it_is_destroyed() {
        let entropy = &mut SeededEntropy::new(7);
        let vault = Vault::kept(VaultKey::from_bytes([1; 32]), None, Box::new(Nowhere));
        let (key, notice) = (BodyKey::make(entropy), Digest([2; 32]));
        let before = vault.wrap(&key, notice, entropy);
        assert_eq!(vault.rewrap(&before, notice, entropy), Ok(None));
        let reader = vault.keys();
        vault.begin(entropy).unwrap();
        assert!(vault.is_changing());
        let after = vault.rewrap(&before, notice, entropy).unwrap().unwrap();
        assert_eq!(vault.rewrap(&after, notice, entropy), Ok(None));
        assert_eq!(
            (vault.unwrap_key(&before, notice).unwrap(), vault.unwrap_key(&after, notice).unwrap()),
            (key.clone(), key.clone())
        );
        // Keys that were looked up before know nothing of the new one.
        assert_eq!(reader.unwrap_key(&after, notice), Err(SealError::Vault));
        vault.finish(entropy).unwrap();
        assert!(!vault.is_changing());
        assert_eq!(vault.unwrap_key(&before, notice), Err(SealError::Vault));
        assert_eq!(vault.unwrap_key(&after, notice), Ok(key));
    }

    #[test]
    fn a_change_that_was_not_finished_goes_on_with_both_keys() {
        let entropy = &mut SeededEntropy::new(8);
        let (old, next) = (VaultKey::from_bytes([1; 32]), VaultKey::from_bytes([2; 32]));
        let (key, notice) = (BodyKey::make(entropy), Digest([2; 32]));
        let rows = [old.wrap(&key, notice, entropy), next.wrap(&key, notice, entropy)];
        let vault = Vault::kept(old, Some(next), Box::new(Nowhere));
        assert!(rows.iter().all(|row| vault.unwrap_key(row, notice).as_ref() == Ok(&key)));
        assert!(Vault::fixed(VaultKey::from_bytes([1; 32])).begin(entropy).is_err());
    }
}
