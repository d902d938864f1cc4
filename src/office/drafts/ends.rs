//! A draft that nobody goes on with ends by itself: it is a text about people, and no notice.

use crate::engine::rows::RowError;
use crate::engine::rows::drafts;
use crate::limits;
use crate::office::writer::Step;
use crate::time::DAY_MS;
use crate::time::Timestamp;
use crate::wire;

/// When a draft that does not wait for release is thrown away, if it is neither saved nor returned before.
#[must_use]
pub fn ends(row: &wire::DraftRow) -> Timestamp {
    Timestamp::clamped(row.saved_ms.max(row.returned_ms)).plus_ms(limits::DRAFT_KEPT_DAYS * DAY_MS)
}

impl Step<'_> {
    /// Throws away what has ended, some of it in each commit.
    pub(in crate::office) fn end_drafts(&mut self) -> Result<(), RowError> {
        let mut ended = vec![];
        for (number, row) in drafts::all(&self.rows)? {
            if ends(&row) <= self.now && drafts::submission(&self.rows, &row)?.is_none() {
                ended.push((number, row));
            }
        }
        ended.iter().take(limits::COMMIT_COMMANDS).try_for_each(|(number, row)| self.drop_draft(*number, row))
    }
}
