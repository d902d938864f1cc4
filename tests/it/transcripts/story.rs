//! What officers do: drafts of two officers, notices at both ends, what is refused, answers.

use serde_json::json;

use crate::transcripts::Told;

const O01: &str = "UZ-ALT-O01";
const R01: &str = "UZ-ALT-R01";
const FAR: &str = "TM-FAR-O01";

/// A draft is written, returned, changed and released; the reference of the notice.
pub(super) fn drafts(told: &mut Told) -> String {
    told.tell(O01, "notice drafts");
    let subject = |text: &str| [("/body/subject", json!({"text": text, "lang": "en"}))];
    told.draft("UZ-ALT", "seizure-report", &subject("A truck on the A380"));
    told.tell(O01, "notice new --file draft.json");
    told.tell(O01, "notice drafts");
    told.tell(O01, "notice diff 1");
    told.tell(R01, "notice draft 1");
    told.tell(R01, "notice release 1 --checked all");
    let reference = told.reference(O01, "notice submit 1");
    told.tell(O01, "notice submit 1");
    told.tell(O01, &format!("notice discard {reference}"));
    told.tell(O01, &format!("notice release {reference} --checked all"));
    told.tell(R01, &format!("notice release {reference} --checked necessity"));
    told.tell(R01, &format!("notice return {reference}"));
    told.tell(R01, &format!("notice return {reference} --comment 'Which road?'"));
    told.tell(O01, "notice drafts");
    told.tell(O01, "notice diff 1");
    told.change("/body/subject/text", "A truck on the A380, near Alat");
    told.tell(O01, "notice edit 1 --file draft.json");
    told.tell(O01, "notice diff 1");
    told.tell(O01, "notice submit 1");
    told.tell(R01, "notice drafts");
    told.tell(R01, &format!("notice release {reference} --checked all"));
    told.tell(O01, "notice new modus-operandi");
    told.tell(O01, "notice draft 2");
    told.tell(O01, "notice discard 2");
    told.until("UZ-ALT", "outbox", |sent| sent[0]["deliveries"][0]["state"] == "delivered");
    told.theme("drafts");
    reference
}

/// A notice is read, taken, acknowledged, found and closed.
pub(super) fn notices(told: &mut Told, notice: &str) {
    told.tell(O01, "inbox");
    told.tell(O01, "outbox");
    told.tell(FAR, "inbox");
    told.tell(FAR, "inbox --kind vehicle-alert");
    told.tell(FAR, &format!("notice ack {notice}"));
    told.tell(FAR, &format!("notice show {notice}"));
    told.tell(FAR, &format!("notice take {notice}"));
    told.tell(FAR, &format!("notice take {notice}"));
    told.tell(FAR, &format!("notice ack {notice}"));
    told.tell(FAR, &format!("notice ack {notice}"));
    told.until("UZ-ALT", "outbox", |sent| sent[0]["deliveries"][0]["state"] == "acknowledged");
    told.tell(O01, "outbox");
    told.tell(O01, "inbox");
    told.until("UZ-ALT", "search truck --why case-7", |found| found[0]["reference"] == notice);
    told.tell(O01, "search truck --why 'case 7'");
    told.tell(O01, "search camel --why 'case 7'");
    for to in ["TM-FAR-O01", "TM-FAR-O77", "TM-FAR-R01", "TM-FAR-R01"] {
        told.tell(FAR, &format!("notice hand-over --to {to}"));
    }
    told.tell(FAR, "inbox");
    told.tell(O01, &format!("notice close {notice}"));
    told.tell(O01, &format!("notice close {notice}"));
    told.tell(O01, &format!("notice close {notice} --reopen"));
    told.theme("notices");
}

