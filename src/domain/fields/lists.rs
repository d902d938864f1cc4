//! Code lists that others keep: countries, currencies, languages, time zones (DOMAIN 2.4).
//!
//! The lists are those of the build, so two nodes may differ by a code that is new: they judge what is released, never
//! what has come.

use celes::Country;
use iso_currency::Currency;
use isolang::Language;
use jiff::tz::TimeZoneDatabase;
use unic_langid::LanguageIdentifier;

/// Issuers of travel documents that are no countries (ICAO Doc 9303-3, section 5): organisations, people without a
/// nationality, the specimen, and Germany's own letter.
const ISSUERS: [&str; 24] = [
    "D", "EUE", "GBD", "GBN", "GBO", "GBP", "GBS", "RKS", "UNA", "UNK", "UNO", "UTO", "XBA", "XCC", "XCE", "XCO",
    "XEC", "XIM", "XOM", "XPO", "XXA", "XXB", "XXC", "XXX",
];

/// Whether it is a country, ISO 3166-1 alpha-2.
pub(super) fn is_country(code: &str) -> bool {
    // The crate takes lower case as well.
    code.bytes().all(|byte| byte.is_ascii_uppercase()) && Country::from_alpha2(code).is_ok()
}

/// Whether it issues travel documents: ISO 3166-1 alpha-3, or one of Doc 9303.
pub(super) fn is_issuer(code: &str) -> bool {
    let country = code.bytes().all(|byte| byte.is_ascii_uppercase()) && Country::from_alpha3(code).is_ok();
    country || ISSUERS.contains(&code)
}

/// Whether it is a currency, ISO 4217.
pub(super) fn is_currency(code: &str) -> bool {
    Currency::from_code(code).is_some()
}

/// Whether it is a language tag (BCP 47) of a language that there is, by the shortest of its codes.
pub(super) fn is_language(tag: &str) -> bool {
    let Ok(tag) = tag.parse::<LanguageIdentifier>() else { return false };
    let code = tag.language.as_str();
    let known = match Language::from_639_3(code) {
        Some(language) => language.to_639_1().is_none(),
        None => Language::from_639_1(code).is_some(),
    };
    // A region is a country, or an area by its number (UN M.49).
    let region = tag.region.is_none_or(|region| region.as_str().len() == 3 || is_country(region.as_str()));
    known && region
}

/// Whether it is a time zone by its name in the IANA database.
pub(super) fn is_zone(name: &str) -> bool {
    // The database takes any case.
    TimeZoneDatabase::bundled().get(name).is_ok_and(|zone| zone.iana_name() == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_lists_are_known_and_no_others() {
        let judged = |is: fn(&str) -> bool, good: &[&str], bad: &[&str]| {
            for (code, there) in good.iter().map(|code| (code, true)).chain(bad.iter().map(|code| (code, false))) {
                assert_eq!(is(code), there, "{code}");
            }
        };
        judged(is_country, &["UZ", "TJ", "AF", "TM"], &["ZZ", "uz", "UZB", "", "XX", "У3"]);
        judged(is_issuer, &["UZB", "UTO", "UNO", "XXA", "D"], &["UZ", "ZZZ", "uzb", "", "GERMANY"]);
        judged(is_currency, &["UZS", "TJS", "KGS", "KZT", "TMT", "AFN", "USD"], &["zloty", "usd", "ZZZ", ""]);
        let tags = ["ru", "uz-Latn", "uz-Cyrl", "tg", "ky", "kk-Cyrl", "kk-Latn", "tk", "fa-AF", "ps", "en"];
        judged(is_language, &tags, &["Русский", "russian", "rus", "xq", "", "ru-", "fa-ZZ", "en US"]);
        judged(is_language, &["es-419", "prs"], &["qqq"]);
        judged(is_zone, &["Asia/Tashkent", "Asia/Bishkek", "Asia/Kabul", "UTC"], &["x", "asia/tashkent", "+05:00", ""]);
    }
}
