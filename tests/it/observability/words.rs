//! No word of a notice, no name, no plate and no key gets into a trace, a metric or an error: words are planted, and
//! everything that two real nodes say at the most verbose level is searched for them.

use std::fs;
use std::net::SocketAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chapar::edge::keystore::KeyStore;
use chapar::edge::keystore::Source;
use chapar::edge::sled::SledStore;
use chapar::engine::rows::key;
use chapar::engine::store::View as _;
use chapar::name::Digest;
use serde_json::Value;
use serde_json::json;

use crate::binary::Binary;
use crate::binary::Output;
use crate::binary::chapar;
use crate::binary::free_port;
use crate::binary::introduce;
use crate::local::PAUSE;
use crate::observability::asked;

const SUBJECT: &str = "Kestrelberg";
const NARRATIVE: &str = "Marmotfeld";
const PERSON: &str = "Quillanova";
const PLATE: &str = "01Q987ZZ";
/// What an officer may type into the wrong place.
const ASTRAY: &str = "Zemlyanika";

/// A draft with the planted words.
fn draft() -> Value {
    let text = chapar(&["notice", "template", "person-alert"]).done().stdout;
    let mut draft: Value = serde_json::from_str(&text).unwrap();
    let body = &mut draft["body"];
    body["subject"] = json!({"text": format!("{SUBJECT} is expected"), "lang": "en"});
    body["narrative"] = json!({"text": format!("Seen near {NARRATIVE}. {}", "x".repeat(6_000)), "lang": "en"});
    for name in ["as_written", "family", "latin"] {
        body["persons"][0]["names"][0][name] = PERSON.into();
    }
    body["persons"][0]["names"][0]["scheme"] = "AD_HOC".into();
    body["vehicles"] = json!([{"type": "TRUCK", "plate_raw": "01 Q 987 ZZ", "plate_country": "UZ", "colour": "red"}]);
    draft["header"]["legal_basis"]["ref"] = "TM-UZ/2023-04".into();
    draft["header"]["to"] = json!([{"office_code": "TM-FAR"}]);
    draft
}

/// Bytes, each way in which they could be written.
fn written(bytes: &[u8]) -> [String; 3] {
    let listed = bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    // Of a multiple of three no padding follows that the middle of a longer text would not have.
    [hex::encode(bytes), BASE64_STANDARD.encode(&bytes[..bytes.len() / 3 * 3]), listed]
}

/// What the store keeps of notices, sealed: a part of each envelope and of each wrapped key.
fn sealed(office: &Binary) -> Vec<String> {
    let store = SledStore::open(&office.data.join("store")).unwrap();
    let mut found = vec![];
    for table in [&key::slot(0, 0)[..1], &key::body_key(Digest([0; 32]))[..1]] {
        let rows = store.scan(table, &key::after(table), usize::MAX).unwrap();
        assert!(!rows.is_empty());
        found.extend(rows.iter().filter(|(_, value)| value.len() >= 48).flat_map(|(_, value)| {
            // The middle: at both ends lies what is no secret, such as who signed it.
            let middle = value.len() / 2;
            written(&value[middle - 8..middle + 8])
        }));
    }
    found
}

/// The planted words and the keys of an office, each way in which they could be written.
fn planted(offices: &[&Binary]) -> Vec<String> {
    let mut planted = vec![SUBJECT.to_owned(), NARRATIVE.to_owned(), PERSON.to_owned(), PLATE.to_owned()];
    planted.extend(["01 Q 987 ZZ", ASTRAY].map(str::to_owned));
    for office in offices {
        let mut none = || Err(std::io::ErrorKind::NotFound.into());
        let source = Source { credentials: None, passphrase: &mut none };
        let keys = KeyStore::open(&office.data.join("keys"), source).unwrap();
        for name in ["office", "seal", "vault", "tls"] {
            let key = keys.unseal(name).unwrap();
            // Of a PKCS #8 file too: its private key begins here, and its public one comes after it.
            planted.extend(written(&key[16..32]));
        }
        planted.extend(sealed(office));
    }
    planted
}

struct Offices {
    root: tempfile::TempDir,
    both: [Binary; 2],
    pages: [SocketAddr; 2],
    /// All that was said besides the traces.
    said: Vec<String>,
}

impl Offices {
    fn start() -> Self {
        let root = tempfile::tempdir().unwrap();
        let pages = [free_port(), free_port()];
        let mut both = ["UZ-ALT", "TM-FAR"].map(|code| Binary::init(root.path(), code, Some(free_port())));
        for (office, page) in both.iter_mut().zip(pages) {
            office.environment.push(("CHAPAR_TRACE", "trace".into()));
            let config = office.data.join("config.toml");
            let text = fs::read_to_string(&config).unwrap();
            fs::write(&config, text.replacen("[[", &format!("metrics = \"{page}\"\n\n[["), 1)).unwrap();
        }
        let [alt, far] = &mut both;
        introduce(root.path(), &mut [alt, far]);
        Self { root, both, pages, said: vec![] }
    }

