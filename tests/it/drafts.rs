//! All 72 sample drafts, of all kinds, sent by their offices at their release and shown by their addressees.

use chapar::domain::draft;
use chapar::name::OfficeCode;
use chapar::office::read;
use chapar::time::Timestamp;
use serde_json::Value;
use serde_json::json;

use crate::desks::deliver;
use crate::desks::desks;
use crate::samples::References;
use crate::samples::Sample;
use crate::samples::issue;
use crate::samples::samples;

/// A draft's header and body as `notice show --json` gives them back.
fn canonical(sample: &Value, references: &References) -> (Value, Value) {
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

#[test]
fn all_samples_come_back_as_they_were_written() {
    let samples = samples("notices");
    assert_eq!(samples.len(), 72);
    let mut desks = desks();
    let mut known = References::new();
    let mut kinds = std::collections::BTreeSet::new();
    for sample in &samples {
        let Sample { name, at: now, draft: written } = sample;
        let from: OfficeCode = sample.text("/header/from/office_code").parse().unwrap();
        // What the sender knows: its own notices, and those that were sent to it.
        let held: References = known
            .iter()
            .filter(|(_, (_, digest))| read::notice_row(&*desks[&from].store, *digest).unwrap().is_some())
            .map(|(label, known)| (label.clone(), *known))
            .collect();
        let issued = issue(desks.get_mut(&from).unwrap(), *now, sample.parsed(&held).unwrap()).unwrap();
        let label = sample.text("/header/identifier/human_ref");
        known.insert(label.to_owned(), (issued.reference, issued.digest));
        let wanted = canonical(written, &held);
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
        kinds.insert(sample.text("/header/kind").to_owned());
    }
    assert_eq!(kinds.len(), 18);
}
