//! What every store must do, tried on each of them; and what a pending batch shows. What only sled's files can do is
//! tested beside it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::thread;

use chapar::edge::memory::Fault;
use chapar::edge::memory::MemoryStore;
use chapar::edge::sled::SledStore;
use chapar::engine::store::Applied;
use chapar::engine::store::Batch;
use chapar::engine::store::CommitError;
use chapar::engine::store::NUMBER_KEY;
use chapar::engine::store::Pending;
use chapar::engine::store::Row;
use chapar::engine::store::Store;
use chapar::engine::store::StoreError;
use chapar::engine::store::View;
use chapar::engine::store::commit;
use chapar::limits::ROW_BYTES;
use proptest::prelude::*;

/// Rows that a batch writes and deletes.
type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;
/// Opens the same store again and again.
type Reopen = Box<dyn Fn() -> Box<dyn Store>>;

fn memory() -> Reopen {
    let store = MemoryStore::new();
    Box::new(move || Box::new(store.clone()))
}

/// The folder lives as long as the store can be reopened.
fn sled() -> Reopen {
    let data = tempfile::tempdir().unwrap();
    let path: PathBuf = data.path().join("store");
    drop(SledStore::create(&path).unwrap());
    Box::new(move || {
        let _ = &data;
        Box::new(SledStore::open(&path).unwrap())
    })
}

#[test]
fn memory_conforms() {
    conformance(memory);
}

#[test]
fn sled_conforms() {
    conformance(sled);
}

fn conformance(new: impl Fn() -> Reopen) {
    an_empty_store(&*new()());
    rows_are_put_read_and_deleted(&*new()());
    scans_have_order_and_limits(&*new()());
    only_the_next_number_applies(&*new()());
    rows_have_a_largest_size(&*new()());
    commits_survive_reopening(&new());
    no_scan_sees_a_part_of_a_commit(&*new()());
}

fn batch(number: u64, changes: &[(&str, Option<&str>)]) -> Batch {
    let mut batch = Batch::new(number);
    for (key, change) in changes {
        match change {
            Some(value) => batch.put(key.as_bytes().to_vec(), value.as_bytes().to_vec()),
            None => batch.delete(key.as_bytes().to_vec()),
        }
    }
    batch
}

/// All rows but the one with the number.
fn all(view: &dyn View) -> Vec<Row> {
    let rows = view.scan(&[], &[0xFF; 8], usize::MAX).unwrap();
    rows.into_iter().filter(|(key, _)| key != NUMBER_KEY).collect()
}

fn rows(rows: &[(&str, &str)]) -> Vec<Row> {
    rows.iter().map(|(key, value)| (key.as_bytes().to_vec(), value.as_bytes().to_vec())).collect()
}

fn an_empty_store(store: &dyn Store) {
    assert_eq!(store.last_number(), Ok(0));
    assert_eq!(store.get(b"k"), Ok(None));
    assert_eq!(store.get(NUMBER_KEY), Ok(Some(vec![0; 8])));
    assert_eq!(all(store), []);
    assert_eq!(store.apply(&Batch::new(1)), Applied::Durable, "an empty batch counts");
    assert_eq!(store.last_number(), Ok(1));
}

fn rows_are_put_read_and_deleted(store: &dyn Store) {
    let first = batch(1, &[("a", Some("1")), ("b", Some("")), ("c", Some("3")), ("absent", None)]);
    assert_eq!(store.apply(&first), Applied::Durable);
    assert_eq!(store.get(b"b"), Ok(Some(vec![])));
    assert_eq!(store.get(b"absent"), Ok(None));
    assert_eq!(store.apply(&batch(2, &[("a", None), ("c", Some("4")), ("d", Some("5"))])), Applied::Durable);
    assert_eq!(all(store), rows(&[("b", ""), ("c", "4"), ("d", "5")]));
    assert_eq!(store.get(b"a"), Ok(None));
    assert_eq!(store.last_number(), Ok(2));
    assert_eq!(store.get(NUMBER_KEY), Ok(Some(2_u64.to_be_bytes().to_vec())));
    assert_eq!(store.apply(&batch(3, &[("#", None)])), Applied::Durable);
    assert_eq!(store.get(NUMBER_KEY), Ok(Some(3_u64.to_be_bytes().to_vec())), "the number is the store's own");
}

