//! Files that officers bring in, until they are in a draft. The ciphertext lies beside the store; here is who brings it, and
//! its key.
//!
//! - What is known of a file is sealed under a key of its own, as the text of a draft is: so a change of the vault key
//!   covers its key once it is gone.
//! - Keys leave this office in notices alone: no officer sees one, or says one.

use std::collections::BTreeMap;

use prost::Message as _;
use zeroize::Zeroizing;

use crate::domain::chunks::FileKey;
use crate::domain::notice;
use crate::engine::rows::RowError;
use crate::engine::rows::drafts;
use crate::engine::rows::key;
use crate::engine::rows::uploads;
use crate::engine::store::View;
use crate::entropy::random;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::office::drafts::body_of;
use crate::office::drafts::open as open_draft;
use crate::office::drafts::opened;
use crate::office::vault::Vault;
use crate::office::writer::Step;
use crate::time::DAY_MS;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;

/// Associated data of what is known of a file.
const SEALED: &[u8] = b"chapar upload v1";

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadRefused {
    /// The officer brings in no such file.
    #[error("you bring in no such file")]
    Unknown,
    /// It is empty.
    #[error("the file is empty")]
    Empty,
    /// It is too large.
    #[error("the file is larger than {max} bytes", max = limits::ATTACHMENT_BYTES)]
    Large,
    /// Too many of this officer are in no draft.
    #[error("an officer has at most {max} files that are in no draft", max = limits::UPLOADS_EACH)]
    Many,
    /// Too many bytes of this officer are in no draft.
    #[error("files of an officer that are in no draft have at most {max} bytes together", max = limits::UPLOADS_BYTES_EACH)]
    Share,
    /// Too many bytes of all officers are in no draft.
    #[error("files of all officers that are in no draft have at most {max} bytes together", max = limits::UPLOADS_BYTES)]
    Full,
    /// It was looked at already.
    #[error("the file is finished already")]
    Finished,
}

/// Finished files, by their ids.
type Brought = Vec<(Digest, wire::UploadRow)>;

/// A file that is being brought in.
pub struct Upload {
    /// Its row.
    pub row: wire::UploadRow,
    /// Its key, and what was found, once it was looked at.
    pub known: wire::AttachmentKey,
}

/// Opens what is known of a file.
///
/// # Errors
/// If it is not there, or does not open.
pub fn open(view: &dyn View, vault: &Vault, form: Digest) -> Result<wire::AttachmentKey, RowError> {
    opened(view, vault, form, SEALED, "upload")
}

/// The file that an officer brings in under this id; `None` if there is none.
///
/// # Errors
/// If a row cannot be read.
pub fn find(view: &dyn View, vault: &Vault, officer: &OfficerId, id: Digest) -> Result<Option<Upload>, RowError> {
    let Some(row) = uploads::row(view, id)?.filter(|row| row.officer == officer.as_str()) else { return Ok(None) };
    let known = open(view, vault, drafts::form(&row.form)?)?;
    Ok(Some(Upload { row, known }))
}

/// What is done about a file that is in no draft yet. It holds a key, so it is not shown.
pub enum UploadStep {
    /// A file of so many bytes is to come, with this SHA-256 if that is known.
    Begin(u64, Option<Digest>),
    /// All of it is here and was looked at: what was found, with the digest of the ciphertext, and its key.
    Finish(Digest, Box<wire::AttachmentKey>),
    /// It is thrown away.
    Discard(Digest),
}

