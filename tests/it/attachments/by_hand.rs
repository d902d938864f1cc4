//! The same with the command line: files beside a draft, one more added, listed, taken out.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;
use serde_json::json;

use super::image;
use super::sha256;
use crate::binary::Binary;
use crate::binary::free_port;
use crate::binary::introduce;

#[test]
fn files_go_with_a_draft_and_are_taken_out_again() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name).display().to_string();
    let mut alt = Binary::init(root.path(), "UZ-ALT", Some(free_port()));
    let mut far = Binary::init(root.path(), "TM-FAR", None);
    introduce(root.path(), &mut [&mut alt, &mut far]);
    std::fs::create_dir(at("images")).unwrap();
    for name in ["photo-label.jpg", "photo-exif-gps.jpg", "bad-truncated.jpg"] {
        std::fs::write(root.path().join("images").join(name), image(name)).unwrap();
    }
    let said = alt.run(&["notice", "template", "modus-operandi"]).done().stdout;
    let mut draft: Value = serde_json::from_str(&said).unwrap();
    draft["header"]["legal_basis"]["ref"] = "TM-UZ/2023-04".into();
    draft["header"]["to"] = json!([{"office_code": "TM-FAR"}]);
    let label = image("photo-label.jpg");
    draft["body"]["attachments"] = json!([{"file": "images/photo-label.jpg", "sha256": hex::encode(sha256(&label)),
        "size": label.len(), "mime": "image/jpeg", "kind": "PHOTO", "caption": {"text": "Label", "lang": "en"}}]);
    let write = |draft: &Value| std::fs::write(root.path().join("draft.json"), draft.to_string()).unwrap();
    let file = at("draft.json");
    // Another file than the draft says; one that is not there; one elsewhere.
    for (field, value, what) in [
        ("size", json!(5), "is not the file that the draft names"),
        ("sha256", json!("00".repeat(32)), "is not the file that the draft names"),
        ("file", json!("images/none.jpg"), "there is no file images/none.jpg"),
        ("file", json!("/etc/passwd"), "there is no file /etc/passwd"),
        ("file", json!("images/../../x"), "there is no file"),
        ("file", json!("images/bad-truncated.jpg"), "is not the file that the draft names"),
    ] {
        let mut other = draft.clone();
        other["body"]["attachments"][0][field] = value;
        write(&other);
        let failed = alt.run(&["notice", "new", "--file", &file]);
        assert_eq!(failed.code, Some(1), "{failed:?}");
        assert!(failed.failure()["error"].as_str().unwrap().contains(what), "{what}: {failed:?}");
    }
    write(&draft);
    let number = alt.run(&["notice", "new", "--file", &file]).done().object()["number"].to_string();
    let add = |name: &str, words: &[&str]| {
        let path = root.path().join("images").join(name).display().to_string();
        alt.run(&[&["attachment", "add", &number, &path], words].concat())
    };
    let refused = add("bad-truncated.jpg", &[]);
    assert!(refused.failure()["error"].as_str().unwrap().contains("cut off or damaged"), "{refused:?}");
    let added = add("photo-exif-gps.jpg", &["--kind", "photo", "--caption", "Truck"]).done().object();
    assert_eq!(
        (&added["attachment"]["name"], added["flags"].as_array().unwrap().len()),
        (&json!("photo-exif-gps.jpg"), 1)
    );
    assert_eq!(added["attachment"].get("key"), None);
    // The form of a draft goes back as it came.
    let form = alt.run(&["notice", "draft", &number, "--form"]).done().stdout;
    std::fs::write(root.path().join("form.json"), &form).unwrap();
    alt.run(&["notice", "edit", &number, "--file", &at("form.json")]).done();
    assert_eq!(alt.run(&["notice", "draft", &number, "--form"]).done().stdout, form);
    let reference = alt.run(&["notice", "submit", &number]).done().object()["reference"].as_str().unwrap().to_owned();
    alt.second_runs(&["notice", "draft", &reference]).done();
    alt.second_runs(&["notice", "release", &reference, "--checked", "all"]).done();

    let listed = alt.run(&["attachment", "list", &reference]).done().objects();
    let shown: Vec<_> =
        listed.iter().map(|one| (one["number"].clone(), one["name"].clone(), one["arrived"].clone())).collect();
    let row = |number: i32, name: &str| (json!(number), json!(name), json!(100));
    assert_eq!(shown, [row(1, "photo-label.jpg"), row(2, "photo-exif-gps.jpg")]);
    let to = at("taken.jpg");
    let get = |which: &str| alt.run(&["attachment", "get", &reference, which, "--to", &to, "--why", "case 7"]);
    let taken = get("1").done().object();
    assert_eq!(std::fs::read(&to).unwrap(), label);
    assert_eq!(taken["sha256"], hex::encode(sha256(&label)));
    assert_eq!(std::fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
    let there = get("photo-exif-gps.jpg");
    assert!(there.failure()["error"].as_str().unwrap().contains("is there already"), "{there:?}");
    assert_eq!(std::fs::read(&to).unwrap(), label, "never overwritten");
    let unclear = alt.run(&["attachment", "get", &reference, "--to", &to, "--why", "case 7"]);
    assert!(unclear.failure()["error"].as_str().unwrap().contains("there are 2"), "{unclear:?}");
    std::fs::remove_file(&to).unwrap();
    get("photo-exif-gps.jpg").done();
    let stripped = std::fs::read(&to).unwrap();
    assert_eq!(hex::encode(sha256(&stripped)), added["attachment"]["sha256"]);
    assert_ne!(stripped, image("photo-exif-gps.jpg"));
    let sheet =
        crate::binary::chapar(&["--data", &alt.data.display().to_string(), "notice", "show", &reference]).done().stdout;
    for said in ["Label", "photo-label.jpg", "photograph", "100 %", &hex::encode(sha256(&label))] {
        assert!(sheet.contains(said), "{said} is not in {sheet}");
    }
    let shown = alt.run(&["notice", "show", &reference]).done().object();
    assert_eq!((shown["attachments"].as_array().unwrap().len(), shown["body"]["attachments"][0].get("key")), (2, None));
    // No key of a file has come to a trace or an output.
    assert!(!alt.trace().contains("AttachmentKey {"));
    alt.stop();
    alt.run(&["log", "verify", "--offline"]).done();
}
