//! Letters of Latin and Cyrillic script, and the sounds that each may stand for.
//!
//! Sounds are written `a i u`, `b d f g h j k l m n p r s t v z`, with `c` as in *chair*, `x` as in *ship*, and `j` for
//! zh, j and dzh alike. `|` separates the readings of a letter, the most usual first.

/// Stands for every apostrophe. Between letters it keeps them apart: `s'h` is not `sh`.
pub(super) const APOSTROPHE: char = '\'';

/// Letters that have other sounds together than alone. Where several fit, the first one counts.
const TOGETHER: [(&str, &str); 24] = [
    ("shch", "x"),
    ("dzh", "j"),
    ("sch", "x"),
    // Turkmen g between o and u is v to Russian ears, and an h may come or go: Daşoguz, Дашховуз.
    ("ogu", "au"),
    ("ovu", "au"),
    ("owu", "au"),
    ("огу", "au"),
    ("ову", "au"),
    ("шх", "xh|x"),
    // Isʼhoq without its apostrophe is Ishoq.
    ("sh", "x|sh"),
    ("ch", "c"),
    ("dj", "j"),
    ("dž", "j"),
    ("gh", "g"),
    ("kh", "h"),
    ("ts", "s"),
    ("zh", "j"),
    ("дж", "j"),
    ("тс", "s"),
    // As in surnames: this o is never u.
    ("ov", "av"),
    ("ow", "av"),
    ("ов", "av"),
    // Long vowels as the English write them.
    ("ee", "i"),
    ("oo", "u|a"),
];

/// The letters at the beginning of `rest` that belong together, and their sounds.
pub(super) fn together(rest: &str) -> Option<(&'static str, &'static str)> {
    TOGETHER.into_iter().find(|(letters, _)| rest.starts_with(letters))
}

/// The sounds of a lower-case letter; `None` if it is no letter, or has a mark that does not count.
pub(super) const fn alone(letter: char) -> Option<&'static str> {
    Some(match letter {
        'a' | 'а' | 'ә' => "a",
        'b' | 'б' => "b",
        'v' | 'w' | 'в' => "v",
        'g' | 'г' | 'ґ' | 'ғ' => "g",
        'd' | 'д' => "d",
        // ISO 9 writes ё as ë. Russian and ICAO 9303 write е for it.
        'ё' | 'ë' | 'я' => "ia|i",
        'â' => "ia",
        'ю' | 'û' => "iu",
        'e' | 'i' | 'y' | 'ı' | 'е' | 'є' | 'э' | 'и' | 'і' | 'ї' | 'й' | 'ӣ' | 'ы' => "i",
        'ə' => "a|i",
        'j' | 'ž' | 'ж' | 'җ' | 'ҷ' => "j",
        'z' | 'з' => "z",
        'k' | 'q' | 'к' | 'қ' => "k",
        'l' | 'л' => "l",
        'm' | 'м' => "m",
        'n' | 'н' => "n",
        'ң' => "n|ng",
        'o' | 'о' | 'ө' => "a|u",
        'p' | 'п' => "p",
        'r' | 'р' => "r",
        'c' | 's' | 'с' | 'ц' => "s",
        't' | 'т' => "t",
        'u' | 'у' | 'ў' | 'ӯ' | 'ү' | 'ұ' => "u",
        'f' | 'ф' => "f",
        'h' | 'х' | 'ҳ' | 'һ' => "h",
        // Uzbek writes х so, and everybody Alexander.
        'x' => "h|ks",
        'č' | 'ч' => "c",
        // Turkmen ч, and ҷ by ISO 9.
        'ç' => "c|j",
        'š' | 'ş' | 'ŝ' | 'ш' | 'щ' => "x",
        // ICAO 9303 writes ъ as ie.
        'ъ' => "|i",
        'ь' | APOSTROPHE => "",
        _ => return None,
    })
}
