//! Officers: who is enrolled, who comes and goes, and their passphrases.

use std::sync::Arc;

use tonic::Code;
use tonic::Status;
use zeroize::Zeroizing;

use crate::edge::api::Api;
use crate::edge::api::caller::once;
use crate::edge::api::caller::out_of_turn;
use crate::edge::env::SystemEntropy;
use crate::edge::passphrase;
use crate::edge::passphrase::PassphraseError;
use crate::edge::status::refused;
use crate::edge::status::status;
use crate::engine::rows::key;
use crate::limits;
use crate::name::OfficerId;
use crate::office::Command;
use crate::office::Reply;
use crate::office::officers::Officers;
use crate::wire;

impl Api {
    /// Officers by id, revoked ones last, and what is proposed.
    pub(super) fn officers(&self) -> wire::ListOfficersResponse {
        let officers = self.hub.shared.officers();
        let mut all: Vec<_> = officers.all.values().collect();
        all.sort_by_key(|officer| officer.enrolment.is_revoked());
        wire::ListOfficersResponse {
            officers: all
                .into_iter()
                .map(|officer| wire::OfficerSummary {
                    enrolment: Some(officer.enrolment.message()),
                    has_passphrase: officer.passphrase.is_some(),
                    one_time: officer.one_time,
                    index: officer.index,
                })
                .collect(),
            proposals: officers
                .proposals
                .values()
                .map(|proposal| wire::ProposalSummary {
                    enrolment: Some(proposal.enrolment.message()),
                    proposer: proposal.proposer.to_string(),
                    index: proposal.index,
                    passphrase: proposal.passphrase,
                })
                .collect(),
        }
    }

    pub(super) async fn enrol(
        &self,
        actor: OfficerId,
        request: wire::EnrolOfficerRequest,
    ) -> Result<wire::EnrolOfficerResponse, Status> {
        let one_time = if request.passphrase { Some(self.one_time().await?) } else { None };
        let hash = one_time.as_ref().map(|(_, hash)| hash.clone());
        let enrolment = request.enrolment.clone().unwrap_or_default();
        let command = Command::Enrol { actor: actor.clone(), enrolment, hash };
        let command = once(&actor, &request.idempotency_key, &request, command)?;
        let Reply::Enrolled(enrolled) = self.order(command).await? else { return Err(out_of_turn()) };
        let enrolled = enrolled?;
        self.forget_code().await;
        let passphrase = one_time.filter(|_| {
            let is_set = enrolled.proposal.is_none() && !enrolled.enrolment.is_revoked();
            // Another one is in force.
            is_set && !enrolled.repeated
        });
        Ok(wire::EnrolOfficerResponse {
            proposed: enrolled.proposal.is_some(),
            passphrase: passphrase.map(|(passphrase, _)| passphrase.to_string()).unwrap_or_default(),
            enrolment: Some(enrolled.enrolment.message()),
            proposal: enrolled.proposal.unwrap_or_default(),
            repeated: enrolled.repeated,
        })
    }

    pub(super) async fn decide(
        &self,
        actor: OfficerId,
        request: wire::DecideOfficerRequest,
    ) -> Result<wire::DecideOfficerResponse, Status> {
        let officer: OfficerId = request.officer.parse()?;
        let named = request.proposal;
        let asks = |officers: Arc<Officers>| {
            officers.proposals.get(&officer).is_some_and(|proposal| proposal.index == named && proposal.passphrase)
        };
        let wanted = request.agree && asks(self.hub.shared.officers());
        let one_time = if wanted { Some(self.one_time().await?) } else { None };
        let hash = one_time.as_ref().map(|(_, hash)| hash.clone());
        let command = Command::Decide { actor, officer, proposal: named, agree: request.agree, hash };
        let Reply::Decided(decided) = self.order(command).await? else { return Err(out_of_turn()) };
        decided?;
        let passphrase = one_time.map(|(passphrase, _)| passphrase.to_string()).unwrap_or_default();
        Ok(wire::DecideOfficerResponse { passphrase })
    }

    pub(super) async fn set_own_passphrase(
        &self,
        officer: OfficerId,
        request: wire::SetPassphraseRequest,
    ) -> Result<wire::SetPassphraseResponse, Status> {
        let new = Zeroizing::new(request.passphrase);
        let one_time = self.hub.shared.officers().all.get(&officer).is_some_and(|officer| officer.one_time);
        let (store, officer_key) = (Arc::clone(&self.hub.store), key::passphrase(&officer));
        let hash = self.stretched(move |entropy| {
            let first = if one_time { store.get(&officer_key).ok().flatten() } else { None };
            let first = first.and_then(|stored| String::from_utf8(stored).ok());
            // Whoever gave it knows it.
            let is_first = first.is_some_and(|first| passphrase::fits(&new, &first));
            if is_first { Err(PassphraseError::First) } else { passphrase::hash(&new, entropy) }
        });
        let hash = hash.await?.map_err(no_passphrase)?;
        match self.order(Command::Passphrase { officer, hash }).await? {
            Reply::PassphraseSet => self.forget_code().await,
            _ => return Err(out_of_turn()),
        }
        Ok(wire::SetPassphraseResponse {})
    }

    /// A passphrase that only serves to set another one, with its stored form.
    async fn one_time(&self) -> Result<(Zeroizing<String>, String), Status> {
        let made = self.stretched(|entropy| {
            let passphrase = passphrase::one_time(entropy);
            let hash = passphrase::hash(&passphrase, entropy)?;
            Ok::<_, PassphraseError>((passphrase, hash))
        });
        made.await?.map_err(|error| status(Code::Internal, &format!("No passphrase: {error}."), "Look at the trace."))
    }

    /// Does what takes long and much memory on a thread that may block, one at a time.
    pub(super) async fn stretched<T: Send + 'static>(
        &self,
        what: impl FnOnce(&mut SystemEntropy) -> T + Send + 'static,
    ) -> Result<T, Status> {
        let turn = self.sign_ins.turn().await?;
        let broken = || status(Code::Internal, "The system gives no chance.", "Look at the trace of the node.");
        let mut entropy = SystemEntropy::open().map_err(|_| broken())?;
        let stretched = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            what(&mut entropy)
        });
        stretched.await.map_err(|_| broken())
    }
}

/// Why something is no new passphrase.
pub(super) fn no_passphrase(error: PassphraseError) -> Status {
    match error {
        PassphraseError::First => refused(Code::InvalidArgument, "refused-passphrase-first", &[]),
        PassphraseError::Short => {
            let min = [("min", limits::PASSPHRASE_CHARS_MIN.to_string())];
            refused(Code::InvalidArgument, "refused-passphrase-short", &min)
        }
        error => status(Code::InvalidArgument, &format!("This is no passphrase: {error}."), "Choose another one."),
    }
}
