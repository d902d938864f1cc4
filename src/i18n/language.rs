//! The languages that people are spoken to in: one for each file of `i18n/`, named by its code. A new file is a new language.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::OnceLock;

use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

/// What is said in English, and so in every language that lacks the words.
pub(super) const ENGLISH_TEXT: &str = include_str!("../../i18n/en.ftl");

#[derive(RustEmbed)]
#[folder = "i18n/"]
#[include = "*.ftl"]
#[exclude = "en.ftl"]
struct Others;

static ENGLISH: LazyLock<Language> = LazyLock::new(|| {
    let id = "en".parse().unwrap_or_default();
    Language(Arc::new(File { id, code: "en".to_owned(), text: ENGLISH_TEXT.into(), words: OnceLock::new() }))
});

static ALL: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let others = Others::iter().filter_map(|name| {
        let text = match Others::get(&name)?.data {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => String::from_utf8_lossy(&bytes).into_owned().into(),
        };
        Language::read(name.strip_suffix(".ftl")?, text).ok()
    });
    std::iter::once(ENGLISH.clone()).chain(others).collect()
});

/// The codes of the languages of this build.
pub static CODES: LazyLock<Vec<String>> = LazyLock::new(|| ALL.iter().map(|one| one.code().to_owned()).collect());

/// Variables of the environment that name the locale of messages; the first that is set counts.
const LOCALE: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// A language that people are spoken to in.
#[derive(Clone)]
pub struct Language(Arc<File>);

struct File {
    id: LanguageIdentifier,
    code: String,
    text: Cow<'static, str>,
    words: OnceLock<Arc<FluentResource>>,
}

/// A file is named after no language.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no code of a language; name its file as in ru.ftl or uz-Cyrl.ftl")]
pub struct NoSuchCode(String);

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.0.code == other.0.code
    }
}

impl Language {
    /// English.
    #[must_use]
    pub fn english() -> Self {
        ENGLISH.clone()
    }

    /// Those of this build, one for each file of `i18n/`; English first.
    #[must_use]
    pub fn all() -> Vec<Self> {
        ALL.clone()
    }

    /// A language by its code (BCP 47), such as `ru` or `uz-Cyrl`, and its words in Fluent. What cannot be read of them is
    /// said in English.
    ///
    /// # Errors
    /// If it is no code.
    pub fn read(code: &str, text: impl Into<Cow<'static, str>>) -> Result<Self, NoSuchCode> {
        let id = code.parse().map_err(|_| NoSuchCode(code.to_owned()))?;
        Ok(Self(Arc::new(File { id, code: code.to_owned(), text: text.into(), words: OnceLock::new() })))
    }

    /// The language of the environment's locale.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the locale is no setting of Chapar's")]
    pub fn of_environment() -> Self {
        let set = LOCALE.into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
        Self::of_locale(&set.unwrap_or_default())
    }

    /// The language of a locale such as `ru_KG.UTF-8`; English for what is not spoken here.
    #[must_use]
    pub fn of_locale(locale: &str) -> Self {
        Self::chosen(locale, ALL.iter()).cloned().unwrap_or_else(Self::english)
    }

    /// The first of locales, as in `ru_KG.UTF-8` or `tg, ru-RU;q=0.9`, that is one of these languages.
    pub fn chosen<'a>(locales: &str, among: impl Iterator<Item = &'a Self> + Clone) -> Option<&'a Self> {
        locales.split(',').find_map(|locale| {
            let wanted: LanguageIdentifier = locale.split(['.', '@', ';']).next()?.trim().parse().ok()?;
            among.clone().find(|language| language.0.id.matches(&wanted, true, true))
        })
    }

    /// Its code, as its file is named.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name in itself: the term `-name`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.term("-name").unwrap_or_else(|| self.code())
    }

    /// Its name where there is room for few letters: the term `-short`.
    #[must_use]
    pub fn short(&self) -> &str {
        self.term("-short").unwrap_or_else(|| self.name())
    }

    /// Where its lines begin: the term `-dir`, `ltr` or `rtl`.
    #[must_use]
    pub fn direction(&self) -> &'static str {
        if self.term("-dir") == Some("rtl") { "rtl" } else { "ltr" }
    }

    /// What stands behind a term that has one line.
    fn term(&self, name: &str) -> Option<&str> {
        self.0.text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix('=').map(str::trim))
    }

    /// Its words; with marks around what is filled in, if that may be written in the other direction.
    pub(super) fn bundle(&self, isolates: bool) -> FluentBundle<Arc<FluentResource>> {
        let read = || match FluentResource::try_new(self.0.text.clone().into_owned()) {
            Ok(words) | Err((words, _)) => Arc::new(words),
        };
        let mut bundle = FluentBundle::new_concurrent(vec![self.0.id.clone()]);
        bundle.set_use_isolating(isolates);
        bundle.add_resource_overriding(Arc::clone(self.0.words.get_or_init(read)));
        bundle
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_decides() {
        for locale in ["ru", "ru_RU.UTF-8", "ru_KG", "RU-ru", "ru@latin", "tg, ru-RU;q=0.9, en;q=0.8"] {
            assert_eq!(Language::of_locale(locale).code(), "ru", "{locale}");
        }
        for locale in ["", "C", "POSIX", "en_US.UTF-8", "tg_TJ", "rue", ",;,", "en, ru"] {
            assert_eq!(Language::of_locale(locale), Language::english(), "{locale}");
        }
    }

    #[test]
    fn a_script_that_is_asked_for_counts() {
        let read = |code: &str| Language::read(code, "").unwrap();
        let among = [Language::english(), read("uz-Cyrl"), read("uz-Latn")];
        let chosen = |locales: &str| Language::chosen(locales, among.iter()).map(Language::code);
        assert_eq!([chosen("uz-Latn-UZ"), chosen("uz_UZ"), chosen("kk")], [Some("uz-Latn"), Some("uz-Cyrl"), None]);
        assert!(Language::read("no code", "").unwrap_err().to_string().contains("no code is no code of a language"));
    }

    #[test]
    fn a_file_says_what_its_language_is() {
        let of = |text: &'static str| Language::read("fa", text).unwrap();
        let persian = of("# Persian\n-name = فارسی\n-short = فا\n-dir = rtl\n");
        assert_eq!((persian.name(), persian.short(), persian.direction()), ("فارسی", "فا", "rtl"));
        assert_eq!((of("").name(), of("").direction()), ("fa", "ltr"));
    }
}
