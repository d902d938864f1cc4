//! The desk: send, list, open, watch, export.

use std::pin::Pin;
use std::sync::Arc;

use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Request;
use tonic::Response;
use tonic::Status;

use crate::domain::access::Access;
use crate::domain::access::Why;
use crate::edge::api::Api;
use crate::edge::stubs::desk_service_server::DeskService;
use crate::office::ExerciseStep;
use crate::office::call::Call;
use crate::office::due;
use crate::office::export;
use crate::wire;

#[tonic::async_trait]
impl DeskService for Arc<Api> {
    async fn send_notice(
        &self,
        request: Request<wire::SendNoticeRequest>,
    ) -> Result<Response<wire::SendNoticeResponse>, Status> {
        let officer = self.permitted(&request, Call::Write).await?;
        let emergency = request.get_ref().header.as_ref().is_some_and(|header| header.emergency);
        if emergency { self.may_release() } else { self.may_write() }?;
        Ok(Response::new(self.send(officer, request.into_inner()).await?))
    }

    async fn save_draft(
        &self,
        request: Request<wire::SaveDraftRequest>,
    ) -> Result<Response<wire::SaveDraftResponse>, Status> {
        let officer = self.permitted(&request, Call::Write).await?;
        self.may_write()?;
        Ok(Response::new(self.keep(officer, request.into_inner()).await?))
    }

    async fn list_drafts(
        &self,
        request: Request<wire::ListDraftsRequest>,
    ) -> Result<Response<wire::ListDraftsResponse>, Status> {
        let officer = self.permitted(&request, Call::Drafts).await?;
        Ok(Response::new(self.drafts_shown(officer).await?))
    }

    async fn open_draft(
        &self,
        request: Request<wire::OpenDraftRequest>,
    ) -> Result<Response<wire::OpenDraftResponse>, Status> {
        let officer = self.permitted(&request, Call::Write).await?;
        Ok(Response::new(self.open_up(officer, &request.into_inner().draft).await?))
    }

    async fn get_draft(
        &self,
        request: Request<wire::GetDraftRequest>,
    ) -> Result<Response<wire::GetDraftResponse>, Status> {
        let officer = self.permitted(&request, Call::Drafts).await?;
        Ok(Response::new(self.draft_shown(officer, &request.into_inner().draft).await?))
    }

    async fn submit_draft(
        &self,
        request: Request<wire::SubmitDraftRequest>,
    ) -> Result<Response<wire::SubmitDraftResponse>, Status> {
        let officer = self.permitted(&request, Call::Write).await?;
        self.may_write()?;
        Ok(Response::new(self.close_for_release(officer, &request.into_inner().draft).await?))
    }

    async fn release_draft(
        &self,
        request: Request<wire::ReleaseDraftRequest>,
    ) -> Result<Response<wire::ReleaseDraftResponse>, Status> {
        let officer = self.permitted(&request, Call::Release).await?;
        self.may_release()?;
        Ok(Response::new(self.let_go(officer, request.into_inner()).await?))
    }

    async fn return_draft(
        &self,
        request: Request<wire::ReturnDraftRequest>,
    ) -> Result<Response<wire::ReturnDraftResponse>, Status> {
        let officer = self.permitted(&request, Call::Write).await?;
        Ok(Response::new(self.give_back(officer, request.into_inner()).await?))
    }

    async fn discard_draft(
        &self,
        request: Request<wire::DiscardDraftRequest>,
    ) -> Result<Response<wire::DiscardDraftResponse>, Status> {
        let officer = self.permitted(&request, Call::Write).await?;
        Ok(Response::new(self.throw_away(officer, &request.into_inner()).await?))
    }

    async fn confirm_notice(
        &self,
        request: Request<wire::ConfirmNoticeRequest>,
    ) -> Result<Response<wire::ConfirmNoticeResponse>, Status> {
        let officer = self.permitted(&request, Call::Release).await?;
        self.may_release()?;
        Ok(Response::new(self.confirm(officer, &request.into_inner().notice).await?))
    }

    async fn list_notices(
        &self,
        request: Request<wire::ListNoticesRequest>,
    ) -> Result<Response<wire::ListNoticesResponse>, Status> {
        let officer = self.permitted(&request, Call::List).await?;
        Ok(Response::new(self.notices_shown(officer, request.into_inner()).await?))
    }

    async fn show_board(
        &self,
        request: Request<wire::ShowBoardRequest>,
    ) -> Result<Response<wire::ShowBoardResponse>, Status> {
        let officer = self.permitted(&request, Call::List).await?;
        Ok(Response::new(self.board_shown(officer, request.into_inner()).await?))
    }

