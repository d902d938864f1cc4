//! Who the office is, and what everybody may see of the writer's state.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use arc_swap::ArcSwap;
use arc_swap::ArcSwapOption;

use crate::domain::envelope::SigningKey;
use crate::domain::policy::Agreements;
use crate::domain::roster::Rosters;
use crate::domain::seal::SealKey;
use crate::engine::accept::Addressee;
use crate::engine::log::Head;
use crate::engine::session::Speaker;
use crate::name::LogId;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::office::exercise::Ongoing;
use crate::office::officers::Officers;
use crate::office::vault::Vault;
use crate::wire;

/// Who the node is, with its private keys, and what its country has agreed.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Network.
    pub network: Network,
    /// Office.
    pub office: OfficeCode,
    /// The agency that runs it.
    pub agency: wire::Agency,
    /// The office key.
    pub signing: SigningKey,
    /// Seal keys, newest first.
    pub seal_keys: Vec<SealKey>,
    /// The key of all body keys at rest.
    pub vault: Vault,
    /// What notices may rest on.
    pub agreements: Arc<Agreements>,
}

impl Identity {
    /// The open log.
    #[must_use]
    pub fn log_id(&self) -> LogId {
        LogId::of_key(&self.signing.public().0)
    }

    /// The office as it speaks on links.
    #[must_use]
    pub fn speaker(&self) -> Speaker {
        Speaker {
            network: self.network.clone(),
            office: self.office,
            log_id: self.log_id(),
            key: self.signing.public(),
        }
    }

    /// The office as an addressee.
    #[must_use]
    pub fn addressee(&self) -> Addressee {
        Addressee {
            office: self.office,
            log_id: self.log_id(),
            seal_keys: self.seal_keys.clone(),
            agreements: Arc::clone(&self.agreements),
        }
    }
}

/// What readers and links see of the writer's state: only what is durable.
#[derive(Debug)]
pub struct Shared {
    head: Mutex<Head>,
    rosters: ArcSwap<Rosters>,
    officers: ArcSwap<Officers>,
    exercise: ArcSwapOption<Ongoing>,
    placed: AtomicU64,
    roster_changes: AtomicU64,
    /// Why the vault key could not be changed, in words.
    vault_trouble: Mutex<String>,
}

impl Shared {
    pub(super) fn new(head: Head, rosters: Rosters, officers: Arc<Officers>, exercise: Option<Ongoing>) -> Self {
        Self {
            head: Mutex::new(head),
            rosters: ArcSwap::from_pointee(rosters),
            officers: ArcSwap::new(officers),
            exercise: ArcSwapOption::new(exercise.map(Arc::new)),
            placed: AtomicU64::new(0),
            roster_changes: AtomicU64::new(0),
            vault_trouble: Mutex::default(),
        }
    }

    pub(super) fn advance(&self, head: Head, placed: u64) {
        self.placed.fetch_add(placed, Ordering::Relaxed);
        *self.head.lock().unwrap_or_else(PoisonError::into_inner) = head;
    }

    /// Rosters are about to change: said before the commit, so that nobody sees rows of it without knowing.
    pub(super) fn rosters_change(&self) {
        self.roster_changes.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn put_rosters(&self, rosters: Rosters) {
        self.rosters.store(Arc::new(rosters));
    }

    pub(super) fn put_vault_trouble(&self, trouble: String) {
        *self.vault_trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// Why the vault key could not be changed when that was tried last, in words; empty if it could.
    #[must_use]
    pub fn vault_trouble(&self) -> String {
        self.vault_trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn put_officers(&self, officers: Arc<Officers>) {
        self.officers.store(officers);
    }

    /// The officers, as of the durable head.
    #[must_use]
    pub fn officers(&self) -> Arc<Officers> {
        self.officers.load_full()
    }

    pub(super) fn put_exercise(&self, exercise: Option<Arc<Ongoing>>) {
        self.exercise.store(exercise);
    }

    /// The exercise that is on, as of the durable head.
    #[must_use]
    pub fn exercise(&self) -> Option<Arc<Ongoing>> {
        self.exercise.load_full()
    }

    /// The durable head.
    #[must_use]
    pub fn head(&self) -> Head {
        *self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many dispatches were given a place since the start.
    #[must_use]
    pub fn placed(&self) -> u64 {
        self.placed.load(Ordering::Relaxed)
    }

    /// How often the rosters in force have changed since the start; counted before anything that rests on the change
    /// can be read.
    #[must_use]
    pub fn roster_changes(&self) -> u64 {
        self.roster_changes.load(Ordering::SeqCst)
    }

    /// The rosters in force.
    #[must_use]
    pub fn rosters(&self) -> Arc<Rosters> {
        self.rosters.load_full()
    }
}
