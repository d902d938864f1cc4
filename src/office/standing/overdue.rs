//! What is overdue, counted. Which notices await something is kept up with the log, so that each count is a look at
//! those few.
//!
//! Exercises and tests are never counted (P-16).

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::name::Digest;
use crate::office::standing::Standings;
use crate::wire;
use crate::wire::EntryKind;
use crate::wire::Traffic;

/// How many notices are overdue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overdue {
    /// Issued ones for which another office owes something.
    pub issued: u64,
    /// Received ones for which this office owes something.
    pub received: u64,
}

/// A notice that awaits something.
#[derive(Clone, Copy, Debug)]
struct Open {
    issued: bool,
    /// The first of its deadlines, UTC ms.
    due_ms: i64,
}

/// The notices that await something, as far as the log was read.
#[derive(Clone, Debug, Default)]
pub struct Overdues {
    next: u64,
    open: BTreeMap<Digest, Open>,
}

impl Overdues {
    /// Reads the entries before `end`, which must be durable, and counts what is overdue.
    ///
    /// # Errors
    /// If a row cannot be read; what was read stays.
    pub fn count(&mut self, standings: &Standings<'_>, end: u64) -> Result<Overdue, RowError> {
        let mut touched = BTreeSet::new();
        for index in self.next..end {
            touches(standings, &rows::entry(standings.view, index)?, &mut touched)?;
        }
        for digest in touched {
            self.look(standings, digest)?;
        }
        self.next = self.next.max(end);
        let mut overdue = Overdue::default();
        let passed = self.open.iter().filter(|(_, open)| standings.now.ms() > open.due_ms);
        let passed: Vec<Digest> = passed.map(|(digest, _)| *digest).collect();
        for digest in passed {
            // A roster in force may have changed meanwhile.
            match self.look(standings, digest)? {
                Some(open) if standings.now.ms() <= open.due_ms => {}
                Some(open) if open.issued => overdue.issued += 1,
                Some(_) => overdue.received += 1,
                None => {}
            }
        }
        Ok(overdue)
    }

    /// Looks at a notice anew.
    fn look(&mut self, standings: &Standings<'_>, digest: Digest) -> Result<Option<Open>, RowError> {
        self.open.remove(&digest);
        let notice = rows::envelope::<SealedNotice>(standings.view, digest)?;
        let header = &notice.claim().header;
        if header.terms.traffic != Traffic::Actual {
            return Ok(None);
        }
        let summary = standings.summary(digest)?;
        let sides = summary.standing.unwrap_or_default().sides;
        let due =
            sides.iter().filter(|side| side.awaited() != wire::Awaited::Unspecified).map(|side| side.due_ms).min();
        let open = due.map(|due_ms| Open { issued: header.from == standings.me, due_ms });
        if let Some(open) = open {
            self.open.insert(digest, open);
        }
        Ok(open)
    }
}

/// The notices whose standing an entry may change.
pub(in crate::office) fn touches(
    standings: &Standings<'_>,
    entry: &wire::Entry,
    touched: &mut BTreeSet<Digest>,
) -> Result<(), RowError> {
    let counts = matches!(
        EntryKind::try_from(entry.kind),
        Ok(EntryKind::Issued
            | EntryKind::Received
            | EntryKind::ReceiptStored
            | EntryKind::Taken
            | EntryKind::HandedOver
            | EntryKind::Closed)
    );
    let Some(digest) = Digest::try_from(entry.subject.as_slice()).ok().filter(|_| counts) else { return Ok(()) };
    touched.insert(digest);
    let notice = rows::envelope::<SealedNotice>(standings.view, digest)?;
    for relation in &notice.claim().header.terms.relations {
        touched.extend(standings.target(relation)?);
    }
    Ok(())
}
