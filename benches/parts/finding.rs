//! Search in an office that has issued 20,000 notices: how long the index follows its log, and the whole answer to an
//! officer, with the entries of all hits synced on the disk.

use std::hint::black_box;
use std::sync::Arc;

use chapar::domain::access::Access;
use chapar::domain::access::Why;
use chapar::edge::env::Stopwatch;
use chapar::edge::sled::SledStore;
use chapar::engine::store;
use chapar::engine::store::Batch;
use chapar::engine::store::Store;
use chapar::entropy::SeededEntropy;
use chapar::limits;
use chapar::office::Command;
use chapar::office::Reply;
use chapar::office::Writer;
use chapar::office::search::Filters;
use chapar::office::search::Followed;
use chapar::office::standing::Standings;
use criterion::Criterion;

use crate::body;
use crate::now;
use crate::search::Dice;
use crate::submitted;
use crate::two;

/// Notices that are issued, and words in each.
const NOTICES: usize = 20_000;
const WORDS: usize = 150;

/// A store of sled with the rows of another one.
fn on_disk(folder: &std::path::Path, rows: &dyn Store) -> SledStore {
    let disk = SledStore::create(&folder.join("store")).unwrap();
    let last = rows.last_number().unwrap();
    let rows = rows.scan(&[], &[u8::MAX; 65], usize::MAX).unwrap();
    for number in 1..=last {
        // A store takes its commits by their numbers, and none that changes nothing.
        let mut batch = Batch::new(number);
        let taken = if number == last { rows.len() } else { 1 };
        rows.iter().take(taken).for_each(|(key, value)| batch.put(key.clone(), value.clone()));
        store::commit(&disk, &batch, ()).unwrap();
    }
    disk
}

/// Measures search behind the desk.
pub(crate) fn finding(c: &mut Criterion) {
    let mut group = c.benchmark_group("finding");
    group.sample_size(20);
    let mut dice = Dice(11);
    let (mut alt, far) = two();
    let officer: chapar::name::OfficerId = "UZ-ALT-O01".parse().unwrap();
    let mut words = String::new();
    for first in (0..NOTICES).step_by(limits::COMMIT_COMMANDS) {
        let drafts = (first..NOTICES.min(first + limits::COMMIT_COMMANDS)).map(|_| {
            let text: Vec<String> = (0..WORDS).map(|_| dice.word(60_000)).collect();
            words = text[..2].join(" ");
            let mut body = body();
            body.narrative.as_mut().unwrap().text = text.join(" ");
            body
        });
        let bodies = drafts.collect();
        let releases = submitted(&mut alt, far.code(), bodies);
        assert!(alt.ask(releases).iter().all(|reply| matches!(reply, Reply::Released(Ok(_)))));
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let store = Arc::new(on_disk(folder.path(), &alt.store));
    let entropy = Box::new(SeededEntropy::new(12));
    let mut writer = Writer::open(Arc::<SledStore>::clone(&store), alt.me.clone(), entropy).unwrap();
    let rosters = writer.shared().rosters();
    let standings = Standings { view: &*store, vault: &alt.me.vault, rosters: &rosters, me: alt.code(), now: now() };
    let (mut followed, before) = (Followed::default(), Stopwatch::start());
    followed.step(&standings, writer.shared().head().size, u64::MAX).unwrap();
    let (index, took) = (followed.index(), before.elapsed());
    println!("{index:?} built in {took:?}, {} MiB by its own account", index.bytes() >> 20);
    let filters = Filters { exercise: true, ..Filters::default() };
    let why = Why::given("case 7", Access::SearchHit).unwrap();
    for (name, query) in [("an answer of one or few hits", words.as_str()), ("an answer of 50 hits", "ба")] {
        let hits = followed.search(query, &filters, limits::SEARCH_HITS);
        println!("{name}: {} of {}", hits.newest.len(), hits.total);
        group.bench_function(name, |b| {
            b.iter(|| {
                followed.step(&standings, writer.shared().head().size, u64::MAX).unwrap();
                let hits = followed.search(black_box(query), &filters, limits::SEARCH_HITS);
                let notices = hits.newest.iter().map(|hit| hit.notice).collect();
                let (officer, access) = (officer.clone(), Access::SearchHit);
                let command = Command::Access { officer, notices, access, why: why.clone(), attachment: None };
                let replies = writer.commit(now(), vec![command]).unwrap().into_inner();
                assert!(matches!(replies[0], Reply::Accessed));
                hits.newest.iter().map(|hit| standings.summary(hit.notice).unwrap()).collect::<Vec<_>>()
            });
        });
    }
    group.finish();
}