fn scans_have_order_and_limits(store: &dyn Store) {
    let put = [("b", Some("2")), ("a", Some("1")), ("ab", Some("3")), ("b\u{1}", Some("4")), ("c", Some("5"))];
    assert_eq!(store.apply(&batch(1, &put)), Applied::Durable);
    let scan = |from: &str, to: &str, limit| store.scan(from.as_bytes(), to.as_bytes(), limit).unwrap();
    assert_eq!(scan("a", "c", 9), rows(&[("a", "1"), ("ab", "3"), ("b", "2"), ("b\u{1}", "4")]));
    assert_eq!(scan("aa", "b", 9), rows(&[("ab", "3")]));
    assert_eq!(scan("a", "d", 2), rows(&[("a", "1"), ("ab", "3")]));
    assert_eq!(scan("a", "d", 5).len(), 5);
    assert_eq!(scan("a", "d", 0), []);
    assert_eq!(scan("a", "d", usize::MAX).len(), 5);
    for (from, to) in [("b", "b"), ("c", "a"), ("", "")] {
        assert_eq!(scan(from, to, 9), [], "{from} to {to}");
    }
}

fn only_the_next_number_applies(store: &dyn Store) {
    let put = [("a", Some("1"))];
    assert_eq!(store.apply(&batch(1, &put)), Applied::Durable);
    for wrong in [0, 1, 3, u64::MAX] {
        assert_eq!(store.apply(&batch(wrong, &[("a", Some("2")), ("b", Some("2"))])), Applied::Fenced(1));
        assert_eq!(commit(store, &batch(wrong, &put), ()), Err(CommitError::Fenced(1)));
        assert_eq!(all(store), rows(&[("a", "1")]), "after number {wrong}");
    }
    assert_eq!(commit(store, &batch(2, &put), "said").unwrap().into_inner(), "said");
}

fn rows_have_a_largest_size(store: &dyn Store) {
    let mut large = Batch::new(1);
    large.put(b"a".to_vec(), vec![1; ROW_BYTES]);
    large.put(b"b".to_vec(), vec![1; ROW_BYTES + 1]);
    assert_eq!(store.apply(&large), Applied::NotApplied(StoreError::RowTooLarge(ROW_BYTES + 1)));
    assert_eq!(all(store), []);
    large.put(b"b".to_vec(), vec![2; ROW_BYTES]);
    assert_eq!(store.apply(&large), Applied::Durable, "our own mistake does not stop the store");
    assert_eq!(store.get(b"b"), Ok(Some(vec![2; ROW_BYTES])));
}

fn commits_survive_reopening(open: &Reopen) {
    for number in 1..=5_u64 {
        let store = open();
        assert_eq!(store.last_number(), Ok(number - 1));
        assert_eq!(store.apply(&batch(number - 1, &[("z", Some("stale"))])), Applied::Fenced(number - 1));
        assert_eq!(store.apply(&batch(number, &[(&format!("row {number}"), Some("x"))])), Applied::Durable);
    }
    assert_eq!(all(&*open()).len(), 5);
}

fn no_scan_sees_a_part_of_a_commit(store: &dyn Store) {
    const COMMITS: u64 = 100;
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 1..=COMMITS {
                let mut batch = Batch::new(number);
                for row in 0..50_u8 {
                    batch.put(vec![b'a', row], number.to_be_bytes().to_vec());
                }
                assert_eq!(store.apply(&batch), Applied::Durable);
            }
        });
        while store.last_number().unwrap() < COMMITS {
            let rows = store.scan(b"a", b"b", usize::MAX).unwrap();
            assert!(rows.windows(2).all(|pair| pair[0].1 == pair[1].1), "rows of two commits");
            assert!(rows.is_empty() || rows.len() == 50);
        }
    });
}

#[test]
fn a_failing_store_gets_nothing_said() {
    let store = MemoryStore::new();
    let not_applied = store.clone().failing_apply(|_| Fault::FailNotApplied(StoreError::Full));
    assert_eq!(
        commit(&not_applied, &batch(1, &[("a", Some("1"))]), ()),
        Err(CommitError::NotApplied(StoreError::Full))
    );
    let applied = store.clone().failing_apply(|_| Fault::FailApplied(StoreError::Full));
    assert_eq!(commit(&applied, &batch(1, &[("a", Some("1"))]), ()), Err(CommitError::Unknown(StoreError::Full)));
    assert_eq!(store.last_number(), Ok(1), "which only reopening tells");
    // Nothing to write is nothing that can fail, and no commit.
    assert_eq!(commit(&not_applied, &Batch::new(7), "said").unwrap().into_inner(), "said");
    assert_eq!(store.last_number(), Ok(1));
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    // Few keys, so that batches meet; one to three letters, so that some are prefixes of others.
    prop::collection::vec(prop::sample::select(vec![b'a', b'b', 0x00, 0xFE]), 1..4)
}

