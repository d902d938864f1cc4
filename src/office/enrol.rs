//! Officers come, change and go; two administrators watch each other (DOMAIN 6.5, P-18).
//!
//! - Once there are two administrators, a change waits for a second person; what only shuts somebody out does not, unless
//!   it shuts out the other administrator.
//! - There is always an administrator, and an id never has two meanings.

use crate::domain::entry::Entry;
use crate::domain::officer::Enrolment;
use crate::domain::officer::EnrolmentError;
use crate::engine::rows::RowError;
use crate::engine::rows::key;
use crate::limits;
use crate::name::OfficerId;
use crate::office::officers::Proposal;
use crate::office::writer::Step;
use crate::wire;
use crate::wire::Role;

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// As enrolled, or as proposed.
    pub enrolment: Enrolment,
    /// If a second person must agree first: index of the entry of the proposal.
    pub proposal: Option<u64>,
    /// Whether a request with the same key did it before.
    pub repeated: bool,
}

/// Why a change is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrolRefused {
    /// It is no enrolment of this office.
    #[error("{0}")]
    Enrolment(#[from] EnrolmentError),
    /// Another officer is that Unix user.
    #[error("the Unix user {uid} is {officer} already")]
    Uid {
        /// The Unix user.
        uid: u32,
        /// Who that is.
        officer: OfficerId,
    },
    /// There are too many.
    #[error("an office has at most {max} officers, revoked ones included", max = limits::OFFICERS)]
    Full,
    /// Whom to revoke is not enrolled.
    #[error("{0} is not enrolled")]
    NotEnrolled(OfficerId),
    /// Nobody would be left to run the node.
    #[error("{0} is the last administrator")]
    LastAdministrator(OfficerId),
    /// Nothing is proposed for this officer.
    #[error("nothing is proposed for {0}")]
    NotProposed(OfficerId),
    /// Another change is proposed than the one that was looked at.
    #[error("entry {index} is not what is proposed for {officer} now")]
    OtherProposal {
        /// Whom it is about.
        officer: OfficerId,
        /// Index of the entry of what was looked at.
        index: u64,
    },
    /// A second person is needed, and that is neither the proposer nor the officer.
    #[error("{0} cannot agree to this: it needs a second person, whom it is not about")]
    OwnProposal(OfficerId),
    /// The proposer has no such right any more.
    #[error("{0}, who proposed it, is no administrator any more")]
    Proposer(OfficerId),
}

