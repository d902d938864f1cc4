//! What `serve` starts with, and what it refuses: the real binary on data folders that are not as it left them.

use std::fs;
use std::path::Path;

use chapar::edge::sled::SledStore;
use chapar::engine::rows::key;
use chapar::engine::store::Applied;
use chapar::engine::store::Batch;
use chapar::engine::store::Store as _;
use chapar::engine::store::View as _;
use chapar::wire;
use chapar::wire::Urgency;
use serde_json::json;
use tempfile::TempDir;
use tempfile::tempdir;

use crate::binary::Binary;
use crate::binary::Output;
use crate::binary::chapar;
use crate::binary::free_port;
use crate::binary::introduce;
use crate::local::Local;
use crate::world::a_notice;

/// Exit codes of the issue.
const CONFIG: Option<i32> = Some(1);
const UNVERIFIED: Option<i32> = Some(6);

/// A stopped office.
fn office() -> (TempDir, Binary) {
    let root = tempdir().unwrap();
    let office = Binary::init(root.path(), "UZ-ALT", None);
    (root, office)
}

/// A running office that knows another one, which does not run.
fn office_with_peer() -> (TempDir, Binary) {
    let root = tempdir().unwrap();
    let mut alt = Binary::init(root.path(), "UZ-ALT", None);
    let mut far = Binary::init(root.path(), "TM-FAR", Some(free_port()));
    introduce(root.path(), &mut [&mut alt, &mut far]);
    assert!(far.stop().success(), "{}", far.trace());
    (root, alt)
}

