//! Country rosters and cards (PROTOCOL 9): who the offices are, and which of their keys count when.
//!
//! A roster is typed here once; [`Rosters`] is the set in force, and everything asks it.

mod card;
mod payload;
mod position;
mod rosters;
#[cfg(test)]
mod tests;

pub use card::Card;
pub use payload::CountryRoster;
pub use payload::Office;
pub use payload::OfficeState;
pub use payload::is_endpoint;
pub use position::NoPosition;
pub use position::Position;
pub use rosters::Change;
pub use rosters::Pin;
pub use rosters::RosterError;
pub use rosters::Rosters;

use crate::time::Timestamp;

/// A public key and when it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key<T> {
    /// The key, or for TLS the SHA-256 of its `SubjectPublicKeyInfo`.
    pub key: T,
    /// Counts from.
    pub from: Timestamp,
    /// Counts until; `None` while it is open.
    pub until: Option<Timestamp>,
    /// Since when it is in wrong hands.
    pub compromised: Option<Timestamp>,
}

impl<T> Key<T> {
    /// Whether a signature made with it at this time counts.
    #[must_use]
    pub fn counts_at(&self, time: Timestamp) -> bool {
        self.compromised.is_none() && self.from <= time && self.until.is_none_or(|until| time <= until)
    }

    /// Whether it is in use.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.compromised.is_none() && self.until.is_none()
    }
}

/// The newest of these keys that is in use.
fn newest<T>(keys: &[Key<T>]) -> Option<&T> {
    keys.iter().filter(|key| key.is_open()).max_by_key(|key| key.from).map(|key| &key.key)
}
