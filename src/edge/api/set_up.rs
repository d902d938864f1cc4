//! The set-up of a new office: a setup code lets the first administrator set a passphrase, once.

use std::sync::Arc;

use tonic::Status;
use zeroize::Zeroizing;

use crate::edge::api::Api;
use crate::edge::api::SignedIn;
use crate::edge::api::caller::out_of_turn;
use crate::edge::api::people::no_passphrase;
use crate::edge::passphrase;
use crate::edge::set_up::SetupCodeError;
use crate::edge::sign_in::Door;
use crate::name::OfficerId;
use crate::office::Command;
use crate::office::Reply;

impl Api {
    /// Whom a setup code lets in; `None` where it lets nobody in any more.
    #[must_use]
    pub fn first_administrator(&self) -> Option<OfficerId> {
        let officers = self.hub.shared.officers();
        let first = officers.first(self.hub.node_time()).filter(|_| self.set_up.is_open())?;
        Some(first.enrolment.id.clone())
    }

    /// Sets the passphrase of the first administrator, who has the setup code, and signs that one in. The code stays good
    /// until the passphrase is durable.
    ///
    /// # Errors
    /// If the code is wrong or over, too many were wrong, or it is no passphrase.
    pub async fn first_passphrase(&self, code: Zeroizing<String>, new: Zeroizing<String>) -> Result<SignedIn, Status> {
        passphrase::expect_new(&new).map_err(no_passphrase)?;
        let officer = self.first_administrator().ok_or(SetupCodeError::Over)?;
        let (set_up, own, now) = (Arc::clone(&self.set_up), new.clone(), self.hub.clock.now());
        let hash = self.stretched(move |entropy| {
            set_up.check(&code, now)?;
            Ok::<_, SetupCodeError>(passphrase::hash(&own, entropy)?)
        });
        let hash = hash.await??;
        match self.order(Command::FirstPassphrase { officer: officer.clone(), hash }).await? {
            Reply::FirstPassphrase(true) => self.forget_code().await,
            Reply::FirstPassphrase(false) => return Err(SetupCodeError::Over.into()),
            _ => return Err(out_of_turn()),
        }
        // Who has the code is no stranger.
        self.sign_in(&officer, new.as_bytes(), Door::Own("setup code")).await
    }

    /// Removes what is left of a setup code that is over. The log keeps it from being good for anything, so it may be left.
    pub async fn forget_code(&self) {
        if !self.set_up.is_open() || self.first_administrator().is_some() {
            return;
        }
        let set_up = Arc::clone(&self.set_up);
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || set_up.used()).await {
            tracing::warn!(%error, "the setup code that is over cannot be removed");
        }
    }
}
