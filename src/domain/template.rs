//! A draft to fill in, of each kind: what an officer must write, with hints where text belongs.
//!
//! Not advice on markings: it begins with the strict ones, and the officer decides. A template is a draft that parses,
//! so that a mistake made while filling it in is found at its field.

mod about;

use serde_json::Value;
use serde_json::json;

use crate::domain::kinds::Kind;
use crate::domain::kinds::Link;
use crate::domain::kinds::Need;
use crate::domain::kinds::Part;
use crate::domain::kinds::Preset;
use crate::name::OfficeCode;
use crate::name::Reference;
use crate::time::DAY_MS;
use crate::time::Timestamp;
use crate::wire::NoticeKind;
use crate::wire::Urgency;
use crate::wire::json::Word as _;

pub use about::about;

/// The office that stands where the officer must name one.
const OFFICE: &str = "TM-FAR";

/// Days that an alert counts; the cap is 60 or 90.
const ALERT_DAYS: i64 = 30;

/// Days that any other notice is kept; the cap is 365 or more.
const DAYS: i64 = 180;

/// What stands where a number, a code of an article or a phone belongs.
const PLACEHOLDERS: [&str; 5] = ["article", "00-00-0", "A0000000", "+99300000000", "reference-of-the-agreement"];

/// Whether a text of a template only says what belongs there.
#[must_use]
pub fn is_hint(text: &str) -> bool {
    text.contains(' ') || text.starts_with(OFFICE) || PLACEHOLDERS.contains(&text)
}

/// The draft to fill in for a kind; `None` for `UNSPECIFIED`.
#[must_use]
pub fn template(kind: NoticeKind, from: Option<OfficeCode>, now: Timestamp) -> Option<Value> {
    let row = Kind::of(kind)?;
    let part = row.part;
    let alert = matches!(part, Some(Part::Alert | Part::DocumentAlert));
    let days = if alert { ALERT_DAYS } else { DAYS };
    let expires = now.plus_ms(days * DAY_MS);
    let personal = matches!(kind, NoticeKind::VehicleAlert | NoticeKind::PersonAlert | NoticeKind::DocumentAlert);
    let urgency = match row.urgency {
        Preset::Is(urgency) => urgency,
        Preset::AsTarget => Urgency::Routine,
    };
    let mut draft = json!({
        "header": {
            "kind": kind.word(),
            "traffic_status": "ACTUAL",
            "urgency": urgency.word(),
            "to": [{"office_code": OFFICE}],
            "expires_at": expires.to_string(),
            "tlp": "AMBER",
            "handling": [{"code": "H1"}, {"code": "H2"}],
            "permitted_action": if alert { "DISCREET_CHECK" } else { "INFORM_ONLY" },
            "contains_personal_data": personal,
            "purpose": {"code": "DRUG_TRAFFICKING"},
            "legal_basis": {"kind": "AGREEMENT", "ref": "reference-of-the-agreement"},
        },
    });
    let header = draft.get_mut("header")?.as_object_mut()?;
    if let Some(from) = from {
        header.insert("from".to_owned(), json!({"office_code": from.to_string()}));
    }
    if personal {
        header.insert("review_at".to_owned(), json!(now.plus_ms(days / 2 * DAY_MS).to_string()));
    }
    if let Some(Link { relations: [relation, ..], need: Need::Always, .. }) = row.link {
        let word = relation.word();
        header.insert("relates_to".to_owned(), json!([{"type": word, "human_ref": reference(now)?.to_string()}]));
    }
    if let Some(part) = part {
        draft.as_object_mut()?.insert("body".to_owned(), body(kind, part, now, expires));
    }
    Some(draft)
}

