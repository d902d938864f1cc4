//! What becomes of a notice: where it stands, and what an officer does about it. Used by the desk.

use std::sync::Arc;

use tonic::Code;
use tonic::Status;

use crate::domain::access::Access;
use crate::domain::access::Why;
use crate::domain::access::WhyError;
use crate::domain::entry::Closing;
use crate::domain::forward;
use crate::domain::notice;
use crate::edge::api::Api;
use crate::edge::api::caller::out_of_turn;
use crate::edge::status::refused;
use crate::engine::rows::RowError;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::office::Command;
use crate::office::Reply;
use crate::office::call::Call;
use crate::office::erasure;
use crate::office::officers::Denied;
use crate::office::officers::Officer;
use crate::office::read;
use crate::office::read::TextError;
use crate::office::standing::Kept;
use crate::office::standing::Reading;
use crate::office::standing::Standings;
use crate::wire;

impl Api {
    /// Reads where notices stand, on a thread that may block.
    pub(super) async fn standings<T: Send + 'static>(
        &self,
        what: impl FnOnce(&Standings<'_>) -> Result<T, RowError> + Send + 'static,
    ) -> Result<T, Status> {
        let (rosters, vault, me) = (self.hub.shared.rosters(), self.vault.clone(), self.owner.office);
        let now = self.hub.node_time();
        self.read(move |view| what(&Standings { view, vault: &vault, rosters: &rosters, me, now })).await
    }

    /// Writes an access to a notice and to those of its corrections that are shown with it, once it may be shown so; when
    /// this returns, it is durable.
    pub(super) async fn access(
        &self,
        officer: OfficerId,
        notice: Digest,
        amendments: &[Digest],
        access: Access,
        why: Option<Why>,
    ) -> Result<(), Status> {
        if access.leaves()
            && let Some(kept) = self.standings(move |standings| standings.kept(notice)).await?
        {
            return Err(consent_needed(&kept));
        }
        let notices = [notice].into_iter().chain(amendments.iter().copied()).collect();
        self.access_to(officer, notices, access, why, None).await
    }

    /// Writes an access that may be; when this returns, it is durable.
    pub(super) async fn access_to(
        &self,
        officer: OfficerId,
        notices: Vec<Digest>,
        access: Access,
        why: Option<Why>,
        attachment: Option<Digest>,
    ) -> Result<(), Status> {
        let command = Command::Access { officer, notices, access, why, attachment };
        let Reply::Accessed = self.order(command).await? else { return Err(out_of_turn()) };
        Ok(())
    }

    /// Why a notice may not be exported or printed here now, as those calls would say; `None` if it may, or is not found.
    pub(crate) async fn stays(&self, notice: &str) -> Option<Status> {
        let digest = self.find(notice).await.ok()?;
        let kept = self.standings(move |standings| standings.kept(digest)).await.ok()?;
        kept.as_ref().map(consent_needed)
    }

    /// Why a notice of another office may not be passed on now; `None` if a consent lets it, if it is an own one, or is not
    /// found.
    pub(crate) async fn not_passed_on(&self, notice: &str) -> Option<Status> {
        let digest = self.find(notice).await.ok()?;
        let (reference, office) = self.standings(move |standings| standings.not_passed_on(digest)).await.ok()??;
        let names = [("reference", reference.to_string()), ("office", office.to_string())];
        Some(refused(Code::FailedPrecondition, "refused-not-passed-on", &names))
    }

    /// Opens a notice: first the access is durable, of the notice and of the corrections in its text, then it is read.
    pub(super) async fn open(
        self: &Arc<Self>,
        officer: OfficerId,
        request: wire::OpenNoticeRequest,
    ) -> Result<wire::OpenNoticeResponse, Status> {
        let access = if request.print { Access::Print } else { Access::View };
        let permitted =
            self.hub.shared.officers().permit(&officer, Call::Open, self.hub.node_time()).map(Officer::says_why);
        let why = Why::given(&request.why, access)?;
        if permitted == Ok(true) && why.is_none() {
            return Err(WhyError::Missing.into());
        }
        let digest = self.find(&request.notice).await?;
        let amendments = self.standings(move |standings| standings.amendments(digest)).await?;
        let granted = match permitted {
            Ok(_) => {
                self.access(officer.clone(), digest, &amendments, access, why).await?;
                None
            }
            Err(Denied::Role { .. }) => Some(self.open_granted(officer.clone(), digest, amendments.clone()).await?),
            Err(denied) => return Err(denied.into()),
        };
        let by_role = granted.is_none();
        let read_ms = self.hub.node_time().ms();
        let rosters = self.hub.shared.rosters();
        let (own_key, me) = (self.owner.key, self.owner.office);
        let verified = self.read(move |view| read::verified(view, &rosters, me, own_key, digest)).await?;
        let verified = verified.map_err(|_| refused(Code::DataLoss, "refused-not-verified", &[]))?;
        let vault = self.vault.clone();
        let sent = match self.read(move |view| Ok(read::body(view, &vault, digest))).await? {
            Err(TextError::Row(error)) => {
                self.hub.store_may_have_failed();
                return Err(error.into());
            }
            body => body?,
        };
        let sent_here = sent.is_some();
        let erasure = match &sent {
            Some(_) => None,
            None => self.read(move |view| erasure(view, digest)).await?,
        };
        let (reading, about) = self
            .standings(move |standings| {
                // Only what was written as seen is shown.
                let reading = standings.reading(digest, sent, &amendments)?;
                let about = wire::OpenNoticeResponse {
                    summary: Some(standings.summary(digest)?),
                    related: standings.related(digest)?,
                    // Other texts say these: what is read under break-glass is the text alone.
                    negotiation: if by_role { standings.negotiation(digest)? } else { None },
                    consents: if by_role { standings.consents(digest)? } else { vec![] },
                    not_for_court: standings.not_for_court(digest)?,
                    ..wire::OpenNoticeResponse::default()
                };
                Ok((reading, about))
            })
            .await?;
        let Reading { mut body, original, amendments } = reading;
        // Envelopes and keys are not shown: what they hold is.
        let part = body.as_mut().and_then(|body| body.forward.as_mut()).map(std::mem::take);
        let forwarded = part.map(|part| self.passed_on(&part));
        let has_files = sent_here && by_role;
        let listed =
            if has_files { self.standings(move |standings| standings.listed_files(digest)).await? } else { vec![] };
        let attachments = self.here(listed).await?;
        if !request.print {
            self.turns.previews.opened(self.hub.node_time(), &officer, &attachments);
        }
        Ok(wire::OpenNoticeResponse {
            attachments,
            body: body.map(notice::without_file_keys),
            signed_by: verified.value().header.from.to_string(),
            key_id: verified.by().id().to_string(),
            reader: officer.to_string(),
            read_ms,
            original: original.filter(|_| request.original).map(without_keys),
            amendments,
            erasure,
            reading: granted,
            forwarded: forwarded.transpose()?,
            ..about
        })
    }

