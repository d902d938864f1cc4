//! Attachments behind the desk: files come in, and go out to who may see them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tonic::Code;
use tonic::Status;

use crate::domain::access::Access;
use crate::domain::access::Why;
use crate::domain::chunks;
use crate::domain::notice;
use crate::domain::picture::Seen;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::edge::api::Api;
use crate::edge::api::caller::out_of_turn;
use crate::edge::api::handle::consent_needed;
use crate::edge::api::turns::to_its_end;
use crate::edge::env::SystemEntropy;
use crate::edge::findings;
use crate::edge::staging;
use crate::edge::staging::Looked;
use crate::edge::staging::StagingError;
use crate::edge::status::refused;
use crate::edge::status::refused_with;
use crate::edge::status::status;
use crate::i18n::said;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::office::Command;
use crate::office::DraftRefused;
use crate::office::HandleRefused;
use crate::office::Reply;
use crate::office::UploadRefused;
use crate::office::attachments::may_exchange;
use crate::office::uploads;
use crate::office::uploads::Upload;
use crate::office::uploads::UploadStep;
use crate::wire;

/// Pieces of a file that wait for who reads it.
const PIECES: usize = 2;

/// A piece of a file, on its way out.
type Piece = Result<wire::GetAttachmentResponse, Status>;

impl Api {
    pub(super) async fn begin_file(
        &self,
        officer: OfficerId,
        request: wire::BeginAttachmentRequest,
    ) -> Result<wire::BeginAttachmentResponse, Status> {
        let file = if request.file_digest.is_empty() { None } else { Some(id_of(&request.file_digest)?) };
        let upload = self.upload(officer.clone(), UploadStep::Begin(request.size_bytes, file)).await?.0.to_vec();
        let asks = wire::PutAttachmentRequest { upload: upload.clone(), ..wire::PutAttachmentRequest::default() };
        let offset = self.put_file(officer, asks).await?.offset;
        Ok(wire::BeginAttachmentResponse { upload, offset })
    }

    pub(super) async fn put_file(
        &self,
        officer: OfficerId,
        request: wire::PutAttachmentRequest,
    ) -> Result<wire::PutAttachmentResponse, Status> {
        if request.data.len() > limits::UPLOAD_PIECE_BYTES {
            let names = [("max", limits::UPLOAD_PIECE_BYTES.to_string())];
            return Err(refused(Code::InvalidArgument, "refused-file-piece", &names));
        }
        let id = id_of(&request.upload)?;
        let turn = self.turns.with(id).await;
        let Upload { row, known } = self.brought(&officer, id).await?;
        if !row.digest.is_empty() {
            return Ok(wire::PutAttachmentResponse { offset: row.size_bytes });
        }
        let put = self.on_disk(move |blobs| {
            let _turn = turn;
            staging::put(blobs, id, &known, request.offset, &request.data)
        });
        Ok(wire::PutAttachmentResponse { offset: put.await? })
    }

    pub(super) async fn finish_file(
        self: &Arc<Self>,
        officer: OfficerId,
        request: wire::FinishAttachmentRequest,
    ) -> Result<wire::FinishAttachmentResponse, Status> {
        let id = id_of(&request.upload)?;
        notice::check_name(&request.name).map_err(|cause| {
            refused_with(Code::InvalidArgument, said("refused-file-name", &[]).with_keys("cause", [cause.message()]))
        })?;
        if request.kind() == wire::AttachmentKind::Unspecified {
            return Err(refused(Code::InvalidArgument, "refused-file-kind", &[]));
        }
        let (look, turn) = (self.turns.look().await?, self.turns.with(id).await);
        let api = Arc::clone(self);
        to_its_end(async move {
            let _held = (look, turn);
            api.finished(officer, id, request).await
        })
        .await
    }

    /// Looks at a file that is here as a whole, and puts it into its place.
    async fn finished(
        &self,
        officer: OfficerId,
        id: Digest,
        request: wire::FinishAttachmentRequest,
    ) -> Result<wire::FinishAttachmentResponse, Status> {
        let Upload { row, mut known } = self.brought(&officer, id).await?;
        let (mut flags, mut position_removed) = (vec![], false);
        if row.digest.is_empty() {
            let said = request.clone();
            let looked =
                self.on_disk(move |blobs| staging::look(blobs, id, &known, &said, &mut SystemEntropy::open()?));
            let Looked { found, seen, position, .. } = looked.await?;
            if let Seen::Opaque(why) = seen {
                flags.push(flag(why.message()));
            }
            flags.extend(position.message(seen).map(flag));
            (known, position_removed) = (found, position.is_taken && !position.may_stay);
            self.upload(officer, UploadStep::Finish(id, Box::new(known.clone()))).await?;
        }
        let digest = id_of(&known.digest)?;
        // Durable under its id before the commit that names it; if this does not come about, the next start does it.
        self.on_disk(move |blobs| staging::keep(blobs, id, digest)).await?;
        let attachment = wire::AttachmentKey {
            key: vec![],
            name: request.name.clone(),
            kind: request.kind,
            caption: request.caption,
            required: request.required,
            tlp: request.tlp,
            ..known
        };
        Ok(wire::FinishAttachmentResponse { attachment: Some(attachment), flags, position_removed })
    }

