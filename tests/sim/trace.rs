//! What happened, a line an event. The hash of all lines tells whether two runs were the same.

use std::fmt;

/// The lines of a run.
pub(crate) struct Trace {
    print: bool,
    hash: u64,
}

impl Trace {
    pub(crate) const fn new(print: bool) -> Self {
        // FNV-1a.
        Self { print, hash: 0xcbf2_9ce4_8422_2325 }
    }

    pub(crate) fn line(&mut self, now: i64, line: fmt::Arguments<'_>) {
        let line = format!("{now:>10} {line}\n");
        for byte in line.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        if self.print {
            print!("{line}");
        }
    }

    pub(crate) const fn hash(&self) -> u64 {
        self.hash
    }
}
