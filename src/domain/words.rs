//! Words: how texts and names are split for search, and the form in which the words of a text are compared.
//!
//! For the languages of the offices: Latin, Cyrillic and Arabic script. For search only: never sent, never shown.
//!
//! - A word is a run of letters, marks, digits and apostrophes of any form.
//! - Hyphens and ZWNJ join the parts of a compound; it is found by its parts and as a whole.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::domain::fields::decimal;
use crate::limits;

/// Lengthens a line of Arabic script; says nothing.
const TATWEEL: char = '\u{640}';

/// A word, or several that hyphens or ZWNJ join.
#[derive(Clone, PartialEq, Eq)]
pub struct Compound<'a> {
    parts: Vec<&'a str>,
}

impl<'a> Compound<'a> {
    /// Its parts, at least one, in their order.
    #[must_use]
    pub fn parts(&self) -> &[&'a str] {
        &self.parts
    }

    /// The parts without what joins them, if there are several.
    #[must_use]
    pub fn joined(&self) -> Option<String> {
        (self.parts.len() > 1).then(|| self.parts.concat())
    }

    /// The parts, and the whole if there are several.
    pub fn spellings(&self) -> impl Iterator<Item = String> {
        self.parts.iter().map(ToString::to_string).chain(self.joined())
    }
}

/// The words and compounds of a text, in their order.
pub fn compounds(text: &str) -> impl Iterator<Item = Compound<'_>> {
    text.split(|c| !belongs(c) && !joins(c)).filter_map(|run| {
        let parts: Vec<_> = run.split(joins).filter(|part| part.chars().any(says)).collect();
        (!parts.is_empty()).then_some(Compound { parts })
    })
}

/// The form in which a word of a text is compared: lower case, no marks but that of й, no apostrophes, one form of each
/// Arabic letter, digits of any script as 0-9.
#[must_use]
pub fn fold(word: &str) -> String {
    let lower = word.nfkc().take(limits::WORD_CHARS).flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(word.len());
    for c in lower {
        if c == 'й' {
            folded.push(c);
        } else {
            let base = std::iter::once(c).nfkd().filter(|c| !is_combining_mark(*c) && !is_apostrophe(*c));
            folded.extend(base.filter(|c| *c != TATWEEL).map(|c| decimal(c).unwrap_or_else(|| arabic(c))));
        }
    }
    folded
}

/// Whether a character stands for an apostrophe: what keyboards offer for the Uzbek oʻ and gʻ, for hard and soft signs
/// and for ayn.
#[must_use]
pub const fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '´' | '‘' | '’' | '‛' | '′' | '″' | '＇' | '\u{2B9}'
            ..='\u{2BF}' | '\u{2C8}' | '\u{2CA}' | '\u{2CB}'
    )
}

/// Whether a word is written in Arabic script.
#[must_use]
pub fn is_arabic(word: &str) -> bool {
    word.nfkc().any(|c| matches!(c, '\u{620}'..='\u{64A}' | '\u{66E}'..='\u{6D5}' | '\u{6EE}'..='\u{6FF}'))
}

fn belongs(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || is_apostrophe(c) || c == '\u{200D}'
}

/// Whether a part says something: apostrophes alone do not.
fn says(c: char) -> bool {
    c.is_alphanumeric() && !is_apostrophe(c) && c != TATWEEL
}

const fn joins(c: char) -> bool {
    matches!(c, '-' | '\u{200C}' | '\u{AD}' | '\u{2010}'..='\u{2012}' | '\u{2212}')
}

/// One form of the letters that keyboards of Arabic, Dari and Pashto have in several.
const fn arabic(c: char) -> char {
    match c {
        'ي' | 'ى' | 'ې' | 'ۍ' | 'ے' => 'ی',
        'ك' | 'ڪ' => 'ک',
        'ة' | 'ہ' | 'ە' | 'ھ' => 'ه',
        'ګ' => 'گ',
        'ٱ' => 'ا',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<Vec<&str>> {
        compounds(text).map(|compound| compound.parts().to_vec()).collect()
    }

    fn folded(text: &str) -> Vec<String> {
        compounds(text).flat_map(|compound| compound.parts().to_vec()).map(fold).collect()
    }

    #[test]
    fn texts_are_split_into_words_and_compounds() {
        assert_eq!(parts("Изъято 9,4 кг (героин)."), [["Изъято"], ["9"], ["4"], ["кг"], ["героин"]]);
        assert_eq!(parts("Фёдоров-Образцов  П. – Пётр"), [vec!["Фёдоров", "Образцов"], vec!["П"], vec!["Пётр"]]);
        assert_eq!(parts("یوسف نمونه\u{200C}ای،"), [vec!["یوسف"], vec!["نمونه", "ای"]]);
        assert_eq!(parts("- ' \u{200C} ʼ … —"), [[""; 0]; 0]);
        assert_eq!(compounds("Бор-Дөбө").next().unwrap().joined().unwrap(), "БорДөбө");
        assert_eq!(compounds("Бор").next().unwrap().joined(), None);
    }

    #[test]
    fn words_of_all_languages_have_one_form() {
        assert_eq!(folded("Изъятие ПОДЪЁМ Йогурт"), ["изъятие", "подъем", "йогурт"]);
        assert_eq!(folded("Oʻgʻil o'g'il O‘G‘IL o`g`il"), ["ogil"; 4]);
        assert_eq!(folded("Ӯктам Ғафур ҶУМЪА"), ["уктам", "ғафур", "ҷумъа"]);
        assert_eq!(folded("Өмүр Іңкәр"), ["өмүр", "іңкәр"]);
        assert_eq!(folded("Nusgaýew Şöhrat ÇARY"), ["nusgayew", "sohrat", "cary"]);
        assert_eq!(folded("حيرتان حیرتان كابل کـابل آصف"), ["حیرتان", "حیرتان", "کابل", "کابل", "اصف"]);
        assert_eq!(folded("ولسوالۍ ولسوالي مُحَمَّد"), ["ولسوالی", "ولسوالی", "محمد"]);
        assert_eq!(folded("۱۲۳ ٤٥٦ ７８９"), ["123", "456", "789"]);
    }

    #[test]
    fn composed_and_decomposed_forms_are_one() {
        assert_eq!(fold("Ё"), fold("Е\u{308}"));
        assert_eq!(fold("й"), fold("и\u{306}"));
        assert_eq!(fold("ﷲ"), fold("الله"));
    }
}
