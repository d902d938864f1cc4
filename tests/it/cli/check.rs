//! `notice check` as a program and as a person uses it, over all samples.

use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;

use crate::cli::Done;
use crate::cli::run;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");

fn files(folder: &str) -> Vec<String> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(Path::new(DATA).join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| !path.to_str().unwrap().ends_with(".expect.json"));
    paths.sort();
    paths.iter().map(|path| format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap())).collect()
}

fn check(options: &[&str], files: &[String]) -> Done {
    let mut words = vec!["notice", "check", "--offices", "offices.json", "--now", "2026-11-20T06:00:00Z"];
    words.extend(options);
    words.extend(files.iter().map(String::as_str));
    run(Path::new(DATA), &words)
}

fn lines(done: &Done) -> Vec<Value> {
    done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The expectation of an invalid sample.
fn expected(file: &str) -> Value {
    let path = Path::new(DATA).join(file);
    let read = |path: &Path| serde_json::from_slice::<Value>(&std::fs::read(path).unwrap());
    let whole = read(&path).ok().filter(|whole| whole.get("expect").is_some());
    let whole = whole.unwrap_or_else(|| read(&path.with_extension("expect.json")).unwrap());
    whole.get("expect").cloned().unwrap_or(whole)
}

#[test]
fn valid_samples_pass_and_say_what_to_look_at_twice() {
    let done = check(&["--json"], &files("notices"));
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    let lines = lines(&done);
    assert_eq!(lines.len(), 72);
    let flags: Vec<_> = lines.iter().flat_map(|line| line["flags"].as_array().unwrap()).collect();
    // Of the pictures only some are here.
    let (pictures, numbers): (Vec<_>, Vec<_>) = flags.into_iter().partition(|flag| flag["rule"] == "P-21");
    assert!(pictures.iter().all(|flag| flag["path"].as_str().unwrap().ends_with("].file")), "{pictures:?}");
    assert_eq!(numbers.len(), 3, "{numbers:?}");
    for line in &lines {
        let keys: Vec<_> = line.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["file", "flags", "ok", "problems"]);
        assert_eq!(line["ok"], true, "{line}");
    }
}

#[test]
fn each_invalid_sample_is_refused_by_its_rule_at_its_field() {
    // Some are wrong only beside a valid one.
    let (valid, invalid) = (files("notices"), files("invalid"));
    let done = check(&["--json"], &[valid, invalid.clone()].concat());
    assert_eq!(done.code, 4, "{}", done.err);
    let lines = lines(&done);
    assert_eq!(lines.len(), 72 + 104);
    for line in &lines[..72] {
        assert_eq!(line["ok"], true, "{line}");
    }
    for (file, line) in invalid.iter().zip(&lines[72..]) {
        assert_eq!((&line["file"], &line["ok"]), (&Value::from(file.as_str()), &Value::from(false)), "{line}");
        let expect = expected(file);
        let meant = |problem: &Value| {
            problem["rule"] == expect["rule"] && (expect["path"].is_null() || problem["path"] == expect["path"])
        };
        let problems = line["problems"].as_array().unwrap();
        assert!(problems.iter().any(meant), "{file}: {expect} is not among {problems:?}");
        for problem in problems {
            let keys: Vec<_> = problem.as_object().unwrap().keys().collect();
            assert_eq!(keys, ["do", "path", "rule", "what"]);
            assert!(problem["do"].is_string(), "{problem}");
        }
    }
}

#[test]
fn people_read_it_in_their_language() {
    let file = ["invalid/author-releases-own.json".to_owned()];
    let english = check(&["--lang", "en"], &file);
    assert_eq!(
        english.out,
        "invalid/author-releases-own.json: refused\n  P-03  release.releaser: The author would release the own notice.\n        \
         Do: Let another releasing officer do it.\n"
    );
    let russian = check(&["--lang", "ru"], &file);
    assert_eq!(
        russian.out,
        "invalid/author-releases-own.json: отказано\n  P-03  release.releaser: Автор утверждает \
         собственное извещение.\n        Сделайте: Пусть утвердит другой.\n"
    );
    english.fails(4, "1 of 1 files are refused.");
}

#[test]
fn bad_input_is_named() {
    // A file that cannot be read is refused, and the others are checked all the same.
    let files = ["nowhere.json", "notices", "notices/03-seizure-yarn-heroin.json"].map(str::to_owned);
    let done = check(&["--json"], &files);
    let said: Vec<_> =
        lines(&done).iter().map(|line| (line["ok"].clone(), line["problems"][0]["what"].clone())).collect();
    let wrong = |what: &str| (Value::from(false), Value::from(what));
    assert_eq!(said, [wrong("There is no such file."), wrong("This is a folder."), (true.into(), Value::Null)]);
    assert_eq!(done.code, 4);
    let folder = Path::new(DATA);
    run(folder, &["notice", "check", "--offices", "names.json", "offices.json"]).fails(1, "lists no offices");
    run(folder, &["notice", "check"]).fails(2, "<FILE>");
    run(folder, &["notice", "check", "--now", "yesterday", "offices.json"]).fails(2, "yesterday");
    // Without offices, what needs none is still checked, and that is said.
    let done = run(folder, &["notice", "check", "invalid/secret-classification.json"]);
    assert!(done.err.contains("Without --offices") && done.out.contains("P-02"), "{}{}", done.out, done.err);
}

