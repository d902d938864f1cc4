//! The offices of the sample data as pure machines: stores in memory, frames carried by hand.

use chapar::domain::envelope;
use chapar::domain::envelope::SigningKey;
use chapar::domain::roster::CountryRoster;
use chapar::domain::roster::Key;
use chapar::domain::roster::Office;
use chapar::domain::roster::OfficeState;
use chapar::domain::seal::SealKey;
use chapar::domain::seal::VaultKey;
use chapar::edge::memory::MemoryStore;
use chapar::edge::tls::TlsKey;
use chapar::engine::accept;
use chapar::entropy::SeededEntropy;
use chapar::name::Country;
use chapar::name::Fingerprint;
use chapar::name::OfficeCode;
use chapar::name::OfficerId;
use chapar::office::Command;
use chapar::office::Identity;
use chapar::office::Reply;
use chapar::office::Vault;
use chapar::office::Writer;
use chapar::office::read;
use chapar::time::Timestamp;
use chapar::wire;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::support::lawful;
use crate::support::office::one_for_everything;
use crate::support::second;

/// The network of the data.
pub(crate) const NETWORK: &str = "central-asia.example";

fn data(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).unwrap()
}

/// An office without a node: store and writer.
pub(crate) struct Desk {
    pub(crate) me: Identity,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) writer: Writer,
}

impl Desk {
    fn open(code: OfficeCode, seed: u8) -> Self {
        let me = Identity {
            network: NETWORK.parse().unwrap(),
            office: code,
            agency: wire::Agency::Customs,
            signing: SigningKey::from_seed(&[seed; 32]),
            seal_keys: vec![SealKey::from_seed(&[seed; 32])],
            vault: Vault::fixed(VaultKey::from_bytes([seed; 32])),
            agreements: lawful::of_samples(),
        };
        let store = Arc::new(MemoryStore::new());
        let officer = one_for_everything(code);
        Writer::create(
            &*store,
            &me,
            &[officer, second::enrolment(code)],
            Timestamp::ZERO,
            &mut SeededEntropy::new(seed.into()),
        )
        .unwrap();
        let entropy = Box::new(SeededEntropy::new(u64::from(seed) + 1000));
        let writer = Writer::open(Arc::<MemoryStore>::clone(&store), me.clone(), entropy).unwrap();
        Self { me, store, writer }
    }

    /// Its first officer.
    pub(crate) fn officer(&self) -> OfficerId {
        format!("{}-O01", self.me.office).parse().unwrap()
    }

    /// As its country's roster lists it.
    pub(crate) fn listed(&self) -> Office {
        fn key<T>(key: T) -> Vec<Key<T>> {
            vec![Key { key, from: Timestamp::ZERO, until: None, compromised: None }]
        }
        Office {
            code: self.me.office,
            agency: wire::Agency::Customs,
            names: vec![],
            state: OfficeState::Active,
            endpoints: vec![],
            tls_keys: key(TlsKey::make(self.me.office).unwrap().pin()),
            office_keys: key(self.me.signing.public()),
            seal_keys: key(self.me.seal_keys[0].public().to_vec()),
            position: None,
        }
    }

    pub(crate) fn ask(&mut self, now: Timestamp, command: Command) -> Reply {
        self.writer.commit(now, vec![command]).unwrap().into_inner().remove(0)
    }
}

/// The offices of the data, which know each other.
pub(crate) fn desks() -> BTreeMap<OfficeCode, Desk> {
    let offices: Value = serde_json::from_slice(&data("offices.json")).unwrap();
    let codes = offices["offices"].as_array().unwrap().iter().map(|office| office["code"].as_str().unwrap());
    let mut desks: BTreeMap<OfficeCode, Desk> = BTreeMap::new();
    for (seed, code) in (1..).zip(codes) {
        let code: OfficeCode = code.parse().unwrap();
        desks.insert(code, Desk::open(code, seed));
    }
    let countries: BTreeMap<Country, SigningKey> = desks
        .keys()
        .map(|code| code.country())
        .map(|c| (c, SigningKey::from_seed(&[c.to_string().as_bytes()[0]; 32])))
        .collect();
    let rosters: Vec<Vec<u8>> = countries
        .iter()
        .map(|(country, key)| {
            let offices =
                desks.values().filter(|desk| desk.me.office.country() == *country).map(Desk::listed).collect();
            let roster = CountryRoster {
                network: NETWORK.parse().unwrap(),
                country: *country,
                version: 1,
                issued: Timestamp::ZERO,
                country_key: key.public(),
                next_country_key: None,
                offices,
            };
            envelope::sign::<CountryRoster>(key, roster.encode()).bytes
        })
        .collect();
    for (code, desk) in &mut desks {
        let first: OfficerId = format!("{code}-O01").parse().unwrap();
        for (country, key) in &countries {
            let fingerprint = Fingerprint::of_key(&key.public().0);
            desk.ask(Timestamp::ZERO, Command::Trust { officer: first.clone(), country: *country, fingerprint });
        }
        let reply = desk.ask(Timestamp::ZERO, Command::Import { actor: Some(first), rosters: rosters.clone() });
        assert!(matches!(reply, Reply::Imported(Ok(_))), "{reply:?}");
    }
    desks
}

/// Sends what waits for an addressee, and stores the receipts.
pub(crate) fn deliver(desks: &mut BTreeMap<OfficeCode, Desk>, from: OfficeCode, to: OfficeCode, now: Timestamp) {
    let peer_log = desks[&to].me.log_id();
    for lane in chapar::domain::dispatch::Lane::URGENT_FIRST {
        for waiting in read::waiting(&*desks[&from].store, to, peer_log, lane, 0, 100).unwrap() {
            let addressee = desks.get_mut(&to).unwrap();
            let rosters = addressee.writer.shared().rosters();
            let me = addressee.me.addressee();
            let incoming = accept::deliver(&rosters, &me, from, now, &waiting.deliver).unwrap();
            assert!(incoming.verdict.is_ok(), "{:?}", incoming.verdict);
            let Reply::Answered(Ok(receipt)) = addressee.ask(now, Command::Arrive(Box::new(incoming))) else {
                panic!()
            };
            let sender = desks.get_mut(&from).unwrap();
            let receipt = accept::receipt(&sender.writer.shared().rosters(), from, to, &receipt).unwrap();
            let stored = sender.ask(now, Command::Receipt(Box::new(receipt)));
            assert!(matches!(stored, Reply::ReceiptStored(Ok(_))), "{stored:?}");
        }
    }
}
