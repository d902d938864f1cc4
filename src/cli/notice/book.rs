//! A file of offices and agreements, for whoever checks drafts without a node: the format of the sample data's
//! `offices.json`. What it says besides is not looked at.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use serde::Deserialize;

use crate::cli::failure::Failure;
use crate::domain::policy::Agreement;
use crate::domain::policy::Agreements;
use crate::domain::policy::Offices;
use crate::edge::disk;
use crate::limits;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::wire::LegalBasisKind;
use crate::wire::Purpose;
use crate::wire::Role;
use crate::wire::json::Word;

#[derive(Deserialize)]
struct Form {
    /// Whoever only agrees to something needs none.
    offices: Option<Vec<OfficeForm>>,
    #[serde(default)]
    agreements: Vec<AgreementForm>,
    disabled_countries: Option<Vec<String>>,
    #[serde(default)]
    officer_ids: OfficersForm,
}

#[derive(Deserialize)]
struct OfficeForm {
    code: String,
}

#[derive(Deserialize)]
struct AgreementForm {
    #[serde(rename = "ref")]
    reference: String,
    kind: String,
    countries: Vec<String>,
    purposes: Vec<String>,
    retention_days: Option<u32>,
}

/// Which letter of an officer's id stands for which role.
#[derive(Default, Deserialize)]
struct OfficersForm {
    #[serde(default)]
    letters: BTreeMap<char, String>,
}

/// Offices, roles and agreements of a file.
#[derive(Default)]
pub(in crate::cli) struct Listed {
    offices: BTreeSet<OfficeCode>,
    roles: BTreeMap<char, Role>,
    pub(in crate::cli) agreements: Agreements,
}

impl Listed {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, or says something that is none.
    pub(in crate::cli) fn read(path: &Path) -> Result<Self, Failure> {
        Self::parse(&bytes_of(path)?).map_err(|what| wrong(path, &what))
    }

    /// Reads the agreements of a file alone.
    ///
    /// # Errors
    /// If it cannot be read, or says something that is none.
    pub(in crate::cli) fn read_agreements(path: &Path) -> Result<Agreements, Failure> {
        let form: Result<Form, _> = serde_json::from_slice(&bytes_of(path)?);
        let form = form.map_err(|error| wrong(path, &error.to_string()))?;
        agreements(form.agreements, form.disabled_countries).map_err(|what| wrong(path, &what))
    }

    /// Whether the file says which officers hold which role.
    pub(in crate::cli) fn says_roles(&self) -> bool {
        !self.roles.is_empty()
    }

    /// Reads what such a file holds.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(in crate::cli) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let form: Form = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let listed = form.offices.ok_or("it lists no offices")?;
        let offices = listed.iter().map(|office| office.code.parse());
        Ok(Self {
            offices: offices.collect::<Result<_, _>>().map_err(|error| format!("an office: {error}"))?,
            roles: roles(&form.officer_ids.letters)?,
            agreements: agreements(form.agreements, form.disabled_countries)?,
        })
    }
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = File::open(path).and_then(|file| disk::read_at_most(file, limits::OFFICES_BYTES));
    bytes.map_err(|error| wrong(path, &error.to_string()))
}

fn wrong(path: &Path, what: &str) -> Failure {
    Failure::config(
        format!("{}: {what}.", path.display()),
        "Name a file of offices and agreements; docs/officer.md describes it.",
    )
}

fn roles(letters: &BTreeMap<char, String>) -> Result<BTreeMap<char, Role>, String> {
    let role = |(letter, word): (&char, &String)| {
        let role = Role::from_word(word).ok_or_else(|| format!("the role of officers with {letter} is none"))?;
        Ok((*letter, role))
    };
    letters.iter().map(role).collect()
}

fn agreements(forms: Vec<AgreementForm>, disabled: Option<Vec<String>>) -> Result<Agreements, String> {
    let mut agreements = Agreements::default();
    if let Some(disabled) = disabled {
        let disabled: Result<_, _> = disabled.iter().map(|country| country.parse()).collect();
        agreements = agreements.disabling(disabled.map_err(|error| format!("disabled_countries: {error}"))?);
    }
    for form in forms {
        let of = |what: &str| format!("{what} of {} is none", form.reference);
        let countries = form.countries.iter().map(|country| country.parse());
        let agreement = Agreement {
            kind: LegalBasisKind::from_word(&form.kind).ok_or_else(|| of("the kind"))?,
            countries: countries.collect::<Result<_, _>>().map_err(|_| of("a country"))?,
            purposes: form
                .purposes
                .iter()
                .map(|word| Purpose::from_word(word))
                .collect::<Option<_>>()
                .ok_or_else(|| of("a purpose"))?,
            retention_days: form.retention_days,
        };
        agreements.add(&form.reference, agreement).map_err(|error| format!("an agreement: {error}"))?;
    }
    Ok(agreements)
}

impl Offices for Listed {
    fn knows(&self, office: OfficeCode) -> bool {
        self.offices.contains(&office)
    }

    fn holds(&self, officer: &OfficerId, role: Role) -> bool {
        if self.roles.is_empty() {
            // Who holds which role is not said, so it is not judged.
            return true;
        }
        let letter = officer.as_str().rsplit('-').next().and_then(|number| number.chars().next());
        letter.and_then(|letter| self.roles.get(&letter)) == Some(&role)
    }
}
