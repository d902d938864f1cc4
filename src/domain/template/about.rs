//! A draft to fill in that is about an earlier notice: what follows from that one is filled in.

use serde_json::Value;
use serde_json::json;

use crate::domain::draft;
use crate::domain::kinds::Cap;
use crate::domain::kinds::Kind;
use crate::domain::kinds::Preset;
use crate::domain::template::template;
use crate::name::OfficeCode;
use crate::time::DAY_MS;
use crate::time::Timestamp;
use crate::wire::NoticeHeader;
use crate::wire::NoticeKind;
use crate::wire::json::Word as _;

/// Fields of a draft's header that an answer has from what it answers.
const KEPT: [&str; 6] = ["traffic_status", "purpose", "legal_basis", "tlp", "handling", "classification"];

/// The draft to fill in for a notice of a kind about another notice; `None` if the kind cannot be about it.
#[must_use]
pub fn about(kind: NoticeKind, target: &NoticeHeader, me: OfficeCode, now: Timestamp) -> Option<Value> {
    let row = Kind::of(kind)?;
    let fits = row.link.is_none_or(|link| link.towards.is_empty() || link.towards.contains(&target.kind()));
    let mut draft = template(kind, Some(me), now).filter(|_| fits)?;
    let (known, _) = draft::render(target, None).ok()?;
    let header = draft.get_mut("header")?.as_object_mut()?;
    for field in KEPT {
        match known.get(field) {
            Some(value) if !value.is_null() => {
                header.insert(field.to_owned(), value.clone());
            }
            _ => {}
        }
    }
    if row.urgency == Preset::AsTarget {
        header.insert("urgency".to_owned(), known.get("urgency")?.clone());
    }
    words(header.get_mut("purpose")?, "OTHER", "what the purpose is");
    for code in header.get_mut("handling")?.as_array_mut()? {
        words(code, "H3", "what it restricts");
    }
    let amends = matches!(kind, NoticeKind::Correction | NoticeKind::Withdrawal);
    let party = |office: &str| json!({"office_code": office});
    if amends {
        for list in ["to", "cc"] {
            let parties = known.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
            header.insert(list.to_owned(), json!(parties));
        }
        // It lives at least as long as what it amends, as far as it may.
        let days = if let Cap::Days(days) = row.cap { i64::from(days) } else { 0 };
        let expires = Timestamp::clamped(target.expires_ms).max(now.plus_ms(DAY_MS)).min(now.plus_ms(days * DAY_MS));
        header.insert("expires_at".to_owned(), json!(expires.to_string()));
        if target.personal_data && target.review_ms > now.ms() && target.review_ms <= expires.ms() {
            header.insert("contains_personal_data".to_owned(), json!(true));
            header.insert("review_at".to_owned(), json!(Timestamp::clamped(target.review_ms).to_string()));
        }
    } else if kind == NoticeKind::Forward {
        // It keeps what binds the original; to whom it goes is the officer's to say.
        header.insert("expires_at".to_owned(), known.get("expires_at")?.clone());
        for field in ["permitted_action", "contains_personal_data", "review_at"] {
            header.remove(field);
            if let Some(value) = known.get(field).filter(|value| !value.is_null()) {
                header.insert(field.to_owned(), value.clone());
            }
        }
        if target.personal_data && target.review_ms <= now.ms() {
            header.insert("review_at".to_owned(), known.get("expires_at")?.clone());
        }
    } else {
        let other = target.from.as_ref().map(|from| from.office.as_str()).filter(|from| *from != me.to_string());
        let to: Vec<Value> = match other {
            Some(from) => vec![party(from)],
            None => target.to.iter().map(|to| party(&to.office)).collect(),
        };
        header.insert("to".to_owned(), json!(to));
    }
    let relation = match row.link.and_then(|link| link.relations.first().copied()) {
        Some(relation) => relation.word(),
        // As a draft file writes SAME_CASE.
        None => "CASE",
    };
    header.insert("relates_to".to_owned(), json!([{"type": relation, "human_ref": target.reference}]));
    Some(draft)
}

/// A hint where a code must be explained.
fn words(value: &mut Value, code: &str, hint: &str) {
    if value.get("code").and_then(Value::as_str) == Some(code)
        && let Some(fields) = value.as_object_mut()
    {
        fields.insert("text".to_owned(), json!(hint));
    }
}
