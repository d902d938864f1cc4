//! Damage in sled's own files of a stopped office, a byte, a block or the end of a file: `log verify --offline` names
//! it, or every row is what it was before. Never a panic, never a wrong answer, and the files stay as they are.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use chapar::domain::draft;
use chapar::edge::keystore::Source;
use chapar::edge::sled::SledStore;
use chapar::edge::sled::quiet_panics;
use chapar::engine::store::Row;
use chapar::engine::store::StoreError;
use chapar::engine::store::View as _;
use chapar::layout::Layout;
use chapar::opening::OpeningError;
use chapar::opening::verify_offline;
use chapar::wire;
use chapar::wire::Urgency;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;
use tempfile::tempdir;

use crate::binary::Binary;
use crate::binary::free_port;
use crate::binary::introduce;
use crate::local::Local;
use crate::world::a_notice;

/// Bytes of `db` that are flipped, at the least.
const FLIPS: usize = 220;

/// Every so many bytes of the small files are flipped.
const STRIDE: usize = 7;

/// A block of the disk.
const BLOCK: usize = 4096;

/// Threads that verify; each has a data folder of its own.
const THREADS: usize = 3;

/// What a verification says: size and root, or why not.
type Verdict = Result<(u64, [u8; 32]), OpeningError>;

/// A damage to one file of the store.
#[derive(Clone, Debug)]
struct Damage {
    file: String,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Cut(usize),
    Flip(usize),
    Zero(usize),
}

impl Damage {
    /// The file with the damage.
    fn done(&self, whole: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        match self.what {
            What::Cut(at) => bytes.truncate(at),
            What::Flip(at) => bytes[at] ^= 1 << (at % 8),
            What::Zero(at) => {
                let end = bytes.len().min(at + BLOCK);
                bytes[at..end].fill(0);
            }
        }
        bytes
    }
}

/// A sample draft of thirty-six kilobytes.
fn a_long_notice() -> wire::SendNoticeRequest {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/notices/32-modus-operandi-long.json");
    let mut sample: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    sample["header"]["expires_at"] = json!("2029-06-01T00:00:00Z");
    sample["header"].as_object_mut().unwrap().remove("from");
    let options = draft::Options { without_attachments: true };
    let draft = draft::parse(&serde_json::to_vec(&sample).unwrap(), options).unwrap();
    let party = wire::Party { office: "TM-FAR".to_owned(), agency: 0 };
    let header = wire::NoticeHeader { to: vec![party], cc: vec![], ..draft.header };
    wire::SendNoticeRequest { header: Some(header), body: draft.body, ..wire::SendNoticeRequest::default() }
}

/// Two stopped offices that have sent each other a few dozen notices.
async fn a_used_office() -> (TempDir, Binary) {
    let root = tempdir().unwrap();
    let mut alt = Binary::init(root.path(), "UZ-ALT", Some(free_port()));
    let mut far = Binary::init(root.path(), "TM-FAR", Some(free_port()));
    introduce(root.path(), &mut [&mut alt, &mut far]);
    let (mut here, mut there) = (Local::connect(&alt.socket()).await, Local::connect(&far.socket()).await);
    here.send(a_long_notice()).await.unwrap();
    for number in 0..20 {
        let text = format!("number {number}");
        here.send(a_notice(&["TM-FAR"], Urgency::Routine, &text)).await.unwrap();
        there.send(a_notice(&["UZ-ALT"], Urgency::Immediate, &text)).await.unwrap();
    }
    here.all_delivered().await;
    there.all_delivered().await;
    for row in here.list(wire::Folder::Inbox).await.iter().take(3) {
        here.subject(&hex::encode(&row.digest)).await;
    }
    drop((here, there));
    for office in [&mut alt, &mut far] {
        assert!(office.stop().success(), "{}", office.trace());
    }
    (root, alt)
}

