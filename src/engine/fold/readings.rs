//! Requests to read under break-glass, as the entries about them say.

use crate::domain::reading::Decision;
use crate::domain::reading::Reading;
use crate::domain::reading::Verdict;
use crate::engine::fold;
use crate::engine::rows::RowError;
use crate::engine::rows::Write;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::rows::readings;
use crate::wire;

/// An auditor asks. What is over by then is forgotten, and what was refused to the same one about the same notice.
pub(super) fn asked(rows: &mut dyn Write, index: u64, entry: &wire::Entry) -> Result<(), RowError> {
    let reading = Reading {
        officer: entry.actor.parse().map_err(|_| damaged("entry", index))?,
        notice: fold::subject(entry, index)?,
        why: entry.note.clone(),
        asked: fold::time(entry),
        decision: None,
    };
    for (other, before) in readings::all(rows)? {
        let is_again = (&before.officer, before.notice) == (&reading.officer, reading.notice);
        if is_again || before.is_over(reading.asked) {
            rows.delete(key::reading(other));
        }
    }
    readings::put(rows, index, &reading);
    Ok(())
}

/// A data-protection officer has decided.
pub(super) fn decided(rows: &mut dyn Write, index: u64, entry: &wire::Entry) -> Result<(), RowError> {
    let asked = entry.sequence;
    let mut reading = readings::row(rows, asked)?.ok_or_else(|| damaged("reading", asked))?;
    reading.decision = Some(Decision {
        index,
        by: entry.actor.parse().map_err(|_| damaged("entry", index))?,
        at: fold::time(entry),
        granted: entry.code == Verdict::GRANTED,
        reason: entry.note.clone(),
    });
    readings::put(rows, asked, &reading);
    Ok(())
}
