//! Rosters and cards: what comes back, what is refused, what changes hands.

use proptest::prelude::*;

use crate::domain::envelope;
use crate::domain::envelope::Payload as _;
use crate::domain::envelope::SigningKey;
use crate::domain::roster::Card;
use crate::domain::roster::Change;
use crate::domain::roster::CountryRoster;
use crate::domain::roster::Key;
use crate::domain::roster::Office;
use crate::domain::roster::OfficeState;
use crate::domain::roster::RosterError;
use crate::domain::roster::Rosters;
use crate::domain::roster::is_endpoint;
use crate::domain::seal::SEAL_PUBLIC_BYTES;
use crate::limits;
use crate::name::Digest;
use crate::name::Fingerprint;
use crate::time::Timestamp;
use crate::wire;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(ms).unwrap()
}

fn key<T>(key: T) -> Key<T> {
    Key { key, from: at(10), until: None, compromised: None }
}

fn office(code: &str) -> Office {
    Office {
        code: code.parse().unwrap(),
        agency: wire::Agency::Customs,
        names: vec![wire::LocalName { name: "Алат".to_owned(), language: "ru".to_owned() }],
        state: OfficeState::Active,
        endpoints: vec!["alat.example:7443".to_owned()],
        tls_keys: vec![key(Digest([1; 32]))],
        office_keys: vec![key(SigningKey::from_seed(&[1; 32]).public())],
        seal_keys: vec![key(vec![7; SEAL_PUBLIC_BYTES])],
        position: "39.42,63.80".parse().ok(),
    }
}

fn roster(signer: &SigningKey, version: u64, offices: Vec<Office>) -> CountryRoster {
    CountryRoster {
        network: "demo.example".parse().unwrap(),
        country: "UZ".parse().unwrap(),
        version,
        issued: at(5),
        country_key: signer.public(),
        next_country_key: None,
        offices,
    }
}

fn signed(signer: &SigningKey, roster: &CountryRoster) -> Vec<u8> {
    envelope::sign::<CountryRoster>(signer, roster.encode()).bytes
}

fn pinned(signer: &SigningKey) -> Rosters {
    let mut rosters = Rosters::new("demo.example".parse().unwrap());
    rosters.pin("UZ".parse().unwrap(), Fingerprint::of_key(&signer.public().0)).unwrap();
    rosters
}

fn put(rosters: &mut Rosters, bytes: &[u8]) {
    match rosters.check(bytes).unwrap() {
        Change::InForce(roster) => rosters.put(roster),
        Change::None(_) => panic!("no news"),
    }
}

#[test]
fn a_roster_comes_back() {
    let signer = SigningKey::from_seed(&[9; 32]);
    let roster = roster(&signer, 3, vec![office("UZ-ALT"), office("UZ-NCC")]);
    assert_eq!(CountryRoster::decode(&roster.encode()), Ok(roster));
}

#[test]
fn what_a_roster_may_not_say() {
    let signer = SigningKey::from_seed(&[9; 32]);
    let refused = |change: fn(&mut CountryRoster)| {
        let mut roster = roster(&signer, 1, vec![office("UZ-ALT")]);
        change(&mut roster);
        CountryRoster::decode(&roster.encode()).is_err()
    };
    assert!(!refused(|_| ()));
    assert!(refused(|roster| roster.version = 0));
    assert!(refused(|roster| roster.offices.push(office("UZ-ALT"))), "an office twice");
    assert!(refused(|roster| roster.offices.push(office("TM-FAR"))), "an office of another country");
    assert!(refused(|roster| roster.offices[0].endpoints = vec!["nowhere".to_owned()]));
    assert!(refused(|roster| roster.offices[0].endpoints = vec!["a:1".to_owned(); limits::ENDPOINTS + 1]));
    assert!(!refused(|roster| roster.offices[0].tls_keys = vec![key(Digest([1; 32])); limits::KEYS]));
    assert!(refused(|roster| roster.offices[0].tls_keys = vec![key(Digest([1; 32])); limits::KEYS + 1]));
    assert!(refused(|roster| roster.offices[0].seal_keys[0].key.truncate(5)));
    assert!(refused(|roster| roster.offices[0].names[0].name = "a\u{7}".to_owned()));
}

#[test]
fn endpoints_are_host_and_port() {
    for good in ["a:1", "alat.example:7443", "10.0.0.1:65535", "[::1]:7443"] {
        assert!(is_endpoint(good), "{good}");
    }
    for bad in ["", "a", ":1", "a:0", "a:65536", "a:+1", "a b:1", "::1:7443", "[::1:7443", "[x]:1", "http://a:1/"] {
        assert!(!is_endpoint(bad), "{bad}");
    }
}