/// A sample with a change, in a folder of its own.
fn changed(folder: &Path, change: impl Fn(&mut Value)) -> String {
    let bytes = std::fs::read(Path::new(DATA).join("notices/13-vehicle-alert-truck.json")).unwrap();
    let mut draft = serde_json::from_slice(&bytes).unwrap();
    change(&mut draft);
    let path = folder.join("draft.json");
    std::fs::write(&path, draft.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn what_is_not_judged_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = changed(folder.path(), |draft| {
        draft.as_object_mut().unwrap().remove("release");
        for field in ["from", "identifier"] {
            draft["header"].as_object_mut().unwrap().remove(field);
        }
        draft["body"]["attachments"] = serde_json::json!([
            {"file": "images/nowhere.jpg", "sha256": "0".repeat(64), "size": 1}
        ]);
    });
    let done = check(&["--json"], std::slice::from_ref(&file));
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    let line = &lines(&done)[0];
    let flags: Vec<_> = line["flags"].as_array().unwrap().iter().map(|flag| flag["path"].as_str().unwrap()).collect();
    assert_eq!(flags, ["release", "header.from", "body.attachments[0].file"]);
    let done = check(&[], &[file]);
    assert!(
        done.out.contains("breaks no rule that was judged") && !done.out.contains("may be released"),
        "{}",
        done.out
    );
    // Neither are roles where the file of offices does not say them.
    let mut book: Value =
        serde_json::from_slice(&std::fs::read(Path::new(DATA).join("offices.json")).unwrap()).unwrap();
    book.as_object_mut().unwrap().remove("officer_ids");
    let offices = folder.path().join("offices.json");
    std::fs::write(&offices, book.to_string()).unwrap();
    let offices = offices.to_str().unwrap();
    let done = run(Path::new(DATA), &["notice", "check", "--offices", offices, "notices/13-vehicle-alert-truck.json"]);
    assert!(
        done.err.contains("officer_ids.letters") && done.out.contains("breaks no rule that was judged"),
        "{}",
        done.err
    );
}

#[test]
fn pictures_of_a_body_that_replaces_another_are_judged_too() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(Path::new(DATA).join("notices/68-correction-full-replacement.json")).unwrap();
    let mut draft: Value = serde_json::from_slice(&bytes).unwrap();
    draft["body"]["correction"]["full_replacement"]["attachments"][0]["size"] = 0.into();
    let path = folder.path().join("draft.json");
    std::fs::write(&path, draft.to_string()).unwrap();
    let done =
        check(&["--json"], &[path.to_str().unwrap().to_owned(), "notices/26-cargo-alert-container.json".to_owned()]);
    let problems = &lines(&done)[0]["problems"];
    assert_eq!(problems[0]["path"], "body.correction.full_replacement.attachments[0].size", "{problems}");
}

/// Each agreement of a file of offices lets notices be kept so many days.
fn each(book: &mut Value, days: i64) {
    for agreement in book["agreements"].as_array_mut().unwrap() {
        agreement["retention_days"] = days.into();
    }
}

#[test]
fn agreements_may_set_less_and_a_country_may_be_disabled() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(Path::new(DATA).join("offices.json")).unwrap();
    let path = folder.path().join("offices.json");
    // One change of the file of offices, and a check of an alert from UZ-OYB against it.
    let check = |change: fn(&mut Value)| {
        let mut book: Value = serde_json::from_slice(&bytes).unwrap();
        change(&mut book);
        std::fs::write(&path, book.to_string()).unwrap();
        let file = "notices/13-vehicle-alert-truck.json";
        run(Path::new(DATA), &["notice", "check", "--lang", "en", "--offices", path.to_str().unwrap(), file])
    };
    assert_eq!(check(|_| ()).code, 0);
    let short = check(|book| each(book, 3));
    assert!(
        short.out.contains("P-10  header.expires_at: ") && short.out.contains("longer than 3 days"),
        "{}",
        short.out
    );
    assert_eq!(check(|book| each(book, 5_000)).code, 0, "the cap of the kind is less");
    check(|book| each(book, 0)).fails(1, "lets nothing be kept");
    let disabled = check(|book| book["disabled_countries"] = serde_json::json!(["TJ", "KZ", "KG", "TM", "UZ"]));
    assert!(disabled.out.contains("a country that is disabled here"), "{}", disabled.out);
    check(|book| book["disabled_countries"] = serde_json::json!(["Kabul"]))
        .fails(1, "disabled_countries: a country is");
}
