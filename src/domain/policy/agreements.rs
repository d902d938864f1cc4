//! Agreements between countries: what may be sent under them, and why (P-15).

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::btree_map::Entry;

use crate::domain::kinds::passes_suspension;
use crate::domain::policy::Case;
use crate::domain::policy::Findings;
use crate::domain::problem::Cause;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::domain::text;
use crate::limits;
use crate::name::Country;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::wire::LegalBasisKind;
use crate::wire::Purpose;
use crate::wire::json::Word as _;
use crate::wire::json::word_of;

/// One agreement, law or convention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// What sort of thing it is.
    pub kind: LegalBasisKind,
    /// The countries that it binds.
    pub countries: BTreeSet<Country>,
    /// The purposes that it allows.
    pub purposes: Vec<Purpose>,
    /// Most days of 24 hours that a notice may be kept, from its release; `None` if the caps of the kinds are enough (P-10).
    pub retention_days: Option<u32>,
}

/// All that this office may name, by reference; and the countries that it exchanges nothing with, whatever was agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreements {
    named: BTreeMap<String, Agreement>,
    disabled: BTreeSet<Country>,
}

/// Countries that are disabled until an office enables them (DOMAIN 6.7, ruling 14).
const DISABLED: [&str; 1] = ["AF"];

impl Default for Agreements {
    fn default() -> Self {
        Self { named: BTreeMap::new(), disabled: Self::disabled_at_first() }
    }
}

/// Why an agreement cannot be one of an office.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgreementError {
    /// The reference is nothing that a header may name.
    #[error("reference: {0}")]
    Reference(Cause),
    /// The reference is taken.
    #[error("{0} is there twice")]
    Twice(String),
    /// It binds nobody.
    #[error("countries: {0} binds no country")]
    Nobody(String),
    /// It allows nothing.
    #[error("purposes: {0} allows no purpose")]
    Nothing(String),
    /// It lets nothing be kept.
    #[error("retention_days: {0} lets nothing be kept; a notice is kept for a day at least")]
    NotKept(String),
}

impl Agreements {
    /// Takes an agreement under its reference.
    ///
    /// # Errors
    /// If the reference is none or taken, or nothing could be sent under it.
    pub fn add(&mut self, reference: &str, agreement: Agreement) -> Result<(), AgreementError> {
        let named = || reference.to_owned();
        text::check_basis(reference, limits::LEGAL_BASIS_CHARS).map_err(AgreementError::Reference)?;
        if agreement.countries.is_empty() {
            return Err(AgreementError::Nobody(named()));
        }
        if agreement.purposes.is_empty() {
            return Err(AgreementError::Nothing(named()));
        }
        if agreement.retention_days == Some(0) {
            return Err(AgreementError::NotKept(named()));
        }
        match self.named.entry(named()) {
            Entry::Occupied(_) => Err(AgreementError::Twice(named())),
            Entry::Vacant(place) => {
                place.insert(agreement);
                Ok(())
            }
        }
    }

    /// The agreement with this reference.
    #[must_use]
    pub fn get(&self, reference: &str) -> Option<&Agreement> {
        self.named.get(reference)
    }

    /// All, in the order of their references.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Agreement)> {
        self.named.iter().map(|(reference, agreement)| (reference.as_str(), agreement))
    }

    /// Whether there is none: then nothing may be sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// Countries that are disabled until an office enables them.
    #[must_use]
    pub fn disabled_at_first() -> BTreeSet<Country> {
        DISABLED.iter().filter_map(|code| code.parse().ok()).collect()
    }

    /// The same agreements, with these countries disabled and no others.
    #[must_use]
    pub fn disabling(self, disabled: BTreeSet<Country>) -> Self {
        Self { disabled, ..self }
    }

    /// The countries that are disabled.
    #[must_use]
    pub const fn disabled(&self) -> &BTreeSet<Country> {
        &self.disabled
    }

    /// Whether nothing is exchanged between a country and an office of another one. One's own country is never disabled.
    #[must_use]
    pub fn disables(&self, own: Option<Country>, office: OfficeCode) -> bool {
        let country = office.country();
        own != Some(country) && self.disabled.contains(&country)
    }

    /// SHA-256 of their canonical form: the order in which a file lists things does not matter.
    ///
    /// Lines in UTF-8, each with its end: `chapar agreements 1`; the disabled countries; then of each agreement, by
    /// reference: reference, kind, countries, purposes in the order of their numbers, days, or `-`. What a line lists is
    /// parted by commas, none of which can stand in a word.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let countries = |all: &BTreeSet<Country>| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let mut form = format!("chapar agreements 1\n{}\n", countries(&self.disabled));
        for (reference, agreement) in self.iter() {
            let purposes: BTreeSet<i32> = agreement.purposes.iter().map(|purpose| (*purpose).into()).collect();
            let purposes: Vec<_> = purposes.into_iter().filter_map(word_of::<Purpose>).collect();
            let days = agreement.retention_days.map_or_else(|| "-".to_owned(), |days| days.to_string());
            for line in [reference, agreement.kind.word(), &countries(&agreement.countries), &purposes.join(","), &days]
            {
                form.push_str(line);
                form.push('\n');
            }
        }
        Digest::of(form.as_bytes())
    }
}

