//! `outbox`: what this office has issued, and where it stands with each addressee.

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::inbox::list;
use crate::cli::output::table;
use crate::cli::words;
use crate::domain::rejection;
use crate::i18n::Words;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::Urgency;

/// The keys of what stands above the columns.
const HEADER: [&str; 8] = [
    "column-reference",
    "column-kind",
    "column-urgency",
    "column-created",
    "column-to",
    "column-state",
    "column-received",
    "column-why",
];

pub(super) fn run(global: &Global) -> Result<(), Failure> {
    let notices = client::ask(global, async |mut client| list(&mut client, wire::Folder::Outbox).await)?;
    let (out, words) = (global.output(), global.words());
    if out.json {
        return notices.iter().try_for_each(|notice| out.object(&object(notice)));
    }
    if notices.is_empty() {
        let command = global.command("notice send --file DRAFT");
        out.note(words.say("outbox-empty", &[("command", command)]));
        return Ok(());
    }
    let rows = notices.iter().flat_map(|notice| rows(notice, &words)).collect();
    out.text(table(HEADER.map(|key| words.get(key)).each_ref().map(String::as_str), rows))
}

fn object(notice: &wire::NoticeSummary) -> Value {
    let header = notice.header.clone().unwrap_or_default();
    let deliveries = notice.deliveries.iter().map(|delivery| {
        json!({
            "office": delivery.office,
            "state": state(delivery),
            "received_at": words::time(delivery.received_ms),
            "rejection": if delivery.rejection == 0 { Value::Null } else { json!(delivery.rejection) },
        })
    });
    json!({
        "reference": header.reference,
        "digest": words::digest(&notice.digest),
        "kind": words::word::<NoticeKind>(header.kind),
        "urgency": words::word::<Urgency>(header.urgency),
        "created_at": words::time(header.created_ms),
        "deliveries": deliveries.collect::<Value>(),
    })
}

/// One row an addressee; what they have in common stands in the first.
fn rows(notice: &wire::NoticeSummary, words: &Words) -> Vec<[String; 8]> {
    let header = notice.header.clone().unwrap_or_default();
    let mut common = [
        header.reference,
        words.label::<NoticeKind>(header.kind),
        words.label::<Urgency>(header.urgency),
        words::moment(header.created_ms),
    ];
    let row = |delivery: &wire::Delivery| {
        let [reference, kind, urgency, created] = std::mem::take(&mut common);
        let why = if delivery.rejection == 0 { "" } else { rejection::in_words(delivery.rejection) };
        let state = match delivery.outcome {
            0 => words.get("delivery-queued"),
            outcome => words.label::<wire::Outcome>(outcome),
        };
        let office = delivery.office.clone();
        [reference, kind, urgency, created, office, state, words::moment(delivery.received_ms), why.to_owned()]
    };
    notice.deliveries.iter().map(row).collect()
}

fn state(delivery: &wire::Delivery) -> &'static str {
    match wire::Outcome::try_from(delivery.outcome) {
        Ok(wire::Outcome::Delivered) => "delivered",
        Ok(wire::Outcome::Rejected) => "rejected",
        Ok(wire::Outcome::Unspecified) | Err(_) => "queued",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn each_addressee_has_a_row_and_a_state() {
        let delivery = |office: &str, outcome: wire::Outcome, rejection| wire::Delivery {
            office: office.to_owned(),
            outcome: outcome.into(),
            rejection,
            received_ms: i64::from(rejection),
        };
        let notice = wire::NoticeSummary {
            digest: vec![0xAB; 32],
            header: Some(wire::NoticeHeader { reference: "R".to_owned(), kind: 2, ..wire::NoticeHeader::default() }),
            deliveries: vec![
                delivery("TM-FAR", wire::Outcome::Unspecified, 0),
                delivery("UZ-NCC", wire::Outcome::Rejected, 15),
            ],
            ..wire::NoticeSummary::default()
        };
        let object = object(&notice);
        assert_eq!(object["digest"], "ab".repeat(32));
        assert_eq!(
            object["deliveries"][0],
            json!({"office": "TM-FAR", "state": "queued", "received_at": null, "rejection": null})
        );
        assert_eq!(object["deliveries"][1]["rejection"], 15);
        let rows = rows(&notice, &Words::of(Language::En));
        assert_eq!((rows[0][0].as_str(), rows[1][0].as_str()), ("R", ""));
        assert_eq!(rows[1][5..], ["rejected", "1970-01-01 00:00:00", "the office is suspended"]);
    }
}
