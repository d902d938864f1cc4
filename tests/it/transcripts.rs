//! What the commands of an office print, in English and in Russian: two real offices, one story, and a file for each of
//! its themes. `CHAPAR_BLESS=1 cargo test --test it transcripts_in` writes them anew; read them before a commit.

mod administration;
mod mask;
mod story;

use std::io::BufRead as _;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use serde_json::Value;
use serde_json::json;

use crate::binary::Binary;
use crate::binary::free_port;
use crate::binary::introduce;
use crate::local::PAUSE;
use crate::transcripts::mask::mask;

/// Two offices, who speak one language, and what was said.
struct Told {
    root: tempfile::TempDir,
    language: &'static str,
    offices: [Binary; 2],
    /// The theme that is told now.
    text: String,
}

impl Told {
    fn begin(language: &'static str) -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut offices =
            [Binary::init(root.path(), "UZ-ALT", Some(free_port())), Binary::init(root.path(), "TM-FAR", None)];
        let [alt, far] = &mut offices;
        introduce(root.path(), &mut [alt, far]);
        let told = Self { root, language, offices, text: String::new() };
        told.enrol("UZ-ALT-U01", "auditor");
        told.enrol("UZ-ALT-D01", "data-protection-officer");
        told.until("TM-FAR", "peer list", |peers| peers[0]["connected"] == true);
        told.until("UZ-ALT", "peer list", |peers| peers[0]["connected"] == true);
        told.until("UZ-ALT", "expiry show", |ends| !ends[0]["announced"].is_null());
        told
    }

    /// Enrols an officer who signs in.
    fn enrol(&self, id: &str, role: &str) {
        let added = self.offices[0].run(&["officer", "add", id, "--role", role, "--passphrase"]).done().object();
        self.write("first", added["passphrase"].as_str().unwrap());
        let own = format!("{}.own-passphrase", &id[..6]);
        self.run(id, &["officer", "passphrase", "--new-passphrase-file", &own, "--passphrase-file", "first"]).unwrap();
    }

    /// The time by the clock of the node, so many hours on, to the second.
    fn in_hours(&self, hours: i64) -> String {
        let said = self.run("UZ-ALT-O01", &["clock", "show", "--json"]).unwrap();
        let clock: Value = serde_json::from_str(&said).unwrap();
        let now: chapar::time::Timestamp = clock["shown"].as_str().unwrap().parse().unwrap();
        format!("{}Z", &now.plus_ms(hours * 60 * 60 * 1000).to_string()[..19])
    }

    fn write(&self, file: &str, text: &str) {
        std::fs::write(self.root.path().join(file), text).unwrap();
    }

