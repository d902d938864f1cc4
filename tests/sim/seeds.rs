//! Many seeds, over all cores; each is a world of its own. A seed that fails says how to repeat it.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use crate::fault::Fault;
use crate::plan;

/// Seeds that every run of the suite takes.
const SEEDS: u64 = 600;

#[expect(clippy::disallowed_methods, reason = "the door for who runs the tests")]
fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a number, not {text:?}")))
}

/// What a seed did wrong, and the faults that it saw.
fn outcome(seed: u64, print: bool) -> (Vec<String>, BTreeMap<Fault, u64>) {
    match catch_unwind(AssertUnwindSafe(|| plan::run(seed, print))) {
        Ok(ran) => (ran.wrong, ran.world.record.faults),
        Err(_) => (vec!["it panicked, see above".to_owned()], BTreeMap::new()),
    }
}

fn repeat(seed: u64, wrong: &[String]) -> String {
    let command = format!("CHAPAR_SIM_SEED={seed} cargo test --test sim seeds::hold -- --nocapture");
    format!("seed {seed}: {}\n  repeat it with: {command}", wrong.join("\n  "))
}

/// `CHAPAR_SIM_SEED` runs one and prints its trace, `CHAPAR_SIM_SEEDS` says how many to run, `CHAPAR_SIM_FIRST` from which
/// one on.
#[test]
fn hold() {
    if let Some(seed) = setting("CHAPAR_SIM_SEED") {
        let (wrong, faults) = outcome(seed, true);
        println!("{faults:?}");
        assert!(wrong.is_empty(), "{}", repeat(seed, &wrong));
        return;
    }
    let count = setting("CHAPAR_SIM_SEEDS").unwrap_or(SEEDS);
    let first = setting("CHAPAR_SIM_FIRST").unwrap_or_default();
    let (next, failures) = (AtomicU64::new(first), Mutex::new(vec![]));
    let faults_seen: Mutex<BTreeMap<Fault, u64>> = Mutex::default();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        return;
                    }
                    let (wrong, faults) = outcome(seed, false);
                    for (fault, times) in faults {
                        *faults_seen.lock().unwrap().entry(fault).or_default() += times;
                    }
                    if !wrong.is_empty() {
                        eprintln!("{}", repeat(seed, &wrong));
                        failures.lock().unwrap().push(repeat(seed, &wrong));
                    }
                    if (seed + 1).is_multiple_of(SEEDS) {
                        let (done, failed) = (seed + 1 - first, failures.lock().unwrap().len());
                        eprintln!("{done} of {count} seeds, {failed} failed");
                    }
                }
            });
        }
    });
    let (failures, faults_seen) = (failures.into_inner().unwrap(), faults_seen.into_inner().unwrap());
    println!("faults seen: {faults_seen:#?}");
    assert!(failures.is_empty(), "{} of {count} seeds failed:\n{}", failures.len(), failures.join("\n"));
    if count >= SEEDS {
        let missing: Vec<_> = Fault::ALL.iter().filter(|fault| !faults_seen.contains_key(fault)).collect();
        assert!(missing.is_empty(), "never injected: {missing:?}");
    }
}

/// Found by 100,000 seeds: the network let a frame land that was sent after the line was cut.
#[test]
fn seed_11660() {
    assert_eq!(outcome(11_660, false).0, Vec::<String>::new());
}

/// Found by 100,000 seeds: a notice that was turned away as SUSPENDED under old rosters never went again if node time
/// stood still meanwhile.
#[test]
fn seed_32771() {
    assert_eq!(outcome(32_771, false).0, Vec::<String>::new());
}

#[test]
fn attachments_come() {
    let pulled: usize = (0..9).map(|seed| plan::run(seed, false).world.pulled()).sum();
    assert!(pulled > 10, "{pulled}");
}

#[test]
fn the_same_seed_has_the_same_trace() {
    for seed in 0..12 {
        let [one, two] = [plan::run(seed, false), plan::run(seed, false)];
        assert_eq!(one.world.trace.hash(), two.world.trace.hash(), "seed {seed}");
        assert_eq!(one.world.steps, two.world.steps, "seed {seed}");
    }
    assert_ne!(plan::run(0, false).world.trace.hash(), plan::run(1, false).world.trace.hash());
}
