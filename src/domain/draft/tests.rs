//! Drafts come back as they were, and what is wrong is named.

use proptest::prelude::*;
use serde_json::Value;
use serde_json::json;

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

#[test]
fn what_is_shown_can_be_read_again() {
    for (name, sample) in samples() {
        let draft = parsed(&sample, WITHOUT).unwrap();
        let shown = render(&draft.header, draft.body.as_ref()).unwrap();
        let again = parsed(&json!({"header": shown.0, "body": shown.1}), Options::default()).unwrap();
        assert_eq!(again, draft, "{name}");
        assert_eq!(render(&again.header, again.body.as_ref()), Ok(shown), "{name}");
    }
}

#[test]
fn a_released_notice_is_shown_with_what_the_node_set() {
    let (_, sample) = samples().swap_remove(35);
    let mut draft = parsed(&sample, WITHOUT).unwrap();
    draft.header.reference = "UZ-ALT-26-000123-3".to_owned();
    draft.header.created_ms = 1_792_735_200_000;
    draft.header.author = "UZ-ALT-O01".to_owned();
    draft.header.emergency = true;
    draft.header.relations[0].kind = crate::wire::RelationKind::SameCase.into();
    draft.header.relations[0].digest = vec![0xAB; 32];
    let (header, body) = render(&draft.header, draft.body.as_ref()).unwrap();
    assert_eq!(header["identifier"], json!({"human_ref": "UZ-ALT-26-000123-3"}));
    assert_eq!(header["created_at"], "2026-10-23T06:00:00.000Z");
    assert_eq!(header["author"], "UZ-ALT-O01");
    assert_eq!(header["emergency"], true);
    assert_eq!(header.get("releaser"), None);
    assert_eq!(header["relates_to"][0]["type"], "CASE");
    assert_eq!(header["relates_to"][0]["digest"], "ab".repeat(32));
    // A new draft made from it takes over nothing of that.
    let again = parsed(&json!({"header": header, "body": body}), Options::default()).unwrap();
    assert_eq!(again.header.reference, "");
    assert_eq!(again.header.author, "");
    assert!(!again.header.emergency);
    assert_eq!(again.header.relations[0].digest, Vec::<u8>::new());
}

/// The problem of a sample after a change.
fn problem(sample: &str, change: impl FnOnce(&mut Value)) -> String {
    let (_, mut draft) = samples().into_iter().find(|(name, _)| name.starts_with(sample)).unwrap();
    change(&mut draft);
    parsed(&draft, WITHOUT).unwrap_err().to_string()
}

#[test]
fn unknown_fields_are_named() {
    let at = |sample, pointer: &str| {
        let set = |draft: &mut Value| draft.pointer_mut(pointer).unwrap()["colour_of_eyes"] = json!(1);
        problem(sample, set)
    };
    let unknown = "colour_of_eyes is not a field of a draft";
    assert_eq!(at("03", ""), unknown);
    assert_eq!(at("03", "/header"), format!("header.{unknown}"));
    assert_eq!(at("03", "/header/to/0"), format!("header.to[0].{unknown}"));
    assert_eq!(at("03", "/header/legal_basis"), format!("header.legal_basis.{unknown}"));
    assert_eq!(at("03", "/body"), format!("body.{unknown}"));
    assert_eq!(at("03", "/body/seizure/items/0"), format!("body.seizure.items[0].{unknown}"));
    assert_eq!(at("03", "/release"), format!("release.{unknown}"));
    let in_replacement = at("68", "/body/correction/full_replacement/alert");
    assert!(in_replacement.ends_with(&format!("correction.full_replacement.alert.{unknown}")), "{in_replacement}");
}