/// The same draft with no end that is later than an office keeps texts of its kind itself; `days` from now on.
pub fn shorten(draft: &mut Value, days: u32, now: Timestamp) {
    let until = now.plus_ms(i64::from(days) * DAY_MS);
    let ends =
        ["/header/expires_at", "/header/review_at", "/body/alert/valid_until", "/body/consent_decision/expires_at"];
    for path in ends {
        if let Some(value) = draft.pointer_mut(path)
            && value.as_str().and_then(|time| time.parse::<Timestamp>().ok()).is_some_and(|time| time > until)
        {
            *value = json!(until.to_string());
        }
    }
}

/// A reference to replace by that of the other notice.
fn reference(now: Timestamp) -> Option<Reference> {
    let office = OFFICE.parse().ok()?;
    let year = u8::try_from(now.year() % 100).ok()?;
    (1..100).find_map(|number| Reference::new(office, year, number))
}

fn body(kind: NoticeKind, part: Part, now: Timestamp, expires: Timestamp) -> Value {
    let mut body = json!({
        "subject": text("What it is about, in one line"),
        "marking": {"source_reliability": "F", "information_credibility": "6", "assertion_kind": "UNVERIFIED"},
        part.name(): value(part, now, expires),
    });
    let (list, object) = match kind {
        NoticeKind::PersonAlert => ("persons", person()),
        NoticeKind::VehicleAlert => {
            ("vehicles", json!({"type": "TRUCK", "plate_raw": "plate as seen", "plate_country": "TM"}))
        }
        NoticeKind::CargoAlert | NoticeKind::SuspiciousConsignment => {
            ("transport_units", json!({"wagon_no": "wagon number, or container_no instead"}))
        }
        _ => return body,
    };
    if let Some(fields) = body.as_object_mut() {
        fields.insert(list.to_owned(), json!([object]));
    }
    body
}

fn value(part: Part, now: Timestamp, expires: Timestamp) -> Value {
    match part {
        Part::Alert => json!({"valid_until": expires.to_string()}),
        Part::ConsentDecision => {
            json!({"decision": "GRANTED", "scope": "USE_IN_COURT", "expires_at": expires.to_string()})
        }
        Part::ConsentRequest => json!({"scope": "USE_IN_COURT", "justification": text("Why it is needed")}),
        Part::ControlledDelivery => controlled_delivery(now),
        Part::Coordination => json!({
            "type": "MEETING",
            "proposed_times": [window(now)],
            "place": place(),
            "agenda": [text("The first point")],
            "participants": [OFFICE],
        }),
        Part::Correction => json!({
            "reason_code": "ERROR",
            "reason": text("Why it is corrected"),
            "replaced_fields": [{"path": "body.subject", "value": text("The new subject")}],
        }),
        Part::DocumentAlert => json!({
            "document": {
                "type": "P",
                "number": "A0000000",
                "issuer": "TKM",
                "check_status": "ABSENT",
                "doc_status": "LOST",
            },
        }),
        Part::Forward => json!({}),
        Part::Feedback => json!({"outcome": "NOT_SEEN", "at": window(now), "place": place()}),
        Part::ModusOperandi => json!({"concealment": ["OTHER"], "description": text("How it is done; name nobody")}),
        Part::Precursor => json!({
            "status": "SUSPICIOUS",
            "items": [{
                "class": "PRECURSOR",
                "drug_class": "PRECURSOR_T1",
                "substance_name": "what it is",
                "cas": "00-00-0",
                "schedule": "TABLE_I",
                "quantity_milli": 1000,
                "unit": "KGM",
                "gross_or_net": "GROSS",
            }],
        }),
        Part::Refusal => json!({"ground": "NOT_HELD", "scope": "WHOLE", "may_reapply": true}),
        Part::Reply => json!({
            "outcome": "FULL",
            "answers": [{"question_no": 1, "text": text("The answer to question 1"), "confidential": false}],
        }),
        Part::Request => json!({
            "questions": [text("The first question")],
            "justification": text("Why the answer is needed, in 30 characters or more"),
            "offence": {"code": "article", "text": "what it is called", "country": "TM"},
            "due_at": now.plus_ms(7 * DAY_MS).to_string(),
            "hit_only": false,
        }),
        Part::Seizure => json!({
            "occurred": window(now),
            "place": place(),
            "direction": "INBOUND",
            "mode": "ROAD_TRUCK",
            "detection": ["PHYSICAL_SEARCH"],
            "concealment": ["OTHER"],
            "case_reference": "case reference of the authority",
            "items": [item()],
        }),
        Part::Suspicion => json!({
            "risk_indicators": [text("Why it is suspicious")],
            "expected_crossing": window(now),
            "place": place(),
        }),
        Part::Withdrawal => json!({"reason_code": "ERROR", "reason": text("Why it is withdrawn")}),
    }
}

