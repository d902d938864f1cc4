//! The process that is recorded: it opens a store or an office in the folder `CHAPAR_LIFE`, commits, and writes into
//! the file `said` what it was told is durable. The recording holds that file too, so it says
//! in what order things came.

use std::fs::File;
use std::hint::spin_loop;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::thread;

use chapar::edge::commit;
use chapar::edge::commit::Commits;
use chapar::edge::note::Note;
use chapar::edge::sled::SledStore;
use chapar::engine::store::Applied;
use chapar::engine::store::Batch;
use chapar::engine::store::Store as _;
use chapar::entropy::SeededEntropy;
use chapar::name::Fingerprint;
use chapar::name::OfficerId;
use chapar::office::Command;
use chapar::office::Reply;
use chapar::office::Writer;
use chapar::time::Clock;
use chapar::wire::Urgency;
use tokio::task::JoinSet;

use crate::support::chance;
use crate::support::chance::Chance;
use crate::support::second;
use crate::world;
use crate::world::Countries;
use crate::world::Site;
use crate::world::TestClock;
use crate::world::a_notice;
use chapar::office::Sent;

/// The office.
pub(super) const OFFICE: &str = "UZ-ALT";
/// Whom it writes to.
const PEER: &str = "TM-FAR";
/// Its keys.
pub(super) const SEED: u64 = 1;

/// The file that says what was said.
pub(super) const SAID: &str = "said";
/// A commit is durable; or, of an office, so many entries.
pub(super) const DURABLE: u8 = b'd';
/// So many commits were found at the beginning of a life. Whoever reads them may tell of them, so they are durable.
pub(super) const FOUND: u8 = b'f';

/// Commands that an office is given at a time.
const ASKERS: u64 = 4;

/// What the rows of a store are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    /// Rows are written over and deleted; space is used again.
    Churn,
    /// The store only grows, as a log does.
    Grow,
}

/// The commit with this number: the same in every process.
pub(super) fn batch(rows: Rows, number: u64) -> Batch {
    let mut chance = Chance::of(number);
    let mut value = |most: u64| {
        let length = usize::try_from(1 + chance.below(most)).unwrap();
        chance.below(u64::MAX).to_be_bytes().repeat(length.div_ceil(8))[..length].to_vec()
    };
    let mut batch = Batch::new(number);
    match rows {
        Rows::Grow => {
            for row in 0..3 {
                batch.put(format!("entry/{number:06}/{row}").into_bytes(), value(1_000));
            }
            batch.put(format!("index/{:06}", number.reverse_bits() >> 44).into_bytes(), value(40));
        }
        Rows::Churn => {
            for row in 0..4 {
                batch.put(format!("live/{:03}", (number * 7 + row * 31) % 200).into_bytes(), value(4_096));
            }
            batch.delete(format!("live/{:03}", (number * 13) % 200).into_bytes());
            batch.put(format!("queue/{number:06}").into_bytes(), value(500));
            batch.delete(format!("queue/{:06}", number.saturating_sub(40)).into_bytes());
        }
    }
    batch.put(b"head".to_vec(), value(60));
    batch
}

/// Where it is said.
struct Said(File);

impl Said {
    fn open(folder: &Path) -> Self {
        Self(File::options().append(true).create(true).open(folder.join(SAID)).unwrap())
    }

    fn say(&mut self, what: u8, number: u64) {
        let mut word = [what; 9];
        word[1..].copy_from_slice(&number.to_be_bytes());
        self.0.write_all(&word).unwrap();
    }
}

#[test]
#[ignore = "the process that the tests of this folder start"]
fn life() {
    let Some(folder) = chance::text("CHAPAR_LIFE").map(PathBuf::from) else { return };
    // The shim knows files by the names that the system gives them.
    let folder = folder.canonicalize().unwrap();
    let kind = chance::text("CHAPAR_LIFE_KIND").unwrap();
    let to = chance::number("CHAPAR_LIFE_TO").unwrap();
    let dies = chance::number("CHAPAR_LIFE_SPINS");
    match kind.as_str() {
        "churn" => store(&folder, Rows::Churn, to, dies),
        "grow" => store(&folder, Rows::Grow, to, dies),
        "office" => office(&folder, to),
        other => panic!("no such life: {other}"),
    }
}

