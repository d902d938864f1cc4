//! The log: its entries, newest first, and whether it is what it was.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use prost::Message as _;
use tokio_stream::StreamExt as _;

use crate::console::form;
use crate::console::form::Fields;
use crate::console::guard;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::i18n::Words;
use crate::limits;
use crate::office::call::Call;
use crate::wire;
use crate::wire::EntryKind;
use crate::wire::json::Word as _;

/// Rows of a page.
const ROWS: usize = 50;
/// Most reads of the log for a page.
const READS: u32 = 32;

#[derive(Template)]
#[template(path = "log.html")]
struct Page {
    shell: Shell,
    size: u64,
    rows: Vec<Row>,
    kinds: Vec<(&'static str, String, bool)>,
    /// Address of the page with earlier entries, and of the newest one; empty for none.
    earlier: String,
    newest: String,
    verified: Option<Verified>,
}

/// An entry in the list.
struct Row {
    index: u64,
    time: String,
    kind: String,
    actor: String,
    peer: String,
    subject: String,
    meaning: String,
}

/// How a verification went.
struct Verified {
    whole: bool,
    said: String,
    next: String,
    /// What is wrong.
    fault: String,
    root: String,
}

/// Where a page begins, and what it shows.
struct Asked {
    before: u64,
    kind: Option<EntryKind>,
}

impl Asked {
    fn address(&self, before: u64) -> String {
        let before = if before == u64::MAX { String::new() } else { before.to_string() };
        form::address("/log", &[("kind", self.kind.map(EntryKind::word).unwrap_or_default()), ("before", &before)])
    }
}

pub(super) async fn page(officer: Officer, Query(query): Query<Vec<(String, String)>>) -> Response {
    let fields = Fields(query);
    let before = fields.get("before").parse().unwrap_or(u64::MAX);
    shown(&officer, &Asked { before, kind: EntryKind::from_word(fields.get("kind")) }, None).await
}

/// Hashes the log again and checks every signature.
pub(super) async fn verify(Posted { officer, .. }: Posted) -> Response {
    let request = officer.call(wire::VerifyLogRequest {});
    let mut words = match officer.visitor.desk.api.verify_log(request).await {
        Ok(words) => words.into_inner(),
        Err(refusal) => return shell::refused(&officer, &refusal),
    };
    let last = async {
        while let Some(word) = words.next().await {
            let word = word?;
            if word.done {
                return Ok(Some(word));
            }
        }
        Ok(None)
    };
    let verified = match tokio::time::timeout(guard::NEARLY_A_PAGE, last).await {
        Ok(Ok(Some(word))) => Verified::of(officer.words(), &word),
        Ok(Err(refusal)) => return shell::refused(&officer, &refusal),
        Ok(Ok(None)) => Verified::open(officer.words(), "failure-log-broken-off"),
        Err(_) => Verified::open(officer.words(), "console-verify-long"),
    };
    shown(&officer, &Asked { before: u64::MAX, kind: None }, Some(verified)).await
}

impl Verified {
    fn of(words: &Words, word: &wire::VerifyLogResponse) -> Self {
        let names = [("count", word.size.to_string()), ("checked", word.checked.to_string())];
        let index = word.index.map(|index| index.to_string());
        let key = match (word.fault.is_empty(), &index) {
            (true, _) => "console-verified-whole",
            (false, Some(_)) => "console-verified-entry",
            (false, None) => "console-verified-fault",
        };
        let names = [names.as_slice(), &[("index", index.unwrap_or_default())]].concat();
        Self {
            whole: word.fault.is_empty(),
            said: words.say(key, &names),
            next: words.advice(key, &names).unwrap_or_default(),
            fault: words.told(word.fault_said.as_ref(), &word.fault),
            root: hex::encode(&word.root),
        }
    }