#[test]
fn wrong_values_are_named_and_not_repeated() {
    type Change = (&'static str, &'static str, Value, &'static str);
    let changes: [Change; 17] = [
        ("03", "/header/cc", json!(null), "header.cc is null; leave it out instead"),
        ("03", "/body/seizure/mode", json!(null), "body.seizure.mode is null; leave it out instead"),
        (
            "03",
            "/body/seizure/mode",
            json!("Ivanov"),
            "body.seizure.mode is wrong: not one of ROAD_TRUCK, ROAD_CAR, BUS, MOTORCYCLE, RAIL, PEDESTRIAN, ANIMAL, RIVER, AIR, UAV, POST, UNKNOWN",
        ),
        ("03", "/body/seizure/items/0/packages", json!("Ivanov"), "body.seizure.items[0].packages cannot be a text"),
        ("03", "/body/seizure/items/0/packages", json!(1_u64 << 32), "body.seizure.items[0].packages is out of range"),
        (
            "03",
            "/body/seizure/items/0/item_no",
            json!(2),
            "body.seizure.items[0].item_no is not what follows from the \
         other fields; leave it out",
        ),
        ("03", "/body/subject", json!(["Ivanov", "ru"]), "body.subject cannot be a list"),
        ("03", "/body/subject/text", json!(""), "body.subject.text is empty; leave it out instead"),
        (
            "03",
            "/body/seizure/place/office_code",
            json!("Ivanov"),
            "body.seizure.place.office_code is wrong: an office \
         is two capital letters, a hyphen and three capital letters or digits, as in UZ-ALT",
        ),
        ("03", "/header/from/country", json!("TJ"), "header.from.country is not the country of the office"),
        ("03", "/header/legal_basis/ref", json!("x".repeat(65)), "header.legal_basis.ref is longer than 64 characters"),
        (
            "03",
            "/header/handling/0",
            json!({"code": "H1", "text": "Ivanov"}),
            "header.handling[0].text does not belong here",
        ),
        (
            "03",
            "/header/purpose",
            json!({"code": "WILDLIFE", "text": "Ivanov"}),
            "header.purpose.text does not belong here",
        ),
        ("03", "/header/kind", json!("FORWARD"), "body.forward is missing"),
        ("03", "/header/kind", json!("REPLY"), "body.reply is missing"),
        ("03", "/header/kind", json!("ACKNOWLEDGEMENT"), "body does not belong here"),
        (
            "36",
            "/header/relates_to/0/human_ref",
            json!("UZ-OYB-26-000142-C"),
            "header.relates_to[0].human_ref is wrong: a \
         reference is written as in UZ-ALT-26-000123-3, and its last character checks the others",
        ),
    ];
    for (sample, pointer, value, wanted) in changes {
        let set = |draft: &mut Value| *draft.pointer_mut(pointer).unwrap() = value;
        assert_eq!(problem(sample, set), wanted);
    }
}

#[test]
fn bodies_have_the_one_part_of_their_kind() {
    let two = problem("03", |draft| draft["body"]["reply"] = json!({"outcome": "NIL"}));
    assert_eq!(two, "body.reply does not belong here");
    let none = problem("03", |draft| drop(draft.as_object_mut().unwrap().remove("body")));
    assert_eq!(none, "body is missing");
    let nested = problem("68", |draft| {
        let body = draft["body"].clone();
        let replacement = &mut draft["body"]["correction"]["full_replacement"];
        replacement.as_object_mut().unwrap().remove("alert");
        replacement.as_object_mut().unwrap().remove("attachments");
        replacement["correction"] = body["correction"].clone();
        replacement["correction"]["full_replacement"].as_object_mut().unwrap().remove("attachments");
    });
    assert_eq!(nested, "body.correction.full_replacement.correction does not belong here");
}

#[test]
fn files_are_named_by_where_they_lie_and_then_stand_in_their_places() {
    for (name, place) in [("03", "body.attachments"), ("68", "body.correction.full_replacement.attachments")] {
        let (_, mut sample) = samples().into_iter().find(|(file, _)| file.starts_with(name)).unwrap();
        assert_eq!(parsed(&sample, WITHOUT).unwrap().files, []);
        let pointer = format!("/{}", place.replace('.', "/"));
        let listed = sample.pointer_mut(&pointer).unwrap().as_array_mut().unwrap();
        // One that is here already, by its digest, before the others.
        let here = serde_json::json!({"digest": "01".repeat(32), "mime": "image/png", "name": "a.png", "size": 5,
            "sha256": "02".repeat(32), "kind": "PHOTO", "required": false, "evidential": true});
        listed.insert(0, here.clone());
        let files = listed.len() - 1;
        let mut draft = parsed(&sample, Options::default()).unwrap();
        assert_eq!(draft.files.len(), files);
        let first = draft.files[0].clone();
        assert_eq!(first.path, format!("{place}[1]"));
        assert!(first.file.starts_with("images/") && first.file.ends_with(&format!("/{}", first.said.name)));
        assert_eq!(first.said.file_digest.len(), 32);
        for (i, named) in draft.files.clone().iter().enumerate() {
            let digest = vec![u8::try_from(i + 7).unwrap(); 32];
            draft.put(named, crate::wire::AttachmentKey { digest, ..named.said.clone() });
        }
        let (_, body) = render(&draft.header, draft.body.as_ref()).unwrap();
        let shown = body.pointer(pointer.strip_prefix("/body").unwrap()).unwrap().as_array().unwrap();
        assert_eq!((shown.len(), &shown[0], &shown[1]["digest"]), (files + 1, &here, &"07".repeat(32).into()));
        assert_eq!(shown[1].get("key"), None);
    }
}

#[test]
fn the_invalid_samples_are_refused_at_their_field() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/invalid");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name.starts_with("malformed-") {
            continue;
        }
        let mut draft: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let fields = draft.as_object_mut().unwrap();
        let expect = fields.remove("expect").unwrap();
        fields.remove("base");
        let wanted = expect["path"].as_str().unwrap();
        // The sample reads the list of officers as allowed.
        let wanted = match name.as_str() {
            "tlp-red-with-national-copy" => "header.to",
            // When a draft is released is not the draft's to say.
            "expiry-before-release" => "header.valid_from",
            _ => wanted,
        };
        // Most rules are no matter of shape; where a sample does not even have its shape, its field is named.
        match parsed(&draft, WITHOUT) {
            Ok(_) => continue,
            Err(DraftError::Problem(problem)) => {
                let finding = crate::domain::rule::Finding::from(problem);
                assert!(finding.path.starts_with(wanted), "{name}: {finding:?}");
            }
            other => panic!("{name}: {other:?}"),
        }
        files += 1;
    }
    assert!(files >= 28, "{files}");
}

