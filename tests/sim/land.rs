//! Countries and their offices: keys from their names, rosters that each country signs.

use std::collections::BTreeSet;
use std::sync::Arc;

use chapar::domain::envelope;
use chapar::domain::envelope::SigningKey;
use chapar::domain::officer::Enrolment;
use chapar::domain::officer::ROLES;
use chapar::domain::policy::Agreement;
use chapar::domain::policy::Agreements;
use chapar::domain::roster::CountryRoster;
use chapar::domain::roster::Key;
use chapar::domain::roster::Office;
use chapar::domain::roster::OfficeState;
use chapar::domain::seal::SealKey;
use chapar::domain::seal::VaultKey;
use chapar::name::Digest;
use chapar::name::Fingerprint;
use chapar::name::Network;
use chapar::name::OfficeCode;
use chapar::name::OfficerId;
use chapar::office::Identity;
use chapar::office::Vault;
use chapar::time::Timestamp;
use chapar::wire;

/// Most offices of a world: three of each country, and one less.
pub(crate) const OFFICES: usize = 23;

const COUNTRIES: [&str; 8] = ["TM", "UZ", "AF", "IR", "KG", "KZ", "PK", "TJ"];
const POSTS: [&str; 3] = ["ALT", "FAR", "NCC"];

/// The code of an office by its number; neighbours in number are of different countries.
pub(crate) fn code(number: usize) -> OfficeCode {
    let (country, post) = (COUNTRIES[number % COUNTRIES.len()], POSTS[number / COUNTRIES.len()]);
    format!("{country}-{post}").parse().unwrap()
}

pub(crate) fn network() -> Network {
    "demo.example".parse().unwrap()
}

fn seed(code: OfficeCode, what: &str) -> [u8; 32] {
    Digest::of(format!("{code} {what}").as_bytes()).0
}

/// The keys of an office.
pub(crate) fn identity(code: OfficeCode) -> Identity {
    Identity {
        network: network(),
        office: code,
        agency: wire::Agency::Border,
        signing: SigningKey::from_seed(&seed(code, "office")),
        seal_keys: vec![SealKey::from_seed(&seed(code, "seal"))],
        vault: Vault::fixed(VaultKey::from_bytes(seed(code, "vault"))),
        agreements: agreements(),
    }
}

/// What all notices rest on.
pub(crate) const AGREEMENT: &str = "CA/1";

fn agreements() -> Arc<Agreements> {
    let agreement = Agreement {
        kind: wire::LegalBasisKind::Agreement,
        countries: COUNTRIES.map(|country| country.parse().unwrap()).into_iter().collect(),
        purposes: vec![wire::Purpose::DrugTrafficking],
        retention_days: None,
    };
    let mut agreements = Agreements::default().disabling(BTreeSet::new());
    agreements.add(AGREEMENT, agreement).unwrap();
    Arc::new(agreements)
}

/// What stands for an office's TLS key.
pub(crate) fn pin(code: OfficeCode) -> Digest {
    Digest(seed(code, "tls"))
}

/// Two officers for everything, as no office would enrol them: roles are not what is simulated.
pub(crate) fn officers(code: OfficeCode) -> [Enrolment; 2] {
    [officer(code), second(code)].map(|id| Enrolment {
        id,
        roles: ROLES.to_vec(),
        uid: None,
        until: Timestamp::clamped(i64::MAX),
    })
}

/// Who releases what the other one writes.
pub(crate) fn second(code: OfficeCode) -> OfficerId {
    format!("{code}-R01").parse().unwrap()
}

pub(crate) fn officer(code: OfficeCode) -> OfficerId {
    format!("{code}-O01").parse().unwrap()
}

/// A country with its key and the roster that it has signed last.
pub(crate) struct Land {
    key: SigningKey,
    pub(crate) roster: CountryRoster,
}

impl Land {
    /// The countries of these offices.
    pub(crate) fn all(offices: &[Identity]) -> Vec<Self> {
        let of = |country: &&str| -> Vec<_> {
            offices.iter().filter(|office| office.office.to_string().starts_with(country)).map(listing).collect()
        };
        COUNTRIES
            .iter()
            .map(|country| (country, of(country)))
            .filter(|(_, offices)| !offices.is_empty())
            .map(Self::new)
            .collect()
    }

    fn new((country, offices): (&&str, Vec<Office>)) -> Self {
        let key = SigningKey::from_seed(&Digest::of(country.as_bytes()).0);
        let roster = CountryRoster {
            network: network(),
            country: country.parse().unwrap(),
            version: 1,
            issued: Timestamp::ZERO,
            country_key: key.public(),
            next_country_key: None,
            offices,
        };
        Self { key, roster }
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_key(&self.key.public().0)
    }

    pub(crate) fn signed(&self) -> Vec<u8> {
        envelope::sign::<CountryRoster>(&self.key, self.roster.encode()).bytes
    }

    pub(crate) fn state(&self, code: OfficeCode) -> Option<OfficeState> {
        self.roster.offices.iter().find(|office| office.code == code).map(|office| office.state)
    }

    /// A new version, in which the office has this state; `None` if it is not of this country.
    pub(crate) fn set_state(&mut self, code: OfficeCode, state: OfficeState) -> Option<Vec<u8>> {
        let office = self.roster.offices.iter_mut().find(|office| office.code == code)?;
        office.state = state;
        self.roster.version += 1;
        Some(self.signed())
    }
}

fn open<T>(key: T) -> Vec<Key<T>> {
    vec![Key { key, from: Timestamp::ZERO, until: None, compromised: None }]
}

fn listing(office: &Identity) -> Office {
    Office {
        code: office.office,
        agency: office.agency,
        names: vec![],
        state: OfficeState::Active,
        endpoints: vec![format!("{}.example:7443", office.office.to_string().to_ascii_lowercase())],
        tls_keys: open(pin(office.office)),
        office_keys: open(office.signing.public()),
        seal_keys: office.seal_keys.iter().flat_map(|key| open(key.public().to_vec())).collect(),
        position: None,
    }
}
