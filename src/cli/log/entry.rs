//! An entry of the log, as JSON and as a row.

use prost::Message as _;
use serde_json::Value;
use serde_json::json;

use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::words;
use crate::domain::entry::Alarm;
use crate::domain::entry::Closing;
use crate::domain::kinds;
use crate::domain::rejection;
use crate::domain::standing::Says;
use crate::name::Fingerprint;
use crate::wire;
use crate::wire::EntryKind;
use crate::wire::ErasureReason;
use crate::wire::NoticeKind;
use crate::wire::Role;
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

pub(super) fn row(index: u64, entry: &wire::Entry) -> [String; 7] {
    let place = match entry.sequence {
        0 => String::new(),
        before if entry.kind() == EntryKind::VaultRotated => format!("before {before}"),
        sequence => format!("{} {sequence}", words::words::<Urgency>(entry.lane)),
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
        words::words::<EntryKind>(entry.kind),
        entry.actor.clone(),
        [entry.peer.as_str(), &place].join(" ").trim().to_owned(),
        subject,
        code(entry),
    ]
}

/// What the code of an entry means.
fn code(entry: &wire::Entry) -> String {
    match EntryKind::try_from(entry.kind) {
        Ok(EntryKind::ReceiptStored) if entry.code == 0 => "delivered".to_owned(),
        Ok(EntryKind::ReceiptStored | EntryKind::Rejected) => rejection::in_words(entry.code).to_owned(),
        Ok(EntryKind::Alarm) => Alarm::in_words(entry.code).unwrap_or("of a newer version").to_owned(),
        Ok(EntryKind::Erased) => i32::try_from(entry.code).map(words::words::<ErasureReason>).unwrap_or_default(),
        Ok(EntryKind::ExpiryAnnounced | EntryKind::ExpiryConfirmed) => words::count(entry.code, "text"),
        Ok(EntryKind::ClockConfirmed) => entry.note.clone(),
        Ok(EntryKind::Officer) => i32::try_from(entry.code).map(words::words::<Role>).unwrap_or_default(),
        Ok(EntryKind::Issued | EntryKind::Received) if entry.code == Says::Confirms.code() => "confirms".to_owned(),
        Ok(EntryKind::Issued | EntryKind::Received) if entry.code == Says::Interim.code() => "interim reply".to_owned(),
        Ok(EntryKind::Issued | EntryKind::Received) => match Says::of_code(NoticeKind::Forward, entry.code) {
            Some(Says::Forwards(kind)) => format!("forwards a {}", kinds::word(kind)),
            _ => String::new(),
        },
        Ok(EntryKind::Closed) if entry.code == Closing::Reopen as u32 => "open again".to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(row(3, &entry), expected);
    }
}