    pub(super) async fn discard_file(self: &Arc<Self>, officer: OfficerId, upload: &[u8]) -> Result<(), Status> {
        let id = id_of(upload)?;
        let (api, turn) = (Arc::clone(self), self.turns.with(id).await);
        to_its_end(async move {
            let _turn = turn;
            api.upload(officer, UploadStep::Discard(id)).await?;
            api.on_disk(move |blobs| staging::discard(blobs, id)).await
        })
        .await
    }

    /// An attachment, verified, once the access is durable.
    pub(super) async fn file_shown(
        self: &Arc<Self>,
        officer: OfficerId,
        request: wire::GetAttachmentRequest,
    ) -> Result<mpsc::Receiver<Piece>, Status> {
        let attachment = id_of(&request.digest)?;
        let known = if request.draft.is_empty() {
            self.file_of_notice(officer, attachment, &request).await?
        } else {
            self.file_of_draft(officer, attachment, &request).await?
        };
        let (pieces, receiver) = mpsc::channel(PIECES);
        // The task ends with the reader, or when the node drains.
        tokio::spawn(send(Arc::clone(self), known, pieces));
        Ok(receiver)
    }

    async fn file_of_notice(
        &self,
        officer: OfficerId,
        attachment: Digest,
        request: &wire::GetAttachmentRequest,
    ) -> Result<wire::AttachmentKey, Status> {
        let access = if request.export { Access::Export } else { Access::View };
        let why = Why::given(&request.why, access)?;
        let digest = self.find(&request.notice).await?;
        let reader = officer.clone();
        let file = self.standings(move |standings| standings.file(digest, attachment, &reader)).await?;
        let file = file.ok_or_else(|| refused(Code::NotFound, "refused-no-attachment", &[]))?;
        if !file.is_opened {
            return Err(HandleRefused::NotOpened(file.reference).into());
        }
        // A correction of it may be marked looser.
        if access.leaves()
            && let Some(kept) = self.standings(move |standings| standings.kept(digest)).await?
        {
            return Err(consent_needed(&kept));
        }
        let known = self.verified_file(file.known, file.from).await?;
        if !self.is_covered(request, &officer, attachment) {
            self.access_to(officer, vec![file.notice], access, why, Some(attachment)).await?;
        }
        Ok(known)
    }

    /// Whether this is a preview that the entry of an opening covers. What leaves is always an entry.
    fn is_covered(&self, request: &wire::GetAttachmentRequest, officer: &OfficerId, attachment: Digest) -> bool {
        let is_preview = request.preview && !request.export;
        is_preview && self.turns.previews.covered(self.hub.node_time(), officer, attachment)
    }

    /// Lets an attachment that is still to come go before all others of its office.
    pub(super) async fn fetch_first(&self, request: wire::FetchAttachmentRequest) -> Result<(), Status> {
        let (attachment, notice) = (id_of(&request.digest)?, self.find(&request.notice).await?);
        let listed = self.standings(move |standings| standings.listed_files(notice)).await?;
        let wanted = listed.into_iter().find(|(one, _)| one.digest == attachment);
        let (_, from) = wanted.ok_or_else(|| refused(Code::NotFound, "refused-no-attachment", &[]))?;
        if self.on_disk(move |blobs| Ok(blobs.size(attachment)?)).await?.is_some() {
            return Ok(());
        }
        let office = [("office", from.to_string())];
        if !may_exchange(&self.hub.shared.rosters(), from) {
            return Err(refused(Code::FailedPrecondition, "refused-fetch-suspended", &office));
        }
        if !self.hub.is_live(from) {
            return Err(refused(Code::Unavailable, "refused-fetch-no-link", &office));
        }
        if !self.hub.attachments.may_pull(self.hub.free_bytes()) {
            return Err(refused(Code::Unavailable, "refused-fetch-disk", &[]));
        }
        if !self.hub.may_pull(from) {
            return Err(refused(Code::Unavailable, "refused-fetch-quota", &office));
        }
        self.hub.attachments.put_first(from, attachment);
        Ok(())
    }

    async fn file_of_draft(
        &self,
        officer: OfficerId,
        attachment: Digest,
        request: &wire::GetAttachmentRequest,
    ) -> Result<wire::AttachmentKey, Status> {
        if request.export || !request.notice.is_empty() {
            return Err(refused(Code::InvalidArgument, "refused-draft-export", &[]));
        }
        let draft = self.find_draft(&officer, &request.draft).await?;
        let form = self.drafts(&officer, move |drafts| drafts.form(draft)).await?;
        let form = form.ok_or(DraftRefused::Unknown(draft))?;
        let known = self.drafts(&officer, move |drafts| drafts.file(draft, form, attachment)).await?;
        let known = known.ok_or_else(|| refused(Code::NotFound, "refused-no-attachment", &[]))?;
        let known = self.verified_file(known, self.owner.office).await?;
        if self.is_covered(request, &officer, attachment) {
            return Ok(known);
        }
        let command = Command::OpenDraft { officer, draft, attachment: Some(attachment) };
        let Reply::DraftOpened(opened) = self.order(command).await? else { return Err(out_of_turn()) };
        if opened?.form != form {
            return Err(DraftRefused::Changed.into());
        }
        Ok(known)
    }

