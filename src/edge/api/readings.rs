//! Readings under break-glass behind the desk: an auditor asks, a data-protection officer decides, the auditor opens. None of it
//! by an unsure clock: node time stands still meanwhile, and a day would not end.

use tonic::Status;

use crate::domain::access::Why;
use crate::domain::reading::Verdict;
use crate::edge::api::Api;
use crate::edge::api::caller::out_of_turn;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::office::Command;
use crate::office::ReadingStep;
use crate::office::Reply;
use crate::office::call::Call;
use crate::office::readings;
use crate::wire;

impl Api {
    async fn reading_step(&self, officer: OfficerId, step: ReadingStep) -> Result<Option<wire::Reading>, Status> {
        let Reply::Reading(done) = self.order(Command::Reading { officer, step }).await? else {
            return Err(out_of_turn());
        };
        let (index, now) = (done?, self.hub.node_time());
        self.read(move |view| readings::one(view, index, now)).await
    }

    /// An auditor asks.
    pub(super) async fn ask_reading(
        &self,
        officer: OfficerId,
        request: wire::AskReadingRequest,
    ) -> Result<wire::AskReadingResponse, Status> {
        self.sure()?;
        let why = Why::needed(&request.why)?;
        let notice = self.find(&request.notice).await?;
        let deciders = self.deciders(&officer);
        let reading = self.reading_step(officer, ReadingStep::Ask { notice, why }).await?;
        Ok(wire::AskReadingResponse { reading, deciders })
    }

    /// A data-protection officer decides.
    pub(super) async fn decide_reading(
        &self,
        officer: OfficerId,
        request: wire::DecideReadingRequest,
    ) -> Result<wire::DecideReadingResponse, Status> {
        self.sure()?;
        let verdict = if request.grant { Verdict::Granted } else { Verdict::Refused(Why::needed(&request.reason)?) };
        let step = ReadingStep::Decide { request: request.index, verdict };
        let reading = self.reading_step(officer, step).await?;
        Ok(wire::DecideReadingResponse { reading })
    }

    /// All that wait, count or were refused of late.
    pub(super) async fn list_readings(&self) -> Result<wire::ListReadingsResponse, Status> {
        let now = self.hub.node_time();
        let readings = self.read(move |view| readings::list(view, now)).await?;
        Ok(wire::ListReadingsResponse { readings })
    }

    /// Writes that an auditor is about to see a text with these corrections, if that was granted.
    pub(super) async fn open_granted(
        &self,
        officer: OfficerId,
        notice: Digest,
        amendments: Vec<Digest>,
    ) -> Result<wire::Reading, Status> {
        self.sure()?;
        let reading = self.reading_step(officer, ReadingStep::Open { notice, amendments }).await?;
        Ok(reading.unwrap_or_default())
    }

    /// Where an auditor stands with a notice: the newest request, and who may decide one; nothing for others.
    pub(super) async fn own_reading(
        &self,
        officer: OfficerId,
        notice: Digest,
    ) -> Result<(Option<wire::Reading>, Vec<String>), Status> {
        let now = self.hub.node_time();
        if self.hub.shared.officers().permit(&officer, Call::AskReading, now).is_err() {
            return Ok((None, vec![]));
        }
        let deciders = self.deciders(&officer);
        let reading = self.read(move |view| readings::newest(view, &officer, notice, now)).await?;
        Ok((reading, deciders))
    }

    fn deciders(&self, officer: &OfficerId) -> Vec<String> {
        let found = readings::deciders(&self.hub.shared.officers(), officer, self.hub.node_time());
        found.iter().map(ToString::to_string).collect()
    }
}
