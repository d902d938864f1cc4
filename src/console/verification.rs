//! Verifying the log: it goes on by itself, and a page says how far it has come, as it may take longer than a page.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use axum::response::IntoResponse as _;
use axum::response::Redirect;
use axum::response::Response;
use tokio::sync::watch;
use tokio_stream::StreamExt as _;
use tonic::Status;

use crate::console::log;
use crate::console::shell;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::office::call::Call;
use crate::wire;

/// Where it is said how far it has come.
const PATH: &str = "/log/verify";
/// How long a page waits for the end.
const WAIT: Duration = Duration::from_secs(3);

/// The verification that is at work, or was the last one. There is one at a time, whoever asks for it.
#[derive(Default)]
pub(super) struct Verification(Mutex<Option<watch::Receiver<Told>>>);

/// How it stands with a verification.
#[derive(Clone, Debug, Default)]
pub(super) enum Told {
    /// Nothing is known yet.
    #[default]
    Begun,
    /// It is at work: the last word of the node.
    AtWork(wire::VerifyLogResponse),
    /// It is over, at this time, UTC ms.
    Over(wire::VerifyLogResponse, i64),
    /// It ended without a result.
    Broken(Option<Status>),
}

impl Told {
    pub(super) const fn is_at_work(&self) -> bool {
        matches!(self, Self::Begun | Self::AtWork(_))
    }
}

impl Verification {
    fn last(&self) -> Option<watch::Receiver<Told>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the place of the last one, unless that is at work; then it stays.
    fn begin(&self) -> Option<watch::Sender<Told>> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_some_and(|last| last.borrow().is_at_work() && last.has_changed().is_ok()) {
            return None;
        }
        let (told, heard) = watch::channel(Told::Begun);
        *last = Some(heard);
        Some(told)
    }
}

/// Hashes the log again and checks every signature; one that is at work goes on.
pub(super) async fn verify(Posted { officer, .. }: Posted) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Log) {
        return denied;
    }
    let desk = &officer.visitor.desk;
    if let Some(told) = desk.verification.begin() {
        let mut words = match desk.api.verify_log(officer.call(wire::VerifyLogRequest {})).await {
            Ok(words) => words.into_inner(),
            Err(refusal) => return shell::refused(&officer, &refusal),
        };
        let hub = Arc::clone(&desk.api.hub);
        tokio::spawn(async move {
            while let Some(word) = words.next().await {
                let now = match word {
                    Ok(word) if word.done => Told::Over(word, hub.node_time().ms()),
                    Ok(word) => Told::AtWork(word),
                    Err(status) => Told::Broken(Some(status)),
                };
                let is_over = !now.is_at_work();
                told.send_replace(now);
                if is_over {
                    return;
                }
            }
            told.send_replace(Told::Broken(None));
        });
    }
    Redirect::to(PATH).into_response()
}

/// How far it has come. A short log is whole at once; else the page asks again by itself.
pub(super) async fn page(officer: Officer) -> Response {
    if let Some(denied) = shell::denied(&officer, Call::Log) {
        return denied;
    }
    let Some(mut heard) = officer.visitor.desk.verification.last() else {
        return Redirect::to("/log").into_response();
    };
    let over = async {
        // Whoever would tell is gone: the node stops.
        heard.wait_for(|told| !told.is_at_work()).await.map_or(Told::Broken(None), |told| told.clone())
    };
    let over = tokio::time::timeout(WAIT, over).await.ok();
    let told = over.unwrap_or_else(|| heard.borrow().clone());
    log::verified(&officer, told).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_at_a_time() {
        let verification = Verification::default();
        assert!(verification.last().is_none());
        let first = verification.begin().unwrap();
        assert!(verification.begin().is_none(), "it has begun");
        first.send_replace(Told::AtWork(wire::VerifyLogResponse::default()));
        assert!(verification.begin().is_none(), "it is at work");
        first.send_replace(Told::Over(wire::VerifyLogResponse::default(), 1));
        let second = verification.begin().unwrap();
        assert!(verification.last().unwrap().borrow().is_at_work());
        drop(second);
        assert!(verification.begin().is_some(), "nobody is at work on it any more");
    }
}
