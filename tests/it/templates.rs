//! The rules of the pages: their words come from `i18n/`, and nothing in them runs or is shown unescaped.

use std::collections::BTreeSet;
use std::path::Path;

/// What is the same in every language.
const NAMES: [&str; 3] = ["Chapar", "UZ-ALT-26-000123-3", "TM"];

/// Attributes that people read or hear.
const SAID: [&str; 5] = ["alt", "aria-label", "label", "placeholder", "title"];

fn templates() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| (path.display().to_string(), std::fs::read_to_string(path).unwrap());
    let found: Vec<_> = files.map(read).collect();
    assert!(found.len() > 5);
    found
}

/// Without what stands between two marks, however often; an end that is missing is the end of the text.
fn without(text: &str, begin: &str, end: &str) -> String {
    let mut parts = text.split(begin);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + part.split_once(end).map(|(_, rest)| rest).unwrap_or_default())
}

/// The page without what askama fills in.
fn plain(text: &str) -> String {
    [("{#", "#}"), ("{{", "}}"), ("{%", "%}")]
        .into_iter()
        .fold(text.to_owned(), |text, (begin, end)| without(&text, begin, end))
}

/// Tags with their attributes, as they stand between `<` and `>`.
fn tags(plain: &str) -> impl Iterator<Item = &str> {
    plain.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag))
}

/// Names and values of the attributes of a tag.
fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut words = tag.split('"');
    let mut found = vec![];
    while let (Some(before), Some(value)) = (words.next(), words.next()) {
        let name = before.trim_end_matches('=').rsplit(char::is_whitespace).next().unwrap_or_default();
        found.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    found
}

fn has_words(text: &str) -> bool {
    let named = NAMES.into_iter().fold(text.to_owned(), |text, name| text.replace(name, ""));
    named.chars().any(char::is_alphabetic)
}

/// What is wrong with a template.
fn faults(text: &str) -> Vec<String> {
    let (plain, mut faults) = (plain(text), vec![]);
    let words = without(&plain, "<", ">");
    faults.extend(words.lines().filter(|line| has_words(line)).map(|line| format!("words: {}", line.trim())));
    for tag in tags(&plain) {
        let attributes = attributes(tag);
        for (name, value) in &attributes {
            if name == "style" || name.starts_with("on") || value.trim().to_ascii_lowercase().starts_with("javascript:")
            {
                faults.push(format!("runs or is styled in the page: {tag}"));
            }
            if SAID.contains(&name.as_str()) && has_words(value) {
                faults.push(format!("words: {tag}"));
            }
        }
        let element = tag.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        let is_inline = element == "script" && !attributes.iter().any(|(name, _)| name == "src");
        if is_inline || element == "style" || element == "base" || element == "iframe" {
            faults.push(format!("no such element: {tag}"));
        }
    }
    // Everything that is filled in is escaped.
    let filled = text.split("{{").skip(1).chain(text.split("{%").skip(1));
    faults.extend(
        filled
            .filter(|rest| {
                let filled: String = rest.split(['}', '%']).next().unwrap_or_default().split_whitespace().collect();
                filled.contains("|safe") || filled.contains("|escape(") || filled == "filtersafe"
            })
            .map(|rest| format!("unescaped: {}", rest.chars().take(40).collect::<String>())),
    );
    faults
}

#[test]
fn pages_have_no_words_of_their_own_and_nothing_in_them_runs() {
    for (name, text) in templates() {
        assert_eq!(faults(&text), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn no_form_has_a_field_that_a_sign_in_over_it_would_lose() {
    // What the sign-in does not hold for a form: secrets, and the token of a session that has ended.
    let secret = ["passphrase", "current", "new", "again"];
    for (file, text) in templates() {
        let is_sign_in = file.ends_with("/sign_in.html");
        for attributes in tags(&plain(&text)).map(attributes) {
            let value = |wanted: &str| {
                let found = attributes.iter().find(|(name, _)| name == wanted);
                found.map(|(_, value)| value.as_str()).unwrap_or_default()
            };
            let name = value("name");
            assert!(is_sign_in || !name.starts_with("sign-in-"), "{file}: {name} is the sign-in's own");
            assert!(!secret.contains(&name) || value("type") == "password", "{file}: {name} is no secret");
            assert!(name != "token" || value("type") == "hidden", "{file}: {name} is no token");
        }
    }
}

#[test]
fn the_rules_of_pages_bite() {
    for bad in [
        "<p>Hello</p>",
        "<p>{{ shell.get(\"x\") }} привет</p>",
        "<p title=\"Hello\">1</p>",
        "<nav aria-label=\"{{ x }} main\"></nav>",
        "<p style=\"color:red\"></p>",
        "<p\n class=\"a\" onclick=\"x()\"></p>",
        "<a href=\"javascript:x()\"></a>",
        "<script>x()</script>",
        "<style>p { }</style>",
        "<p>{{ text|safe }}</p>",
        "<p>{{ text | safe }}</p>",
        "{% filter safe %}{% endfilter %}",
    ] {
        assert_ne!(faults(bad), Vec::<String>::new(), "{bad}");
    }
    let good = "{# a word #}<p class=\"x{% if a > b %} y{% endif %}\" title=\"{{ t }}\">{{ t }} · 1 › TM</p>\
         <script src=\"{{ s }}\" defer></script>";
    assert_eq!(faults(good), Vec::<String>::new());
}

#[test]
fn what_packages_of_npm_made_is_what_was_committed_and_all_script_is_small() {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let said = std::fs::read_to_string(assets.join("vendor/SHA256SUMS")).unwrap();
    let fonts = std::fs::read_dir(assets.join("fonts")).unwrap();
    let fonts = fonts.map(|file| format!("fonts/{}", file.unwrap().file_name().into_string().unwrap()));
    let made: BTreeSet<String> = fonts.chain(["fonts.css", "png.js"].map(str::to_owned)).collect();
    let digest = |name: &String| chapar::name::Digest::of(&std::fs::read(assets.join(name)).unwrap());
    let wanted: BTreeSet<String> = made.iter().map(|name| format!("{}  {name}", digest(name))).collect();
    assert_eq!(said.lines().map(str::to_owned).collect::<BTreeSet<_>>(), wanted);
    for name in ["noto-sans", "noto-naskh-arabic"] {
        let licence = std::fs::read_to_string(assets.join(format!("fonts/OFL-{name}.txt"))).unwrap();
        assert!(licence.contains("SIL OPEN FONT LICENSE Version 1.1"), "{name} without its licence");
    }
    let text = std::fs::read_to_string(assets.join("png.js")).unwrap();
    for name in ["fast-png", "iobuffer", "fflate"] {
        assert!(text.contains(&format!("{name} ")) && text.contains("MIT License"), "{name} without its licence");
    }
    let script = std::fs::read_dir(assets).unwrap().map(|entry| entry.unwrap());
    let script = script.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "js"));
    let bytes: u64 = script.map(|entry| entry.metadata().unwrap().len()).sum();
    assert!((30_000..=90_000).contains(&bytes), "{bytes} bytes of script");
}
