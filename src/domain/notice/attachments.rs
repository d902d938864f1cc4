//! The attachments that a header lists, by ciphertext.

use crate::domain::problem::Cause;
use crate::domain::problem::Problem;
use crate::limits;
use crate::name::Digest;
use crate::wire::NoticeHeader;

/// An attachment as a carrier of ciphertext sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttachmentRef {
    /// SHA-256 of the ciphertext.
    pub digest: Digest,
    /// Ciphertext length, bytes.
    pub size: u64,
}

/// Checks the list of a released notice.
pub(super) fn attachments(header: &NoticeHeader) -> Result<Vec<AttachmentRef>, Problem> {
    let path = "header.attachments";
    if header.attachments.len() > limits::ATTACHMENTS {
        return Err(Problem::new(path, Cause::Many { max: limits::ATTACHMENTS }));
    }
    let mut seen: Vec<AttachmentRef> = vec![];
    for (i, one) in header.attachments.iter().enumerate() {
        let at = |field: &str| format!("{path}[{i}].{field}");
        let digest = Digest::try_from(one.digest.as_slice()).map_err(|what| Problem::new(at("digest"), what))?;
        if seen.iter().any(|other| other.digest == digest) {
            return Err(Problem::new(at("digest"), Cause::Duplicate));
        }
        if !(1..=limits::SEALED_ATTACHMENT_BYTES).contains(&one.size_bytes) {
            return Err(Problem::new(at("size"), Cause::Range));
        }
        seen.push(AttachmentRef { digest, size: one.size_bytes });
    }
    Ok(seen)
}
