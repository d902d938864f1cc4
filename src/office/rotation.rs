//! The change of the vault key: only it makes an erasure complete, since a store keeps old rows in its files for long
//! (PROTOCOL 4).
//!
//! 1. The next key is kept beside the one in use. 2. Every body key is wrapped again under it, some in each commit.
//! 3. The old key is destroyed. 4. An entry says so, and up to which size of the log erasures are complete by that.
//!
//! It covers texts of drafts that have gone as well. No entry tells of those: they are counted.
//!
//! After a crash at any step a start finds either both keys, and goes on with 2, or one key and no entry for what was
//! erased, and the next duty begins again. A row opens under either key until 3, and is never wrapped twice.

use crate::domain::entry::Entry;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::drafts;
use crate::engine::rows::key;
use crate::engine::store::View as _;
use crate::entropy::Entropy;
use crate::limits;
use crate::name::Digest;
use crate::office::vault::KeeperError;
use crate::office::vault::Vault;
use crate::office::writer::Step;

/// Where the change stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing is to be done.
    Idle,
    /// A new key is to be made.
    Asked,
    /// Rows from this one on may still lie under the old key.
    Wrapping(Vec<u8>),
    /// No row lies under the old key.
    Wrapped,
    /// The old key is destroyed.
    Destroyed,
}

/// A change of the vault key, as the writer carries it from commit to commit.
#[derive(Clone, Debug)]
pub(super) struct Rotation {
    stage: Stage,
    /// Size of the log when it began: what was erased before is complete with it.
    since: u64,
    /// Texts of drafts that had gone when it began; 0 if that cannot be told.
    gone: u64,
    /// Something was erased meanwhile: once more.
    again: bool,
    /// Whether the keeper has failed: then it rests until it is asked for again.
    rests: bool,
}

impl Rotation {
    /// Goes on with a change that was not finished; what was erased before it cannot be told then.
    pub(super) fn resume(vault: &Vault) -> Self {
        let stage = if vault.is_changing() { Stage::Wrapping(key::BODY_KEYS.to_vec()) } else { Stage::Idle };
        Self { stage, since: 0, gone: 0, again: false, rests: false }
    }

    pub(super) fn has_work(&self) -> bool {
        self.stage != Stage::Idle && !self.rests
    }

    /// Asks for a change that covers everything erased so far.
    pub(super) fn ask(&mut self) {
        self.rests = false;
        match self.stage {
            Stage::Idle => self.stage = Stage::Asked,
            Stage::Asked => {}
            _ => self.again = true,
        }
    }

    /// What is done to the keys, between two commits.
    pub(super) fn turn_keys(&mut self, vault: &Vault, size: u64, entropy: &mut dyn Entropy) -> Result<(), KeeperError> {
        if self.rests {
            return Ok(());
        }
        let (done, next) = match self.stage {
            Stage::Asked => (vault.begin(entropy), Stage::Wrapping(key::BODY_KEYS.to_vec())),
            Stage::Wrapped => (vault.finish(entropy), Stage::Destroyed),
            _ => return Ok(()),
        };
        self.rests = done.is_err();
        done?;
        if self.stage == Stage::Asked {
            self.since = size;
        }
        self.stage = next;
        Ok(())
    }
}

impl Step<'_> {
    /// The next part of a change of the vault key.
    pub(super) fn rotate_on(&mut self) -> Result<(), RowError> {
        match &self.rotation.stage {
            Stage::Wrapping(from) => {
                let from = from.clone();
                self.wrap_again(from)
            }
            Stage::Destroyed => {
                self.append(Entry::vault_rotated(self.rotation.since))?;
                drafts::covered(&mut self.rows, self.rotation.gone)?;
                self.rotation.stage = if self.rotation.again { Stage::Asked } else { Stage::Idle };
                self.rotation.again = false;
                Ok(())
            }
            Stage::Idle | Stage::Asked | Stage::Wrapped => Ok(()),
        }
    }

    fn wrap_again(&mut self, mut from: Vec<u8>) -> Result<(), RowError> {
        // Before the first row lies under the new key. A change that goes on after a start may be further.
        if from == key::BODY_KEYS && self.rotation.since > 0 {
            self.rotation.gone = drafts::numbers(&self.rows)?.gone;
        }
        let page = self.rows.scan(&from, &key::after(key::BODY_KEYS), limits::WRAPPED_AGAIN)?;
        let is_last = page.len() < limits::WRAPPED_AGAIN;
        for (row_key, wrapped) in page {
            let digest = row_key.get(1..).and_then(|digest| Digest::try_from(digest).ok());
            let digest = digest.ok_or_else(|| damaged("body key", hex::encode(&row_key)))?;
            let again = self.me.vault.rewrap(&wrapped, digest, self.entropy);
            from = [row_key.as_slice(), &[0]].concat();
            if let Some(again) = again.map_err(|_| damaged("body key", digest))? {
                self.rows.put(row_key, again);
            }
        }
        self.rotation.stage = if is_last { Stage::Wrapped } else { Stage::Wrapping(from) };
        Ok(())
    }
}
