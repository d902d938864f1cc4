//! Officers as an office enrols them: roles, Unix user, end (DOMAIN 6.5, P-18).
//!
//! Not who may do what: that is the office's table of calls. Which person an id stands for, only the office knows.
//!
//! - Who runs the node, who watches it, and who protects data never holds another role: nobody who can change keys or
//!   roles can read a text, and nobody is watched by himself.

use crate::limits;
use crate::name::NameError;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::time::DAY_MS;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::Role;
use crate::wire::json::Word as _;

/// Longest enrolment, milliseconds (P-18).
pub const ENROLLED_MS: i64 = limits::ENROLLED_DAYS * DAY_MS;
/// When a coming end is said, milliseconds before it (P-18).
pub const ENDS_SOON_MS: i64 = limits::ENROLMENT_WARNING_DAYS * DAY_MS;

/// The roles that an officer can hold.
pub const ROLES: [Role; 5] =
    [Role::Officer, Role::ReleasingOfficer, Role::Administrator, Role::Auditor, Role::DataProtectionOfficer];

/// An officer as enrolled, or as proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// Who.
    pub id: OfficerId,
    /// In the order of their numbers; none: revoked.
    pub roles: Vec<Role>,
    /// The Unix user that the officer is on the machine of the node.
    pub uid: Option<u32>,
    /// When it ends.
    pub until: Timestamp,
}

/// Why an enrolment is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrolmentError {
    /// The id is none.
    #[error("{0}")]
    Id(#[from] NameError),
    /// The id is of another office.
    #[error("{0} is not an id of this office")]
    Foreign(OfficerId),
    /// A role that no officer can hold.
    #[error("an officer's role is one of {}", words(&ROLES))]
    Role,
    /// Roles that one officer must not hold together.
    #[error("{} is never combined with another role", .0.word())]
    Combined(Role),
    /// It ends before it begins.
    #[error("the end of the enrolment has passed")]
    Ended,
    /// It lasts too long.
    #[error("an enrolment lasts at most {days} days", days = limits::ENROLLED_DAYS)]
    TooLong,
}

impl Enrolment {
    /// Checks an enrolment of this office, made at this time. An end of 0 means the longest that is allowed.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(office: OfficeCode, now: Timestamp, asked: &wire::Enrolment) -> Result<Self, EnrolmentError> {
        let mut enrolment = Self::read(asked)?;
        if !enrolment.id.of(office) {
            return Err(EnrolmentError::Foreign(enrolment.id));
        }
        let alone = enrolment.roles.iter().find(|role| !matches!(role, Role::Officer | Role::ReleasingOfficer));
        if let Some(alone) = alone.filter(|_| enrolment.roles.len() > 1) {
            return Err(EnrolmentError::Combined(*alone));
        }
        if enrolment.roles.is_empty() {
            enrolment.uid = None;
            enrolment.until = now;
            return Ok(enrolment);
        }
        if enrolment.until == Timestamp::ZERO {
            enrolment.until = now.plus_ms(ENROLLED_MS);
        }
        match enrolment.until.since_ms(now) {
            ..=0 => Err(EnrolmentError::Ended),
            ms if ms > ENROLLED_MS => Err(EnrolmentError::TooLong),
            _ => Ok(enrolment),
        }
    }

    /// An enrolment as an entry or a row has it.
    ///
    /// # Errors
    /// If the id is none, or a role is none of an officer's.
    pub fn read(message: &wire::Enrolment) -> Result<Self, EnrolmentError> {
        let mut roles = vec![];
        for number in &message.roles {
            let role = Role::try_from(*number).ok().filter(|role| ROLES.contains(role));
            roles.push(role.ok_or(EnrolmentError::Role)?);
        }
        roles.sort_unstable();
        roles.dedup();
        let until = Timestamp::from_ms(message.until_ms).map_err(|_| EnrolmentError::TooLong)?;
        Ok(Self { id: message.id.parse()?, roles, uid: message.uid, until })
    }

    /// As an entry or a row has it.
    #[must_use]
    pub fn message(&self) -> wire::Enrolment {
        wire::Enrolment {
            id: self.id.to_string(),
            roles: self.roles.iter().map(|role| (*role).into()).collect(),
            uid: self.uid,
            until_ms: self.until.ms(),
        }
    }

    /// Whether the officer is revoked.
    #[must_use]
    pub fn is_revoked(&self) -> bool {
        self.roles.is_empty()
    }

    /// Whether the officer holds a role at this time.
    #[must_use]
    pub fn holds(&self, role: Role, now: Timestamp) -> bool {
        self.roles.contains(&role) && now < self.until
    }
}

