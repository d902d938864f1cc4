//! The services on the node's Unix socket: desk for officers, inspect for administrators and auditors.
//!
//! All rules are the office's; here is only translation.

mod attachments;
mod caller;
pub mod calls;
mod desk;
mod drafts;
mod ends;
mod handle;
mod inspect;
mod keys;
mod lists;
mod people;
mod problems;
mod search;
mod set_up;
mod turns;
mod unknown;

use std::sync::Arc;

use tonic::Code;
use tonic::Status;

pub use caller::SignedIn;
pub use turns::Turns;

use crate::edge::finder::Finder;
use crate::edge::hub::Hub;
use crate::edge::hub::NotNow;
use crate::edge::set_up::SetUp;
use crate::edge::sign_in::SignIns;
use crate::edge::status::refused;
use crate::edge::status::refused_with;
use crate::edge::status::status;
use crate::edge::tls::TlsKey;
use crate::engine::rows::RowError;
use crate::engine::store::View;
use crate::i18n::said;
use crate::name::Digest;
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
    /// The search index.
    pub finder: Arc<Finder>,
    /// Who has signed in.
    pub sign_ins: SignIns,
    /// The set-up of a new office.
    pub set_up: Arc<SetUp>,
    /// Who has a file in hand.
    pub turns: Turns,
    /// Our TLS key, for probes.
    pub key: TlsKey,
    /// Where the storage key comes from, as a word.
    pub custody: String,
}

impl Api {
    /// Whether drafts and acknowledgements are taken now; they are by an unsure clock as well.
    fn may_write(&self) -> Result<(), Status> {
        self.hub.ready().map_err(not_now)
    }

    /// Whether notices may be released now.
    fn may_release(&self) -> Result<(), Status> {
        self.hub.may_release().map_err(not_now)
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
            Found::None => Err(unknown::notice(name)),
            Found::Several(references) => {
                let names = [("references", references.join(", "))];
                Err(refused(Code::InvalidArgument, "refused-several-notices", &names))
            }
        }
    }
}

fn not_now(reason: NotNow) -> Status {
    refused_with(Code::Unavailable, said("refused-not-now", &[]).with_keys("reason", [reason.message()]))
}
