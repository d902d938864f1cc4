//! Drafts come back as they were, and what is wrong is named.

use serde_json::Value;

use super::*;

const WITHOUT: Options = Options { without_attachments: true };

fn samples() -> Vec<(String, Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/notices");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
    };
    paths.iter().map(read).collect()
}

fn parsed(draft: &Value, options: Options) -> Result<Draft, DraftError> {
    parse(draft.to_string().as_bytes(), options)
}

/// A sample as it must come back: without what is not part of a notice, times to the millisecond.
fn expected(mut sample: Value) -> (Value, Value) {
    let header = sample["header"].as_object_mut().unwrap();
    for set_by_node in ["identifier", "created_at", "release_at"] {
        header.remove(set_by_node);
    }
    for relation in sample["header"]["relates_to"].as_array_mut().unwrap() {
        relation.as_object_mut().unwrap().remove("id");
    }
    sample["body"].as_object_mut().unwrap().remove("attachments");
    if let Some(replacement) = sample["body"].pointer_mut("/correction/full_replacement") {
        replacement.as_object_mut().unwrap().remove("attachments");
    }
    (to_ms(sample["header"].take()), to_ms(sample["body"].take()))
}

fn to_ms(value: Value) -> Value {
    match value {
        Value::String(text) => {
            Value::String(text.parse::<crate::time::Timestamp>().map_or(text, |time| time.to_string()))
        }
        Value::Array(list) => list.into_iter().map(to_ms).collect(),
        Value::Object(map) => map.into_iter().map(|(name, value)| (name, to_ms(value))).collect(),
        other => other,
    }
}

#[test]
fn the_samples_come_back() {
    let samples = samples();
    assert_eq!(samples.len(), 72);
    for (name, sample) in samples {
        let draft = parsed(&sample, WITHOUT).unwrap_or_else(|error| panic!("{name}: {error}"));
        let shown = render(&draft.header, draft.body.as_ref()).unwrap();
        let wanted = expected(sample);
        assert_eq!(shown.0, wanted.0, "{name}");
        assert_eq!(shown.1, wanted.1, "{name}");
    }
}