    /// It was not finished.
    fn open(words: &Words, key: &str) -> Self {
        let (said, next) = shell::said(words, key);
        Self { whole: false, said, next, fault: String::new(), root: String::new() }
    }
}

async fn shown(officer: &Officer, asked: &Asked, verified: Option<Verified>) -> Response {
    if let Some(denied) = shell::denied(officer, Call::Log) {
        return denied;
    }
    let (size, rows, earlier) = match read(officer, asked).await {
        Ok(read) => read,
        Err(refusal) => return shell::refused(officer, &refusal),
    };
    let shell = Shell::for_officer(officer, "console-log");
    let kinds = Words::codes("entry-kind").into_iter();
    let kind =
        |word| (word, shell.get(&format!("entry-kind-{word}")), asked.kind.is_some_and(|kind| kind.word() == word));
    let page = Page {
        size,
        rows: rows.iter().map(|(index, entry)| Row::of(&shell, *index, entry.as_ref())).collect(),
        kinds: kinds.map(kind).collect(),
        earlier: earlier.map(|before| asked.address(before)).unwrap_or_default(),
        newest: if asked.before < size { asked.address(u64::MAX) } else { String::new() },
        shell,
        verified,
    };
    made(&page)
}

type Read = (u64, Vec<(u64, Option<wire::Entry>)>, Option<u64>);

/// Size of the log, entries from the newest one down, and where to go on.
async fn read(officer: &Officer, asked: &Asked) -> Result<Read, tonic::Status> {
    let api = &officer.visitor.desk.api;
    let status = api.get_status(officer.call(wire::GetStatusRequest {})).await?.into_inner();
    let size = status.head.unwrap_or_default().size;
    let (mut rows, mut end) = (vec![], asked.before.min(size));
    // Without a filter every entry is a row.
    let step = if asked.kind.is_some() { u64::from(limits::PAGE_ENTRIES) } else { ROWS as u64 };
    for _ in 0..READS {
        let start = end.saturating_sub(step);
        if end == 0 || rows.len() >= ROWS {
            break;
        }
        let page_size = u32::try_from(end - start).unwrap_or(limits::PAGE_ENTRIES);
        let page = api.list_entries(officer.call(wire::ListEntriesRequest { start, page_size })).await?.into_inner();
        for indexed in page.entries.iter().rev() {
            let entry = wire::Entry::decode(indexed.entry.as_slice()).ok();
            end = indexed.index;
            let fits = |kind| entry.as_ref().is_some_and(|entry| entry.kind() == kind);
            if asked.kind.is_none_or(fits) {
                rows.push((indexed.index, entry));
                if rows.len() >= ROWS {
                    break;
                }
            }
        }
        if page.entries.is_empty() {
            break;
        }
    }
    Ok((size, rows, Some(end).filter(|end| *end > 0)))
}

impl Row {
    fn of(shell: &Shell, index: u64, entry: Option<&wire::Entry>) -> Self {
        let Some(entry) = entry else {
            let kind = shell.get("console-entry-unreadable");
            let none = String::new;
            return Self { index, kind, time: none(), actor: none(), peer: none(), subject: none(), meaning: none() };
        };
        let subject = hex::encode(&entry.subject);
        Self {
            index,
            time: shell.when.moment(entry.time_ms),
            kind: shell.words.label::<EntryKind>(entry.kind),
            actor: entry.actor.clone(),
            peer: entry.peer.clone(),
            subject: subject.get(..16).unwrap_or_default().to_owned(),
            meaning: shell.words.entry_code(entry),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::ENGLISH;
    use crate::i18n::Language;
    use crate::i18n::said;

    #[test]
    fn a_verification_is_answered_in_one_sentence() {
        let whole = wire::VerifyLogResponse { checked: 7, size: 7, done: true, ..wire::VerifyLogResponse::default() };
        let verified = Verified::of(&ENGLISH, &whole);
        assert_eq!((verified.whole, verified.said.as_str()), (true, "All 7 entries are whole and in order."));
        let fault = "the envelope is missing".to_owned();
        let fault = wire::VerifyLogResponse { fault, index: Some(3), ..whole };
        let verified = Verified::of(&ENGLISH, &fault);
        assert!(!verified.whole && verified.said.contains("Entry 3"), "{}", verified.said);
        assert!(verified.next.contains("do not restart"), "{}", verified.next);
        assert_eq!(verified.fault, "the envelope is missing");
        let fault_said = Some(said("fault-envelope-missing", &[("digest", "ab12".to_owned())]));
        let verified = Verified::of(&Words::of(Language::Ru), &wire::VerifyLogResponse { fault_said, ..fault });
        assert_eq!(verified.fault, "нет конверта ab12");
    }

    #[test]
    fn an_address_says_what_is_shown() {
        let all = Asked { before: 90, kind: None };
        assert_eq!((all.address(u64::MAX), all.address(40)), ("/log".to_owned(), "/log?before=40".to_owned()));
        let some = Asked { before: u64::MAX, kind: Some(EntryKind::Alarm) };
        assert_eq!(some.address(7), "/log?kind=ALARM&before=7");
    }
}
