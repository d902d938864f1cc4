//! Readings under break-glass: each is asked for a notice that is here, decided once by somebody else, and used by who asked,
//! in its time.

use std::collections::BTreeSet;

use prost::Message as _;

use crate::domain::access::Why;
use crate::domain::reading::Reading;
use crate::domain::reading::State;
use crate::domain::reading::Verdict;
use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::name::Digest;
use crate::office::verify::Fault;
use crate::office::verify::Verifier;
use crate::office::verify::fault;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::RelationKind;

impl Verifier {
    pub(super) fn reading_asked(&self, entry: &wire::Entry) -> Result<(), Fault> {
        let notice = Digest::try_from(entry.subject.as_slice()).map_err(|_| fault("fault-no-notice"))?;
        let is_here = self.named.contains(&notice) && self.projections.contains_key(&key::notice(notice));
        self.expect(is_here, "fault-notice-elsewhere")?;
        self.expect(Why::needed(&entry.note).is_ok(), "fault-reading-asked")
    }

    pub(super) fn reading_decided(&self, entry: &wire::Entry) -> Result<(), Fault> {
        let row = self.projections.get(&key::reading(entry.sequence));
        let reading = row.and_then(|row| read(row)).ok_or_else(|| fault("fault-reading-decided"))?;
        let is_reason = match entry.code {
            Verdict::GRANTED => entry.note.is_empty(),
            Verdict::REFUSED => Why::needed(&entry.note).is_ok(),
            _ => false,
        };
        let is_of_it = entry.subject == reading.notice.0 && entry.peer == reading.officer.as_str();
        let waits = matches!(reading.state(Timestamp::clamped(entry.time_ms)), State::Waits(_));
        let by_another = entry.actor != reading.officer.as_str();
        self.expect(is_reason && is_of_it && waits && by_another, "fault-reading-decided")
    }

    /// What an officer saw under break-glass was granted to that one, and is the notice or what amends it.
    pub(super) fn read_granted(&self, view: &dyn View, entry: &wire::Entry, seen: Digest) -> Result<(), Fault> {
        let readings = self.projections.range(key::READINGS.to_vec()..key::after(key::READINGS));
        let is_it = |reading: &Reading| {
            let of_it = reading.decision.as_ref().is_some_and(|decision| decision.index == entry.sequence);
            of_it && *reading.officer.as_str() == entry.actor
        };
        let granted = readings.filter_map(|(_, row)| read(row)).find(is_it);
        let holds = match granted {
            Some(reading) => {
                let counts = matches!(reading.state(Timestamp::clamped(entry.time_ms)), State::Granted(_));
                counts && entry.note == reading.why && self.amends(view, seen, reading.notice)?
            }
            None => false,
        };
        self.expect(holds, "fault-reading-used")
    }

    /// Whether a notice is this one, or corrects or withdraws it or one of its corrections.
    fn amends(&self, view: &dyn View, seen: Digest, notice: Digest) -> Result<bool, Fault> {
        let from = rows::envelope::<SealedNotice>(view, notice)?.claim().header.from;
        let (mut left, mut known) = (vec![seen], BTreeSet::new());
        while let Some(one) = left.pop() {
            if one == notice {
                return Ok(true);
            }
            if !self.named.contains(&one) || !known.insert(one) {
                continue;
            }
            let sealed = rows::envelope::<SealedNotice>(view, one)?;
            let header = &sealed.claim().header;
            if header.from != from {
                continue;
            }
            for relation in &header.terms.relations {
                if matches!(relation.kind, RelationKind::Corrects | RelationKind::Withdraws) {
                    let named = || {
                        let row = self.projections.get(&key::reference(relation.reference))?;
                        Digest::try_from(row.as_slice()).ok()
                    };
                    left.extend(relation.digest.or_else(named));
                }
            }
        }
        Ok(false)
    }
}

fn read(row: &[u8]) -> Option<Reading> {
    Reading::read(&wire::ReadingRow::decode(row).ok()?).ok()
}
