//! The offices that this one may write to, and its officers, as the rules ask for them.

use crate::domain::policy::Offices;
use crate::domain::roster::OfficeState;
use crate::domain::roster::Rosters;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::office::officers::Officers;
use crate::time::Timestamp;
use crate::wire::Role;

/// Who is who by the rosters in force, and by the office's own log.
pub(super) struct Listed<'a> {
    pub(super) me: OfficeCode,
    pub(super) officers: &'a Officers,
    pub(super) now: Timestamp,
    pub(super) rosters: &'a Rosters,
}

impl Offices for Listed<'_> {
    /// Our own roster may not be here yet.
    fn knows(&self, office: OfficeCode) -> bool {
        office == self.me || self.rosters.office(office).is_some_and(|listed| listed.state != OfficeState::Revoked)
    }

    fn holds(&self, officer: &OfficerId, role: Role) -> bool {
        self.officers.all.get(officer).is_some_and(|found| found.enrolment.holds(role, self.now))
    }
}
