//! What an enrolment says to people: roles, and how its officer signs in.

use crate::i18n::Words;
use crate::wire;
use crate::wire::Role;

impl Words {
    /// The roles of an enrolment; of none: revoked.
    #[must_use]
    pub fn roles(&self, enrolment: &wire::Enrolment) -> String {
        let labels: Vec<_> = enrolment.roles().map(|role| self.label::<Role>(role.into())).collect();
        if labels.is_empty() { self.get("officer-revoked") } else { labels.join(", ") }
    }

    /// How an officer signs in: by a Unix user, a passphrase, or both.
    #[must_use]
    pub fn signs_in(&self, officer: &wire::OfficerSummary) -> String {
        let uid = officer.enrolment.as_ref().and_then(|enrolment| enrolment.uid);
        let uid = uid.map(|uid| self.say("officer-uid", &[("uid", uid.to_string())]));
        let passphrase = match (officer.has_passphrase, officer.one_time) {
            (false, _) => None,
            (true, false) => Some(self.get("officer-passphrase")),
            (true, true) => Some(self.get("officer-first-passphrase")),
        };
        uid.into_iter().chain(passphrase).collect::<Vec<_>>().join(", ")
    }
}
