//! Erasure on the real disk: two offices of the real binary, killed at every step of a change of the vault key. In the
//! end no file of either holds the text, its body key or a vault key that was destroyed, and no key that is left opens
//! what the store may still hold of old rows.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::KeyInit as _;
use chacha20poly1305::Nonce;
use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::aead::Payload;
use chapar::domain::seal::VaultKey;
use chapar::edge::keystore::KeyStore;
use chapar::edge::keystore::Source;
use chapar::edge::keystore::VAULT_KEY;
use chapar::edge::sled::SledStore;
use chapar::engine::rows::key;
use chapar::engine::store::View as _;
use chapar::name::Digest;
use chapar::wire;
use serde_json::json;

use crate::binary::Binary;
use crate::binary::free_port;
use crate::binary::introduce;
use crate::local::Local;
use crate::support::shim;
use crate::world::a_notice;

/// Calls on the folders of keys and store after which the node is killed, from the order of an erasure on.
const KILLS: [u32; 9] = [1, 2, 3, 5, 7, 9, 12, 16, 24];

/// What must not be found.
#[derive(Default)]
struct Secrets {
    /// Texts, body keys, vault keys.
    bytes: Vec<(String, Vec<u8>)>,
    /// Rows of body keys as they once were.
    rows: Vec<(Digest, Vec<u8>)>,
}

fn vault_key(office: &Binary) -> [u8; 32] {
    let mut ask = || Err(std::io::Error::other("custody is file"));
    let keys = KeyStore::open(&office.data.join("keys"), Source { credentials: None, passphrase: &mut ask }).unwrap();
    keys.unseal(VAULT_KEY).unwrap().as_slice().try_into().unwrap()
}

impl Secrets {
    /// The keys of a stopped office: its vault key, and the body keys of these notices.
    fn note(&mut self, office: &Binary, notices: &[Digest]) {
        let vault = vault_key(office);
        self.bytes.push(("vault key".to_owned(), vault.to_vec()));
        let copy = office.data.with_extension("copy");
        let store = SledStore::open_copy(&office.data.join("store"), &copy).unwrap();
        for notice in notices {
            let Some(row) = store.get(&key::body_key(*notice)).unwrap() else { continue };
            let (nonce, sealed) = row.split_first_chunk::<12>().unwrap();
            let payload = Payload { msg: sealed, aad: &notice.0 };
            let body_key = ChaCha20Poly1305::new((&vault).into()).decrypt(&Nonce::from(*nonce), payload).unwrap();
            self.bytes.push(("body key".to_owned(), body_key));
            self.rows.push((*notice, row));
        }
        drop(store);
        fs::remove_dir_all(copy).unwrap();
    }

    /// Searches all files of a stopped office.
    #[track_caller]
    fn are_gone(&self, office: &Binary) {
        let files = files(&office.data);
        assert!(files.len() > 5);
        let left = vault_key(office);
        for (path, bytes) in &files {
            for (what, secret) in self.bytes.iter().filter(|(_, secret)| **secret != left) {
                let found = bytes.windows(secret.len()).any(|window| window == secret);
                assert!(!found, "a {what} is in {}", path.display());
            }
        }
        let left = VaultKey::from_bytes(left);
        assert!(self.rows.iter().all(|(notice, row)| left.unwrap_key(row, *notice).is_err()));
    }
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.is_file() {
            let bytes = fs::read(&path).unwrap();
            found.insert(path, bytes);
        }
    }
    found
}

/// A notice with a word that is nowhere else; its digest.
async fn send(from: &Binary, to: &str, word: &str) -> Digest {
    let local = Local::connect(&from.socket()).await;
    let sent = local.send(a_notice(&[to], wire::Urgency::Routine, word)).await.unwrap();
    Digest::try_from(sent.digest.as_slice()).unwrap()
}

/// Asks until it is so.
#[track_caller]
fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..600 {
        if holds() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("not within a minute: {what}");
}

fn has_text(office: &Binary, notice: Digest) -> bool {
    let shown = office.run(&["notice", "show", &notice.to_string()]);
    shown.code == Some(0) && shown.object()["erasure"].is_null()
}

fn is_complete(office: &Binary) -> bool {
    let shown = office.run(&["expiry", "show"]);
    shown.code == Some(0) && shown.object()["incomplete"] == json!(false)
}

/// The data protection officer of an office, and the file with the passphrase.
fn protector(office: &Binary) -> (String, String) {
    (format!("{}-D01", office.code), office.data.with_extension("own-passphrase").display().to_string())
}

