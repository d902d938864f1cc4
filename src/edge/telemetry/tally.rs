//! What the log has gained since the node started, counted by kind. The log is what counts: a metric cannot say more.

use std::collections::BTreeMap;

use prost::Message as _;

use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::limits;
use crate::wire;
use crate::wire::EntryKind;

/// Counts of entries.
#[derive(Clone, Debug)]
pub struct Tally {
    /// The first entry that is not counted yet.
    next: u64,
    counts: BTreeMap<(EntryKind, u32), u64>,
}

impl Tally {
    /// Nothing is counted, up to an entry.
    #[must_use]
    pub const fn from(next: u64) -> Self {
        Self { next, counts: BTreeMap::new() }
    }

    /// Counts the entries before `end`, which must be durable.
    ///
    /// # Errors
    /// If one cannot be read; what was counted stays.
    pub fn advance(&mut self, view: &dyn View, end: u64) -> Result<(), RowError> {
        while self.next < end {
            let rows = view.scan(&key::entry(self.next), &key::entry(end), limits::COMMIT_COMMANDS)?;
            if rows.is_empty() {
                return Err(damaged("entry", self.next));
            }
            for (_, value) in rows {
                let entry = wire::Entry::decode(value.as_slice()).map_err(|_| damaged("entry", self.next))?;
                if let Ok(kind) = EntryKind::try_from(entry.kind) {
                    *self.counts.entry((kind, entry.code)).or_default() += 1;
                }
                self.next += 1;
            }
        }
        Ok(())
    }

    /// Entries of a kind by their code.
    pub(super) fn by_code(&self, kind: EntryKind) -> impl Iterator<Item = (u32, u64)> {
        let of_kind = self.counts.range((kind, 0)..=(kind, u32::MAX));
        of_kind.map(|((_, code), count)| (*code, *count))
    }

    /// Entries of a kind, whatever their code.
    pub(super) fn of(&self, kind: EntryKind) -> u64 {
        self.by_code(kind).map(|(_, count)| count).sum()
    }
}
