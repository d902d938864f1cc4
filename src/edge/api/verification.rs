//! Verifying: the entries beside the running node, the rest between two commits, then the files of attachments.

use std::sync::Arc;

use tokio::sync::mpsc;
use tonic::Code;
use tonic::Status;

use crate::edge::api::Api;
use crate::edge::blobs::Check;
use crate::edge::blobs::Checked;
use crate::edge::status::status;
use crate::engine::log::Head;
use crate::office::verify::Fault;
use crate::office::verify::Verifier;
use crate::wire;

/// Entries verified between two words of progress.
const VERIFY_STEP: u64 = 256;

/// Whoever waits for words.
type Words = mpsc::Sender<Result<wire::VerifyLogResponse, Status>>;

impl Api {
    /// Tells how far it has come, and in the end what was found.
    pub(super) async fn verify(&self, words: &Words) -> Result<(), Status> {
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
                Err(fault) => return self.store_is_wrong(words, verifier.checked(), &fault).await,
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
        match result {
            Ok(head) => self.verify_files(words, head).await,
            Err(fault) => self.store_is_wrong(words, checked, &fault).await,
        }
    }

    /// The files of attachments, one after the other; the log is whole.
    async fn verify_files(&self, words: &Words, head: Head) -> Result<(), Status> {
        let store = Arc::clone(&self.hub.store);
        let begun = tokio::task::spawn_blocking(move || Check::new(&*store)).await.map_err(broken)?;
        let (mut check, mut fault) = match begun {
            Ok(check) => (check, None),
            Err(error) => return self.store_is_wrong(words, head.size, &error.into()).await,
        };
        loop {
            let (store, blobs) = (Arc::clone(&self.hub.store), Arc::clone(&self.hub.blobs));
            let step = tokio::task::spawn_blocking(move || {
                let done = check.step(&*store, &blobs);
                (check, done)
            });
            let (back, done) = step.await.map_err(broken)?;
            check = back;
            match done {
                Ok(true) => break,
                Ok(false) => {}
                Err(wrong) => {
                    fault = Some(wrong);
                    break;
                }
            }
            let word = of_files(head, check.checked());
            if words.send(Ok(word)).await.is_err() {
                return Ok(());
            }
        }
        let word = wire::VerifyLogResponse { done: true, ..of_files(head, check.checked()) };
        let word = fault.map_or_else(|| word.clone(), |fault| with_fault(word.clone(), &fault));
        // The caller may be gone.
        let _sent = words.send(Ok(word)).await;
        Ok(())
    }

    async fn store_is_wrong(&self, words: &Words, checked: u64, fault: &Fault) -> Result<(), Status> {
        self.hub.store_may_have_failed();
        let head = self.hub.shared.head().to_wire();
        let (size, root) = (head.size, head.root);
        let word = wire::VerifyLogResponse { checked, size, root, done: true, ..wire::VerifyLogResponse::default() };
        // The caller may be gone.
        let _sent = words.send(Ok(with_fault(word, fault))).await;
        Ok(())
    }
}

fn broken(_: tokio::task::JoinError) -> Status {
    status(Code::Internal, "Verification broke off.", "Look at the trace of the node.")
}

fn with_fault(word: wire::VerifyLogResponse, fault: &Fault) -> wire::VerifyLogResponse {
    wire::VerifyLogResponse { fault: fault.to_string(), fault_said: Some(fault.said()), index: fault.index, ..word }
}

fn of_files(head: Head, checked: Checked) -> wire::VerifyLogResponse {
    let wire::Head { size, root, .. } = head.to_wire();
    wire::VerifyLogResponse {
        checked: size,
        size,
        root,
        attachment_bytes_checked: checked.bytes,
        attachment_bytes: checked.of_bytes,
        attachments: checked.attachments,
        attachments_to_come: checked.to_come,
        ..wire::VerifyLogResponse::default()
    }
}
