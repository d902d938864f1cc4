//! The rosters in force: one a country, each under a key that people pinned or that the one before named.
//!
//! - A country's key changes only through `next_country_key` of the roster in force.
//! - The highest version is in force; an older one never replaces it; two contents of one version are an alarm.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::envelope::EnvelopeError;
use crate::domain::envelope::PublicKey;
use crate::domain::envelope::Unverified;
use crate::domain::envelope::Verified;
use crate::domain::roster::CountryRoster;
use crate::domain::roster::Office;
use crate::domain::roster::OfficeState;
use crate::name::Country;
use crate::name::Digest;
use crate::name::Fingerprint;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::time::Timestamp;

/// A country whose key people have pinned, and its roster in force.
#[derive(Clone, Debug)]
pub struct Pin {
    /// What people compared.
    pub fingerprint: Fingerprint,
    /// The roster in force, if one has come.
    pub roster: Option<Arc<Verified<CountryRoster>>>,
}

/// Why a roster does not come into force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// It cannot be read, or its signature is wrong.
    #[error("the roster cannot be used: {0}")]
    Envelope(#[from] EnvelopeError),
    /// Nobody has pinned its country.
    #[error("the key of {0} is not trusted here")]
    Untrusted(Country),
    /// Signed by another key than the pinned one.
    #[error("the roster of {0} is signed by another key than the one that is trusted")]
    OtherKey(Country),
    /// Of another network.
    #[error("the roster of {0} belongs to another network")]
    Network(Country),
    /// A newer version is in force.
    #[error("version {version} of the roster of {country} is older than version {in_force}, which is in force")]
    Older {
        /// Whose.
        country: Country,
        /// Of the file.
        version: u64,
        /// What is in force.
        in_force: u64,
    },
    /// The country signed two contents for one version.
    #[error("{country} has signed two rosters with version {version}; the first stays in force")]
    Fork {
        /// Whose.
        country: Country,
        /// Which.
        version: u64,
        /// The content that is turned away.
        digest: Digest,
    },
    /// An office is to sign with a key again that another one has replaced: its log has ended, and whoever follows that
    /// log would find places that nothing stands on.
    #[error("the roster opens a key of {0} again that another one has replaced")]
    Reopened(OfficeCode),
    /// Another key is pinned already.
    #[error("another key of {0} is trusted already")]
    Pinned(Country),
}

/// What a roster changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is in force already.
    None(Verified<CountryRoster>),
    /// It comes into force.
    InForce(Verified<CountryRoster>),
}

/// The pinned countries and their rosters in force.
#[derive(Clone, Debug)]
pub struct Rosters {
    network: Network,
    countries: BTreeMap<Country, Pin>,
}

impl Rosters {
    /// None yet.
    #[must_use]
    pub const fn new(network: Network) -> Self {
        Self { network, countries: BTreeMap::new() }
    }

    /// The network.
    #[must_use]
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// The pinned countries.
    #[must_use]
    pub const fn countries(&self) -> &BTreeMap<Country, Pin> {
        &self.countries
    }

    /// Pins a country's key. `Ok(false)` if it is pinned already. Another one is replaced as long as no roster rests on
    /// it: people make mistakes when they type.
    ///
    /// # Errors
    /// [`RosterError::Pinned`] if a roster under another key is in force.
    pub fn pin(&mut self, country: Country, fingerprint: Fingerprint) -> Result<bool, RosterError> {
        match self.countries.get(&country) {
            Some(pin) if pin.fingerprint == fingerprint => Ok(false),
            Some(pin) if pin.roster.is_some() => Err(RosterError::Pinned(country)),
            _ => {
                self.countries.insert(country, Pin { fingerprint, roster: None });
                Ok(true)
            }
        }
    }

