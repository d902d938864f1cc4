//! What waits for an office: how much in each lane, and since when.

use std::collections::BTreeMap;

use crate::domain::dispatch::Dispatch;
use crate::domain::dispatch::Lane;
use crate::domain::roster::Office;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::limits;
use crate::name::Digest;
use crate::time::Timestamp;
use crate::wire;

/// What waits for an office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// Dispatches in its open log without a receipt, by lane.
    pub lanes: BTreeMap<Lane, u64>,
    /// Notices without a place in its open log, such as those held back while it is suspended; counted up to
    /// [`limits::UNPLACED_COUNTED`].
    pub unplaced: u64,
    /// Since when the oldest of them waits.
    pub since: Option<Timestamp>,
}

impl Queue {
    /// What waits for an office that the rosters list.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn of(view: &dyn View, office: &Office) -> Result<Self, RowError> {
        let mut queue = Self::default();
        let whole = key::queue(office.code);
        let mut left = vec![(whole.clone(), key::after(&whole))];
        if let Some(log) = office.log_id() {
            for lane in Lane::URGENT_FIRST {
                let row: Option<wire::OutgoingRow> =
                    rows::message(view, &key::outgoing(office.code, log, lane), "stream")?;
                let row = row.unwrap_or_default();
                queue.lanes.insert(lane, row.placed.saturating_sub(row.acked));
                let prefix = key::queue_in(office.code, log, lane);
                queue.dispatched(&view.scan(&prefix, &key::after(&prefix), 1)?, view)?;
            }
            left = key::queue_beside(office.code, log).to_vec();
        }
        for (from, to) in left {
            let rows = view.scan(&from, &to, limits::UNPLACED_COUNTED)?;
            queue.unplaced += u64::try_from(rows.len()).unwrap_or(u64::MAX);
            queue.dispatched(rows.get(..1).unwrap_or_default(), view)?;
        }
        let held = key::all_held(office.code);
        let rows = view.scan(&held, &key::after(&held), limits::UNPLACED_COUNTED)?;
        queue.unplaced += u64::try_from(rows.len()).unwrap_or(u64::MAX);
        if let Some((row, _)) = rows.first() {
            let index = row.last_chunk().map(|index| u64::from_be_bytes(*index));
            let index = index.ok_or_else(|| damaged("held", office.code))?;
            queue.waits(Timestamp::clamped(rows::entry(view, index)?.time_ms));
        }
        Ok(queue)
    }

    /// All that waits.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.lanes.values().sum::<u64>() + self.unplaced
    }

    fn dispatched(&mut self, rows: &[(Vec<u8>, Vec<u8>)], view: &dyn View) -> Result<(), RowError> {
        for (row, value) in rows {
            let digest = Digest::try_from(value.as_slice()).map_err(|_| damaged("queue", hex::encode(row)))?;
            self.waits(rows::envelope::<Dispatch>(view, digest)?.claim().sent);
        }
        Ok(())
    }

    fn waits(&mut self, since: Timestamp) {
        self.since = Some(self.since.map_or(since, |before| before.min(since)));
    }
}
