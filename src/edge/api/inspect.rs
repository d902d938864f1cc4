//! Inspect: status, entries, verify, trust, rosters. Never a text.

use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;
use tonic::Request;
use tonic::Response;
use tonic::Status;

use crate::domain::access::Access;
use crate::domain::access::Overview;
use crate::domain::access::Why;
use crate::domain::roster::OfficeState;
use crate::domain::roster::Position;
use crate::edge::api::Api;
use crate::edge::api::caller::out_of_turn;
use crate::edge::api::problems;
use crate::edge::api::problems::Me;
use crate::edge::glance::Glance;
use crate::edge::glance::Peer;
use crate::edge::hub::NotNow;
use crate::edge::probe::Probe;
use crate::edge::status::refused;
use crate::edge::status::status;
use crate::edge::stubs::inspect_service_server::InspectService;
use crate::engine::accept::Addressee;
use crate::engine::path;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::store::View;
use crate::limits;
use crate::name::Country;
use crate::name::Fingerprint;
use crate::name::OfficeCode;
use crate::office::Command;
use crate::office::Reply;
use crate::office::audit;
use crate::office::audit::Asked;
use crate::office::call::Call;
use crate::office::retention;
use crate::office::retention::RetentionSet;
use crate::office::retention::RetentionStep;
use crate::office::statistics;
use crate::time::Timestamp;
use crate::wire;

/// Steps of a probe that may wait for the caller.
const STEPS: usize = 4;

#[tonic::async_trait]
impl InspectService for Arc<Api> {
    async fn get_status(
        &self,
        request: Request<wire::GetStatusRequest>,
    ) -> Result<Response<wire::GetStatusResponse>, Status> {
        self.permitted(&request, Call::Status).await?;
        let api = Arc::clone(self);
        let answer = self.read(move |view| api.status(view)).await?;
        Ok(Response::new(answer))
    }

    async fn list_entries(
        &self,
        request: Request<wire::ListEntriesRequest>,
    ) -> Result<Response<wire::ListEntriesResponse>, Status> {
        self.permitted(&request, Call::Log).await?;
        let wire::ListEntriesRequest { start, page_size } = request.into_inner();
        let size = if page_size == 0 { limits::PAGE_ENTRIES } else { page_size.min(limits::PAGE_ENTRIES) };
        // First the durable head, then only what it covers.
        let end = self.hub.shared.head().size.min(start.saturating_add(u64::from(size)));
        let entries = self
            .read(move |view| {
                (start..end)
                    .map(|index| Ok(wire::IndexedEntry { index, entry: rows::entry_bytes(view, index)? }))
                    .collect::<Result<Vec<_>, RowError>>()
            })
            .await?;
        let next_start = if end < self.hub.shared.head().size && end > start { end } else { 0 };
        Ok(Response::new(wire::ListEntriesResponse { entries, next_start }))
    }

    async fn prove_entry(
        &self,
        request: Request<wire::ProveEntryRequest>,
    ) -> Result<Response<wire::ProveEntryResponse>, Status> {
        self.permitted(&request, Call::Log).await?;
        let index = request.into_inner().index;
        let head = self.hub.shared.head();
        if index >= head.size {
            let names = [("index", index.to_string()), ("size", head.size.to_string())];
            return Err(refused(Code::NotFound, "refused-no-entry", &names));
        }
        let (entry, path) =
            self.read(move |view| Ok((rows::entry_bytes(view, index)?, path::read(view, head.size, index)?))).await?;
        let path = path.into_iter().map(Vec::from).collect();
        Ok(Response::new(wire::ProveEntryResponse { entry, head: Some(head.to_wire()), path }))
    }

