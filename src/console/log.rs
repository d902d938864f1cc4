//! The log: its entries, newest first, and whether it is what it was.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use prost::Message as _;

use crate::console::form;
use crate::console::form::Fields;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::verification::Told;
use crate::console::visitor::Officer;
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
    /// That nothing was found in the entries that were looked through; empty if there are rows, or no more entries.
    looked: String,
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

/// How it stands with a verification.
struct Verified {
    /// `ok` if all is whole, `bad` if it is not, `wait` while nothing can be said.
    class: &'static str,
    said: String,
    next: String,
    /// What is wrong.
    fault: String,
    root: String,
    /// Entries checked, and of how many; `None` once it is over.
    progress: Option<(u64, u64)>,
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

/// The newest entries, and how it stands with a verification.
pub(super) async fn verified(officer: &Officer, told: Told) -> Response {
    let shell = Shell::for_officer(officer, "console-log");
    let verified = Verified::of(&shell, &told);
    shown(officer, &Asked { before: u64::MAX, kind: None }, Some(verified)).await
}

impl Verified {
    fn of(shell: &Shell, told: &Told) -> Self {
        match told {
            Told::Begun => Self::at_work(&shell.words, &wire::VerifyLogResponse::default()),
            Told::AtWork(word) => Self::at_work(&shell.words, word),
            Told::Over(word, ms) => {
                let verified = Self::over(&shell.words, word);
                let when = shell.with("console-verified-at", "time", &shell.when.moment(*ms));
                Self { next: [verified.next, when].join(" "), ..verified }
            }
            Told::Broken(Some(status)) => Self::open(shell::refusal(&shell.words, status)),
            Told::Broken(None) => Self::open(shell::said(&shell.words, "failure-log-broken-off")),
        }
    }

    fn over(words: &Words, word: &wire::VerifyLogResponse) -> Self {
        let names = [("count", word.size.to_string()), ("checked", word.checked.to_string())];
        let index = word.index.map(|index| index.to_string());
        let of_file = word.fault_said.as_ref().is_some_and(|said| said.key.starts_with("fault-attachment-"));
        let key = match (word.fault.is_empty(), &index) {
            (true, _) => "console-verified-whole",
            (false, None) if of_file => "console-verified-attachment",
            (false, Some(_)) => "console-verified-entry",
            (false, None) => "console-verified-fault",
        };
        let files = [("count", word.attachments.to_string()), ("to_come", word.attachments_to_come.to_string())];
        let has_files = word.fault.is_empty() && (word.attachments, word.attachments_to_come) != (0, 0);
        let files = if has_files { words.say("log-attachments", &files) } else { String::new() };
        let names = [names.as_slice(), &[("index", index.unwrap_or_default())]].concat();
        Self {
            class: if word.fault.is_empty() { "ok" } else { "bad" },
            said: [words.say(key, &names), files].join(" ").trim_end().to_owned(),
            next: words.advice(key, &names).unwrap_or_default(),
            fault: words.told(word.fault_said.as_ref(), &word.fault),
            root: hex::encode(&word.root),
            progress: None,
        }
    }

    fn at_work(words: &Words, word: &wire::VerifyLogResponse) -> Self {
        let next = words.advice("console-verify-at-work", &[]).unwrap_or_default();
        let (checked, size) = (word.attachment_bytes_checked, word.attachment_bytes);
        if size > 0 {
            let names = [("checked_bytes", checked.to_string()), ("size_bytes", size.to_string())];
            let said = words.say("console-verify-files", &names);
            return Self { progress: Some((checked, size)), ..Self::open((said, next)) };
        }
        let names = [("checked", word.checked.to_string()), ("size", word.size.to_string())];
        let said = words.say("console-verify-at-work", &names);
        Self { progress: Some((word.checked, word.size.max(1))), ..Self::open((said, next)) }
    }