    /// Runs a command of an officer; what it printed, as the transcript has it.
    fn run(&self, who: &str, words: &[&str]) -> Result<String, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chapar"));
        for variable in ["CHAPAR_DATA", "CHAPAR_TRACE", "CREDENTIALS_DIRECTORY"] {
            command.env_remove(variable);
        }
        let own = format!("{}.own-passphrase", &who[..6]);
        let mut global = vec!["--lang", self.language];
        if !words.contains(&"--data") {
            global.extend(["--data", &who[..6]]);
        }
        // The first officer is this Unix user.
        if !who.ends_with("-O01") {
            global.extend(["--as", who]);
            if !words.contains(&"--passphrase-file") {
                global.extend(["--passphrase-file", &own]);
            }
        }
        let output = command.current_dir(self.root.path()).args(global).args(words).stdin(Stdio::null());
        let output = output.output().unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert!(!err.contains("panicked"), "{err}");
        let said: String = [out].into_iter().chain(err.lines().map(|line| format!("! {line}\n"))).collect();
        match output.status.code().unwrap() {
            0 => Ok(said),
            code => Err(format!("{said}[{code}]\n")),
        }
    }

    /// Tells what a command prints; a text in single quotes is one word.
    #[track_caller]
    fn tell(&mut self, who: &str, line: &str) -> String {
        let words: Vec<&str> = line
            .split('\'')
            .enumerate()
            .flat_map(|(i, part)| if i % 2 == 1 { vec![part] } else { part.split_whitespace().collect() })
            .collect();
        let said = self.run(who, &words).unwrap_or_else(|said| said);
        self.text.push_str(&mask(&format!("{who}$ chapar {line}\n{said}\n")));
        said
    }

    /// Tells what a node prints that starts, and stops it.
    fn tell_serving(&mut self, who: &str) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chapar"));
        command.args(["--lang", self.language, "--data", &who[..6], "serve"]).current_dir(self.root.path());
        let mut node = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        self.text.push_str(who);
        self.text.push_str("$ chapar serve\n");
        for line in BufReader::new(node.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            self.text.push_str(&mask(&line));
            if line.contains("Ctrl-C") {
                break;
            }
        }
        self.text.push('\n');
        node.kill().unwrap();
        node.wait().unwrap();
    }

    /// The same of a table in which it is said how old something is: its columns are as wide as that is long.
    #[track_caller]
    fn tell_of_age(&mut self, who: &str, line: &str) {
        let before = self.text.len();
        self.tell(who, line);
        let told = mask::ages(&self.text.split_off(before));
        self.text.push_str(&told);
    }

    /// The same, with the reference that it prints first.
    #[track_caller]
    fn reference(&mut self, who: &str, line: &str) -> String {
        let said = self.tell(who, line);
        let of_office = |word: &&str| word.len() == 18 && word.starts_with(&who[..6]);
        said.split([' ', '\n', ',']).find(of_office).unwrap_or_else(|| panic!("{line}: {said}")).to_owned()
    }

    /// A notice that is handed in, which the second officer releases; told from the release on, if at all.
    #[track_caller]
    fn released(&mut self, who: &str, line: &str) -> String {
        let reference = self.reference(who, line);
        let second = format!("{}-R01", &who[..6]);
        self.run(&second, &["notice", "draft", &reference]).unwrap();
        self.run(&second, &["notice", "release", &reference, "--checked", "all"]).unwrap();
        reference
    }

    /// Asks an office until it is so.
    #[track_caller]
    fn until(&self, office: &str, line: &str, holds: impl Fn(&[Value]) -> bool) {
        let words: Vec<&str> = line.split(' ').chain(["--json"]).collect();
        for _ in 0..3_000 {
            let said = self.run(&format!("{office}-O01"), &words).unwrap_or_default();
            let objects: Vec<Value> = said.lines().map_while(|line| serde_json::from_str(line).ok()).collect();
            if !objects.is_empty() && holds(&objects) {
                return;
            }
            std::thread::sleep(PAUSE);
        }
        panic!("not in time: {line} at {office}");
    }

    /// A draft file: the template of a kind, with these fields in place of its own.
    fn draft(&self, office: &str, template: &str, fields: &[(&str, Value)]) {
        let words: Vec<&str> = ["notice", "template"].into_iter().chain(template.split(' ')).collect();
        let said = self.run(&format!("{office}-O01"), &words).unwrap();
        let mut draft: Value = serde_json::from_str(&said).unwrap();
        draft["header"]["legal_basis"]["ref"] = "TM-UZ/2023-04".into();
        let to = if office == "UZ-ALT" { "TM-FAR" } else { "UZ-ALT" };
        draft["header"]["to"] = json!([{"office_code": to}]);
        for (path, value) in fields {
            *draft.pointer_mut(path).expect(path) = value.clone();
        }
        self.write("draft.json", &whole_seconds(draft).to_string());
    }

    /// Another value in the draft that was written last.
    fn change(&self, path: &str, value: &str) {
        let text = std::fs::read_to_string(self.root.path().join("draft.json")).unwrap();
        let mut draft: Value = serde_json::from_str(&text).unwrap();
        *draft.pointer_mut(path).expect(path) = value.into();
        self.write("draft.json", &draft.to_string());
    }

    /// Compares what was told of a theme with its file, and begins the next.
    #[track_caller]
    fn theme(&mut self, name: &str) {
        let told = std::mem::take(&mut self.text);
        let path = root().join(format!("{name}.{}.txt", self.language));
        if std::env::var_os("CHAPAR_BLESS").is_some() {
            std::fs::write(&path, told).unwrap();
            return;
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        let differ = committed.lines().zip(told.lines()).find(|(old, new)| old != new);
        assert!(
            committed == told,
            "{} is stale at {differ:#?}: CHAPAR_BLESS=1 cargo test --test it transcripts_in, then read it",
            path.display()
        );
    }
}

/// Times without milliseconds, which would be shown or not as they come.
fn whole_seconds(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, whole_seconds(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.into_iter().map(whole_seconds).collect(),
        Value::String(text) if text.len() == 24 && text.ends_with('Z') => format!("{}Z", &text[..19]).into(),
        other => other,
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/transcripts")
}

fn told_in(language: &'static str) {
    let mut told = Told::begin(language);
    let notice = story::drafts(&mut told);
    story::notices(&mut told, &notice);
    story::refusals(&mut told, &notice);
    story::answers(&mut told, &notice);
    administration::set_up(&mut told);
    administration::node(&mut told);
    administration::officers(&mut told);
    administration::audit(&mut told, &notice);
    administration::retention(&mut told);
    story::files(&mut told);
    story::exercise(&mut told);
}

#[test]
fn transcripts_in_english() {
    told_in("en");
}

#[test]
fn transcripts_in_russian() {
    told_in("ru");
}

/// Both languages tell of the same commands, and no file is left over.
#[test]
fn transcripts_are_pairs() {
    let mut names: Vec<String> =
        std::fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names.len(), 22, "{names:?}");
    for english in names.iter().filter(|name| name.ends_with(".en.txt")) {
        let commands = |name: &str| -> Vec<String> {
            let text = std::fs::read_to_string(root().join(name)).unwrap();
            text.lines().filter(|line| line.contains("$ chapar ")).map(str::to_owned).collect()
        };
        assert_eq!(commands(english), commands(&english.replace(".en.", ".ru.")), "{english}");
    }
}
