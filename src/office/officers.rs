//! The officers of an office as its log has them, and whether one may do what is asked: once, for every face.

use std::collections::BTreeMap;

use prost::Message as _;

use crate::domain::officer;
use crate::domain::officer::Enrolment;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::office::call::Call;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::Role;

/// An officer as of the newest entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Officer {
    /// As enrolled.
    pub enrolment: Enrolment,
    /// Index of the entry.
    pub index: u64,
    /// SHA-256 of the stored hash of the passphrase, if there is one.
    pub passphrase: Option<Digest>,
    /// Whether that passphrase only serves to set another one.
    pub one_time: bool,
}

/// A change that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The officer as proposed.
    pub enrolment: Enrolment,
    /// Who proposed it.
    pub proposer: OfficerId,
    /// Index of its entry.
    pub index: u64,
    /// Whether the officer gets a new passphrase with it.
    pub passphrase: bool,
}

/// All officers, revoked ones included, and what is proposed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Officers {
    /// By id.
    pub all: BTreeMap<OfficerId, Officer>,
    /// By the id of the officer whom they are about.
    pub proposals: BTreeMap<OfficerId, Proposal>,
}

/// Why an officer may not do what is asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Nobody has this id.
    #[error("{0} is no officer of this office")]
    Unknown(OfficerId),
    /// The enrolment was ended.
    #[error("{0} was revoked")]
    Revoked(OfficerId),
    /// The enrolment has ended by itself.
    #[error("the enrolment of {0} has ended")]
    Ended(OfficerId),
    /// None of the officer's roles may.
    #[error("this needs {}, and {officer} is {}", needed(*.call), officer::words(.roles))]
    Role {
        /// Who.
        officer: OfficerId,
        /// What was asked.
        call: Call,
        /// The roles that the officer has.
        roles: Vec<Role>,
    },
}

/// The roles of which a call needs one, in words.
fn needed(call: Call) -> String {
    let words: Vec<_> = call.roles().iter().map(|role| officer::words(&[*role])).collect();
    words.join(" or ")
}

impl Officers {
    /// As the store has them.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn read(view: &dyn View) -> Result<Self, RowError> {
        let mut officers = Self::default();
        for (row, value) in view.scan(key::OFFICERS, &key::after(key::OFFICERS), limits::OFFICERS)? {
            let damaged = || damaged("officer", String::from_utf8_lossy(row.get(1..).unwrap_or_default()));
            let message = wire::OfficerRow::decode(value.as_slice()).map_err(|_| damaged())?;
            let enrolment = Enrolment::read(&message.enrolment.unwrap_or_default()).map_err(|_| damaged())?;
            let passphrase = Digest::try_from(message.passphrase.as_slice()).ok();
            let officer = Officer { enrolment, index: message.index, passphrase, one_time: message.one_time };
            officers.all.insert(officer.enrolment.id.clone(), officer);
        }
        for (row, value) in view.scan(key::PROPOSALS, &key::after(key::PROPOSALS), limits::OFFICERS)? {
            let damaged = || damaged("proposal", String::from_utf8_lossy(row.get(1..).unwrap_or_default()));
            let message = wire::ProposalRow::decode(value.as_slice()).map_err(|_| damaged())?;
            let enrolment = Enrolment::read(&message.enrolment.unwrap_or_default()).map_err(|_| damaged())?;
            let proposer = message.proposer.parse().map_err(|_| damaged())?;
            let (index, passphrase) = (message.index, message.passphrase);
            officers.proposals.insert(enrolment.id.clone(), Proposal { enrolment, proposer, index, passphrase });
        }
        Ok(officers)
    }

    /// The officer who is this Unix user.
    #[must_use]
    pub fn of_uid(&self, uid: u32) -> Option<&Officer> {
        self.all.values().find(|officer| officer.enrolment.uid == Some(uid))
    }

    /// Whom a setup code lets in: the administrator whom `init` enrolled, while nobody else ever was, and without a passphrase.
    #[must_use]
    pub fn first(&self, now: Timestamp) -> Option<&Officer> {
        let mut all = self.all.values();
        let first = all.next().filter(|first| first.passphrase.is_none() && all.next().is_none())?;
        first.enrolment.holds(Role::Administrator, now).then_some(first)
    }

    /// Whether an officer may do this now.
    ///
    /// # Errors
    /// Why not.
    pub fn permit(&self, officer: &OfficerId, call: Call, now: Timestamp) -> Result<&Officer, Denied> {
        let found = self.all.get(officer).ok_or_else(|| Denied::Unknown(officer.clone()))?;
        let enrolment = &found.enrolment;
        if enrolment.is_revoked() {
            return Err(Denied::Revoked(officer.clone()));
        }
        // Whoever is the last to run the node may still renew: else nobody ever could.
        let last = call == Call::Enrol && self.holding(Role::Administrator, now).next().is_none();
        if enrolment.until <= now && !last {
            return Err(Denied::Ended(officer.clone()));
        }
        if enrolment.roles.iter().any(|role| call.roles().contains(role)) {
            return Ok(found);
        }
        Err(Denied::Role { officer: officer.clone(), call, roles: enrolment.roles.clone() })
    }

    /// The officers who hold a role now.
    pub fn holding(&self, role: Role, now: Timestamp) -> impl Iterator<Item = &Officer> {
        self.all.values().filter(move |officer| officer.enrolment.holds(role, now))
    }
}
