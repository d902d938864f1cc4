//! What makes a test notice lawful: an agreement that it rests on, and everything that its kind must have.

use std::sync::Arc;

use chapar::domain::policy::Agreement;
use chapar::domain::policy::Agreements;
use chapar::name::Reference;
use chapar::wire;
use chapar::wire::json::Word as _;
use serde_json::Value;

/// The agreement that test notices name.
pub(crate) const AGREEMENT: &str = "TM-UZ/2023-04";

/// One agreement of all countries of the tests.
pub(crate) fn agreements() -> Arc<Agreements> {
    let countries = ["AF", "IR", "KG", "KZ", "PK", "TJ", "TM", "UZ"].map(|code| code.parse().unwrap());
    let agreement = Agreement {
        kind: wire::LegalBasisKind::Agreement,
        countries: countries.into_iter().collect(),
        purposes: vec![wire::Purpose::DrugTrafficking],
        retention_days: None,
    };
    let mut agreements = Agreements::default();
    agreements.add(AGREEMENT, agreement).unwrap();
    Arc::new(agreements)
}

/// The agreements of the sample data.
pub(crate) fn of_samples() -> Arc<Agreements> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/offices.json");
    let book: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut agreements = Agreements::default();
    for listed in book["agreements"].as_array().unwrap() {
        let words = |name: &str| listed[name].as_array().unwrap().iter().map(|word| word.as_str().unwrap());
        let agreement = Agreement {
            kind: wire::LegalBasisKind::from_word(listed["kind"].as_str().unwrap()).unwrap(),
            countries: words("countries").map(|code| code.parse().unwrap()).collect(),
            purposes: words("purposes").map(|word| wire::Purpose::from_word(word).unwrap()).collect(),
            retention_days: None,
        };
        agreements.add(listed["ref"].as_str().unwrap(), agreement).unwrap();
    }
    Arc::new(agreements)
}

/// What test notices rest on.
pub(crate) fn basis() -> wire::LegalBasis {
    wire::LegalBasis { kind: wire::LegalBasisKind::Agreement.into(), reference: AGREEMENT.to_owned() }
}

/// The kind of test notices: it stands alone.
pub(crate) const KIND: wire::NoticeKind = wire::NoticeKind::ModusOperandi;

/// A text of this kind.
pub(crate) fn body(subject: &str) -> wire::NoticeBody {
    let text = |text: &str| Some(wire::Text { text: text.to_owned(), language: "en".to_owned() });
    wire::NoticeBody {
        subject: text(subject),
        marking: Some(wire::Marking {
            reliability: wire::Reliability::F.into(),
            credibility: wire::Credibility::Credibility6.into(),
            assertion: wire::Assertion::Unverified.into(),
            ..wire::Marking::default()
        }),
        modus_operandi: Some(wire::ModusOperandi {
            concealment: vec![wire::ConcealmentPlace::Other.into()],
            description: text("Behind a false wall"),
            ..wire::ModusOperandi::default()
        }),
        ..wire::NoticeBody::default()
    }
}

/// That an acknowledgement is of this notice.
pub(crate) fn acknowledges(reference: Reference) -> wire::Relation {
    wire::Relation {
        kind: wire::RelationKind::Acknowledges.into(),
        reference: reference.to_string(),
        ..wire::Relation::default()
    }
}
