//! Floor 3: the use cases of an office, synchronous: what a simulator runs. One door for every face.
//!
//! [`Writer`] is the only writer: it takes commands, commits them together, and only then lets them be answered.
//! [`read`] reads what the durable head covers.

mod issue;
pub mod read;
mod receive;
mod trust;
pub mod verify;
mod writer;

pub use issue::IssueRefused;
pub use issue::Issued;
pub use writer::Command;
pub use writer::Identity;
pub use writer::OpenError;
pub use writer::Reply;
pub use writer::Shared;
pub use writer::Writer;
