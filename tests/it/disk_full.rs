//! A full disk: everything that was acknowledged is there when there is space again. Needs root and `mount`; says so
//! and passes where it has not.

use std::path::Path;
use std::process::Command;

use chapar::edge::sled::SledStore;
use chapar::engine::store::Applied;
use chapar::engine::store::Batch;
use chapar::engine::store::Store as _;
use chapar::engine::store::StoreError;
use chapar::engine::store::View as _;

/// A small disk in memory, gone with this value.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = mount(&["-t", "tmpfs", "-o", "size=8m", "chapar-test"], folder.path());
        mounted.then(|| Self(folder))
    }

    fn grow(&self) {
        assert!(mount(&["-o", "remount,size=64m"], self.0.path()));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).output();
    }
}

fn mount(options: &[&str], at: &Path) -> bool {
    Command::new("mount").args(options).arg(at).output().is_ok_and(|output| output.status.success())
}

fn batch(number: u64) -> Batch {
    let mut batch = Batch::new(number);
    for row in 0..8_u64 {
        batch.put(format!("{number:06}/{row}").into_bytes(), (number * 8 + row).to_be_bytes().repeat(400));
    }
    batch
}

#[test]
fn what_was_acknowledged_outlives_a_full_disk() {
    let Some(disk) = SmallDisk::mount() else {
        println!("SKIPPED: a small disk cannot be mounted here (needs root)");
        return;
    };
    let path = disk.0.path().join("store");
    let store = SledStore::create(&path).unwrap();
    let mut acknowledged = 0;
    let failure = loop {
        match store.apply(&batch(acknowledged + 1)) {
            Applied::Durable => acknowledged += 1,
            other => break other,
        }
    };
    assert_eq!(failure, Applied::Unknown(StoreError::Full));
    assert!(acknowledged > 10, "only {acknowledged} commits in 8 MiB");
    assert_eq!(store.apply(&batch(acknowledged + 1)), Applied::NotApplied(StoreError::Full), "it stays out of use");
    drop(store);

    disk.grow();
    let store = SledStore::open(&path).unwrap();
    let last = store.last_number().unwrap();
    assert!(last == acknowledged || last == acknowledged + 1, "{last} of {acknowledged}");
    for number in 1..=last {
        for (key, change) in batch(number).changes() {
            assert_eq!(store.get(key).unwrap(), *change, "commit {number} of {acknowledged}");
        }
    }
    assert_eq!(store.apply(&batch(last + 1)), Applied::Durable);
}
