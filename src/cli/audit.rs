//! `audit`: who read what, who exported, who released, what was agreed. It names digests and officers, never a text.

use prost::Message as _;
use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::output::titled;
use crate::cli::words;
use crate::i18n::ENGLISH;
use crate::i18n::Words;
use crate::i18n::entries;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::AuditView;
use crate::wire::EntryKind;
use crate::wire::NoticeKind;
use crate::wire::Role;

/// What is looked at.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// When the agreements changed under which the node runs
    Agreements(Times),
    /// Who released in an emergency
    Emergency(Times),
    /// Who exported or printed
    Exports(Times),
    /// Who was shown lists of notices and drafts, and how many rows
    Lists(Times),
    /// How officers and roles changed
    Officers(Times),
    /// Who read, found, exported or printed; of one notice, or of all
    Reads {
        /// Reference, short reference as in 123-3, or digest
        #[arg(value_name = "REF")]
        reference: Option<String>,
        #[command(flatten)]
        times: Times,
    },
    /// What auditors asked to read under break-glass, what was decided, and what they opened
    Readings(Times),
    /// Which notices one person wrote and released
    SamePerson(Times),
}

/// Which time.
#[derive(clap::Args)]
pub(super) struct Times {
    /// At this time or later, such as 2026-11-24T00:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Before this time
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
}

/// Shows it.
pub(super) fn run(verb: Verb, global: &Global) -> Result<(), Failure> {
    let (view, notice, times) = match verb {
        Verb::Agreements(times) => (AuditView::Agreements, None, times),
        Verb::Emergency(times) => (AuditView::Emergency, None, times),
        Verb::Exports(times) => (AuditView::Exports, None, times),
        Verb::Lists(times) => (AuditView::Lists, None, times),
        Verb::Officers(times) => (AuditView::Officers, None, times),
        Verb::Reads { reference, times } => (AuditView::Reads, reference, times),
        Verb::Readings(times) => (AuditView::Readings, None, times),
        Verb::SamePerson(times) => (AuditView::SamePerson, None, times),
    };
    let ms = |time: Option<Timestamp>| time.map(Timestamp::ms).unwrap_or_default();
    let mut request = wire::AuditRequest {
        view: view.into(),
        notice: notice.unwrap_or_default(),
        since_ms: ms(times.since),
        before_ms: ms(times.until),
        start: 0,
    };
    let rows = client::ask(global, async |mut client| {
        let mut rows = vec![];
        loop {
            let page = client.inspect.audit(request.clone()).await?.into_inner();
            rows.extend(page.rows);
            if page.next_start <= request.start {
                return Ok(rows);
            }
            request.start = page.next_start;
        }
    })?;
    let read = rows.iter().map(|row| Ok((row, wire::Entry::decode(row.entry.as_slice()).map_err(Failure::internal)?)));
    let read: Vec<_> = read.collect::<Result<_, Failure>>()?;
    let out = global.output();
    if out.json {
        return read.iter().try_for_each(|(row, entry)| out.object(&object(row, entry)));
    }
    let words = global.words();
    let rows: Vec<_> = read.iter().map(|(row, entry)| line(row, entry, &words)).collect();
    if rows.is_empty() {
        out.note(words.get("list-none-fits"));
        return Ok(());
    }
    out.text(titled(&words, HEADER, rows))
}

/// The keys of what stands above the columns.
const HEADER: [&str; 9] = [
    "column-entry",
    "column-time",
    "column-actor",
    "column-what",
    "column-notice",
    "column-kind",
    "column-author",
    "column-releaser",
    "column-why",
];

/// What was done, for programs.
fn what(entry: &wire::Entry) -> String {
    match EntryKind::try_from(entry.kind) {
        Ok(EntryKind::Accessed) => ENGLISH.get(entries::access(entry)),
        Ok(EntryKind::ReadingDecided) => [words::words::<EntryKind>(entry.kind), ENGLISH.entry_code(entry)].join(" "),
        _ => match &entry.enrolment {
            Some(enrolment) => {
                let parts = [words::words::<EntryKind>(entry.kind), enrolment.id.clone(), roles(enrolment).join(", ")];
                parts.join(" ").trim_end().to_owned()
            }
            None => words::words::<EntryKind>(entry.kind),
        },
    }
}

/// The roles of an enrolment; none of one that was revoked.
fn roles(enrolment: &wire::Enrolment) -> Vec<String> {
    enrolment.roles.iter().map(|role| words::words::<Role>(*role)).collect()
}

fn object(row: &wire::AuditRow, entry: &wire::Entry) -> Value {
    json!({
        "index": row.index,
        "time": words::time(entry.time_ms),
        "actor": entry.actor,
        "what": what(entry),
        "reference": words::text(&row.reference),
        "digest": words::digest(&entry.subject),
        "kind": words::word::<NoticeKind>(row.kind),
        "author": words::text(&row.author),
        "releaser": words::text(&row.releaser),
        "officer": entry.enrolment.as_ref().map(|enrolment| enrolment.id.clone()),
        "roles": entry.enrolment.as_ref().map(roles),
        "list": entry.list_shown(),
        "rows": entry.list_shown().map(|_| entry.sequence),
        "agreements": entry.agreements_now(),
        "why": words::text(entry.why()),
    })
}

fn line(row: &wire::AuditRow, entry: &wire::Entry, words: &Words) -> [String; 9] {
    [
        row.index.to_string(),
        words::moment(entry.time_ms),
        entry.actor.clone(),
        words.entry_done(entry),
        row.reference.clone(),
        words.label::<NoticeKind>(row.kind),
        row.author.clone(),
        row.releaser.clone(),
        entry.why().to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::List;
    use crate::domain::access::Overview;
    use crate::domain::entry::Entry;
    use crate::domain::policy::Agreements;
    use crate::i18n::Language;

    fn stamped(entry: Entry) -> wire::Entry {
        entry.stamped(Timestamp::ZERO, [0; 16]).0
    }

    #[test]
    fn a_list_and_a_change_of_the_agreements_say_how_many() {
        let officer = "UZ-ALT-O01".parse().unwrap();
        let list = stamped(Entry::overview(&officer, &Overview::List { list: List::Outbox, rows: 12 }));
        let row = wire::AuditRow::default();
        let object = object(&row, &list);
        let words = Words::of(Language::english());
        assert_eq!(line(&row, &list, &words)[2..], ["UZ-ALT-O01", "listed outbox, rows: 12", "", "", "", "", ""]);
        assert_eq!((&object["what"], &object["list"]), (&json!("listed"), &json!("OUTBOX")));
        assert_eq!((&object["rows"], &object["why"], &object["agreements"]), (&json!(12), &Value::Null, &Value::Null));
        let changed = stamped(Entry::config_changed(&Agreements::default()));
        assert_eq!(line(&row, &changed, &words)[2..4], ["node", "agreements changed, now: 0"]);
        let object = super::object(&row, &changed);
        assert_eq!((&object["agreements"], &object["list"]), (&json!(0), &Value::Null));
        assert_eq!(object["digest"], json!(Agreements::default().digest().to_string()));
    }
}