/// Roles as people write them, as in `OFFICER, RELEASING_OFFICER`.
#[must_use]
pub fn words(roles: &[Role]) -> String {
    roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(", ")
}

/// The word of a role on the command line, as in `releasing-officer`.
#[must_use]
pub fn word(role: Role) -> String {
    role.word().to_ascii_lowercase().replace('_', "-")
}

/// The role of a word.
///
/// # Errors
/// If there is none; says which there are.
pub fn from_word(text: &str) -> Result<Role, String> {
    ROLES.into_iter().find(|role| word(*role) == text).ok_or_else(|| {
        let known: Vec<_> = ROLES.into_iter().map(word).collect();
        format!("a role is one of {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(roles: &[Role], until_ms: i64) -> wire::Enrolment {
        let roles = roles.iter().map(|role| (*role).into()).collect();
        wire::Enrolment { id: "UZ-ALT-O02".to_owned(), roles, uid: Some(7), until_ms }
    }

    fn check(asked: &wire::Enrolment) -> Result<Enrolment, EnrolmentError> {
        Enrolment::check("UZ-ALT".parse().unwrap(), Timestamp::clamped(1000), asked)
    }

    #[test]
    fn who_runs_or_watches_holds_no_other_role() {
        for role in [Role::Administrator, Role::Auditor, Role::DataProtectionOfficer] {
            assert!(check(&asked(&[role], 0)).is_ok());
            for other in ROLES.into_iter().filter(|other| *other != role) {
                assert!(matches!(check(&asked(&[other, role], 0)), Err(EnrolmentError::Combined(_))));
            }
        }
        let both = check(&asked(&[Role::ReleasingOfficer, Role::Officer, Role::Officer], 0)).unwrap();
        assert_eq!(both.roles, [Role::Officer, Role::ReleasingOfficer]);
        for wrong in [Role::Node, Role::Unspecified] {
            assert_eq!(check(&asked(&[wrong], 0)), Err(EnrolmentError::Role));
        }
    }

    #[test]
    fn an_enrolment_ends_within_a_year() {
        let longest = Timestamp::clamped(1000).plus_ms(ENROLLED_MS);
        assert_eq!(check(&asked(&[Role::Officer], 0)).unwrap().until, longest);
        let enrolment = check(&asked(&[Role::Officer], longest.ms())).unwrap();
        assert_eq!(Enrolment::read(&enrolment.message()), Ok(enrolment.clone()));
        assert_eq!(check(&asked(&[Role::Officer], longest.ms() + 1)), Err(EnrolmentError::TooLong));
        assert_eq!(check(&asked(&[Role::Officer], 1000)), Err(EnrolmentError::Ended));
        assert!(enrolment.holds(Role::Officer, Timestamp::clamped(longest.ms() - 1)));
        assert!(!enrolment.holds(Role::Officer, longest));
        assert!(!enrolment.holds(Role::Auditor, Timestamp::clamped(1000)));
    }

    #[test]
    fn a_revoked_officer_is_no_user_and_has_no_end_to_come() {
        let revoked = check(&asked(&[], 0)).unwrap();
        assert!(revoked.is_revoked());
        assert_eq!((revoked.uid, revoked.until), (None, Timestamp::clamped(1000)));
    }

    #[test]
    fn an_id_is_of_this_office() {
        let foreign = wire::Enrolment { id: "TM-FAR-O01".to_owned(), ..asked(&[Role::Officer], 0) };
        assert!(matches!(check(&foreign), Err(EnrolmentError::Foreign(_))));
        assert!(matches!(check(&wire::Enrolment { id: "O1".to_owned(), ..foreign }), Err(EnrolmentError::Id(_))));
    }

    #[test]
    fn roles_have_words() {
        for role in ROLES {
            assert_eq!(from_word(&word(role)), Ok(role));
        }
        assert!(from_word("node").unwrap_err().contains("data-protection-officer"));
    }
}
