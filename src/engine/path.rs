//! The path of an entry to the root: the audit path of RFC 6962, and what its hashes give step by step.

use tlog_tiles::tlog;

use crate::engine::log::Hashes;
use crate::engine::log::hash_error;
use crate::engine::rows::RowError;
use crate::engine::store::View;

/// A hash of the tree.
pub type Hash = [u8; 32];

/// A step towards the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The hash beside the way.
    pub beside: Hash,
    /// Whether it stands on the left.
    pub is_left: bool,
    /// What both give together.
    pub together: Hash,
}

/// The hashes beside the way from an entry to the root of a log of `size` entries, the lowest first.
///
/// # Errors
/// If there is no such entry, or a hash of the tree cannot be read.
pub fn read(view: &dyn View, size: u64, index: u64) -> Result<Vec<Hash>, RowError> {
    let path = tlog::prove_record(size, index, &Hashes(view)).map_err(|error| hash_error(&error))?;
    Ok(path.into_iter().map(|hash| hash.0).collect())
}

/// The hash of an entry, from its exact bytes.
#[must_use]
pub fn leaf(entry: &[u8]) -> Hash {
    tlog::record_hash(entry).0
}

/// Climbs from the hash of an entry to the root of a log of `size` entries; the last step has that root, or the hash itself
/// has it if the log has no other entry. `None` if the path does not lead there (RFC 9162, 2.1.3.2).
#[must_use]
pub fn climb(size: u64, index: u64, leaf: Hash, path: &[Hash]) -> Option<Vec<Step>> {
    if index >= size {
        return None;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    let mut steps = vec![];
    for beside in path.iter().copied() {
        if last == 0 {
            return None;
        }
        // The last one of a level that has no neighbour goes up as it is.
        while at == last && at.is_multiple_of(2) {
            (at, last) = (at >> 1, last >> 1);
        }
        let is_left = !at.is_multiple_of(2);
        let (left, right) = if is_left { (beside, hash) } else { (hash, beside) };
        hash = tlog::node_hash(tlog::Hash(left), tlog::Hash(right)).0;
        steps.push(Step { beside, is_left, together: hash });
        (at, last) = (at >> 1, last >> 1);
    }
    (last == 0).then_some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::log::Head;
    use crate::engine::rows::Write;
    use crate::engine::store::Row;
    use crate::engine::store::StoreError;
    use crate::time::Timestamp;
    use std::collections::BTreeMap;

    #[derive(Default)]
    struct Rows(BTreeMap<Vec<u8>, Vec<u8>>);

    impl View for Rows {
        fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
            Ok(self.0.get(key).cloned())
        }

        fn scan(&self, _from: &[u8], _to: &[u8], _limit: usize) -> Result<Vec<Row>, StoreError> {
            Ok(vec![])
        }
    }

    impl Write for Rows {
        fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
            self.0.insert(key, value);
        }

        fn delete(&mut self, key: Vec<u8>) {
            self.0.remove(&key);
        }
    }

    #[test]
    fn every_path_leads_to_the_root_and_to_no_other() {
        let (mut rows, mut head) = (Rows::default(), Head::EMPTY);
        let entry = |index: u64| format!("entry {index}").into_bytes();
        for size in 1..=40 {
            head.append(&mut rows, entry(size - 1), Timestamp::ZERO).unwrap();
            head.close(&mut rows, size).unwrap();
            for index in 0..size {
                let path = read(&rows, size, index).unwrap();
                let leaf = leaf(&entry(index));
                let steps = climb(size, index, leaf, &path).unwrap();
                let end = steps.last().map_or(leaf, |step| step.together);
                assert_eq!(end, head.root, "{index} of {size}");
                let other = climb(size, index, self::leaf(b"another"), &path).unwrap();
                assert_ne!(other.last().map_or(self::leaf(b"another"), |step| step.together), head.root);
                assert_eq!(climb(size, index, leaf, &[path.as_slice(), &[[0; 32]]].concat()), None);
                if let [shorter @ .., _] = path.as_slice() {
                    assert_eq!(climb(size, index, leaf, shorter), None);
                }
            }
            assert!(read(&rows, size, size).is_err());
            assert_eq!(climb(size, size, [0; 32], &[]), None);
        }
    }
}
