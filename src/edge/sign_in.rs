//! Who calls: the Unix user at the other end of the socket, or an officer who signs in with a passphrase.
//!
//! - A passphrase that was right is not stretched again for a while: what is kept of it is a digest under a key of this
//!   process, and only as long as it is the stored one.
//! - After each wrong one the officer waits, longer each time and never longer than a minute; what is said meanwhile is not
//!   looked at, and makes no pause longer. A session, and a browser that is known, wait for their own wrong ones alone.
//! - Who does not exist is answered as late, and waits as long, as who does.

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

/// Whose wrong passphrases count together.
#[derive(Clone, Copy, Debug)]
pub enum Door<'a> {
    /// Anybody's at the door: a stranger's are an officer's own.
    Open,
    /// Those of one session or browser of that officer, by a secret that it holds: no stranger's hammering keeps it waiting.
    Own(&'a str),
}

/// What is known of sign-ins.
#[derive(Default)]
struct Known {
    /// Wrong ones in a row, by the officer and the door that they came by: also of officers that do not exist.
    wrong: BTreeMap<Digest, Wrong>,
    /// Of officers whose passphrase was right: its stored hash, and the keyed digest of the passphrase.
    right: BTreeMap<OfficerId, (Digest, Digest, Stopwatch)>,
}

/// The sign-ins of a node.
pub struct SignIns {
    key: [u8; 32],
    since: Stopwatch,
    known: Mutex<Known>,
    /// Turns of strangers.
    turns: Arc<Semaphore>,
    /// Turns of sessions and browsers that are known.
    own_turns: Arc<Semaphore>,
}

/// A try: whom it is for, and what it is told by.
struct Try<'a> {
    officer: &'a OfficerId,
    /// The stored hash of the officer's passphrase; `None` for an officer without one, or for none.
    set: Option<Digest>,
    keyed: Digest,
    /// What it counts by if it is wrong.
    by: Digest,
}

impl SignIns {
    /// None so far.
    #[must_use]
    pub fn new(entropy: &mut dyn Entropy) -> Self {
        Self {
            key: random(entropy),
            since: Stopwatch::start(),
            known: Mutex::new(Known::default()),
            turns: Arc::new(Semaphore::new(limits::SIGN_INS)),
            own_turns: Arc::new(Semaphore::new(limits::SIGN_INS)),
        }
    }

    /// Checks an officer's passphrase. For an officer that does not exist it takes as long, and waits as long.
    ///
    /// # Errors
    /// If it is wrong, or one by this door was a moment ago.
    pub async fn check(
        &self,
        officers: &Officers,
        store: &Arc<dyn Store>,
        officer: &OfficerId,
        passphrase: &[u8],
        door: Door<'_>,
    ) -> Result<(), SignInError> {
        let Ok(passphrase) = std::str::from_utf8(passphrase) else { return Err(SignInError::Wrong) };
        // An empty field is no try: nobody's passphrase is empty.
        if passphrase.is_empty() || passphrase.len() > limits::PASSPHRASE_BYTES {
            return Err(SignInError::Wrong);
        }
        let set = officers.all.get(officer).and_then(|found| found.passphrase);
        let hash = set.map_or([0; 32], |set| set.0);
        let keyed = Digest::of(&[self.key.as_slice(), &hash, passphrase.as_bytes()].concat());
        let tried = Try { officer, set, keyed, by: self.counter(officer, door) };
        if self.may_try(&tried)? {
            return Ok(());
        }
        let turn = match door {
            Door::Open => turn(&self.turns).await?,
            Door::Own(_) => self.turn().await?,
        };
        // While this one waited, others may have failed.
        if self.may_try(&tried)? {
            return Ok(());
        }
        let store = Arc::clone(store);
        let (officer_key, passphrase) = (key::passphrase(officer), zeroize::Zeroizing::new(passphrase.to_owned()));
        let fits = tokio::task::spawn_blocking(move || -> Result<bool, RowError> {
            let _turn = turn;
            let stored = store.get(&officer_key).map_err(RowError::from)?.unwrap_or_default();
            // What was put there beside the log does not count.
            let stored = String::from_utf8(stored).ok().filter(|stored| Some(Digest::of(stored.as_bytes())) == set);
            if stored.is_none() {
                passphrase::fits_nobody(&passphrase);
            }
            Ok(stored.is_some_and(|stored| passphrase::fits(&passphrase, &stored)))
        });
        let fits = fits.await.map_err(|_| SignInError::Stopped)??;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let (true, Some(set)) = (fits, set) {
            known.wrong.remove(&tried.by);
            known.right.insert(officer.clone(), (set, keyed, Stopwatch::start()));
            return Ok(());
        }
        pause::another(&mut known.wrong, tried.by, self.since.elapsed());
        Err(SignInError::Wrong)
    }

    /// Waits for the turn of a known officer to stretch a passphrase, which takes much memory; it is over when the permit is
    /// dropped.
    ///
    /// # Errors
    /// If the node is stopping.
    pub async fn turn(&self) -> Result<OwnedSemaphorePermit, SignInError> {
        turn(&self.own_turns).await
    }

    /// What wrong ones for this officer by this door count by.
    fn counter(&self, officer: &OfficerId, door: Door<'_>) -> Digest {
        let (kind, held) = match door {
            Door::Open => (0, ""),
            Door::Own(held) => (1, held),
        };
        Digest::of(&[self.key.as_slice(), &[kind], officer.to_string().as_bytes(), b" ", held.as_bytes()].concat())
    }

    /// Whether this passphrase was right a while ago; if not, it may be tried.
    fn may_try(&self, tried: &Try<'_>) -> Result<bool, SignInError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seconds) = known.wrong.get(&tried.by).and_then(|wrong| wrong.seconds_left(self.since.elapsed())) {
            return Err(SignInError::Wait(tried.officer.clone(), seconds));
        }
        let fresh = |since: Stopwatch| since.elapsed() < Duration::from_millis(limits::SIGNED_IN_MS);
        let fits = known.right.get(tried.officer).is_some_and(|(for_set, right, since)| {
            Some(*for_set) == tried.set && *right == tried.keyed && fresh(*since)
        });
        if fits {
            known.wrong.remove(&tried.by);
        }
        Ok(fits)
    }
}

async fn turn(turns: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, SignInError> {
    Arc::clone(turns).acquire_owned().await.map_err(|_| SignInError::Stopped)
}
