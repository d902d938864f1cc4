//! A language more: a file with its words is all that it takes. Here it is made of the English one, with longer words, and
//! runs from right to left.

use chapar::i18n::Language;
use chapar::wire::Role;

use crate::binary::PASSPHRASE;
use crate::console::enrol;
use crate::support::browser::Browser;
use crate::world::TestClock;
use crate::world::two;

const NOW: &str = "2026-11-20T06:00:00Z";
/// What the file does not have, and so is said in English.
const LACKS: &str = "console-settings";

/// A word as long again as it is, in letters that no other language here has.
fn stretched(text: &str) -> String {
    let mut depth = 0;
    let mut said = String::new();
    for c in text.chars() {
        depth += match c {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        let vowel = ("aeiou".find(c), "àèìòù".chars());
        match vowel {
            (Some(at), mut long) if depth == 0 => said.extend([long.nth(at).unwrap(); 2]),
            _ => said.push(c),
        }
    }
    said
}

/// The English file as that of another language.
fn another() -> Language {
    let english = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/i18n/en.ftl")).unwrap();
    let line = |line: &str| match line.split_once(" = ").or_else(|| line.split_once("] ")) {
        _ if line.starts_with("-name") => "-name = Pseudo".to_owned(),
        _ if line.starts_with("-short") => "-short = PS".to_owned(),
        _ if line.starts_with("-dir") => "-dir = rtl".to_owned(),
        _ if line.starts_with("date-day") => "date-day = { $year }. { $month-two }. { $day-two }.".to_owned(),
        Some((key, _)) if key == LACKS => String::new(),
        Some((key, words)) if !line.starts_with('#') => {
            let between = if key.contains('[') { "] " } else { " = " };
            [key, between, &stretched(words)].concat()
        }
        _ => line.to_owned(),
    };
    Language::read("qps", english.lines().map(line).collect::<Vec<_>>().join("\n")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_more_is_a_language_more() {
    let (mut alt, a, _far, f, _) = two(NOW).await;
    a.stop().await.unwrap();
    alt.languages.push(another());
    let mut a = alt.start(TestClock::at(NOW), false).await;

    // The browser asks for it before it asks for Russian.
    let wanted = [("Accept-Language", "zz, qps-UZ;q=0.9, ru;q=0.8".to_owned())];
    let door = Browser::at(a.console).ask("GET /sign-in", &wanted, "").await;
    door.says("<html lang=\"qps\" dir=\"rtl\"").says("Sììgn ììn").says("aria-label=\"Language / Язык / Lààngùùààgèè\"");
    for (code, short) in [("en", ">EN<"), ("ru", ">РУ<"), ("qps", " aria-current=\"true\">PS<")] {
        door.says(&format!("value=\"{code}\" lang=\"{code}\"{short}"));
    }

    let first = enrol(&mut a, "UZ-ALT-A09", Role::Auditor).await;
    let mut browser = Browser::of(a.console, "UZ-ALT-A09", &first).await;
    browser.send("/passphrase", &[("new", PASSPHRASE), ("again", PASSPHRASE)]).await;
    browser.get("/log").await.says("<html lang=\"en\" dir=\"ltr\"");
    for (language, kept) in [("qps", "qps"), ("zz", "qps")] {
        browser.send("/settings", &[("language", language), ("back", "/settings")]).await;
        assert_eq!(browser.cookies["chapar-language"], kept);
    }
    let settings = browser.get("/settings").await;
    settings.says("value=\"qps\" checked><span lang=\"qps\">Pseudo</span>").says("<title>Settings · Chapar</title>");
    // Dates are as its file has them, with marks around what is filled in, as lines run from right to left.
    let day = "\u{2068}2026\u{2069}. \u{2068}11\u{2069}. \u{2068}20\u{2069}.";
    browser.get("/log").await.says("dir=\"rtl\"").says(day);
    browser.get("/keys").await.says("Nòòv\u{2069} \u{2068}2026\u{2069}");
    browser.send("/settings", &[("language", "ru"), ("back", "/")]).await;
    browser.get("/log").await.says("<html lang=\"ru\" dir=\"ltr\"").says("20.11.2026");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
