//! The index as it follows the log, from its first entry on: what was issued or received comes in, what was withdrawn or
//! erased goes, and what was corrected has its new text.
//!
//! - A correction and a withdrawal count if they are of the originator of the notice that they name, also if they come
//!   before it.
//! - A text that does not open is not found; its reference is.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::domain::notice::replacement;
use crate::domain::seal::VaultKey;
use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::store::View;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::office::read;
use crate::office::read::TextError;
use crate::office::search::Content;
use crate::office::search::Facts;
use crate::office::search::Index;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::EntryKind;
use crate::wire::Folder;
use crate::wire::RelationKind;
use crate::wire::Traffic;

/// The index, and how far it has followed the log.
#[derive(Debug, Default)]
pub struct Followed {
    index: Index,
    next: u64,
    /// Of each notice that a correction names, the corrections in the order of the log.
    corrected: BTreeMap<Digest, Vec<(OfficeCode, Digest)>>,
    /// Of each notice that a withdrawal names, who withdraws it.
    withdrawn: BTreeSet<(Digest, OfficeCode)>,
    /// Notices whose key is destroyed, and those that were withdrawn: they do not come back.
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
    pub fn step(&mut self, view: &dyn View, vault: &VaultKey, size: u64, most: u64) -> Result<(), RowError> {
        let end = size.min(self.next.saturating_add(most));
        let mut goes = BTreeSet::new();
        let mut done = Ok(());
        while self.next < end && done.is_ok() {
            done = self.entry(view, vault, &mut goes);
            self.next += u64::from(done.is_ok());
        }
        if !goes.is_empty() {
            self.index.remove(&goes);
            self.gone.append(&mut goes);
        }
        done
    }

    fn entry(&mut self, view: &dyn View, vault: &VaultKey, goes: &mut BTreeSet<Digest>) -> Result<(), RowError> {
        let entry = rows::entry(view, self.next)?;
        let notice = |entry: &wire::Entry| {
            Digest::try_from(entry.subject.as_slice()).map_err(|_| damaged("entry", hex::encode(&entry.subject)))
        };
        match EntryKind::try_from(entry.kind) {
            Ok(EntryKind::Issued) => self.comes(view, vault, notice(&entry)?, &entry, Folder::Outbox, goes),
            Ok(EntryKind::Received) => self.comes(view, vault, notice(&entry)?, &entry, Folder::Inbox, goes),
            Ok(EntryKind::Erased) => {
                goes.extend(Digest::try_from(entry.subject.as_slice()));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn comes(
        &mut self,
        view: &dyn View,
        vault: &VaultKey,
        digest: Digest,
        entry: &wire::Entry,
        folder: Folder,
        goes: &mut BTreeSet<Digest>,
    ) -> Result<(), RowError> {
        // Known by its digest: it has come before.
        if read::notice_row(view, digest)?.is_none_or(|row| row.index != self.next) {
            return Ok(());
        }
        let sealed = rows::envelope::<SealedNotice>(view, digest)?;
        let header = &sealed.claim().header;
        for relation in &header.terms.relations {
            let Some(other) = relation.digest else { continue };
            match relation.kind {
                RelationKind::Withdraws => {
                    self.withdrawn.insert((other, header.from));
                    if self.index.facts(other).is_some_and(|facts| facts.from == header.from) {
                        goes.insert(other);
                    }
                }
                RelationKind::Corrects => {
                    self.corrected.entry(other).or_default().push((header.from, digest));
                    if let Some(facts) = self.index.facts(other).filter(|facts| facts.from == header.from)
                        && let Some(content) = corrected(view, vault, digest)?
                    {
                        self.index.insert(facts.clone(), &content);
                    }
                }
                _ => {}
            }
        }
        if self.gone.contains(&digest) || goes.contains(&digest) || self.withdrawn.contains(&(digest, header.from)) {
            return Ok(());
        }
        let facts = Facts {
            notice: digest,
            reference: header.reference,
            kind: header.terms.kind,
            from: header.from,
            to: header.addressees().collect(),
            time: Timestamp::clamped(entry.time_ms),
            folder,
            state: 0,
            exercise: header.terms.traffic != Traffic::Actual,
        };
        let mut content = opened(view, vault, digest)?.and_then(|body| Content::of(&body).ok()).unwrap_or_default();
        for (by, correction) in self.corrected.get(&digest).into_iter().flatten() {
            if *by == header.from {
                content = corrected(view, vault, *correction)?.unwrap_or(content);
            }
        }
        self.index.insert(facts, &content);
        Ok(())
    }
}

/// The text that a correction puts in place of another; `None` if it puts none.
fn corrected(view: &dyn View, vault: &VaultKey, correction: Digest) -> Result<Option<Content>, RowError> {
    let body = opened(view, vault, correction)?;
    Ok(body.as_ref().and_then(replacement).and_then(|text| Content::of(text).ok()))
}

/// A text; `None` if there is none, or it does not open.
fn opened(view: &dyn View, vault: &VaultKey, notice: Digest) -> Result<Option<wire::NoticeBody>, RowError> {
    match read::body(view, vault, notice) {
        Ok(body) => Ok(body),
        Err(TextError::Row(error)) => Err(error),
        Err(TextError::Open(_)) => Ok(None),
    }
}
