//! An `[[agreement]]` of `config.toml`: what notices may rest on, between which countries, and why.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error as _;

use crate::domain::policy;
use crate::domain::policy::AgreementError;
use crate::domain::policy::Agreements;
use crate::name::Country;
use crate::wire::LegalBasisKind;
use crate::wire::Purpose;
use crate::wire::json;
use crate::wire::json::Word;

/// An agreement, law or convention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Its reference, as in `TM-UZ/2023-04`: notices name it.
    pub reference: String,
    /// What it is: `agreement`, `national-law` or `mutual-assistance`.
    #[serde(serialize_with = "kind_out", deserialize_with = "kind_in")]
    pub kind: LegalBasisKind,
    /// The countries that it binds, as in `["TM", "UZ"]`.
    #[serde(serialize_with = "countries_out", deserialize_with = "countries_in")]
    pub countries: BTreeSet<Country>,
    /// The purposes that it allows, as in `["drug-trafficking"]`.
    #[serde(serialize_with = "purposes_out", deserialize_with = "purposes_in")]
    pub purposes: Vec<Purpose>,
    /// Most days that a notice may be kept under it; the caps of the kinds hold besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
}

/// As the rules read them; nothing is exchanged with the countries that are disabled.
///
/// # Errors
/// The first that is none, or is there twice.
pub fn agreements(listed: &[Agreement], disabled: &BTreeSet<Country>) -> Result<Agreements, AgreementError> {
    let mut agreements = Agreements::default().disabling(disabled.clone());
    for Agreement { reference, kind, countries, purposes, retention_days } in listed {
        let (kind, countries, purposes) = (*kind, countries.clone(), purposes.clone());
        let agreement = policy::Agreement { kind, countries, purposes, retention_days: *retention_days };
        agreements.add(reference, agreement)?;
    }
    Ok(agreements)
}

/// As the file lists them.
#[must_use]
pub fn listed(agreements: &Agreements) -> Vec<Agreement> {
    let listed = |(reference, agreement): (&str, &policy::Agreement)| Agreement {
        reference: reference.to_owned(),
        kind: agreement.kind,
        countries: agreement.countries.clone(),
        purposes: agreement.purposes.clone(),
        retention_days: agreement.retention_days,
    };
    agreements.iter().map(listed).collect()
}

/// A value of the wire, of which the word was read a moment ago.
fn value<E: Word, D: serde::de::Error>(number: i32) -> Result<E, D> {
    E::try_from(number).map_err(|_| D::custom("no value"))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's form")]
fn kind_out<S: Serializer>(kind: &LegalBasisKind, serializer: S) -> Result<S::Ok, S::Error> {
    json::kebab_out::<LegalBasisKind, S>(&(*kind).into(), serializer)
}

fn kind_in<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LegalBasisKind, D::Error> {
    value(json::kebab_in::<LegalBasisKind, D>(deserializer)?)
}

pub(super) fn countries_out<S: Serializer>(countries: &BTreeSet<Country>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(countries.iter().map(ToString::to_string))
}

pub(super) fn countries_in<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Country>, D::Error> {
    let codes = Vec::<String>::deserialize(deserializer)?;
    codes.iter().map(|code| code.parse()).collect::<Result<_, _>>().map_err(D::Error::custom)
}

fn purposes_out<S: Serializer>(purposes: &[Purpose], serializer: S) -> Result<S::Ok, S::Error> {
    let numbers: Vec<i32> = purposes.iter().map(|purpose| (*purpose).into()).collect();
    json::kebabs_out::<Purpose, S>(&numbers, serializer)
}

fn purposes_in<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Purpose>, D::Error> {
    json::kebabs_in::<Purpose, D>(deserializer)?.into_iter().map(value).collect()
}
