//! The log is verified beside the running node, with words about how far that has come.

use std::sync::Arc;

use tokio::sync::mpsc;
use tonic::Code;
use tonic::Status;

use crate::edge::api::Api;
use crate::edge::status::status;
use crate::office::verify::Fault;
use crate::office::verify::Verifier;
use crate::wire;

/// Entries verified between two words of progress.
const VERIFY_STEP: u64 = 256;

impl Api {
    /// Entries beside the running node, the rest between two commits.
    pub(super) async fn verify(
        &self,
        words: &mpsc::Sender<Result<wire::VerifyLogResponse, Status>>,
    ) -> Result<(), Status> {
        let broken = |_| status(Code::Internal, "Verification broke off.", "Look at the trace of the node.");
        let size = self.hub.shared.head().size;
        let mut verifier = Verifier::new(self.owner.clone());
        loop {
            let store = Arc::clone(&self.hub.store);
            let step = tokio::task::spawn_blocking(move || {
                let done = verifier.step(&*store, size, VERIFY_STEP);
                (verifier, done)
            });
            let (back, done) = step.await.map_err(broken)?;
            verifier = back;
            let done = match done {
                Ok(done) => done,
                Err(fault) => return self.verified(words, verifier.checked(), Err(fault)).await,
            };
            let word =
                wire::VerifyLogResponse { checked: verifier.checked(), size, ..wire::VerifyLogResponse::default() };
            if words.send(Ok(word)).await.is_err() {
                return Ok(());
            }
            if done {
                break;
            }
        }
        let (checked, result) = self
            .hub
            .commits
            .between(move |view| {
                let result = verifier.finish(view);
                (verifier.checked(), result)
            })
            .await?;
        self.verified(words, checked, result.map(crate::engine::log::Head::to_wire)).await
    }

    async fn verified(
        &self,
        words: &mpsc::Sender<Result<wire::VerifyLogResponse, Status>>,
        checked: u64,
        result: Result<wire::Head, Fault>,
    ) -> Result<(), Status> {
        if result.is_err() {
            self.hub.store_may_have_failed();
        }
        let head = self.hub.shared.head().to_wire();
        let word = match result {
            Ok(head) => wire::VerifyLogResponse {
                checked,
                size: head.size,
                done: true,
                root: head.root,
                ..wire::VerifyLogResponse::default()
            },
            Err(fault) => wire::VerifyLogResponse {
                checked,
                size: head.size,
                fault: fault.to_string(),
                fault_said: Some(fault.said()),
                index: fault.index,
                done: true,
                root: head.root,
            },
        };
        // The caller may be gone.
        let _sent = words.send(Ok(word)).await;
        Ok(())
    }
}
