//! Keys of the rows about readings under break-glass.

use crate::engine::rows::key::join;

/// All requests to read under break-glass.
pub const READINGS: &[u8] = b"B";

/// A request to read under break-glass, by the index of its entry.
#[must_use]
pub fn reading(index: u64) -> Vec<u8> {
    join(b'B', &[&index.to_be_bytes()])
}
