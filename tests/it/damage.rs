//! Damaged files of a sled store: it reports damage, or it is what it was after some commit; it never shows anything
//! else. A state that is too old is for the noted head to notice.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chapar::edge::sled::SledStore;
use chapar::engine::store::Applied;
use chapar::engine::store::Batch;
use chapar::engine::store::Row;
use chapar::engine::store::Store as _;
use chapar::engine::store::StoreError;
use chapar::engine::store::View as _;

const COMMITS: u64 = 40;
/// A prime, so that places do not line up with anything in the files.
const STEP: usize = 6_011;

fn batch(number: u64) -> Batch {
    let mut batch = Batch::new(number);
    let byte = u8::try_from(number).unwrap();
    batch.put(format!("entry/{number:04}").into_bytes(), vec![byte; 3_000]);
    batch.put(format!("other/{number:04}").into_bytes(), vec![byte; 100 + usize::from(byte) * 7]);
    batch.put(b"head".to_vec(), vec![byte; 40]);
    if number > 5 {
        batch.delete(format!("other/{:04}", number - 5).into_bytes());
    }
    batch
}

/// The rows after each commit.
fn states() -> Vec<BTreeMap<Vec<u8>, Vec<u8>>> {
    let mut states = vec![BTreeMap::from([(b"#".to_vec(), vec![0; 8])])];
    for number in 1..=COMMITS {
        let mut rows = states[states.len() - 1].clone();
        for (key, change) in batch(number).changes() {
            match change {
                Some(value) => rows.insert(key.clone(), value.clone()),
                None => rows.remove(key),
            };
        }
        rows.insert(b"#".to_vec(), number.to_be_bytes().to_vec());
        states.push(rows);
    }
    states
}

fn make(path: &Path) {
    let mut store = SledStore::create(path).unwrap();
    for number in 1..=COMMITS {
        assert_eq!(store.apply(&batch(number)), Applied::Durable);
        if number % 15 == 0 {
            // Opening writes a snapshot.
            drop(store);
            store = SledStore::open(path).unwrap();
        }
    }
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir(to).unwrap();
    for file in files(from) {
        fs::copy(from.join(&file), to.join(&file)).unwrap();
    }
}

fn files(folder: &Path) -> Vec<String> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let all = all.filter(|entry| entry.metadata().unwrap().is_file());
    all.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

fn read(path: &Path) -> Result<(u64, Vec<Row>), StoreError> {
    let store = SledStore::open(path)?;
    Ok((store.last_number()?, store.scan(&[], &[0xFF], usize::MAX)?))
}

/// Whether the damage was reported (`None`), or after which commit the store was found.
fn found(path: &Path, states: &[BTreeMap<Vec<u8>, Vec<u8>>], what: &str) -> Option<u64> {
    match read(path) {
        Err(StoreError::Unreadable(_)) => None,
        Err(other) => panic!("{what}: {other}"),
        Ok((number, rows)) => {
            let rows: BTreeMap<_, _> = rows.into_iter().collect();
            assert!(states[usize::try_from(number).unwrap()] == rows, "{what}: not the state after commit {number}");
            Some(number)
        }
    }
}

#[test]
fn damage_is_reported_or_leaves_an_older_state() {
    let data = tempfile::tempdir().unwrap();
    let (whole, damaged) = (data.path().join("whole"), data.path().join("damaged"));
    make(&whole);
    let states = states();
    let (mut reported, mut older, mut same) = (0, 0, 0);
    for file in files(&whole) {
        let bytes = fs::read(whole.join(&file)).unwrap();
        let step = if bytes.len() > STEP { STEP } else { 7 };
        for place in (0..bytes.len()).step_by(step) {
            for cut in [false, true] {
                let mut bytes = bytes.clone();
                if cut {
                    bytes.truncate(place);
                } else {
                    bytes[place] ^= 1 << (place % 8);
                }
                copy(&whole, &damaged);
                fs::write(damaged.join(&file), bytes).unwrap();
                match found(&damaged, &states, &format!("{file}, byte {place}, cut: {cut}")) {
                    None => reported += 1,
                    Some(COMMITS) => same += 1,
                    Some(_) => older += 1,
                }
            }
        }
    }
    // The same: dead space, and snapshots, which only shorten the start.
    assert!(reported > 0 && older > 0 && same > 0, "reported {reported}, older {older}, same {same}");
}
