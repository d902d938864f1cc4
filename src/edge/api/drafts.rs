//! Drafts and what lets them go, for the desk.

use std::sync::Arc;

use tonic::Code;
use tonic::Status;

use crate::edge::api::Api;
use crate::edge::api::caller::once;
use crate::edge::api::caller::out_of_turn;
use crate::edge::api::unknown;
use crate::edge::findings;
use crate::edge::status::refused;
use crate::edge::status::said_of;
use crate::edge::status::status;
use crate::engine::rows::RowError;
use crate::engine::rows::drafts as draft_rows;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::office::Command;
use crate::office::DraftRefused;
use crate::office::Drafted;
use crate::office::IssueRefused;
use crate::office::Issued;
use crate::office::Reply;
use crate::office::Sent;
use crate::office::drafts::Drafts;
use crate::office::read::Found;
use crate::wire;

impl Api {
    /// Reads drafts as an officer may see them, on a thread that may block.
    pub(super) async fn drafts<T: Send + 'static>(
        &self,
        officer: &OfficerId,
        what: impl FnOnce(&Drafts<'_>) -> Result<T, RowError> + Send + 'static,
    ) -> Result<T, Status> {
        let (officer, officers, vault) = (officer.clone(), self.hub.shared.officers(), self.vault.clone());
        let now = self.hub.node_time();
        self.read(move |view| what(&Drafts { view, vault: &vault, officers: &officers, officer: &officer, now })).await
    }

    /// Sends what one officer sends alone in an emergency, submits any other notice.
    pub(super) async fn send(
        &self,
        officer: OfficerId,
        request: wire::SendNoticeRequest,
    ) -> Result<wire::SendNoticeResponse, Status> {
        let (key, content) = (request.idempotency_key.clone(), request.clone());
        let wire::SendNoticeRequest { header, body, statement, draft, form, .. } = request;
        let (draft, over) = ((draft > 0).then_some(draft), over(&form)?);
        let (header, body) = (Box::new(header.unwrap_or_default()), body.map(Box::new));
        let statement = statement.unwrap_or_default();
        let command = Command::Send { officer: officer.clone(), draft, over, header, body, statement };
        let command = once(&officer, &key, &content, command)?;
        let Reply::Sent(sent) = self.order(command).await? else { return Err(out_of_turn()) };
        let sent = sent?;
        if draft.is_some() {
            self.hub.attachments.something_is_erased();
        }
        match sent {
            Sent::Issued(issued) => {
                let wire::ReleaseDraftResponse { digest, reference, to, flags } = released(&issued);
                Ok(wire::SendNoticeResponse { digest, reference, to, flags, draft: None })
            }
            Sent::Submitted(drafted) => {
                let flags = drafted.flags.iter().map(findings::said).collect();
                let draft = self.summary(&officer, &drafted).await?;
                let header = draft.header.clone().unwrap_or_default();
                let to = header.to.iter().chain(&header.cc).map(|party| party.office.clone()).collect();
                let reference = draft.reference.clone();
                Ok(wire::SendNoticeResponse { digest: vec![], reference, to, flags, draft: Some(draft) })
            }
        }
    }

    pub(super) async fn keep(
        &self,
        officer: OfficerId,
        request: wire::SaveDraftRequest,
    ) -> Result<wire::SaveDraftResponse, Status> {
        let draft =
            if request.draft.is_empty() { None } else { Some(self.find_draft(&officer, &request.draft).await?) };
        let over = over(&request.form)?;
        let (key, content) = (request.idempotency_key.clone(), request.clone());
        let wire::SaveDraftRequest { header, body, unfinished, .. } = request;
        let (header, body) = (Box::new(header.unwrap_or_default()), body.map(Box::new));
        let command = Command::Save { officer: officer.clone(), draft, over, header, body, unfinished };
        let drafted = self.drafted(once(&officer, &key, &content, command)?).await?;
        Ok(wire::SaveDraftResponse { draft: Some(self.summary(&officer, &drafted).await?) })
    }

    /// A draft without its text, as a list shows it.
    pub(super) async fn draft_shown(&self, officer: OfficerId, name: &str) -> Result<wire::GetDraftResponse, Status> {
        let number = match name.parse() {
            Ok(number) => number,
            Err(_) => self.find_draft(&officer, name).await?,
        };
        let draft = self.drafts(&officer, move |drafts| drafts.get(number)).await?;
        Ok(wire::GetDraftResponse { draft: Some(draft.ok_or_else(|| unknown::draft(name))?) })
    }

    /// Opens a draft: that of another officer is an entry before its text is read.
    pub(super) async fn open_up(
        self: &Arc<Self>,
        officer: OfficerId,
        name: &str,
    ) -> Result<wire::OpenDraftResponse, Status> {
        let draft = self.find_draft(&officer, name).await?;
        let command = Command::OpenDraft { officer: officer.clone(), draft, attachment: None };
        let Reply::DraftOpened(opened) = self.order(command).await? else { return Err(out_of_turn()) };
        let opened = opened?;
        let text = self.drafts(&officer, move |drafts| drafts.text(draft, opened.form)).await?;
        let text = text.ok_or(DraftRefused::Changed)?;
        let (problems, flags) = match opened.judged {
            _ if !text.unfinished.is_empty() => (vec![as_finding(&DraftRefused::Unfinished(draft).into())], vec![]),
            Ok(flags) => (vec![], flags.iter().map(findings::said).collect()),
            Err(refused) => (keeps(refused), vec![]),
        };
        let attachments = self.here_of(text.body.as_ref()).await?;
        self.turns.previews.opened(self.hub.node_time(), &officer, &attachments);
        Ok(wire::OpenDraftResponse { problems, flags, attachments, ..text })
    }

