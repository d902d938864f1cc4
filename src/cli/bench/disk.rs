//! How fast the disk itself is: a block of 4 KiB is appended and synced, again and again.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use crate::cli::failure::Failure;
use crate::edge::env::Stopwatch;
use crate::edge::env::time_sync;

/// Between two looks of a [`Probe`]: it must see the disk, not load it.
const PAUSE: Duration = Duration::from_millis(20);

/// The magic number of a file system in memory: statfs(2).
const TMPFS: i64 = 0x0102_1994;

/// Whether a folder lies in memory, not on a disk.
pub(super) fn is_memory(folder: &Path) -> bool {
    rustix::fs::statfs(folder).is_ok_and(|system| system.f_type == TMPFS)
}

/// fdatasync calls per second, over a second in which nothing else is to be done.
pub(super) fn fdatasyncs(folder: &Path) -> Result<f64, Failure> {
    let mut file = File::create(folder.join("raw")).map_err(Failure::internal)?;
    let (begun, mut count) = (Stopwatch::start(), 0_u32);
    while begun.elapsed() < Duration::from_secs(1) {
        time_sync(&mut file).map_err(Failure::internal)?;
        count += 1;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}

/// Looks now and then how long an fdatasync takes while others use the disk.
pub(super) struct Probe {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<io::Result<Vec<Duration>>>,
}

impl Probe {
    pub(super) fn start(folder: &Path) -> Result<Self, Failure> {
        let mut file = File::create(folder.join("probe")).map_err(Failure::internal)?;
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let looks = move || {
            let mut took = vec![];
            while !told.load(Ordering::Relaxed) {
                took.push(time_sync(&mut file)?);
                std::thread::sleep(PAUSE);
            }
            Ok(took)
        };
        let thread = std::thread::Builder::new().name("probe".to_owned()).spawn(looks).map_err(Failure::internal)?;
        Ok(Self { stop, thread })
    }

    /// How many would fit into a second, by the median of the looks; `None` if there was none.
    pub(super) fn stop(self) -> Option<f64> {
        self.stop.store(true, Ordering::Relaxed);
        let mut took = self.thread.join().ok()?.ok()?;
        took.sort_unstable();
        let median = took.get(took.len() / 2)?;
        Some(1.0 / median.as_secs_f64())
    }
}
