//! The rule of texts (DOMAIN 6.7, ruling 10) and their lengths, the same for drafts and for received bodies.
//!
//! Not about what a text says: nothing here parses free text.
//!
//! - Every text is in normal form C, not empty, and has no control character but line feed and tab.
//! - Nothing in a text changes the direction of what stands beside it. ZWNJ and ZWJ are text: Arabic script needs them.
//! - Lengths count Unicode scalar values.

use serde_json::Value;

use crate::domain::problem::Cause;
use crate::domain::problem::Problem;
use crate::limits;

/// Checks every string and every list of a body or a header, as serde renders it; `root` is what paths begin with.
///
/// # Errors
/// The first string or list that breaks a rule; a `null`, too, which is a value that is not there.
pub fn check_texts(value: &Value, root: &str) -> Result<(), Problem> {
    walk(value, root, Place { outer: "", field: root })
}

/// Checks one text of at most `max` characters.
///
/// # Errors
/// What the text breaks; never the text.
pub fn check_text(text: &str, max: usize) -> Result<(), Cause> {
    if text.is_empty() {
        return Err(Cause::Empty);
    }
    if !text.chars().all(is_text) {
        return Err(Cause::Character);
    }
    if !unicode_normalization::is_nfc(text) {
        return Err(Cause::NotNfc);
    }
    if text.chars().count() > max { Err(Cause::Long { max }) } else { Ok(()) }
}

/// Checks one text that has one line.
///
/// # Errors
/// What the text breaks; never the text.
pub fn check_line(line: &str, max: usize) -> Result<(), Cause> {
    if line.contains(['\n', '\t']) {
        return Err(Cause::Character);
    }
    check_text(line, max)
}

/// Checks the reference of an agreement or a law: one word, as authorities number their acts. The only free text of a
/// header, so nothing can be told in it (P-13).
///
/// # Errors
/// What the reference breaks.
pub fn check_basis(reference: &str, max: usize) -> Result<(), Cause> {
    check_line(reference, max)?;
    let sign = |c: char| c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | ':' | '(' | ')' | '№');
    let fits = reference.chars().all(sign) && reference.starts_with(char::is_alphanumeric);
    if fits { Ok(()) } else { Err(Cause::Basis) }
}

/// Whether a character may stand in a text.
#[must_use]
pub fn is_text(c: char) -> bool {
    let noncharacter = u32::from(c) & 0xFFFE == 0xFFFE || matches!(c, '\u{FDD0}'..='\u{FDEF}');
    let direction = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
    let control = c.is_control() && !matches!(c, '\n' | '\t');
    !(noncharacter || direction || control)
}

/// Where a value stands: the field, and the field that its object stands in. Lists do not count.
#[derive(Clone, Copy)]
struct Place<'a> {
    outer: &'a str,
    field: &'a str,
}

impl Place<'_> {
    fn max_chars(self) -> usize {
        match (self.outer, self.field) {
            // A replaced field may be a long one; the whole corrected body is checked again.
            ("narrative" | "translations" | "description" | "value", "text") => limits::LONG_TEXT_CHARS,
            ("questions" | "risk_indicators", "text") => limits::SHORT_TEXT_CHARS,
            (_, "source_summary") => limits::SOURCE_SUMMARY_CHARS,
            _ => limits::TEXT_CHARS,
        }
    }

    fn max_items(self) -> usize {
        if self.field == "questions" { limits::QUESTIONS } else { limits::LIST }
    }
}

