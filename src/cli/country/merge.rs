//! How a card gets into a roster: what an office says of itself, beside what its country has said before.
//!
//! - The state of an office that is listed stays; only its country decides it.
//! - No key leaves the roster: one that the card lacks is retired, and a retired or compromised one never comes back.
//! - A key belongs to one office.

use crate::domain::roster::CountryRoster;
use crate::domain::roster::Key;
use crate::domain::roster::Office;
use crate::name::OfficeCode;
use crate::time::Timestamp;

/// Why a card does not get into the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum MergeError {
    /// A key that is out of use.
    #[error("the card has a key that the roster lists as retired or compromised")]
    Retired,
    /// A key of two offices.
    #[error("the card has a key that the roster lists for {0}")]
    Shared(OfficeCode),
}

/// Puts the office of a card into the roster; says whether it is new there.
pub(super) fn merge(roster: &mut CountryRoster, card: Office, now: Timestamp) -> Result<bool, MergeError> {
    let others = roster.offices.iter().filter(|office| office.code != card.code);
    if let Some(other) = others.into_iter().find(|other| share(&card, other)) {
        return Err(MergeError::Shared(other.code));
    }
    let Some(listed) = roster.offices.iter_mut().find(|office| office.code == card.code) else {
        roster.offices.push(card);
        roster.offices.sort_by_key(|office| office.code);
        return Ok(true);
    };
    let merged = Office {
        code: listed.code,
        agency: card.agency,
        names: if card.names.is_empty() { listed.names.clone() } else { card.names },
        state: listed.state,
        endpoints: card.endpoints,
        tls_keys: keys(&listed.tls_keys, card.tls_keys, now)?,
        office_keys: keys(&listed.office_keys, card.office_keys, now)?,
        seal_keys: keys(&listed.seal_keys, card.seal_keys, now)?,
        position: card.position.or(listed.position),
    };
    *listed = merged;
    Ok(false)
}

fn keys<T: Clone + PartialEq>(listed: &[Key<T>], card: Vec<Key<T>>, now: Timestamp) -> Result<Vec<Key<T>>, MergeError> {
    let mut merged = listed.to_vec();
    for key in merged.iter_mut().filter(|key| key.is_open()) {
        if !card.iter().any(|new| new.key == key.key) {
            key.until = Some(now.max(key.from));
        }
    }
    for new in card {
        match merged.iter().find(|key| key.key == new.key) {
            Some(key) if key.is_open() => {}
            Some(_) => return Err(MergeError::Retired),
            None => merged.push(new),
        }
    }
    Ok(merged)
}

fn share(one: &Office, other: &Office) -> bool {
    fn any<T: PartialEq>(one: &[Key<T>], other: &[Key<T>]) -> bool {
        one.iter().any(|key| other.iter().any(|o| o.key == key.key))
    }
    any(&one.tls_keys, &other.tls_keys)
        || any(&one.office_keys, &other.office_keys)
        || any(&one.seal_keys, &other.seal_keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::envelope::PublicKey;
    use crate::domain::roster::OfficeState;
    use crate::name::Digest;
    use crate::wire::Agency;

    fn key<T>(key: T) -> Key<T> {
        Key { key, from: Timestamp::ZERO.plus_ms(5), until: None, compromised: None }
    }

    fn office(code: &str, keys: u8) -> Office {
        Office {
            code: code.parse().unwrap(),
            agency: Agency::Border,
            names: vec![],
            state: OfficeState::Active,
            endpoints: vec![],
            tls_keys: vec![key(Digest([keys; 32]))],
            office_keys: vec![key(PublicKey([keys; 32]))],
            seal_keys: vec![key(vec![keys])],
            position: None,
        }
    }

    fn roster() -> CountryRoster {
        CountryRoster {
            network: "demo.example".parse().unwrap(),
            country: "UZ".parse().unwrap(),
            version: 1,
            issued: Timestamp::ZERO,
            country_key: PublicKey([0; 32]),
            next_country_key: None,
            offices: vec![],
        }
    }

    #[test]
    fn the_state_stays_and_keys_are_retired() {
        let (mut roster, now) = (roster(), Timestamp::ZERO.plus_ms(9));
        assert_eq!(merge(&mut roster, office("UZ-OYB", 1), now), Ok(true));
        assert_eq!(merge(&mut roster, office("UZ-ALT", 2), now), Ok(true));
        assert_eq!(roster.offices[0].code.to_string(), "UZ-ALT");
        roster.offices[0].state = OfficeState::Suspended;

        let mut card = office("UZ-ALT", 2);
        card.office_keys[0].key = PublicKey([3; 32]);
        card.endpoints = vec!["alt.example:7443".to_owned()];
        roster.offices[0].position = "39.42,63.80".parse().ok();
        assert_eq!(merge(&mut roster, card.clone(), now), Ok(false));
        let listed = &roster.offices[0];
        assert_eq!(listed.position.map(|town| town.to_string()).as_deref(), Some("39.42,63.80"), "a card says none");
        assert_eq!((listed.state, &listed.endpoints), (OfficeState::Suspended, &card.endpoints));
        assert_eq!(listed.office_keys[0].until, Some(now));
        assert_eq!(listed.office_key(), Some(PublicKey([3; 32])));
        assert_eq!((listed.tls_keys.len(), listed.tls_keys[0].until), (1, None));

        let before = roster.clone();
        assert_eq!(merge(&mut roster, card, now), Ok(false));
        assert_eq!(roster, before, "the same card again");
        assert_eq!(merge(&mut roster, office("UZ-ALT", 2), now), Err(MergeError::Retired));
        assert_eq!(merge(&mut roster, office("UZ-KUD", 1), now), Err(MergeError::Shared("UZ-OYB".parse().unwrap())));
        assert_eq!(roster, before, "nothing half-applied");
    }

    #[test]
    fn a_compromised_key_does_not_come_back() {
        let (mut roster, now) = (roster(), Timestamp::ZERO.plus_ms(9));
        merge(&mut roster, office("UZ-ALT", 2), now).unwrap();
        roster.offices[0].tls_keys[0].compromised = Some(now);
        assert_eq!(merge(&mut roster, office("UZ-ALT", 2), now), Err(MergeError::Retired));
    }
}
