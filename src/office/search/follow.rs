//! The index as it follows the log, from its first entry on: what was issued or received comes in, what was withdrawn or
//! erased goes, and what was corrected has its text as it now reads.
//!
//! - A text that does not open is not found; its reference is.

use std::collections::BTreeSet;

use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::name::Digest;
use crate::office::read;
use crate::office::search::Content;
use crate::office::search::Facts;
use crate::office::search::Index;
use crate::office::search::row::state_bit;
use crate::office::standing::Standings;
use crate::office::standing::touches;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::EntryKind;
use crate::wire::Folder;
use crate::wire::NoticeState;
use crate::wire::RelationKind;
use crate::wire::Traffic;

/// The index, and how far it has followed the log.
#[derive(Debug, Default)]
pub struct Followed {
    index: Index,
    next: u64,
    /// Notices whose text must be looked at anew.
    texts: BTreeSet<Digest>,
    /// Notices whose state must be looked at anew.
    states: BTreeSet<Digest>,
    /// Notices whose key is destroyed: they do not come back.
    gone: BTreeSet<Digest>,
}

impl Followed {
    /// The index.
    #[must_use]
    pub const fn index(&self) -> &Index {
        &self.index
    }

    /// How many entries it has followed.
    #[must_use]
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// Follows the log up to `size`, at most so many entries. After an error it can be called again.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn step(&mut self, standings: &Standings<'_>, size: u64, most: u64) -> Result<(), RowError> {
        let end = size.min(self.next.saturating_add(most));
        while self.next < end {
            self.entry(standings)?;
            self.next += 1;
        }
        self.look(standings)
    }

    fn entry(&mut self, standings: &Standings<'_>) -> Result<(), RowError> {
        let entry = rows::entry(standings.view, self.next)?;
        touches(standings, &entry, &mut self.states)?;
        let notice = Digest::try_from(entry.subject.as_slice()).ok();
        match (EntryKind::try_from(entry.kind), notice) {
            (Ok(EntryKind::Issued | EntryKind::Received), Some(notice)) => {
                self.texts.insert(notice);
                amends(standings, notice, &mut self.texts)?;
            }
            (Ok(EntryKind::Erased), Some(notice)) => {
                self.texts.insert(notice);
                self.gone.insert(notice);
            }
            (Ok(EntryKind::Roster), _) => {
                // What waits for an office cannot be delivered once that is revoked.
                let waiting = state_bit(NoticeState::Queued) | state_bit(NoticeState::Undeliverable);
                self.states.extend(self.index.in_state(waiting));
            }
            _ => {}
        }
        Ok(())
    }

    /// Looks anew at what the entries have changed.
    fn look(&mut self, standings: &Standings<'_>) -> Result<(), RowError> {
        let mut come = vec![];
        for digest in &self.texts {
            if !self.gone.contains(digest) {
                come.extend(found(standings, self.next, *digest)?);
            }
        }
        for digest in self.states.difference(&self.texts) {
            if self.index.facts(*digest).is_some() {
                let summary = standings.summary(*digest)?;
                self.index.set_state(*digest, states(&summary));
            }
        }
        let old: BTreeSet<_> =
            self.texts.iter().filter(|digest| self.index.facts(**digest).is_some()).copied().collect();
        if !old.is_empty() {
            self.index.remove(&old);
        }
        come.sort_by_key(|(facts, _)| facts.index);
        for (facts, content) in &come {
            self.index.insert(facts.clone(), content);
        }
        self.texts.clear();
        self.states.clear();
        Ok(())
    }
}

/// Adds the notices whose text a correction or a withdrawal changes: that which it names, and those which that one changes.
fn amends(standings: &Standings<'_>, notice: Digest, texts: &mut BTreeSet<Digest>) -> Result<(), RowError> {
    let mut left = vec![notice];
    while let Some(notice) = left.pop() {
        let sealed = rows::envelope::<SealedNotice>(standings.view, notice)?;
        for relation in &sealed.claim().header.terms.relations {
            if matches!(relation.kind, RelationKind::Corrects | RelationKind::Withdraws)
                && let Some(target) = standings.target(relation)?
                && texts.insert(target)
            {
                left.push(target);
            }
        }
    }
    Ok(())
}

/// What may be found of a notice that came before the entry `next`; `None` if it did not, or is withdrawn.
fn found(standings: &Standings<'_>, next: u64, digest: Digest) -> Result<Option<(Facts, Content)>, RowError> {
    let Some(row) = read::notice_row(standings.view, digest)?.filter(|row| row.index < next) else { return Ok(None) };
    let summary = standings.summary(digest)?;
    if summary.standing.as_ref().is_some_and(|standing| standing.withdrawn_by.is_some()) {
        return Ok(None);
    }
    let sealed = rows::envelope::<SealedNotice>(standings.view, digest)?;
    let header = &sealed.claim().header;
    let facts = Facts {
        notice: digest,
        reference: header.reference,
        kind: header.terms.kind,
        from: header.from,
        to: header.addressees().collect(),
        index: row.index,
        time: Timestamp::clamped(summary.time_ms),
        folder: if row.issued { Folder::Outbox } else { Folder::Inbox },
        state: states(&summary),
        exercise: header.terms.traffic != Traffic::Actual,
    };
    let text = standings.text(digest)?;
    Ok(Some((facts, text.and_then(|body| Content::of(&body).ok()).unwrap_or_default())))
}

/// The states of a notice with all its sides.
fn states(summary: &wire::NoticeSummary) -> u32 {
    let sides = summary.standing.iter().flat_map(|standing| &standing.sides);
    sides.fold(0, |bits, side| bits | state_bit(side.state()))
}