    /// Verifies a whole file, one at a time.
    async fn verified_file(&self, known: wire::AttachmentKey, from: OfficeCode) -> Result<wire::AttachmentKey, Status> {
        let digest = id_of(&known.digest)?;
        let size = chunks::sealed_size(known.size_bytes);
        let arrived = self.on_disk(move |blobs| Ok((blobs.size(digest)?, blobs.arrived(digest, from)?))).await?;
        if let (None, arrived) = arrived {
            let percent = arrived.saturating_mul(100) / size.max(1);
            return Err(refused(Code::Unavailable, "refused-file-arriving", &[("percent", percent.to_string())]));
        }
        let look = self.turns.look().await?;
        self.on_disk(move |blobs| {
            let _look = look;
            staging::verify(blobs, &known)
        })
        .await
    }

    /// How much of attachments is here.
    pub(super) async fn here(
        &self,
        listed: Vec<(notice::AttachmentRef, OfficeCode)>,
    ) -> Result<Vec<wire::AttachmentHere>, Status> {
        if listed.is_empty() {
            return Ok(vec![]);
        }
        self.on_disk(move |blobs| {
            let here = |(one, from): &(notice::AttachmentRef, OfficeCode)| {
                let arrived_bytes = match blobs.size(one.digest)? {
                    Some(size) => size,
                    None => blobs.arrived(one.digest, *from)?,
                };
                Ok(wire::AttachmentHere { digest: one.digest.0.to_vec(), size_bytes: one.size, arrived_bytes })
            };
            listed.iter().map(here).collect()
        })
        .await
    }

    /// How much of the attachments of a draft is here.
    pub(super) async fn here_of(&self, body: Option<&wire::NoticeBody>) -> Result<Vec<wire::AttachmentHere>, Status> {
        let listed = body.into_iter().flat_map(notice::file_keys).filter_map(|one| {
            let digest = Digest::try_from(one.digest.as_slice()).ok()?;
            Some((notice::AttachmentRef { digest, size: chunks::sealed_size(one.size_bytes) }, self.owner.office))
        });
        self.here(listed.collect()).await
    }

    async fn upload(&self, officer: OfficerId, step: UploadStep) -> Result<Digest, Status> {
        let Reply::Uploaded(done) = self.order(Command::Upload { officer, step }).await? else {
            return Err(out_of_turn());
        };
        Ok(done?)
    }

    async fn brought(&self, officer: &OfficerId, id: Digest) -> Result<Upload, Status> {
        let (officer, vault) = (officer.clone(), self.vault.clone());
        let found = self.read(move |view| uploads::find(view, &vault, &officer, id)).await?;
        Ok(found.ok_or(UploadRefused::Unknown)?)
    }

    /// Does something with files, on a thread that may block.
    async fn on_disk<T: Send + 'static>(
        &self,
        what: impl FnOnce(&crate::edge::blobs::Blobs) -> Result<T, StagingError> + Send + 'static,
    ) -> Result<T, Status> {
        let blobs = Arc::clone(&self.hub.blobs);
        let done = tokio::task::spawn_blocking(move || what(&blobs)).await;
        Ok(done.map_err(|_| status(Code::Internal, "A file failed.", "Look at the trace of the node."))??)
    }
}

/// Sends a verified file: what it is, then its bytes.
async fn send(api: Arc<Api>, known: wire::AttachmentKey, pieces: mpsc::Sender<Piece>) {
    let bare = wire::AttachmentKey { key: vec![], ..known.clone() };
    let mut piece = Ok(wire::GetAttachmentResponse { attachment: Some(bare), data: vec![] });
    for index in 0.. {
        let is_last = piece.is_err();
        let sent = pieces.send_timeout(piece, Duration::from_millis(limits::CALL_MS));
        let sent = tokio::select! {
            sent = sent => sent.is_ok(),
            () = api.hub.drain.cancelled() => false,
        };
        if !sent || is_last {
            return;
        }
        let file = known.clone();
        piece = match api.on_disk(move |blobs| staging::chunk(blobs, &file, index)).await {
            Ok(data) if data.is_empty() => return,
            Ok(data) => Ok(wire::GetAttachmentResponse { attachment: None, data: data.to_vec() }),
            Err(error) => Err(error),
        };
    }
}

fn id_of(bytes: &[u8]) -> Result<Digest, Status> {
    Ok(Digest::try_from(bytes).map_err(|_| UploadRefused::Unknown)?)
}

fn flag(message: &'static str) -> wire::Finding {
    findings::said(&Finding::new(Rule::Policy(21), "", message))
}