    pub(super) async fn close_for_release(
        &self,
        officer: OfficerId,
        name: &str,
    ) -> Result<wire::SubmitDraftResponse, Status> {
        let draft = self.find_draft(&officer, name).await?;
        let drafted = self.drafted(Command::Submit { officer: officer.clone(), draft }).await?;
        let flags = drafted.flags.iter().map(findings::said).collect();
        Ok(wire::SubmitDraftResponse { draft: Some(self.summary(&officer, &drafted).await?), flags })
    }

    pub(super) async fn let_go(
        &self,
        officer: OfficerId,
        request: wire::ReleaseDraftRequest,
    ) -> Result<wire::ReleaseDraftResponse, Status> {
        let draft = self.find_draft(&officer, &request.draft).await?;
        let form = Digest::try_from(request.form.as_slice()).map_err(|_| no_form())?;
        let command = Command::Release { officer, draft, form, statement: request.statement.unwrap_or_default() };
        let Reply::Released(issued) = self.order(command).await? else { return Err(out_of_turn()) };
        Ok(released(&issued?))
    }

    pub(super) async fn give_back(
        &self,
        officer: OfficerId,
        request: wire::ReturnDraftRequest,
    ) -> Result<wire::ReturnDraftResponse, Status> {
        let draft = self.find_draft(&officer, &request.draft).await?;
        let command = Command::Return { officer: officer.clone(), draft, comment: request.comment };
        let drafted = self.drafted(command).await?;
        Ok(wire::ReturnDraftResponse { draft: Some(self.summary(&officer, &drafted).await?) })
    }

    pub(super) async fn throw_away(
        &self,
        officer: OfficerId,
        request: &wire::DiscardDraftRequest,
    ) -> Result<wire::DiscardDraftResponse, Status> {
        let (draft, over) = (self.find_draft(&officer, &request.draft).await?, over(&request.form)?);
        let drafted = self.drafted(Command::Discard { officer, draft, over }).await?;
        self.hub.attachments.something_is_erased();
        Ok(wire::DiscardDraftResponse { number: drafted.number })
    }

    /// Confirms what another officer sent in an emergency.
    pub(super) async fn confirm(&self, officer: OfficerId, name: &str) -> Result<wire::ConfirmNoticeResponse, Status> {
        let notice = self.find(name).await?;
        let command = Command::Confirm { officer, notice };
        let Reply::Confirmed(confirmed) = self.order(command).await? else { return Err(out_of_turn()) };
        let wire::ReleaseDraftResponse { digest, reference, to, .. } = released(&confirmed?);
        Ok(wire::ConfirmNoticeResponse { correction: Some(wire::NoticeName { digest, reference }), to })
    }

    async fn drafted(&self, command: Command) -> Result<Drafted, Status> {
        let Reply::Drafted(drafted) = self.order(command).await? else { return Err(out_of_turn()) };
        Ok(drafted?)
    }

    /// A draft as it now is; it may be gone again, or be somebody else's business.
    async fn summary(&self, officer: &OfficerId, drafted: &Drafted) -> Result<wire::DraftSummary, Status> {
        let number = drafted.number;
        let summary = self.drafts(officer, move |drafts| {
            let row = draft_rows::row(drafts.view, number)?;
            row.map(|row| drafts.summary(number, &row)).transpose()
        });
        Ok(summary.await?.ok_or(DraftRefused::Unknown(number))?)
    }

    /// The one draft that a name means.
    pub(super) async fn find_draft(&self, officer: &OfficerId, name: &str) -> Result<u64, Status> {
        let wanted = name.to_owned();
        match self.drafts(officer, move |drafts| drafts.find(&wanted)).await? {
            Found::One(number) => Ok(number),
            Found::None => Err(unknown::draft(name)),
            Found::Several(references) => {
                let names = [("references", references.join(", "))];
                Err(refused(Code::InvalidArgument, "refused-several-drafts", &names))
            }
        }
    }
}

/// What keeps a draft here; what is no rule of policy has no number.
fn keeps(refused: IssueRefused) -> Vec<wire::Finding> {
    match refused {
        IssueRefused::Policy(problems) => problems.iter().map(findings::said).collect(),
        IssueRefused::Shape(problem) => vec![findings::said(&problem.into())],
        other => vec![as_finding(&other.into())],
    }
}

fn as_finding(refusal: &Status) -> wire::Finding {
    let said = said_of(refusal).and_then(|refused| refused.said);
    let what = refusal.message().lines().next().unwrap_or_default().to_owned();
    wire::Finding { what, said, ..wire::Finding::default() }
}

/// The form of a draft that alone may be replaced; `None` for whichever it is.
fn over(form: &[u8]) -> Result<Option<Digest>, Status> {
    if form.is_empty() { Ok(None) } else { Digest::try_from(form).map(Some).map_err(|_| no_form()) }
}

fn no_form() -> Status {
    status(Code::InvalidArgument, "It is not said which form was read.", "Open the draft first, and send its form.")
}

fn released(issued: &Issued) -> wire::ReleaseDraftResponse {
    wire::ReleaseDraftResponse {
        digest: issued.digest.0.to_vec(),
        reference: issued.reference.to_string(),
        to: issued.to.iter().map(ToString::to_string).collect(),
        flags: issued.flags.iter().map(findings::said).collect(),
    }
}