fn controlled_delivery(now: Timestamp) -> Value {
    let stage = |place: &str, role: &str| json!({"country": "TM", "place": place, "role": role});
    json!({
        "phase": "PROPOSED",
        "authorisations": [{
            "authority": "which authority",
            "reference": "its reference",
            "officer": format!("{OFFICE}-R01"),
            "country": "TM",
            "at": now.to_string(),
        }],
        "window": window(now),
        "route": [stage("where it begins", "ORIGIN"), stage("where it ends", "DESTINATION")],
        "contacts": [{"officer_id": format!("{OFFICE}-R01"), "phone": "+99300000000"}],
        "substitution": "NOT",
        "abort_conditions": [text("When it must stop")],
        "evidence_handover": text("Who takes over the evidence, and where"),
        "items": [item()],
    })
}

fn text(hint: &str) -> Value {
    json!({"text": hint, "lang": "en"})
}

/// The day from now on.
fn window(now: Timestamp) -> Value {
    let end = now.plus_ms(DAY_MS);
    json!({"from": now.to_string(), "to": end.to_string(), "approximate": false, "tz": "Asia/Ashgabat"})
}

fn place() -> Value {
    json!({"office_code": OFFICE})
}

fn item() -> Value {
    json!({
        "class": "DRUG",
        "drug_class": "UNKNOWN",
        "substance_name": "what it is",
        "quantity_milli": 1000,
        "unit": "GRM",
        "gross_or_net": "GROSS",
        "test_status": "NOT_TESTED",
    })
}

fn person() -> Value {
    json!({
        "local_id": "p1",
        "category": "SUSPECT",
        "names": [{
            "as_written": "name as written",
            "script": "Latn",
            "family": "family name",
            "given": "given name",
            "kind": "PRIMARY",
        }],
        "nationality": ["TM"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::draft;
    use crate::domain::kinds;

    #[test]
    fn a_template_ends_no_later_than_its_office_keeps_it() {
        let now: Timestamp = "2026-11-20T06:00:00Z".parse().unwrap();
        let mut alert = template(NoticeKind::VehicleAlert, None, now).unwrap();
        shorten(&mut alert, 30, now);
        assert_eq!(alert, template(NoticeKind::VehicleAlert, None, now).unwrap(), "it ends by then");
        shorten(&mut alert, 10, now);
        for path in ["/header/expires_at", "/header/review_at", "/body/alert/valid_until"] {
            assert_eq!(alert.pointer(path).unwrap(), "2026-11-30T06:00:00.000Z", "{path}");
        }
        draft::parse(alert.to_string().as_bytes(), draft::Options::default()).unwrap();
    }

    #[test]
    fn every_template_is_a_draft() {
        let now: Timestamp = "2026-11-20T06:00:00Z".parse().unwrap();
        for kind in kinds::all() {
            for from in [None, Some("UZ-ALT".parse().unwrap())] {
                let template = template(kind, from, now).unwrap();
                let draft = draft::parse(template.to_string().as_bytes(), draft::Options::default());
                let draft = draft.unwrap_or_else(|error| panic!("{kind:?}: {error}"));
                assert_eq!(draft.header.kind, i32::from(kind));
                assert_eq!(draft.header.from.is_some(), from.is_some());
            }
        }
    }
}
