//! The words that people read, each language in a file of `i18n/` (Fluent): labels of codes and fields, and sentences.
//!
//! Programs read codes, which have no language.
//!
//! - A key that a language lacks is said in English; `tests/it/i18n.rs` proves that none lacks one.

pub mod codes;
pub mod counts;
pub mod entries;
mod language;
mod officers;
mod said;

use std::sync::Arc;

use fluent_bundle::FluentArgs;
use fluent_bundle::FluentResource;
use fluent_bundle::FluentValue;
use fluent_bundle::concurrent::FluentBundle;

use crate::wire;
use crate::wire::json::Word;

pub use crate::i18n::language::CODES;
pub use crate::i18n::language::Language;
pub use crate::i18n::language::NoSuchCode;
pub use crate::i18n::said::ENGLISH;
pub use crate::i18n::said::said;

/// The words of a language.
pub struct Words {
    language: Language,
    own: FluentBundle<Arc<FluentResource>>,
    english: FluentBundle<Arc<FluentResource>>,
    is_page: bool,
}

/// What a message names that is a number, by which it may choose its words.
const NUMBERS: [&str; 2] = ["count", "month"];

/// What a message names: codes, numbers and times. What ends in `_bytes` is a number of bytes, which is said as a size.
pub type Names<'a> = &'a [(&'a str, String)];

impl Words {
    /// The words of a language.
    #[must_use]
    pub fn of(language: Language) -> Self {
        Self::as_said(language, false)
    }

    /// The words of a language as pages say them. What names a command has an attribute `page`, which they say instead: of
    /// its `do`, or of the message if it has none.
    #[must_use]
    pub fn of_pages(language: Language) -> Self {
        Self::as_said(language, true)
    }

    fn as_said(language: Language, is_page: bool) -> Self {
        // A browser needs marks around a code in a line from right to left; a terminal shows them as boxes.
        let own = language.bundle(is_page && language.direction() == "rtl");
        Self { language, own, english: Language::english().bundle(false), is_page }
    }

    /// The language itself.
    #[must_use]
    pub const fn language(&self) -> &Language {
        &self.language
    }

    /// The words of a key; the key itself if no language has it.
    #[must_use]
    pub fn get(&self, key: &str) -> String {
        self.say(key, &[])
    }

    /// The same, with names filled in.
    #[must_use]
    pub fn say(&self, key: &str, names: Names<'_>) -> String {
        self.find(key, None, names).unwrap_or_else(|| key.to_owned())
    }

    /// What to do about what a key says: its attribute `do`; `None` if it has none.
    #[must_use]
    pub fn advice(&self, key: &str, names: Names<'_>) -> Option<String> {
        self.find(key, Some("do"), names)
    }

    /// The words of a key, if any language has it.
    #[must_use]
    pub fn known(&self, key: &str) -> Option<String> {
        self.find(key, None, &[])
    }

    /// The label of a value on the wire; empty for 0, the number itself for one that this version does not know.
    #[must_use]
    pub fn label<E: Word>(&self, number: i32) -> String {
        match E::try_from(number) {
            _ if number == 0 => String::new(),
            Ok(value) => self.get(&key_of(value)),
            Err(_) => number.to_string(),
        }
    }

    /// How long ago something was, by its age in ms.
    #[must_use]
    pub fn age(&self, ms: i64) -> String {
        const UNITS: [(i64, &str); 3] = [(86_400_000, "age-days"), (3_600_000, "age-hours"), (60_000, "age-minutes")];
        let unit = UNITS.into_iter().find(|(length, _)| ms >= *length);
        let said = |(length, key): (i64, &str)| self.say(key, &[("count", (ms / length).to_string())]);
        unit.map_or_else(|| self.get("age-now"), said)
    }

    /// A number of bytes, as people read it.
    #[must_use]
    pub fn size(&self, bytes: u64) -> String {
        const UNITS: [(u32, &str); 3] = [(30, "size-gib"), (20, "size-mib"), (10, "size-kib")];
        let Some((shift, key)) = UNITS.into_iter().find(|(shift, _)| bytes >> shift > 0) else {
            return self.say("console-bytes", &[("count", bytes.to_string())]);
        };
        let tenths = (u128::from(bytes) * 10) >> shift;
        let size = format!("{}{}{}", tenths / 10, self.get("number-point"), tenths % 10);
        self.say(key, &[("size", size)])
    }

    /// How many attachments are still to come from a peer, and how much of them is here.
    #[must_use]
    pub fn attachments_to_come(&self, peer: &wire::PeerStatus) -> String {
        let names = [
            ("count", peer.attachments.to_string()),
            ("here_bytes", peer.attachment_bytes_here.to_string()),
            ("all_bytes", peer.attachment_bytes.to_string()),
        ];
        self.say("peer-attachments", &names)
    }

    /// The codes of a list, such as `urgency`, as they are typed.
    #[must_use]
    pub fn codes(list: &str) -> Vec<&'static str> {
        let keys = language::ENGLISH_TEXT.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key);
        // A list whose name begins like another's has a dash in what follows.
        let code = |key: &'static str| key.strip_prefix(list)?.strip_prefix('-').filter(|code| !code.contains('-'));
        keys.filter_map(code).collect()
    }

    /// A code that a message names, as a page says it.
    fn in_words(&self, name: &str, value: &str) -> String {
        let word = match name {
            "kind" => self.known(&format!("notice-kind-{value}")),
            "purpose" => self.known(&format!("purpose-{value}")),
            _ => None,
        };
        word.unwrap_or_else(|| value.to_owned())
    }

    fn find(&self, key: &str, attribute: Option<&str>, names: Names<'_>) -> Option<String> {
        let value = |(name, value): &(&str, String)| match value.parse::<u64>() {
            Ok(number) if NUMBERS.contains(name) => FluentValue::from(number),
            Ok(bytes) if name.ends_with("_bytes") => FluentValue::from(self.size(bytes)),
            _ if self.is_page => FluentValue::from(self.in_words(name, value)),
            _ => FluentValue::from(value.clone()),
        };
        let args: FluentArgs<'_> = names.iter().map(|name| (name.0, value(name))).collect();
        [&self.own, &self.english].into_iter().find_map(|bundle| {
            let message = bundle.get_message(key)?;
            let does = message.get_attribute("do");
            let page = message.get_attribute("page").filter(|_| self.is_page && does.is_some() == attribute.is_some());
            let pattern = match (page, attribute) {
                (Some(page), _) => page.value(),
                (None, Some(attribute)) => message.get_attribute(attribute)?.value(),
                (None, None) => message.value()?,
            };
            // What cannot be filled in stays as its name in braces.
            let said = bundle.format_pattern(pattern, Some(&args), &mut vec![]).into_owned();
            Some(names.iter().fold(said, |said, (_, value)| stopped_once(said, value)))
        })
    }
}

