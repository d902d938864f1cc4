//! Agreements between countries: what may be sent under them, and why (P-15).

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::name::Country;
use crate::wire::LegalBasisKind;
use crate::wire::Purpose;

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
pub struct Agreements(pub BTreeMap<String, Agreement>);

impl Agreements {
    /// The agreement with this reference.
    #[must_use]
    pub fn get(&self, reference: &str) -> Option<&Agreement> {
        self.0.get(reference)
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