fn changes() -> impl Strategy<Value = Changes> {
    let value = prop::option::of(prop::collection::vec(any::<u8>(), 0..40));
    prop::collection::btree_map(key(), value, 0..12)
}

fn to_batch(number: u64, changes: &Changes) -> Batch {
    let mut batch = Batch::new(number);
    for (key, change) in changes {
        match change {
            Some(value) => batch.put(key.clone(), value.clone()),
            None => batch.delete(key.clone()),
        }
    }
    batch
}

fn change(model: &mut BTreeMap<Vec<u8>, Vec<u8>>, changes: &Changes) {
    for (key, change) in changes {
        match change {
            Some(value) => model.insert(key.clone(), value.clone()),
            None => model.remove(key),
        };
    }
}

fn scan_model(model: &BTreeMap<Vec<u8>, Vec<u8>>, from: &[u8], to: &[u8], limit: usize) -> Vec<Row> {
    let between = model.iter().filter(|(key, _)| key.as_slice() >= from && key.as_slice() < to);
    between.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Applies batches, reopening after each where `reopen` says so, and compares with a plain map.
fn follows_the_model(open: &Reopen, batches: &[(Changes, bool)], from: &[u8], to: &[u8], limit: usize) {
    let mut model = BTreeMap::new();
    let mut store = open();
    for (number, (changes, reopen)) in (1..).zip(batches) {
        assert_eq!(store.apply(&to_batch(number, changes)), Applied::Durable);
        change(&mut model, changes);
        if *reopen {
            drop(store);
            store = open();
        }
        assert_eq!(store.last_number(), Ok(number));
        assert_eq!(all(&*store), scan_model(&model, &[], &[0xFF], usize::MAX));
        assert_eq!(store.scan(from, to, limit), Ok(scan_model(&model, from, to, limit)));
        for key in changes.keys() {
            assert_eq!(store.get(key).unwrap().as_ref(), model.get(key));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn stores_follow_a_plain_map(
        batches in prop::collection::vec((changes(), any::<bool>()), 1..12),
        from in key(),
        to in key(),
        limit in 0_usize..20,
    ) {
        // The number's own row is left out of the comparison of ranges: "#" sorts before "a" and after 0x00.
        prop_assume!(!(from.as_slice() <= NUMBER_KEY && NUMBER_KEY < to.as_slice()));
        follows_the_model(&memory(), &batches, &from, &to, limit);
        follows_the_model(&sled(), &batches, &from, &to, limit);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_pending_batch_looks_like_the_store_after_it(
        base in changes(),
        pending in changes(),
        from in key(),
        to in key(),
        limit in 0_usize..10,
    ) {
        let store = MemoryStore::new();
        store.apply(&to_batch(1, &base));
        let mut view = Pending::new(&store, 2);
        for (key, change) in &pending {
            match change {
                Some(value) => view.put(key.clone(), value.clone()),
                None => view.delete(key.clone()),
            }
        }
        let scanned = view.scan(&from, &to, limit).unwrap();
        let got: Vec<_> = pending.keys().map(|key| view.get(key).unwrap()).collect();
        let untouched = view.get(&from).unwrap();

        let after = MemoryStore::new();
        after.apply(&to_batch(1, &base));
        prop_assert_eq!(after.apply(&view.into_batch()), Applied::Durable);
        // The rows of the store, whose number the pending batch does not change yet.
        let number = |rows: Vec<Row>| -> Vec<_> {
            rows.into_iter().map(|(key, value)| if key == NUMBER_KEY { (key, vec![]) } else { (key, value) }).collect()
        };
        prop_assert_eq!(number(scanned), number(after.scan(&from, &to, limit).unwrap()));
        prop_assert_eq!(got, pending.keys().map(|key| after.get(key).unwrap()).collect::<Vec<_>>());
        prop_assert_eq!(untouched, after.get(&from).unwrap());
    }
}
