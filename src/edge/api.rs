//! The services on the node's Unix socket: desk for officers, inspect for administrators and auditors.
//!
//! The socket says which Unix user calls (`SO_PEERCRED`); the configuration says which officer that is. All rules are the
//! office's; here is only translation.

pub mod calls;
mod desk;
mod ends;
mod inspect;
mod problems;

use std::collections::BTreeMap;
use std::sync::Arc;

use tonic::Code;
use tonic::Request;
use tonic::Status;
use tonic::transport::server::UdsConnectInfo;

use crate::edge::hub::Hub;
use crate::edge::status::status;
use crate::edge::tls::TlsKey;
use crate::engine::rows::RowError;
use crate::engine::store::View;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::office::Vault;
use crate::office::read;
use crate::office::read::Found;
use crate::office::verify::Owner;

/// What the services need besides the hub.
pub struct Api {
    /// Shared with the links.
    pub hub: Arc<Hub>,
    /// Opens texts.
    pub vault: Vault,
    /// Whose log it is.
    pub owner: Owner,
    /// Officers by Unix uid.
    pub officers: BTreeMap<u32, OfficerId>,
    /// Our TLS key, for probes.
    pub key: TlsKey,
    /// Where the storage key comes from, as a word.
    pub custody: String,
}

impl Api {
    /// The officer who calls.
    fn officer<T>(&self, request: &Request<T>) -> Result<OfficerId, Status> {
        let caller = request.extensions().get::<UdsConnectInfo>();
        caller.and_then(|info| self.caller(info)).cloned().ok_or_else(|| {
            let uid = caller.and_then(|info| Some(info.peer_cred?.uid()));
            let who = uid.map_or_else(|| "The caller".to_owned(), |uid| format!("Unix user {uid}"));
            status(
                Code::PermissionDenied,
                &format!("{who} is no officer of this office."),
                "Ask the administrator to add an [[officer]] with this uid to config.toml and to start the node again.",
            )
        })
    }

    /// The officer at the other end of a connection.
    fn caller(&self, info: &UdsConnectInfo) -> Option<&OfficerId> {
        self.officers.get(&info.peer_cred?.uid())
    }

    /// Reads on a thread that may block.
    async fn read<T: Send + 'static>(
        &self,
        what: impl FnOnce(&dyn View) -> Result<T, RowError> + Send + 'static,
    ) -> Result<T, Status> {
        let store = Arc::clone(&self.hub.store);
        let read = tokio::task::spawn_blocking(move || what(&*store)).await;
        let read = read.map_err(|_| status(Code::Internal, "A read failed.", "Look at the trace of the node."))?;
        if read.is_err() {
            self.hub.store_may_have_failed();
        }
        Ok(read?)
    }

    /// The one notice that a name means.
    async fn find(&self, name: &str) -> Result<Digest, Status> {
        let wanted = name.to_owned();
        match self.read(move |view| read::find(view, &wanted)).await? {
            Found::One(digest) => Ok(digest),
            Found::None => Err(status(
                Code::NotFound,
                "No notice here has this reference.",
                "List them: chapar inbox, chapar outbox",
            )),
            Found::Several(references) => Err(status(
                Code::InvalidArgument,
                &format!("Several notices are meant: {}.", references.join(", ")),
                "Give the whole reference.",
            )),
        }
    }
}