async fn send(office: &Binary, notices: u32) {
    let local = Local::connect(&office.socket()).await;
    for number in 0..notices {
        let notice = a_notice(&["TM-FAR"], Urgency::Routine, &format!("number {number}"));
        local.send(notice).await.unwrap();
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}

/// It was refused with this code and these words, and said nothing on standard output.
#[track_caller]
fn refused(output: &Output, code: Option<i32>, words: &str) {
    assert_eq!((output.code, output.stdout.as_str()), (code, ""), "{output:#?}");
    let failure = output.failure();
    assert!(failure["error"].as_str().unwrap().contains(words), "{failure}");
    assert_ne!(failure["do"], "", "{failure}");
    assert_eq!(failure["code"], json!(code));
}

/// It starts, verifies, and stops; its head.
fn runs(office: &mut Binary) -> (u64, String) {
    office.start();
    let word = office.run(&["log", "verify"]).done().object();
    assert_eq!(word["ok"], true, "{word}");
    assert!(office.stop().success(), "{}", office.trace());
    (word["size"].as_u64().unwrap(), word["root"].as_str().unwrap().to_owned())
}

#[test]
fn there_is_no_office() {
    let root = tempdir().unwrap();
    let nowhere = root.path().join("nowhere");
    let output = chapar(&["--json", "--data", &nowhere.display().to_string(), "serve"]);
    refused(&output, CONFIG, "There is no office");
    assert!(!nowhere.exists(), "serve makes nothing");
}

#[test]
fn there_is_no_store() {
    let (_root, mut office) = office();
    let store = office.data.join("store");
    fs::remove_dir_all(&store).unwrap();
    fs::create_dir(&store).unwrap();
    refused(&office.refused(), CONFIG, "no store");
    assert!(!store.join("db").exists(), "serve makes no store");
    fs::remove_dir_all(&store).unwrap();
    refused(&office.refused(), CONFIG, "no store");
    assert!(!store.exists(), "serve makes no folder");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_put_back_from_an_older_copy() {
    let (root, mut office) = office_with_peer();
    let (store, aside, newest) = (office.data.join("store"), root.path().join("aside"), root.path().join("newest"));
    send(&office, 3).await;
    assert!(office.stop().success(), "{}", office.trace());
    copy_folder(&store, &aside);
    office.start();
    send(&office, 2).await;
    assert!(office.stop().success(), "{}", office.trace());
    let note = fs::read(office.data.join("head")).unwrap();
    fs::rename(&store, &newest).unwrap();
    fs::rename(&aside, &store).unwrap();
    refused(&office.refused(), UNVERIFIED, "not the one whose head is noted");
    assert_eq!(fs::read(office.data.join("head")).unwrap(), note, "the note is untouched");
    let offline = office.run(&["log", "verify", "--offline"]);
    assert_eq!(offline.code, UNVERIFIED, "{offline:#?}");
    assert_eq!(offline.object()["ok"], false);
    // The newest copy is the way out.
    fs::remove_dir_all(&store).unwrap();
    fs::rename(&newest, &store).unwrap();
    runs(&mut office);
}

#[test]
fn the_note_of_another_log() {
    let (_root, mut mine) = office();
    let (_other_root, other) = office();
    let (note, foreign) = (mine.data.join("head"), other.data.join("head"));
    let own = fs::read(&note).unwrap();
    fs::copy(&foreign, &note).unwrap();
    refused(&mine.refused(), UNVERIFIED, "not the one whose head is noted");
    assert_eq!(fs::read(&note).unwrap(), fs::read(&foreign).unwrap(), "the note is untouched");
    fs::write(&note, own).unwrap();
    runs(&mut mine);
}

#[test]
fn the_store_of_another_office() {
    let (_root, mut mine) = office();
    let (_other_root, other) = office();
    for name in ["store", "head"] {
        let (here, there) = (mine.data.join(name), other.data.join(name));
        if here.is_dir() {
            fs::remove_dir_all(&here).unwrap();
        } else {
            fs::remove_file(&here).unwrap();
        }
        fs::rename(there, here).unwrap();
    }
    let output = mine.refused();
    assert_eq!((output.code, output.stdout.as_str()), (UNVERIFIED, ""), "{output:#?}");
    fs::remove_file(mine.data.join("head")).unwrap();
    assert_eq!(mine.refused().code, UNVERIFIED, "without the note as well");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_or_damaged_note_is_written_again_once_all_is_verified() {
    let (_root, mut office) = office_with_peer();
    send(&office, 3).await;
    assert!(office.stop().success(), "{}", office.trace());
    let path = office.data.join("head");
    let note = fs::read(&path).unwrap();
    let mut flipped = note.clone();
    flipped[20] ^= 1;
    let damages: [&dyn Fn(); 4] = [
        &|| fs::remove_file(&path).unwrap(),
        &|| fs::write(&path, &flipped).unwrap(),
        &|| fs::write(&path, &note[..40]).unwrap(),
        &|| fs::write(&path, b"").unwrap(),
    ];
    for damage in damages {
        let traced = office.trace().len();
        damage();
        runs(&mut office);
        assert!(office.trace()[traced..].contains("the whole log is verified"), "{}", office.trace());
        assert_eq!(fs::read(&path).unwrap(), note, "the note is back");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_note_and_a_store_that_does_not_verify() {
    let (_root, mut office) = office_with_peer();
    send(&office, 2).await;
    assert!(office.stop().success(), "{}", office.trace());
    let (store, note) = (office.data.join("store"), office.data.join("head"));
    let opened = SledStore::open(&store).unwrap();
    let rows = opened.scan(key::OUTBOX, &key::after(key::OUTBOX), 1).unwrap();
    let mut batch = Batch::new(opened.last_number().unwrap() + 1);
    batch.delete(rows[0].0.clone());
    assert_eq!(opened.apply(&batch), Applied::Durable);
    drop(opened);
    fs::remove_file(&note).unwrap();
    refused(&office.refused(), UNVERIFIED, "The store counts");
    assert!(!note.exists(), "nothing is noted");
    let offline = office.run(&["log", "verify", "--offline"]);
    assert_eq!((offline.code, offline.object()["ok"].clone()), (UNVERIFIED, json!(false)));
}

#[test]
fn a_second_process_on_the_same_store() {
    let (_root, mut office) = office();
    office.start();
    let data = office.data.display().to_string();
    refused(&chapar(&["--json", "--data", &data, "serve"]), CONFIG, "Another process has the store");
    refused(&office.run(&["log", "verify", "--offline"]), CONFIG, "The node is running");
    office.run(&["status"]).done();
    assert!(office.stop().success(), "{}", office.trace());
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_drains_and_ends_although_officers_watch() {
    let (_root, mut office) = office_with_peer();
    send(&office, 2).await;
    let mut local = Local::connect(&office.socket()).await;
    let watch = wire::WatchInboxRequest { after: 0 };
    let mut rows = local.desk.watch_inbox(watch).await.unwrap().into_inner();
    let watching = tokio::spawn(async move { rows.message().await });
    let ended = office.stop();
    assert_eq!(ended.code(), Some(0), "{}", office.trace());
    assert!(!office.trace().contains("in time"), "nothing had to be cut: {}", office.trace());
    assert!(watching.await.unwrap().is_ok_and(|row| row.is_none()), "the watch ends without an error");
    let after = office.run(&["status"]);
    assert_eq!(after.code, Some(5), "{after:#?}");
    office.start();
    assert_eq!(office.run(&["outbox"]).done().objects().len(), 2);
}

#[test]
fn a_data_folder_with_a_path_too_long_for_a_socket() {
    let root = tempdir().unwrap();
    let deep = root.path().join("d".repeat(120));
    fs::create_dir(&deep).unwrap();
    let mut office = Binary::init(&deep, "UZ-ALT", None);
    assert!(office.socket().as_os_str().len() > 107);
    let started = office.start();
    assert_eq!(started["socket"], office.socket().display().to_string());
    assert_eq!(office.run(&["status"]).done().object()["office"], "UZ-ALT");
    assert!(office.stop().success(), "{}", office.trace());
}

#[test]
fn a_unix_user_who_is_no_officer() {
    let (_root, mut office) = office();
    let uid = rustix::process::getuid().as_raw();
    office.start();
    office.run(&["officer", "change", "UZ-ALT-A01", "--uid", &(uid + 1).to_string()]).done();
    for words in [["status"].as_slice(), &["inbox"], &["outbox"], &["log", "show"], &["log", "verify"]] {
        let output = office.run(words);
        refused(&output, CONFIG, &format!("Unix user {uid} is no officer of this office."));
        assert!(output.failure()["do"].as_str().unwrap().contains("--as"));
    }
    assert!(office.stop().success(), "{}", office.trace());
}