/// What officers are refused, and why.
pub(super) fn refusals(told: &mut Told, notice: &str) {
    told.draft(
        "UZ-ALT",
        "seizure-report",
        &[("/header/tlp", json!("RED")), ("/header/purpose/code", json!("WILDLIFE"))],
    );
    told.tell(O01, "notice send --file draft.json");
    told.draft("UZ-ALT", "seizure-report", &[("/header/tlp", json!("RED"))]);
    told.tell(O01, "notice send --file draft.json");
    told.draft("UZ-ALT", "seizure-report", &[("/header/to", json!([{"office_code": "TM-XXX"}]))]);
    told.tell(O01, "notice send --file draft.json");
    told.draft("UZ-ALT", "seizure-report", &[("/header/legal_basis/ref", json!("XX-YY/1"))]);
    told.tell(O01, "notice new --file draft.json");
    told.tell(O01, "notice draft 3");
    told.tell(O01, "notice submit 3");
    told.tell(O01, "notice discard 3");
    told.tell(O01, "notice show 99-A");
    told.tell(O01, &format!("notice take {notice}"));
    told.tell(O01, "search truck --why x");
    told.tell(O01, "log show");
    told.tell(O01, "audit reads");
    told.tell(O01, &format!("notice erase {notice} --reason COURT_ORDER"));
    told.tell("UZ-ALT-A01", "inbox");
    told.tell("UZ-ALT-U01", &format!("notice show {notice}"));
    told.write("wrong", "not the passphrase");
    // Not of somebody who does something soon: a wrong one makes its officer wait.
    told.tell("UZ-ALT-U01", "inbox --passphrase-file wrong");
    told.tell("UZ-ALT-O77", "inbox");
    told.tell(O01, "inbox --data nowhere");
    std::fs::create_dir(told.root.path().join("empty")).unwrap();
    told.tell(O01, "inbox --data empty");
    told.tell(FAR, &format!("notice export {notice} --why 'for the court'"));
    told.tell(FAR, &format!("notice template feedback --about {notice}"));
    told.tell(FAR, &format!("notice reply {notice} --file draft.json"));
    told.tell(FAR, &format!("notice forward {notice} --to UZ-XXX --subject 'For your crossing'"));
    told.tell(O01, &format!("notice forward {notice} --to TM-XXX --subject 'For your crossing'"));
    told.tell(FAR, "notice show");
    told.theme("refusals");
}

/// Requests, answers, corrections, an emergency, a withdrawal.
pub(super) fn answers(told: &mut Told, notice: &str) {
    told.draft("UZ-ALT", "request-for-information", &[]);
    let request = told.released(O01, "notice send --file draft.json");
    let kind = "inbox --kind request-for-information";
    told.until("TM-FAR", kind, |received| received[0]["reference"] == *request);
    told.draft("TM-FAR", &format!("reply --about {request}"), &[]);
    told.released(FAR, &format!("notice reply {request} --file draft.json"));
    told.until("UZ-ALT", "outbox --kind request-for-information", |sent| {
        sent[0]["deliveries"][0]["state"] == "actioned"
    });
    told.tell(O01, "outbox --kind request-for-information");
    told.draft("UZ-ALT", "suspicious-consignment", &[]);
    let warning = told.released(O01, "notice send --file draft.json");
    told.until("TM-FAR", "inbox --kind suspicious-consignment", |received| received[0]["reference"] == *warning);
    told.draft("TM-FAR", &format!("feedback --about {warning}"), &[]);
    told.released(FAR, &format!("notice feedback {warning} --file draft.json"));
    told.draft("UZ-ALT", "request-for-information", &[]);
    let other = told.released(O01, "notice send --file draft.json");
    told.until("TM-FAR", kind, |received| received[0]["reference"] == *other);
    told.draft("TM-FAR", &format!("refusal --about {other}"), &[]);
    told.released(FAR, &format!("notice refuse {other} --file draft.json"));
    told.draft("UZ-ALT", &format!("correction --about {notice}"), &[]);
    told.tell(FAR, &format!("notice correct {notice} --file draft.json"));
    told.released(O01, &format!("notice correct {notice} --file draft.json"));
    told.until("TM-FAR", "inbox --kind seizure-report", |received| !received[0]["corrected_by"].is_null());
    told.tell(FAR, &format!("notice show {notice}"));
    told.released(O01, &format!("notice withdraw {notice} --reason ERROR --text 'Sent to the wrong office'"));
    told.until("TM-FAR", "inbox --kind seizure-report", |received| !received[0]["withdrawn_by"].is_null());
    told.tell(FAR, "inbox --kind seizure-report");
    told.draft("UZ-ALT", "vehicle-alert", &[("/header/urgency", json!("IMMEDIATE"))]);
    let alert = told.reference(O01, "notice send --file draft.json --emergency --checked all");
    told.tell(O01, &format!("notice confirm {alert}"));
    told.tell(R01, &format!("notice confirm {alert}"));
    told.tell(R01, &format!("notice show {alert}"));
    told.tell(R01, &format!("notice confirm {alert}"));
    told.theme("answers");
}

