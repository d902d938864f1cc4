//! How far a long work is: a bar on a terminal, else a line for every tenth. Programs are not told.

use std::io;
use std::io::IsTerminal as _;

use indicatif::ProgressBar;
use indicatif::ProgressStyle;

use crate::cli::output::Output;

/// Tells how far it is.
pub(super) struct Progress<'a> {
    out: &'a Output,
    bar: Option<ProgressBar>,
    tenths: u64,
}

impl<'a> Progress<'a> {
    /// Nothing is done yet; `what` is counted, as in "entries".
    pub(super) fn new(out: &'a Output, what: &str) -> Self {
        let shown = !out.json && io::stderr().is_terminal();
        let bar = shown.then(|| {
            let style = ProgressStyle::with_template(&format!("{{bar:40}} {{pos}} of {{len}} {what}, {{eta}} left"));
            ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { out, bar, tenths: 0 }
    }

    /// So many of so many are done.
    pub(super) fn at(&mut self, done: u64, size: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(size);
            bar.set_position(done);
            return;
        }
        let tenths = done.saturating_mul(10) / size.max(1);
        if tenths > self.tenths {
            self.tenths = tenths;
            self.out.note(format_args!("{} %", tenths * 10));
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
