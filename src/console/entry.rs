//! An entry of the log: what it says, its bytes, and its way to the root as a picture.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use prost::Message as _;

use crate::console::picture::Picture;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::Officer;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::engine::path;
use crate::wire;
use crate::wire::EntryKind;
use crate::wire::Role;
use crate::wire::Urgency;

/// Bytes of a line of hex digits.
const LINE_BYTES: usize = 32;

#[derive(Template)]
#[template(path = "entry.html")]
struct Page {
    shell: Shell,
    index: u64,
    size: u64,
    fields: Vec<Field>,
    bytes: String,
    count: usize,
    leaf: String,
    root: String,
    time: String,
    /// `None` if the hashes do not lead to the root.
    picture: Option<Picture>,
    before: Option<u64>,
    after: Option<u64>,
}

/// A field of the entry.
struct Field {
    name: String,
    value: String,
    /// Whether it is compared character by character.
    exact: bool,
}

pub(super) async fn page(officer: Officer, Path(index): Path<String>) -> Response {
    let Ok(index) = index.parse::<u64>() else {
        return shell::sentence(&officer.visitor, StatusCode::NOT_FOUND, "console-no-page");
    };
    let request = officer.call(wire::ProveEntryRequest { index });
    let proved = match officer.visitor.desk.api.prove_entry(request).await {
        Ok(proved) => proved.into_inner(),
        Err(refusal) => return shell::refused(&officer, &refusal),
    };
    let shell = Shell::for_officer(&officer, "console-log");
    let head = proved.head.clone().unwrap_or_default();
    let entry = wire::Entry::decode(proved.entry.as_slice()).ok();
    let page = Page {
        index,
        size: head.size,
        fields: entry.as_ref().map(|entry| fields(&shell, entry)).unwrap_or_default(),
        bytes: lines(&proved.entry),
        count: proved.entry.len(),
        leaf: hex::encode(path::leaf(&proved.entry)),
        root: hex::encode(&head.root),
        time: entry.as_ref().map(|entry| shell.when.moment(entry.time_ms)).unwrap_or_default(),
        picture: Picture::of(index, &proved),
        before: index.checked_sub(1),
        after: Some(index.saturating_add(1)).filter(|after| *after < head.size),
        shell,
    };
    made(&page)
}

/// Bytes as hex digits, eight groups of four bytes a line.
fn lines(bytes: &[u8]) -> String {
    let line = |line: &[u8]| line.chunks(4).map(hex::encode).collect::<Vec<_>>().join(" ");
    bytes.chunks(LINE_BYTES).map(line).collect::<Vec<_>>().join("\n")
}

/// The fields that say something, each with its name.
fn fields(shell: &Shell, entry: &wire::Entry) -> Vec<Field> {
    let words = &shell.words;
    let number = |number: u64| if number == 0 { String::new() } else { number.to_string() };
    let enrolment = entry.enrolment.clone().unwrap_or_default();
    let roles: Vec<String> = enrolment.roles.iter().map(|role| words.label::<Role>(*role)).collect();
    let meaning = match words.entry_code(entry) {
        meaning if meaning.is_empty() && entry.kind() == EntryKind::Accessed => words.entry_done(entry),
        meaning => meaning,
    };
    // Which list was shown is said in words.
    let note = if entry.list_shown().is_some() { String::new() } else { entry.note.clone() };
    let facts = [
        ("console-entry-kind", words.label::<EntryKind>(entry.kind), false),
        ("console-entry-time", shell.when.moment(entry.time_ms), false),
        ("console-entry-actor", entry.actor.clone(), true),
        ("console-entry-peer", entry.peer.clone(), true),
        ("console-entry-lane", words.label::<Urgency>(entry.lane), false),
        ("console-entry-sequence", number(entry.sequence), false),
        ("console-entry-subject", hex::encode(&entry.subject), true),
        ("console-entry-object", hex::encode(&entry.object), true),
        ("console-entry-code", number(entry.code.into()), false),
        ("console-entry-meaning", meaning, false),
        ("console-entry-note", note, false),
        ("column-officer", enrolment.id, true),
        ("column-roles", roles.join(", "), false),
        ("console-until", shell.when.moment(enrolment.until_ms), false),
        ("console-entry-salt", hex::encode(&entry.salt), true),
    ];
    let said = facts.into_iter().filter(|(_, value, _)| !value.is_empty());
    said.map(|(key, value, exact)| Field { name: words.get(key), value, exact }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_folded_into_lines() {
        assert_eq!(lines(&[0xAB; 5]), "abababab ab");
        assert_eq!(lines(&[0; 33]).lines().map(str::len).collect::<Vec<_>>(), [71, 2]);
    }
}