/// What `log verify --offline` finds; `None` if it panics.
fn verdict(data: &Path) -> Option<Verdict> {
    let mut nobody = || Err(io::ErrorKind::NotFound.into());
    let source = Source { credentials: None, passphrase: &mut nobody };
    let verified = catch_unwind(AssertUnwindSafe(|| verify_offline(&Layout::new(data.into()), source, |_, _, _| ())));
    verified.ok().map(|verified| verified.map(|sound| (sound.head.size, sound.head.root)))
}

/// All files of a folder, byte for byte.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut found, mut folders) = (vec![], vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match fs::read(&path) {
                Ok(bytes) if path.file_name().is_some_and(|name| name != "chapar.sock") => found.push((path, bytes)),
                _ if path.is_dir() => folders.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_dir() {
            copy_folder(&path, &to.join(name));
        } else if path.is_file() {
            fs::copy(path, to.join(name)).unwrap();
        }
    }
}

/// The damages: flips spread over `db`, every few bytes of the small files, blocks of zeroes, cuts.
fn damages(store: &Path) -> Vec<Damage> {
    let mut all = vec![];
    for (path, bytes) in files(store) {
        let file = path.strip_prefix(store).unwrap().display().to_string();
        let mut add = |what| all.push(Damage { file: file.clone(), what });
        let length = bytes.len();
        if file == "db" {
            // Where there is something, and a few where there are only zeroes.
            let used: Vec<usize> = (0..length).filter(|at| bytes[*at] != 0).collect();
            (0..FLIPS).for_each(|n| add(What::Flip(used[n * used.len() / FLIPS])));
            (0..8).for_each(|n| add(What::Flip(n * length / 8)));
            let blocks: Vec<usize> =
                used.iter().map(|at| at / BLOCK * BLOCK).collect::<BTreeSet<_>>().into_iter().collect();
            (0..12).for_each(|n| add(What::Zero(blocks[n * blocks.len() / 12])));
            let end = used.last().unwrap() + 1;
            let cuts = [0, 1, end / 3, end / 2, end - BLOCK, end - 100, end - 1];
            cuts.map(What::Cut).into_iter().for_each(&mut add);
        } else if file == "conf" || file.starts_with("snap.") {
            (0..length).step_by(STRIDE).for_each(|at| add(What::Flip(at)));
            add(What::Zero(0));
            [0, 1, length / 2, length - 1].map(What::Cut).into_iter().for_each(&mut add);
        }
    }
    all
}

/// Whether an error says that the store cannot be read, is older than the note, or names what is wrong in it.
fn names_the_damage(error: &OpeningError) -> bool {
    matches!(
        error,
        OpeningError::Store(StoreError::Unreadable(_))
            | OpeningError::Row(_)
            | OpeningError::Fault(_)
            | OpeningError::Empty
            | OpeningError::Older { .. }
    )
}

/// All rows, read from a copy.
fn rows(data: &Path) -> Result<Vec<Row>, StoreError> {
    let copy = tempdir().unwrap();
    let store = SledStore::open_copy(&data.join("store"), &copy.path().join("store"))?;
    store.scan(&[], &[u8::MAX; 65], usize::MAX)
}

/// The office before any damage.
struct Whole {
    head: (u64, [u8; 32]),
    rows: Vec<Row>,
}

/// What was found in a sweep.
#[derive(Debug, Default)]
struct Findings {
    named: usize,
    unchanged: usize,
    wrong: Vec<String>,
}