    /// Checks what a roster changes; [`Rosters::put`] then puts it into force.
    ///
    /// # Errors
    /// If it cannot come into force.
    pub fn check(&self, bytes: &[u8]) -> Result<Change, RosterError> {
        let read = Unverified::<CountryRoster>::read(bytes)?;
        let (country, version, digest) = (read.claim().country, read.claim().version, read.digest());
        let pin = self.countries.get(&country).ok_or(RosterError::Untrusted(country))?;
        if read.claim().network != self.network {
            return Err(RosterError::Network(country));
        }
        let key = read.claim().country_key;
        let allowed = match &pin.roster {
            None => Fingerprint::of_key(&key.0) == pin.fingerprint,
            Some(roster) => roster.value().country_key == key || roster.value().next_country_key == Some(key),
        };
        if !allowed {
            return Err(RosterError::OtherKey(country));
        }
        let verified = read.verify(&[key])?;
        match &pin.roster {
            Some(held) if held.digest() == digest => Ok(Change::None(verified)),
            Some(held) if held.value().version == version => Err(RosterError::Fork { country, version, digest }),
            Some(held) if held.value().version > version => {
                Err(RosterError::Older { country, version, in_force: held.value().version })
            }
            Some(held) => match reopened(held.value(), verified.value()) {
                Some(office) => Err(RosterError::Reopened(office)),
                None => Ok(Change::InForce(verified)),
            },
            None => Ok(Change::InForce(verified)),
        }
    }

    /// Puts a roster into force that [`Rosters::check`] has passed.
    pub fn put(&mut self, roster: Verified<CountryRoster>) {
        if let Some(pin) = self.countries.get_mut(&roster.value().country) {
            pin.roster = Some(Arc::new(roster));
        }
    }

    /// Puts a roster back that was in force before, from this node's own store.
    ///
    /// # Errors
    /// If its country is not pinned, or its own key has not signed it.
    pub fn put_back(&mut self, bytes: &[u8]) -> Result<(), RosterError> {
        let read = Unverified::<CountryRoster>::read(bytes)?;
        let country = read.claim().country;
        if !self.countries.contains_key(&country) {
            return Err(RosterError::Untrusted(country));
        }
        let key = read.claim().country_key;
        self.put(read.verify(&[key])?);
        Ok(())
    }

    /// Every office of every roster in force.
    pub fn offices(&self) -> impl Iterator<Item = &Office> {
        self.countries.values().filter_map(|pin| pin.roster.as_ref()).flat_map(|roster| &roster.value().offices)
    }

    /// An office.
    #[must_use]
    pub fn office(&self, code: OfficeCode) -> Option<&Office> {
        let roster = self.countries.get(&code.country())?.roster.as_ref()?;
        roster.value().offices.iter().find(|office| office.code == code)
    }

    /// The keys with which a signature that an office made at this time counts.
    #[must_use]
    pub fn keys_at(&self, code: OfficeCode, time: Timestamp) -> Vec<PublicKey> {
        self.office(code).map(|office| office.keys_at(time)).unwrap_or_default()
    }

    /// The offices that list a TLS key with this pin and may connect.
    pub fn by_pin(&self, pin: Digest) -> impl Iterator<Item = &Office> {
        self.offices().filter(move |office| office.state != OfficeState::Revoked && office.has_pin(pin))
    }

    /// The offices that list a TLS key with this pin but may not connect with it: they are revoked, or the key is
    /// retired or compromised.
    pub fn barred_by_pin(&self, pin: Digest) -> impl Iterator<Item = &Office> {
        let lists = move |office: &Office| office.tls_keys.iter().any(|key| key.key == pin);
        let may = move |office: &Office| office.state != OfficeState::Revoked && office.has_pin(pin);
        self.offices().filter(move |office| lists(office) && !may(office))
    }
}

/// An office that would go back to an earlier office key.
fn reopened(before: &CountryRoster, after: &CountryRoster) -> Option<OfficeCode> {
    let goes_back = |office: &&Office| {
        let Some(old) = before.offices.iter().find(|old| old.code == office.code) else { return false };
        let key = office.office_key();
        key.is_some() && key != old.office_key() && old.office_keys.iter().any(|listed| Some(listed.key) == key)
    };
    after.offices.iter().find(goes_back).map(|office| office.code)
}
