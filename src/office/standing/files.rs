//! Attachments of a notice: the key of one, for a reader who has opened the text that names it.

use crate::domain::forward;
use crate::domain::notice;
use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::key;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::office::standing::Standings;
use crate::wire;

/// An attachment that is named by a text which can be read here.
#[derive(Debug)]
pub struct File {
    /// The notice whose header lists it: the one that was asked for, or a correction of it.
    pub notice: Digest,
    /// Its reference.
    pub reference: Reference,
    /// The office from which it comes.
    pub from: OfficeCode,
    /// What it is, with its key.
    pub known: wire::AttachmentKey,
    /// Whether the officer who asks has opened that notice.
    pub is_opened: bool,
}

impl Standings<'_> {
    /// An attachment of a notice or of its corrections, for an officer; `None` if no text that is here names it.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn file(&self, digest: Digest, attachment: Digest, officer: &OfficerId) -> Result<Option<File>, RowError> {
        for holder in [digest].into_iter().chain(self.amendments(digest)?) {
            let read = rows::envelope::<SealedNotice>(self.view, holder)?;
            let header = &read.claim().header;
            if !header.attachments.iter().any(|one| one.digest == attachment) {
                continue;
            }
            let Some(body) = self.open(holder)? else { continue };
            let passed_on = body.forward.as_ref().and_then(|part| forward::read(part).ok()).map(|read| read.body);
            let mut keys = notice::file_keys(&body).chain(passed_on.iter().flat_map(notice::file_keys));
            if let Some(known) = keys.find(|one| one.digest == attachment.0) {
                let is_opened = self.is_opened_by(holder, officer)?;
                let (reference, from) = (header.reference, header.from);
                return Ok(Some(File { notice: holder, reference, from, known: known.clone(), is_opened }));
            }
        }
        Ok(None)
    }

    /// Whether an officer has opened a notice.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn is_opened_by(&self, digest: Digest, officer: &OfficerId) -> Result<bool, RowError> {
        Ok(self.view.get(&key::opened(digest, officer))?.is_some())
    }

    /// Attachments that the headers of a notice and of its corrections list, each once, with the office from which they come.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn listed_files(&self, digest: Digest) -> Result<Vec<(notice::AttachmentRef, OfficeCode)>, RowError> {
        let mut listed: Vec<(notice::AttachmentRef, OfficeCode)> = vec![];
        for holder in [digest].into_iter().chain(self.amendments(digest)?) {
            let read = rows::envelope::<SealedNotice>(self.view, holder)?;
            let header = &read.claim().header;
            for one in &header.attachments {
                if !listed.iter().any(|(earlier, _)| earlier.digest == one.digest) {
                    listed.push((*one, header.from));
                }
            }
        }
        Ok(listed)
    }
}
