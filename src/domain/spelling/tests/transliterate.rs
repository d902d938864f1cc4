//! Transliterations that the vectors do not have: ISO 9, ICAO 9303 and the Uzbek table, letter by letter.

/// The three tables.
pub(super) const SCHEMES: [Scheme; 3] = [Scheme::Icao9303, Scheme::Iso9, Scheme::Uzbek];

/// A table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Icao9303,
    Iso9,
    Uzbek,
}

/// Cyrillic letters that the tables share: letter, ICAO 9303, ISO 9, Uzbek; `!` where a table lacks it.
const TABLE: [(char, &str, &str, &str); 48] = [
    ('а', "a", "a", "a"),
    ('б', "b", "b", "b"),
    ('в', "v", "v", "v"),
    ('г', "g", "g", "g"),
    ('д', "d", "d", "d"),
    ('е', "e", "e", "e"),
    ('ё', "e", "ë", "yo"),
    ('ж', "zh", "ž", "j"),
    ('з', "z", "z", "z"),
    ('и', "i", "i", "i"),
    ('й', "i", "j", "y"),
    ('к', "k", "k", "k"),
    ('л', "l", "l", "l"),
    ('м', "m", "m", "m"),
    ('н', "n", "n", "n"),
    ('о', "o", "o", "o"),
    ('п', "p", "p", "p"),
    ('р', "r", "r", "r"),
    ('с', "s", "s", "s"),
    ('т', "t", "t", "t"),
    ('у', "u", "u", "u"),
    ('ф', "f", "f", "f"),
    ('х', "kh", "h", "x"),
    ('ц', "ts", "c", "s"),
    ('ч', "ch", "č", "ch"),
    ('ш', "sh", "š", "sh"),
    ('щ', "shch", "ŝ", "!"),
    ('ъ', "ie", "ʺ", "ʼ"),
    ('ы', "y", "y", "!"),
    ('ь', "", "ʹ", ""),
    ('э', "e", "è", "e"),
    ('ю', "iu", "û", "yu"),
    ('я', "ia", "â", "ya"),
    ('ў', "u", "ŭ", "oʻ"),
    ('қ', "k", "ķ", "q"),
    ('ғ', "g", "ġ", "gʻ"),
    ('ҳ', "kh", "ḩ", "h"),
    ('ӣ', "i", "ī", "!"),
    ('ӯ', "u", "ū", "!"),
    ('ҷ', "j", "ç", "!"),
    ('ә', "a", "a̋", "!"),
    ('і', "i", "ì", "!"),
    ('ң', "n", "ņ", "!"),
    ('ө', "o", "ô", "!"),
    ('ү', "u", "ù", "!"),
    ('ұ', "u", "u̇", "!"),
    ('-', "-", "-", "-"),
    (' ', " ", " ", " "),
];

/// A Cyrillic name by one of the tables; `None` if it is not Cyrillic, or the table is not for its letters or language.
pub(super) fn by(scheme: Scheme, name: &str, lang: &str) -> Option<String> {
    if scheme == Scheme::Uzbek && !matches!(lang, "uz-Cyrl" | "ru") {
        return None;
    }
    let mut latin = String::new();
    let mut vowel_before = true;
    for letter in name.to_lowercase().chars() {
        let (_, icao, iso, uzbek) = TABLE.iter().find(|(cyrillic, ..)| *cyrillic == letter)?;
        let text = match scheme {
            Scheme::Icao9303 => icao,
            Scheme::Iso9 => iso,
            // At the beginning and after a vowel.
            Scheme::Uzbek if letter == 'е' && vowel_before => "ye",
            Scheme::Uzbek => uzbek,
        };
        if text == "!" {
            return None;
        }
        latin.push_str(text);
        vowel_before = "аеёиоуыэюяў -".contains(letter);
    }
    Some(latin)
}