/// A sentence without the full stop behind what ends with one already.
fn stopped_once(said: String, value: &str) -> String {
    if value.ends_with(['.', '!', '?', '…']) { said.replace(&[value, "."].concat(), value) } else { said }
}

/// The key of a value's label, such as `notice-kind-SEIZURE_REPORT`.
fn key_of<E: Word>(value: E) -> String {
    format!("{}{}", E::prefix().to_ascii_lowercase().replace('_', "-"), value.word())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::NoticeKind;

    #[test]
    fn pages_say_something_else_than_a_command() {
        for language in Language::all() {
            let (terminal, pages) = (Words::of(language.clone()), Words::of_pages(language));
            let advice = |words: &Words| words.advice("refused-notice-unknown", &[]).unwrap();
            assert!(advice(&terminal).contains("chapar inbox") && !advice(&pages).contains("chapar"));
            let what = |words: &Words| words.get("refused-notice-unknown");
            assert_eq!(what(&terminal), what(&pages), "only what to do is another");
            let import = |words: &Words| words.get("probe-import");
            assert!(import(&terminal).contains("chapar roster import") && !import(&pages).contains("chapar"));
            assert_eq!(pages.advice("p08-tlp-red", &[]), terminal.advice("p08-tlp-red", &[]));
            // Names of programs stay with programs.
            let kind = [("kind", "VEHICLE_ALERT".to_owned())];
            let lacks = |words: &Words| words.say("kind-field-missing", &kind);
            assert!(
                lacks(&terminal).contains("VEHICLE_ALERT")
                    && lacks(&pages).contains(&pages.get("notice-kind-VEHICLE_ALERT"))
            );
            let (rule, path) = ("K:VEHICLE_ALERT.plate".to_owned(), "body.vehicles[0].plate_raw".to_owned());
            let finding = wire::Finding { rule, path, ..wire::Finding::default() };
            assert_eq!(pages.place(&finding), pages.get("field-plate_raw"));
            assert_eq!(terminal.place(&finding), finding.place());
        }
    }

    #[test]
    fn what_is_wrong_with_a_draft_is_said_on_pages_without_the_names_of_programs() {
        for language in Language::all() {
            let pages = Words::of_pages(language);
            let keys = language::ENGLISH_TEXT.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key);
            let of_drafts = |key: &&str| {
                let parts = ["form-", "p0", "p1", "p2", "review-", "refusal-", "valid-", "expires-", "kind-", "alert-"];
                parts.iter().any(|part| key.starts_with(part)) || *key == "refused-expired"
            };
            for key in keys.filter(of_drafts) {
                let said = [pages.get(key), pages.advice(key, &[]).unwrap_or_default()].join(" ");
                let plain =
                    said.replace("{$", "").split(' ').all(|word| !word.contains('_') || word.to_uppercase() == *word);
                assert!(plain, "{key}: {said}");
            }
        }
    }

    #[test]
    fn sizes_are_said_as_the_language_writes_them() {
        let (en, ru) = (Words::of(Language::english()), Words::of(Language::of_locale("ru")));
        assert_eq!([1023, 1536, 5 << 30].map(|bytes| en.size(bytes)), ["1023 bytes", "1.5 KiB", "5.0 GiB"]);
        assert_eq!([1, 1536].map(|bytes| ru.size(bytes)), ["1 байт", "1,5 КиБ"]);
        let names = [("free_bytes", (3_u64 << 29).to_string()), ("stops_bytes", "1024".to_owned())];
        assert_eq!(ru.say("problem-disk-low", &names), "На диске осталось 1,5 ГиБ");
        assert!(en.advice("problem-disk-low", &names).unwrap().contains("below 1.0 KiB"));
    }

    #[test]
    fn a_sentence_ends_once() {
        let words = Words::of(Language::english());
        let names = |why: &str| [("reference", "R".into()), ("time", "T".into()), ("why", why.to_owned())];
        let bar = |why| words.say("console-bar-withdrawn", &names(why));
        assert_eq!(bar("a test of October."), "Withdrawn with R, T: a test of October. Do not act on it.");
        assert_eq!(bar("a test"), "Withdrawn with R, T: a test. Do not act on it.");
        assert_eq!(bar("is it?"), "Withdrawn with R, T: is it? Do not act on it.");
    }

    #[test]
    fn labels_are_words() {
        let (en, ru) = (Words::of(Language::english()), Words::of(Language::of_locale("ru")));
        let kind: i32 = NoticeKind::VehicleAlert.into();
        assert_eq!(en.label::<NoticeKind>(kind), "vehicle alert");
        assert_eq!(ru.label::<NoticeKind>(kind), "ориентировка: транспорт");
        assert_eq!([ru.label::<NoticeKind>(0), ru.label::<NoticeKind>(99)], ["", "99"]);
        assert_eq!((ru.get("no-such-key"), ru.known("no-such-key")), ("no-such-key".to_owned(), None));
        assert_eq!(ru.say("sheet-only", &[("traffic", "УЧЕНИЯ".to_owned())]), "ТОЛЬКО УЧЕНИЯ");
        assert_eq!(en.advice("sheet-only", &[]), None);
    }
}
