//! All 72 sample drafts, of all kinds, sent by their offices and shown by their addressees, with the clock handed in.

use chapar::domain::draft;
use chapar::name::Digest;
use chapar::name::OfficeCode;
use chapar::name::Reference;
use chapar::office::Command;
use chapar::office::Issued;
use chapar::office::Reply;
use chapar::office::read;
use chapar::time::Timestamp;
use serde_json::Value;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

use crate::desks::Desk;
use crate::desks::deliver;
use crate::desks::desks;

/// The time of the data: at it four drafts have expired, and are sent at their own release time.
const REFERENCE_TIME: &str = "2026-11-20T06:00:00Z";

/// A draft's header and body as `notice show --json` gives them back.
fn canonical(sample: &Value, references: &BTreeMap<String, (Reference, Digest)>) -> (Value, Value) {
    fn walk(value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Ok(time) = text.parse::<Timestamp>() {
                    *text = time.to_string();
                }
            }
            Value::Array(items) => items.iter_mut().for_each(walk),
            Value::Object(fields) => {
                fields.remove("attachments");
                fields.values_mut().for_each(walk);
            }
            _ => {}
        }
    }
    let (mut header, mut body) = (sample["header"].clone(), sample["body"].clone());
    walk(&mut header);
    walk(&mut body);
    let fields = header.as_object_mut().unwrap();
    for set_by_node in ["identifier", "created_at", "release_at"] {
        fields.remove(set_by_node);
    }
    for relation in fields["relates_to"].as_array_mut().unwrap() {
        let relation = relation.as_object_mut().unwrap();
        relation.remove("id");
        // Known here: the reference that the node gave, and the digest; unknown: as written.
        if let Some((reference, digest)) = references.get(relation["human_ref"].as_str().unwrap()) {
            relation.insert("human_ref".to_owned(), json!(reference.to_string()));
            relation.insert("digest".to_owned(), json!(digest.to_string()));
        }
    }
    (header, body)
}

fn issue(desk: &mut Desk, sample: &Value, now: Timestamp, known: &BTreeMap<String, (Reference, Digest)>) -> Issued {
    let mut sample = sample.clone();
    for relation in sample["header"]["relates_to"].as_array_mut().unwrap() {
        if let Some((reference, _)) = known.get(relation["human_ref"].as_str().unwrap()) {
            relation["human_ref"] = json!(reference.to_string());
        }
    }
    let options = draft::Options { without_attachments: true };
    let parsed = draft::parse(&serde_json::to_vec(&sample).unwrap(), options).unwrap();
    let officer = format!("{}-O01", desk.me.office).parse().unwrap();
    let command = Command::Issue { officer, header: Box::new(parsed.header), body: parsed.body.map(Box::new) };
    match desk.ask(now, command) {
        Reply::Issued(Ok(issued)) => issued,
        other => panic!("{}: {other:?}", sample["header"]["identifier"]["human_ref"]),
    }
}

#[test]
fn all_samples_come_back_as_they_were_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/notices");
    let mut samples: Vec<(Timestamp, String, Value)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let sample: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let expires: Timestamp = sample["header"]["expires_at"].as_str().unwrap().parse().unwrap();
            let released: Timestamp = sample["header"]["release_at"].as_str().unwrap().parse().unwrap();
            let reference_time: Timestamp = REFERENCE_TIME.parse().unwrap();
            let at = if expires <= reference_time { released } else { reference_time };
            (at, path.file_name().unwrap().to_string_lossy().into_owned(), sample)
        })
        .collect();
    samples.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    assert_eq!(samples.len(), 72);
    let mut desks = desks();
    let mut known: BTreeMap<String, (Reference, Digest)> = BTreeMap::new();
    let mut kinds = std::collections::BTreeSet::new();
    for (now, name, sample) in &samples {
        let from: OfficeCode = sample["header"]["from"]["office_code"].as_str().unwrap().parse().unwrap();
        // What the sender knows: its own notices, and those that were sent to it.
        let held: BTreeMap<_, _> = known
            .iter()
            .filter(|(_, (_, digest))| read::notice_row(&*desks[&from].store, *digest).unwrap().is_some())
            .map(|(label, known)| (label.clone(), *known))
            .collect();
        let issued = issue(desks.get_mut(&from).unwrap(), sample, *now, &held);
        let label = sample["header"]["identifier"]["human_ref"].as_str().unwrap();
        known.insert(label.to_owned(), (issued.reference, issued.digest));
        let wanted = canonical(sample, &held);
        for to in issued.to.clone() {
            deliver(&mut desks, from, to, *now);
        }
        for shown_by in issued.to.iter().chain([&from]) {
            let desk = &desks[shown_by];
            let header = read::summary(&*desk.store, issued.digest).unwrap().header.unwrap();
            assert_eq!((header.author.as_str(), header.releaser.as_str()), (format!("{from}-O01").as_str(), ""));
            let body = read::body(&*desk.store, &desk.me.vault, issued.digest).unwrap();
            let (mut shown, body) = draft::render(&header, body.as_ref()).unwrap();
            let fields = shown.as_object_mut().unwrap();
            for set_by_node in ["identifier", "created_at", "release_at", "author"] {
                assert!(fields.remove(set_by_node).is_some(), "{name}: {set_by_node} is shown");
            }
            assert_eq!((&shown, &body), (&wanted.0, &wanted.1), "{name} at {shown_by}");
        }
        kinds.insert(sample["header"]["kind"].as_str().unwrap().to_owned());
    }
    assert_eq!(kinds.len(), 18);
}