    async fn audit(&self, request: Request<wire::AuditRequest>) -> Result<Response<wire::AuditResponse>, Status> {
        self.permitted(&request, Call::Audit).await?;
        let wire::AuditRequest { view, notice, since_ms, before_ms, start } = request.into_inner();
        let view = wire::AuditView::try_from(view).unwrap_or_default();
        if view == wire::AuditView::Unspecified {
            return Err(status(Code::InvalidArgument, "There is no such view.", "See: chapar audit --help"));
        }
        let notice = if notice.is_empty() { None } else { Some(self.find(&notice).await?) };
        let asked = Asked { view, notice, since_ms, before_ms };
        let size = self.hub.shared.head().size;
        let (rows, next_start) = self.read(move |view| audit::page(view, size, &asked, start)).await?;
        Ok(Response::new(wire::AuditResponse { rows, next_start }))
    }

    async fn get_statistics(
        &self,
        request: Request<wire::GetStatisticsRequest>,
    ) -> Result<Response<wire::GetStatisticsResponse>, Status> {
        let officer = self.permitted(&request, Call::Statistics).await?;
        let wire::GetStatisticsRequest { from_month, through_month, inside, why } = request.into_inner();
        let why = Why::given(&why, Access::Statistics)?;
        if [&from_month, &through_month].into_iter().any(|month| !month.is_empty() && !statistics::is_month(month)) {
            return Err(refused(Code::InvalidArgument, "refused-no-month", &[]));
        }
        let asked = statistics::Asked { from: from_month, through: through_month, inside };
        self.show(officer, Overview::Statistics(why)).await?;
        let rows = self.standings(move |standings| statistics::count(standings, &asked)).await?;
        Ok(Response::new(wire::GetStatisticsResponse { rows }))
    }

    type VerifyLogStream = Pin<Box<dyn Stream<Item = Result<wire::VerifyLogResponse, Status>> + Send>>;

