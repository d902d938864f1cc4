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
use crate::edge::sign_in::SignInError;
use crate::edge::status::refused;
use crate::edge::status::status;
use crate::name::OfficerId;
use crate::office::Command;
use crate::office::Reply;
use crate::office::call::Call;
use crate::office::officers::Officers;

impl Api {
    /// The officer who calls, if that one may do this.
    pub(super) async fn permitted<T>(&self, request: &Request<T>, call: Call) -> Result<OfficerId, Status> {
        let officers = self.hub.shared.officers();
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
                        self.sign_ins.check(&officers, &self.hub.store, &id, &passphrase).await?;
                        let one_time = officers.all.get(&id).is_some_and(|officer| officer.one_time);
                        if one_time && call != Call::Passphrase {
                            let names = [("officer", id.to_string())];
                            return Err(refused(Code::PermissionDenied, "refused-first-passphrase", &names));
                        }
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
            reply => Ok(reply),
        }
    }
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
