//! The board: one row a delivery, live on a terminal, a line a change elsewhere, a table at the end.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::MultiProgress;
use indicatif::ProgressBar;
use indicatif::ProgressStyle;

use crate::cli::output;

/// One delivery.
pub(super) struct Row {
    /// Reference of the notice.
    pub(super) reference: String,
    /// Kind, as a word.
    pub(super) kind: String,
    /// Urgency, as a word.
    pub(super) urgency: String,
    /// Sender.
    pub(super) from: String,
    /// Addressee.
    pub(super) to: String,
    /// Queued, delivered or rejected.
    pub(super) state: String,
}

/// All deliveries.
pub(super) struct Board {
    rows: Vec<(Row, ProgressBar)>,
    lines: MultiProgress,
    live: bool,
    quiet: bool,
}

impl Board {
    pub(super) fn new(quiet: bool) -> Self {
        let live = std::io::stderr().is_terminal() && !quiet;
        Self { rows: vec![], lines: MultiProgress::new(), live, quiet }
    }

    pub(super) fn add(&mut self, rows: Vec<Row>) {
        for row in rows {
            let line = if self.live { self.lines.add(ProgressBar::new_spinner()) } else { ProgressBar::hidden() };
            if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {msg}") {
                line.set_style(style);
            }
            line.set_prefix(format!("{:<19} {:<24} {} → {}", row.reference, row.kind, row.from, row.to));
            line.set_message(row.state.clone());
            line.enable_steady_tick(Duration::from_millis(120));
            self.rows.push((row, line));
        }
    }

    /// Notes the state of a delivery.
    pub(super) fn set(&mut self, reference: &str, to: &str, state: &str) {
        let found = self.rows.iter_mut().find(|(row, _)| row.reference == reference && row.to == to);
        let Some((row, line)) = found.filter(|(row, _)| row.state != state) else { return };
        state.clone_into(&mut row.state);
        if state == "queued" {
            line.set_message(state.to_owned());
        } else {
            line.finish_with_message(state.to_owned());
        }
        if !self.live && !self.quiet {
            output::tell(&format!("  {:<19} {:<24} {} → {}  {state}", row.reference, row.kind, row.from, row.to));
        }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().map(|(row, _)| row)
    }

    pub(super) fn waiting(&self) -> usize {
        self.rows().filter(|row| row.state == "queued").count()
    }

    pub(super) fn delivered(&self) -> usize {
        self.rows().filter(|row| row.state == "delivered").count()
    }

    /// Says something above the live lines.
    pub(super) fn say(&self, text: &str) {
        if self.quiet {
            return;
        }
        if !self.live || self.lines.println(text).is_err() {
            output::tell(text);
        }
    }

    /// Takes the live lines away; the table comes instead.
    pub(super) fn finish(&self) {
        if self.live {
            // A terminal that cannot be cleared keeps them.
            let _cleared = self.lines.clear();
        }
    }

    pub(super) fn table(&self) -> String {
        let rows = self.rows().map(|row| {
            [
                row.reference.clone(),
                row.kind.clone(),
                row.urgency.clone(),
                row.from.clone(),
                row.to.clone(),
                row.state.clone(),
            ]
        });
        output::table(["Reference", "Kind", "Urgency", "From", "To", "State"], rows.collect())
    }
}
