//! Floor 0: the generated messages of `proto/chapar/v1`, and how the texts among them are written in draft files.
//!
//! `messages.rs` is generated and committed; `tests/it/codegen.rs` compares it with the `.proto` files and writes it
//! anew. The serde attributes in it come from there too: the name in a draft is a field's `json_name`, an enum is its
//! word without the prefix, a time is RFC 3339 in UTC, bytes are lower-case hex.

pub mod json;
mod messages;

use std::fmt;

pub use messages::*;

impl AttachmentHere {
    /// How much of it is here, of a hundred.
    #[must_use]
    pub fn percent(&self) -> u64 {
        self.arrived_bytes.saturating_mul(100).checked_div(self.size_bytes).unwrap_or_default().min(100)
    }
}

impl fmt::Debug for AttachmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttachmentKey")
    }
}

impl fmt::Debug for Forward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Forward")
    }
}

impl fmt::Debug for ForwardedCorrection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ForwardedCorrection")
    }
}