/// Commits up to a number, then ends well; or goes on, and dies after so many turns of a loop.
fn store(folder: &Path, rows: Rows, to: u64, dies: Option<u64>) {
    let mut said = Said::open(folder);
    let path = folder.join("store");
    let store = if path.exists() { SledStore::open(&path) } else { SledStore::create(&path) }.unwrap();
    let last = store.last_number().unwrap();
    said.say(FOUND, last);
    for number in last + 1.. {
        if number > to && dies.is_none() {
            break;
        }
        if number == to
            && let Some(spins) = dies
        {
            thread::spawn(move || {
                (0..spins).for_each(|_| spin_loop());
                std::process::abort();
            });
        }
        assert_eq!(store.apply(&batch(rows, number)), Applied::Durable);
        said.say(DURABLE, number);
    }
}

/// Makes an office and issues so many notices, some at a time; then ends well.
fn office(folder: &Path, notices: u64) {
    let mut said = Said::open(folder);
    let identity = world::identity(OFFICE.parse().unwrap(), SEED);
    let store = Arc::new(world::create(folder, &identity, SEED));
    let note = Note::open(&folder.join("head")).unwrap();
    let clock: Arc<dyn Clock> = TestClock::at("2026-11-20T06:00:00Z");
    let (opened, view) = (Arc::<SledStore>::clone(&store), Arc::clone(&store));
    let writer = Writer::open(opened, identity, Box::new(SeededEntropy::new(notices))).unwrap();
    let shared = writer.shared();
    said.say(FOUND, shared.head().size);
    let said = Arc::new(Mutex::new(said));
    let (commits, ended) = commit::start(writer, store, clock, note, Arc::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        learn_of_the_peer(&commits).await;
        let mut askers = JoinSet::new();
        for asker in 0..ASKERS {
            let (commits, shared, said) = (commits.clone(), Arc::clone(&shared), Arc::clone(&said));
            let view = Arc::clone(&view);
            askers.spawn(async move {
                for number in 0..notices / ASKERS {
                    issue(&commits, &view, &format!("{asker}: {number}")).await;
                    said.lock().unwrap().say(DURABLE, shared.head().size);
                }
            });
        }
        while let Some(asker) = askers.join_next().await {
            asker.unwrap();
        }
        drop(commits);
        ended.await.unwrap().unwrap();
    });
}

fn officer() -> OfficerId {
    format!("{OFFICE}-O01").parse().unwrap()
}

async fn learn_of_the_peer(commits: &Commits) {
    let countries = Countries::of(&["UZ", "TM"]);
    let (ours, theirs) = (Site::make(OFFICE, SEED), Site::make(PEER, SEED + 1));
    for (country, key) in &countries.0 {
        let fingerprint = Fingerprint::of_key(&key.public().0);
        commits.ask(Command::Trust { officer: officer(), country: *country, fingerprint }).await.unwrap();
    }
    let rosters = ["UZ", "TM"].map(|country| countries.roster(country, 1, &[&ours, &theirs])).to_vec();
    let reply = commits.ask(Command::Import { actor: None, rosters }).await.unwrap();
    assert!(matches!(reply, Reply::Imported(Ok(_))), "{reply:?}");
}

async fn issue(commits: &Commits, store: &SledStore, text: &str) {
    let notice = a_notice(&[PEER], Urgency::Routine, text);
    let office = OFFICE.parse().unwrap();
    let reply = commits.ask(second::send(office, notice.header.unwrap(), notice.body)).await.unwrap();
    let Reply::Sent(Ok(Sent::Submitted(drafted))) = reply else { panic!("{reply:?}") };
    commits.ask(second::read(office, drafted.number)).await.unwrap();
    let reply = commits.ask(second::release(office, store, drafted.number)).await.unwrap();
    assert!(matches!(reply, Reply::Released(Ok(_))), "{reply:?}");
}
