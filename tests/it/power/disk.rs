//! A disk as a power cut finds it: what was synced is on it; of the rest anything may be.
//!
//! - Data survives `fsync` and `fdatasync` of its file; before that any of its 4 KiB blocks may be the old or the new
//!   one, or be torn between sectors of 512 bytes, and the file may have its old or its new length.
//! - A name survives `fsync` of its folder; before that the changes of names come in order, up to any of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::power::record::Change;
use crate::power::record::Record;
use crate::support::chance::Chance;

const BLOCK: usize = 4096;
const SECTOR: usize = 512;

/// What a power cut does with all that was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cut {
    /// Nothing of it was written.
    DropsAll,
    /// Each block was written or not.
    DropsBlocks,
    /// All of it was written, as after a kill.
    KeepsAll,
    /// Each sector was written or not.
    Tears,
}

impl Cut {
    pub(super) const ALL: [Self; 4] = [Self::DropsAll, Self::DropsBlocks, Self::KeepsAll, Self::Tears];
}

/// Which calls of a program this disk obeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obeys {
    /// `fsync` and `fdatasync`.
    AllSyncs,
    /// Only `fsync`: as if the store never called `sync_data`.
    FsyncOnly,
}

#[derive(Clone, Debug, Default)]
struct File {
    now: Vec<u8>,
    durable_length: usize,
    /// Blocks that were written since the last sync, as they are on the disk.
    before: BTreeMap<usize, Vec<u8>>,
}

#[derive(Clone, Debug)]
enum Naming {
    /// A name is that of a file.
    Of(String, usize),
    /// A name is gone.
    Gone(String),
}

impl Naming {
    fn name(&self) -> &str {
        let (Self::Of(name, _) | Self::Gone(name)) = self;
        name
    }

    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Of(name, file) => names.insert(name.clone(), *file),
            Self::Gone(name) => names.remove(name),
        };
    }
}

/// The disk.
#[derive(Debug)]
pub(super) struct Disk {
    obeys: Obeys,
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    /// Since the folders were synced; a rename is two of them that go together.
    renaming: Vec<Vec<Naming>>,
}

impl Disk {
    pub(super) fn empty(obeys: Obeys) -> Self {
        let (names, durable_names) = (BTreeMap::new(), BTreeMap::new());
        Self { obeys, files: vec![], names, durable_names, renaming: vec![] }
    }

    pub(super) fn apply(&mut self, record: &Record) {
        let name = &record.name;
        match &record.change {
            Change::Created => {
                let named = Naming::Of(name.clone(), self.files.len());
                self.files.push(File::default());
                self.rename(vec![named]);
            }
            Change::Removed => self.rename(vec![Naming::Gone(name.clone())]),
            Change::Renamed(new) => {
                let file = self.names[name];
                self.rename(vec![Naming::Gone(name.clone()), Naming::Of(new.clone(), file)]);
            }
            Change::Resized(length) => self.file(name).resize(*length),
            Change::Written(offset, bytes) => self.file(name).write(*offset, bytes),
            Change::DataSynced if self.obeys == Obeys::FsyncOnly => {}
            Change::DataSynced | Change::Synced if self.names.contains_key(name) => self.file(name).sync(),
            Change::DataSynced | Change::Synced => self.sync_folder(name),
        }
    }

    fn file(&mut self, name: &str) -> &mut File {
        &mut self.files[self.names[name]]
    }

    fn rename(&mut self, namings: Vec<Naming>) {
        for naming in &namings {
            naming.apply(&mut self.names);
        }
        self.renaming.push(namings);
    }

    fn sync_folder(&mut self, folder: &str) {
        let holds = |namings: &Vec<Naming>| {
            let name = namings[0].name();
            name.rsplit_once('/').map_or("", |(holder, _)| holder) == folder
        };
        for namings in self.renaming.extract_if(.., |namings| holds(namings)) {
            for naming in &namings {
                naming.apply(&mut self.durable_names);
            }
        }
    }

    /// Writes into the empty folder `to` what is found after a power cut now.
    pub(super) fn cut(&self, cut: Cut, chance: &mut Chance, to: &Path) {
        let renamed = match cut {
            Cut::DropsAll => 0,
            Cut::KeepsAll => self.renaming.len(),
            Cut::DropsBlocks | Cut::Tears => chance.place(self.renaming.len() + 1),
        };
        let mut names = self.durable_names.clone();
        self.renaming.iter().take(renamed).flatten().for_each(|naming| naming.apply(&mut names));
        for (name, file) in names {
            let path = to.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, self.files[file].after(cut, chance)).unwrap();
        }
    }
}

impl File {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset + bytes.len();
        self.keep(offset / BLOCK, end.div_ceil(BLOCK));
        if self.now.len() < end {
            self.now.resize(end, 0);
        }
        self.now[offset..end].copy_from_slice(bytes);
    }

    fn resize(&mut self, length: usize) {
        self.keep(length / BLOCK, self.now.len().div_ceil(BLOCK));
        self.now.resize(length, 0);
    }

    /// Keeps these blocks as they are on the disk.
    fn keep(&mut self, from: usize, to: usize) {
        for block in from..to {
            let now = &self.now;
            self.before.entry(block).or_insert_with(|| {
                let start = (block * BLOCK).min(now.len());
                let mut bytes = now[start..(start + BLOCK).min(now.len())].to_vec();
                bytes.resize(BLOCK, 0);
                bytes
            });
        }
    }

    fn sync(&mut self) {
        self.before.clear();
        self.durable_length = self.now.len();
    }

    fn after(&self, cut: Cut, chance: &mut Chance) -> Vec<u8> {
        let mut bytes = self.now.clone();
        if cut == Cut::KeepsAll {
            return bytes;
        }
        bytes.resize(self.before.last_key_value().map_or(0, |(block, _)| (block + 1) * BLOCK).max(bytes.len()), 0);
        for (block, before) in &self.before {
            let (old, new) = (before.chunks(SECTOR), bytes[block * BLOCK..][..BLOCK].chunks_mut(SECTOR));
            let whole = chance.flip();
            for (old, new) in old.zip(new) {
                let written = match cut {
                    Cut::DropsAll => false,
                    Cut::Tears => chance.flip(),
                    Cut::DropsBlocks | Cut::KeepsAll => whole,
                };
                if !written {
                    new.copy_from_slice(old);
                }
            }
        }
        let grown = cut != Cut::DropsAll && chance.flip();
        bytes.resize(if grown { self.now.len() } else { self.durable_length }, 0);
        bytes
    }
}
