//! The command line as people and scripts use it: the real binary, its output, its exit codes, and what it leaves.

mod bad_input;
mod check;
mod demo;
mod running;
mod serving;
mod set_up;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use serde_json::Value;

/// What a command did.
struct Done {
    code: i32,
    out: String,
    err: String,
}

impl Done {
    /// The data that it printed, if it went well.
    #[track_caller]
    fn ok(self) -> String {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self.out
    }

    /// The objects that it printed.
    #[track_caller]
    fn objects(self) -> Vec<Value> {
        self.ok().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The one object that it printed.
    #[track_caller]
    fn object(self) -> Value {
        let mut objects = self.objects();
        assert_eq!(objects.len(), 1);
        objects.remove(0)
    }

    /// It failed with this code and said this, and what to do.
    #[track_caller]
    fn fails(self, code: i32, error: &str) {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        let (said, way_out) = self.err.split_once("\nDo:    ").expect("an error comes with what to do");
        let said = said.rsplit_once("Error: ").map_or(said, |(_, said)| said);
        assert!(said.contains(error), "{error:?} is not in {said:?}");
        assert!(!way_out.trim().is_empty());
        assert!(!self.err.contains("panicked"), "{}", self.err);
    }
}

/// Runs it in a folder, nobody at the terminal.
fn chapar(folder: &Path, line: &str) -> Done {
    run(folder, &line.split_whitespace().collect::<Vec<_>>())
}

fn run(folder: &Path, words: &[&str]) -> Done {
    let output = command(folder).args(words).stdin(Stdio::null()).output().unwrap();
    Done {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chapar"));
    let outside = ["CHAPAR_DATA", "CHAPAR_LANG", "CREDENTIALS_DIRECTORY", "LANG", "LC_ALL", "LC_MESSAGES"];
    for name in outside {
        command.env_remove(name);
    }
    command.current_dir(folder);
    command
}

/// The value of the line `fingerprint: …`.
#[track_caller]
fn fingerprint(out: &str) -> String {
    out.lines().find_map(|line| line.strip_prefix("fingerprint: ")).expect("a fingerprint").to_owned()
}

/// Every file under a folder with its bytes, and every folder.
fn snapshot(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if path.is_dir() {
                folders.push(path);
                found.insert(name, vec![]);
            } else {
                found.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    found
}

/// The names of an object.
fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// A country UZ and an office UZ-ALT, each in a folder.
fn country_and_office(folder: &Path) {
    chapar(folder, "country new --dir uzc --country UZ --network demo.example").ok();
    chapar(folder, "init --data alt --office UZ-ALT --network demo.example --storage-key file").ok();
}
