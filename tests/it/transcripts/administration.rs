//! What administrators, auditors and the data-protection officer do.

use serde_json::Value;

use crate::transcripts::Told;

const O01: &str = "UZ-ALT-O01";
const A01: &str = "UZ-ALT-A01";
const U01: &str = "UZ-ALT-U01";
const D01: &str = "UZ-ALT-D01";

/// A new office, with the setup code of its console.
pub(super) fn set_up(told: &mut Told) {
    let new = "UZ-NEW-O01";
    told.tell(new, "setup-code");
    told.tell(new, "init --office UZ-NEW --network test.example --storage-key file --console 127.0.0.1:0");
    told.tell(new, "setup-code");
    told.tell_serving(new);
    // There are officers.
    told.tell(O01, "setup-code");
    told.tell("UZ-OLD-O01", "init --office UZ-OLD --network test.example --storage-key file --console none");
    told.tell("UZ-OLD-O01", "setup-code");
    told.theme("set-up");
}

/// The node at a glance.
pub(super) fn node(told: &mut Told) {
    let state = |notice: &Value| notice["deliveries"][0]["state"].clone();
    told.until("UZ-ALT", "outbox", |sent| sent.iter().all(|notice| state(notice) != "queued"));
    told.until("UZ-ALT", "outbox", |sent| sent.iter().filter(|notice| state(notice) == "actioned").count() == 3);
    told.until("UZ-ALT", "inbox", |received| received.len() == 4);
    told.tell(A01, "status");
    told.tell(A01, "peer list");
    told.tell_of_age(A01, "roster show");
    told.tell(A01, "roster import UZ.roster");
    told.tell(A01, "roster import draft.json");
    told.tell(A01, "clock show");
    told.tell(A01, "clock confirm 2020-01-01T00:00:00Z");
    told.tell(A01, "expiry show");
    told.tell(A01, "expiry confirm 7");
    told.tell(A01, "log show --limit 2");
    told.tell(A01, "log verify");
    told.theme("node");
}

/// Officers come and go.
pub(super) fn officers(told: &mut Told) {
    told.tell(O01, "officer list");
    told.tell(O01, "officer add UZ-ALT-O02 --role officer --uid 60002");
    told.tell(A01, "officer add UZ-ALT-O02 --role officer --uid 60002");
    told.tell(A01, "officer add UZ-ALT-O02 --role officer --uid 60002");
    told.tell(A01, "officer add UZ-ALT-O03 --role officer --uid 60002");
    told.tell(A01, "officer add TM-FAR-O03 --role officer --uid 60003");
    told.tell(A01, "officer add UZ-ALT-O03 --role officer --role auditor --uid 60003");
    told.tell(A01, "officer change UZ-ALT-O02 --role officer --role releasing-officer");
    told.tell(A01, "officer change UZ-ALT-O02");
    told.tell(A01, "officer revoke UZ-ALT-O02");
    told.tell(A01, "officer change UZ-ALT-O02 --uid 60004");
    told.tell(A01, "officer revoke UZ-ALT-A01");
    told.tell(A01, "officer approve UZ-ALT-O02 --entry 1");
    told.tell(A01, "officer list");
    told.write("short", "short");
    told.tell(A01, "officer passphrase --new-passphrase-file short");
    told.theme("officers");
}

/// An auditor asks to read a text; a data-protection officer decides.
fn readings(told: &mut Told, notice: &str) {
    let waits = |told: &Told| -> u64 {
        let listed = told.run(U01, &["reading", "list", "--json"]).unwrap();
        let last: Value = serde_json::from_str(listed.lines().last().unwrap()).unwrap();
        last["entry"].as_u64().unwrap()
    };
    told.tell(U01, "reading list");
    told.tell(O01, &format!("reading ask {notice} --why 'case 7'"));
    told.tell(U01, &format!("reading ask {notice} --why 'case 7'"));
    told.tell(U01, &format!("reading ask {notice} --why 'case 7'"));
    let request = waits(told);
    told.tell(U01, &format!("reading grant {request}"));
    told.tell(D01, &format!("reading refuse {request} --reason 'The header is enough'"));
    told.tell(D01, &format!("reading grant {request}"));
    told.tell(U01, &format!("reading ask {notice} --why 'case 7, the court asks'"));
    told.tell(D01, "reading list");
    let request = waits(told);
    told.tell(D01, &format!("reading grant {request}"));
    told.tell(D01, "reading grant 1");
    told.tell(U01, "reading list");
    told.tell(U01, &format!("notice show {notice}"));
    told.tell(D01, &format!("notice show {notice}"));
    told.tell(U01, "audit readings");
}

/// Who read what; what is counted; what is erased.
pub(super) fn audit(told: &mut Told, notice: &str) {
    told.tell(U01, &format!("audit reads {notice}"));
    told.tell(U01, "audit exports");
    told.tell(O01, &format!("notice export {notice} --why x"));
    told.tell(U01, "audit officers");
    told.tell(U01, "audit same-person");
    told.tell(U01, "audit emergency");
    readings(told, notice);
    told.tell_of_age(U01, "statistics --inside");
    told.tell_of_age(U01, "statistics");
    told.tell(D01, &format!("notice erase {notice} --reason COURT_ORDER"));
    told.tell(D01, &format!("notice erase {notice} --reason COURT_ORDER"));
    told.tell(O01, &format!("notice show {notice}"));
    told.theme("audit");
}

/// What is due for review, and for how long texts are kept.
pub(super) fn retention(told: &mut Told) {
    told.tell(A01, "review list");
    told.tell(U01, "review list");
    let alert = told.reference(D01, "review list --days 60");
    told.tell(D01, &format!("review done {alert} --reason CASE_OPEN --next 2020-01-01T00:00:00Z"));
    told.tell(D01, &format!("review done {alert} --reason CASE_OPEN --next 2099-01-01T00:00:00Z"));
    told.tell(U01, &format!("review done {alert} --reason CASE_OPEN"));
    told.tell(D01, &format!("review done {alert} --reason CASE_OPEN"));
    told.tell(D01, "retention show");
    told.tell(D01, "retention count vehicle-alert 20");
    told.tell(D01, "retention set vehicle-alert 61");
    told.tell(A01, "retention set vehicle-alert 20");
    told.tell(D01, "retention set vehicle-alert 20");
    told.tell(D01, "retention set vehicle-alert 20");
    told.tell(D01, "expiry list --days 30");
    told.draft("UZ-ALT", "vehicle-alert", &[]);
    told.tell(O01, "notice send --file draft.json");
    let proposed = told.run(D01, &["retention", "set", "vehicle-alert", "40", "--json"]).unwrap();
    let entry = serde_json::from_str::<Value>(&proposed).unwrap()["entry"].to_string();
    told.tell(D01, &format!("retention approve vehicle-alert --entry {entry}"));
    told.tell(A01, "retention approve vehicle-alert --entry 1");
    told.tell(A01, &format!("retention approve vehicle-alert --entry {entry}"));
    told.tell(A01, &format!("retention decline vehicle-alert --entry {entry}"));
    // How many entries are before it, the line between the offices decides.
    told.text = told.text.replace(&format!("--entry {entry}\n"), "--entry N\n");
    told.theme("retention");
}
