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
use crate::edge::tls::Pins;
use crate::edge::tls::TlsKey;
use crate::limits;
use crate::name::OfficeCode;
use crate::office::Shared;
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
            let remedy = "Name another office: chapar peer list";
            return self.failed("roster", "", &format!("{peer} is this office"), remedy).await;
        }
        let import = format!("Import the newest roster of {country}: chapar roster import FILE");
        let Some(office) = rosters.office(peer) else {
            let (what, remedy) = if rosters.countries().contains_key(&country) {
                (format!("no roster in force here lists {peer}"), import)
            } else {
                let trust = format!("chapar peer trust {country} FINGERPRINT, then chapar roster import FILE");
                (format!("the key of {country} is not trusted here"), format!("Compare it by voice: {trust}"))
            };
            self.failed("roster", "", &what, &remedy).await;
            return self.failed("session", "", &format!("{peer} is unknown here"), &remedy).await;
        };
        let version = rosters.countries().get(&country).and_then(|pin| Some(pin.roster.as_ref()?.value().version));
        let listed = format!("version {} of {country} lists {peer}", version.unwrap_or_default());
        match office.state {
            OfficeState::Active => self.ok("roster", "", &format!("{listed}, active")).await,
            OfficeState::Suspended => {
                let remedy = "Only receipts, acknowledgements, corrections and withdrawals pass.";
                self.step(StepResult::Warning, "roster", "", &format!("{listed}, suspended"), remedy).await;
            }
            OfficeState::Revoked => {
                self.failed("roster", "", &format!("{listed}, revoked"), &import).await;
                return self.failed("session", "", &format!("{peer} may not connect any more"), &import).await;
            }
        }
        let mut way_out = format!("{peer} only dials: its administrator must see why it does not reach this office.");
        let mut passed = false;
        for endpoint in &office.endpoints {
            match self.endpoint(endpoint).await {
                Ok(()) => passed = true,
                Err(remedy) => way_out = remedy,
            }
        }
        self.session(passed, &way_out).await;
    }

    /// The steps to one endpoint; if one of them fails, what to do about it.
    async fn endpoint(&self, endpoint: &str) -> Result<(), String> {
        let pins: Arc<dyn Pins> = Arc::<Shared>::clone(&self.hub.shared);
        let dialler = Dialler::new(&self.key, pins, self.peer, DialDeadlines::default());
        let dialler = dialler.map_err(|error| format!("Report it with the trace of the node: {error}."))?;

        let addresses = self.dialled("name", endpoint, dialler.resolve(endpoint).await).await?;
        let list: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
        self.ok("name", endpoint, &format!("{endpoint} is {}", list.join(", "))).await;

        let begun = Stopwatch::start();
        let socket = self.dialled("port", endpoint, dialler.connect(endpoint, &addresses).await).await?;
        self.ok("port", endpoint, &format!("it answers after {}", took(&begun))).await;

        let begun = Stopwatch::start();
        let link = self.dialled("tls", endpoint, dialler.secure(endpoint, socket).await).await?;
        let what = format!("its key is one that the roster lists, and it accepts ours, after {}", took(&begun));
        self.ok("tls", endpoint, &what).await;

        self.health(endpoint, link).await
    }

    async fn dialled<T>(&self, step: &str, endpoint: &str, result: Result<T, DialError>) -> Result<T, String> {
        match result {
            Ok(value) => Ok(value),
            Err(error) => {
                let remedy = way_out(&error, self.peer);
                self.failed(step, endpoint, &error.to_string(), &remedy).await;
                Err(remedy)
            }
        }
    }

    async fn health(&self, endpoint: &str, link: Dialled) -> Result<(), String> {
        let mut client = HealthClient::new(link.channel).max_decoding_message_size(limits::HEALTH_BYTES);
        let deadline = Duration::from_millis(limits::HELLO_MS.unsigned_abs());
        let asked = timeout(deadline, client.check(HealthCheckRequest::default())).await;
        let remedy = format!("Ask the administrator of {} to look at the status of its node.", self.peer);
        match asked {
            Ok(Ok(answer)) if answer.get_ref().status == i32::from(ServingStatus::Serving) => {
                self.ok("node", endpoint, "it takes notices").await;
            }
            Ok(Ok(_)) => {
                self.step(StepResult::Warning, "node", endpoint, "it takes no new notices now", &remedy).await;
            }
            Ok(Err(status)) => {
                let what = format!("it does not say how it is: {}", status.code().description());
                self.failed("node", endpoint, &what, &remedy).await;
                return Err(remedy);
            }
            Err(_) => {
                self.failed("node", endpoint, "it does not say in time how it is", &remedy).await;
                return Err(remedy);
            }
        }
        Ok(())
    }

    /// The last word: is there a way to the peer?
    async fn session(&self, passed: bool, way_out: &str) {
        let note = self.hub.note(self.peer);
        let since = note.last_session.map(|time| format!(" since {time}")).unwrap_or_default();
        if self.hub.is_live(self.peer) {
            let offset = note.clock_offset_ms;
            return self.ok("session", "", &format!("live{since}; its clock minus ours: {offset} ms")).await;
        }
        if passed {
            let remedy = "The way is free: the node dials by itself, within a minute or two. If no session comes, look \
                          at chapar peer list.";
            let last = if note.trouble.is_empty() { "" } else { "; the last one ended: " };
            let what = format!("none now{last}{}", note.trouble);
            return self.step(StepResult::Warning, "session", "", &what, remedy).await;
        }
        self.failed("session", "", &format!("none, and no way to {}", self.peer), way_out).await;
    }

    async fn ok(&self, step: &str, endpoint: &str, what: &str) {
        self.step(StepResult::Ok, step, endpoint, what, "").await;
    }

    async fn failed(&self, step: &str, endpoint: &str, what: &str, remedy: &str) {
        self.step(StepResult::Failed, step, endpoint, what, remedy).await;
    }

    async fn step(&self, result: StepResult, step: &str, endpoint: &str, what: &str, remedy: &str) {
        let step = TestPeerResponse {
            step: step.to_owned(),
            endpoint: endpoint.to_owned(),
            result: result.into(),
            what: what.to_owned(),
            remedy: remedy.to_owned(),
        };
        // The caller may be gone; then the probe is dropped.
        let _sent = self.steps.send(step).await;
    }
}

