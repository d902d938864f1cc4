//! What the rosters in force say of a TLS key.

use chapar::domain::envelope::SigningKey;
use chapar::domain::envelope::sign;
use chapar::domain::roster::Change;
use chapar::domain::roster::CountryRoster;
use chapar::domain::roster::Key;
use chapar::domain::roster::Office;
use chapar::domain::roster::OfficeState;
use chapar::domain::roster::Rosters;
use chapar::name::Digest;
use chapar::name::Fingerprint;
use chapar::name::OfficeCode;
use chapar::time::Timestamp;
use chapar::wire;

use crate::tls::rig::office;

#[test]
fn a_pin_counts_while_office_and_key_do() {
    let (network, now) = ("central-asia.example".parse().unwrap(), Timestamp::from_ms(1_795_500_000_000).unwrap());
    let [active, retired, compromised, of_revoked] = [1, 2, 3, 4].map(|number| Digest([number; 32]));
    let open = |pin| Key { key: pin, from: now, until: None, compromised: None };
    let alt = vec![
        open(active),
        Key { until: Some(now), ..open(retired) },
        Key { compromised: Some(now), ..open(compromised) },
    ];
    let member = |code, state, tls_keys| Office {
        code: office(code),
        agency: wire::Agency::Customs,
        names: Vec::new(),
        state,
        endpoints: Vec::new(),
        tls_keys,
        office_keys: Vec::new(),
        seal_keys: Vec::new(),
        position: None,
    };
    let country_key = SigningKey::from_seed(&[7; 32]);
    let roster = CountryRoster {
        network,
        country: office("UZ-ALT").country(),
        version: 1,
        issued: now,
        country_key: country_key.public(),
        next_country_key: None,
        offices: vec![
            member("UZ-ALT", OfficeState::Active, alt),
            member("UZ-TER", OfficeState::Suspended, vec![open(active)]),
            member("UZ-OLD", OfficeState::Revoked, vec![open(of_revoked), open(active)]),
        ],
    };
    let mut rosters = Rosters::new(roster.network.clone());
    rosters.pin(roster.country, Fingerprint::of_key(&country_key.public().0)).unwrap();
    let Ok(Change::InForce(roster)) = rosters.check(&sign::<CountryRoster>(&country_key, roster.encode()).bytes) else {
        panic!("not in force");
    };
    rosters.put(roster);

    let may = |pin| rosters.by_pin(pin).map(|office| office.code).collect::<Vec<OfficeCode>>();
    let barred = |pin| rosters.barred_by_pin(pin).map(|office| office.code).collect::<Vec<OfficeCode>>();
    assert_eq!((may(active), barred(active)), (vec![office("UZ-ALT"), office("UZ-TER")], vec![office("UZ-OLD")]));
    assert_eq!((may(of_revoked), barred(of_revoked)), (vec![], vec![office("UZ-OLD")]));
    for pin in [retired, compromised] {
        assert_eq!((may(pin), barred(pin)), (vec![], vec![office("UZ-ALT")]));
    }
    let unknown = Digest([9; 32]);
    assert_eq!((may(unknown), barred(unknown)), (vec![], vec![]));
}
