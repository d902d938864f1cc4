//! Countries: each signs rosters of its own offices.

use chapar::domain::envelope;
use chapar::domain::envelope::SigningKey;
use chapar::domain::roster::CountryRoster;
use chapar::domain::roster::Key;
use chapar::domain::roster::Office;
use chapar::domain::roster::OfficeState;
use chapar::name::Country;
use chapar::name::Digest;
use chapar::name::Fingerprint;
use chapar::office::Identity;
use chapar::time::Timestamp;

use super::office::NETWORK;

/// A country with its key and the roster that it would sign next.
pub(crate) struct Land {
    pub(crate) key: SigningKey,
    pub(crate) roster: CountryRoster,
}

impl Land {
    pub(crate) fn new(code: &str, offices: &[&Identity]) -> Self {
        let key = SigningKey::from_seed(&Digest::of(code.as_bytes()).0);
        let roster = CountryRoster {
            network: NETWORK.parse().unwrap(),
            country: code.parse().unwrap(),
            version: 1,
            issued: Timestamp::ZERO,
            country_key: key.public(),
            next_country_key: None,
            offices: offices.iter().map(|office| listing(office)).collect(),
        };
        Self { key, roster }
    }

    pub(crate) fn country(&self) -> Country {
        self.roster.country
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_key(&self.key.public().0)
    }

    /// The roster as it is now, in a serialized envelope.
    pub(crate) fn signed(&self) -> Vec<u8> {
        envelope::sign::<CountryRoster>(&self.key, self.roster.encode()).bytes
    }

    /// The next version, changed in this way.
    pub(crate) fn next(&mut self, change: impl FnOnce(&mut CountryRoster)) -> Vec<u8> {
        self.roster.version += 1;
        change(&mut self.roster);
        self.signed()
    }

    /// The next version, in which an office has this state.
    pub(crate) fn set_state(&mut self, code: &str, state: OfficeState) -> Vec<u8> {
        self.next(|roster| find(roster, code).state = state)
    }

    /// The next version, in which an office has another key, and hence another log, from this time on.
    pub(crate) fn set_key(&mut self, new: &Identity, from: Timestamp) -> Vec<u8> {
        self.next(|roster| {
            let office = find(roster, &new.office.to_string());
            office.office_keys.iter_mut().for_each(|key| key.until = Some(from));
            office.office_keys.push(open(new.signing.public(), from));
        })
    }
}

fn find<'a>(roster: &'a mut CountryRoster, code: &str) -> &'a mut Office {
    roster.offices.iter_mut().find(|office| office.code.to_string() == code).unwrap()
}

/// A key that counts from a time on.
pub(crate) fn open<T>(key: T, from: Timestamp) -> Key<T> {
    Key { key, from, until: None, compromised: None }
}

fn listing(office: &Identity) -> Office {
    Office {
        code: office.office,
        agency: office.agency,
        names: vec![],
        state: OfficeState::Active,
        endpoints: vec![],
        tls_keys: vec![open(Digest::of(office.office.as_bytes()), Timestamp::ZERO)],
        office_keys: vec![open(office.signing.public(), Timestamp::ZERO)],
        seal_keys: office.seal_keys.iter().map(|key| open(key.public().to_vec(), Timestamp::ZERO)).collect(),
        position: "39.42,63.80".parse().ok(),
    }
}
