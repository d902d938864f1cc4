//! Which code list a field of a draft takes its words from.
//!
//! A draft writes words without the name of their list; the same word may stand in several.

/// The code list of a field, as keys of `i18n/` begin, by the field and the field that holds it.
///
/// `None` for a field that is no code.
#[must_use]
pub fn list_of(holder: &str, field: &str) -> Option<&'static str> {
    Some(match (holder, field) {
        ("attachments", "kind") => "attachment-kind",
        ("consent_decision", "decision") => "consent-outcome",
        ("consent_decision" | "consent_request", "scope") => "consent-scope",
        ("controlled_delivery", "phase") => "delivery-phase",
        ("controlled_delivery", "substitution") => "substitution",
        ("confirmation_of_oral", "channel") => "oral-channel",
        ("coordination", "response") => "coordination-response",
        ("coordination", "type") => "coordination-type",
        ("correction" | "withdrawal", "reason_code") => "amendment-reason",
        ("docs", "type") => "transport-document-type",
        ("document" | "documents" | "transport_units", "check_status") => "check-status",
        ("document" | "documents", "doc_status") => "document-status",
        ("feedback", "outcome") => "feedback-outcome",
        ("items", "class") => "item-class",
        ("items", "drug_class") => "drug-class",
        ("items", "form") => "drug-form",
        ("items", "gross_or_net") => "weight-basis",
        ("items", "schedule") => "schedule",
        ("items", "test_status") => "test-status",
        ("items", "unit") => "unit",
        ("marking", "assertion_kind") => "assertion",
        ("marking", "handling") => "handling",
        ("marking", "information_credibility") => "credibility",
        ("marking", "source_reliability") => "reliability",
        ("attachments" | "marking", "tlp") => "tlp",
        ("modus_operandi" | "seizure", "concealment") => "concealment-place",
        ("modus_operandi" | "seizure", "detection") => "detection-method",
        ("modus_operandi" | "seizure", "mode") => "transport-mode",
        ("names", "kind") => "name-kind",
        ("names", "scheme") => "name-scheme",
        ("persons", "category") => "subject-category",
        ("persons", "roles") => "person-role",
        ("persons", "sex") => "sex",
        ("persons", "warnings") => "person-warning",
        ("precursor_alert", "status") => "precursor-status",
        ("refusal", "ground") => "refusal-ground",
        ("refusal", "scope") => "refusal-scope",
        ("reply", "outcome") => "reply-outcome",
        ("route", "role") => "route-role",
        ("seal", "intact") => "seal-state",
        ("seizure", "direction") => "direction",
        ("translations", "translation_of") => "translated-part",
        ("vehicles", "state") => "vehicle-state",
        ("vehicles", "type") => "vehicle-type",
        ("vehicles", "vin_flags") => "vin-flag",
        _ => return None,
    })
}

/// The key of a word's label: drafts write some words in lower case or as a path, and one word short.
#[must_use]
pub fn key(list: &str, word: &str) -> String {
    let word = word.strip_prefix("body.").unwrap_or(word).to_ascii_uppercase().replace('-', "_");
    let word = if (list, word.as_str()) == ("relation-kind", "CASE") { "SAME_CASE" } else { &word };
    format!("{list}-{word}")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use prost_types::field_descriptor_proto::Type;

    use super::*;

    /// Every field of a body that is an enum on the wire has its list here, and no other field has one.
    #[test]
    fn every_code_has_its_list() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto");
        let set = protox::compile(["chapar/v1/notice.proto"], [root]).unwrap();
        let messages: Vec<_> = set.file.iter().flat_map(|file| &file.message_type).collect();
        let (mut reached, mut found) = (vec![("body".to_owned(), ".chapar.v1.NoticeBody".to_owned())], 0);
        let mut next = 0;
        while let Some((holder, of)) = reached.get(next).cloned() {
            next += 1;
            let message = messages.iter().find(|message| of.ends_with(&format!(".{}", message.name()))).unwrap();
            for field in &message.field {
                let place = (field.json_name().to_owned(), field.type_name().to_owned());
                let place =
                    if place.0.contains(char::is_uppercase) { (field.name().to_owned(), place.1) } else { place };
                let listed = list_of(&holder, &place.0);
                if field.r#type() != Type::Enum {
                    assert_eq!(listed, None, "{holder}.{}", place.0);
                }
                match field.r#type() {
                    Type::Enum => {
                        let mut list = String::new();
                        for c in place.1.rsplit('.').next().unwrap().chars() {
                            if c.is_uppercase() && !list.is_empty() {
                                list.push('-');
                            }
                            list.push(c.to_ascii_lowercase());
                        }
                        assert_eq!(listed, Some(list.as_str()), "{holder}.{}", place.0);
                        found += 1;
                    }
                    Type::Message if !reached.contains(&place) => reached.push(place),
                    _ => {}
                }
            }
        }
        assert!(found > 40, "{found}");
    }

    #[test]
    fn words_of_drafts_have_keys() {
        assert_eq!(key("drug-form", "plant-matter"), "drug-form-PLANT_MATTER");
        assert_eq!(key("translated-part", "body.subject"), "translated-part-SUBJECT");
        assert_eq!(key("relation-kind", "CASE"), "relation-kind-SAME_CASE");
    }
}
