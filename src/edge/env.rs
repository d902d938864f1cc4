//! The doors to the system's clock and its chance; the only place that opens them. No settings: those come through the
//! configuration.

use std::fs::File;
use std::io;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;
use std::time::Instant;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use crate::entropy::Entropy;
use crate::limits;
use crate::time::Clock;
use crate::time::Timestamp;

/// The clock of the machine.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the door to the clock")]
    fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::clamped(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Measures how long something takes, whatever the clock does meanwhile.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "the door to the clock")]
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// How long the disk takes to have a block of [`limits::SYNC_BYTES`] that is appended to a file.
///
/// # Errors
/// If it cannot be written.
pub fn time_sync(file: &mut File) -> io::Result<Duration> {
    let begun = Stopwatch::start();
    file.write_all(&[7; limits::SYNC_BYTES])?;
    file.sync_data()?;
    Ok(begun.elapsed())
}

/// The random source of the machine.
#[derive(Debug)]
pub struct SystemEntropy(());

impl SystemEntropy {
    /// Waits until the machine has gathered chance, and opens the door to it.
    ///
    /// # Errors
    /// If the machine has none.
    pub fn open() -> io::Result<Self> {
        getrandom::fill(&mut [0; 32]).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(Self(()))
    }
}

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // It has worked when it was opened. Every key made from here on would be worthless.
            std::process::abort();
        }
    }
}

/// Free bytes on the disk of a folder, for whoever runs the node; `None` if the system does not say.
#[must_use]
pub fn free_bytes(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_doors_are_open() {
        let after_2025 = "2025-01-01T00:00:00Z".parse().unwrap();
        assert!(SystemClock.now() > after_2025);
        let mut drawn = [[0; 32]; 2];
        let mut entropy = SystemEntropy::open().unwrap();
        for bytes in &mut drawn {
            entropy.fill(bytes);
        }
        assert_ne!(drawn[0], [0; 32]);
        assert_ne!(drawn[0], drawn[1]);
    }
}