    /// What a forward passes on, opened; says which key of the first office signed it, if one did that the rosters list.
    fn passed_on(&self, part: &wire::Forward) -> Result<wire::Forwarded, Status> {
        let passed_on = forward::read(part)
            .map_err(|error| refused(Code::DataLoss, "refused-forward-broken", &[("cause", error.to_string())]))?;
        Ok(wire::Forwarded {
            digest: passed_on.digest().0.to_vec(),
            header: Some(passed_on.header_message()),
            key_id: passed_on
                .was_signed_by(&self.hub.shared.rosters())
                .map(|key| key.id().to_string())
                .unwrap_or_default(),
            corrections: passed_on.corrections().map(|header| header.reference.to_string()).collect(),
            body: Some(notice::without_file_keys(passed_on.body)),
            consent: part.consent_digest.clone(),
        })
    }

    /// Why there is no text of a notice, and until when there is one, UTC ms.
    pub(super) async fn kept(&self, digest: Digest) -> Result<(Option<wire::Erasure>, i64), Status> {
        self.read(move |view| {
            let until = read::notice_row(view, digest)?.map_or(0, |row| row.kept_until_ms);
            Ok((erasure(view, digest)?, until))
        })
        .await
    }

    /// An officer takes care of a notice.
    pub(super) async fn take(&self, officer: OfficerId, name: &str) -> Result<wire::TakeNoticeResponse, Status> {
        let notice = self.find(name).await?;
        let Reply::Taken(taken) = self.hub.commits.ask(Command::Take { officer, notice }).await? else {
            return Err(out_of_turn());
        };
        let taken = taken?;
        let former = taken.former.map(|former| former.as_str().to_owned()).unwrap_or_default();
        Ok(wire::TakeNoticeResponse { reference: taken.reference.to_string(), former })
    }

    /// Gives all open notices that an officer takes care of to another one.
    pub(super) async fn give(&self, officer: OfficerId, to: &str) -> Result<wire::HandOverResponse, Status> {
        let to: OfficerId = to.parse()?;
        let notices = self.own(officer.clone()).await?;
        let command = Command::HandOver { officer, to, notices };
        let Reply::HandedOver(handed) = self.order(command).await? else { return Err(out_of_turn()) };
        let handed = handed?;
        let left = u64::try_from(handed.left).unwrap_or(u64::MAX);
        Ok(wire::HandOverResponse { references: handed.references.iter().map(ToString::to_string).collect(), left })
    }

    /// Closes a notice, or opens it again.
    pub(super) async fn close(
        &self,
        officer: OfficerId,
        request: wire::CloseNoticeRequest,
    ) -> Result<wire::CloseNoticeResponse, Status> {
        let notice = self.find(&request.notice).await?;
        let closing = if request.reopen { Closing::Reopen } else { Closing::Close };
        let command = Command::Close { officer, notice, closing };
        let Reply::Closed(closed) = self.order(command).await? else { return Err(out_of_turn()) };
        Ok(wire::CloseNoticeResponse { reference: closed?.reference.to_string() })
    }

    /// Acknowledges a notice.
    pub(super) async fn acknowledge(
        &self,
        officer: OfficerId,
        name: &str,
    ) -> Result<wire::AcknowledgeNoticeResponse, Status> {
        let notice: Digest = self.find(name).await?;
        let command = Command::Acknowledge { officer, notice };
        let Reply::Acknowledged(issued) = self.order(command).await? else { return Err(out_of_turn()) };
        let issued = issued?;
        let (digest, reference) = (issued.digest.0.to_vec(), issued.reference.to_string());
        Ok(wire::AcknowledgeNoticeResponse {
            acknowledgement: Some(wire::NoticeName { digest, reference }),
            to: issued.to.iter().map(ToString::to_string).collect(),
        })
    }
}

/// A text without what it passes on.
fn without_keys(body: wire::NoticeBody) -> wire::NoticeBody {
    let body = wire::NoticeBody { forward: body.forward.map(|_| wire::Forward::default()), ..body };
    notice::without_file_keys(body)
}

/// What keeps a notice here, and which consent lifts that.
pub(super) fn consent_needed(kept: &Kept) -> Status {
    let Kept { notice, originator, is_forward } = kept;
    let names = [("reference", notice.to_string()), ("office", originator.to_string())];
    let key = if *is_forward { "refused-forward-stays" } else { "refused-stays-here" };
    refused(Code::FailedPrecondition, key, &names)
}
