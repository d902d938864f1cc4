//! What differs between two forms of a draft or a text, field by field, in words.

use serde_json::Value;

use crate::console::mark::capital;
use crate::console::shell::Shell;
use crate::domain::draft;
use crate::i18n::Words;
use crate::i18n::codes;
use crate::time::Timestamp;
use crate::wire;

/// A field that was changed.
pub(super) struct Changed {
    pub(super) name: String,
    /// What stood there; empty for nothing.
    pub(super) old: String,
    /// What stands there now; empty for nothing.
    pub(super) new: String,
}

/// A part of a text that is the same in both forms, or is not.
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) changed: bool,
}

impl Changed {
    /// What stood there and what stands there, with what differs marked, by whole words.
    pub(super) fn pieces(&self) -> (Vec<Piece>, Vec<Piece>) {
        let [old, new] =
            [&self.old, &self.new].map(|text| text.split_inclusive(char::is_whitespace).collect::<Vec<_>>());
        let same = |pair: &(&&str, &&str)| pair.0.trim_end() == pair.1.trim_end();
        let is_short = old.len().min(new.len()) < WORDS && self.old != self.new;
        let least = if is_short { 0 } else { old.len().min(new.len()) };
        let before = old.iter().zip(&new).take(least).take_while(same).count();
        let rest = least - before;
        let after = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(same).count();
        let parted = |words: &[&str]| {
            let (begin, rest) = words.split_at(before.min(words.len()));
            let (middle, end) = rest.split_at(rest.len().saturating_sub(after));
            let parts = [(begin, false), (middle, true), (end, false)];
            let piece = |(words, changed): (&[&str], bool)| Piece { text: words.concat(), changed };
            parts.into_iter().map(piece).filter(|piece| !piece.text.is_empty()).collect()
        };
        (parted(&old), parted(&new))
    }
}

/// Words of a text of which parts are marked; a shorter one is marked whole.
const WORDS: usize = 5;

/// Fields of a header whose words are those of the sheet, and their code lists.
const HEADER: [(&str, &str, &str); 14] = [
    ("to", "sheet-to", ""),
    ("cc", "sheet-cc", ""),
    ("urgency", "column-urgency", "urgency"),
    ("traffic_status", "ask-traffic", "traffic"),
    ("tlp", "ask-audience", "tlp"),
    ("handling", "ask-handling", "handling"),
    ("permitted_action", "sheet-action", "permitted-action"),
    ("contains_personal_data", "sheet-personal-data", ""),
    ("purpose", "sheet-purpose", "purpose"),
    ("legal_basis", "sheet-legal-basis", "legal-basis-kind"),
    ("expires_at", "sheet-expires", ""),
    ("valid_from", "sheet-valid-from", ""),
    ("review_at", "sheet-review", ""),
    ("relates_to", "sheet-relations", "relation-kind"),
];

/// The changes since a draft was returned; `None` if it never was.
pub(super) fn changes(shell: &Shell, opened: &wire::OpenDraftResponse) -> Option<Vec<Changed>> {
    let old = draft::render(opened.returned_header.as_ref()?, opened.returned_body.as_ref()).ok()?;
    let header = opened.draft.as_ref()?.header.as_ref()?;
    let new = draft::render(header, opened.body.as_ref()).ok()?;
    Some(between(shell, &old, &new))
}

/// What a text has otherwise than the one that was sent; nothing, if they cannot be written as drafts.
pub(super) fn of_texts(
    shell: &Shell,
    header: &wire::NoticeHeader,
    (sent, reads): (&wire::NoticeBody, &wire::NoticeBody),
) -> Vec<Changed> {
    match (draft::render(header, Some(sent)), draft::render(header, Some(reads))) {
        (Ok(old), Ok(new)) => between(shell, &old, &new),
        _ => vec![],
    }
}

fn between(shell: &Shell, old: &(Value, Value), new: &(Value, Value)) -> Vec<Changed> {
    let said = draft::changes(old, new).into_iter().map(|change| {
        let names: Vec<&str> = change.path.split('.').map(plain).collect();
        Changed {
            name: name(&shell.words, &names),
            old: value(shell, &names, &change.old),
            new: value(shell, &names, &change.new),
        }
    });
    said.collect()
}

/// A step of a path without its place in a list.
fn plain(step: &str) -> &str {
    step.split_once('[').map_or(step, |(name, _)| name)
}

/// The list and the key of a field of a header.
fn of_header(names: &[&str]) -> Option<(&'static str, &'static str)> {
    match names {
        ["header", field, ..] => HEADER.iter().find(|(own, ..)| own == field).map(|(_, key, list)| (*key, *list)),
        _ => None,
    }
}

fn name(words: &Words, names: &[&str]) -> String {
    if let Some((key, _)) = of_header(names) {
        return words.get(key);
    }
    let label = |name: &&str| words.known(&format!("field-{name}")).unwrap_or_else(|| name.replace('_', " "));
    capital(&names.iter().skip(1).map(label).collect::<Vec<_>>().join(" · "))
}

fn value(shell: &Shell, names: &[&str], value: &Value) -> String {
    let field = names.last().copied().unwrap_or_default();
    let holder = names.iter().rev().nth(1).copied().unwrap_or_default();
    let list = match of_header(names) {
        Some((_, list)) => Some(list).filter(|list| !list.is_empty() && field != "ref" && field != "human_ref"),
        None => codes::list_of(holder, field),
    };
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => shell.get("value-yes"),
        Value::Bool(false) => shell.get("value-no"),
        Value::String(text) => match (list, text.parse::<Timestamp>()) {
            (Some(list), _) => shell.words.known(&codes::key(list, text)).unwrap_or_else(|| text.clone()),
            (None, Ok(time)) => shell.when.moment(time.ms()),
            (None, Err(_)) => text.clone(),
        },
        Value::Array(all) => all.iter().map(|one| self::value(shell, names, one)).collect::<Vec<_>>().join("; "),
        Value::Object(fields) => {
            let each = fields.iter().filter(|(name, _)| *name != "lang").map(|(name, inner)| {
                let path: Vec<&str> = names.iter().copied().chain([name.as_str()]).collect();
                self::value(shell, &path, inner)
            });
            each.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
        }
        Value::Number(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces, what is changed in brackets.
    fn said(old: &str, new: &str) -> (String, String) {
        let changed = Changed { name: String::new(), old: old.to_owned(), new: new.to_owned() };
        let mark = |piece: &Piece| if piece.changed { format!("[{}]", piece.text) } else { piece.text.clone() };
        let (old, new) = changed.pieces();
        (old.iter().map(mark).collect(), new.iter().map(mark).collect())
    }

    #[test]
    fn what_differs_is_marked_by_words() {
        let pair = |old: &str, new: &str| (old.to_owned(), new.to_owned());
        let (red, blue) = ("a red truck with five axles", "a blue truck with five axles");
        assert_eq!(said(red, blue), pair("a [red ]truck with five axles", "a [blue ]truck with five axles"));
        assert_eq!(said("a b c d e", "a b c d e f"), pair("a b c d e", "a b c d e [f]"));
        assert_eq!(said("a a a a a a", "a a a a a"), pair("a a a a a [a]", "a a a a a"));
        assert_eq!(said("груз: не более 5 кг", "груз: не более 7 кг").1, "груз: не более [7 ]кг");
        // What is short is marked whole.
        assert_eq!(said("officer", "officer, releasing officer"), pair("[officer]", "[officer, releasing officer]"));
        assert_eq!(said("one", ""), pair("[one]", ""));
        assert_eq!(said("same", "same"), pair("same", "same"));
    }
}
