//! Keys of the rows about attachments.

use crate::engine::rows::key::after;
use crate::engine::rows::key::join;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::wire::Urgency;

/// All attachments of notices whose text is kept here, by digest and then by notice.
pub const EVERY_ATTACHMENT: &[u8] = b"F\x01";

/// An attachment of a notice whose text is kept here.
#[must_use]
pub fn attachment(digest: Digest, notice: Digest) -> Vec<u8> {
    join(b'F', &[&[1], &digest.0, &notice.0])
}

/// All notices with this attachment whose text is kept here.
#[must_use]
pub fn all_attachments(digest: Digest) -> Vec<u8> {
    join(b'F', &[&[1], &digest.0])
}

/// An attachment of a received notice that comes from an office, by urgency and by the index of the entry that brought
/// the text: the most urgent and then the newest first.
#[must_use]
pub fn to_come(office: OfficeCode, urgency: Urgency, index: u64, digest: Digest) -> Vec<u8> {
    join(b'F', &[&[2], office.as_bytes(), &rank(urgency), &(!index).to_be_bytes(), &digest.0])
}

/// All of one urgency from an office that this entry or later ones brought.
#[must_use]
pub fn all_to_come_since(office: OfficeCode, urgency: Urgency, index: u64) -> (Vec<u8>, Vec<u8>) {
    let all = |last: &[u8]| join(b'F', &[&[2], office.as_bytes(), &rank(urgency), last]);
    (all(&[]), after(&all(&(!index).to_be_bytes())))
}

fn rank(urgency: Urgency) -> [u8; 1] {
    [match urgency {
        Urgency::Immediate => 1,
        Urgency::Priority => 2,
        Urgency::Routine => 3,
        Urgency::Unspecified => 4,
    }]
}