impl Findings {
    /// One damage in a data folder, undone afterwards.
    fn look(&mut self, data: &Path, damage: &Damage, whole: &Whole) {
        let file = data.join("store").join(&damage.file);
        let bytes = fs::read(&file).unwrap();
        fs::write(&file, damage.done(&bytes)).unwrap();
        let before = files(data);
        match verdict(data) {
            Some(Ok(head)) if head == whole.head => match rows(data) {
                Ok(rows) if rows == whole.rows => self.unchanged += 1,
                // sled does not see it each time: what was verified above is whole, and now it is named.
                Err(StoreError::Unreadable(_)) => self.named += 1,
                other => self.wrong.push(format!("{damage:?} was missed: {:?}", other.map(|rows| rows.len()))),
            },
            Some(Err(error)) if names_the_damage(&error) => self.named += 1,
            other => self.wrong.push(format!("{damage:?}: {other:?}")),
        }
        if files(data) != before {
            self.wrong.push(format!("{damage:?}: the files were changed"));
        }
        fs::write(&file, bytes).unwrap();
    }
}

/// All damages, in a few threads, each with its copy of the data folder.
fn sweep(root: &Path, office: &Binary, damages: &[Damage]) -> Findings {
    let whole = Whole { head: verdict(&office.data).unwrap().unwrap(), rows: rows(&office.data).unwrap() };
    assert!(whole.head.0 > 80, "{} entries", whole.head.0);
    let whole = &whole;
    let (next, all) = (AtomicUsize::new(0), Mutex::new(Findings::default()));
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let data = root.join(format!("copy-{thread}"));
            copy_folder(&office.data, &data);
            let (next, all) = (&next, &all);
            scope.spawn(move || {
                let mut found = Findings::default();
                while let Some(damage) = damages.get(next.fetch_add(1, Ordering::Relaxed)) {
                    found.look(&data, damage, whole);
                }
                fs::remove_dir_all(&data).unwrap();
                let mut all = all.lock().unwrap();
                all.named += found.named;
                all.unchanged += found.unchanged;
                all.wrong.append(&mut found.wrong);
            });
        }
    });
    let all = all.into_inner().unwrap();
    assert!(all.wrong.is_empty(), "{}", all.wrong.join("\n"));
    all
}

/// The same through the binary, for some of them: exit 6 and a fault, or exit 0 and the same root.
fn told_by_the_binary(office: &Binary, damages: &[Damage]) {
    let whole = office.run(&["log", "verify", "--offline"]).done().object();
    for damage in damages.iter().step_by(damages.len() / 10) {
        let file = office.data.join("store").join(&damage.file);
        let bytes = fs::read(&file).unwrap();
        fs::write(&file, damage.done(&bytes)).unwrap();
        let output = office.run(&["log", "verify", "--offline"]);
        let word = output.object();
        match output.code {
            Some(0) => assert_eq!(word, whole, "{damage:?}"),
            Some(6) => assert!(word["ok"] == false && word["fault"].is_string(), "{damage:?}: {word}"),
            _ => panic!("{damage:?}: {output:#?}"),
        }
        assert!(!output.stderr.contains("panicked"), "{damage:?}: {output:#?}");
        fs::write(&file, bytes).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_in_the_files_of_sled_is_named_or_changes_nothing() {
    quiet_panics();
    let (root, mut office) = a_used_office().await;
    let store = office.data.join("store");
    // Without a snapshot sled reads all of its file.
    let all = damages(&store);
    assert!(all.iter().filter(|damage| damage.file == "db").count() >= FLIPS);
    let found = sweep(root.path(), &office, &all);
    println!("{} damages: {} named, {} change nothing", all.len(), found.named, found.unchanged);
    assert!(found.named > FLIPS / 2, "the sweep meets what matters: {found:?}");
    told_by_the_binary(&office, &all);
    // With one it reads what is still in use.
    office.start();
    assert!(office.stop().success(), "{}", office.trace());
    let all = damages(&store);
    assert!(all.iter().any(|damage| damage.file.starts_with("snap.")), "{:?}", fs::read_dir(&store));
    let found = sweep(root.path(), &office, &all);
    println!("{} damages: {} named, {} change nothing", all.len(), found.named, found.unchanged);
    assert!(found.named > FLIPS / 8, "the sweep meets what matters: {found:?}");
    told_by_the_binary(&office, &all);
}
