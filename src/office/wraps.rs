//! Encapsulations to addressees: each serves the writer for many key wraps, but not for ever (docs/decisions/0006).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::domain::seal::BodyKey;
use crate::domain::seal::Encapsulation;
use crate::domain::seal::SealError;
use crate::domain::seal::WrapPath;
use crate::entropy::Entropy;
use crate::limits;
use crate::name::OfficeCode;
use crate::time::Timestamp;

/// The encapsulations in use, one an addressee.
#[derive(Default)]
pub(super) struct Wraps(BTreeMap<OfficeCode, InUse>);

struct InUse {
    encapsulation: Encapsulation,
    since: Timestamp,
    /// How many wraps it may still serve.
    left: u32,
}

impl Wraps {
    /// Wraps a body key for an addressee, under the encapsulation in use, if that still serves, or under a new one.
    pub(super) fn wrap(
        &mut self,
        key: &BodyKey,
        seal_key: &[u8],
        path: &WrapPath,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        let in_use = match self.0.entry(path.to) {
            Entry::Occupied(one) if one.get().left > 0 && one.get().encapsulation.seal_key() == seal_key => {
                one.into_mut()
            }
            other => {
                let encapsulation = Encapsulation::make(seal_key, entropy)?;
                other.insert_entry(InUse { encapsulation, since: now, left: limits::WRAPS }).into_mut()
            }
        };
        in_use.left -= 1;
        Ok(in_use.encapsulation.wrap(key, path))
    }

    /// Forgets those that have served long enough.
    pub(super) fn forget_old(&mut self, now: Timestamp) {
        self.0.retain(|_, one| now.since_ms(one.since) < limits::ENCAPSULATION_MS);
    }

    /// Forgets all, as when rosters change.
    pub(super) fn forget_all(&mut self) {
        self.0.clear();
    }
}