fn took(begun: &Stopwatch) -> String {
    format!("{} ms", begun.elapsed().as_millis())
}

/// What to do about a step that failed.
fn way_out(error: &DialError, peer: OfficeCode) -> String {
    let country = peer.country();
    match error {
        DialError::Resolve { .. } => format!(
            "If the name is wrong, {country} must sign a roster with the right endpoint; if it is right, look at the DNS \
             of this machine."
        ),
        DialError::Connect { .. } => format!(
            "Call the administrator of {peer}: does its node run, and do both firewalls let TCP to this port through?"
        ),
        DialError::Closed { .. } => format!(
            "It may have too many connections from this address or with this key: wait a minute and try again. If that \
             does not help, ask the administrator of {peer} what answers there, and what its trace says."
        ),
        DialError::NotTls { .. } | DialError::Silent { .. } | DialError::Tls { .. } => {
            format!(
                "Ask the administrator of {peer} what answers there; nothing between the offices may open TLS or proxy it."
            )
        }
        DialError::OtherOffice { .. } => {
            format!("Tell the keeper of the roster of {country}: the endpoint of {peer} is another office's.")
        }
        DialError::RefusedByPeer { .. } => {
            "Its administrator must trust our country and import its newest roster, and that must list this node."
                .to_owned()
        }
        DialError::Revoked { .. } | DialError::UnknownKey { .. } => {
            format!("Import the newest roster of {country}: chapar roster import FILE")
        }
    }
}
