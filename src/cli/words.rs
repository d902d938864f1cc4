//! Values of the wire as words: for people in lower case, for programs as the draft file writes them.

use serde_json::Value;
use serde_json::json;

use crate::edge::people;
use crate::i18n::Words;
use crate::time::Timestamp;
use crate::wire::Said;
use crate::wire::json::Word;
use crate::wire::json::word_of;

/// The word of an enum value as a draft writes it, such as `SEIZURE_REPORT`; null if it says nothing.
pub(super) fn word<E: Word>(number: i32) -> Value {
    json!(word_of::<E>(number))
}

/// The same for people: `seizure report`.
pub(super) fn words<E: Word>(number: i32) -> String {
    spoken(word_of::<E>(number).unwrap_or_default())
}

/// A word of a draft for people.
pub(super) fn spoken(word: &str) -> String {
    word.to_ascii_lowercase().replace('_', " ")
}

/// A time as RFC 3339; null for none.
pub(super) fn time(ms: i64) -> Value {
    if ms == 0 { Value::Null } else { json!(Timestamp::clamped(ms).to_string()) }
}

/// A time for people, in UTC, to the second; empty for none.
pub(super) fn moment(ms: i64) -> String {
    if ms == 0 { String::new() } else { people::moment(Timestamp::clamped(ms)) }
}

/// Bytes as lower-case hex; null for none.
pub(super) fn digest(bytes: &[u8]) -> Value {
    if bytes.is_empty() { Value::Null } else { json!(hex::encode(bytes)) }
}

/// A text; null for none.
pub(super) fn text(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { json!(text) }
}

/// The key of a message; null for none.
pub(super) fn key(said: Option<&Said>) -> Value {
    json!(said.map(|said| &said.key))
}

/// A number and what is counted, by a message that chooses its words by the `count`.
pub(super) fn counted(key: &str, count: impl ToString, words: &Words) -> String {
    words.say(key, &[("count", count.to_string())])
}

/// A number and what is counted: `1 office`, `2 offices`.
pub(super) fn count(number: impl Into<i128>, thing: &str) -> String {
    let number = number.into();
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;
    use crate::wire;

    #[test]
    fn values_become_words() {
        let kind: i32 = wire::NoticeKind::SeizureReport.into();
        assert_eq!(word::<wire::NoticeKind>(kind), "SEIZURE_REPORT");
        assert_eq!(words::<wire::NoticeKind>(kind), "seizure report");
        assert_eq!((word::<wire::NoticeKind>(0), words::<wire::NoticeKind>(0)), (Value::Null, String::new()));
        assert_eq!((time(0), time(1)), (Value::Null, json!("1970-01-01T00:00:00.001Z")));
        assert_eq!(moment(1000), "1970-01-01 00:00:01");
        let (en, ru) = (Words::of(Language::english()), Words::of(Language::of_locale("ru")));
        let ages = [59_999, 60_000, 2 * 86_400_000, 5 * 86_400_000];
        assert_eq!(ages.map(|ms| en.age(ms)), ["less than a minute", "1 minute", "2 days", "5 days"]);
        assert_eq!(ages.map(|ms| ru.age(ms)), ["меньше минуты", "1 минута", "2 дня", "5 дней"]);
    }
}
