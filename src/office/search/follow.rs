//! The index as it follows the log, from its first entry on: what was issued or received comes in, what was withdrawn or
//! erased goes, and what was corrected has its text as it now reads.
//!
//! - Texts that are kept and no longer read so, as they were sent, are in an index of their own, for who asks what is held.
//! - A text that does not open is not found; its reference is.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::name::Digest;
use crate::office::read;
use crate::office::search::Content;
use crate::office::search::Facts;
use crate::office::search::Filters;
use crate::office::search::Hits;
use crate::office::search::Index;
use crate::office::search::row::state_bit;
use crate::office::standing::Standings;
use crate::office::standing::touches;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::EntryKind;
use crate::wire::Folder;
use crate::wire::NoticeBody;
use crate::wire::NoticeState;
use crate::wire::RelationKind;
use crate::wire::Traffic;

/// The index, and how far it has followed the log.
#[derive(Debug, Default)]
pub struct Followed {
    index: Index,
    /// Texts as they were sent that were withdrawn or now read otherwise.
    past: Index,
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

    /// Finds notices; with `held` by texts that were withdrawn or replaced as well.
    #[must_use]
    pub fn search(&self, query: &str, filters: &Filters, limit: usize) -> Hits {
        if !filters.held {
            return self.index.search(query, filters, limit);
        }
        let mut found = BTreeMap::new();
        for index in [&self.index, &self.past] {
            for hit in index.search(query, filters, usize::MAX).newest {
                let place = index.facts(hit.notice).map_or(0, |facts| facts.index);
                let known = found.entry(place).or_insert(hit);
                (known.why, known.partial) = (known.why.and(hit.why), known.partial && hit.partial);
            }
        }
        let total = found.len();
        let mut newest: Vec<_> = found.into_iter().collect();
        newest.sort_unstable_by_key(|(place, hit)| (hit.partial, Reverse(*place)));
        Hits { newest: newest.into_iter().take(limit).map(|(_, hit)| hit).collect(), total }
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
                // Without its correction a text reads as it was sent.
                amends(standings, notice, &mut self.texts)?;
            }
            (Ok(EntryKind::Roster), _) => {
                // What waits for an office cannot be delivered once that is revoked.
                let waiting = state_bit(NoticeState::Queued) | state_bit(NoticeState::Undeliverable);
                self.states.extend(self.index.in_state(waiting).chain(self.past.in_state(waiting)));
            }
            _ => {}
        }
        Ok(())
    }

    /// Looks anew at what the entries have changed.
    fn look(&mut self, standings: &Standings<'_>) -> Result<(), RowError> {
        let (mut come, mut past) = (vec![], vec![]);
        for digest in self.texts.difference(&self.gone) {
            let found = found(standings, self.next, *digest)?;
            come.extend(found.now);
            past.extend(found.past);
        }
        for digest in self.states.difference(&self.texts) {
            if self.index.facts(*digest).or_else(|| self.past.facts(*digest)).is_some() {
                let state = states(&standings.summary(*digest)?);
                self.index.set_state(*digest, state);
                self.past.set_state(*digest, state);
            }
        }
        for (index, mut come) in [(&mut self.index, come), (&mut self.past, past)] {
            let old: BTreeSet<_> =
                self.texts.iter().filter(|digest| index.facts(**digest).is_some()).copied().collect();
            if !old.is_empty() {
                index.remove(&old);
            }
            come.sort_by_key(|(facts, _)| facts.index);
            for (facts, content) in &come {
                index.insert(facts.clone(), content);
            }
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

/// What may be found of a notice.
#[derive(Default)]
struct Found {
    /// As it now reads; nothing once it is withdrawn.
    now: Option<(Facts, Content)>,
    /// As it was sent, if that is kept and now reads otherwise or is withdrawn.
    past: Option<(Facts, Content)>,
}

/// What may be found of a notice that came before the entry `next`.
fn found(standings: &Standings<'_>, next: u64, digest: Digest) -> Result<Found, RowError> {
    let Some(row) = read::notice_row(standings.view, digest)?.filter(|row| row.index < next) else {
        return Ok(Found::default());
    };
    let summary = standings.summary(digest)?;
    let is_withdrawn = summary.standing.as_ref().is_some_and(|standing| standing.withdrawn_by.is_some());
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
    let text = standings.as_read(digest)?;
    let content = |body: Option<NoticeBody>| body.and_then(|body| Content::of(&body).ok()).unwrap_or_default();
    let past = text.original.map(|sent| (facts.clone(), content(Some(sent))));
    Ok(Found { now: (!is_withdrawn).then(|| (facts, content(text.body))), past })
}

/// The states of a notice with all its sides.
fn states(summary: &wire::NoticeSummary) -> u32 {
    let sides = summary.standing.iter().flat_map(|standing| &standing.sides);
    sides.fold(0, |bits, side| bits | state_bit(side.state()))
}
