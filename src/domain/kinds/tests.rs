//! The table against the sample data: what must be there is, and what is not is found and named.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::deadlines::Deadlines;
use super::deadlines::LAST_REPLY_MS;
use super::*;
use crate::domain::draft;
use crate::domain::draft::Draft;
use crate::wire::NoticeBody;
use crate::wire::NoticeHeader;
use crate::wire::Relation;

/// The samples of a folder that can be read, by file name.
fn samples(folder: &str) -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| {
        let value = serde_json::from_slice(&std::fs::read(&path).ok()?).ok()?;
        Some((path.file_name()?.to_str()?.to_owned(), value))
    };
    files.filter_map(read).collect()
}

/// A sample as a draft, unless its shape is refused already.
fn draft(sample: &Value) -> Option<Draft> {
    let mut sample = sample.clone();
    let fields = sample.as_object_mut()?;
    fields.retain(|field, _| ["header", "body", "release"].contains(&field.as_str()));
    draft::parse(sample.to_string().as_bytes(), draft::Options { without_attachments: true }).ok()
}

/// The kinds of the valid samples, by reference.
fn known() -> BTreeMap<String, NoticeKind> {
    let entry = |sample: &Value| {
        let header = &sample["header"];
        let kind = NoticeKind::from_word(header["kind"].as_str().unwrap()).unwrap();
        (header["identifier"]["human_ref"].as_str().unwrap().to_owned(), kind)
    };
    samples("notices").values().map(entry).collect()
}

/// What a notice of this kind lacks: the relation to the notice that it is about, and fields.
fn missing(kind: NoticeKind, header: &NoticeHeader, body: Option<&NoticeBody>) -> Vec<Missing> {
    [missing_relations(kind, header, body), missing_in_body(kind, body)].concat()
}

/// The rules that a draft breaks, and where.
fn broken(draft: &Draft, known: &BTreeMap<String, NoticeKind>) -> Vec<(String, String)> {
    let kind = draft.header.kind();
    let target = |one: &Relation| known.get(&one.reference).copied();
    let found = missing(kind, &draft.header, draft.body.as_ref()).into_iter();
    let found = found.chain(wrong_targets(kind, &draft.header, target));
    found.map(|Missing { field, path }| (format!("K:{}.{field}", kind.word()), path)).collect()
}

#[test]
fn words_name_the_kinds() {
    assert_eq!(all().count(), 20);
    for kind in all() {
        assert_eq!(from_word(&word(kind)), Some(kind));
    }
    assert_eq!(word(NoticeKind::SeizureReport), "seizure-report");
    for bad in ["unspecified", "SEIZURE_REPORT", "seizure_report", ""] {
        assert_eq!(from_word(bad), None, "{bad}");
    }
}

#[test]
fn every_kind_has_its_row() {
    for (number, row) in (1..).zip(TABLE) {
        assert_eq!(i32::from(row.kind), number);
        assert_eq!(Kind::of(row.kind), Some(row));
    }
    assert_eq!(NoticeKind::try_from(21), Err(prost::UnknownEnumValue(21)), "the table ends with the last kind");
    assert_eq!(Kind::of(NoticeKind::Unspecified), None);
}

#[test]
fn nothing_is_missing_in_the_valid_samples() {
    let (known, mut files) = (known(), 0);
    for (name, sample) in samples("notices") {
        assert_eq!(broken(&draft(&sample).unwrap(), &known), [], "{name}");
        files += 1;
    }
    assert_eq!(files, 72);
}

#[test]
fn what_the_invalid_samples_lack_is_named() {
    let (known, mut files) = (known(), 0);
    for (name, sample) in samples("invalid") {
        let (rule, path) = (&sample["expect"]["rule"], &sample["expect"]["path"]);
        let of_kind = rule.as_str().is_some_and(|rule| rule.starts_with("K:"));
        let Some(draft) = draft(&sample) else {
            assert!(!of_kind, "{name}: its shape is right");
            continue;
        };
        let found = broken(&draft, &known);
        if of_kind {
            assert_eq!(found, [(rule.as_str().unwrap().to_owned(), path.as_str().unwrap().to_owned())], "{name}");
            files += 1;
        } else {
            assert_eq!(found, [], "{name}");
        }
    }
    assert_eq!(files, 11);
}

