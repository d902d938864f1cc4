//! Agreements between countries: what may be sent under them, and why (P-15).

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::btree_map::Entry;

use crate::domain::policy::Case;
use crate::domain::policy::Findings;
use crate::domain::problem::Cause;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::domain::text;
use crate::limits;
use crate::name::Country;
use crate::name::OfficeCode;
use crate::wire::LegalBasisKind;
use crate::wire::Purpose;
use crate::wire::json::Word as _;

/// One agreement, law or convention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// What sort of thing it is.
    pub kind: LegalBasisKind,
    /// The countries that it binds.
    pub countries: BTreeSet<Country>,
    /// The purposes that it allows.
    pub purposes: Vec<Purpose>,
}

/// All that this office may name, by reference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreements(BTreeMap<String, Agreement>);

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
        match self.0.entry(named()) {
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
        self.0.get(reference)
    }

    /// All, in the order of their references.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Agreement)> {
        self.0.iter().map(|(reference, agreement)| (reference.as_str(), agreement))
    }

    /// Whether there is none: then nothing may be sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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

/// P-15 for an addressee: the agreement named is one of its own, and covers the sender, the addressee and the purpose.
/// Not the other addressees, whose rosters it may lack.
pub(super) fn p15_received(case: &Case<'_>, me: OfficeCode, agreements: &Agreements, findings: &mut Findings) {
    let mut stop = |path: &str, message| {
        let finding = Finding::new(Rule::Policy(15), path, message);
        findings
            .stop(finding.with("reference", &case.terms.legal_reference).with("purpose", case.terms.purpose.word()));
    };
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
        for (reference, agreement, said) in [
            ("TM-UZ/1", agreement(), "TM-UZ/1 is there twice"),
            ("", agreement(), "reference: is empty; leave it out instead"),
            ("TM-UZ/2 ", agreement(), "reference: is no reference of an agreement"),
            ("two\nlines", agreement(), "reference: has a control character"),
            ("x", nobody, "countries: x binds no country"),
            ("x", nothing, "purposes: x allows no purpose"),
        ] {
            let error = all.add(reference, agreement).unwrap_err().to_string();
            assert!(error.starts_with(said), "{error}");
        }
        assert!(all.add(&"x".repeat(limits::LEGAL_BASIS_CHARS + 1), agreement()).is_err());
        assert_eq!(all.iter().count(), 1);
    }
}
