//! The sample drafts: the valid ones pass, each invalid one is refused by the rule that it names.

use std::path::PathBuf;

use serde_json::Value;

use super::*;
use crate::domain::policy::Agreement;
use crate::domain::policy::Agreements;
use crate::domain::policy::Offices;
use crate::domain::policy::Periods;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::wire::Role;
use crate::wire::json::Word as _;

mod altered;

fn data(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data")).join(name)
}

struct Samples {
    offices: Vec<OfficeCode>,
    agreements: Agreements,
}

impl Samples {
    fn of_samples() -> Self {
        let book: Value = serde_json::from_slice(&std::fs::read(data("offices.json")).unwrap()).unwrap();
        let list = |name: &str| book[name].as_array().unwrap().clone();
        let texts = |value: &Value| -> Vec<String> {
            value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
        };
        let agreement = |value: &Value| {
            let agreement = Agreement {
                kind: wire::LegalBasisKind::from_word(value["kind"].as_str().unwrap()).unwrap(),
                countries: texts(&value["countries"]).iter().map(|code| code.parse().unwrap()).collect(),
                purposes: texts(&value["purposes"]).iter().map(|w| wire::Purpose::from_word(w).unwrap()).collect(),
                retention_days: None,
            };
            (value["ref"].as_str().unwrap().to_owned(), agreement)
        };
        let mut agreements = Agreements::default();
        for (reference, agreement) in list("agreements").iter().map(agreement) {
            agreements.add(&reference, agreement).unwrap();
        }
        Self {
            offices: list("offices").iter().map(|o| o["code"].as_str().unwrap().parse().unwrap()).collect(),
            agreements,
        }
    }
}

impl Offices for Samples {
    fn knows(&self, office: OfficeCode) -> bool {
        self.offices.contains(&office)
    }

    fn holds(&self, officer: &OfficerId, role: Role) -> bool {
        let letter = if role == Role::ReleasingOfficer { 'R' } else { 'O' };
        matches!(role, Role::Officer | Role::ReleasingOfficer) && officer.as_str().chars().nth(7) == Some(letter)
    }
}

type Sample = (String, Value, Result<File, Vec<Finding>>);

fn samples(folder: &str) -> Vec<Sample> {
    let mut paths: Vec<_> = std::fs::read_dir(data(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let draft = |path: &PathBuf| !path.to_str().unwrap().ends_with(".expect.json");
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let bytes = std::fs::read(path).unwrap();
        let beside = path.with_extension("expect.json");
        let (bytes, expect) = if let Ok(expect) = std::fs::read(beside) {
            (bytes, serde_json::from_slice::<Value>(&expect).unwrap())
        } else {
            let value: Value = serde_json::from_slice(&bytes).unwrap();
            let expect = value.get("expect").cloned().unwrap_or_default();
            (bytes, expect)
        };
        let expect = expect.get("expect").cloned().unwrap_or(expect);
        (name, expect, File::read(&bytes))
    };
    paths.iter().filter(|path| draft(path)).map(read).collect()
}

/// The findings of the samples of both folders, the valid ones given first.
fn findings() -> Vec<(String, Value, Findings)> {
    let (valid, invalid) = (samples("notices"), samples("invalid"));
    assert_eq!((valid.len(), invalid.len()), (72, 104));
    let book = Samples::of_samples();
    let now = "2026-11-20T06:00:00Z".parse().unwrap();
    let periods = Periods::default();
    let book = Book { offices: &book, agreements: &book.agreements, periods: &periods };
    let checks = Checks { book: Some(book), now };
    let all: Vec<_> = valid.into_iter().chain(invalid).collect();
    let files = Files::of(all.iter().filter_map(|(_, _, file)| file.as_ref().ok()), now);
    let mut taken = Taken::default();
    let mut judged = vec![];
    for (name, expect, file) in all {
        let findings = match file {
            Ok(file) => {
                let findings = checks.check(&file, &files, &taken, &[]);
                taken.take(&file);
                findings
            }
            Err(problems) => Findings { problems, flags: vec![] },
        };
        judged.push((name, expect, findings));
    }
    judged
}

#[test]
fn samples_are_judged_as_they_say() {
    let mut wrong = vec![];
    for (name, expect, findings) in findings() {
        if name == "attachment-digest-wrong" {
            // It takes the picture to see that: tests/it/cli/check.rs.
            continue;
        }
        let found: Vec<_> =
            findings.problems.iter().map(|finding| (finding.rule.to_string(), finding.path.clone())).collect();
        let Some(rule) = expect["rule"].as_str() else {
            if !found.is_empty() {
                wrong.push(format!("{name} is valid, but {found:?}"));
            }
            continue;
        };
        let path = expect["path"].as_str().unwrap_or_default();
        // Where the file cannot be read, the expectation names no field.
        let meant =
            |(found_rule, found_path): &(String, String)| found_rule == rule && (found_path == path || path.is_empty());
        if !found.iter().any(meant) {
            wrong.push(format!("{name} wants {rule} at {path}, but {found:?}"));
        }
        // One defect each: nothing else is wrong with it.
        let also: Vec<_> = expect["also_acceptable"].as_array().into_iter().flatten().collect();
        let other = found.iter().filter(|one| !meant(one) && !also.contains(&&Value::from(one.0.clone())));
        let other: Vec<_> = other.filter(|(found_rule, _)| found_rule != rule).collect();
        if !other.is_empty() {
            wrong.push(format!("{name}: besides {rule} also {other:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} samples:\n{}", wrong.len(), wrong.join("\n"));
}

/// A valid sample, changed.
fn changed(name: &str, change: impl Fn(&mut Value)) -> Value {
    let bytes = std::fs::read(data(&format!("notices/{name}.json"))).unwrap();
    let mut sample = serde_json::from_slice(&bytes).unwrap();
    change(&mut sample);
    sample
}

/// The first valid sample of a kind.
fn first_of(kind: &str) -> String {
    let all = samples("notices");
    let is = |name: &&String| {
        let bytes = std::fs::read(data(&format!("notices/{name}.json"))).unwrap();
        serde_json::from_slice::<Value>(&bytes).unwrap()["header"]["kind"] == kind
    };
    all.iter().map(|(name, _, _)| name).find(is).unwrap().clone()
}