/// A part with nothing in it lacks everything that its kind must have.
#[test]
fn an_empty_part_lacks_what_its_kind_needs() {
    let lacks = |kind: NoticeKind, fields: &[&str]| {
        let part = Kind::of(kind).unwrap().part.unwrap();
        let body = serde_json::from_value(serde_json::json!({ part.name(): {} })).unwrap();
        let found = missing(kind, &NoticeHeader::default(), Some(&body));
        assert_eq!(found.iter().map(|missing| missing.field).collect::<Vec<_>>(), fields, "{kind:?}");
        let without = missing(kind, &NoticeHeader::default(), Some(&NoticeBody::default()));
        assert_eq!(without.last().unwrap().path, format!("body.{}", part.name()));
    };
    let seized = ["occurred", "place", "detection", "concealment", "items", "case_reference"];
    lacks(NoticeKind::SeizureReport, &seized);
    lacks(NoticeKind::SuspiciousConsignment, &["risk_indicators", "expected_crossing", "place", "object"]);
    for kind in [NoticeKind::VehicleAlert, NoticeKind::PersonAlert, NoticeKind::CargoAlert] {
        lacks(kind, &["valid_until", "identity"]);
    }
    lacks(NoticeKind::DocumentAlert, &["document"]);
    lacks(NoticeKind::PrecursorAlert, &["items"]);
    lacks(NoticeKind::ModusOperandi, &["concealment", "description"]);
    lacks(NoticeKind::RequestForInformation, &["offence", "due_at"]);
    lacks(NoticeKind::Reply, &["relates_to"]);
    lacks(NoticeKind::Refusal, &["relates_to", "scope"]);
    lacks(NoticeKind::Feedback, &["relates_to", "at", "place"]);
    let delivery = ["authorisations", "window", "route", "contacts", "abort_conditions", "evidence_handover", "items"];
    lacks(NoticeKind::ControlledDelivery, &delivery);
    lacks(NoticeKind::Coordination, &["proposed_times", "place", "agenda", "participants"]);
    lacks(NoticeKind::Correction, &["relates_to", "reason", "replacement"]);
    lacks(NoticeKind::Withdrawal, &["relates_to", "reason"]);
    lacks(NoticeKind::ConsentRequest, &["relates_to", "justification"]);
    lacks(NoticeKind::ConsentDecision, &["relates_to"]);
    let bare = missing(NoticeKind::Acknowledgement, &NoticeHeader::default(), None);
    assert_eq!(bare, [Missing::new("relates_to", "header.relates_to")]);
}

#[test]
fn a_confirmation_has_its_code_alone() {
    let (_, sample) = samples("notices").into_iter().find(|(name, _)| name.starts_with("67")).unwrap();
    let mut draft = draft(&sample).unwrap();
    let correction = draft.body.as_mut().unwrap().correction.as_mut().unwrap();
    correction.set_reason_code(crate::wire::AmendmentReason::Confirmed);
    let wrong = broken(&draft, &known());
    assert_eq!(
        wrong.iter().map(|(_, path)| path.as_str()).collect::<Vec<_>>(),
        ["body.correction.reason", "body.correction"]
    );
    let correction = draft.body.as_mut().unwrap().correction.as_mut().unwrap();
    (correction.reason, correction.replaced_fields) = (None, vec![]);
    assert_eq!(broken(&draft, &known()), []);
}

#[test]
fn a_kind_relates_as_it_may() {
    let (_, sample) = samples("notices").into_iter().find(|(name, _)| name.starts_with("13")).unwrap();
    let mut draft = draft(&sample).unwrap();
    let mut relate = |kind: RelationKind| {
        draft.header.relations = vec![Relation { kind: kind.into(), ..Relation::default() }];
        broken(&draft, &known())
    };
    assert_eq!(relate(RelationKind::SameCase), []);
    assert_eq!(relate(RelationKind::DuplicateOf), []);
    let place = "header.relates_to[0].type".to_owned();
    assert_eq!(relate(RelationKind::Withdraws), [("K:VEHICLE_ALERT.relates_to".to_owned(), place)]);
}

#[test]
fn the_more_urgent_the_sooner() {
    let of = |urgency| Deadlines::of(urgency).unwrap();
    let all = [of(Urgency::Immediate), of(Urgency::Priority), of(Urgency::Routine)];
    for deadlines in all {
        assert!(deadlines.receipt_ms <= deadlines.acknowledgement_ms);
        assert!(deadlines.acknowledgement_ms < deadlines.reply_ms && deadlines.reply_ms < LAST_REPLY_MS);
    }
    assert!(all.windows(2).all(|pair| pair[0].reply_ms < pair[1].reply_ms));
    assert_eq!(Deadlines::of(Urgency::Unspecified), None);
}