/// Enrols the one who may order an erasure.
fn protect(office: &Binary) {
    let (id, own) = protector(office);
    let said =
        office.run(&["officer", "add", &id, "--role", "data-protection-officer", "--passphrase"]).done().object();
    let first = office.data.with_extension("first-passphrase");
    fs::write(&first, said["passphrase"].as_str().unwrap()).unwrap();
    let sign_in = ["--data", &office.data.display().to_string(), "--as", &id];
    let first = first.display().to_string();
    let set = ["--passphrase-file", &first, "officer", "passphrase", "--new-passphrase-file", &own];
    crate::binary::chapar(&[sign_in.as_slice(), set.as_slice()].concat()).done();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_an_erased_text_is_left_whenever_the_node_is_killed() {
    let root = tempfile::tempdir().unwrap();
    let mut alt = Binary::init(root.path(), "UZ-ALT", Some(free_port()));
    let mut far = Binary::init(root.path(), "TM-FAR", Some(free_port()));
    introduce(root.path(), &mut [&mut alt, &mut far]);
    for office in [&alt, &far] {
        protect(office);
    }
    let words: Vec<String> = (0..KILLS.len()).map(|number| format!("Xylophonwort{number}q")).collect();
    let mut notices = vec![];
    for word in &words {
        notices.push(send(&alt, "TM-FAR", word).await);
    }
    let kept = send(&alt, "TM-FAR", "this stays").await;
    until("all are there", || has_text(&far, kept));
    let mut secrets = Secrets::default();
    secrets.bytes.extend(words.iter().map(|word| ("text".to_owned(), word.clone().into_bytes())));
    let trigger = root.path().join("trigger");
    for office in [&mut alt, &mut far] {
        office.stop();
        secrets.note(office, &notices);
        for (notice, calls) in notices.iter().zip(KILLS) {
            office.environment = shim::killing(&office.data, calls, &trigger);
            office.start();
            fs::write(&trigger, "").unwrap();
            let (id, own) = protector(office);
            let digest = notice.to_string();
            let who = ["--as", &id, "--passphrase-file", &own];
            let erase = [&["notice", "erase", &digest, "--reason", "COURT_ORDER"], who.as_slice()].concat();
            let erased = office.run(&erase);
            fs::remove_file(&trigger).unwrap();
            assert_ne!(erased.code, Some(0), "{calls} calls are not enough: {erased:?}");
            office.kill();
            secrets.note(office, &[]);
            office.environment = vec![];
            office.start();
            // The order may not have come so far.
            if has_text(office, *notice) {
                office.run(&erase).done();
            }
            until("it is erased", || is_complete(office));
            office.run(&["log", "verify"]).done();
            office.stop();
            secrets.note(office, &[]);
        }
        assert!(!office.data.join("keys/vault-next.key").exists());
        secrets.are_gone(office);
        office.start();
        assert!(has_text(office, kept) && notices.iter().all(|notice| !has_text(office, *notice)));
    }
}

/// The notices with a word, by `chapar search`.
fn found(office: &Binary, word: &str) -> Vec<String> {
    let hits = office.run(&["search", word, "--why", "case 7"]).done().objects();
    hits.iter().map(|hit| hit["digest"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_text_is_not_found_any_more() {
    let root = tempfile::tempdir().unwrap();
    let mut alt = Binary::init(root.path(), "UZ-ALT", Some(free_port()));
    let mut far = Binary::init(root.path(), "TM-FAR", Some(free_port()));
    introduce(root.path(), &mut [&mut alt, &mut far]);
    protect(&far);
    let gone = send(&alt, "TM-FAR", "Xylophone tea").await;
    let kept = send(&alt, "TM-FAR", "Marimba tea").await;
    until("both are there", || has_text(&far, gone) && has_text(&far, kept));
    assert_eq!(found(&far, "xylophone"), [gone.to_string()]);
    assert_eq!(found(&far, "tea"), [kept.to_string(), gone.to_string()]);
    let (id, own) = protector(&far);
    let digest = gone.to_string();
    far.run(&["notice", "erase", &digest, "--reason", "UNLAWFUL", "--as", &id, "--passphrase-file", &own]).done();
    let gone_here = |far: &Binary| {
        assert_eq!(found(far, "xylophone"), [""; 0]);
        assert_eq!(found(far, "tea"), [kept.to_string()]);
    };
    gone_here(&far);
    // The other office was ordered nothing.
    assert_eq!(found(&alt, "xylophone"), [gone.to_string()]);
    // Nor does an index find it that is built anew from the log.
    far.stop();
    far.start();
    until("the index is built", || far.run(&["search", "tea", "--why", "case 7"]).code == Some(0));
    gone_here(&far);
    far.run(&["log", "verify"]).done();
}
