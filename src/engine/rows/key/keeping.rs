//! Keys of the rows about reviews and periods of retention; they are of the sort of those that say when a text ends.

use crate::engine::rows::key::join;
use crate::engine::rows::key::ms;
use crate::name::Digest;
use crate::time::Timestamp;
use crate::wire::NoticeKind;

/// All periods of retention.
pub const RETENTIONS: &[u8] = b"E\x05";

/// A text that is to be reviewed, by when.
#[must_use]
pub fn review(at: Timestamp, notice: Digest) -> Vec<u8> {
    join(b'E', &[&[3], &ms(at), &notice.0])
}

/// All texts that are to be reviewed before a time.
#[must_use]
pub fn reviews_before(time: Timestamp) -> (Vec<u8>, Vec<u8>) {
    (join(b'E', &[&[3]]), join(b'E', &[&[3], &ms(time)]))
}

/// A text that is here, by its kind and when it was released: from then on a period of retention counts. An own forward is
/// also found by kind and release of what it passes on.
#[must_use]
pub fn kept(kind: NoticeKind, released: Timestamp, notice: Digest) -> Vec<u8> {
    join(b'E', &[&[4], &number(kind), &ms(released), &notice.0])
}

/// All texts of a kind that are here and were released before a time.
#[must_use]
pub fn kept_before(kind: NoticeKind, time: Timestamp) -> (Vec<u8>, Vec<u8>) {
    (join(b'E', &[&[4], &number(kind)]), join(b'E', &[&[4], &number(kind), &ms(time)]))
}

/// For how long texts of a kind are kept.
#[must_use]
pub fn retention(kind: NoticeKind) -> Vec<u8> {
    join(b'E', &[&[5], &number(kind)])
}

/// A longer period that waits for a second person.
#[must_use]
pub fn retention_proposal(kind: NoticeKind) -> Vec<u8> {
    join(b'E', &[&[6], &number(kind)])
}

fn number(kind: NoticeKind) -> [u8; 4] {
    i32::from(kind).to_be_bytes()
}
