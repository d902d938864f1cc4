//! The rules of the house that a machine can check: arrows point down, files are short and say what they are.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;

/// Longest file.
const LINES: usize = 400;

/// Generated files: exempt from length and doc.
const GENERATED: [&str; 2] = ["src/wire/messages.rs", "src/edge/stubs.rs"];

/// The floor of each module at the top of the crate; whatever is not here is on the top floor.
fn floors() -> BTreeMap<&'static str, u8> {
    let words = ["entropy", "limits", "name", "time", "wire"].map(|module| (module, 0));
    words.into_iter().chain([("domain", 1), ("engine", 2), ("office", 3), ("edge", 4), ("i18n", 4)]).collect()
}

fn files(under: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut folders) = (vec![], vec![root.join(under)]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(found.len() > 5, "{under} holds files");
    found.into_iter().filter(|(name, _)| !GENERATED.contains(&name.as_str())).collect()
}

/// The faults that a rule finds in all files.
fn faults(under: &[&str], rule: impl Fn(&str, &str) -> Vec<String>) -> Vec<String> {
    under.iter().flat_map(|folder| files(folder)).flat_map(|(name, text)| rule(&name, &text)).collect()
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The module at the top of the crate to which a file belongs.
fn module(file: &str) -> &str {
    let inside = file.trim_start_matches("src/");
    inside.split('/').next().unwrap().trim_end_matches(".rs")
}

fn upward(file: &str, text: &str) -> Vec<String> {
    let floors = floors();
    let floor = |module: &str| floors.get(module).copied().unwrap_or(5);
    let own = floor(module(file));
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut faults = vec![];
    for line in code {
        for path in line.split("crate::").skip(1) {
            let target: String = path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if file != "src/lib.rs" && floor(&target) > own {
                faults.push(format!("{file} (floor {own}) looks up to {target}: {}", line.trim()));
            }
        }
    }
    faults
}

#[test]
fn arrows_point_down() {
    none(&faults(&["src"], upward));
    // The rule itself bites.
    assert_eq!(upward("src/domain/x.rs", "use crate::engine::store::Store;").len(), 1);
    assert_eq!(upward("src/engine/x.rs", "use crate::domain::entry::Entry;").len(), 0);
}

#[test]
fn the_lower_floors_know_no_io() {
    let banned =
        ["tokio", "tonic::", "sled::", "std::fs", "std::net::Tcp", "std::env", "SystemTime", "Instant", "getrandom"];
    let rule = |file: &str, text: &str| {
        let low = floors().get(module(file)).is_some_and(|floor| *floor < 4) && !file.ends_with("tests.rs");
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let code = code.lines().filter(|line| low && !line.trim_start().starts_with("//"));
        code.filter(|line| banned.iter().any(|word| line.contains(word)))
            .map(|line| format!("{file}: {}", line.trim()))
            .collect()
    };
    none(&faults(&["src"], rule));
}

#[test]
fn files_are_short_and_say_what_they_are() {
    none(&faults(&["src", "tests/it", "tests/sim"], |file, text| {
        let mut faults = vec![];
        let lines = text.lines().count();
        if lines > LINES {
            faults.push(format!("{file} has {lines} lines: find the missing noun"));
        }
        if !text.starts_with("//!") {
            faults.push(format!("{file} does not begin with //!"));
        }
        faults
    }));
}

#[test]
fn one_path_per_use() {
    none(&faults(&["src", "tests/it", "tests/sim"], |file, text| {
        let bad = |line: &&str| {
            let line = line.trim_start();
            let is_use =
                line.starts_with("use ") || line.starts_with("pub use ") || line.starts_with("pub(crate) use ");
            is_use && (line.contains('{') || line.contains("super::super"))
        };
        text.lines().filter(bad).map(|line| format!("{file}: {}", line.trim())).collect()
    }));
}

#[test]
fn no_module_is_called_nothing() {
    none(&faults(&["src"], |file, _| {
        let bad = ["util", "utils", "common", "helpers", "manager", "core", "misc"];
        file.split('/').filter(|part| bad.contains(&part.trim_end_matches(".rs"))).map(|_| file.to_owned()).collect()
    }));
}

#[test]
fn no_test_file_is_forgotten() {
    for folder in ["tests/it", "tests/sim"] {
        let main = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("main.rs");
        let main = std::fs::read_to_string(main).unwrap();
        none(&faults(&[folder], |file, _| {
            let inside = file.trim_start_matches(folder).trim_start_matches('/');
            let module = inside.split('/').next().unwrap().trim_end_matches(".rs");
            let declared = module == "main" || main.contains(&format!("mod {module};"));
            if declared { vec![] } else { vec![format!("{file} is in no module")] }
        }));
    }
}

#[test]
fn the_version_stands_in_the_changelog() {
    let changelog = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("CHANGELOG.md")).unwrap();
    assert!(changelog.contains(&format!("## {}", env!("CARGO_PKG_VERSION"))));
}

/// The most that a picture of a guide may weigh, bytes.
const PICTURE_BYTES: u64 = 60_000;

/// The pictures that a guide shows: what stands in their place, and where they lie.
fn shown(text: &str) -> Vec<(&str, &str)> {
    let pictures = text.split("![").skip(1).filter_map(|rest| rest.split_once("]("));
    pictures.filter_map(|(words, rest)| Some((words, rest.split_once(')')?.0))).collect()
}

#[test]
fn pictures_are_there_shown_and_small() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guides = ["README.md", "docs/officer.md", "docs/officer.ru.md"];
    let mut seen = std::collections::BTreeSet::new();
    for guide in guides {
        let text = std::fs::read_to_string(root.join(guide)).unwrap();
        for (words, place) in shown(&text) {
            let picture = root.join(guide).parent().unwrap().join(place);
            assert!(!words.is_empty(), "{guide}: {place} says nothing to who does not see it");
            let bytes = std::fs::metadata(&picture).unwrap_or_else(|_| panic!("{guide}: {place} is not there")).len();
            assert!(bytes <= PICTURE_BYTES, "{place} weighs {bytes} bytes");
            seen.insert(picture.strip_prefix(root).unwrap().to_owned());
        }
    }
    let names = |language: &str| -> Vec<_> {
        let folder = root.join("docs/pictures").join(language);
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        files
            .inspect(|file| assert!(seen.contains(file.strip_prefix(root).unwrap()), "no guide shows {file:?}"))
            .collect()
    };
    assert_eq!((names("en").len(), names("ru").len()), (6, 6));
    // The rule itself bites.
    assert_eq!(shown("a ![](b.png) c ![d](e.png)"), [("", "b.png"), ("d", "e.png")]);
}
