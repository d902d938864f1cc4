//! Tests of the keys at rest.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::entropy::SeededEntropy;

const SECRET: &[u8] = b"planted private key of an office";
const PASSPHRASE: &str = "горный перевал зимой";

struct Office {
    data: tempfile::TempDir,
    passphrase: String,
    credential: Option<Vec<u8>>,
}

impl Office {
    fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        Self { data, passphrase: PASSPHRASE.into(), credential: Some(vec![7; 32]) }
    }

    fn keys(&self) -> PathBuf {
        self.data.path().join("keys")
    }

    fn with_source<T>(&self, act: impl FnOnce(Source<'_>) -> T) -> T {
        let handed_over = self.data.path().join("credentials");
        let _ = fs::create_dir(&handed_over);
        match &self.credential {
            Some(content) => fs::write(handed_over.join("chapar-storage-key"), content).unwrap(),
            None => fs::remove_file(handed_over.join("chapar-storage-key")).unwrap(),
        }
        let mut passphrase = || Ok(Zeroizing::new(self.passphrase.clone()));
        act(Source { credentials: Some(&handed_over), passphrase: &mut passphrase })
    }

    fn create(&self, custody: Custody) -> Result<KeyStore, KeyStoreError> {
        self.with_source(|source| KeyStore::create(&self.keys(), custody, source, &mut SeededEntropy::new(1)))
    }

    fn open(&self) -> Result<KeyStore, KeyStoreError> {
        self.with_source(|source| KeyStore::open(&self.keys(), source))
    }

    fn with_key(custody: Custody) -> Self {
        let office = Self::new();
        office.create(custody).unwrap().seal("office", SECRET, &mut SeededEntropy::new(2)).unwrap();
        office
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn keys_come_back_under_every_custody() {
    for custody in [Custody::Credential, Custody::File, Custody::Prompt] {
        let office = Office::with_key(custody);
        let store = office.open().unwrap();
        assert_eq!(store.custody(), custody);
        assert_eq!(store.unseal("office").unwrap().as_slice(), SECRET);
        store.seal("office", b"its successor", &mut SeededEntropy::new(3)).unwrap();
        assert_eq!(office.open().unwrap().unseal("office").unwrap().as_slice(), b"its successor");
        assert!(matches!(store.unseal("other"), Err(KeyStoreError::Io { .. })));
        assert!(matches!(office.create(custody), Err(KeyStoreError::Exists(_))));
    }
}

#[test]
fn nothing_but_the_storage_key_file_holds_a_key() {
    for custody in [Custody::Credential, Custody::File, Custody::Prompt] {
        let office = Office::with_key(custody);
        let store = office.open().unwrap();
        let contains = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        for entry in fs::read_dir(office.keys()).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            assert!(!contains(&bytes, SECRET), "{}", path.display());
            let holds_storage_key = contains(&bytes, store.key.bytes());
            assert_eq!(holds_storage_key, path.ends_with("storage.key"), "{}", path.display());
            assert!(!contains(&bytes, PASSPHRASE.as_bytes()), "{}", path.display());
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
        }
        assert_eq!(fs::metadata(office.keys()).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn debug_tells_nothing() {
    let office = Office::with_key(Custody::File);
    assert_eq!(format!("{:?}", office.open().unwrap()), "KeyStore { custody: File, .. }");
}

#[test]
fn a_wrong_storage_key_is_noticed_at_once() {
    let mut office = Office::with_key(Custody::Prompt);
    office.passphrase = "another passphrase".into();
    assert!(matches!(office.open(), Err(KeyStoreError::WrongKey)));

    let mut office = Office::with_key(Custody::Credential);
    office.credential = Some(vec![8; 32]);
    assert!(matches!(office.open(), Err(KeyStoreError::WrongKey)));

    let office = Office::with_key(Custody::File);
    fs::write(office.keys().join("storage.key"), [9; 32]).unwrap();
    assert!(matches!(office.open(), Err(KeyStoreError::WrongKey)));
    fs::write(office.keys().join("storage.key"), [9; 31]).unwrap();
    assert!(matches!(office.open(), Err(KeyStoreError::Damaged(path)) if path.ends_with("storage.key")));
}

#[test]
fn a_passphrase_may_be_composed_otherwise() {
    let mut office = Office::new();
    office.passphrase = "зимни\u{439} caf\u{e9} 1963".into();
    office.create(Custody::Prompt).unwrap();
    office.passphrase = "зимни\u{438}\u{306} cafe\u{301} 1963".into();
    assert_eq!(office.open().unwrap().custody(), Custody::Prompt);
}

#[test]
fn short_passphrases_and_credentials_are_refused() {
    let mut office = Office::new();
    office.passphrase = "одиннадцать".into();
    assert!(matches!(office.create(Custody::Prompt), Err(KeyStoreError::ShortPassphrase)));
    for credential in [None, Some(vec![7; 31]), Some(vec![7; files::FILE_BYTES + 1])] {
        let mut office = Office::with_key(Custody::Credential);
        office.credential = credential;
        assert!(matches!(office.open(), Err(KeyStoreError::Credential)));
    }
    let source = Source { credentials: None, passphrase: &mut || Err(io::Error::other("nobody there")) };
    let nowhere = Office::new();
    let created = KeyStore::create(&nowhere.keys(), Custody::Credential, source, &mut SeededEntropy::new(1));
    assert!(matches!(created, Err(KeyStoreError::Credential)));
    let source = Source { credentials: None, passphrase: &mut || Err(io::Error::other("nobody there")) };
    let opened = KeyStore::open(&Office::with_key(Custody::Prompt).keys(), source);
    assert!(matches!(opened, Err(KeyStoreError::Io { .. } | KeyStoreError::NoPassphrase(_))));
}

#[test]
fn a_key_opens_under_its_own_name_only() {
    let office = Office::with_key(Custody::File);
    let store = office.open().unwrap();
    store.seal("seal-1", SECRET, &mut SeededEntropy::new(3)).unwrap();
    fs::copy(office.keys().join("office.key"), office.keys().join("seal-1.key")).unwrap();
    assert!(matches!(store.unseal("seal-1"), Err(KeyStoreError::Damaged(_))));
}

#[test]
fn every_damaged_byte_of_a_key_is_noticed() {
    let office = Office::with_key(Custody::File);
    let store = office.open().unwrap();
    let path = office.keys().join("office.key");
    let whole = fs::read(&path).unwrap();
    for place in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[place] ^= 1;
        fs::write(&path, damaged).unwrap();
        assert!(matches!(store.unseal("office"), Err(KeyStoreError::Damaged(_))), "byte {place}");
        fs::write(&path, &whole[..place]).unwrap();
        assert!(matches!(store.unseal("office"), Err(KeyStoreError::Damaged(_))), "cut at {place}");
    }
    fs::write(&path, vec![0; files::FILE_BYTES + 1]).unwrap();
    assert!(matches!(store.unseal("office"), Err(KeyStoreError::Damaged(_))), "too long");
}

#[test]
fn names_stay_in_the_folder() {
    let office = Office::with_key(Custody::File);
    let store = office.open().unwrap();
    for name in ["", "check", "storage", "../office", "a/b", "a.b", "Office", "ключ", &"a".repeat(65)] {
        let sealed = store.seal(name, SECRET, &mut SeededEntropy::new(3));
        assert!(matches!(sealed, Err(KeyStoreError::BadName)), "{name}");
        assert!(matches!(store.unseal(name), Err(KeyStoreError::BadName)), "{name}");
    }
}

#[test]
fn what_others_can_read_is_refused_with_the_way_out() {
    let office = Office::with_key(Custody::File);
    for (file, mode) in [("storage.key", "600"), ("check.key", "600"), ("custody", "600"), ("", "700")] {
        let path = office.keys().join(file);
        let before = fs::metadata(&path).unwrap().permissions().mode();
        for bit in [0o040, 0o020, 0o004, 0o001] {
            set_mode(&path, before | bit);
            let error = office.open().unwrap_err();
            assert!(matches!(&error, KeyStoreError::Permissions { .. }), "{file}: {error}");
            assert!(error.to_string().contains(&format!("chmod {mode} ")), "{error}");
        }
        set_mode(&path, before);
    }
    let store = office.open().unwrap();
    set_mode(&office.keys().join("office.key"), 0o640);
    assert!(matches!(store.unseal("office"), Err(KeyStoreError::Permissions { .. })));
}

#[test]
fn an_altered_cost_is_refused_before_it_is_paid() {
    let office = Office::with_key(Custody::Prompt);
    let path = office.keys().join("storage.params");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("argon2id v=19 m=65536 t=3 p=1 salt="), "{text}");
    for (from, to) in [
        ("m=65536", "m=1048577"),
        ("m=65536", "m=4294967295"),
        ("m=65536", "m=1"),
        ("t=3", "t=17"),
        ("t=3", "t=0"),
        ("p=1", "p=5"),
        ("p=1", "p="),
        ("v=19", "v=16"),
        ("argon2id", "argon2d"),
        ("salt=", "salt=00"),
        ("\n", " x\n"),
        ("\n", ""),
    ] {
        fs::write(&path, text.replace(from, to)).unwrap();
        assert!(matches!(office.open(), Err(KeyStoreError::Damaged(path)) if path.ends_with("storage.params")), "{to}");
    }
}

#[test]
fn an_unfinished_or_altered_custody_does_not_open() {
    let office = Office::with_key(Custody::File);
    fs::write(office.keys().join("custody"), "nobody").unwrap();
    assert!(matches!(office.open(), Err(KeyStoreError::Damaged(_))));
    fs::remove_file(office.keys().join("custody")).unwrap();
    assert!(matches!(office.open(), Err(KeyStoreError::Io { .. })));
}

#[test]
fn custodies_have_words() {
    for custody in [Custody::Credential, Custody::File, Custody::Prompt] {
        assert_eq!(custody.to_string().parse(), Ok(custody));
    }
    assert_eq!("FILE".parse::<Custody>(), Err(UnknownCustody));
}
