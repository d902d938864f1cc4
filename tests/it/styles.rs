//! The style sheets and the pages fit each other: no page names a class that its sheets lack, and no sheet one that nobody names.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

/// Classes of templates that only mark what a test or script looks for.
const MARKS: [&str; 2] = ["forwarded", "proof"];
/// The sheets of every page, and that of a page that names none.
const ALWAYS: [&str; 3] = ["chapar", "dark", "fonts"];
const ELSE: &str = "office";

/// The files of a folder and below it that end in one of these, each by its name.
fn files(folder: &str, endings: &[&str]) -> BTreeMap<String, String> {
    let (mut found, mut rest) = (BTreeMap::new(), vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)]);
    while let Some(folder) = rest.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                rest.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|known| ending == *known)) {
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                found.entry(name).or_insert_with(String::new).push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// What stands between two marks.
fn between<'a>(text: &'a str, begin: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(begin).skip(1).filter_map(move |rest| rest.split_once(end).map(|(found, _)| found))
}

/// The classes that the selectors of a sheet name.
fn of_sheet(text: &str) -> BTreeSet<String> {
    let plain: String = text.split("/*").map(|part| part.split_once("*/").map_or(part, |(_, rest)| rest)).collect();
    let selectors = plain.split('{').filter_map(|part| part.rsplit(['}', ';']).next());
    let names = selectors.flat_map(|selector| selector.split('.').skip(1).map(str::to_owned).collect::<Vec<_>>());
    let names = names.map(|rest| rest.chars().take_while(|c| is_of_name(*c)).collect::<String>());
    names.filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic())).collect()
}

/// The classes that a template names itself, without those that are filled in.
fn of_template(text: &str) -> BTreeSet<String> {
    let mut plain = text.to_owned();
    // A class that is filled in, or a part of one, is no name.
    for (begin, end, instead) in [("{{", "}}", "+"), ("{%", "%}", " ")] {
        let mut parts = plain.split(begin);
        let first = parts.next().unwrap_or_default().to_owned();
        plain = parts.fold(first, |kept, part| kept + instead + part.split_once(end).map_or("", |(_, rest)| rest));
    }
    let classes = between(&plain, "class=\"", "\"").flat_map(str::split_whitespace);
    classes.filter(|class| class.chars().all(is_of_name)).map(str::to_owned).collect()
}

/// A template with all that it includes and calls.
fn whole(name: &str, templates: &BTreeMap<String, String>) -> String {
    let text = &templates[name];
    let parts = ["include", "import"].map(|word| format!("{{% {word} \""));
    let parts: Vec<&str> = parts.iter().flat_map(|begin| between(text, begin, ".html\"").collect::<Vec<_>>()).collect();
    parts.into_iter().fold(text.clone(), |all, part| all + &whole(part, templates))
}

/// The sheets that a page loads.
fn sheets(text: &str) -> BTreeSet<String> {
    let style = between(text, "{% block style %}", "{% endblock %}").next();
    let own = style.map(|style| between(style, "shell.assets.", "_style").map(str::to_owned).collect());
    let own: BTreeSet<String> = own.unwrap_or_else(|| BTreeSet::from([ELSE.to_owned()]));
    own.into_iter().chain(ALWAYS.map(str::to_owned)).collect()
}

#[test]
fn a_page_loads_the_style_that_it_names() {
    let (templates, styles) = (files("templates", &["html"]), files("assets", &["css"]));
    let pages = templates.iter().filter(|(_, text)| text.contains("{% extends \"base.html\" %}"));
    let mut seen = 0;
    for (name, text) in pages {
        let sheets = sheets(text);
        let known: BTreeSet<String> = sheets.iter().flat_map(|sheet| of_sheet(&styles[sheet])).collect();
        let named = of_template(&(whole(name, &templates) + &whole("base", &templates)));
        let lacking: Vec<&String> = named.iter().filter(|class| !known.contains(*class)).collect();
        let lacking: Vec<&&String> = lacking.iter().filter(|class| !MARKS.contains(&class.as_str())).collect();
        assert_eq!(lacking, Vec::<&&String>::new(), "classes of {name} that {sheets:?} do not have");
        seen += 1;
    }
    assert!(seen > 20);
}

#[test]
fn nobody_loads_style_that_nothing_has() {
    let said = |folder, endings| files(folder, endings).into_values().collect::<String>();
    let templates = said("templates", &["html"]);
    let named = of_template(&templates);
    let code = said("src/console", &["rs"]) + &said("assets", &["js"]) + &templates;
    let words: BTreeSet<&str> = code.split('"').flat_map(|part| part.split(|c| !is_of_name(c))).collect();
    for (name, text) in files("assets", &["css"]) {
        // A line of a notice is as deep as it stands: `d0` and so on.
        let is_used = |class: &String| named.contains(class) || words.contains(class.as_str()) || is_depth(class);
        let unused: Vec<String> = of_sheet(&text).into_iter().filter(|class| !is_used(class)).collect();
        assert_eq!(unused, Vec::<String>::new(), "classes of {name}.css that nothing has");
    }
}

fn is_depth(class: &str) -> bool {
    class.strip_prefix('d').is_some_and(|depth| depth.len() == 1 && depth.chars().all(|c| c.is_ascii_digit()))
}
