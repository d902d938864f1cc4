//! The numbers with which a node turns a dispatch away (PROTOCOL 5). A number is never used again for another reason.
//!
//! Over 100 they are of policy: 100 and the number of the rule (DOMAIN 6.6).

use crate::domain::rule::Rule;

/// Why a dispatch is rejected, for good; the next try is a new dispatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Rejection {
    /// The notice envelope or its header cannot be read, or breaks a rule of shape.
    Malformed = 1,
    /// The notice is not the one that the dispatch names.
    OtherNotice = 2,
    /// The notice is not signed by a key of its originator that counts.
    Signature = 3,
    /// The notice belongs to another network.
    Network = 4,
    /// The notice is not from the office that dispatches it.
    Originator = 5,
    /// The notice does not name this office.
    NotAddressed = 6,
    /// The lane is not the notice's urgency.
    Lane = 7,
    /// The kind is not known here.
    Kind = 8,
    /// The key wrap is not the one that the dispatch names.
    OtherWrap = 9,
    /// The key wrap does not open: the seal key it was made for is gone.
    KeyGone = 10,
    /// The body key is not the one that the header commits to.
    Commitment = 11,
    /// The body cannot be decrypted.
    Sealed = 12,
    /// The body breaks a rule of shape.
    Body = 13,
    /// It was created more than 10 minutes ahead of our clock.
    Ahead = 14,
    /// This office or the originator is suspended, and the kind is none of those that pass.
    Suspended = 15,
    /// This office does not take part any more.
    Revoked = 16,
    /// P-01: it lacks what its kind must have, or it answers what it cannot.
    Incomplete = 101,
    /// P-02: it holds a state secret.
    StateSecret = 102,
    /// P-03: no second officer released it.
    OneOfficer = 103,
    /// P-04: an emergency that is none, a confirmation that is none, or an oral request that was confirmed late.
    Emergency = 104,
    /// P-05: a consent without an end or a scope.
    EndlessConsent = 105,
    /// P-07: a part is marked looser than the whole.
    Looser = 107,
    /// P-08: TLP:RED, which no office can keep.
    TlpRed = 108,
    /// P-09: a person without a category, or an alert on a victim or a witness.
    Category = 109,
    /// P-10: it would be kept for too long, or names somebody where nobody may be named.
    Retention = 110,
    /// P-15: no agreement of this office covers it, or the originator's country is disabled here.
    Agreement = 115,
    /// P-16: an exercise that relates to what is real, or the reverse.
    Exercise = 116,
}

impl Rejection {
    /// All of them.
    pub const ALL: [Self; 27] = [
        Self::Malformed,
        Self::OtherNotice,
        Self::Signature,
        Self::Network,
        Self::Originator,
        Self::NotAddressed,
        Self::Lane,
        Self::Kind,
        Self::OtherWrap,
        Self::KeyGone,
        Self::Commitment,
        Self::Sealed,
        Self::Body,
        Self::Ahead,
        Self::Suspended,
        Self::Revoked,
        Self::Incomplete,
        Self::StateSecret,
        Self::OneOfficer,
        Self::Emergency,
        Self::EndlessConsent,
        Self::Looser,
        Self::TlpRed,
        Self::Category,
        Self::Retention,
        Self::Agreement,
        Self::Exercise,
    ];

    /// Its number in a receipt.
    #[must_use]
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// The rejection for a rule of policy that is broken.
    #[must_use]
    pub fn of_rule(rule: &Rule) -> Self {
        match rule {
            Rule::Policy(number) => Self::from_number(100 + u32::from(*number)).unwrap_or(Self::Body),
            Rule::Kind(_) => Self::Incomplete,
            Rule::Field(_) | Rule::LifeCycle(_) => Self::Body,
        }
    }

    /// The rejection with this number; `None` for one that a newer version made.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.number() == number)
    }
}

/// The message of `i18n/` that says a rejection; also for numbers that only a newer version knows.
#[must_use]
pub fn message(number: u32) -> &'static str {
    match Rejection::from_number(number) {
        Some(Rejection::Malformed) => "rejection-malformed",
        Some(Rejection::OtherNotice) => "rejection-other-notice",
        Some(Rejection::Signature) => "rejection-signature",
        Some(Rejection::Network) => "rejection-network",
        Some(Rejection::Originator) => "rejection-originator",
        Some(Rejection::NotAddressed) => "rejection-not-addressed",
        Some(Rejection::Lane) => "rejection-lane",
        Some(Rejection::Kind) => "rejection-kind",
        Some(Rejection::OtherWrap) => "rejection-other-wrap",
        Some(Rejection::KeyGone) => "rejection-key-gone",
        Some(Rejection::Commitment) => "rejection-commitment",
        Some(Rejection::Sealed) => "rejection-sealed",
        Some(Rejection::Body) => "rejection-body",
        Some(Rejection::Ahead) => "rejection-ahead",
        Some(Rejection::Suspended) => "rejection-suspended",
        Some(Rejection::Revoked) => "rejection-revoked",
        Some(Rejection::Incomplete) => "rejection-incomplete",
        Some(Rejection::StateSecret) => "rejection-state-secret",
        Some(Rejection::OneOfficer) => "rejection-one-officer",
        Some(Rejection::Emergency) => "rejection-emergency",
        Some(Rejection::EndlessConsent) => "rejection-endless-consent",
        Some(Rejection::Looser) => "rejection-looser",
        Some(Rejection::TlpRed) => "rejection-tlp-red",
        Some(Rejection::Category) => "rejection-category",
        Some(Rejection::Retention) => "rejection-retention",
        Some(Rejection::Agreement) => "rejection-agreement",
        Some(Rejection::Exercise) => "rejection-exercise",
        None => "rejection-newer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_fixed_and_different() {
        for (place, rejection) in Rejection::ALL.into_iter().enumerate() {
            assert!(rejection.number() as usize == place + 1 || rejection.number() > 100);
            assert_eq!(Rejection::from_number(rejection.number()), Some(rejection));
            if rejection.number() > 100 {
                let rule = Rule::Policy(u8::try_from(rejection.number() - 100).unwrap());
                assert_eq!(Rejection::of_rule(&rule), rejection);
            }
        }
        assert!(Rejection::ALL.is_sorted(), "a number stands for one reason");
        assert_eq!(Rejection::from_number(0), None);
        assert_eq!(Rejection::from_number(17), None);
    }
}