    async fn open_notice(
        &self,
        request: Request<wire::OpenNoticeRequest>,
    ) -> Result<Response<wire::OpenNoticeResponse>, Status> {
        // Whoever sees headers opens a text by role, or under break-glass.
        let officer = self.permitted(&request, if request.get_ref().print { Call::Print } else { Call::List }).await?;
        Ok(Response::new(Box::pin(self.open(officer, request.into_inner())).await?))
    }

    async fn get_notice(
        &self,
        request: Request<wire::GetNoticeRequest>,
    ) -> Result<Response<wire::GetNoticeResponse>, Status> {
        let officer = self.permitted(&request, Call::List).await?;
        let digest = self.find(&request.into_inner().notice).await?;
        let read = self.standings(move |standings| Ok((standings.summary(digest)?, standings.related(digest)?)));
        let (summary, related) = read.await?;
        let reader = officer.clone();
        let opened = self.standings(move |standings| standings.is_opened_by(digest, &reader)).await?;
        let listed = self.standings(move |standings| standings.listed_files(digest)).await?;
        let attachments = self.here(listed).await?;
        let (erasure, kept_until_ms) = self.kept(digest).await?;
        let (reading, deciders) = self.own_reading(officer, digest).await?;
        let now = self.hub.node_time();
        let due = self.read(move |view| due::of(view, now, digest)).await?;
        let summary = Some(summary);
        Ok(Response::new(wire::GetNoticeResponse {
            summary,
            related,
            attachments,
            opened,
            erasure,
            kept_until_ms,
            reading,
            deciders,
            due,
        }))
    }

    async fn take_notice(
        &self,
        request: Request<wire::TakeNoticeRequest>,
    ) -> Result<Response<wire::TakeNoticeResponse>, Status> {
        let officer = self.permitted(&request, Call::Handle).await?;
        Ok(Response::new(self.take(officer, &request.into_inner().notice).await?))
    }

    async fn hand_over(
        &self,
        request: Request<wire::HandOverRequest>,
    ) -> Result<Response<wire::HandOverResponse>, Status> {
        let officer = self.permitted(&request, Call::Handle).await?;
        Ok(Response::new(self.give(officer, &request.into_inner().to).await?))
    }

    async fn close_notice(
        &self,
        request: Request<wire::CloseNoticeRequest>,
    ) -> Result<Response<wire::CloseNoticeResponse>, Status> {
        let officer = self.permitted(&request, Call::Handle).await?;
        Ok(Response::new(self.close(officer, request.into_inner()).await?))
    }

    async fn acknowledge_notice(
        &self,
        request: Request<wire::AcknowledgeNoticeRequest>,
    ) -> Result<Response<wire::AcknowledgeNoticeResponse>, Status> {
        let officer = self.permitted(&request, Call::Handle).await?;
        self.may_write()?;
        Ok(Response::new(self.acknowledge(officer, &request.into_inner().notice).await?))
    }

    async fn search_notices(
        &self,
        request: Request<wire::SearchNoticesRequest>,
    ) -> Result<Response<wire::SearchNoticesResponse>, Status> {
        let call = if request.get_ref().held { Call::SearchHeld } else { Call::Search };
        let officer = self.permitted(&request, call).await?;
        self.search(officer, request.into_inner()).await.map(Response::new)
    }

    type WatchInboxStream = Pin<Box<dyn Stream<Item = Result<wire::WatchInboxResponse, Status>> + Send>>;

    async fn watch_inbox(
        &self,
        request: Request<wire::WatchInboxRequest>,
    ) -> Result<Response<Self::WatchInboxStream>, Status> {
        let officer = self.permitted(&request, Call::List).await?;
        let rows = self.arrivals_shown(officer, request.into_inner().after).await?;
        Ok(Response::new(Box::pin(ReceiverStream::new(rows))))
    }

    async fn export_notice(
        &self,
        request: Request<wire::ExportNoticeRequest>,
    ) -> Result<Response<wire::ExportNoticeResponse>, Status> {
        let officer = self.permitted(&request, Call::Export).await?;
        let wire::ExportNoticeRequest { notice, why } = request.into_inner();
        let why = Why::given(&why, Access::Export)?;
        let digest = self.find(&notice).await?;
        self.access(officer, digest, &[], Access::Export, why).await?;
        let not_for_court = self.standings(move |standings| standings.not_for_court(digest)).await?;
        let envelopes = self.read(move |view| export::export(view, digest)).await?;
        Ok(Response::new(wire::ExportNoticeResponse { not_for_court, ..envelopes }))
    }

    async fn erase_notice(
        &self,
        request: Request<wire::EraseNoticeRequest>,
    ) -> Result<Response<wire::EraseNoticeResponse>, Status> {
        let officer = self.permitted(&request, Call::Erase).await?;
        let request = request.into_inner();
        let digest = self.find(&request.notice).await?;
        Ok(Response::new(self.erase(officer, digest, request.reason()).await?))
    }

