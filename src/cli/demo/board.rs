//! The board: what the acts say, and a row for each delivery, which stays below while it waits; a table at the end.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::MultiProgress;
use indicatif::ProgressBar;
use indicatif::ProgressStyle;

use crate::cli::output;
use crate::i18n::Words;
use crate::wire::NoticeKind;
use crate::wire::NoticeState;
use crate::wire::Urgency;

/// The keys of what stands above the columns.
const HEADER: [&str; 6] =
    ["column-reference", "column-kind", "column-urgency", "column-from", "column-to", "column-state"];

/// One delivery.
pub(super) struct Row {
    /// Reference of the notice.
    pub(super) reference: String,
    /// Kind.
    pub(super) kind: i32,
    /// Urgency.
    pub(super) urgency: i32,
    /// Sender.
    pub(super) from: String,
    /// Addressee.
    pub(super) to: String,
    /// Queued, delivered or undeliverable.
    pub(super) state: NoticeState,
}

/// All deliveries.
pub(super) struct Board {
    /// The words for people.
    pub(super) words: Words,
    rows: Vec<(Row, ProgressBar)>,
    lines: MultiProgress,
    live: bool,
    quiet: bool,
}

impl Board {
    pub(super) fn new(words: Words, quiet: bool) -> Self {
        let live = std::io::stderr().is_terminal() && !quiet;
        Self { words, rows: vec![], lines: MultiProgress::new(), live, quiet }
    }

    pub(super) fn add(&mut self, rows: Vec<Row>) {
        for row in rows {
            let line = if self.live { self.lines.add(ProgressBar::new_spinner()) } else { ProgressBar::hidden() };
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                line.set_style(style);
            }
            line.set_message(self.text(&row));
            line.enable_steady_tick(Duration::from_millis(120));
            self.rows.push((row, line));
        }
    }

    /// Notes the state of a delivery; what waits no more is said.
    pub(super) fn set(&mut self, reference: &str, to: &str, state: NoticeState) {
        let mut rows = self.rows.iter_mut();
        let Some((row, line)) = rows.find(|(row, _)| row.reference == reference && row.to == to) else { return };
        if row.state == state {
            return;
        }
        row.state = state;
        line.finish_and_clear();
        if let Some((row, _)) = self.rows.iter().find(|(row, _)| row.reference == reference && row.to == to) {
            self.say(&format!("  {}", self.text(row)));
        }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().map(|(row, _)| row)
    }

    /// Says which deliveries wait.
    pub(super) fn say_waiting(&self) {
        for row in self.rows().filter(|row| row.state == NoticeState::Queued) {
            self.say(&format!("  {}", self.text(row)));
        }
    }

    pub(super) fn delivered(&self) -> usize {
        self.rows().filter(|row| row.state == NoticeState::Delivered).count()
    }

    /// Says something above the live lines.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet {
            self.lines.suspend(|| output::tell(text));
        }
    }

    pub(super) fn table(&self) -> String {
        let rows = self.rows().map(|row| {
            [
                row.reference.clone(),
                self.words.label::<NoticeKind>(row.kind),
                self.words.label::<Urgency>(row.urgency),
                row.from.clone(),
                row.to.clone(),
                self.words.label::<NoticeState>(row.state.into()),
            ]
        });
        output::table(HEADER.map(|key| self.words.get(key)).each_ref().map(String::as_str), rows.collect())
    }

    fn text(&self, row: &Row) -> String {
        let kind = self.words.label::<NoticeKind>(row.kind);
        let state = self.words.label::<NoticeState>(row.state.into());
        format!("{:<19} {kind:<26} {} → {}  {state}", row.reference, row.from, row.to)
    }
}
