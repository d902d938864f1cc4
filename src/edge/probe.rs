//! Probes the way to a peer, one step after the other: roster, name, port, TLS, the peer's health, and last what the
//! running node knows of its session.
//!
//! It makes a connection of its own and never calls Session, so a live session is not disturbed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::domain::roster::OfficeState;
use crate::edge::dial::DialDeadlines;
use crate::edge::dial::DialError;
use crate::edge::dial::Dialled;
use crate::edge::dial::Dialler;
use crate::edge::env::Stopwatch;
use crate::edge::hub::Hub;
use crate::edge::people::moment;
use crate::edge::tls::Pins;
use crate::edge::tls::TlsKey;
use crate::i18n::Names;
use crate::i18n::said;
use crate::limits;
use crate::name::OfficeCode;
use crate::office::Shared;
use crate::wire::Said;
use crate::wire::StepResult;
use crate::wire::TestPeerResponse;

/// A probe of one peer.
pub struct Probe {
    /// What the node knows.
    pub hub: Arc<Hub>,
    /// Our TLS key.
    pub key: TlsKey,
    /// Whom to probe.
    pub peer: OfficeCode,
    /// Where each step goes.
    pub steps: mpsc::Sender<TestPeerResponse>,
}

impl Probe {
    /// Ends when nobody listens to the steps any more.
    pub async fn abandoned(&self) {
        self.steps.closed().await;
    }

    /// Takes all steps, or all up to the one that fails.
    pub async fn run(&self) {
        let rosters = self.hub.shared.rosters();
        let (peer, country) = (self.peer, self.peer.country());
        if peer == self.hub.me.office {
            return self.failed("roster", "", self.said("probe-own"), self.said("probe-other")).await;
        }
        let import = self.said("probe-import");
        let Some(office) = rosters.office(peer) else {
            let (what, remedy) = if rosters.countries().contains_key(&country) {
                ("probe-not-listed", import)
            } else {
                ("probe-not-trusted", self.said("probe-trust"))
            };
            self.failed("roster", "", self.said(what), remedy.clone()).await;
            return self.failed("session", "", self.said("probe-unknown"), remedy).await;
        };
        let version = rosters.countries().get(&country).and_then(|pin| Some(pin.roster.as_ref()?.value().version));
        let version = version.unwrap_or_default().to_string();
        let listed = |key| self.with(key, &[("version", version.clone())]);
        match office.state {
            OfficeState::Active => self.ok("roster", "", listed("probe-active")).await,
            OfficeState::Suspended => {
                let remedy = self.said("probe-suspended-passes");
                self.step(StepResult::Warning, "roster", "", listed("probe-suspended"), Some(remedy)).await;
            }
            OfficeState::Revoked => {
                self.failed("roster", "", listed("probe-revoked"), import.clone()).await;
                return self.failed("session", "", self.said("probe-no-more"), import).await;
            }
        }
        let mut way_out = self.said("probe-only-dials");
        let mut passed = false;
        for endpoint in &office.endpoints {
            match self.endpoint(endpoint).await {
                Ok(()) => passed = true,
                Err(remedy) => way_out = remedy,
            }
        }
        self.session(passed, way_out).await;
    }

    /// A message of `i18n/` about the peer.
    fn said(&self, key: &str) -> Said {
        self.with(key, &[])
    }

    /// The same, with more names.
    fn with(&self, key: &str, more: Names<'_>) -> Said {
        let own = [("peer", self.peer.to_string()), ("country", self.peer.country().to_string())];
        said(key, &[&own, more].concat())
    }

    /// The steps to one endpoint; if one of them fails, what to do about it.
    async fn endpoint(&self, endpoint: &str) -> Result<(), Said> {
        let pins: Arc<dyn Pins> = Arc::<Shared>::clone(&self.hub.shared);
        let dialler = Dialler::new(&self.key, pins, self.peer, DialDeadlines::default());
        let dialler = dialler.map_err(|error| said("probe-report", &[("cause", error.to_string())]))?;

        let addresses = self.dialled("name", endpoint, dialler.resolve(endpoint).await).await?;
        let list: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
        let names = [("endpoint", endpoint.to_owned()), ("addresses", list.join(", "))];
        self.ok("name", endpoint, said("probe-name", &names)).await;

        let begun = Stopwatch::start();
        let socket = self.dialled("port", endpoint, dialler.connect(endpoint, &addresses).await).await?;
        self.ok("port", endpoint, said("probe-port", &took(&begun))).await;

        let begun = Stopwatch::start();
        let link = self.dialled("tls", endpoint, dialler.secure(endpoint, socket).await).await?;
        self.ok("tls", endpoint, said("probe-tls", &took(&begun))).await;

        self.health(endpoint, link).await
    }

