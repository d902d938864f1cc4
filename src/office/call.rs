//! What can be asked of an office, and which roles may (DOMAIN 6.5): the one table that every face is held to.
//!
//! - No call that shows a text is open to who runs the node; who watches it opens one that another officer granted.

use crate::domain::access::Access;
use crate::domain::access::List;
use crate::domain::access::Overview;
use crate::wire::Role;

/// What an officer may ask of the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    /// Look at the node: status, peers, countries.
    Status,
    /// See who is enrolled.
    Officers,
    /// Set one's own passphrase.
    Passphrase,
    /// List notices and their headers; no text.
    List,
    /// Open a text.
    Open,
    /// Print a text.
    Print,
    /// Find notices by words of their texts.
    Search,
    /// Find what is held about somebody, in texts that were withdrawn or replaced as well.
    SearchHeld,
    /// Take the signed envelopes of a notice out of the office; the text stays sealed.
    Export,
    /// See which drafts there are; no text.
    Drafts,
    /// Write drafts and submit them; send alone in an emergency.
    Write,
    /// Release and return drafts of others, and confirm what was sent in an emergency.
    Release,
    /// Take, acknowledge and close notices.
    Handle,
    /// Read the log and verify it.
    Log,
    /// Ask who read what, and what one person did alone.
    Audit,
    /// Count notices: no names, numbers or texts.
    Statistics,
    /// Trust countries, import rosters, probe peers.
    Peers,
    /// Enrol, change and revoke officers.
    Enrol,
    /// Agree to what another one proposed.
    Decide,
    /// Ask to read a text under break-glass.
    AskReading,
    /// Decide what another officer has asked to read.
    DecideReading,
    /// Open a text under break-glass.
    OpenGranted,
    /// Erase a text by order.
    Erase,
    /// Confirm the time that the node shows.
    ConfirmClock,
    /// Let more texts end at once than the node may by itself.
    ConfirmExpiry,
    /// Start and end an exercise of the office.
    Exercise,
    /// List texts that are to be reviewed or end; no text.
    Due,
    /// Say that a text is still needed.
    Review,
    /// Set for how long texts of a kind are kept.
    Retention,
}

/// Roles that write and read notices.
const DESK: &[Role] = &[Role::Officer, Role::ReleasingOfficer];
/// Everybody.
const ALL: &[Role] =
    &[Role::Officer, Role::ReleasingOfficer, Role::Administrator, Role::Auditor, Role::DataProtectionOfficer];

impl Call {
    /// All calls.
    pub const ALL: [Self; 29] = [
        Self::Status,
        Self::Officers,
        Self::Passphrase,
        Self::List,
        Self::Open,
        Self::Print,
        Self::Search,
        Self::SearchHeld,
        Self::Export,
        Self::Drafts,
        Self::Write,
        Self::Release,
        Self::Handle,
        Self::Log,
        Self::Audit,
        Self::Statistics,
        Self::Peers,
        Self::Enrol,
        Self::Decide,
        Self::AskReading,
        Self::DecideReading,
        Self::OpenGranted,
        Self::Erase,
        Self::ConfirmClock,
        Self::ConfirmExpiry,
        Self::Exercise,
        Self::Due,
        Self::Review,
        Self::Retention,
    ];

    /// The call that an access is.
    #[must_use]
    pub const fn of(access: Access) -> Self {
        match access {
            Access::View => Self::Open,
            Access::Export => Self::Export,
            Access::Print => Self::Print,
            Access::SearchHit => Self::Search,
            Access::Statistics => Self::Statistics,
            Access::List => Self::List,
        }
    }

    /// The call that an overview is.
    #[must_use]
    pub const fn of_overview(overview: &Overview) -> Self {
        match overview {
            Overview::List { list: List::Drafts, .. } => Self::Drafts,
            Overview::List { list: List::Reviews | List::Ends, .. } => Self::Due,
            Overview::List { .. } => Self::List,
            Overview::Statistics(_) => Self::Statistics,
        }
    }

    /// The roles of which one is needed.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Status | Self::Officers | Self::Passphrase | Self::Statistics => ALL,
            Self::List | Self::Export => {
                &[Role::Officer, Role::ReleasingOfficer, Role::Auditor, Role::DataProtectionOfficer]
            }
            Self::Open | Self::Print | Self::Search | Self::Drafts => {
                &[Role::Officer, Role::ReleasingOfficer, Role::DataProtectionOfficer]
            }
            Self::Write | Self::Handle => DESK,
            Self::Release | Self::Exercise => &[Role::ReleasingOfficer],
            Self::Audit | Self::Due => &[Role::Auditor, Role::DataProtectionOfficer],
            Self::Log => &[Role::Administrator, Role::Auditor, Role::DataProtectionOfficer],
            Self::Peers | Self::Enrol => &[Role::Administrator],
            Self::AskReading | Self::OpenGranted => &[Role::Auditor],
            Self::SearchHeld | Self::Erase | Self::DecideReading | Self::Review | Self::Retention => {
                &[Role::DataProtectionOfficer]
            }
            Self::ConfirmClock => &[Role::Administrator, Role::ReleasingOfficer],
            Self::Decide | Self::ConfirmExpiry => &[Role::Administrator, Role::DataProtectionOfficer],
        }
    }
}
