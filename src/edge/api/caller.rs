//! Who calls, and whether that officer may do it: the socket says which Unix user it is, or the call names an officer
//! and that one's passphrase. What the officer may do, the office decides.

use tonic::Code;
use tonic::Extensions;
use tonic::Request;
use tonic::Status;
use tonic::codegen::http;
use tonic::transport::server::UdsConnectInfo;

use crate::edge::api::Api;
use crate::edge::sign_in;
use crate::edge::sign_in::Door;
use crate::edge::sign_in::SignInError;
use crate::edge::status::refused;
use crate::edge::status::status;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::office::Command;
use crate::office::Once;
use crate::office::Reply;
use crate::office::call::Call;
use crate::office::officers::Officer;
use crate::office::officers::Officers;

/// An officer who has signed in at the console of this process. Nothing that comes over a socket can hold one.
#[derive(Clone, Debug)]
pub struct SignedIn {
    officer: OfficerId,
    /// Of the passphrase; another one ends it.
    set: Option<Digest>,
}

impl SignedIn {
    /// Who.
    #[must_use]
    pub const fn officer(&self) -> &OfficerId {
        &self.officer
    }
}

impl Api {
    /// Signs an officer in, by this door.
    ///
    /// # Errors
    /// If there is no such officer, the passphrase is wrong, or too many were wrong a moment ago.
    pub async fn sign_in(&self, officer: &OfficerId, passphrase: &[u8], door: Door<'_>) -> Result<SignedIn, Status> {
        let officers = self.hub.shared.officers();
        self.sign_ins.check(&officers, &self.hub.store, officer, passphrase, door).await?;
        let set = officers.all.get(officer).and_then(|officer| officer.passphrase);
        Ok(SignedIn { officer: officer.clone(), set })
    }

    /// What an officer is enrolled as who has signed in, while that counts.
    #[must_use]
    pub fn enrolled(&self, signed_in: &SignedIn) -> Option<Officer> {
        let officers = self.hub.shared.officers();
        let officer = officers.all.get(&signed_in.officer)?;
        let counts = officer.passphrase == signed_in.set && !officer.enrolment.is_revoked();
        counts.then(|| officer.clone())
    }

    /// The officer who calls, if that one may do this.
    pub(super) async fn permitted<T>(&self, request: &Request<T>, call: Call) -> Result<OfficerId, Status> {
        let officers = self.hub.shared.officers();
        if let Some(signed_in) = request.extensions().get() {
            let enrolled = self.enrolled(signed_in).ok_or(SignInError::Wrong)?;
            not_with_one_time(&enrolled, call)?;
            officers.permit(&signed_in.officer, call, self.hub.node_time())?;
            return Ok(signed_in.officer.clone());
        }
        let metadata = request.metadata();
        let own = of_uid(request.extensions(), &officers);
        let passphrase = metadata.get_bin(sign_in::PASSPHRASE).and_then(|value| value.to_bytes().ok());
        let officer = match (metadata.get(sign_in::OFFICER), passphrase) {
            (None, _) => own.ok_or_else(|| nobody(request.extensions()))?,
            (Some(id), passphrase) => {
                let id: Option<OfficerId> = id.to_str().ok().and_then(|id| id.parse().ok());
                let id = id.ok_or(SignInError::Wrong)?;
                match passphrase {
                    None if own.as_ref() == Some(&id) => {}
                    None => return Err(SignInError::Wrong.into()),
                    Some(passphrase) => {
                        self.sign_ins.check(&officers, &self.hub.store, &id, &passphrase, Door::Open).await?;
                        officers.all.get(&id).map_or(Ok(()), |officer| not_with_one_time(officer, call))?;
                    }
                }
                id
            }
        };
        officers.permit(&officer, call, self.hub.node_time())?;
        Ok(officer)
    }

    /// Whom a call says that it is from, or whose Unix user it comes from; not checked.
    pub(super) fn claimed<T>(&self, request: &http::Request<T>) -> Option<OfficerId> {
        match request.headers().get(sign_in::OFFICER) {
            Some(id) => id.to_str().ok()?.parse().ok(),
            None => of_uid(request.extensions(), &self.hub.shared.officers()),
        }
    }

    /// Hands an officer's command in; the answer comes when it is durable.
    pub(super) async fn order(&self, command: Command) -> Result<Reply, Status> {
        match self.hub.commits.ask(command).await? {
            // The officer may have been revoked since the call came in.
            Reply::Denied(denied) => Err(denied.into()),
            Reply::KeyUsed => Err(refused(Code::AlreadyExists, "refused-key-used", &[])),
            reply => Ok(reply),
        }
    }
}

/// A command that is done once, if its request has a key.
pub(super) fn once(
    officer: &OfficerId,
    key: &[u8],
    request: &impl prost::Message,
    command: Command,
) -> Result<Command, Status> {
    if key.is_empty() {
        return Ok(command);
    }
    let once = Once::of(officer, key, request).ok_or_else(|| {
        let (min, max) = (limits::IDEMPOTENCY_KEY_BYTES_MIN, limits::IDEMPOTENCY_KEY_BYTES_MAX);
        refused(Code::InvalidArgument, "refused-key-length", &[("min", min.to_string()), ("max", max.to_string())])
    })?;
    Ok(Command::Once { once, command: Box::new(command) })
}

/// A passphrase that only serves to set another one opens nothing else.
fn not_with_one_time(officer: &Officer, call: Call) -> Result<(), Status> {
    if !officer.one_time || call == Call::Passphrase {
        return Ok(());
    }
    let names = [("officer", officer.enrolment.id.to_string())];
    Err(refused(Code::PermissionDenied, "refused-first-passphrase", &names))
}

/// What the writer never answers.
pub(super) fn out_of_turn() -> Status {
    status(Code::Internal, "The writer answered something else.", "Look at the trace of the node.")
}

fn uid(extensions: &Extensions) -> Option<u32> {
    Some(extensions.get::<UdsConnectInfo>()?.peer_cred?.uid())
}

fn of_uid(extensions: &Extensions, officers: &Officers) -> Option<OfficerId> {
    officers.of_uid(uid(extensions)?).map(|officer| officer.enrolment.id.clone())
}

fn nobody(extensions: &Extensions) -> Status {
    let uid = uid(extensions).map_or_else(|| "?".to_owned(), |uid| uid.to_string());
    refused(Code::PermissionDenied, "refused-nobody", &[("uid", uid)])
}
