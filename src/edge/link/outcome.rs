//! How a session ended.

use crate::engine::session::Ending;
use crate::wire::GoodbyeReason;
use crate::wire::Said;

/// How a session ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The machine ended it.
    Ended(Ending),
    /// The link broke: how, as a message of `i18n/`.
    Broken(Said),
    /// The node itself cannot go on: why, in English.
    Failed(String),
}

impl Outcome {
    /// Whether a session may have ended before everything was judged that it has taken, and nobody broke a rule.
    #[must_use]
    pub const fn leaves_work(&self) -> bool {
        matches!(
            self,
            Self::Broken(_)
                | Self::Ended(
                    Ending::Done
                        | Ending::NotReady(_)
                        | Ending::OverQuota(_)
                        | Ending::Peer(GoodbyeReason::Done | GoodbyeReason::NotReady, _)
                )
        )
    }
}
