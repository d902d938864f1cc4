//! The languages that the pages speak, and the words of each.

use std::sync::Arc;

use crate::i18n::Language;
use crate::i18n::Words;

/// What is said in each language; English first.
pub(super) struct Speech {
    words: Vec<Arc<Words>>,
    /// What a choice of a language is called, in all of them.
    pub(super) choice: String,
}

impl Speech {
    /// In these languages.
    pub(super) fn new(languages: Vec<Language>) -> Self {
        let words: Vec<_> = languages.into_iter().map(|language| Arc::new(Words::of_pages(language))).collect();
        let choice: Vec<String> = words.iter().map(|words| words.get("console-language")).collect();
        Self { words, choice: choice.join(" / ") }
    }

    /// The languages, as they are chosen from.
    pub(super) fn languages(&self) -> impl Iterator<Item = &Language> + Clone {
        self.words.iter().map(|words| words.language())
    }

    /// The words of the first of these locales that is spoken; else English.
    pub(super) fn words(&self, locales: &str) -> Arc<Words> {
        let chosen = Language::chosen(locales, self.languages()).cloned().unwrap_or_else(Language::english);
        let found = self.words.iter().find(|words| *words.language() == chosen);
        found.cloned().unwrap_or_else(|| Arc::new(Words::of_pages(chosen)))
    }
}
