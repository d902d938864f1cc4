//! What the shim has recorded: every change of the files in a folder, in order.

use std::fs;
use std::path::Path;

/// What happened to a file or folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    Created,
    /// `fdatasync`: data and what is needed to read it.
    DataSynced,
    Removed,
    /// New name.
    Renamed(String),
    /// New length.
    Resized(usize),
    Synced,
    /// Offset and bytes.
    Written(usize, Vec<u8>),
}

/// One change.
#[derive(Debug)]
pub(super) struct Record {
    /// Of which file or folder, below the recorded one.
    pub(super) name: String,
    pub(super) change: Change,
}

/// Reads a recording.
pub(super) fn read(path: &Path) -> Vec<Record> {
    let bytes = fs::read(path).unwrap();
    let (mut rest, mut records) = (bytes.as_slice(), vec![]);
    while let Some(sort) = take(&mut rest, 1).first() {
        let name_length = small(take(&mut rest, 4));
        let number = usize::try_from(u64::from_ne_bytes(take(&mut rest, 8).try_into().unwrap())).unwrap();
        let length = small(take(&mut rest, 4));
        let name = text(take(&mut rest, name_length));
        let data = take(&mut rest, length);
        let change = match sort {
            b'c' => Change::Created,
            b'd' => Change::DataSynced,
            b'r' => Change::Renamed(text(data)),
            b's' => Change::Synced,
            b't' => Change::Resized(number),
            b'u' => Change::Removed,
            b'w' => Change::Written(number, data.to_vec()),
            other => panic!("no such record: {other}"),
        };
        records.push(Record { name, change });
    }
    records
}

/// As many bytes, or none at the end.
fn take<'a>(rest: &mut &'a [u8], count: usize) -> &'a [u8] {
    if rest.is_empty() {
        return &[];
    }
    let (taken, left) = rest.split_at(count);
    *rest = left;
    taken
}

fn small(bytes: &[u8]) -> usize {
    usize::try_from(u32::from_ne_bytes(bytes.try_into().unwrap())).unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