    async fn ask_reading(
        &self,
        request: Request<wire::AskReadingRequest>,
    ) -> Result<Response<wire::AskReadingResponse>, Status> {
        let officer = self.permitted(&request, Call::AskReading).await?;
        Ok(Response::new(Api::ask_reading(self, officer, request.into_inner()).await?))
    }

    async fn decide_reading(
        &self,
        request: Request<wire::DecideReadingRequest>,
    ) -> Result<Response<wire::DecideReadingResponse>, Status> {
        let officer = self.permitted(&request, Call::DecideReading).await?;
        Ok(Response::new(Api::decide_reading(self, officer, request.into_inner()).await?))
    }

    async fn list_readings(
        &self,
        request: Request<wire::ListReadingsRequest>,
    ) -> Result<Response<wire::ListReadingsResponse>, Status> {
        self.permitted(&request, Call::Audit).await?;
        Ok(Response::new(Api::list_readings(self).await?))
    }

    async fn begin_attachment(
        &self,
        request: Request<wire::BeginAttachmentRequest>,
    ) -> Result<Response<wire::BeginAttachmentResponse>, Status> {
        let officer = self.permitted(&request, Call::Write).await?;
        self.may_write()?;
        Ok(Response::new(self.begin_file(officer, request.into_inner()).await?))
    }

    async fn put_attachment(
        &self,
        request: Request<wire::PutAttachmentRequest>,
    ) -> Result<Response<wire::PutAttachmentResponse>, Status> {
        let officer = self.permitted(&request, Call::Write).await?;
        self.may_write()?;
        Ok(Response::new(self.put_file(officer, request.into_inner()).await?))
    }

    async fn finish_attachment(
        &self,
        request: Request<wire::FinishAttachmentRequest>,
    ) -> Result<Response<wire::FinishAttachmentResponse>, Status> {
        let officer = self.permitted(&request, Call::Write).await?;
        self.may_write()?;
        Ok(Response::new(self.finish_file(officer, request.into_inner()).await?))
    }

    async fn discard_attachment(
        &self,
        request: Request<wire::DiscardAttachmentRequest>,
    ) -> Result<Response<wire::DiscardAttachmentResponse>, Status> {
        let officer = self.permitted(&request, Call::Write).await?;
        self.discard_file(officer, &request.get_ref().upload).await?;
        Ok(Response::new(wire::DiscardAttachmentResponse {}))
    }

    type GetAttachmentStream = Pin<Box<dyn Stream<Item = Result<wire::GetAttachmentResponse, Status>> + Send>>;

    async fn get_attachment(
        &self,
        request: Request<wire::GetAttachmentRequest>,
    ) -> Result<Response<Self::GetAttachmentStream>, Status> {
        let asked = request.get_ref();
        // What is taken out is read: the envelopes that others may export say nothing.
        let call = match (asked.export, asked.draft.is_empty()) {
            (true, _) => Call::Print,
            (false, true) => Call::Open,
            (false, false) => Call::Write,
        };
        let officer = self.permitted(&request, call).await?;
        let pieces = self.file_shown(officer, request.into_inner()).await?;
        Ok(Response::new(Box::pin(ReceiverStream::new(pieces))))
    }

    async fn get_exercise(
        &self,
        request: Request<wire::GetExerciseRequest>,
    ) -> Result<Response<wire::GetExerciseResponse>, Status> {
        self.permitted(&request, Call::Status).await?;
        Ok(Response::new(wire::GetExerciseResponse { exercise: self.exercise_on() }))
    }

    async fn start_exercise(
        &self,
        request: Request<wire::StartExerciseRequest>,
    ) -> Result<Response<wire::StartExerciseResponse>, Status> {
        let officer = self.permitted(&request, Call::Exercise).await?;
        let exercise = request.into_inner().exercise.unwrap_or_default();
        self.exercise(officer, ExerciseStep::Start(exercise)).await?;
        Ok(Response::new(wire::StartExerciseResponse { exercise: self.exercise_on() }))
    }

    async fn end_exercise(
        &self,
        request: Request<wire::EndExerciseRequest>,
    ) -> Result<Response<wire::EndExerciseResponse>, Status> {
        let officer = self.permitted(&request, Call::Exercise).await?;
        let index = self.exercise(officer, ExerciseStep::End(request.into_inner().index)).await?;
        Ok(Response::new(wire::EndExerciseResponse { index }))
    }

    async fn fetch_attachment(
        &self,
        request: Request<wire::FetchAttachmentRequest>,
    ) -> Result<Response<wire::FetchAttachmentResponse>, Status> {
        self.permitted(&request, Call::Open).await?;
        self.fetch_first(request.into_inner()).await?;
        Ok(Response::new(wire::FetchAttachmentResponse {}))
    }
}