impl Agreement {
    /// Whether a notice from one country to others may rest on it. National law binds its own country alone.
    #[must_use]
    pub fn covers(&self, from: Country, to: impl IntoIterator<Item = Country>) -> bool {
        let national = self.kind == LegalBasisKind::NationalLaw;
        self.countries.contains(&from)
            && to.into_iter().all(|country| if national { country == from } else { self.countries.contains(&country) })
    }
}

/// P-15 for an addressee: the sender's country is not disabled here; the agreement named is one of its own, and covers the
/// sender, the addressee and the purpose. Not the other addressees, whose rosters it may lack.
pub(super) fn p15_received(case: &Case<'_>, me: OfficeCode, agreements: &Agreements, findings: &mut Findings) {
    let mut stop = |path: &str, message| {
        let finding = Finding::new(Rule::Policy(15), path, message);
        findings
            .stop(finding.with("reference", &case.terms.legal_reference).with("purpose", case.terms.purpose.word()));
    };
    let disabled = case.from.is_some_and(|from| agreements.disables(Some(me.country()), from));
    if disabled && !passes_suspension(case.terms.kind) {
        return stop("header.from.office_code", "p15-disabled-country");
    }
    let path = "header.legal_basis.ref";
    let Some(agreement) = agreements.get(&case.terms.legal_reference) else { return stop(path, "unknown-agreement") };
    if agreement.kind != case.terms.legal_basis
        || !case.from.is_some_and(|from| agreement.covers(from.country(), [me.country()]))
    {
        stop(path, "p15-other-countries");
    } else if !agreement.purposes.contains(&case.terms.purpose) {
        stop("header.purpose", "p15-other-purpose");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreement() -> Agreement {
        Agreement {
            kind: LegalBasisKind::Agreement,
            countries: BTreeSet::from(["TM", "UZ"].map(|country| country.parse().unwrap())),
            purposes: vec![Purpose::DrugTrafficking],
            retention_days: None,
        }
    }

    #[test]
    fn what_is_no_agreement_is_not_taken() {
        let mut all = Agreements::default();
        assert!(all.is_empty());
        all.add("TM-UZ/1", agreement()).unwrap();
        assert_eq!(all.get("TM-UZ/1"), Some(&agreement()));
        let nobody = Agreement { countries: BTreeSet::new(), ..agreement() };
        let nothing = Agreement { purposes: vec![], ..agreement() };
        let gone = Agreement { retention_days: Some(0), ..agreement() };
        for (reference, agreement, said) in [
            ("TM-UZ/1", agreement(), "TM-UZ/1 is there twice"),
            ("", agreement(), "reference: is empty; leave it out instead"),
            ("TM-UZ/2 ", agreement(), "reference: is no reference of an agreement"),
            ("two\nlines", agreement(), "reference: has a control character"),
            ("x", nobody, "countries: x binds no country"),
            ("x", nothing, "purposes: x allows no purpose"),
            ("x", gone, "retention_days: x lets nothing be kept"),
        ] {
            let error = all.add(reference, agreement).unwrap_err().to_string();
            assert!(error.starts_with(said), "{error}");
        }
        assert!(all.add(&"x".repeat(limits::LEGAL_BASIS_CHARS + 1), agreement()).is_err());
        assert_eq!(all.iter().count(), 1);
    }
    #[test]
    fn their_digest_tells_what_they_say_and_not_how_it_is_listed() {
        let of = |listed: &[(&str, Agreement)]| {
            let mut all = Agreements::default();
            for (reference, agreement) in listed {
                all.add(reference, agreement.clone()).unwrap();
            }
            all
        };
        let both = Agreement { purposes: vec![Purpose::DrugTrafficking, Purpose::Wildlife], ..agreement() };
        let turned = Agreement { purposes: vec![Purpose::Wildlife, Purpose::DrugTrafficking], ..agreement() };
        assert_eq!(
            of(&[("A", agreement()), ("B", both.clone())]).digest(),
            of(&[("B", turned), ("A", agreement())]).digest()
        );
        let days = |days| Agreement { retention_days: Some(days), ..agreement() };
        let law = Agreement { kind: LegalBasisKind::NationalLaw, ..agreement() };
        let alone = Agreement { countries: BTreeSet::from(["UZ".parse().unwrap()]), ..agreement() };
        let all = [
            of(&[]),
            of(&[]).disabling(BTreeSet::new()),
            of(&[("A", agreement())]),
            of(&[("B", agreement())]),
            of(&[("A", agreement()), ("B", agreement())]),
            of(&[("A", both)]),
            of(&[("A", law)]),
            of(&[("A", alone)]),
            of(&[("A", days(30))]),
            of(&[("A", days(31))]),
        ];
        let digests: BTreeSet<Digest> = all.iter().map(Agreements::digest).collect();
        assert_eq!(digests.len(), all.len());
    }

    #[test]
    fn a_country_is_disabled_for_others_alone() {
        let (all, office) = (Agreements::default(), "AF-HAI".parse().unwrap());
        assert!(all.disables(Some("UZ".parse().unwrap()), office) && all.disables(None, office));
        assert!(!all.disables(Some("AF".parse().unwrap()), office));
        assert!(!all.disables(None, "UZ-ALT".parse().unwrap()));
        assert!(!all.disabling(BTreeSet::new()).disables(None, office));
    }
}
