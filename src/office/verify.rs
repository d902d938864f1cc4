//! `log verify`: hashes every entry again, checks every signature, folds every projection anew and compares.
//!
//! The entries, signatures and tree hashes are checked beside the running node, up to the durable head; what changes
//! in place is compared by [`Verifier::finish`], which the writer runs between two commits. Offline both run at once.
//! The first fault ends it: everything after it would only repeat it.

mod drafts;
mod entries;
mod keeping;
mod made;
mod readings;
mod rest;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Display;

use crate::domain::envelope::PublicKey;
use crate::domain::roster::Rosters;
use crate::engine::fold;
use crate::engine::log::Head;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::Write;
use crate::engine::store::Row;
use crate::engine::store::StoreError;
use crate::engine::store::View;
use crate::name::Digest;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::office::vault::Vault;
use crate::time::Timestamp;

/// Whose log it is.
#[derive(Clone, Debug)]
pub struct Owner {
    /// Network.
    pub network: Network,
    /// Office.
    pub office: OfficeCode,
    /// The office key that the log was born with.
    pub key: PublicKey,
    /// Opens the body keys at rest; without it they are not checked.
    pub vault: Option<Vault>,
}

/// What is wrong with a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The object and what is wrong with it, as a message of `i18n/`.
    pub message: &'static str,
    /// What it names: codes, numbers, digests.
    pub names: Vec<(&'static str, String)>,
    /// The entry that it is about.
    pub index: Option<u64>,
}

impl Fault {
    fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.names.push((name, value.to_string()));
        self
    }
}

impl From<RowError> for Fault {
    fn from(error: RowError) -> Self {
        fault("fault-row").with("cause", error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        fault("fault-store").with("cause", error)
    }
}

const fn fault(message: &'static str) -> Fault {
    Fault { message, names: vec![], index: None }
}

/// Checks a store, a few entries at a time.
#[derive(Debug)]
pub struct Verifier {
    owner: Owner,
    next: u64,
    time: Timestamp,
    rosters: Rosters,
    projections: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Envelopes that an entry names.
    named: BTreeSet<Digest>,
    /// Envelopes in the store that no entry has named so far.
    unnamed: BTreeSet<Digest>,
    /// Whether a draft was ever submitted.
    drafted: bool,
}

impl Verifier {
    /// Begins at the first entry.
    #[must_use]
    pub fn new(owner: Owner) -> Self {
        let rosters = Rosters::new(owner.network.clone());
        Self {
            owner,
            next: 0,
            time: Timestamp::ZERO,
            rosters,
            projections: BTreeMap::new(),
            named: BTreeSet::new(),
            unnamed: BTreeSet::new(),
            drafted: false,
        }
    }

    /// Entries checked so far.
    #[must_use]
    pub const fn checked(&self) -> u64 {
        self.next
    }

    /// Checks at most `limit` further entries, up to a size; says whether that is reached.
    ///
    /// # Errors
    /// The first fault.
    pub fn step(&mut self, view: &dyn View, size: u64, limit: u64) -> Result<bool, Fault> {
        let to = size.min(self.next.saturating_add(limit));
        while self.next < to {
            let index = self.next;
            self.entry(view, index).map_err(|fault| Fault { index: Some(index), ..fault })?;
            self.next += 1;
        }
        Ok(self.next == size)
    }

    /// Checks the entries that are left and everything that changes in place. Nothing may be committed meanwhile.
    ///
    /// # Errors
    /// The first fault.
    pub fn finish(&mut self, view: &dyn View) -> Result<Head, Fault> {
        let head = Head::read(view)?.ok_or_else(|| fault("fault-no-log"))?;
        self.step(view, head.size, u64::MAX)?;
        self.rest(view, &head)?;
        Ok(head)
    }

    /// Folds an entry into the projections as they should be.
    fn fold(&mut self, view: &dyn View, index: u64, entry: &crate::wire::Entry) -> Result<(), Fault> {
        let mut expected = Expected { view, rows: &mut self.projections };
        Ok(fold::fold(&mut expected, index, entry)?)
    }
}

/// The projections as they should be, over the truth of the store.
struct Expected<'a> {
    view: &'a dyn View,
    rows: &'a mut BTreeMap<Vec<u8>, Vec<u8>>,
}

fn is_projection(key: &[u8]) -> bool {
    key.first().is_some_and(|sort| fold::SORTS.contains(sort))
}

impl View for Expected<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if is_projection(key) { Ok(self.rows.get(key).cloned()) } else { self.view.get(key) }
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Row>, StoreError> {
        if !is_projection(from) {
            return self.view.scan(from, to, limit);
        }
        // A range of projections lies within one sort.
        let range = self.rows.range(from.to_vec()..to.to_vec().max(from.to_vec()));
        Ok(range.take(limit).map(|(row_key, value)| (row_key.clone(), value.clone())).collect())
    }
}

impl Write for Expected<'_> {
    fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        if is_projection(&key) {
            self.rows.insert(key, value);
        }
    }

    fn delete(&mut self, key: Vec<u8>) {
        self.rows.remove(&key);
    }
}

/// The whole of an envelope row set, or a fault that names it.
fn bytes_of(view: &dyn View, digest: Digest) -> Result<Vec<u8>, Fault> {
    rows::envelope_bytes(view, digest)?.ok_or_else(|| fault("fault-envelope-missing").with("digest", digest))
}
