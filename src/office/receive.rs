//! What peers send: dispatches that are answered, receipts that are stored.

use crate::domain::dispatch::Answer;
use crate::domain::dispatch::Dispatch;
use crate::domain::dispatch::Lane;
use crate::domain::dispatch::Receipt;
use crate::domain::entry::Alarm;
use crate::domain::entry::Entry;
use crate::domain::envelope;
use crate::domain::envelope::Verified;
use crate::domain::rejection::Rejection;
use crate::engine::accept;
use crate::engine::accept::Arrival;
use crate::engine::accept::Incoming;
use crate::engine::fold;
use crate::engine::fold::ends;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View as _;
use crate::name::Digest;
use crate::office::read;
use crate::office::writer::Step;
use crate::wire;

impl Step<'_> {
    /// Answers a dispatch: a known place with the receipt it has, the next place with a new one. A rule that is broken
    /// ends the session; nothing is written but evidence.
    pub(super) fn arrive(&mut self, incoming: Incoming) -> Result<Result<Vec<u8>, &'static str>, RowError> {
        if !accept::still_counts(&self.rosters, &incoming) {
            return Ok(Err("the key of a dispatch does not count any more"));
        }
        let Incoming { dispatch, verdict, judged } = incoming;
        // What had not expired when it was judged must not expire here without a word, nor the reverse.
        self.now = self.now.max(judged);
        let claim = dispatch.value();
        let stream = key::incoming(claim.from, claim.stream.from_log, claim.stream.lane);
        let held: wire::IncomingRow = rows::message(&self.rows, &stream, "stream")?.unwrap_or_default();
        if claim.sequence <= held.through {
            return self.answer_again(&dispatch);
        }
        if claim.sequence != held.through + 1 {
            return Ok(Err("a dispatch skipped a place"));
        }
        let verdict = match accept::confirmed(&self.rosters, verdict) {
            Ok(arrival) => self.unfit(&arrival)?.map_or(Ok(arrival), Err),
            rejected => rejected,
        };
        let answer = match &verdict {
            Ok(_) => Answer::Delivered,
            Err(rejection) => (*rejection).into(),
        };
        let receipt = claim.answered(dispatch.digest(), answer, self.now);
        let signed = envelope::sign::<Receipt>(&self.me.signing, receipt.encode());
        rows::put_envelope(&mut self.rows, dispatch.digest(), dispatch.bytes())?;
        rows::put_envelope(&mut self.rows, signed.digest, &signed.bytes)?;
        match verdict {
            Ok(arrival) => {
                self.keep(&arrival, claim)?;
                self.append(Entry::received(claim, signed.digest, arrival.says))?;
            }
            Err(rejection) => {
                self.append(Entry::rejected(claim, signed.digest, rejection.number()))?;
            }
        }
        Ok(Ok(signed.bytes))
    }

    fn answer_again(&mut self, dispatch: &Verified<Dispatch>) -> Result<Result<Vec<u8>, &'static str>, RowError> {
        let claim = dispatch.value();
        let place = key::place(claim.stream, claim.sequence);
        let place: wire::PlaceRow =
            rows::message(&self.rows, &place, "place")?.ok_or_else(|| damaged("place", claim.sequence))?;
        if place.dispatch_digest != dispatch.digest().0 {
            // Both dispatches are kept: they prove it by themselves.
            if self.alarm(Alarm::PlaceTwice, claim.from, Some(claim.notice), Some(dispatch.digest()))? {
                rows::put_envelope(&mut self.rows, dispatch.digest(), dispatch.bytes())?;
            }
            return Ok(Err("two dispatches have one place"));
        }
        let receipt =
            Digest::try_from(place.receipt_digest.as_slice()).map_err(|_| damaged("place", claim.sequence))?;
        let bytes = rows::envelope_bytes(&self.rows, receipt)?.ok_or_else(|| damaged("envelope", receipt))?;
        Ok(Ok(bytes))
    }

    /// Keeps a notice and its body key; a notice that is known already only gets what it lacked.
    fn keep(&mut self, arrival: &Arrival, dispatch: &Dispatch) -> Result<(), RowError> {
        let digest = arrival.notice.digest();
        let row = read::notice_row(&self.rows, digest)?;
        if row.is_none() {
            rows::put_envelope(&mut self.rows, digest, arrival.notice.bytes())?;
            let reference = arrival.notice.value().header.reference;
            if rows::digest(&self.rows, &key::reference(reference), "reference")?.is_some() {
                self.alarm(Alarm::ReferenceTwice, dispatch.from, Some(digest), None)?;
            }
            self.compare_passed_on(arrival)?;
        }
        // What was erased here does not come back.
        let row = row.unwrap_or_default();
        if let Some(body_key) = &arrival.key
            && ends::kept_until(&self.rows, &arrival.notice.value().header)? > self.now
            && row.erased == 0
            && self.rows.get(&key::body_key(digest))?.is_none()
        {
            self.rows.put(key::body_key(digest), self.me.vault.wrap(body_key, digest, self.entropy));
        }
        Ok(())
    }

    /// P-14: what is passed on, and was signed by its originator, has the reference of another notice that is here.
    fn compare_passed_on(&mut self, arrival: &Arrival) -> Result<(), RowError> {
        let Some((reference, digest)) = arrival.passed_on else { return Ok(()) };
        let here = rows::digest(&self.rows, &key::reference(reference), "reference")?;
        if here.is_some_and(|here| here != digest) {
            self.alarm(Alarm::ReferenceTwice, reference.office(), Some(arrival.notice.digest()), None)?;
        }
        Ok(())
    }

    /// Stores the receipt for a dispatch of ours that waits for one; one that is stored already changes nothing.
    pub(super) fn receipt(
        &mut self,
        receipt: Verified<Receipt>,
    ) -> Result<Result<(Lane, u64), &'static str>, RowError> {
        let claim = receipt.value();
        if !self.rosters.keys_at(claim.from, claim.received).contains(&receipt.by()) {
            return Ok(Err("the key of a receipt does not count any more"));
        }
        let (lane, sequence, to_log) = (claim.stream.lane, claim.sequence, claim.stream.to_log);
        let stream = key::outgoing(claim.from, to_log, lane);
        let outgoing: wire::OutgoingRow = rows::message(&self.rows, &stream, "stream")?.unwrap_or_default();
        if claim.stream.from_log != self.me.log_id() || sequence > outgoing.placed {
            return Ok(Err("a receipt answers what was never sent"));
        }
        if sequence <= outgoing.acked {
            return Ok(Ok((lane, sequence)));
        }
        if sequence != outgoing.acked + 1 {
            return Ok(Err("a receipt skipped a place"));
        }
        let queued = rows::digest(&self.rows, &key::queued(claim.from, to_log, lane, sequence), "queue")?;
        let Some(queued) = queued else { return Ok(Err("a receipt is for a place that was given up")) };
        let dispatch = rows::envelope::<Dispatch>(&self.rows, queued)?;
        if !claim.answers(dispatch.claim(), queued) {
            return Ok(Err("a receipt does not repeat the dispatch that it answers"));
        }
        let rejection = match claim.answer {
            Answer::Delivered => 0,
            Answer::Rejected(number) => number,
        };
        let placed = fold::delivery_row(&self.rows, claim.notice, claim.from)?.dispatched;
        rows::put_envelope(&mut self.rows, receipt.digest(), receipt.bytes())?;
        self.append(Entry::receipt_stored(dispatch.claim(), receipt.digest(), rejection))?;
        if claim.answer == Rejection::Suspended.into() && placed < self.rosters_since {
            // It was dispatched under older rosters, and by those in force it may pass: once more, not for ever.
            self.unplaced.insert(claim.from);
        }
        Ok(Ok((lane, sequence)))
    }
}