impl Step<'_> {
    /// Enrols, changes or revokes an officer, or proposes it. `hash` is the stored form of a passphrase that only serves
    /// to set another one.
    pub(super) fn enrol(
        &mut self,
        actor: &OfficerId,
        asked: &wire::Enrolment,
        hash: Option<&str>,
    ) -> Result<Result<Enrolled, EnrolRefused>, RowError> {
        let enrolment = match Enrolment::check(self.me.office, self.now, asked) {
            Ok(enrolment) => enrolment,
            Err(error) => return Ok(Err(error.into())),
        };
        if let Err(refused) = self.enrolment_fits(&enrolment) {
            return Ok(Err(refused));
        }
        let proposal = if self.needs_second(actor, &enrolment) {
            Some(self.append(Entry::officer_proposed(actor, &enrolment, hash.is_some()))?)
        } else {
            self.put_officer(actor, &enrolment, None, hash)?;
            None
        };
        Ok(Ok(Enrolled { enrolment, proposal, repeated: false }))
    }

    /// Agrees to a proposed change, or turns it down: the very one whose entry has this index.
    pub(super) fn decide(
        &mut self,
        actor: &OfficerId,
        (officer, index): (&OfficerId, u64),
        agree: bool,
        hash: Option<&str>,
    ) -> Result<Result<(), EnrolRefused>, RowError> {
        let Some(proposal) = self.officers.proposals.get(officer).cloned() else {
            return Ok(Err(EnrolRefused::NotProposed(officer.clone())));
        };
        if proposal.index != index {
            return Ok(Err(EnrolRefused::OtherProposal { officer: officer.clone(), index }));
        }
        if !agree {
            self.append(Entry::officer_declined(actor, officer))?;
            return Ok(Ok(()));
        }
        let Proposal { enrolment, proposer, passphrase, .. } = proposal;
        if *actor == proposer || actor == officer {
            return Ok(Err(EnrolRefused::OwnProposal(actor.clone())));
        }
        if !self.officers.holding(Role::Administrator, self.now).any(|one| one.enrolment.id == proposer) {
            return Ok(Err(EnrolRefused::Proposer(proposer)));
        }
        if !enrolment.is_revoked() && enrolment.until <= self.now {
            return Ok(Err(EnrolmentError::Ended.into()));
        }
        if let Err(refused) = self.enrolment_fits(&enrolment) {
            return Ok(Err(refused));
        }
        self.put_officer(actor, &enrolment, Some(&proposer), hash.filter(|_| passphrase))?;
        Ok(Ok(()))
    }

    /// Sets the passphrase of whoever asks.
    pub(super) fn passphrase(&mut self, officer: &OfficerId, hash: &str) -> Result<(), RowError> {
        self.put_passphrase(officer, officer, hash, false)
    }

    /// Sets the passphrase of the first administrator, unless that is another one, or not alone any more.
    pub(super) fn first_passphrase(&mut self, officer: &OfficerId, hash: &str) -> Result<bool, RowError> {
        let is_first = self.officers.first(self.now).is_some_and(|first| first.enrolment.id == *officer);
        if is_first {
            self.put_passphrase(officer, officer, hash, false)?;
        }
        Ok(is_first)
    }

    fn put_officer(
        &mut self,
        actor: &OfficerId,
        enrolment: &Enrolment,
        proposer: Option<&OfficerId>,
        hash: Option<&str>,
    ) -> Result<(), RowError> {
        self.append(Entry::officer(actor, enrolment, proposer))?;
        self.return_left_behind()?;
        match hash {
            _ if enrolment.is_revoked() => self.rows.delete(key::passphrase(&enrolment.id)),
            Some(hash) => self.put_passphrase(actor, &enrolment.id, hash, true)?,
            None => {}
        }
        Ok(())
    }

    fn put_passphrase(
        &mut self,
        actor: &OfficerId,
        officer: &OfficerId,
        hash: &str,
        one_time: bool,
    ) -> Result<(), RowError> {
        self.rows.put(key::passphrase(officer), hash.as_bytes().to_vec());
        self.append(Entry::passphrase_set(actor, officer, hash, one_time)).map(drop)
    }

    /// What an enrolment must not do to the others.
    fn enrolment_fits(&self, enrolment: &Enrolment) -> Result<(), EnrolRefused> {
        let Enrolment { id, uid, .. } = enrolment;
        let officers = &self.officers;
        if !officers.all.contains_key(id) {
            if enrolment.is_revoked() {
                return Err(EnrolRefused::NotEnrolled(id.clone()));
            }
            if officers.all.len() >= limits::OFFICERS {
                return Err(EnrolRefused::Full);
            }
        }
        if let Some((uid, other)) = uid.and_then(|uid| Some((uid, officers.of_uid(uid)?)))
            && other.enrolment.id != *id
        {
            return Err(EnrolRefused::Uid { uid, officer: other.enrolment.id.clone() });
        }
        let others = officers.holding(Role::Administrator, self.now).any(|one| one.enrolment.id != *id);
        if others || enrolment.holds(Role::Administrator, self.now) {
            Ok(())
        } else if officers.all.get(id).is_some_and(|one| one.enrolment.roles.contains(&Role::Administrator)) {
            Err(EnrolRefused::LastAdministrator(id.clone()))
        } else {
            Ok(())
        }
    }

    /// Whether a change waits for a second person.
    fn needs_second(&self, actor: &OfficerId, enrolment: &Enrolment) -> bool {
        let administrators = || self.officers.holding(Role::Administrator, self.now);
        let shuts_out = enrolment.is_revoked()
            && (enrolment.id == *actor || administrators().all(|one| one.enrolment.id != enrolment.id));
        administrators().count() >= 2 && !shuts_out
    }
}
