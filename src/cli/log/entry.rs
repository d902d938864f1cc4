//! An entry of the log, as JSON and as a row.

use prost::Message as _;
use serde_json::Value;
use serde_json::json;

use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::words;
use crate::i18n::Words;
use crate::name::Fingerprint;
use crate::wire;
use crate::wire::EntryKind;
use crate::wire::Urgency;

/// Characters of a digest in a table.
const DIGEST_CHARS: usize = 16;

/// An entry from its exact bytes.
pub(super) fn read(indexed: &wire::IndexedEntry) -> Result<wire::Entry, Failure> {
    wire::Entry::decode(indexed.entry.as_slice()).map_err(|_| {
        Failure::new(
            Kind::Unverified,
            format!("Entry {} cannot be read.", indexed.index),
            "Change nothing, and run: chapar log verify",
        )
    })
}

pub(super) fn object(index: u64, entry: &wire::Entry) -> Value {
    json!({
        "index": index,
        "kind": words::word::<EntryKind>(entry.kind),
        "time": words::time(entry.time_ms),
        "actor": words::text(&entry.actor),
        "peer": words::text(&entry.peer),
        "lane": words::word::<Urgency>(entry.lane),
        "sequence": if entry.sequence == 0 { Value::Null } else { json!(entry.sequence) },
        "subject": words::digest(&entry.subject),
        "object": words::digest(&entry.object),
        "code": entry.code,
    })
}

/// The keys of what stands above the columns.
pub(super) const HEADER: [&str; 7] =
    ["column-entry", "column-time", "column-kind", "column-actor", "column-place", "column-subject", "column-meaning"];

pub(super) fn row(index: u64, entry: &wire::Entry, words: &Words) -> [String; 7] {
    let place = match entry.sequence {
        0 => String::new(),
        before if entry.kind() == EntryKind::VaultRotated => words.say("log-before", &[("index", before.to_string())]),
        began if entry.kind() == EntryKind::ExerciseEnded => words.say("log-began", &[("index", began.to_string())]),
        sequence => format!("{} {sequence}", words.label::<Urgency>(entry.lane)),
    };
    let subject = match EntryKind::try_from(entry.kind) {
        Ok(EntryKind::CountryTrusted) => {
            Fingerprint::try_from(entry.object.as_slice()).map(|pin| pin.to_string()).unwrap_or_default()
        }
        _ => hex::encode(&entry.subject).chars().take(DIGEST_CHARS).collect(),
    };
    [
        index.to_string(),
        words::moment(entry.time_ms),
        words.label::<EntryKind>(entry.kind),
        entry.actor.clone(),
        [entry.peer.as_str(), &place].join(" ").trim().to_owned(),
        subject,
        words.entry_code(entry),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::ENGLISH;

    #[test]
    fn keys_are_stable_and_codes_are_words() {
        let entry = wire::Entry {
            kind: EntryKind::Rejected.into(),
            peer: "TM-FAR".to_owned(),
            lane: Urgency::Routine.into(),
            sequence: 7,
            subject: vec![0xAB; 32],
            code: 15,
            ..wire::Entry::default()
        };
        let all = object(3, &entry);
        let keys: Vec<&String> = all.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["actor", "code", "index", "kind", "lane", "object", "peer", "sequence", "subject", "time"]);
        assert_eq!((&all["kind"], &all["object"], &all["lane"]), (&json!("REJECTED"), &Value::Null, &json!("ROUTINE")));
        let expected = ["3", "", "rejected", "", "TM-FAR routine 7", "abababababababab", "the office is suspended"];
        assert_eq!(row(3, &entry, &ENGLISH), expected);
    }
}
