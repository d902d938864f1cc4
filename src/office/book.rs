//! The offices that this one may write to, and its officers, as the rules ask for them.

use crate::domain::policy::Offices;
use crate::domain::roster::OfficeState;
use crate::domain::roster::Rosters;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::wire::Role;

/// Who is who by the rosters in force.
pub(super) struct Listed<'a> {
    pub(super) me: OfficeCode,
    pub(super) rosters: &'a Rosters,
}

impl Offices for Listed<'_> {
    /// Our own roster may not be here yet.
    fn knows(&self, office: OfficeCode) -> bool {
        office == self.me || self.rosters.office(office).is_some_and(|listed| listed.state != OfficeState::Revoked)
    }

    /// Every officer holds every role.
    fn holds(&self, officer: &OfficerId, _role: Role) -> bool {
        officer.of(self.me)
    }
}