#[test]
fn only_the_pinned_key_and_its_heir_put_rosters_into_force() {
    let [first, heir, other] = [1, 2, 3].map(|seed| SigningKey::from_seed(&[seed; 32]));
    let mut rosters = pinned(&first);
    let uz = "UZ".parse().unwrap();
    let by_other = signed(&other, &roster(&other, 9, vec![]));
    assert_eq!(rosters.check(&by_other).unwrap_err(), RosterError::OtherKey(uz));
    // The key that is named is not the key that signs.
    let borrowed = signed(&other, &roster(&first, 9, vec![]));
    assert!(matches!(rosters.check(&borrowed), Err(RosterError::Envelope(_))));
    put(
        &mut rosters,
        &signed(&first, &CountryRoster { next_country_key: Some(heir.public()), ..roster(&first, 1, vec![]) }),
    );
    put(&mut rosters, &signed(&heir, &roster(&heir, 2, vec![office("UZ-ALT")])));
    // The heir has taken over: the first key counts no more.
    assert_eq!(rosters.check(&signed(&first, &roster(&first, 3, vec![]))).unwrap_err(), RosterError::OtherKey(uz));
    assert!(rosters.office("UZ-ALT".parse().unwrap()).is_some());
}

#[test]
fn the_highest_version_stays_in_force() {
    let signer = SigningKey::from_seed(&[1; 32]);
    let mut rosters = pinned(&signer);
    let second = signed(&signer, &roster(&signer, 2, vec![]));
    put(&mut rosters, &second);
    assert!(matches!(rosters.check(&second), Ok(Change::None(_))));
    let older = rosters.check(&signed(&signer, &roster(&signer, 1, vec![])));
    assert!(matches!(older, Err(RosterError::Older { version: 1, in_force: 2, .. })));
    let fork = rosters.check(&signed(&signer, &roster(&signer, 2, vec![office("UZ-ALT")])));
    assert!(matches!(fork, Err(RosterError::Fork { version: 2, .. })));
}

#[test]
fn an_office_never_goes_back_to_an_earlier_key() {
    let signer = SigningKey::from_seed(&[1; 32]);
    let [first, second] = [1, 2].map(|seed| SigningKey::from_seed(&[seed; 32]).public());
    let ended = |key, until| Key { key, from: at(10), until, compromised: None };
    let with = |version, office_keys| {
        signed(&signer, &roster(&signer, version, vec![Office { office_keys, ..office("UZ-ALT") }]))
    };
    let mut rosters = pinned(&signer);
    put(&mut rosters, &with(1, vec![ended(first, None)]));
    put(&mut rosters, &with(2, vec![ended(first, Some(at(20))), Key { from: at(20), ..key(second) }]));
    let back = with(3, vec![Key { from: at(30), ..key(first) }, ended(second, Some(at(30)))]);
    assert_eq!(rosters.check(&back), Err(RosterError::Reopened("UZ-ALT".parse().unwrap())));
    // Nor if the roster forgets that there was a second one.
    let alone = with(3, vec![ended(first, None)]);
    assert_eq!(rosters.check(&alone), Err(RosterError::Reopened("UZ-ALT".parse().unwrap())));
    // Without a key it waits for one.
    assert!(matches!(rosters.check(&with(3, vec![ended(first, Some(at(20)))])), Ok(Change::InForce(_))));
}

#[test]
fn keys_count_from_until_and_not_in_wrong_hands() {
    let signer = SigningKey::from_seed(&[1; 32]);
    let mut office = office("UZ-ALT");
    office.office_keys[0].until = Some(at(20));
    let counts = |office: &Office, ms: i64| !office.keys_at(at(ms)).is_empty();
    assert_eq!([9, 10, 20, 21].map(|ms| counts(&office, ms)), [false, true, true, false]);
    assert_eq!(office.office_key(), None, "a retired key is not in use");
    office.office_keys[0].compromised = Some(at(15));
    assert!(!counts(&office, 12), "nor for what is new to us");
    assert_eq!(office.keys_listed_at(at(12)), [signer.public()], "but what was logged before stays verified");
}

#[test]
fn a_card_is_signed_by_its_own_office_key() {
    let [own, other] = [1, 2].map(|seed| SigningKey::from_seed(&[seed; 32]));
    let card = Card { network: "demo.example".parse().unwrap(), issued: at(5), office: office("UZ-ALT") };
    let good = envelope::sign::<Card>(&own, card.encode()).bytes;
    assert_eq!(Card::verify(&good).unwrap().value(), &card);
    assert!(Card::verify(&envelope::sign::<Card>(&other, card.encode()).bytes).is_err());
    let keyless = Card { office: Office { seal_keys: vec![], ..card.office.clone() }, ..card };
    assert!(Card::verify(&envelope::sign::<Card>(&own, keyless.encode()).bytes).is_err());
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = CountryRoster::decode(&bytes);
        let _ = Card::verify(&bytes);
        let _ = pinned(&SigningKey::from_seed(&[1; 32])).check(&bytes);
    }

    #[test]
    fn a_changed_roster_is_refused_or_says_the_same(at in any::<prop::sample::Index>(), by in 1..=255_u8) {
        let signer = SigningKey::from_seed(&[1; 32]);
        let rosters = pinned(&signer);
        let said = roster(&signer, 1, vec![office("UZ-ALT")]);
        let mut bytes = signed(&signer, &said);
        let at = at.index(bytes.len());
        bytes[at] ^= by;
        if let Ok(Change::InForce(roster)) = rosters.check(&bytes) {
            prop_assert_eq!(roster.value(), &said);
        }
    }

    #[test]
    fn no_endpoint_panics(text in ".{0,40}") {
        let _ = is_endpoint(&text);
    }
}
