//! The table of limits in the administrator guide is what `src/limits.rs` and its module say. `CHAPAR_BLESS=1 cargo test limits_are`
//! writes it anew.

use std::fmt::Write as _;
use std::path::Path;

/// Around the table in the guide.
const BEGIN: &str = "<!-- limits: made from src/limits.rs -->\n";
const END: &str = "<!-- end of limits -->\n";

/// One limit: what it is called, its value as it is written, and what it limits.
struct Limit {
    name: String,
    value: String,
    what: String,
}

fn limits(source: &str) -> Vec<Limit> {
    let (mut found, mut doc) = (vec![], String::new());
    for line in source.lines() {
        if let Some(text) = line.strip_prefix("/// ") {
            doc = format!("{doc} {text}");
        } else if let Some(constant) = line.strip_prefix("pub const ") {
            let (name, rest) = constant.split_once(": ").unwrap();
            let (_, value) = rest.split_once(" = ").unwrap();
            let what = doc.trim().trim_end_matches('.').replace('|', "\\|");
            found.push(Limit { name: name.to_owned(), value: value.trim_end_matches(';').to_owned(), what });
            doc.clear();
        } else {
            doc.clear();
        }
    }
    found
}

/// The value of products of numbers and other limits.
fn number(value: &str, all: &[Limit]) -> u64 {
    let factor = |word: &str| match word.replace('_', "").parse() {
        Ok(number) => number,
        Err(_) => number(&all.iter().find(|limit| limit.name == word).unwrap().value, all),
    };
    let product = |term: &str| term.split(" * ").map(factor).product::<u64>();
    value.split(" + ").map(product).sum()
}

/// A number as people read it, by the unit in the name.
fn shown(name: &str, number: u64) -> String {
    let (units, step): (&[&str], u64) = match () {
        () if name.contains("BYTES") => (&["B", "KiB", "MiB", "GiB"], 1024),
        () if name.ends_with("_MS") || name.contains("_MS_") => (&["ms", "s"], 1000),
        () => (&[""], u64::MAX),
    };
    let (mut number, mut unit) = (number, 0);
    while unit + 1 < units.len() && number > 0 && number.is_multiple_of(step) {
        (number, unit) = (number / step, unit + 1);
    }
    let digits = number.to_string();
    let grouped = digits.char_indices().fold(String::new(), |mut text, (at, digit)| {
        let first_of_three = at > 0 && (digits.len() - at).is_multiple_of(3);
        write!(text, "{}{digit}", if first_of_three { "," } else { "" }).unwrap();
        text
    });
    format!("{grouped} {}", units[unit]).trim().to_owned()
}

fn table(source: &str) -> String {
    let all = limits(source);
    let mut table = "| limit | value | what |\n|---|---:|---|\n".to_owned();
    for Limit { name, value, what } in &all {
        writeln!(table, "| `{name}` | {} | {what} |", shown(name, number(value, &all))).unwrap();
    }
    table
}

#[test]
fn limits_are_in_the_guide() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let source = read("src/limits.rs") + &read("src/limits/console.rs");
    let path = root.join("docs/administrator.md");
    let guide = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = guide.split_once(BEGIN).unwrap();
    let (committed, after) = rest.split_once(END).unwrap();
    let wanted = table(&source);
    assert_eq!(wanted.lines().count() - 2, source.matches("pub const ").count(), "every limit has a row");
    if std::env::var_os("CHAPAR_BLESS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{wanted}{END}{after}")).unwrap();
    } else {
        assert!(committed == wanted, "{} is stale: CHAPAR_BLESS=1 cargo test limits_are", path.display());
    }
}

#[test]
fn limits_are_shown_as_people_read_them() {
    let source = "/// How much.\npub const A_BYTES: usize = 3 * 1024;\n/// How long, in\n/// all.\npub const B_MS: u64 = 1_500;\n\
        /// How many.\npub const C: u64 = 10_000;\n/// Both.\npub const D_BYTES: usize = 2 * A_BYTES + 16;\n";
    let rows: Vec<String> = table(source).lines().skip(2).map(str::to_owned).collect();
    assert_eq!(
        rows,
        [
            "| `A_BYTES` | 3 KiB | How much |",
            "| `B_MS` | 1,500 ms | How long, in all |",
            "| `C` | 10,000 | How many |",
            "| `D_BYTES` | 6,160 B | Both |"
        ]
    );
}