    async fn verify_log(
        &self,
        request: Request<wire::VerifyLogRequest>,
    ) -> Result<Response<Self::VerifyLogStream>, Status> {
        self.permitted(&request, Call::Log).await?;
        let (words, stream) = mpsc::channel(1);
        let api = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(error) = api.verify(&words).await {
                // The caller may be gone.
                let _sent = words.send(Err(error)).await;
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }

    async fn trust_country(
        &self,
        request: Request<wire::TrustCountryRequest>,
    ) -> Result<Response<wire::TrustCountryResponse>, Status> {
        let officer = self.permitted(&request, Call::Peers).await?;
        let wire::TrustCountryRequest { country, fingerprint } = request.into_inner();
        let country: Country = country.parse()?;
        let fingerprint: Fingerprint =
            fingerprint.parse().map_err(|_| refused(Code::InvalidArgument, "refused-no-fingerprint", &[]))?;
        let command = Command::Trust { officer, country, fingerprint };
        match self.order(command).await? {
            Reply::Trusted(trusted) => {
                let replaced = trusted?.map(|before| before.to_string()).unwrap_or_default();
                Ok(Response::new(wire::TrustCountryResponse { replaced }))
            }
            _ => Err(out_of_turn()),
        }
    }

    type TestPeerStream = Pin<Box<dyn Stream<Item = Result<wire::TestPeerResponse, Status>> + Send>>;

    async fn test_peer(
        &self,
        request: Request<wire::TestPeerRequest>,
    ) -> Result<Response<Self::TestPeerStream>, Status> {
        self.permitted(&request, Call::Peers).await?;
        let peer: OfficeCode = request.into_inner().office.parse()?;
        let (steps, stream) = mpsc::channel(STEPS);
        let probe = Probe { hub: Arc::clone(&self.hub), key: self.key.clone(), peer, steps };
        let drain = self.hub.drain.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = probe.run() => {}
                () = probe.abandoned() => {}
                () = drain.cancelled() => {}
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream).map(Ok))))
    }

    async fn import_rosters(
        &self,
        request: Request<wire::ImportRostersRequest>,
    ) -> Result<Response<wire::ImportRostersResponse>, Status> {
        let officer = self.permitted(&request, Call::Peers).await?;
        let command = Command::Import { actor: Some(officer), rosters: request.into_inner().rosters };
        match self.order(command).await? {
            Reply::Imported(imported) => Ok(Response::new(wire::ImportRostersResponse { rosters: imported? })),
            _ => Err(out_of_turn()),
        }
    }

    async fn confirm_clock(
        &self,
        request: Request<wire::ConfirmClockRequest>,
    ) -> Result<Response<wire::ConfirmClockResponse>, Status> {
        let officer = self.permitted(&request, Call::ConfirmClock).await?;
        let index = Api::confirm_clock(self, officer, request.into_inner().shown_ms).await?;
        Ok(Response::new(wire::ConfirmClockResponse { index }))
    }

    async fn confirm_expiry(
        &self,
        request: Request<wire::ConfirmExpiryRequest>,
    ) -> Result<Response<wire::ConfirmExpiryResponse>, Status> {
        let officer = self.permitted(&request, Call::ConfirmExpiry).await?;
        let index = Api::confirm_expiry(self, officer, request.into_inner().count).await?;
        Ok(Response::new(wire::ConfirmExpiryResponse { index }))
    }

    async fn list_officers(
        &self,
        request: Request<wire::ListOfficersRequest>,
    ) -> Result<Response<wire::ListOfficersResponse>, Status> {
        self.permitted(&request, Call::Officers).await?;
        Ok(Response::new(self.officers()))
    }

    async fn enrol_officer(
        &self,
        request: Request<wire::EnrolOfficerRequest>,
    ) -> Result<Response<wire::EnrolOfficerResponse>, Status> {
        let actor = self.permitted(&request, Call::Enrol).await?;
        self.enrol(actor, request.into_inner()).await.map(Response::new)
    }

    async fn decide_officer(
        &self,
        request: Request<wire::DecideOfficerRequest>,
    ) -> Result<Response<wire::DecideOfficerResponse>, Status> {
        let actor = self.permitted(&request, Call::Decide).await?;
        self.decide(actor, request.into_inner()).await.map(Response::new)
    }

    async fn list_keys(
        &self,
        request: Request<wire::ListKeysRequest>,
    ) -> Result<Response<wire::ListKeysResponse>, Status> {
        self.permitted(&request, Call::Log).await?;
        Ok(Response::new(self.keys()))
    }

    async fn list_due(
        &self,
        request: Request<wire::ListDueRequest>,
    ) -> Result<Response<wire::ListDueResponse>, Status> {
        let officer = self.permitted(&request, Call::Due).await?;
        self.due_shown(officer, request.into_inner()).await.map(Response::new)
    }

    async fn count_due(
        &self,
        request: Request<wire::CountDueRequest>,
    ) -> Result<Response<wire::CountDueResponse>, Status> {
        self.permitted(&request, Call::Log).await?;
        self.due_counted(request.get_ref()).await.map(Response::new)
    }

    async fn review_notice(
        &self,
        request: Request<wire::ReviewNoticeRequest>,
    ) -> Result<Response<wire::ReviewNoticeResponse>, Status> {
        let officer = self.permitted(&request, Call::Review).await?;
        self.review(officer, request.get_ref()).await.map(Response::new)
    }

    async fn list_retention(
        &self,
        request: Request<wire::ListRetentionRequest>,
    ) -> Result<Response<wire::ListRetentionResponse>, Status> {
        self.permitted(&request, Call::Status).await?;
        let kinds = self.read(retention::all).await?;
        Ok(Response::new(wire::ListRetentionResponse { kinds }))
    }

    async fn count_retention(
        &self,
        request: Request<wire::CountRetentionRequest>,
    ) -> Result<Response<wire::CountRetentionResponse>, Status> {
        self.permitted(&request, Call::Retention).await?;
        self.retention_counted(request.get_ref()).await.map(Response::new)
    }

    async fn set_retention(
        &self,
        request: Request<wire::SetRetentionRequest>,
    ) -> Result<Response<wire::SetRetentionResponse>, Status> {
        let officer = self.permitted(&request, Call::Retention).await?;
        let wire::SetRetentionRequest { days, seen_days: seen, .. } = *request.get_ref();
        let (kind, step) = (request.get_ref().kind(), RetentionStep::Set { days, seen });
        let RetentionSet { index, proposed } = self.retention(officer, kind, step).await?;
        Ok(Response::new(wire::SetRetentionResponse { proposed, index }))
    }

    async fn decide_retention(
        &self,
        request: Request<wire::DecideRetentionRequest>,
    ) -> Result<Response<wire::DecideRetentionResponse>, Status> {
        let officer = self.permitted(&request, Call::Decide).await?;
        let wire::DecideRetentionRequest { agree, proposal, .. } = *request.get_ref();
        let step = RetentionStep::Decide { proposal, agree };
        let RetentionSet { index, .. } = self.retention(officer, request.get_ref().kind(), step).await?;
        Ok(Response::new(wire::DecideRetentionResponse { index }))
    }

    async fn set_passphrase(
        &self,
        request: Request<wire::SetPassphraseRequest>,
    ) -> Result<Response<wire::SetPassphraseResponse>, Status> {
        let officer = self.permitted(&request, Call::Passphrase).await?;
        self.set_own_passphrase(officer, request.into_inner()).await.map(Response::new)
    }
}

