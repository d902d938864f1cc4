//! The verbs that speak to a running node: two offices set up by hand, each in a process of its own.

use std::collections::BTreeSet;
use std::io::BufRead as _;
use std::io::BufReader;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::binary::AGREEMENTS;
use crate::cli::chapar;
use crate::cli::command;
use crate::cli::fingerprint;
use crate::cli::keys;
use crate::cli::run;
use crate::cli::serving::Serving;
use crate::cli::serving::until;

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
    let init =
        format!("init --network demo.example --storage-key file --console 127.0.0.1:0 --agreements {AGREEMENTS}");
    chapar(at, &format!("{init} --data alt --office UZ-ALT --listen 127.0.0.1:0")).ok();
    chapar(at, &format!("{init} --data far --office TM-FAR --agency customs")).ok();
    let (alt, address) = Serving::start(at, "alt");
    let (far, none) = Serving::start(at, "far");
    assert_eq!(none, Value::Null);
    let config = at.join("alt/config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replacen("[[", &format!("endpoints = [{address}]\n\n[["), 1)).unwrap();
    chapar(at, "card --data alt").ok();

    let status = chapar(at, "status --json --data alt").object();
    let known = [
        "alarms",
        "ending",
        "vault_key_changed",
        "log_id",
        "missing",
        "network",
        "office",
        "peers",
        "root",
        "size",
        "storage_key",
        "version",
    ];
    let newer = ["exercise", "free_bytes", "problems", "ready", "started_at"];
    assert_eq!(keys(&status), set(&[&known[..], &newer[..]].concat()));
    assert_eq!(keys(&status["problems"][0]), set(&["do", "do_key", "key", "peer", "what"]));
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
    chapar(at, "log show --data far")
        .fails(1, "This needs one of these roles: administrator, auditor, data-protection officer.");

    let draft = chapar(at, "notice template seizure-report").ok().replace("TM-FAR\"", "TM-XXX\"");
    let draft = draft.replace("reference-of-the-agreement", "TM-UZ/2023-04");
    std::fs::write(at.join("draft.json"), &draft).unwrap();
    chapar(at, "notice send --file draft.json --data alt").fails(1, "TM-XXX is in no roster");
    std::fs::write(at.join("red.json"), draft.replace("AMBER", "RED")).unwrap();
    chapar(at, "notice send --file red.json --to TM-FAR --data alt").fails(4, "P-08 header.tlp: ");
    let sent = two_officers(at);
    assert_eq!(keys(&sent), set(&["digest", "flags", "reference", "to"]));
    delivered(at, &sent);
    logs(at);
    lives(at, sent["reference"].as_str().unwrap());

    alt.stop();
    far.stop();
    let verified = chapar(at, "log verify --offline --json --data far").object();
    assert_eq!((&verified["ok"], &verified["index"]), (&Value::Bool(true), &Value::Null));
}

/// The first officer goes on as administrator with a passphrase, and enrols this Unix user for what is left.
fn staff(at: &Path, office: &str, code: &str) {
    let by = |file: &str| format!("--as {code}-A01 --passphrase-file {file} --data {office}");
    chapar(at, &format!("inbox --data {office}")).fails(1, &format!("{code}-A01 is: administrator"));
    let changed =
        chapar(at, &format!("officer change {code}-A01 --no-uid --passphrase --json --data {office}")).object();
    let first = format!("{office}.first");
    std::fs::write(at.join(&first), changed["passphrase"].as_str().unwrap()).unwrap();
    std::fs::write(at.join(format!("{office}.own")), "one of my own").unwrap();
    chapar(at, &format!("officer list {}", by(&first))).fails(1, "only serves to set another one");
    let own = format!("{office}.own");
    chapar(at, &format!("officer passphrase --new-passphrase-file {own} {}", by(&first))).ok();
    let uid = rustix::process::getuid().as_raw();
    let roles = "--role officer --role releasing-officer";
    chapar(at, &format!("officer add {code}-O01 {roles} --uid {uid} {}", by(&own))).ok();
    let second = format!("officer add {code}-R01 --role releasing-officer --passphrase --json {}", by(&own));
    let first = chapar(at, &second).object()["passphrase"].as_str().unwrap().to_owned();
    std::fs::write(at.join(format!("{office}.second")), first).unwrap();
    let by_second = format!("--as {code}-R01 --passphrase-file {office}.second --data {office}");
    chapar(at, &format!("officer passphrase --new-passphrase-file {own} {by_second}")).ok();
    let listed = chapar(at, &format!("officer list {}", by(&own))).ok();
    assert!(listed.contains("officer, releasing officer") && listed.contains(&format!("Unix user {uid}")), "{listed}");
}

/// A command of the second officer.
fn second(at: &Path, office: &str, code: &str, line: &str) -> crate::cli::Done {
    chapar(at, &format!("{line} --data {office} --as {code}-R01 --passphrase-file {office}.own"))
}

/// A notice that a command hands in, and the second officer releases.
fn released(at: &Path, (office, code): (&str, &str), line: &[&str]) -> Value {
    let submitted = run(at, &[line, &["--json", "--data", office]].concat()).object();
    let reference = submitted["reference"].as_str().unwrap();
    assert_eq!(submitted["state"], "PENDING_RELEASE");
    let sent = second(at, office, code, &format!("notice release {reference} --checked all --json")).object();
    assert_eq!(sent["reference"], reference);
    sent
}

const ALT: (&str, &str) = ("alt", "UZ-ALT");
const FAR: (&str, &str) = ("far", "TM-FAR");

/// A draft is written, returned, changed, and released by another officer than its author.
fn two_officers(at: &Path) -> Value {
    let alt = |line: &str| chapar(at, &format!("{line} --data alt"));
    let by_second = |line: &str| second(at, "alt", "UZ-ALT", line);
    let said = alt("notice send --file draft.json --to TM-FAR").ok();
    let reference = said.split(' ').next().unwrap();
    assert_eq!(said, format!("{reference} waits for release.\n"));
    assert!(alt("notice drafts").ok().contains("waiting for release"));
    assert!(alt("--lang ru notice drafts").ok().contains("на утверждении"));
    alt(&format!("notice release {reference} --checked all")).fails(4, "You wrote");
    alt(&format!("notice discard {reference}")).fails(4, "waits for release");
    by_second(&format!("notice return {reference} --comment Why?")).fails(4, "You have not read");
    by_second(&format!("notice release {reference} --checked necessity --lawful-basis")).fails(2, "nobody is there");
    by_second(&format!("notice return {reference}")).fails(1, "with a comment");
    let comment = ["--comment", "Which road?", "--data", "alt", "--as", "UZ-ALT-R01", "--passphrase-file", "alt.own"];
    run(at, &[&["notice", "return", reference], comment.as_slice()].concat()).ok();
    by_second(&format!("notice release {reference} --checked all")).fails(1, "or another officer's");
    let form = alt(&format!("notice draft {reference} --form")).ok();
    std::fs::write(at.join("first.json"), &form).unwrap();
    let form = form.replace("What it is about, in one line", "The A380");
    std::fs::write(at.join("changed.json"), form).unwrap();
    alt(&format!("notice edit {reference} --file changed.json")).ok();
    let diff = alt(&format!("notice diff {reference}")).ok();
    assert_eq!(diff, "body.subject.text\n  - What it is about, in one line\n  + The A380\n");
    let shown = alt(&format!("--lang ru notice draft {reference}")).ok();
    assert!(shown.contains("возвращён сотрудником UZ-ALT-R01: Which road?"), "{shown}");
    alt(&format!("notice edit {reference} --file first.json")).ok();
    assert_eq!(
        alt(&format!("notice submit {reference} --json")).object()["releasers"],
        serde_json::json!(["UZ-ALT-R01"])
    );
    let drafts = by_second("notice drafts --json").object();
    assert_eq!((&drafts["state"], &drafts["author"]), (&"PENDING_RELEASE".into(), &"UZ-ALT-O01".into()));
    assert_eq!((&drafts["ends_at"], &drafts["personal_data"]), (&Value::Null, &false.into()));
    let kept = alt("notice new modus-operandi --json").object();
    assert!(kept["ends_at"].is_string(), "{kept}");
    alt(&format!("notice discard {}", kept["number"])).ok();
    let refused = alt("notice new modus-operandi --submit").err;
    assert!(refused.contains("It is kept all the same, as draft"), "{refused}");
    by_second(&format!("notice release {reference} --checked all --json")).object()
}

/// The notice is in the outbox, in the inbox, and can be read and exported.
fn delivered(at: &Path, sent: &Value) {
    let state = || chapar(at, "outbox --json --data alt").object()["deliveries"][0]["state"].clone();
    until("it is delivered", || state() == "delivered");
    let out = chapar(at, "outbox --json --data alt").object();
    let stands = ["closed", "confirmation", "corrected_by", "taken_by", "traffic_status", "withdrawn_by"];
    let side = ["awaited", "awaited_since", "due_at", "interim_replies", "overdue", "state"];
    let row = ["created_at", "deliveries", "digest", "kind", "reference", "urgency"];
    assert_eq!(keys(&out), set(&[&row[..], &stands].concat()));
    assert_eq!(keys(&out["deliveries"][0]), set(&[&["office", "received_at", "rejection"][..], &side].concat()));
    let got = chapar(at, "inbox --json --data far").object();
    let row = ["digest", "from", "kind", "received_at", "reference", "urgency"];
    assert_eq!(keys(&got), set(&[&row[..], &stands, &side].concat()));
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
    let open = [
        "amendments",
        "attachments",
        "body",
        "digest",
        "erasure",
        "header",
        "negotiation",
        "original",
        "reference",
        "related",
    ];
    assert_eq!(
        keys(&shown),
        set(&[&open[..], &stands, &["consents", "forwarded", "not_for_court_use", "sides", "verified"]].concat())
    );
    assert_eq!((&shown["verified"]["office"], &shown["header"]["kind"]), (&"UZ-ALT".into(), &"SEIZURE_REPORT".into()));
    let sheet = chapar(at, &format!("notice show {reference} --data far")).ok();
    let first = format!("NOT FOR COURT USE\n{reference}   seizure report");
    assert!(sheet.starts_with(&first) && sheet.contains("Signed by      UZ-ALT"), "{sheet}");
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
    chapar(at, "notice show UZ-ALT-26-000009-0 --data far").fails(1, "is mistyped");
    chapar(at, &format!("notice export {reference} --why proof --data far"))
        .fails(4, "no consent of UZ-ALT counts (P-05)");
    let export = chapar(at, &format!("notice export {reference} --why proof --json --data alt")).object();
    assert_eq!(keys(&export), set(&["dispatches", "not_for_court_use", "notice", "receipts"]));
    assert_eq!(keys(&export["notice"]), set(&["payload", "payloadType", "signatures"]));
    assert_eq!(keys(&export["receipts"][0]["signatures"][0]), set(&["keyid", "sig"]));
}

/// The notice is taken, acknowledged, corrected, withdrawn and closed.
fn lives(at: &Path, notice: &str) {
    let far = |line: &str| chapar(at, &format!("{line} --data far"));
    let alt = |line: &str| chapar(at, &format!("{line} --data alt"));
    assert_eq!(far(&format!("notice take {notice}")).ok(), format!("{notice} is yours now.\n"));
    far(&format!("notice take {notice}")).fails(4, "is yours already");
    assert!(far("inbox").ok().contains("taken by TM-FAR-O01"));
    let noted = far(&format!("notice ack {notice} --json")).object();
    assert_eq!(noted["to"], serde_json::json!(["UZ-ALT"]));
    far(&format!("notice ack {notice}")).fails(4, "was acknowledged by this office with TM-FAR-");
    let state = |state: &str| alt(&format!("outbox --json --state {state}")).objects().len() == 1;
    until("it is acknowledged", || state("acknowledged"));
    let found = |filters: &str| far(&format!("search --json --why case-7 --kind seizure-report {filters}")).objects();
    until("the index is built", || far("search --why case-7 word").code == 0);
    assert_eq!(found("what about --state acknowledged")[0]["reference"], notice);
    assert_eq!(found(&format!("{notice} --office UZ-ALT"))[0]["found_as"], serde_json::json!(["reference"]));
    for filters in
        ["what --state closed", "what --office UZ-NCC", "what --until 2026-01-01T00:00:00Z", "what --exercise"]
    {
        assert!(found(filters).is_empty(), "{filters}");
    }
    far("search what").fails(2, "--why");
    let table = far("--lang ru search what --why case-7").ok();
    assert!(table.contains("найдено как") && table.contains("изъятие") && table.contains("слово"), "{table}");
    assert_eq!(alt("inbox --json --kind acknowledgement --from TM-FAR").objects().len(), 1);
    assert!(alt("inbox --json --exercise").objects().is_empty());
    assert!(alt("outbox --json --overdue").objects().is_empty());

    let draft = alt(&format!("notice template correction --about {notice}")).ok();
    std::fs::write(at.join("correction.json"), &draft).unwrap();
    assert!(draft.contains(notice) && draft.contains("TM-FAR"), "{draft}");
    far(&format!("notice correct {notice} --file correction.json")).fails(1, "only its originator");
    alt(&format!("notice reply {notice} --file correction.json")).fails(1, "The draft is a correction, not a reply");
    far(&format!("notice template reply --about {notice}")).fails(2, "A reply is not about a seizure-report");
    let correction = released(at, ALT, &["notice", "correct", notice, "--file", "correction.json"]);
    let correction = correction["reference"].as_str().unwrap();
    let corrected = || far("inbox --json --kind seizure-report").object()["corrected_by"].clone();
    until("the correction is there", || corrected()["reference"] == correction);
    assert!(found("what about").is_empty());
    assert_eq!(found("new subject")[0]["corrected_by"]["reference"], correction);
    let shown = far(&format!("notice show {notice}")).ok();
    assert!(shown.starts_with(&format!("CORRECTED with {correction}")), "{shown}");
    assert!(shown.contains("The new subject") && !shown.contains("What it is about"), "{shown}");
    let shown = far(&format!("--lang ru notice show {notice} --original")).ok();
    assert!(shown.starts_with("ИСПРАВЛЕНО") && shown.contains("What it is about"), "{shown}");
    assert!(shown.contains(&format!("{correction}, исправление, UZ-ALT")), "{shown}");
    far(&format!("notice ack {correction}")).ok();

    let words = "Sent to the wrong office";
    let withdrawal = released(at, ALT, &["notice", "withdraw", notice, "--reason", "ERROR", "--text", words]);
    let withdrawn = || far("inbox --json --kind seizure-report").object()["withdrawn_by"].clone();
    until("it is withdrawn", || withdrawn()["reference"] == withdrawal["reference"]);
    let shown = far(&format!("notice show {notice} --json")).object();
    assert_eq!((&shown["body"], &shown["original"]), (&Value::Null, &Value::Null));
    assert_eq!(shown["amendments"][1]["reason"]["text"], words);
    let shown = far(&format!("notice show {notice} --original --json")).object();
    assert_eq!(shown["original"]["subject"]["text"], "What it is about, in one line");
    assert!(far("inbox").ok().contains("WITHDRAWN"));

    asks_and_answers(at);
    assert_eq!(alt(&format!("notice close {notice}")).ok(), format!("{notice} is closed here.\n"));
    assert!(state("closed"));
    alt(&format!("notice close {notice} --reopen")).ok();
    alt(&format!("notice take {notice}")).fails(4, "was issued by this office");
}

/// A request is answered, first for the time being; a warning gets feedback.
fn asks_and_answers(at: &Path) {
    let far = |line: &str| chapar(at, &format!("{line} --data far"));
    let alt = |line: &str| chapar(at, &format!("{line} --data alt"));
    let asked = |kind: &str| {
        let draft = alt(&format!("notice template {kind}")).ok().replace("reference-of-the-agreement", "TM-UZ/2023-04");
        std::fs::write(at.join("asked.json"), draft).unwrap();
        let sent = released(at, ALT, &["notice", "send", "--file", "asked.json"]);
        let sent = sent["reference"].as_str().unwrap().to_owned();
        until("it is there", || !far(&format!("inbox --json --kind {kind}")).objects().is_empty());
        sent
    };
    let answered = |verb: &str, kind: &str, notice: &str, change: (&str, &str)| {
        let draft = far(&format!("notice template {kind} --about {notice}")).ok().replace(change.0, change.1);
        std::fs::write(at.join("answer.json"), draft).unwrap();
        released(at, FAR, &["notice", verb, notice, "--file", "answer.json"])
    };
    let row = |kind: &str| alt(&format!("outbox --json --kind {kind}")).object()["deliveries"][0].clone();
    let request = asked("request-for-information");
    answered("reply", "reply", &request, ("FULL", "INTERIM"));
    until("an interim reply is there", || row("request-for-information")["interim_replies"] == 1);
    assert_eq!(row("request-for-information")["state"], "delivered");
    answered("refuse", "refusal", &request, ("", ""));
    until("it is refused", || row("request-for-information")["state"] == "actioned");
    let warning = asked("suspicious-consignment");
    answered("feedback", "feedback", &warning, ("", ""));
    until("there is feedback", || row("suspicious-consignment")["state"] == "actioned");
    assert_eq!(far("inbox --json --kind suspicious-consignment --state answered").objects().len(), 1);
}

/// The log can be listed, exported and verified while the node runs.
fn logs(at: &Path) {
    let entries = chapar(at, "log show --json --data far --as TM-FAR-A01 --passphrase-file far.own").objects();
    let expected = ["actor", "code", "index", "kind", "lane", "object", "peer", "sequence", "subject", "time"];
    assert!(entries.iter().all(|entry| keys(entry) == set(&expected)));
    assert_eq!(entries.iter().filter(|entry| entry["kind"] == "ACCESSED" && entry["code"] != 6).count(), 4);
    let one =
        chapar(at, "log show --from 1 --limit 1 --json --data far --as TM-FAR-A01 --passphrase-file far.own").object();
    assert_eq!((&one, &one["index"]), (&entries[1], &Value::from(1)));
    let exported = chapar(at, "log export --data far --as TM-FAR-A01 --passphrase-file far.own").objects();
    assert_eq!(exported.len(), entries.len());
    assert_eq!(keys(&exported[0]), set(&["entry", "index"]));
    let verified = chapar(at, "log verify --json --data far --as TM-FAR-A01 --passphrase-file far.own").object();
    assert_eq!(
        keys(&verified),
        set(&["attachments", "attachments_to_come", "fault", "index", "key", "ok", "root", "size"])
    );
    assert_eq!((&verified["ok"], &verified["size"]), (&Value::Bool(true), &Value::from(entries.len())));
    chapar(at, "log verify --offline --data far").fails(1, "The node is running");
}
