//! The payload `roster`, typed: every limit and every rule that needs nothing but the roster itself.

use std::collections::BTreeSet;

use prost::Message as _;

use crate::domain::envelope::Malformed;
use crate::domain::envelope::Payload;
use crate::domain::envelope::PublicKey;
use crate::domain::roster::Key;
use crate::domain::roster::Position;
use crate::domain::roster::newest;
use crate::domain::seal;
use crate::limits;
use crate::name::Country;
use crate::name::Digest;
use crate::name::LogId;
use crate::name::Network;
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire;

/// Whether others exchange with an office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfficeState {
    /// Everything.
    Active,
    /// Receipts, corrections, withdrawals and acknowledgements only.
    Suspended,
    /// May not connect.
    Revoked,
}

/// One office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// Its code.
    pub code: OfficeCode,
    /// The agency that runs it.
    pub agency: wire::Agency,
    /// Names to show, each with a BCP 47 language.
    pub names: Vec<wire::LocalName>,
    /// State.
    pub state: OfficeState,
    /// host:port; empty if it only dials.
    pub endpoints: Vec<String>,
    /// SHA-256 of `SubjectPublicKeyInfo` of its TLS keys.
    pub tls_keys: Vec<Key<Digest>>,
    /// Keys that sign.
    pub office_keys: Vec<Key<PublicKey>>,
    /// Keys that body keys are wrapped to.
    pub seal_keys: Vec<Key<Vec<u8>>>,
    /// Its town, if its country says it.
    pub position: Option<Position>,
}

/// Everything that a country says of its own offices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountryRoster {
    /// Network.
    pub network: Network,
    /// Country.
    pub country: Country,
    /// Version, from 1.
    pub version: u64,
    /// When it was signed.
    pub issued: Timestamp,
    /// The key that signs it.
    pub country_key: PublicKey,
    /// The key that may sign later versions as well.
    pub next_country_key: Option<PublicKey>,
    /// The offices, each once.
    pub offices: Vec<Office>,
}

impl Office {
    /// The key that signs now, if the office has an open one.
    #[must_use]
    pub fn office_key(&self) -> Option<PublicKey> {
        newest(&self.office_keys).copied()
    }

    /// The open log: it was born with the open office key.
    #[must_use]
    pub fn log_id(&self) -> Option<LogId> {
        self.office_key().map(|key| LogId::of_key(&key.0))
    }

    /// The key to wrap body keys to.
    #[must_use]
    pub fn seal_key(&self) -> Option<&[u8]> {
        newest(&self.seal_keys).map(Vec::as_slice)
    }

    /// The keys with which a signature made at this time counts.
    #[must_use]
    pub fn keys_at(&self, time: Timestamp) -> Vec<PublicKey> {
        self.office_keys.iter().filter(|key| key.counts_at(time)).map(|key| key.key).collect()
    }

    /// The keys that were the office's at this time, also those that were found in wrong hands later: what was
    /// verified and logged before that stays verified (PROTOCOL 9).
    #[must_use]
    pub fn keys_listed_at(&self, time: Timestamp) -> Vec<PublicKey> {
        let listed = |key: &&Key<PublicKey>| key.from <= time && key.until.is_none_or(|until| time <= until);
        self.office_keys.iter().filter(listed).map(|key| key.key).collect()
    }

    /// Whether a TLS key with this pin is the office's.
    #[must_use]
    pub fn has_pin(&self, pin: Digest) -> bool {
        self.tls_keys.iter().any(|key| key.key == pin && key.is_open())
    }

    /// From a message.
    ///
    /// # Errors
    /// If a field is not what it must be, or there are too many of something.
    pub fn read(wire: &wire::Office) -> Result<Self, Malformed> {
        let state = match wire::OfficeState::try_from(wire.state) {
            Ok(wire::OfficeState::Active) => OfficeState::Active,
            Ok(wire::OfficeState::Suspended) => OfficeState::Suspended,
            Ok(wire::OfficeState::Revoked) => OfficeState::Revoked,
            Ok(wire::OfficeState::Unspecified) | Err(_) => return Err(Malformed("the state of an office is unknown")),
        };
        let agency = match wire::Agency::try_from(wire.agency) {
            Ok(wire::Agency::Unspecified) | Err(_) => return Err(Malformed("the agency of an office is unknown")),
            Ok(agency) => agency,
        };
        if wire.endpoints.len() > limits::ENDPOINTS || !wire.endpoints.iter().all(|e| is_endpoint(e)) {
            return Err(Malformed("an endpoint is not host:port, or there are too many"));
        }
        let name = |n: &wire::LocalName| is_text(&n.name) && is_text(&n.language);
        if wire.names.len() > limits::LIST || !wire.names.iter().all(name) {
            return Err(Malformed("a name of an office is empty, too long or has control characters"));
        }
        Ok(Self {
            code: wire.code.parse().map_err(|_| Malformed("an office is no office code"))?,
            agency,
            names: wire.names.clone(),
            state,
            endpoints: wire.endpoints.clone(),
            tls_keys: keys(&wire.tls_keys, |k| Digest::try_from(k).ok())?,
            office_keys: keys(&wire.office_keys, |k| k.try_into().ok().map(PublicKey))?,
            seal_keys: keys(&wire.seal_keys, |k| seal::is_seal_key(k).then(|| k.to_vec()))?,
            position: wire.position.as_ref().map(Position::read).transpose()?,
        })
    }

