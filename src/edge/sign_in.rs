//! Who calls: the Unix user at the other end of the socket, or an officer who signs in with a passphrase.
//!
//! - A passphrase that was right is not stretched again for a while: what is kept of it is a digest under a key of this
//!   process, and only as long as it is the stored one.
//! - After each wrong one the officer waits, longer each time and never longer than a minute; what is said meanwhile is not
//!   looked at, and makes no pause longer.

mod pause;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;

use crate::edge::env::Stopwatch;
use crate::edge::passphrase;
use crate::edge::sign_in::pause::Wrong;
use crate::engine::rows::RowError;
use crate::engine::rows::key;
use crate::engine::store::Store;
use crate::entropy::Entropy;
use crate::entropy::random;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::office::officers::Officers;

/// Metadata of a call that names the officer.
pub const OFFICER: &str = "chapar-officer";
/// Metadata of a call with that officer's passphrase.
pub const PASSPHRASE: &str = "chapar-passphrase-bin";

/// Why a sign-in fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// No such officer, or another passphrase: which, is not said.
    #[error("the officer or the passphrase is wrong")]
    Wrong,
    /// The pause after a wrong one is not over, but in so many seconds.
    #[error("after a wrong passphrase {0} waits for {1} s more")]
    Wait(OfficerId, u64),
    /// The store cannot be read.
    #[error(transparent)]
    Row(#[from] RowError),
    /// The node is stopping.
    #[error("the node is stopping")]
    Stopped,
}

/// What is known of an officer's sign-ins.
#[derive(Clone, Copy, Default)]
struct Known {
    wrong: Wrong,
    /// The stored hash that the passphrase fitted, and the keyed digest of the passphrase.
    right: Option<(Digest, Digest, Stopwatch)>,
}

/// The sign-ins of a node.
pub struct SignIns {
    key: [u8; 32],
    since: Stopwatch,
    /// Of officers who are enrolled and have a passphrase, no others.
    known: Mutex<BTreeMap<OfficerId, Known>>,
    turns: Arc<Semaphore>,
}

impl SignIns {
    /// None so far.
    #[must_use]
    pub fn new(entropy: &mut dyn Entropy) -> Self {
        Self {
            key: random(entropy),
            since: Stopwatch::start(),
            known: Mutex::new(BTreeMap::new()),
            turns: Arc::new(Semaphore::new(limits::SIGN_INS)),
        }
    }

    /// Checks an officer's passphrase.
    ///
    /// # Errors
    /// If it is wrong, or one was a moment ago.
    pub async fn check(
        &self,
        officers: &Officers,
        store: &Arc<dyn Store>,
        officer: &OfficerId,
        passphrase: &[u8],
    ) -> Result<(), SignInError> {
        let found = officers.all.get(officer).and_then(|found| found.passphrase);
        let (Some(set), Ok(passphrase)) = (found, std::str::from_utf8(passphrase)) else {
            return Err(SignInError::Wrong);
        };
        // An empty field is no try: nobody's passphrase is empty.
        if passphrase.is_empty() || passphrase.len() > limits::PASSPHRASE_BYTES {
            return Err(SignInError::Wrong);
        }
        let keyed = Digest::of(&[self.key.as_slice(), set.0.as_slice(), passphrase.as_bytes()].concat());
        if self.may_try(officer, set, keyed)? {
            return Ok(());
        }
        let turn = self.turn().await?;
        // While this one waited, others may have failed.
        if self.may_try(officer, set, keyed)? {
            return Ok(());
        }
        let store = Arc::clone(store);
        let (officer_key, passphrase) = (key::passphrase(officer), zeroize::Zeroizing::new(passphrase.to_owned()));
        let fits = tokio::task::spawn_blocking(move || -> Result<bool, RowError> {
            let _turn = turn;
            let stored = store.get(&officer_key).map_err(RowError::from)?.unwrap_or_default();
            // What was put there beside the log does not count.
            let stored = String::from_utf8(stored).ok().filter(|stored| Digest::of(stored.as_bytes()) == set);
            Ok(stored.is_some_and(|stored| passphrase::fits(&passphrase, &stored)))
        });
        let fits = fits.await.map_err(|_| SignInError::Stopped)??;
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.entry(officer.clone()).or_default();
        if fits {
            *known = Known { wrong: Wrong::default(), right: Some((set, keyed, Stopwatch::start())) };
            return Ok(());
        }
        known.wrong.another(self.since.elapsed());
        Err(SignInError::Wrong)
    }

    /// Waits for the turn to stretch a passphrase, which takes much memory; it is over when the permit is dropped.
    ///
    /// # Errors
    /// If the node is stopping.
    pub async fn turn(&self) -> Result<OwnedSemaphorePermit, SignInError> {
        Arc::clone(&self.turns).acquire_owned().await.map_err(|_| SignInError::Stopped)
    }

    /// Whether this passphrase was right a while ago; if not, it may be tried.
    fn may_try(&self, officer: &OfficerId, set: Digest, keyed: Digest) -> Result<bool, SignInError> {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = all.get_mut(officer) else { return Ok(false) };
        if let Some(seconds) = known.wrong.seconds_left(self.since.elapsed()) {
            return Err(SignInError::Wait(officer.clone(), seconds));
        }
        let fresh = |since: Stopwatch| since.elapsed() < Duration::from_millis(limits::SIGNED_IN_MS);
        let fits = known.right.is_some_and(|(for_set, right, since)| for_set == set && right == keyed && fresh(since));
        if fits {
            known.wrong = Wrong::default();
        }
        Ok(fits)
    }
}
