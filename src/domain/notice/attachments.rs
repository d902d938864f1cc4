//! The attachments of a notice: ciphertexts in the header, keys and names in the body, in one order.
//!
//! - The header lists those of the body, then those of the body that a correction puts in place of another; in a forward
//!   then those of the notice that it passes on, and of its corrections.

use crate::domain::chunks;
use crate::domain::notice::body::replacement;
use crate::domain::notice::stated;
use crate::domain::notice::value;
use crate::domain::picture;
use crate::domain::picture::Media;
use crate::domain::problem::Cause;
use crate::domain::problem::Problem;
use crate::domain::text;
use crate::limits;
use crate::name::Digest;
use crate::wire;
use crate::wire::AttachmentKey;
use crate::wire::AttachmentKind;
use crate::wire::NoticeBody;
use crate::wire::NoticeHeader;
use crate::wire::Tlp;

/// An attachment as a carrier of ciphertext sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttachmentRef {
    /// SHA-256 of the ciphertext.
    pub digest: Digest,
    /// Ciphertext length, bytes.
    pub size: u64,
}

impl AttachmentRef {
    /// As a header lists it.
    #[must_use]
    pub fn message(&self) -> wire::AttachmentRef {
        wire::AttachmentRef { digest: self.digest.0.to_vec(), size_bytes: self.size }
    }
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

/// Checks what a body says of its attachments, and the body in place of another of its own.
pub(super) fn check_keys(body: &NoticeBody) -> Result<(), Problem> {
    let own = body.attachments.iter().enumerate().map(|(i, one)| (format!("body.attachments[{i}]"), one));
    let other = replacement(body).map(|body| body.attachments.as_slice()).unwrap_or_default().iter().enumerate();
    let other = other.map(|(i, one)| (format!("body.correction.full_replacement.attachments[{i}]"), one));
    let mut seen: Vec<&[u8]> = vec![];
    for (path, attachment) in own.chain(other) {
        if seen.len() == limits::ATTACHMENTS_OWN {
            return Err(Problem::new("body.attachments", Cause::Many { max: limits::ATTACHMENTS_OWN }));
        }
        check_one(attachment, &path)?;
        if seen.contains(&attachment.digest.as_slice()) {
            return Err(Problem::new(format_args!("{path}.digest"), Cause::Duplicate));
        }
        seen.push(&attachment.digest);
    }
    Ok(())
}

fn check_one(attachment: &AttachmentKey, path: &str) -> Result<(), Problem> {
    for (field, digest) in [("digest", &attachment.digest), ("sha256", &attachment.file_digest)] {
        let read = Digest::try_from(digest.as_slice());
        read.map_err(|what| Problem::new(format_args!("{path}.{field}"), what))?;
    }
    // Only a node writes keys.
    if !matches!(attachment.key.len(), 0 | 32) {
        return Err(Problem::new(format_args!("{path}.key"), Cause::Value));
    }
    let types = [Media::Jpeg.mime(), Media::Png.mime(), picture::OPAQUE];
    if !types.contains(&attachment.media_type.as_str()) {
        return Err(Problem::new(format_args!("{path}.mime"), Cause::Value));
    }
    if !(1..=limits::ATTACHMENT_BYTES).contains(&attachment.size_bytes) {
        return Err(Problem::new(format_args!("{path}.size"), Cause::Value));
    }
    check_name(&attachment.name).map_err(|what| Problem::new(format_args!("{path}.name"), what))?;
    value::<AttachmentKind>(attachment.kind, format_args!("{path}.kind"))?;
    stated::<Tlp>(attachment.tlp, &format!("{path}.tlp"))?;
    Ok(())
}

/// Checks the name of a file: one line, no folder, neither hidden nor like an option of a command.
///
/// # Errors
/// What is wrong with it.
pub fn check_name(name: &str) -> Result<(), Cause> {
    text::check_line(name, limits::ATTACHMENT_NAME_CHARS)?;
    if name.contains(['/', '\\']) || name.starts_with(['.', '-']) { Err(Cause::Character) } else { Ok(()) }
}

/// All attachments of a body, then those of the body in place of another.
pub fn file_keys(body: &NoticeBody) -> impl Iterator<Item = &AttachmentKey> {
    body.attachments.iter().chain(replacement(body).into_iter().flat_map(|whole| &whole.attachments))
}

/// The same, to be changed.
pub fn file_keys_mut(body: &mut NoticeBody) -> impl Iterator<Item = &mut AttachmentKey> {
    let NoticeBody { attachments, correction, .. } = body;
    let whole = correction.as_mut().and_then(|correction| correction.full_replacement.as_deref_mut());
    attachments.iter_mut().chain(whole.into_iter().flat_map(|whole| &mut whole.attachments))
}

/// A body as officers see it: a node tells nobody the keys of its attachments.
#[must_use]
pub fn without_file_keys(mut body: NoticeBody) -> NoticeBody {
    file_keys_mut(&mut body).for_each(|attachment| attachment.key.clear());
    body
}

/// What a header lists of an attachment.
#[must_use]
pub fn listed(attachment: &AttachmentKey) -> wire::AttachmentRef {
    let size_bytes = chunks::sealed_size(attachment.size_bytes);
    wire::AttachmentRef { digest: attachment.digest.clone(), size_bytes }
}

/// Whether a header lists what a body has, and every key is there.
#[must_use]
pub fn agree(header: &[AttachmentRef], body: &NoticeBody) -> bool {
    let own = file_keys(body).map(|one| {
        let digest = Digest::try_from(one.digest.as_slice()).ok().filter(|_| one.key.len() == 32)?;
        Some(AttachmentRef { digest, size: chunks::sealed_size(one.size_bytes) })
    });
    own.eq(header.iter().copied().map(Some))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_neither_a_folder_nor_hidden_nor_an_option() {
        for name in ["", ".", "..", ".profile", "-rf", "a/b", "a\\b", "a\nb"] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
        for name in ["a.jpg", "Фото 1.jpg", "a-b.", "_x"] {
            assert_eq!(check_name(name), Ok(()), "{name:?}");
        }
    }
}
