//! Who is signed in at the console: sessions live in memory alone and end with the node.
//!
//! - A cookie holds 32 random bytes; the node keeps their digest.
//! - A session ends after a pause of its officer, at the end of a shift, at sign-out, and with its officer's enrolment.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::sync::DropGuard;

use crate::edge::api::SignedIn;
use crate::edge::env::Stopwatch;
use crate::edge::env::SystemEntropy;
use crate::entropy::random;
use crate::limits;
use crate::name::Digest;

/// The sessions of a node.
pub(super) struct Sessions {
    entropy: Mutex<SystemEntropy>,
    all: Mutex<BTreeMap<Digest, Held>>,
}

struct Held {
    session: Session,
    began: Stopwatch,
    used: Stopwatch,
    /// Pause after which it ends, ms.
    rest_ms: u64,
    /// Streams of what arrives, the oldest first; of some that have ended.
    streams: Vec<CancellationToken>,
    /// Tells of its end, however it ends.
    over: DropGuard,
}

/// A session, as a page sees it.
#[derive(Clone)]
pub(super) struct Session {
    /// Who.
    pub(super) signed_in: SignedIn,
    /// What every form of this session carries.
    pub(super) token: String,
}

/// A session that has just begun.
pub(super) struct Begun {
    /// What the cookie holds.
    pub(super) cookie: String,
    /// The session.
    pub(super) session: Session,
}

impl Sessions {
    pub(super) const fn new(entropy: SystemEntropy) -> Self {
        Self { entropy: Mutex::new(entropy), all: Mutex::new(BTreeMap::new()) }
    }

    /// A key with which a form makes something once.
    pub(super) fn key(&self) -> String {
        let mut entropy = self.entropy.lock().unwrap_or_else(PoisonError::into_inner);
        hex::encode(random::<{ limits::IDEMPOTENCY_KEY_BYTES_MIN }>(&mut *entropy))
    }

    /// Begins one, which ends after such a pause. Of too many, the one that has rested longest ends.
    pub(super) fn begin(&self, signed_in: SignedIn, rest_ms: u64) -> Begun {
        // The token names its officer, so that a form that outlives its session goes on as nobody else's.
        let (cookie, token) = (self.secret(), format!("{}.{}", signed_in.officer(), self.secret()));
        let session = Session { signed_in, token };
        let mut all = self.open();
        if all.len() >= limits::SESSIONS
            && let Some(oldest) = all.iter().max_by_key(|(_, held)| held.used.elapsed()).map(|(name, _)| *name)
        {
            all.remove(&oldest);
        }
        let (began, used) = (Stopwatch::start(), Stopwatch::start());
        let over = CancellationToken::new().drop_guard();
        let held = Held { session: session.clone(), began, used, rest_ms, streams: vec![], over };
        all.insert(Digest::of(cookie.as_bytes()), held);
        Begun { cookie, session }
    }

    /// The session of a cookie, if it has not ended; to ask for it is what keeps it, from now on for such a pause.
    pub(super) fn find(&self, cookie: &str, rest_ms: u64) -> Option<Session> {
        let mut all = self.open();
        let held = all.get_mut(&Digest::of(cookie.as_bytes()))?;
        (held.used, held.rest_ms) = (Stopwatch::start(), rest_ms);
        Some(held.session.clone())
    }

    /// The session of a cookie, without keeping it.
    pub(super) fn peek(&self, cookie: &str) -> Option<Session> {
        self.open().get(&Digest::of(cookie.as_bytes())).map(|held| held.session.clone())
    }

    /// A stream of a session, without keeping it: cancelled when the session ends, or has newer ones.
    pub(super) fn stream(&self, cookie: &str) -> Option<CancellationToken> {
        let mut all = self.open();
        let held = all.get_mut(&Digest::of(cookie.as_bytes()))?;
        held.streams.retain(|stream| !stream.is_cancelled());
        if held.streams.len() >= limits::STREAMS_EACH {
            held.streams.remove(0).cancel();
        }
        let stream = held.over.token().child_token();
        held.streams.push(stream.clone());
        Some(stream)
    }

    /// 32 random bytes, in hexadecimal.
    pub(super) fn secret(&self) -> String {
        let mut entropy = self.entropy.lock().unwrap_or_else(PoisonError::into_inner);
        hex::encode(random::<32>(&mut *entropy))
    }

    /// Ends one.
    pub(super) fn end(&self, cookie: &str) {
        self.open().remove(&Digest::of(cookie.as_bytes()));
    }

    /// All that have not ended.
    fn open(&self) -> MutexGuard<'_, BTreeMap<Digest, Held>> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, held| goes_on(held.used.elapsed(), held.began.elapsed(), held.rest_ms));
        all
    }
}

/// Whether a session that has rested and lasted so long goes on, if it ends after such a pause.
fn goes_on(rested: Duration, lasted: Duration, rest_ms: u64) -> bool {
    rested < Duration::from_millis(rest_ms) && lasted < Duration::from_millis(limits::SHIFT_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_after_its_pause_and_at_the_end_of_a_shift() {
        let (least, most, shift) = (limits::REST_MS_MIN, limits::REST_MS_MAX, limits::SHIFT_MS);
        let goes_on =
            |rested, lasted, rest_ms| goes_on(Duration::from_millis(rested), Duration::from_millis(lasted), rest_ms);
        assert!(goes_on(least - 1, shift - 1, least) && !goes_on(least, least, least));
        assert!(goes_on(least, least, most) && !goes_on(most, most, most));
        assert!(!goes_on(1, shift, most), "no pause makes it longer");
    }
}
