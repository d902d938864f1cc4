//! What is found after a power cut: everything that was durable, and whole commits only.

use std::collections::BTreeMap;
use std::path::Path;

use chapar::edge::note;
use chapar::edge::sled::SledStore;
use chapar::engine::log;
use chapar::engine::store::NUMBER_KEY;
use chapar::engine::store::Store as _;
use chapar::engine::store::View as _;
use chapar::office::verify::Owner;
use chapar::office::verify::Verifier;
use chapar::opening;

use crate::power::disk::Cut;
use crate::power::disk::Disk;
use crate::power::disk::Obeys;
use crate::power::life;
use crate::power::life::Rows;
use crate::power::life::batch;
use crate::power::record::Record;
use crate::power::said;
use crate::support::chance::Chance;
use crate::world;

/// What came of one cut.
#[derive(Debug)]
#[expect(dead_code, reason = "read by whoever looks for the fault")]
pub(super) struct Verdict {
    /// The place in the recording.
    pub(super) at: usize,
    pub(super) cut: Cut,
    /// What was durable by then.
    pub(super) durable: u64,
    /// What is wrong with what was found.
    pub(super) fault: Option<String>,
}

/// Looks at what is found in a folder after a cut. What was durable only grows from look to look.
pub(super) trait Check {
    /// # Errors
    /// What is lost or wrong.
    fn look(&mut self, found: &Path, durable: u64) -> Result<(), String>;
}

/// The rows of a store are those after some commit, which is not before the last durable one.
pub(super) struct StoreCheck {
    rows: Rows,
    /// After the last durable commit.
    number: u64,
    expected: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl StoreCheck {
    pub(super) const fn new(rows: Rows) -> Self {
        Self { rows, number: 0, expected: BTreeMap::new() }
    }
}

/// The rows after a further commit.
fn change(expected: &mut BTreeMap<Vec<u8>, Vec<u8>>, rows: Rows, number: u64) {
    for (key, change) in batch(rows, number).changes() {
        match change {
            Some(value) => expected.insert(key.clone(), value.clone()),
            None => expected.remove(key),
        };
    }
}

impl Check for StoreCheck {
    fn look(&mut self, found: &Path, durable: u64) -> Result<(), String> {
        (self.number + 1..=durable).for_each(|number| change(&mut self.expected, self.rows, number));
        self.number = durable;
        let store = SledStore::open(&found.join("store")).map_err(|error| error.to_string())?;
        let last = store.last_number().map_err(|error| error.to_string())?;
        // One writer: no more than one commit was under way.
        if last != durable && last != durable + 1 {
            return Err(format!("the last commit is {last}"));
        }
        let mut expected = self.expected.clone();
        (durable + 1..=last).for_each(|number| change(&mut expected, self.rows, number));
        let rows = store.scan(&[], &[0xFF], usize::MAX).map_err(|error| error.to_string())?;
        let rows: BTreeMap<_, _> = rows.into_iter().filter(|(key, _)| key != NUMBER_KEY).collect();
        if rows == expected { Ok(()) } else { Err(format!("the rows are not those after commit {last}")) }
    }
}

/// An office opens, its log verifies, and it is not shorter than what was answered, nor another one.
pub(super) struct OfficeCheck {
    owner: Owner,
    /// The store at the end, with everything.
    whole: SledStore,
    size: u64,
    _folder: tempfile::TempDir,
}

impl OfficeCheck {
    pub(super) fn new(records: &[Record]) -> Self {
        let mut disk = Disk::empty(Obeys::AllSyncs);
        records.iter().filter(|record| said(record).is_none()).for_each(|record| disk.apply(record));
        let folder = tempfile::tempdir().unwrap();
        disk.cut(Cut::KeepsAll, &mut Chance::of(0), folder.path());
        let whole = SledStore::open(&folder.path().join("store")).unwrap();
        let identity = world::identity(life::OFFICE.parse().unwrap(), life::SEED);
        let owner = Owner {
            network: identity.network.clone(),
            office: identity.office,
            key: identity.signing.public(),
            vault: Some(identity.vault),
        };
        let size = log::Head::read(&whole).unwrap().unwrap().size;
        Self { owner, whole, size, _folder: folder }
    }
}

impl Check for OfficeCheck {
    fn look(&mut self, found: &Path, durable: u64) -> Result<(), String> {
        let store = SledStore::open(&found.join("store")).map_err(|error| error.to_string())?;
        let noted = note::read(&found.join("head")).map_err(|error| error.to_string())?.ok_or("there is no note")?;
        let head = opening::compare(&store, &noted).map_err(|error| error.to_string())?;
        if head.size < durable || head.size > self.size {
            return Err(format!("the log has {} entries", head.size));
        }
        if head.root != log::root_at(&self.whole, head.size).unwrap() {
            return Err("it is another log".to_owned());
        }
        Verifier::new(self.owner.clone()).finish(&store).map(drop).map_err(|fault| fault.to_string())
    }
}