    async fn dialled<T>(&self, step: &str, endpoint: &str, result: Result<T, DialError>) -> Result<T, Said> {
        match result {
            Ok(value) => Ok(value),
            Err(error) => {
                let remedy = self.said(way_out(&error));
                self.failed(step, endpoint, error.said(), remedy.clone()).await;
                Err(remedy)
            }
        }
    }

    async fn health(&self, endpoint: &str, link: Dialled) -> Result<(), Said> {
        let mut client = HealthClient::new(link.channel).max_decoding_message_size(limits::HEALTH_BYTES);
        let deadline = Duration::from_millis(limits::HELLO_MS.unsigned_abs());
        let asked = timeout(deadline, client.check(HealthCheckRequest::default())).await;
        let remedy = self.said("probe-ask-status");
        match asked {
            Ok(Ok(answer)) if answer.get_ref().status == i32::from(ServingStatus::Serving) => {
                self.ok("node", endpoint, said("probe-serving", &[])).await;
                Ok(())
            }
            Ok(Ok(_)) => {
                self.step(StepResult::Warning, "node", endpoint, said("probe-not-serving", &[]), Some(remedy)).await;
                Ok(())
            }
            Ok(Err(status)) => {
                let cause = [("cause", status.code().description().to_owned())];
                self.failed("node", endpoint, said("probe-mute", &cause), remedy.clone()).await;
                Err(remedy)
            }
            Err(_) => {
                self.failed("node", endpoint, said("probe-late", &[]), remedy.clone()).await;
                Err(remedy)
            }
        }
    }

    /// The last word: is there a way to the peer?
    async fn session(&self, passed: bool, way_out: Said) {
        let note = self.hub.note(self.peer);
        if self.hub.is_live(self.peer) {
            let since = note.last_session.map(moment).unwrap_or_default();
            let names = [("since", since), ("offset", note.clock_offset_ms.to_string())];
            return self.ok("session", "", said("probe-live", &names)).await;
        }
        if passed {
            let what = match note.trouble {
                Some(trouble) => said("probe-none-ended", &[]).with_said("trouble", trouble),
                None => said("probe-none", &[]),
            };
            return self.step(StepResult::Warning, "session", "", what, Some(said("probe-free", &[]))).await;
        }
        self.failed("session", "", self.said("probe-no-way"), way_out).await;
    }

    async fn ok(&self, step: &str, endpoint: &str, what: Said) {
        self.step(StepResult::Ok, step, endpoint, what, None).await;
    }

    async fn failed(&self, step: &str, endpoint: &str, what: Said, remedy: Said) {
        self.step(StepResult::Failed, step, endpoint, what, Some(remedy)).await;
    }

    async fn step(&self, result: StepResult, step: &str, endpoint: &str, what: Said, remedy: Option<Said>) {
        let step = TestPeerResponse {
            step: step.to_owned(),
            endpoint: endpoint.to_owned(),
            result: result.into(),
            what: what.to_string(),
            remedy: remedy.as_ref().map(ToString::to_string).unwrap_or_default(),
            what_said: Some(what),
            remedy_said: remedy,
        };
        // The caller may be gone; then the probe is dropped.
        let _sent = self.steps.send(step).await;
    }
}

fn took(begun: &Stopwatch) -> [(&'static str, String); 1] {
    [("ms", begun.elapsed().as_millis().to_string())]
}

/// What to do about a step that failed, as a message about the peer.
const fn way_out(error: &DialError) -> &'static str {
    match error {
        DialError::Resolve { .. } => "probe-do-resolve",
        DialError::Connect { .. } => "probe-do-connect",
        DialError::Closed { .. } => "probe-do-closed",
        DialError::NotTls { .. } | DialError::Silent { .. } | DialError::Tls { .. } => "probe-do-tls",
        DialError::OtherOffice { .. } => "probe-do-other-office",
        DialError::RefusedByPeer { .. } => "probe-do-refused",
        DialError::Revoked { .. } | DialError::UnknownKey { .. } => "probe-import",
    }
}
