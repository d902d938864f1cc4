//! Floor 3: the use cases of an office, synchronous: what a simulator runs. One door for every face.
//!
//! [`Writer`] is the only writer: it takes commands, commits them together, and only then lets them be answered.
//! [`read`] reads what the durable head covers, [`Queue`] what waits for an office.

mod agreed;
pub mod attachments;
pub mod audit;
mod book;
pub mod call;
mod command;
pub mod drafts;
mod duties;
mod enrol;
pub mod export;
mod follow_up;
mod handle;
mod identity;
mod issue;
pub mod officers;
mod place;
mod queue;
pub mod read;
mod receive;
mod related;
mod release;
mod rotation;
pub mod search;
pub mod standing;
pub mod statistics;
pub mod sureness;
mod trust;
pub mod uploads;
mod vault;
pub mod verify;
mod wraps;
mod writer;

pub use command::Command;
pub use command::Reply;
pub use drafts::DraftRefused;
pub use drafts::Drafted;
pub use drafts::Sent;
pub use duties::Ends;
pub use duties::EraseRefused;
pub use duties::Erased;
pub use duties::OtherCount;
pub use duties::erasure;
pub use enrol::EnrolRefused;
pub use enrol::Enrolled;
pub use handle::HandleRefused;
pub use handle::Handled;
pub use identity::Identity;
pub use identity::Shared;
pub use issue::IssueRefused;
pub use issue::Issued;
pub use queue::Queue;
pub use release::unconfirmed;
pub use uploads::UploadRefused;
pub use vault::Keeper;
pub use vault::KeeperError;
pub use vault::Vault;
pub use writer::OpenError;
pub use writer::Writer;
