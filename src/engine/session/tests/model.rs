//! A model of what is around a session: an office's store and its writer, which keeps the law and nothing else.

use std::collections::BTreeMap;

use prost::Message as _;

use super::*;

/// Our stream to the peer in one lane.
#[derive(Default)]
pub(super) struct Outgoing {
    /// Every dispatch that was given a place; the first has place 1.
    pub(super) dispatches: Vec<wire::Deliver>,
    /// So many of them have a stored receipt.
    pub(super) acked: usize,
}

/// What survives a restart.
#[derive(Default)]
pub(super) struct ModelStore {
    pub(super) outgoing: BTreeMap<Lane, Outgoing>,
    /// What the peer delivered, in order; each has a receipt.
    pub(super) incoming: BTreeMap<Lane, Vec<wire::Deliver>>,
    /// Attachments of what was issued here.
    pub(super) attached: BTreeMap<(Lane, u64), Vec<u8>>,
    /// Attachments of what came: digest, whole length, what is here.
    pub(super) files: Vec<(Digest, u64, Vec<u8>)>,
}

fn digest(deliver: &wire::Deliver) -> Digest {
    Digest::of(&deliver.dispatch)
}

fn at<T>(list: &[T], place: u64) -> Option<&T> {
    list.get(usize::try_from(place).ok()?.checked_sub(1)?)
}

fn receipt_of(deliver: &wire::Deliver) -> Vec<u8> {
    wire::Envelope { payload: deliver.dispatch.clone(), ..wire::Envelope::default() }.encode_to_vec()
}

impl ModelStore {
    /// Gives a new notice the next place.
    pub(super) fn issue(&mut self, lane: Lane, bytes: usize) {
        let dispatches = &mut self.outgoing.entry(lane).or_default().dispatches;
        dispatches.push(waiting(lane, dispatches.len() as u64 + 1, bytes).deliver);
    }

    /// The law of accepting: the next place, or one that is known, with the same dispatch.
    pub(super) fn accept(&mut self, deliver: &wire::Deliver) -> Vec<u8> {
        let (lane, sequence) = place(deliver);
        let held = self.incoming.entry(lane).or_default();
        if let Some(known) = at(held, sequence) {
            assert_eq!(digest(known), digest(deliver), "two dispatches have one place");
        } else {
            assert_eq!(sequence, held.len() as u64 + 1, "a dispatch skipped a place");
            held.push(deliver.clone());
        }
        receipt_of(deliver)
    }

    /// The law of receipts: for the next place, or one that has its receipt.
    pub(super) fn store_receipt(&mut self, receipt: &wire::Envelope) -> (Lane, u64) {
        let answered = wire::Deliver { dispatch: receipt.payload.clone(), ..wire::Deliver::default() };
        let (lane, sequence) = place(&answered);
        let outgoing = self.outgoing.entry(lane).or_default();
        let sent = at(&outgoing.dispatches, sequence).expect("a receipt answers what was never sent");
        assert_eq!(digest(sent), digest(&answered));
        assert!(sequence <= outgoing.acked as u64 + 1, "a receipt skipped a place");
        outgoing.acked = outgoing.acked.max(usize::try_from(sequence).unwrap());
        (lane, sequence)
    }

    /// Which attachment is to come: the newest first.
    pub(super) fn wanted(&self, not: &[Digest]) -> Option<Wanted> {
        let to_come =
            |(digest, size, here): &&(Digest, u64, Vec<u8>)| (here.len() as u64) < *size && !not.contains(digest);
        let (digest, size, here) = self.files.iter().rev().find(to_come)?;
        Some(Wanted { digest: *digest, size: *size, arrived: here.len() as u64 })
    }

    pub(super) fn read_chunk(&self, digest: Digest, offset: u64, length: usize) -> wire::Chunk {
        let whole = self.attached.values().find(|file| Digest::of(file) == digest);
        let from = usize::try_from(offset).unwrap();
        let data = whole.map(|file| file[from..from + length].to_vec()).unwrap_or_default();
        wire::Chunk { digest: digest.0.to_vec(), offset, data }
    }

    /// The law of keeping: only what continues a file.
    pub(super) fn store_chunk(&mut self, wanted: Wanted, offset: u64, data: &[u8]) -> Pulled {
        let file = self.files.iter_mut().find(|(digest, ..)| *digest == wanted.digest).unwrap();
        if file.2.len() as u64 != offset {
            return Pulled::Over;
        }
        file.2.extend_from_slice(data);
        assert!(file.2.len() as u64 <= file.1);
        if (file.2.len() as u64) < file.1 {
            return Pulled::Arriving;
        }
        assert_eq!(Digest::of(&file.2), file.0);
        Pulled::Over
    }

    pub(super) fn standing(&self, me: LogId, peer_log: LogId, held: &[wire::Position], disturbed: bool) -> Standing {
        let said =
            |lane: Lane| held.iter().find(|p| p.from_log == me.0 && p.to_log == peer_log.0 && p.lane == lane.number());
        let sent = |(lane, out): (&Lane, &Outgoing)| {
            let digest_at = |place: u64| at(&out.dispatches, place).map(digest);
            let (placed, acked) = (out.dispatches.len() as u64, out.acked as u64);
            let at_held = said(*lane).and_then(|position| digest_at(position.through));
            (*lane, Sent { placed, acked, acked_digest: digest_at(acked), acked_receipt: vec![], at_held })
        };
        let held = |(lane, all): (&Lane, &Vec<wire::Deliver>)| {
            (*lane, Held { through: all.len() as u64, digest: all.last().map(digest), dispatch: vec![] })
        };
        Standing {
            peer_log: Some(peer_log),
            sent: self.outgoing.iter().map(sent).collect(),
            held: self.incoming.iter().map(held).collect(),
            rosters: vec![],
            clock: Timestamp::ZERO,
            disturbed,
        }
    }

    /// What has no receipt beyond a place, as a store reads it: not what has one by now.
    pub(super) fn waiting(&self, lane: Lane, after: u64, limit: usize) -> Vec<Waiting> {
        let Some(outgoing) = self.outgoing.get(&lane) else { return vec![] };
        let numbered = (1..).zip(&outgoing.dispatches).skip(outgoing.acked).filter(|(sequence, _)| *sequence > after);
        numbered.map(|(sequence, deliver)| Waiting { sequence, deliver: deliver.clone() }).take(limit).collect()
    }

    pub(super) fn receipts(&self, lane: Lane, after: u64, through: u64) -> Vec<Vec<u8>> {
        let held = self.incoming.get(&lane).into_iter().flatten();
        (1..)
            .zip(held)
            .filter(|(n, _): &(u64, _)| (after + 1..=through).contains(n))
            .map(|(_, d)| receipt_of(d))
            .collect()
    }
}
