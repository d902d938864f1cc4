//! A power cut, modelled: a process commits while every change of its files is recorded, with every sync; then its
//! folder is built again as a cut at any point of the recording could leave it, opened, and compared with what had been
//! called durable by then. All of that must be there, and never a part of a commit.
//!
//! The recording comes from a shim in C between the process and its C library, not from `strace`, which a bare machine
//! lacks and a container may forbid; and not from copies of the files around a commit, which would miss every order
//! within it. How a process runs is not repeatable to the byte; given a recording, all cuts follow from `CHAPAR_SEED`.
//! The recording of a run that fails is kept; `CHAPAR_RECORDINGS` names a folder of such to try again.

mod check;
mod disk;
mod life;
mod record;

use std::fs;
use std::fs::File;
use std::path::Path;
use std::process::Command;

use crate::power::check::Check;
use crate::power::check::OfficeCheck;
use crate::power::check::StoreCheck;
use crate::power::check::Verdict;
use crate::power::disk::Cut;
use crate::power::disk::Disk;
use crate::power::disk::Obeys;
use crate::power::life::Rows;
use crate::power::record::Change;
use crate::power::record::Record;
use crate::support::chance;
use crate::support::chance::Chance;
use crate::support::shim;

/// How a life of the recorded process ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// It dies in this call of `sync_data`, when sled has written and nothing is synced.
    InSync(u64),
    /// It dies anywhere, so many turns of a loop after the commit with the first number.
    Soon(u64, u64),
    /// It closes its store after the commit with this number.
    Well(u64),
}

/// Runs a process of some kind, life after life in the same folder, and gives what was recorded.
fn record(kind: &str, lives: &[End]) -> (Vec<Record>, Vec<u8>) {
    let root = tempfile::tempdir().unwrap();
    let (folder, recording) = (root.path().join("data"), root.path().join("recording"));
    if let Some(kept) = chance::text("CHAPAR_RECORDINGS") {
        fs::copy(Path::new(&kept).join(kind), &recording).unwrap();
    } else {
        fs::create_dir(&folder).unwrap();
        File::create(&recording).unwrap();
        for end in lives {
            live(kind, *end, &folder, &recording);
        }
    }
    (record::read(&recording), fs::read(&recording).unwrap())
}

fn live(kind: &str, end: End, folder: &Path, recording: &Path) {
    let mut process = Command::new(std::env::current_exe().unwrap());
    process.args(["--exact", "power::life::life", "--ignored", "--nocapture"]);
    process.envs(shim::recording(folder, recording)).env("CHAPAR_LIFE", folder).env("CHAPAR_LIFE_KIND", kind);
    match end {
        End::InSync(call) => process.env("CHAPAR_LIFE_TO", u64::MAX.to_string()).env(shim::DIES, call.to_string()),
        End::Soon(to, spins) => {
            process.env("CHAPAR_LIFE_TO", to.to_string()).env("CHAPAR_LIFE_SPINS", spins.to_string())
        }
        End::Well(to) => process.env("CHAPAR_LIFE_TO", to.to_string()),
    };
    let output = process.output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert_eq!(output.status.success(), matches!(end, End::Well(_)), "{kind}: {}\n{text}", output.status);
    assert!(!text.contains("panicked"), "{kind}: {text}");
}

/// What the process said, if this record is of that.
fn said(record: &Record) -> Option<(u8, u64)> {
    match &record.change {
        Change::Written(_, word) if record.name == life::SAID => {
            Some((word[0], u64::from_be_bytes(word[1..].try_into().unwrap())))
        }
        _ => None,
    }
}

/// The points of a recording at which the power is cut: when a life has found something, in every way; of the others
/// half right after something was durable, half anywhere.
fn points(records: &[Record], count: usize, chance: &mut Chance) -> Vec<usize> {
    let words = |wanted| {
        let is = move |at: &usize| said(&records[*at]).is_some_and(|(what, _)| what == wanted);
        (0..records.len()).filter(is).collect::<Vec<usize>>()
    };
    let (found, durable) = (words(life::FOUND), words(life::DURABLE));
    let mut points = found.repeat(Cut::ALL.len());
    while points.len() < count {
        points.push(durable[chance.place(durable.len())]);
        points.push(found[0] + chance.place(records.len() - found[0]));
    }
    points.truncate(count);
    points.sort_unstable();
    points
}

/// Cuts the power at so many points and looks at what is found each time.
fn cut(records: &[Record], count: usize, obeys: Obeys, chance: &mut Chance, check: &mut dyn Check) -> Vec<Verdict> {
    let points = points(records, count, chance);
    let (mut disk, mut verdicts, mut durable) = (Disk::empty(obeys), vec![], 0);
    for (at, record) in records.iter().enumerate() {
        match said(record) {
            Some((_, number)) => durable = durable.max(number),
            None => disk.apply(record),
        }
        for _ in points.iter().filter(|point| **point == at) {
            let cut = Cut::ALL[verdicts.len() % Cut::ALL.len()];
            let found = tempfile::tempdir().unwrap();
            disk.cut(cut, chance, found.path());
            verdicts.push(Verdict { at, cut, durable, fault: check.look(found.path(), durable).err() });
        }
    }
    assert_eq!(verdicts.len(), count);
    verdicts
}

/// Nothing is lost at so many points. Then the same on a disk that does not obey our own `sync_data`: much is lost, so
/// the check can fail.
fn nothing_is_lost(kind: &str, lives: &[End], count: usize, check: &dyn Fn(&[Record]) -> Box<dyn Check>) {
    let mut chance = Chance::from_outside();
    let (records, bytes) = record(kind, lives);
    let verdicts = cut(&records, count, Obeys::AllSyncs, &mut chance, &mut *check(&records));
    let faults: Vec<&Verdict> = verdicts.iter().filter(|verdict| verdict.fault.is_some()).collect();
    println!("{kind}: {} changes recorded, power cut at {count} points, {} faults", records.len(), faults.len());
    if !faults.is_empty() {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("recordings");
        fs::create_dir_all(&kept).unwrap();
        fs::write(kept.join(kind), bytes).unwrap();
        panic!("the recording is kept in {}: {} faults, first {:#?}", kept.display(), faults.len(), faults[0]);
    }

    let verdicts = cut(&records, 60, Obeys::FsyncOnly, &mut chance, &mut *check(&records));
    let faults = verdicts.iter().filter(|verdict| verdict.fault.is_some()).count();
    println!("{kind}: without sync_data {faults} faults of 60");
    assert!(faults > 10, "a store that does not sync is found out: {faults} of 60");
}

#[test]
fn a_store_that_grows_keeps_what_is_durable() {
    nothing_is_lost("grow", &[End::Well(600), End::InSync(500), End::Well(1_400)], 180, &|_| {
        Box::new(StoreCheck::new(Rows::Grow))
    });
}

#[test]
fn a_store_in_churn_and_four_lives_keeps_what_is_durable() {
    let lives = [End::InSync(400), End::Soon(800, 200_000), End::InSync(300), End::Well(1_500)];
    nothing_is_lost("churn", &lives, 220, &|_| Box::new(StoreCheck::new(Rows::Churn)));
}

#[test]
fn an_office_keeps_what_it_answered_and_its_log_verifies() {
    nothing_is_lost("office", &[End::Well(160)], 120, &|records| Box::new(OfficeCheck::new(records)));
}
