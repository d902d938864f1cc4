//! The verbs that speak to a running node: two offices set up by hand, each in a process of its own.

use std::collections::BTreeSet;
use std::io::BufRead as _;
use std::io::BufReader;
use std::path::Path;
use std::process::Child;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::cli::chapar;
use crate::cli::command;
use crate::cli::fingerprint;
use crate::cli::keys;
use crate::cli::run;

/// A running node; killed if the test fails.
struct Serving(Child);

impl Serving {
    /// Starts it; also gives the address of its exchange port.
    fn start(folder: &Path, data: &str) -> (Self, Value) {
        let mut child = command(folder)
            .args(["serve", "--json", "--data", data])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        (Self(child), said["exchange"].clone())
    }

    /// Ends it as a service manager does.
    fn stop(mut self) {
        let id = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks until it is so.
#[track_caller]
fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..600 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("not within a minute: {what}");
}

fn set(names: &[&'static str]) -> BTreeSet<&'static str> {
    names.iter().copied().collect()
}

#[test]
fn two_offices_exchange_a_notice_by_hand() {
    let data = tempfile::tempdir().unwrap();
    let at = data.path();
    let mut trust = vec![];
    for (country, dir) in [("UZ", "uzc"), ("TM", "tmc")] {
        let line = format!("country new --dir {dir} --country {country} --network demo.example");
        trust.push((country, fingerprint(&chapar(at, &line).ok())));
    }
    chapar(at, "init --data alt --office UZ-ALT --network demo.example --listen 127.0.0.1:0 --storage-key file").ok();
    chapar(at, "init --data far --office TM-FAR --network demo.example --agency customs --storage-key file").ok();
    let (alt, address) = Serving::start(at, "alt");
    let (far, none) = Serving::start(at, "far");
    assert_eq!(none, Value::Null);
    let config = at.join("alt/config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{text}endpoints = [{address}]\n")).unwrap();
    chapar(at, "card --data alt").ok();

    let status = chapar(at, "status --json --data alt").object();
    let known = ["alarms", "log_id", "missing", "network", "office", "peers", "root", "size", "storage_key", "version"];
    let newer = ["free_bytes", "problems", "ready", "started_at"];
    assert_eq!(keys(&status), set(&[&known[..], &newer[..]].concat()));
    assert_eq!(keys(&status["problems"][0]), set(&["do", "peer", "what"]));
    assert!(status["missing"][0].as_str().unwrap().contains("peer trust UZ"));
    assert!(chapar(at, "status --data alt").ok().contains("Do: Compare its fingerprint by voice"));

    chapar(at, "country add --dir uzc alt/UZ-ALT.card --yes").ok();
    chapar(at, "country add --dir tmc far/TM-FAR.card --yes").ok();
    chapar(at, "country sign --dir uzc --out uz.roster").ok();
    chapar(at, "country sign --dir tmc --out tm.roster").ok();
    chapar(at, "roster import uz.roster --data alt").fails(4, "The key of UZ is not trusted here");
    for office in ["alt", "far"] {
        for (country, fingerprint) in &trust {
            run(at, &["peer", "trust", country, fingerprint, "--data", office]).ok();
        }
        let imported = chapar(at, &format!("roster import uz.roster tm.roster --json --data {office}")).objects();
        assert_eq!(imported[1], serde_json::json!({"country": "TM", "version": 1, "changed": true, "offices": 1}));
    }
    until("the link is up", || chapar(at, "peer list --json --data alt").object()["connected"] == true);
    assert_eq!(chapar(at, "roster show --json --data alt").objects()[0]["offices"], serde_json::json!(["TM-FAR"]));

    for (office, code) in [("alt", "UZ-ALT"), ("far", "TM-FAR")] {
        staff(at, office, code);
    }
    assert_eq!(chapar(at, "status --json --data alt").object()["missing"], serde_json::json!([]));
    chapar(at, "log show --data far").fails(1, "This needs ADMINISTRATOR or AUDITOR or DATA_PROTECTION_OFFICER");

    let draft = chapar(at, "notice template seizure-report").ok().replace("TM-FAR\"", "TM-XXX\"");
    std::fs::write(at.join("draft.json"), draft).unwrap();
    chapar(at, "notice send --file draft.json --data alt").fails(1, "TM-XXX is in no roster");
    let sent = chapar(at, "notice send --file draft.json --to TM-FAR --json --data alt").object();
    assert_eq!(keys(&sent), set(&["digest", "reference", "to"]));
    delivered(at, &sent);
    logs(at);

    alt.stop();
    far.stop();
    let verified = chapar(at, "log verify --offline --json --data far").object();
    assert_eq!((&verified["ok"], &verified["index"]), (&Value::Bool(true), &Value::Null));
}

/// The first officer goes on as administrator with a passphrase, and enrols this Unix user for what is left.
fn staff(at: &Path, office: &str, code: &str) {
    let by = |file: &str| format!("--as {code}-A01 --passphrase-file {file} --data {office}");
    chapar(at, &format!("inbox --data {office}")).fails(1, &format!("{code}-A01 is ADMINISTRATOR"));
    let changed =
        chapar(at, &format!("officer change {code}-A01 --no-uid --passphrase --json --data {office}")).object();
    let first = format!("{office}.first");
    std::fs::write(at.join(&first), changed["passphrase"].as_str().unwrap()).unwrap();
    std::fs::write(at.join(format!("{office}.own")), "one of my own").unwrap();
    chapar(at, &format!("officer list {}", by(&first))).fails(1, "only serves to set another one");
    let own = format!("{office}.own");
    chapar(at, &format!("officer passphrase --new-passphrase-file {own} {}", by(&first))).ok();
    chapar(at, &format!("officer list {}", by(&first))).fails(1, "The officer or the passphrase is wrong");
    let uid = rustix::process::getuid().as_raw();
    let roles = "--role officer --role releasing-officer";
    chapar(at, &format!("officer add {code}-O01 {roles} --uid {uid} {}", by(&own))).ok();
    let listed = chapar(at, &format!("officer list {}", by(&own))).ok();
    assert!(listed.contains("officer, releasing-officer") && listed.contains(&format!("Unix user {uid}")), "{listed}");
}

/// The notice is in the outbox, in the inbox, and can be read and exported.
fn delivered(at: &Path, sent: &Value) {
    let state = || chapar(at, "outbox --json --data alt").object()["deliveries"][0]["state"].clone();
    until("it is delivered", || state() == "delivered");
    let out = chapar(at, "outbox --json --data alt").object();
    assert_eq!(keys(&out), set(&["created_at", "deliveries", "digest", "kind", "reference", "urgency"]));
    assert_eq!(keys(&out["deliveries"][0]), set(&["office", "received_at", "rejection", "state"]));
    let got = chapar(at, "inbox --json --data far").object();
    assert_eq!(keys(&got), set(&["digest", "from", "kind", "received_at", "reference", "urgency"]));
    assert_eq!((&got["digest"], &got["from"]), (&sent["digest"], &Value::from("UZ-ALT")));
    let time = got["received_at"].as_str().unwrap();
    assert_eq!(time.parse::<chapar::time::Timestamp>().unwrap().to_string(), time);
    let mut follow =
        command(at).args(["inbox", "--follow", "--json", "--data", "far"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(follow.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), got);
    let interrupt = rustix::process::Signal::INT;
    rustix::process::kill_process(rustix::process::Pid::from_child(&follow), interrupt).unwrap();
    assert!(follow.wait().unwrap().success());

    let reference = sent["reference"].as_str().unwrap();
    let shown = chapar(at, &format!("notice show {reference} --json --data far")).object();
    assert_eq!(keys(&shown), set(&["body", "digest", "header", "reference", "verified"]));
    assert_eq!((&shown["verified"]["office"], &shown["header"]["kind"]), (&"UZ-ALT".into(), &"SEIZURE_REPORT".into()));
    let sheet = chapar(at, &format!("notice show {reference} --data far")).ok();
    let first = format!("NOT FOR COURT USE\n{reference}   seizure report");
    assert!(sheet.starts_with(&first) && sheet.contains("Signed by    UZ-ALT"), "{sheet}");
    let list = chapar(at, "--lang ru inbox --data far").ok();
    assert!(list.starts_with("получено (UTC)") && list.contains("изъятие"), "{list}");
    let list = chapar(at, "--lang ru outbox --data alt").ok();
    assert!(list.contains("состояние") && list.contains("доставлено"), "{list}");
    let sheet = chapar(at, &format!("--lang ru notice show {reference} --data far")).ok();
    let first = format!("НЕ ДЛЯ ИСПОЛЬЗОВАНИЯ В СУДЕ\n{reference}   изъятие   обычное\n");
    assert!(sheet.starts_with(&first), "{sheet}");
    assert!(sheet.contains("Подписал") && sheet.contains("место сокрытия: другое место"), "{sheet}");
    let shown = chapar(at, &format!("--lang ru notice show {reference} --json --data far")).object();
    assert_eq!(shown["header"]["kind"], "SEIZURE_REPORT", "programs read codes");
    chapar(at, "notice show UZ-ALT-26-000009-0 --data far").fails(1, "No notice here");
    chapar(at, &format!("notice export {reference} --why proof --data far")).fails(4, "keeps this notice here (P-05)");
    let export = chapar(at, &format!("notice export {reference} --why proof --json --data alt")).object();
    assert_eq!(keys(&export), set(&["dispatches", "not_for_court_use", "notice", "receipts"]));
    assert_eq!(keys(&export["notice"]), set(&["payload", "payloadType", "signatures"]));
    assert_eq!(keys(&export["receipts"][0]["signatures"][0]), set(&["keyid", "sig"]));
}

/// The log can be listed, exported and verified while the node runs.
fn logs(at: &Path) {
    let entries = chapar(at, "log show --json --data far --as TM-FAR-A01 --passphrase-file far.own").objects();
    let expected = ["actor", "code", "index", "kind", "lane", "object", "peer", "sequence", "subject", "time"];
    assert!(entries.iter().all(|entry| keys(entry) == set(&expected)));
    assert_eq!(entries.iter().filter(|entry| entry["kind"] == "ACCESSED").count(), 4);
    let one =
        chapar(at, "log show --from 1 --limit 1 --json --data far --as TM-FAR-A01 --passphrase-file far.own").object();
    assert_eq!((&one, &one["index"]), (&entries[1], &Value::from(1)));
    let exported = chapar(at, "log export --data far --as TM-FAR-A01 --passphrase-file far.own").objects();
    assert_eq!(exported.len(), entries.len());
    assert_eq!(keys(&exported[0]), set(&["entry", "index"]));
    let verified = chapar(at, "log verify --json --data far --as TM-FAR-A01 --passphrase-file far.own").object();
    assert_eq!(keys(&verified), set(&["fault", "index", "ok", "root", "size"]));
    assert_eq!((&verified["ok"], &verified["size"]), (&Value::Bool(true), &Value::from(entries.len())));
    chapar(at, "log verify --offline --data far").fails(1, "The node is running");
}
