//! Tests of the sled store that need its files; what every store must do is in `tests/it/store.rs`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use super::*;

fn batch(number: u64, rows: u64, bytes: usize) -> Batch {
    let mut batch = Batch::new(number);
    for row in 0..rows {
        let mut value = vec![0_u8; bytes];
        // Ciphertext: nothing that could be compressed.
        for (i, byte) in value.iter_mut().enumerate() {
            *byte = u8::try_from((i as u64).wrapping_mul(0x9E37_79B9).wrapping_add(row * number) >> 7 & 0xFF).unwrap();
        }
        batch.put(format!("row/{number:06}/{row:04}").into_bytes(), value);
    }
    batch
}

#[test]
fn create_refuses_what_is_there_and_open_what_is_not() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("store");
    assert!(matches!(SledStore::open(&path), Err(StoreError::Io(_))));
    assert!(!path.exists(), "open makes nothing");
    drop(SledStore::create(&path).unwrap());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(matches!(SledStore::create(&path), Err(StoreError::Io(_))));
    drop(SledStore::open(&path).unwrap());
    fs::remove_file(path.join("db")).unwrap();
    assert!(matches!(SledStore::open(&path), Err(StoreError::Io(_))));
    assert!(!path.join("db").exists(), "open makes nothing");
}

#[test]
fn rows_of_4_kib_never_become_blobs() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("store");
    let store = SledStore::create(&path).unwrap();
    for number in 1..=40 {
        assert_eq!(store.apply(&batch(number, 100, limits::ROW_BYTES)), Applied::Durable);
        assert_eq!(fs::read_dir(path.join("blobs")).unwrap().count(), 0, "after commit {number}");
    }
    assert_eq!(store.apply(&batch(41, 1, limits::ROW_BYTES + 1)), Applied::NotApplied(StoreError::RowTooLarge(4097)));
    assert_eq!(store.apply(&batch(41, 1, 1)), Applied::Durable);
}

#[test]
fn it_can_be_opened_again_at_once() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("store");
    let mut store = SledStore::create(&path).unwrap();
    for number in 1..=100 {
        assert_eq!(store.apply(&batch(number, 3, 1000)), Applied::Durable);
        drop(store);
        store = SledStore::open(&path).unwrap();
        assert_eq!(store.last_number(), Ok(number));
    }
}

#[test]
fn it_is_open_once() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("store");
    let store = SledStore::create(&path).unwrap();
    assert_eq!(SledStore::open(&path).unwrap_err(), StoreError::Locked);
    assert_eq!(store.apply(&batch(1, 1, 1)), Applied::Durable);
    drop(store);
    // A sled without our lock is noticed too.
    let other = config(&path).open().unwrap();
    assert_eq!(SledStore::open(&path).unwrap_err(), StoreError::Locked);
    drop(other);
    assert_eq!(SledStore::open(&path).unwrap().last_number(), Ok(1));
}

#[test]
fn left_over_and_damaged_snapshots_do_not_matter() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("store");
    let store = SledStore::create(&path).unwrap();
    assert_eq!(store.apply(&batch(1, 10, 100)), Applied::Durable);
    drop(store);
    drop(SledStore::open(&path).unwrap());
    let snapshot = files::snapshots(&path).unwrap().pop().unwrap();
    fs::write(path.join("snap.0000000000000001.generating"), b"torn").unwrap();
    fs::write(&snapshot, b"damaged in some way or other").unwrap();
    let store = SledStore::open(&path).unwrap();
    assert_eq!(store.last_number(), Ok(1));
    assert!(path.join("aside").join(snapshot.file_name().unwrap()).exists());
}

#[test]
fn after_an_error_every_call_fails() {
    let data = tempfile::tempdir().unwrap();
    let store = SledStore::create(&data.path().join("store")).unwrap();
    assert_eq!(store.fail(StoreError::Full), StoreError::Full);
    assert_eq!(store.get(b"k"), Err(StoreError::Full));
    assert_eq!(store.scan(b"a", b"b", 1), Err(StoreError::Full));
    assert_eq!(store.last_number(), Err(StoreError::Full));
    assert_eq!(store.apply(&Batch::new(1)), Applied::NotApplied(StoreError::Full));
}

#[test]
fn panics_of_sled_are_quiet_and_others_are_not() {
    let heard = Arc::new(Mutex::new(vec![]));
    let (before, hearing) = (std::panic::take_hook(), Arc::clone(&heard));
    std::panic::set_hook(Box::new(move |info| {
        hearing.lock().unwrap().push(thread::current().name().unwrap_or_default().to_owned());
        before(info);
    }));
    quiet_panics();
    for name in [THREAD, "sled-io-3", "log flusher", "somebody else"] {
        let panicking = thread::Builder::new().name(name.into()).spawn(|| panic!("for a test"));
        assert!(panicking.unwrap().join().is_err());
    }
    // Other tests may panic meanwhile, in threads of other names.
    let heard = heard.lock().unwrap().clone();
    assert!(heard.contains(&"somebody else".to_owned()));
    assert!(![THREAD, "sled-io-3", "log flusher"].iter().any(|name| heard.contains(&(*name).to_owned())));
}

#[test]
fn a_panic_is_an_error_that_quotes_nothing() {
    let error = guarded::<()>(|| panic!("row of an officer")).unwrap_err();
    assert!(matches!(&error, StoreError::Unreadable(text) if !text.contains("officer")), "{error}");
}