    fn page(&mut self, office: usize) -> String {
        let page = asked(self.pages[office], "GET /metrics").1;
        self.said.push(page.clone());
        page
    }

    /// Looks at a page of metrics until it holds a line.
    fn until(&mut self, office: usize, line: &str) {
        while !self.page(office).lines().any(|one| one == line) {
            std::thread::sleep(PAUSE);
        }
    }

    fn send(&mut self, draft: &Value) -> Output {
        let file = self.root.path().join("draft.json");
        fs::write(&file, draft.to_string()).unwrap();
        let output = self.both[0].run(&["notice", "send", "--file", &file.display().to_string()]);
        self.said.extend([output.stdout.clone(), output.stderr.clone()]);
        output
    }

    /// A command of which everything that it prints is searched.
    fn says(&mut self, office: usize, words: &[&str]) {
        let output = self.both[office].run(words);
        self.said.extend([output.stdout, output.stderr]);
    }
}

/// Drafts that are refused, with a planted word in the place that is wrong.
fn wrong() -> Vec<Value> {
    let change = |path: &str, value: Value| {
        let mut draft = draft();
        *draft.pointer_mut(path).unwrap() = value;
        draft
    };
    let mut unknown = draft();
    unknown["body"]["unheard_of"] = ASTRAY.into();
    vec![
        unknown,
        change("/header/kind", ASTRAY.into()),
        change("/header/to/0/office_code", ASTRAY.into()),
        change("/header/expires_at", ASTRAY.into()),
        change("/body/persons/0/category", ASTRAY.into()),
        change("/body/persons", ASTRAY.into()),
        change("/body/narrative/text", format!("{ASTRAY}{}", "y".repeat(30_000)).into()),
        change("/body/subject/text", format!("{ASTRAY}\u{202e}").into()),
        Value::String(format!("{ASTRAY} {PERSON}")),
    ]
}

#[test]
fn no_word_of_a_notice_gets_out() {
    let mut offices = Offices::start();
    offices.until(0, "chapar_session_up{peer=\"TM-FAR\"} 1");
    // Sent, received, shown.
    let sent = offices.send(&draft()).done().object();
    offices.until(0, "chapar_receipts_stored_total{outcome=\"delivered\"} 1");
    let reference = sent["reference"].as_str().unwrap().to_owned();
    let shown = offices.both[1].run(&["notice", "show", &reference]).done().stdout;
    for word in [SUBJECT, NARRATIVE, PERSON] {
        assert!(shown.contains(word), "{word} is not in what the officer reads");
    }
    // Refused: what is typed into a wrong place is not said again.
    for draft in wrong() {
        let refused = offices.send(&draft);
        assert!(matches!(refused.code, Some(1 | 4)), "{refused:#?}");
    }
    // The peer is down; then it rejects, since its roster says meanwhile that the sender is suspended.
    assert!(offices.both[1].stop().success());
    offices.until(0, "chapar_session_up{peer=\"TM-FAR\"} 0");
    offices.send(&draft()).done();
    for words in [&["status"][..], &["peer", "list"], &["peer", "test", "TM-FAR"], &["doctor"], &["outbox"]] {
        offices.says(0, words);
    }
    assert!(offices.both[0].stop().success());
    let dir = offices.root.path().join("UZ").display().to_string();
    let roster = offices.root.path().join("suspended.roster").display().to_string();
    chapar(&["country", "set", "--dir", &dir, "UZ-ALT", "--state", "suspended"]).done();
    chapar(&["country", "sign", "--dir", &dir, "--out", &roster]).done();
    offices.both[1].start();
    offices.both[1].run(&["roster", "import", &roster]).done();
    offices.both[0].start();
    offices.until(1, "chapar_rejections_given_total{number=\"15\"} 1");
    offices.says(1, &["status"]);
    offices.says(1, &["log", "show"]);
    for office in &mut offices.both {
        assert!(office.stop().success());
    }
    let [alt, far] = &offices.both;
    let planted = planted(&[alt, far]);
    let traces = [alt.trace(), far.trace()];
    // The search finds what is there.
    for (trace, call) in traces.iter().zip(["SendNotice", "OpenNotice"]) {
        assert!(trace.contains(call) && trace.contains("\"session\"") && trace.contains("DEBUG"));
    }
    for (index, word) in planted.iter().enumerate() {
        for said in traces.iter().chain(&offices.said) {
            let at = said.find(word.as_str());
            assert_eq!(at, None, "planted word {index} got out: {}", said[at.unwrap_or(0)..].lines().next().unwrap());
        }
    }
}
