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
    let flagged: Vec<_> = lines.iter().filter(|line| line["flags"] != Value::Array(vec![])).collect();
    let flags: Vec<_> = flagged.iter().map(|line| (&line["file"], &line["flags"][0]["rule"])).collect();
    assert_eq!(flags.len(), 3, "{flags:?}");
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
        "invalid/author-releases-own.json: refused\n  P-03  release.releaser: Nobody releases an own notice.\n        \
         Do: Let another releasing officer do it.\n"
    );
    let russian = check(&["--lang", "ru"], &file);
    assert_eq!(
        russian.out,
        "invalid/author-releases-own.json: отказано\n  P-03  release.releaser: Собственное извещение не \
         утверждают.\n        Сделайте: Пусть утвердит другой.\n"
    );
    english.fails(4, "1 of 1 files are refused.");
}

#[test]
fn bad_input_is_named() {
    check(&[], &["nowhere.json".to_owned()]).fails(1, "nowhere.json: No such file");
    let folder = Path::new(DATA);
    run(folder, &["notice", "check", "notices", "--offices", "offices.json"]).fails(1, "Is a directory");
    run(folder, &["notice", "check", "--offices", "names.json", "offices.json"]).fails(1, "missing field `offices`");
    run(folder, &["notice", "check"]).fails(2, "<FILE>");
    run(folder, &["notice", "check", "--now", "yesterday", "offices.json"]).fails(2, "yesterday");
    // Without offices, what needs none is still checked, and that is said.
    let done = run(folder, &["notice", "check", "invalid/secret-classification.json"]);
    assert!(done.err.contains("Without --offices") && done.out.contains("P-02"), "{}{}", done.out, done.err);
}