impl Api {
    fn status(&self, view: &dyn View) -> Result<wire::GetStatusResponse, RowError> {
        let rosters = self.hub.shared.rosters();
        let glance = Glance::take(&self.hub, view)?;
        let countries = rosters.countries().iter().map(|(country, pin)| wire::CountryStatus {
            country: country.to_string(),
            fingerprint: pin.fingerprint.to_string(),
            version: pin.roster.as_ref().map_or(0, |roster| roster.value().version),
            issued_ms: pin.roster.as_ref().map_or(0, |roster| roster.value().issued.ms()),
            offices: pin.roster.iter().flat_map(|r| &r.value().offices).map(|office| office.code.to_string()).collect(),
        });
        let me = Me {
            office: self.owner.office,
            key: self.owner.key,
            has_agreements: !self.hub.me.agreements.is_empty(),
            custody: &self.custody,
        };
        Ok(wire::GetStatusResponse {
            office: self.owner.office.to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            head: Some(glance.head.to_wire()),
            problems: problems::found(&me, &rosters, &glance),
            peers: glance.peers.iter().map(|one| peer(one, &self.hub.me)).collect(),
            network: self.owner.network.to_string(),
            log_id: self.hub.speaker.log_id.0.to_vec(),
            storage_key: self.custody.clone(),
            countries: countries.collect(),
            alarms: glance.alarms,
            started_ms: glance.started.ms(),
            free_bytes: glance.free_bytes,
            ready: glance.ready.is_ok(),
            clock: Some(wire::ClockStatus {
                shown_ms: glance.now.ms(),
                unsure: glance.unsure.map(|reason| reason.to_string()).unwrap_or_default(),
                unsure_key: glance.unsure.map(|reason| NotNow::Unsure(reason).message().to_owned()).unwrap_or_default(),
            }),
            ends: Some(self.ends(&glance.ends)),
            exercise: self.exercise_on(),
            position: rosters.office(self.owner.office).and_then(|own| own.position).map(Position::write),
        })
    }
}

fn peer(peer: &Peer, me: &Addressee) -> wire::PeerStatus {
    let state = match peer.office.state {
        OfficeState::Active => wire::OfficeState::Active,
        OfficeState::Suspended => wire::OfficeState::Suspended,
        OfficeState::Revoked => wire::OfficeState::Revoked,
    };
    wire::PeerStatus {
        office: peer.office.code.to_string(),
        state: state.into(),
        connected: peer.connected,
        last_session_ms: peer.note.last_session.map_or(0, Timestamp::ms),
        waiting: peer.queue.total(),
        waiting_since_ms: peer.queue.since.map_or(0, Timestamp::ms),
        clock_offset_ms: peer.note.clock_offset_ms,
        trouble: peer.note.trouble.as_ref().map(ToString::to_string).unwrap_or_default(),
        trouble_said: peer.note.trouble.clone(),
        names: peer.office.names.clone(),
        disabled: me.agreements.disables(Some(me.office.country()), peer.office.code),
        attachments: peer.awaited.count,
        attachment_bytes: peer.awaited.bytes,
        attachment_bytes_here: peer.awaited.here,
        position: peer.office.position.map(Position::write),
    }
}