#[test]
fn malformed_files_are_refused() {
    let file = |name: &str| {
        let path = format!("{}/tests/data/invalid/malformed-{name}.json", env!("CARGO_MANIFEST_DIR"));
        parse(&std::fs::read(path).unwrap(), WITHOUT).unwrap_err()
    };
    assert_eq!(file("not-utf8"), DraftError::Utf8);
    assert!(matches!(file("truncated"), DraftError::Json { line: 61, .. }));
    assert!(matches!(file("duplicate-key"), DraftError::Problem(Problem { what: Cause::Duplicate, .. })));
    let read = |text: &str| parse(text.as_bytes(), WITHOUT).unwrap_err().to_string();
    assert_eq!(read(r#"{"header": {"to": [{"unit": "a", "unit": "a"}]}}"#), "header.to[0].unit is there twice");
    assert_eq!(read("\u{FEFF}{}"), "header is missing", "a byte order mark is no reason");
    assert_eq!(read("\u{FEFF}\u{FEFF}{}"), "the draft is not JSON: see line 1, column 1");
    assert_eq!(read("[]"), "draft cannot be anything but an object");
    assert!(read(&format!("{}{}", "[".repeat(40), "]".repeat(40))).ends_with("is nested too deeply"));
    assert!(read(&"[".repeat(100_000)).starts_with("the draft is not JSON"));
    assert_eq!(parse(&vec![b' '; limits::DRAFT_BYTES + 1], WITHOUT), Err(DraftError::TooLarge));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, WITHOUT);
    }

    #[test]
    fn no_json_panics(text in r#"[\{\}\[\]",:0-9a-z ]{0,60}"#) {
        let _ = parse(text.as_bytes(), WITHOUT);
    }

    #[test]
    fn no_mutated_sample_panics(
        sample in 0..72_usize,
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        keep in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = samples().swap_remove(sample).1.to_string().into_bytes();
        for (place, byte) in places {
            *place.get_mut(&mut bytes) = byte;
        }
        if cut {
            bytes.truncate(keep.index(bytes.len()));
        }
        if let Ok(draft) = parse(&bytes, WITHOUT) {
            prop_assert!(render(&draft.header, draft.body.as_ref()).is_ok());
        }
    }
}