    /// It says nothing about the log: it was not finished.
    fn open((said, next): (String, String)) -> Self {
        Self { class: "wait", said, next, fault: String::new(), root: String::new(), progress: None }
    }
}

async fn shown(officer: &Officer, asked: &Asked, verified: Option<Verified>) -> Response {
    if let Some(denied) = shell::denied(officer, Call::Log) {
        return denied;
    }
    let Read { size, rows, through, earlier } = match read(officer, asked).await {
        Ok(read) => read,
        Err(refusal) => return shell::refused(officer, &refusal),
    };
    let shell = Shell::for_officer(officer, "console-log");
    let kinds = Words::codes("entry-kind").into_iter();
    let kind =
        |word| (word, shell.get(&format!("entry-kind-{word}")), asked.kind.is_some_and(|kind| kind.word() == word));
    let looked = match (rows.is_empty(), earlier, through) {
        (true, Some(from), Some(through)) => said_of(&shell.words, from, through),
        _ => String::new(),
    };
    let page = Page {
        size,
        looked,
        rows: rows.iter().map(|(index, entry)| Row::of(&shell, *index, entry.as_ref())).collect(),
        kinds: kinds.map(kind).collect(),
        earlier: earlier.map(|before| asked.address(before)).unwrap_or_default(),
        newest: if asked.before < size { asked.address(u64::MAX) } else { String::new() },
        shell,
        verified,
    };
    made(&page)
}

/// What was read of the log.
struct Read {
    /// Its size.
    size: u64,
    /// Entries that fit, from the newest one down.
    rows: Vec<(u64, Option<wire::Entry>)>,
    /// The newest entry that was looked at.
    through: Option<u64>,
    /// The oldest one, before which there are more.
    earlier: Option<u64>,
}

/// That nothing fits in the entries from one to another.
fn said_of(words: &Words, from: u64, through: u64) -> String {
    words.say("console-looked-earlier", &[("from", from.to_string()), ("through", through.to_string())])
}

async fn read(officer: &Officer, asked: &Asked) -> Result<Read, tonic::Status> {
    let api = &officer.visitor.desk.api;
    let status = api.get_status(officer.call(wire::GetStatusRequest {})).await?.into_inner();
    let size = status.head.unwrap_or_default().size;
    let (mut rows, mut end) = (vec![], asked.before.min(size));
    let through = end.checked_sub(1);
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
    Ok(Read { size, rows, through, earlier: Some(end).filter(|end| *end > 0) })
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
        let verified = Verified::over(&ENGLISH, &whole);
        assert_eq!((verified.class, verified.said.as_str()), ("ok", "All 7 entries are whole and in order."));
        let fault = "the envelope is missing".to_owned();
        let fault = wire::VerifyLogResponse { fault, index: Some(3), ..whole.clone() };
        let verified = Verified::over(&ENGLISH, &fault);
        assert!(verified.class == "bad" && verified.said.contains("Entry 3"), "{}", verified.said);
        assert!(verified.next.contains("do not restart"), "{}", verified.next);
        assert_eq!(verified.fault, "the envelope is missing");
        let fault_said = Some(said("fault-envelope-missing", &[("digest", "ab12".to_owned())]));
        let verified =
            Verified::over(&Words::of(Language::of_locale("ru")), &wire::VerifyLogResponse { fault_said, ..fault });
        assert_eq!(verified.fault, "нет конверта ab12");
        let of_file = [("reference", "R".to_owned()), ("digest", "ab12".to_owned())];
        let (index, fault_said) = (None, Some(said("fault-attachment-missing", &of_file)));
        let file = wire::VerifyLogResponse { fault: "missing".to_owned(), fault_said, index, ..whole.clone() };
        let verified = Verified::over(&ENGLISH, &file);
        assert!(verified.class == "bad" && !verified.next.contains("do not restart"), "{}", verified.next);
        let files = wire::VerifyLogResponse { attachments: 3, attachments_to_come: 1, ..whole };
        let verified = Verified::over(&ENGLISH, &files);
        assert!(verified.said.contains("whole: 3. Still to come from other offices: 1"), "{}", verified.said);
    }

    #[test]
    fn what_is_not_finished_says_nothing_bad_of_the_log() {
        let word = wire::VerifyLogResponse { checked: 512, size: 40_000, ..wire::VerifyLogResponse::default() };
        let verified = Verified::at_work(&ENGLISH, &word);
        assert_eq!((verified.class, verified.progress), ("wait", Some((512, 40_000))));
        assert!(verified.said.contains("512 of 40000"), "{}", verified.said);
        let word = wire::VerifyLogResponse { attachment_bytes_checked: 1024, attachment_bytes: 4096, ..word };
        let verified = Verified::at_work(&ENGLISH, &word);
        assert!(verified.said.contains("1.0 KiB of 4.0 KiB"), "{}", verified.said);
        assert_eq!((verified.class, verified.progress), ("wait", Some((1024, 4096))));
        let verified = Verified::open(shell::said(&ENGLISH, "failure-log-broken-off"));
        assert_eq!((verified.class, verified.progress), ("wait", None));
    }

    #[test]
    fn a_filter_says_where_it_has_looked() {
        let said = said_of(&ENGLISH, 8_000, 40_000);
        assert!(said.contains("8000") && said.contains("40000"), "{said}");
    }

    #[test]
    fn an_address_says_what_is_shown() {
        let all = Asked { before: 90, kind: None };
        assert_eq!((all.address(u64::MAX), all.address(40)), ("/log".to_owned(), "/log?before=40".to_owned()));
        let some = Asked { before: u64::MAX, kind: Some(EntryKind::Alarm) };
        assert_eq!(some.address(7), "/log?kind=ALARM&before=7");
    }
}
