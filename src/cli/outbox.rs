//! `outbox`: what this office has issued, and where it stands with each addressee.

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::inbox::list;
use crate::cli::output::table;
use crate::cli::standing;
use crate::cli::standing::Filter;
use crate::cli::words;
use crate::domain::rejection;
use crate::i18n::Words;
use crate::name::OfficeCode;
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

#[derive(clap::Args)]
pub(super) struct Args {
    /// Only to these offices
    #[arg(long, value_name = "OFFICE,…", value_delimiter = ',')]
    to: Vec<OfficeCode>,
    #[command(flatten)]
    filter: Filter,
}

impl Args {
    fn shows(&self, notice: &wire::NoticeSummary) -> bool {
        let to = notice.deliveries.iter().filter_map(|delivery| delivery.office.parse().ok());
        self.filter.shows(notice) && (self.to.is_empty() || to.into_iter().any(|to| self.to.contains(&to)))
    }
}

pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let all = client::ask(global, async |mut client| list(&mut client, wire::Folder::Outbox).await)?;
    let notices: Vec<_> = all.iter().filter(|notice| args.shows(notice)).collect();
    let (out, words) = (global.output(), global.words());
    if out.json {
        return notices.iter().try_for_each(|notice| out.object(&object(notice)));
    }
    args.filter.tell_apart(&all, &out, &words);
    if all.is_empty() {
        let command = global.command("notice send --file DRAFT");
        out.note(words.say("outbox-empty", &[("command", command)]));
        return Ok(());
    }
    if notices.is_empty() {
        out.note(words.get("list-none-fits"));
        return Ok(());
    }
    let rows = notices.iter().flat_map(|notice| rows(notice, &words)).collect();
    out.text(table(HEADER.map(|key| words.get(key)).each_ref().map(String::as_str), rows))
}

fn object(notice: &wire::NoticeSummary) -> Value {
    let header = notice.header.clone().unwrap_or_default();
    let deliveries = with_sides(notice).map(|(delivery, side)| {
        let mut object = json!({
            "office": delivery.office,
            "received_at": words::time(delivery.received_ms),
            "rejection": if delivery.rejection == 0 { Value::Null } else { json!(delivery.rejection) },
        });
        standing::add_side(&mut object, &side);
        object
    });
    let mut object = json!({
        "reference": header.reference,
        "digest": words::digest(&notice.digest),
        "kind": words::word::<NoticeKind>(header.kind),
        "urgency": words::word::<Urgency>(header.urgency),
        "created_at": words::time(header.created_ms),
        "deliveries": deliveries.collect::<Value>(),
    });
    standing::add(&mut object, notice);
    object
}

/// Each delivery, and where the notice stands with that addressee.
fn with_sides(notice: &wire::NoticeSummary) -> impl Iterator<Item = (&wire::Delivery, wire::Side)> {
    let side = |delivery: &wire::Delivery| {
        standing::sides(notice).iter().find(|side| side.office == delivery.office).cloned().unwrap_or_default()
    };
    notice.deliveries.iter().map(move |delivery| (delivery, side(delivery)))
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
    let row = |(delivery, side): (&wire::Delivery, wire::Side)| {
        let [reference, kind, urgency, created] = std::mem::take(&mut common);
        let rejected = (delivery.rejection != 0).then(|| words.get(rejection::message(delivery.rejection)));
        let state = standing::state(notice, &side, words);
        let office = delivery.office.clone();
        [
            reference,
            kind,
            urgency,
            created,
            office,
            state,
            words::moment(delivery.received_ms),
            rejected.unwrap_or_default(),
        ]
    };
    with_sides(notice).map(row).collect()
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
        let side = |office: &str, state: wire::NoticeState| wire::Side {
            office: office.to_owned(),
            state: state.into(),
            overdue: state == wire::NoticeState::Queued,
            due_ms: 1,
            awaited: wire::Awaited::Receipt.into(),
            ..wire::Side::default()
        };
        let notice = wire::NoticeSummary {
            digest: vec![0xAB; 32],
            header: Some(wire::NoticeHeader { reference: "R".to_owned(), kind: 2, ..wire::NoticeHeader::default() }),
            deliveries: vec![
                delivery("TM-FAR", wire::Outcome::Unspecified, 0),
                delivery("UZ-NCC", wire::Outcome::Rejected, 15),
            ],
            standing: Some(wire::Standing {
                sides: vec![
                    side("TM-FAR", wire::NoticeState::Queued),
                    side("UZ-NCC", wire::NoticeState::Undeliverable),
                ],
                ..wire::Standing::default()
            }),
            ..wire::NoticeSummary::default()
        };
        let object = object(&notice);
        assert_eq!(object["digest"], "ab".repeat(32));
        assert_eq!(
            object["deliveries"][0],
            json!({
                "office": "TM-FAR", "state": "queued", "received_at": null, "rejection": null, "interim_replies": 0,
                "awaited": "RECEIPT", "awaited_since": null, "due_at": "1970-01-01T00:00:00.001Z", "overdue": true,
            })
        );
        assert_eq!(object["deliveries"][1]["rejection"], 15);
        let rows = rows(&notice, &Words::of(Language::english()));
        assert_eq!((rows[0][0].as_str(), rows[1][0].as_str()), ("R", ""));
        assert_eq!(rows[0][5], "queued, RECEIPT OVERDUE");
        assert_eq!(rows[1][5..], ["undeliverable", "1970-01-01 00:00:00", "the office is suspended"]);
    }
}
