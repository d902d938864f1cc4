//! What differs from run to run, such as times, digests and ports, becomes a mark of the same width, so that columns stay
//! where they are.

/// Shapes and their marks: `9` stands for a digit, `h` for one of hexadecimal digits, `X` for a capital letter or digit;
/// where a mark has a `9`, what stood there stays.
const SHAPES: [(&str, &str); 10] = [
    ("9999-99-99T99:99:99.999Z", "YYYY-MM-DDThh:mm:ss.000Z"),
    ("9999-99-99T99:99:99Z", "YYYY-MM-DDThh:mm:ssZ"),
    ("9999-99-99 99:99:99", "YYYY-MM-DD hh:mm:ss"),
    ("9999-99-99", "YYYY-MM-DD"),
    ("9999-99", "YYYY-MM"),
    ("-99-999999-X", "-YY-999999-C"),
    ("XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX", "KKKK-KKKK-KKKK-KKKK-KKKK-KKKK-KKKK-KKKK"),
    ("127.0.0.1:99999", "127.0.0.1:PPPPP"),
    ("9.9.9", "V.V.V"),
    ("9.99.9", "V.VV.V"),
];

/// Words before or after a number of entries, of an entry, or of free bytes.
const COUNTED: [&str; 12] =
    ["entry", "entries", "запись", "записи", "записей", "GiB", "MiB", "ГиБ", "МиБ", "root", "корень", "user"];

/// Fewest hexadecimal digits of a digest, a key or a log.
const HEX: usize = 8;

pub(super) fn mask(text: &str) -> String {
    text.lines().map(|line| line_of(line) + "\n").collect()
}

/// The cells of tables two spaces apart, and those that say how long ago something was as one mark.
pub(super) fn ages(text: &str) -> String {
    let is_age =
        |cell: &str| ["minute", "minutes", "минута", "минуты", "минут"].iter().any(|unit| cell.ends_with(unit));
    let line = |line: &str| {
        let cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
        let cells: Vec<&str> = cells.map(|cell| if is_age(cell) { "AGE" } else { cell }).collect();
        cells.join("  ") + "\n"
    };
    text.lines().map(line).collect()
}

fn line_of(line: &str) -> String {
    let mut chars: Vec<char> = line.chars().collect();
    for (shape, mark) in SHAPES {
        let (shape, mark): (Vec<char>, Vec<char>) = (shape.chars().collect(), mark.chars().collect());
        for at in 0..chars.len() {
            if fits(&chars, at, &shape) {
                for (i, sign) in mark.iter().enumerate().filter(|(_, sign)| **sign != '9') {
                    chars[at + i] = *sign;
                }
            }
        }
    }
    let line: String = code(&digests(&chars));
    numbers(&index(line))
}

fn fits(chars: &[char], at: usize, shape: &[char]) -> bool {
    let class = |c: &char, shape: &char| match shape {
        '9' => c.is_ascii_digit(),
        'X' => c.is_ascii_uppercase() || c.is_ascii_digit(),
        other => c == other,
    };
    let Some(part) = chars.get(at..at + shape.len()) else { return false };
    let alone = |c: Option<&char>| c.is_none_or(|c| !c.is_ascii_alphanumeric() && *c != '.');
    let begins = shape[0] == '-' || at == 0 || alone(chars.get(at - 1));
    let after = chars.get(at + shape.len());
    let ends = alone(after) || after == Some(&'.');
    part.iter().zip(shape).all(|(c, shape)| class(c, shape)) && begins && ends
}

/// Runs of hexadecimal digits.
fn digests(chars: &[char]) -> String {
    let is_hex = |c: &char| matches!(c, '0'..='9' | 'a'..='f');
    let mut out = String::new();
    let mut rest = chars;
    while let Some(first) = rest.first() {
        let run = rest.iter().take_while(|c| is_hex(c)).count();
        let alone = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        if run >= HEX && alone(out.chars().last()) && alone(rest.get(run).copied()) {
            out.push_str(&"#".repeat(run));
            rest = &rest[run..];
        } else {
            out.push(*first);
            rest = &rest[1..];
        }
    }
    out
}

/// A setup code: six words with hyphens between them.
fn code(line: &str) -> String {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase());
    let is_code = |word: &str| word.split('-').count() == 6 && word.split('-').all(is_word);
    let masked = line.split(' ').map(|word| if is_code(word) { "word-word-word-word-word-word" } else { word });
    masked.collect::<Vec<_>>().join(" ")
}

/// The number of an entry at the beginning of a row.
fn index(line: String) -> String {
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let spaces = line[digits..].chars().take_while(|c| *c == ' ').count();
    if digits > 0 && line[digits + spaces..].starts_with("YYYY-") {
        return format!("N{}{}", " ".repeat(digits + spaces - 1), &line[digits + spaces..]);
    }
    line
}

/// Numbers of entries, of bytes that are free, and of this Unix user.
fn numbers(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let bare = |word: &str| word.trim_matches([',', '.', ':', ';', '(', ')']).to_owned();
    let counted = |at: Option<&&str>| at.is_some_and(|word| COUNTED.contains(&bare(word).as_str()));
    let masked = words.iter().enumerate().map(|(i, word)| {
        let number = bare(word);
        let is_number = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
        let near = counted(words.get(i + 1)) || (i > 0 && counted(words.get(i - 1)));
        let unix = i > 1 && words[i - 2..i].contains(&"Unix");
        let after_number = i > 0 && words[i - 1].chars().all(|c| c.is_ascii_digit()) && !words[i - 1].is_empty();
        match number.as_str() {
            // One or many, that differs too.
            "entry" if after_number => word.replacen("entry", "entries", 1),
            "запись" | "записи" if after_number => word.replacen(&number, "записей", 1),
            _ if is_number && (near || unix) => word.replacen(&number, "N", 1),
            _ => (*word).to_owned(),
        }
    });
    masked.collect::<Vec<_>>().join(" ")
}