fn walk(value: &Value, path: &str, place: Place<'_>) -> Result<(), Problem> {
    match value {
        Value::Null => Err(Problem::new(path, Cause::Missing)),
        Value::Bool(_) | Value::Number(_) => Ok(()),
        Value::String(text) => check_text(text, place.max_chars()).map_err(|what| Problem::new(path, what)),
        Value::Array(list) => {
            let max = place.max_items();
            if list.len() > max {
                return Err(Problem::new(path, Cause::Many { max }));
            }
            list.iter().enumerate().try_for_each(|(i, item)| walk(item, &format!("{path}[{i}]"), place))
        }
        Value::Object(fields) => fields.iter().try_for_each(|(field, value)| {
            walk(value, &format!("{path}.{field}"), Place { outer: place.field, field })
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cause(text: &str) -> Option<Cause> {
        check_text(text, 100).err()
    }

    #[test]
    fn characters_that_are_not_text_are_refused() {
        for bad in [
            "\u{0}",
            "\u{7}",
            "\r",
            "\u{7F}",
            "\u{85}",
            "\u{9B}",
            "\u{202A}",
            "\u{202E}",
            "\u{2066}",
            "\u{2069}",
            "\u{FEFF}",
            "\u{FDD0}",
            "\u{FDEF}",
            "\u{FFFE}",
            "\u{FFFF}",
            "\u{1FFFE}",
            "\u{10FFFF}",
        ] {
            assert_eq!(cause(&format!("a{bad}b")), Some(Cause::Character), "{bad:?}");
        }
        for good in ["a\n\tb", "می\u{200C}خواهم", "\u{200D}", "سلام", "Ҷумъа", "\u{FFFD}", "🚛"] {
            assert_eq!(cause(good), None, "{good}");
        }
        assert_eq!(cause("и\u{306}"), Some(Cause::NotNfc));
        assert_eq!(cause(""), Some(Cause::Empty));
        assert_eq!(check_line("a\nb", 9), Err(Cause::Character));
    }

    #[test]
    fn a_reference_of_an_agreement_is_one_word() {
        for good in ["TM-UZ/2023-04", "MLA-CA/2009-3", "ЗРУ-57", "123-ФЗ(2)"] {
            assert_eq!(check_basis(good, 64), Ok(()), "{good}");
        }
        for bad in ["a driver of the truck", " x", "x ", "-1", "см.№1, Иванов", "x\u{200D}y"] {
            assert_eq!(check_basis(bad, 64), Err(Cause::Basis), "{bad}");
        }
        assert_eq!(check_basis("", 64), Err(Cause::Empty));
        assert_eq!(check_basis(&"x".repeat(65), 64), Err(Cause::Long { max: 64 }));
    }

    #[test]
    fn lengths_follow_the_field() {
        let is = |body: Value| check_texts(&body, "body").map_err(|p| p.to_string());
        let text = |count: usize| json!({"text": "я".repeat(count), "lang": "ru"});
        assert_eq!(is(json!({"narrative": text(20_000), "subject": text(4_000)})), Ok(()));
        let too_long = is(json!({"narrative": text(20_001)}));
        assert_eq!(too_long, Err("body.narrative.text is longer than 20000 characters".to_owned()));
        assert!(is(json!({"subject": text(4_001)})).is_err());
        assert!(is(json!({"place": {"description": "я".repeat(4_001)}})).is_err());
        assert_eq!(is(json!({"modus_operandi": {"description": text(20_000)}})), Ok(()));
        assert_eq!(
            is(json!({"request": {"questions": [text(1_000), text(1_001)]}})),
            Err("body.request.questions[1].text is longer than 1000 characters".to_owned())
        );
        assert_eq!(is(json!({"marking": {"source_summary": "я".repeat(500)}})), Ok(()));
        assert!(is(json!({"marking": {"source_summary": "я".repeat(501)}})).is_err());
    }

    #[test]
    fn long_lists_are_refused() {
        let questions = |count: usize| json!({"request": {"questions": vec![json!({"text": "a"}); count]}});
        assert_eq!(check_texts(&questions(20), "body"), Ok(()));
        let problem = check_texts(&questions(21), "body").unwrap_err();
        assert_eq!(problem.to_string(), "body.request.questions has more than 20 items");
        assert!(check_texts(&json!({"persons": vec![json!({}); 257]}), "body").is_err());
    }

    #[test]
    fn paths_are_fit_to_print() {
        let problem = check_texts(&json!({"a\u{1B}[2J\u{202E}": ""}), "body").unwrap_err();
        assert_eq!(problem.path, "body.a[2J");
    }
}
