//! Attachments of the notices whose text is kept here: which notice has one, and what is to come from which office.

use prost::Message as _;

use crate::domain::notice::Header;
use crate::engine::rows::Write;
use crate::engine::rows::key;
use crate::name::Digest;
use crate::wire;

/// The text of a notice is kept here from the entry with this index on, and its attachments with it.
pub(super) fn kept(rows: &mut dyn Write, index: u64, notice: Digest, is_issued: bool, header: &Header) {
    for one in &header.attachments {
        let row = wire::AttachmentRow { size_bytes: one.size }.encode_to_vec();
        if !is_issued {
            rows.put(key::to_come(header.from, header.terms.urgency, index, one.digest), row.clone());
        }
        rows.put(key::attachment(one.digest, notice), row);
    }
}

/// The text is gone; the same entry brought it.
pub(super) fn gone(rows: &mut dyn Write, index: u64, notice: Digest, header: &Header) {
    for one in &header.attachments {
        rows.delete(key::attachment(one.digest, notice));
        rows.delete(key::to_come(header.from, header.terms.urgency, index, one.digest));
    }
}
