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

/// Who read what; what is counted; what is erased.
pub(super) fn audit(told: &mut Told, notice: &str) {
    told.tell(U01, &format!("audit reads {notice}"));
    told.tell(U01, "audit exports");
    told.tell(O01, &format!("notice export {notice} --why x"));
    told.tell(U01, "audit officers");
    told.tell(U01, "audit same-person");
    told.tell(U01, "audit emergency");
    told.tell(U01, "statistics --inside");
    told.tell(U01, "statistics");
    told.tell(D01, &format!("notice erase {notice} --reason COURT_ORDER"));
    told.tell(D01, &format!("notice erase {notice} --reason COURT_ORDER"));
    told.tell(O01, &format!("notice show {notice}"));
    told.theme("audit");
}
