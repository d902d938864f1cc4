//! The bodies of the fuzz targets on stable Rust: over the committed corpus, and over its mutations by a fixed seed.
//!
//! `CHAPAR_BLESS=1 cargo test corpus_is` adds the valid samples to the corpus; findings of a fuzzer are put there by
//! hand, each under a name that says what it was.

mod samples;
#[expect(unreachable_pub, reason = "public for the fuzz targets")]
#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::path::PathBuf;

use chapar::entropy::Entropy as _;
use chapar::entropy::SeededEntropy;

use crate::fuzz::targets::TARGETS;
use crate::fuzz::targets::Target;

/// Mutations of each file of the corpus.
const MUTATIONS: u64 = 400;

/// Bytes of the whole corpus.
const CORPUS_BYTES: usize = 300 * 1024;

fn folder(target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target.name)
}

/// The files of a target's corpus, by name.
fn corpus(target: &Target) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(folder(target)).unwrap_or_else(|error| panic!("{}: {error}", target.name));
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    files.iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
}

/// Runs a target; what it fails on is kept.
fn run(target: &Target, bytes: &[u8], what: &str) {
    let Target { name, run } = target;
    if catch_unwind(|| run(bytes)).is_err() {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{name}"));
        fs::write(&kept, bytes).unwrap();
        panic!("{name} fails on {what}; the input is in {}", kept.display());
    }
}

/// Chance that can be repeated.
struct Chance(SeededEntropy);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % limit.max(1) as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    /// One change, as fuzzers make them.
    fn mutate(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(bytes.len() + 1);
        let length = 1 + self.below(8);
        let end = (at + length).min(bytes.len());
        match self.below(8) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part: Vec<u8> = (0..length).map(|_| self.byte()).collect();
                drop(bytes.splice(at..at, part));
            }
            3 => {
                let part = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, part));
            }
            4 => {
                let from = self.below(other.len() + 1);
                let part = other[from..(from + 64).min(other.len())].to_vec();
                drop(bytes.splice(at..end, part));
            }
            5 if at < bytes.len() => bytes[at] = [0, 1, 0x7F, 0x80, 0xFF][self.below(5)],
            6 if at < bytes.len() => bytes[at] = self.byte(),
            _ if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            _ => bytes.push(self.byte()),
        }
    }
}

#[test]
fn fuzz_bodies_hold_for_the_corpus_and_its_mutations() {
    for (number, target) in (1..).zip(&TARGETS) {
        let files = corpus(target);
        assert!(files.len() >= 2, "{} has a corpus", target.name);
        let mut chance = Chance(SeededEntropy::new(number));
        for (name, bytes) in &files {
            run(target, bytes, name);
            for mutation in 0..MUTATIONS {
                let mut bytes = bytes.clone();
                let (_, other) = &files[chance.below(files.len())];
                for _ in 0..=chance.below(4) {
                    chance.mutate(&mut bytes, other);
                }
                run(target, &bytes, &format!("mutation {mutation} of {name}"));
            }
        }
        run(target, &[], "nothing");
    }
}

#[test]
fn corpus_is_small_and_holds_the_samples() {
    let mut bytes = 0;
    for target in &TARGETS {
        for (name, sample) in samples::of(target.name) {
            let path = folder(target).join(&name);
            if std::env::var_os("CHAPAR_BLESS").is_some() {
                fs::create_dir_all(folder(target)).unwrap();
                fs::write(&path, sample).unwrap();
            } else {
                assert!(path.exists(), "{} is missing: CHAPAR_BLESS=1 cargo test corpus_is", path.display());
            }
        }
        bytes += corpus(target).iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    }
    assert!(bytes <= CORPUS_BYTES, "{bytes} bytes");
}

#[test]
fn fuzz_targets_are_all_there() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    for Target { name, .. } in &TARGETS {
        let file = fs::read_to_string(fuzz.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(file.contains(&format!("chapar_fuzz::{name}(bytes)")), "{name}");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
    assert_eq!(fs::read_dir(fuzz.join("fuzz_targets")).unwrap().count(), TARGETS.len());
}