impl Step<'_> {
    /// Does a step about a file.
    pub(super) fn upload(
        &mut self,
        officer: &OfficerId,
        step: UploadStep,
    ) -> Result<Result<Digest, UploadRefused>, RowError> {
        match step {
            UploadStep::Begin(size, file) => self.begin_upload(officer, size, file),
            UploadStep::Finish(id, found) => self.finish_upload(officer, id, &found),
            UploadStep::Discard(id) => self.discard_upload(officer, id),
        }
    }

    /// A file of so many bytes may come; its id. One that has begun before goes on.
    fn begin_upload(
        &mut self,
        officer: &OfficerId,
        size: u64,
        file: Option<Digest>,
    ) -> Result<Result<Digest, UploadRefused>, RowError> {
        if size == 0 {
            return Ok(Err(UploadRefused::Empty));
        }
        if size > limits::ATTACHMENT_BYTES {
            return Ok(Err(UploadRefused::Large));
        }
        let all = uploads::all(&self.rows)?;
        let file_digest = file.map(|digest| digest.0.to_vec()).unwrap_or_default();
        let of_officer = || all.iter().filter(|(_, row)| row.officer == officer.as_str());
        let may_be_it = |row: &wire::UploadRow| file.is_some() && row.size_bytes == size && row.digest.is_empty();
        for (id, row) in of_officer().filter(|(_, row)| may_be_it(row)) {
            if open(&self.rows, &self.me.vault, drafts::form(&row.form)?)?.file_digest == file_digest {
                return Ok(Ok(*id));
            }
        }
        if of_officer().count() >= limits::UPLOADS_EACH {
            return Ok(Err(UploadRefused::Many));
        }
        // A share for each: who fills it keeps nobody else out.
        if of_officer().map(|(_, row)| row.size_bytes).sum::<u64>().saturating_add(size) > limits::UPLOADS_BYTES_EACH {
            return Ok(Err(UploadRefused::Share));
        }
        if all.iter().map(|(_, row)| row.size_bytes).sum::<u64>().saturating_add(size) > limits::UPLOADS_BYTES {
            return Ok(Err(UploadRefused::Full));
        }
        let id = Digest(random(self.entropy));
        let file_key = FileKey::make(self.entropy);
        let known = wire::AttachmentKey {
            key: file_key.bytes().to_vec(),
            size_bytes: size,
            file_digest,
            ..wire::AttachmentKey::default()
        };
        let row = wire::UploadRow {
            officer: officer.as_str().to_owned(),
            size_bytes: size,
            begun_ms: self.now.ms(),
            digest: vec![],
            form: self.seal_bytes(SEALED, Zeroizing::new(known.encode_to_vec())).0.to_vec(),
        };
        uploads::put_row(&mut self.rows, id, &row);
        Ok(Ok(id))
    }

    fn finish_upload(
        &mut self,
        officer: &OfficerId,
        id: Digest,
        found: &wire::AttachmentKey,
    ) -> Result<Result<Digest, UploadRefused>, RowError> {
        let Some(mut row) = self.upload_of(officer, id)? else { return Ok(Err(UploadRefused::Unknown)) };
        if !row.digest.is_empty() {
            return Ok(Err(UploadRefused::Finished));
        }
        drafts::drop_text(&mut self.rows, drafts::form(&row.form)?)?;
        row.form = self.seal_bytes(SEALED, Zeroizing::new(found.encode_to_vec())).0.to_vec();
        row.digest.clone_from(&found.digest);
        uploads::put_row(&mut self.rows, id, &row);
        Ok(Ok(id))
    }

    fn discard_upload(&mut self, officer: &OfficerId, id: Digest) -> Result<Result<Digest, UploadRefused>, RowError> {
        match self.upload_of(officer, id)? {
            Some(row) => self.drop_upload(id, &row).map(|()| Ok(id)),
            None => Ok(Err(UploadRefused::Unknown)),
        }
    }

    /// Throws files away that nobody has put into a draft for long.
    pub(super) fn end_uploads(&mut self) -> Result<(), RowError> {
        for (id, row) in uploads::all(&self.rows)? {
            if Timestamp::clamped(row.begun_ms).plus_ms(limits::UPLOAD_KEPT_DAYS * DAY_MS) <= self.now {
                self.drop_upload(id, &row)?;
            }
        }
        Ok(())
    }

    fn upload_of(&self, officer: &OfficerId, id: Digest) -> Result<Option<wire::UploadRow>, RowError> {
        Ok(uploads::row(&self.rows, id)?.filter(|row| row.officer == officer.as_str()))
    }

    fn drop_upload(&mut self, id: Digest, row: &wire::UploadRow) -> Result<(), RowError> {
        drafts::drop_text(&mut self.rows, drafts::form(&row.form)?)?;
        self.rows.delete(key::upload(id));
        Ok(())
    }

    /// Writes into a body what the node knows of its attachments: those that the draft has, those of the text that it
    /// corrects, and finished files of this officer. The last are given back: they leave with [`Step::drop_uploads`] once the
    /// body is kept. Otherwise where the attachment stands that is none of these.
    pub(super) fn know_files(
        &self,
        officer: &OfficerId,
        draft: Option<&wire::DraftRow>,
        header: &wire::NoticeHeader,
        body: Option<&mut wire::NoticeBody>,
    ) -> Result<Result<Brought, String>, RowError> {
        let Some(body) = body.filter(|body| notice::file_keys(body).next().is_some()) else { return Ok(Ok(vec![])) };
        let mut known = self.files_corrected(officer, header)?;
        if let Some(row) = draft {
            known.extend(self.files_of(row)?);
        }
        let mut brought = vec![];
        for (id, row) in uploads::all(&self.rows)? {
            let is_named = notice::file_keys(body).any(|file| file.digest == row.digest);
            if is_named && row.officer == officer.as_str() && !row.digest.is_empty() {
                let file = open(&self.rows, &self.me.vault, drafts::form(&row.form)?)?;
                known.insert(file.digest.clone(), file);
                brought.push((id, row));
            }
        }
        if let Some(i) = notice::file_keys(body).position(|file| !known.contains_key(&file.digest)) {
            let path = match i.checked_sub(body.attachments.len()) {
                Some(i) => format!("body.correction.full_replacement.attachments[{i}]"),
                None => format!("body.attachments[{i}]"),
            };
            return Ok(Err(path));
        }
        for attachment in notice::file_keys_mut(body) {
            let Some(file) = known.get(&attachment.digest) else { continue };
            attachment.key.clone_from(&file.key);
            attachment.media_type.clone_from(&file.media_type);
            attachment.file_digest.clone_from(&file.file_digest);
            (attachment.size_bytes, attachment.evidential) = (file.size_bytes, file.evidential);
        }
        Ok(Ok(brought))
    }

    /// The attachments of the own notice that a correction corrects, as it now reads, if this officer has opened it.
    fn files_corrected(
        &self,
        officer: &OfficerId,
        header: &wire::NoticeHeader,
    ) -> Result<BTreeMap<Vec<u8>, wire::AttachmentKey>, RowError> {
        let corrects = |one: &&wire::Relation| one.kind() == RelationKind::Corrects;
        let relation = header.relations.iter().find(corrects).filter(|_| header.kind() == NoticeKind::Correction);
        let Some(relation) = relation else { return Ok(BTreeMap::new()) };
        let Ok(target) = Digest::try_from(self.digest_of(relation)?.as_slice()) else { return Ok(BTreeMap::new()) };
        let is_own = self.known(target)?.is_some_and(|header| header.from == self.me.office);
        if !is_own || !self.has_opened(target, officer)? {
            return Ok(BTreeMap::new());
        }
        let text = self.standings().text(target)?.unwrap_or_default();
        Ok(text.attachments.into_iter().map(|file| (file.digest.clone(), file)).collect())
    }

    /// These files are in a draft or a notice from now on.
    pub(super) fn drop_uploads(&mut self, brought: Brought) -> Result<(), RowError> {
        brought.iter().try_for_each(|(id, row)| self.drop_upload(*id, row))
    }

    /// Writes into the row of a draft which files its texts name.
    pub(super) fn note_files(&self, row: &mut wire::DraftRow) -> Result<(), RowError> {
        row.attachments = self.files_of(row)?.into_keys().collect();
        Ok(())
    }

    /// The files of both texts of a draft.
    fn files_of(&self, row: &wire::DraftRow) -> Result<BTreeMap<Vec<u8>, wire::AttachmentKey>, RowError> {
        let mut files = BTreeMap::new();
        for form in [&row.returned, &row.form].into_iter().filter(|form| !form.is_empty()) {
            let form = drafts::form(form)?;
            let body = body_of(&open_draft(&self.rows, &self.me.vault, form)?, form)?;
            files.extend(body.iter().flat_map(notice::file_keys).map(|file| (file.digest.clone(), file.clone())));
        }
        Ok(files)
    }
}
