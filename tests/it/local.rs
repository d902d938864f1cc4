//! A running node as an officer of this machine sees it: over its Unix socket.

use std::path::Path;
use std::time::Duration;

use chapar::edge::sign_in;
use chapar::edge::socket;
use chapar::edge::stubs::desk_service_client::DeskServiceClient;
use chapar::edge::stubs::inspect_service_client::InspectServiceClient;
use chapar::name::Fingerprint;
use chapar::wire;
use hyper_util::rt::TokioIo;
use tonic::Request;
use tonic::Status;
use tonic::metadata::MetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::transport::Endpoint;

use crate::binary::Binary;
use crate::binary::PASSPHRASE;
use crate::support::second;
use crate::world::Countries;

/// Between two looks at something that is not there yet.
pub(crate) const PAUSE: Duration = Duration::from_millis(20);

/// The local clients of a node.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub(crate) desk: DeskServiceClient<Channel>,
    pub(crate) inspect: InspectServiceClient<InterceptedService<Channel, Administrator>>,
    channel: Channel,
}

/// The way to a node; `None` if none answers there.
pub(crate) async fn channel(socket: &Path) -> Option<Channel> {
    let path = socket.to_owned();
    let connector = tower::service_fn(move |_| {
        let stream = socket::connect(&path).map(TokioIo::new);
        async move { stream }
    });
    Endpoint::from_static("http://node").connect_with_connector(connector).await.ok()
}

/// Who asks: the officer with this id and the passphrase of all tests, if not whoever runs the test.
#[derive(Clone, Debug)]
pub(crate) struct Administrator(Option<String>);

impl Interceptor for Administrator {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(id) = &self.0 {
            request.metadata_mut().insert(sign_in::OFFICER, id.parse().unwrap());
            let passphrase = MetadataValue::from_bytes(PASSPHRASE.as_bytes());
            request.metadata_mut().insert_bin(sign_in::PASSPHRASE, passphrase);
        }
        Ok(request)
    }
}

impl Local {
    /// Connects; `None` if no node answers there.
    pub(crate) async fn try_connect(socket: &Path) -> Option<Self> {
        Self::with(socket, None).await
    }

    /// Connects to the node of an office that has its officers.
    pub(crate) async fn of(office: &Binary) -> Self {
        Self::with(&office.socket(), Some(format!("{}-A01", office.code))).await.unwrap()
    }

    async fn with(socket: &Path, administrator: Option<String>) -> Option<Self> {
        let channel = channel(socket).await?;
        Some(Self {
            desk: DeskServiceClient::new(channel.clone()),
            inspect: InspectServiceClient::with_interceptor(channel.clone(), Administrator(administrator)),
            channel,
        })
    }

    /// Connects to a node that runs.
    pub(crate) async fn connect(socket: &Path) -> Self {
        Self::try_connect(socket).await.unwrap()
    }

    /// The desk, for an officer who signs in.
    pub(crate) fn desk_of(&self, officer: &str) -> DeskServiceClient<InterceptedService<Channel, Administrator>> {
        DeskServiceClient::with_interceptor(self.channel.clone(), Administrator(Some(officer.to_owned())))
    }

    /// The desk, for whoever runs the test.
    pub(crate) fn desk_as_itself(&self) -> DeskServiceClient<InterceptedService<Channel, Administrator>> {
        DeskServiceClient::with_interceptor(self.channel.clone(), Administrator(None))
    }

    /// Hands a notice in, and has the second officer release it.
    pub(crate) async fn send(&self, notice: wire::SendNoticeRequest) -> Result<wire::SendNoticeResponse, Status> {
        let sent = self.desk.clone().send_notice(notice).await?.into_inner();
        match sent.draft {
            Some(draft) => self.release(draft).await,
            None => Ok(sent),
        }
    }

    /// The second officer releases a draft.
    pub(crate) async fn release(&self, draft: wire::DraftSummary) -> Result<wire::SendNoticeResponse, Status> {
        let (statement, form) = (Some(second::statement()), draft.form);
        let mut desk = self.desk_of(&draft.releasers[0]);
        desk.open_draft(wire::OpenDraftRequest { draft: draft.reference.clone() }).await?;
        let request = wire::ReleaseDraftRequest { draft: draft.reference, form, statement };
        let released = desk.release_draft(request).await?.into_inner();
        let wire::ReleaseDraftResponse { digest, reference, to, flags } = released;
        Ok(wire::SendNoticeResponse { digest, reference, to, flags, draft: None })
    }

    /// Opens a notice that was received; its subject.
    pub(crate) async fn subject(&mut self, notice: &str) -> String {
        let request = wire::OpenNoticeRequest { notice: notice.to_owned(), ..wire::OpenNoticeRequest::default() };
        let opened = self.desk.open_notice(request).await.unwrap().into_inner();
        opened.body.unwrap().subject.unwrap().text
    }

    /// Pins and imports, as an administrator does.
    pub(crate) async fn trust(&mut self, countries: &Countries, rosters: &[Vec<u8>]) {
        for (country, key) in &countries.0 {
            let request = wire::TrustCountryRequest {
                country: country.to_string(),
                fingerprint: Fingerprint::of_key(&key.public().0).to_string(),
            };
            self.inspect.trust_country(request).await.unwrap();
        }
        self.import(rosters).await.unwrap();
    }

    pub(crate) async fn import(&mut self, rosters: &[Vec<u8>]) -> Result<wire::ImportRostersResponse, Status> {
        let request = wire::ImportRostersRequest { rosters: rosters.to_vec() };
        self.inspect.import_rosters(request).await.map(tonic::Response::into_inner)
    }

    pub(crate) async fn status(&mut self) -> wire::GetStatusResponse {
        self.inspect.get_status(wire::GetStatusRequest {}).await.unwrap().into_inner()
    }

    /// What its set-up still lacks, each with what to do.
    pub(crate) async fn missing(&mut self) -> Vec<String> {
        let problems = self.status().await.problems.into_iter().filter(|problem| problem.set_up);
        problems.map(|problem| format!("{}. {}", problem.what, problem.remedy)).collect()
    }

    /// Asks until it is so; the test's own deadline is the only one.
    pub(crate) async fn until(&mut self, what: &str, holds: impl Fn(&wire::GetStatusResponse) -> bool) {
        let waits = async {
            loop {
                let status = self.status().await;
                if holds(&status) {
                    return;
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        assert!(
            tokio::time::timeout(Duration::from_mins(1), waits).await.is_ok(),
            "not within a minute: {what}; {:?}",
            self.status().await.peers
        );
    }

    pub(crate) async fn all_delivered(&mut self) {
        self.until("everything is delivered", |status| status.peers.iter().all(|peer| peer.waiting == 0)).await;
    }

    pub(crate) async fn list(&mut self, folder: wire::Folder) -> Vec<wire::NoticeSummary> {
        let (mut all, mut token) = (vec![], vec![]);
        loop {
            let request = wire::ListNoticesRequest { folder: folder.into(), page_size: 7, page_token: token };
            let mut page = self.desk.list_notices(request).await.unwrap().into_inner();
            all.append(&mut page.notices);
            if page.next_page_token.is_empty() {
                return all;
            }
            token = page.next_page_token;
        }
    }

    /// The last word of `log verify`.
    pub(crate) async fn verify(&mut self) -> wire::VerifyLogResponse {
        let mut words = self.inspect.verify_log(wire::VerifyLogRequest {}).await.unwrap().into_inner();
        let mut last = wire::VerifyLogResponse::default();
        while let Some(word) = words.message().await.unwrap() {
            last = word;
        }
        assert!(last.done, "the last word says so");
        last
    }
}
