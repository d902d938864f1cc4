//! The public keys that this office has and trusts, with what the rosters in force say of them.

use crate::domain::envelope::PublicKey;
use crate::domain::roster::Key;
use crate::edge::api::Api;
use crate::name::Digest;
use crate::name::Fingerprint;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::KeySummary;
use crate::wire::KeyUse;

impl Api {
    /// Its own keys, then those of the pinned countries.
    pub(super) fn keys(&self) -> wire::ListKeysResponse {
        let rosters = self.hub.shared.rosters();
        let me = self.owner.office;
        let entry = rosters.office(me);
        let owner = me.to_string();
        let tls = entry.map(|office| office.tls_keys.as_slice()).unwrap_or_default();
        let office = entry.map(|office| office.office_keys.as_slice()).unwrap_or_default();
        let seal = entry.map(|office| office.seal_keys.as_slice()).unwrap_or_default();
        let held: Vec<Vec<u8>> = self.hub.me.seal_keys.iter().map(|key| key.public().to_vec()).collect();
        let mut keys = own((KeyUse::Tls, &owner), tls, &[self.key.pin()], |pin| *pin);
        keys.extend(own((KeyUse::Office, &owner), office, &[self.owner.key], PublicKey::id));
        keys.extend(own((KeyUse::Seal, &owner), seal, &held, |key| Digest::of(key)));
        for (country, pin) in rosters.countries() {
            let of_country = |of: KeyUse, fingerprint: Fingerprint| KeySummary {
                r#use: of.into(),
                owner: country.to_string(),
                id: fingerprint.to_string(),
                listed: pin.roster.is_some(),
                ..KeySummary::default()
            };
            keys.push(of_country(KeyUse::Country, pin.fingerprint));
            let next = pin.roster.as_ref().and_then(|roster| roster.value().next_country_key);
            keys.extend(next.map(|key| of_country(KeyUse::NextCountry, Fingerprint::of_key(&key.0))));
        }
        wire::ListKeysResponse { keys }
    }
}

/// Keys of one sort: those that the roster lists, then those that only the node has.
fn own<T: PartialEq>(
    (of, owner): (KeyUse, &str),
    listed: &[Key<T>],
    held: &[T],
    id: impl Fn(&T) -> Digest,
) -> Vec<KeySummary> {
    let summary = |key: &T| KeySummary {
        r#use: of.into(),
        owner: owner.to_owned(),
        id: id(key).to_string(),
        ..Default::default()
    };
    let known = listed.iter().map(|key| KeySummary {
        from_ms: key.from.ms(),
        until_ms: key.until.map_or(0, Timestamp::ms),
        compromised_ms: key.compromised.map_or(0, Timestamp::ms),
        held: held.contains(&key.key),
        listed: true,
        ..summary(&key.key)
    });
    let missing = held.iter().filter(|key| listed.iter().all(|one| one.key != **key));
    known.chain(missing.map(|key| KeySummary { held: true, ..summary(key) })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_roster_lists_comes_first_then_what_it_lacks() {
        let (from, until) = (Timestamp::clamped(5), Some(Timestamp::clamped(9)));
        let listed = [
            Key { key: 1_u8, from, until: None, compromised: None },
            Key { key: 2, from, until, compromised: Some(from) },
        ];
        let found = own((KeyUse::Seal, "UZ-ALT"), &listed, &[1, 3], |key| Digest::of(&[*key]));
        let short = found.iter().map(|key| (key.held, key.listed, key.from_ms, key.until_ms, key.compromised_ms));
        let wanted = [(true, true, 5, 0, 0), (false, true, 5, 9, 5), (true, false, 0, 0, 0)];
        assert_eq!(short.collect::<Vec<_>>(), wanted);
        assert!(found.iter().all(|key| key.r#use() == KeyUse::Seal && key.owner == "UZ-ALT"));
        assert_eq!(found[2].id, Digest::of(&[3]).to_string());
    }
}
