//! The log's tree against an independent one (ct-merkle), and what makes a store an office's own.

use std::sync::Arc;

use chapar::domain::access::Access;
use chapar::edge::memory::MemoryStore;
use chapar::engine::log;
use chapar::engine::rows;
use chapar::engine::rows::key;
use chapar::engine::store::Batch;
use chapar::engine::store::Store;
use chapar::engine::store::View;
use chapar::entropy::SeededEntropy;
use chapar::name::Digest;
use chapar::office::Command;
use chapar::office::OpenError;
use chapar::office::Writer;
use ct_merkle::mem_backed_tree::MemoryBackedTree;

use crate::support::office::TestOffice;
use crate::support::office::identity;

fn access(office: &TestOffice) -> Command {
    Command::Access {
        officer: office.officer(),
        notices: vec![Digest([3; 32])],
        access: Access::View,
        why: None,
        attachment: None,
    }
}

/// An office whose log has grown to 200 entries by commits of different sizes.
fn grown() -> TestOffice {
    let mut office = TestOffice::new(identity("UZ-ALT", "first"));
    for entries in (1..).take_while(|n| n * (n + 1) / 2 <= 198) {
        let commands = (0..entries).map(|_| access(&office)).collect();
        office.commit(commands);
    }
    while office.writer.shared().head().size < 200 {
        let command = access(&office);
        office.commit(vec![command]);
    }
    office
}

#[test]
fn every_root_is_that_of_another_implementation() {
    let mut office = TestOffice::new(identity("UZ-ALT", "first"));
    let mut tree = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
    assert_eq!(log::Head::EMPTY.root.as_slice(), tree.root().as_bytes().as_slice());
    for size in 3..=200 {
        for index in tree.len()..size {
            tree.push(rows::entry_bytes(&office.store, index).unwrap());
        }
        let head = office.writer.shared().head();
        assert_eq!((head.size, head.root.as_slice()), (size, tree.root().as_bytes().as_slice()));
        let command = access(&office);
        office.commit(vec![command]);
    }
}

#[test]
fn stored_hashes_give_every_earlier_root_too() {
    let office = grown();
    let mut tree = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
    for size in 1..=200 {
        let entry = rows::entry_bytes(&office.store, size - 1).unwrap();
        for (place, hash) in log::hashes_of(&office.store, size - 1, &entry).unwrap() {
            assert_eq!(log::hash_at(&office.store, place).unwrap().unwrap(), hash);
        }
        tree.push(entry);
        assert_eq!(log::root_at(&office.store, size).unwrap().as_slice(), tree.root().as_bytes().as_slice());
    }
    assert!(log::root_at(&office.store, 201).is_err());
}

fn opened(office: &TestOffice) -> Result<(), OpenError> {
    let entropy = Box::new(SeededEntropy::new(9));
    Writer::open(Arc::new(office.store.clone()), office.me.clone(), entropy).map(drop)
}

/// Writes a row past the writer.
fn tamper(office: &TestOffice, key: Vec<u8>, value: Option<Vec<u8>>) {
    let mut batch = Batch::new(office.store.last_number().unwrap() + 1);
    match value {
        Some(value) => batch.put(key, value),
        None => batch.delete(key),
    }
    assert_eq!(office.store.apply(&batch), chapar::engine::store::Applied::Durable);
}

#[test]
fn a_store_opens_only_as_what_it_is() {
    assert_eq!(opened(&grown()), Ok(()));
    let mut office = grown();
    office.me = identity("UZ-ALT", "second");
    assert_eq!(opened(&office), Err(OpenError::OtherKey));
    // A slip in the configuration would sign what nobody takes, for good.
    let was = |office: &str, network: &str| {
        Err(OpenError::OtherOffice { office: office.to_owned(), network: network.to_owned() })
    };
    let mut office = grown();
    let network = office.me.network.to_string();
    office.me.network = "other.example".parse().unwrap();
    assert_eq!(opened(&office), was("UZ-ALT", &network));
    let mut office = grown();
    office.me.office = "UZ-NCC".parse().unwrap();
    assert_eq!(opened(&office), was("UZ-ALT", &network));
    let empty = TestOffice { store: MemoryStore::new(), ..grown() };
    assert_eq!(opened(&empty), Err(OpenError::Empty));
    let office = grown();
    let mut head = log::Head::read(&office.store).unwrap().unwrap();
    head.size -= 1;
    tamper(&office, key::HEAD.to_vec(), Some(prost::Message::encode_to_vec(&head.to_wire())));
    assert_eq!(opened(&office), Err(OpenError::Head));
    let office = grown();
    let first = office.store.get(&key::hashes(0)).unwrap().unwrap();
    tamper(&office, key::hashes(0), None);
    assert_eq!(opened(&office), Ok(()), "no hash of it is a part of the root of 200; log verify finds it");
    for cut in [first[1..].to_vec(), [first.clone(), first].concat()] {
        tamper(&office, key::hashes(0), Some(cut));
        assert!(log::hash_at(&office.store, 0).is_err(), "no run of hashes");
    }
    // 200 = 128 + 64 + 8: the last subtree's own hash.
    let office = grown();
    let count = log::hash_count(200);
    let run = (count - 1) / log::HASHES;
    let mut row = office.store.get(&key::hashes(run)).unwrap().unwrap();
    let last = row.len() - 1;
    row[last] ^= 1;
    tamper(&office, key::hashes(run), Some(row));
    assert_eq!(opened(&office), Err(OpenError::Head));
}