    /// As a message.
    #[must_use]
    pub fn write(&self) -> wire::Office {
        let state = match self.state {
            OfficeState::Active => wire::OfficeState::Active,
            OfficeState::Suspended => wire::OfficeState::Suspended,
            OfficeState::Revoked => wire::OfficeState::Revoked,
        };
        wire::Office {
            code: self.code.to_string(),
            names: self.names.clone(),
            state: state.into(),
            endpoints: self.endpoints.clone(),
            tls_keys: self.tls_keys.iter().map(|k| write_key(k, k.key.0.to_vec())).collect(),
            office_keys: self.office_keys.iter().map(|k| write_key(k, k.key.0.to_vec())).collect(),
            seal_keys: self.seal_keys.iter().map(|k| write_key(k, k.key.clone())).collect(),
            agency: self.agency.into(),
            position: self.position.map(Position::write),
        }
    }
}

fn keys<T>(wire: &[wire::Key], read: impl Fn(&[u8]) -> Option<T>) -> Result<Vec<Key<T>>, Malformed> {
    if wire.len() > limits::KEYS {
        return Err(Malformed("an office lists too many keys"));
    }
    let time = |ms| Timestamp::from_ms(ms).map_err(|_| Malformed("a time of a key is out of range"));
    let open = |ms| if ms == 0 { Ok(None) } else { time(ms).map(Some) };
    wire.iter()
        .map(|key| {
            Ok(Key {
                key: read(&key.key).ok_or(Malformed("a key is none"))?,
                from: time(key.from_ms)?,
                until: open(key.until_ms)?,
                compromised: open(key.compromised_ms)?,
            })
        })
        .collect()
}

fn write_key<T>(key: &Key<T>, bytes: Vec<u8>) -> wire::Key {
    wire::Key {
        key: bytes,
        from_ms: key.from.ms(),
        until_ms: key.until.map_or(0, Timestamp::ms),
        compromised_ms: key.compromised.map_or(0, Timestamp::ms),
    }
}

fn is_text(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= limits::ROSTER_TEXT_CHARS && !text.chars().any(char::is_control)
}

/// Whether this is `host:port`, with an IPv6 address in brackets.
#[must_use]
pub fn is_endpoint(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let plain = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let host_fits = match plain {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-'),
    };
    host_fits
        && text.len() <= limits::ROSTER_TEXT_CHARS
        && port.bytes().all(|b| b.is_ascii_digit())
        && port.parse::<u16>().is_ok_and(|p| p > 0)
}

impl Payload for CountryRoster {
    const TYPE: &'static str = "application/vnd.chapar.roster.v1";

    fn decode(payload: &[u8]) -> Result<Self, Malformed> {
        let wire = wire::CountryRoster::decode(payload).map_err(|_| Malformed("not a roster"))?;
        let country: Country = wire.country.parse().map_err(|_| Malformed("the country is no country code"))?;
        if wire.offices.len() > limits::OFFICES {
            return Err(Malformed("a roster lists too many offices"));
        }
        let offices: Vec<Office> = wire.offices.iter().map(Office::read).collect::<Result<_, _>>()?;
        if offices.iter().any(|office| office.code.country() != country) {
            return Err(Malformed("a roster lists an office of another country"));
        }
        let codes: BTreeSet<OfficeCode> = offices.iter().map(|office| office.code).collect();
        if codes.len() != offices.len() {
            return Err(Malformed("a roster lists an office twice"));
        }
        let key =
            |bytes: &[u8]| bytes.try_into().map(PublicKey).map_err(|_| Malformed("a country key is not 32 bytes"));
        Ok(Self {
            network: wire.network.parse().map_err(|_| Malformed("the network is no network"))?,
            country,
            version: if wire.version == 0 { Err(Malformed("versions start at 1")) } else { Ok(wire.version) }?,
            issued: Timestamp::from_ms(wire.issued_ms).map_err(|_| Malformed("a time is out of range"))?,
            country_key: key(&wire.country_key)?,
            next_country_key: if wire.next_country_key.is_empty() { None } else { Some(key(&wire.next_country_key)?) },
            offices,
        })
    }
}

impl CountryRoster {
    /// The payload to sign.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        wire::CountryRoster {
            network: self.network.to_string(),
            country: self.country.to_string(),
            version: self.version,
            issued_ms: self.issued.ms(),
            offices: self.offices.iter().map(Office::write).collect(),
            next_country_key: self.next_country_key.map(|key| key.0.to_vec()).unwrap_or_default(),
            country_key: self.country_key.0.to_vec(),
        }
        .encode_to_vec()
    }
}