/// Files go into a draft, with the notice, and out of it.
pub(super) fn files(told: &mut Told) {
    for name in ["photo-exif-gps.jpg", "bad-truncated.jpg", "bad-polyglot-html.jpg", "opaque-sample.uff"] {
        let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/images").join(name);
        std::fs::copy(from, told.root.path().join(name)).unwrap();
    }
    told.draft("UZ-ALT", "modus-operandi", &[]);
    let kept = told.tell(O01, "notice new --file draft.json");
    let draft = kept.split(|c: char| !c.is_ascii_digit()).find(|number| !number.is_empty()).unwrap().to_owned();
    told.tell(O01, &format!("attachment add {draft} photo-exif-gps.jpg --caption 'Rear doors'"));
    told.tell(O01, &format!("attachment add {draft} photo-exif-gps.jpg --evidential"));
    told.tell(O01, &format!("attachment add {draft} bad-truncated.jpg"));
    told.tell(O01, &format!("attachment add {draft} bad-polyglot-html.jpg"));
    told.tell(O01, &format!("attachment add {draft} opaque-sample.uff"));
    told.tell(O01, &format!("attachment add {draft} none.jpg"));
    told.tell(R01, &format!("attachment add {draft} opaque-sample.uff"));
    told.tell(O01, &format!("notice draft {draft}"));
    let reference = told.reference(O01, &format!("notice submit {draft}"));
    told.run(R01, &["notice", "draft", &reference]).unwrap();
    told.run(R01, &["notice", "release", &reference, "--checked", "all"]).unwrap();
    told.tell(O01, &format!("attachment list {reference}"));
    told.tell(O01, &format!("notice show {reference}"));
    told.tell(O01, &format!("attachment get {reference} --why 'case 7'"));
    told.tell(O01, &format!("attachment get {reference} 4 --why 'case 7'"));
    told.tell(O01, &format!("attachment get {reference} 4 --to taken.uff --why 'case 7'"));
    told.tell(O01, &format!("attachment get {reference} 4 --to taken.uff --why 'case 7'"));
    told.tell(R01, &format!("attachment get {reference} 9 --why 'case 7'"));
    told.until("TM-FAR", &format!("attachment list {reference}"), |files| {
        files.len() == 4 && files.iter().all(|file| file["arrived"] == 100)
    });
    told.tell(FAR, &format!("attachment get {reference} 1 --to received.jpg --why 'case 7'"));
    told.theme("attachments");
}

/// An exercise begins and ends; what is handed in meanwhile says whether it is real.
pub(super) fn exercise(told: &mut Told) {
    let until = told.in_hours(8);
    told.tell(O01, "exercise show");
    told.tell("UZ-ALT-A01", &format!("exercise start 'Dostyk 26' --with TM-FAR --until {until}"));
    told.tell(R01, "exercise start 'Dostyk 26' --with TM-FAR --until 2020-01-01T00:00:00Z");
    told.tell(R01, &format!("exercise start 'Dostyk 26' --with TM-XXX --until {until}"));
    told.tell(R01, &format!("exercise start '' --with TM-FAR --until {until}"));
    told.tell(R01, &format!("exercise start 'Dostyk 26' --with TM-FAR --until {until}"));
    told.tell(R01, &format!("exercise start 'Another' --with TM-FAR --until {until}"));
    told.tell(O01, "exercise show");
    told.tell(O01, "notice new modus-operandi");
    told.tell(O01, "notice new modus-operandi --traffic exercise");
    told.tell(R01, "exercise end");
    told.tell(R01, "exercise end");
    told.theme("exercise");
}
