//! Browsers that are known: an officer has signed in there since the node started. Wrong passphrases of strangers make none of
//! them wait (what OWASP calls device cookies).
//!
//! - A cookie holds 32 random bytes; the node keeps their digest, in memory alone. It opens nothing.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use crate::edge::sign_in::Door;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;

/// The browsers of officers who have signed in.
#[derive(Default)]
pub(super) struct Browsers {
    /// Of each officer, the one of the latest sign-in last.
    all: Mutex<BTreeMap<OfficerId, Vec<Digest>>>,
}

impl Browsers {
    /// By which door an officer comes in a browser with this cookie.
    pub(super) fn door<'a>(&self, officer: &OfficerId, cookie: &'a str) -> Door<'a> {
        let own = Digest::of(cookie.as_bytes());
        let is_known = self.lock().get(officer).is_some_and(|all| all.contains(&own));
        if is_known { Door::Own(cookie) } else { Door::Open }
    }

    /// An officer has signed in in a browser with this cookie; what its cookie is from now on. One that the node did not make
    /// is not taken.
    pub(super) fn remember(&self, officer: &OfficerId, cookie: &str, new: impl FnOnce() -> String) -> String {
        let mut all = self.lock();
        let held = Digest::of(cookie.as_bytes());
        let is_ours = all.values().any(|known| known.contains(&held));
        let cookie = if is_ours { cookie.to_owned() } else { new() };
        let (own, known) = (Digest::of(cookie.as_bytes()), all.entry(officer.clone()).or_default());
        known.retain(|one| *one != own);
        known.push(own);
        if known.len() > limits::BROWSERS_EACH {
            known.remove(0);
        }
        cookie
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<OfficerId, Vec<Digest>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_to_its_officers_alone_until_there_are_too_many() {
        let browsers = Browsers::default();
        let [first, second] = ["UZ-ALT-O01", "UZ-ALT-O02"].map(|id| id.parse::<OfficerId>().unwrap());
        let knows = |officer, cookie| matches!(browsers.door(officer, cookie), Door::Own(_));
        assert_eq!(browsers.remember(&first, "chosen by a stranger", || "a".to_owned()), "a");
        assert!(knows(&first, "a") && !knows(&second, "a") && !knows(&first, "chosen by a stranger"));
        assert_eq!(
            browsers.remember(&second, "a", || "b".to_owned()),
            "a",
            "one browser of two officers has one cookie"
        );
        assert!(knows(&first, "a") && knows(&second, "a"));
        for n in 0..limits::BROWSERS_EACH {
            browsers.remember(&first, "", || format!("n{n}"));
        }
        assert!(!knows(&first, "a") && knows(&first, "n0") && knows(&second, "a"));
    }
}
