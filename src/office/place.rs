//! A notice gets its place in each addressee's stream, or waits for one.

use crate::domain::dispatch::Dispatch;
use crate::domain::dispatch::Lane;
use crate::domain::dispatch::Stream;
use crate::domain::entry::Entry;
use crate::domain::envelope;
use crate::domain::kinds;
use crate::domain::roster::Office;
use crate::domain::roster::OfficeState;
use crate::domain::seal::BodyKey;
use crate::domain::seal::WrapPath;
use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View as _;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::office::writer::Step;
use crate::wire;

impl Step<'_> {
    /// Gives a notice the next place in an addressee's stream, unless it must wait.
    pub(super) fn place(
        &mut self,
        digest: Digest,
        notice: &SealedNotice,
        body_key: Option<&BodyKey>,
        to: OfficeCode,
    ) -> Result<(), RowError> {
        let Some(office) = self.rosters.office(to) else { return Ok(()) };
        let may_pass = self.may_pass(office, notice.header.terms.kind);
        let (Some(to_log), Some(seal_key), true) = (office.log_id(), office.seal_key(), may_pass) else {
            return Ok(());
        };
        let lane = Lane::from_number(notice.header.terms.urgency.into()).map_err(|error| damaged("header", error))?;
        let path = WrapPath { notice: digest, from: self.me.office, to };
        let key_wrap = match body_key {
            // A roster with a key that is none does not come into force.
            Some(key) => Some(
                self.wraps
                    .wrap(key, seal_key, &path, self.now, self.entropy)
                    .map_err(|error| damaged("roster", error))?,
            ),
            None => None,
        };
        let stream = Stream { from_log: self.me.log_id(), to_log, lane };
        let outgoing: Option<wire::OutgoingRow> =
            rows::message(&self.rows, &key::outgoing(to, to_log, lane), "stream")?;
        let dispatch = Dispatch {
            network: self.me.network.clone(),
            from: self.me.office,
            to,
            stream,
            sequence: outgoing.map_or(0, |row| row.placed) + 1,
            notice: digest,
            key_wrap: key_wrap.as_deref().map(Digest::of),
            sent: self.now,
        };
        let signed = envelope::sign::<Dispatch>(&self.me.signing, dispatch.encode());
        rows::put_envelope(&mut self.rows, signed.digest, &signed.bytes)?;
        if let Some(wrap) = key_wrap {
            self.rows.put(key::key_wrap(to, stream, dispatch.sequence), wrap);
        }
        self.append(Entry::dispatched(&dispatch, signed.digest))?;
        self.placed += 1;
        Ok(())
    }

    /// Whether a notice of this kind passes between this office and another.
    fn may_pass(&self, office: &Office, kind: wire::NoticeKind) -> bool {
        let me = self.rosters.office(self.me.office);
        [Some(office), me].into_iter().flatten().all(|one| match one.state {
            OfficeState::Active => true,
            OfficeState::Suspended => kinds::passes_suspension(kind),
            OfficeState::Revoked => false,
        })
    }

    /// Gives places to notices that wait for one, or whose place is in a log that the addressee has left; at most
    /// [`limits::COMMIT_COMMANDS`] in a commit, the rest in the next ones.
    pub(super) fn place_waiting(&mut self) -> Result<(), RowError> {
        let mut left = limits::COMMIT_COMMANDS;
        while let (Some(office), true) = (self.unplaced.first().copied(), left > 0) {
            let before = left;
            for digest in self.waiting(office, left)? {
                if left == 0 {
                    break;
                }
                let size = self.head.size;
                let notice = rows::envelope::<SealedNotice>(&self.rows, digest)?;
                let body_key = match self.rows.get(&key::body_key(digest))? {
                    Some(row) => Some(self.me.vault.unwrap_key(&row, digest).map_err(|_| damaged("body key", digest))?),
                    None => None,
                };
                self.place(digest, notice.claim(), body_key.as_ref(), office)?;
                if self.head.size > size {
                    left -= 1;
                }
            }
            if left == before {
                // None is there, or none may pass now: then a roster will say when.
                self.unplaced.remove(&office);
            }
        }
        Ok(())
    }

    /// Notices that wait: first those with a place in a log that the addressee has left, then those that were held.
    fn waiting(&self, office: OfficeCode, limit: usize) -> Result<Vec<Digest>, RowError> {
        let Some(listed) = self.rosters.office(office) else { return Ok(vec![]) };
        let mut waiting = vec![];
        if let Some(open) = listed.log_id() {
            for range in key::queue_beside(office, open) {
                self.going(listed, range, limit, &mut waiting, |value| {
                    let dispatch = Digest::try_from(value).map_err(|_| damaged("queue", office))?;
                    Ok(rows::envelope::<Dispatch>(&self.rows, dispatch)?.claim().notice)
                })?;
            }
        }
        let held = key::all_held(office);
        self.going(listed, (held.clone(), key::after(&held)), limit, &mut waiting, |value| {
            Digest::try_from(value).map_err(|_| damaged("held", office))
        })?;
        Ok(waiting)
    }

    /// Adds those notices of a range that may go now, until there are so many. Few may, and behind any number that may not.
    fn going(
        &self,
        office: &Office,
        (mut from, to): (Vec<u8>, Vec<u8>),
        limit: usize,
        waiting: &mut Vec<Digest>,
        notice: impl Fn(&[u8]) -> Result<Digest, RowError>,
    ) -> Result<(), RowError> {
        while waiting.len() < limit {
            let page = self.rows.scan(&from, &to, limit)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            from.clone_from(last);
            from.push(0);
            for (_, value) in page {
                let digest = notice(&value)?;
                if self.may_go(office, digest)? {
                    waiting.push(digest);
                }
            }
        }
        Ok(())
    }

    /// Whether a notice may go to an office now. Without the key of its text it would be turned away for good until it has
    /// expired, by the clock of the addressee as well: it waits for that.
    fn may_go(&self, office: &Office, digest: Digest) -> Result<bool, RowError> {
        let read = rows::envelope::<SealedNotice>(&self.rows, digest)?;
        let header = &read.claim().header;
        let has_expired = header.terms.expires.plus_ms(limits::CLOCK_UNSURE_MS) <= self.now;
        let opens = || self.rows.get(&key::body_key(digest)).map(|key| key.is_some());
        Ok(self.may_pass(office, header.terms.kind)
            && (has_expired || header.body_key_commitment.is_none() || opens()?))
    }
}
