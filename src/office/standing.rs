//! Where notices stand, read from the rows: deliveries, what relates to them, what was done here about them.
//!
//! Few words of a text decide where another notice stands, such as that a reply is an interim one. The entry says them, for
//! a text that was erased decides it still.

mod board;
mod consent;
mod files;
mod forward;
mod overdue;
mod pace;
mod text;

use crate::domain::notice::Header;
use crate::domain::notice::Relation;
use crate::domain::policy;
use crate::domain::roster::OfficeState;
use crate::domain::roster::Rosters;
use crate::domain::sealed::SealedNotice;
use crate::domain::standing::Act;
use crate::domain::standing::Delivery;
use crate::domain::standing::Desk;
use crate::domain::standing::Related;
use crate::domain::standing::Says;
use crate::domain::standing::Side;
use crate::domain::standing::Subject;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::name::Reference;
use crate::office::read;
use crate::office::vault::Vault;
use crate::time::Timestamp;
use crate::wire;

pub use board::Board;
pub use board::Counts;
pub use board::Group;
pub use board::Page;
pub use board::Wanted;
pub use consent::Kept;
pub use overdue::Overdue;
pub use overdue::Overdues;
pub(in crate::office) use overdue::touches;
pub(in crate::office) use text::Newest;
pub use text::Reading;

/// Reads where notices stand.
#[derive(Clone, Copy)]
pub struct Standings<'a> {
    /// The rows.
    pub view: &'a dyn View,
    /// Opens the few texts that matter.
    pub vault: &'a Vault,
    /// Who takes part.
    pub rosters: &'a Rosters,
    /// This office.
    pub me: OfficeCode,
    /// By which time something is overdue.
    pub now: Timestamp,
}

/// A notice that relates to another one.
struct Found {
    index: u64,
    digest: Digest,
    header: Header,
    related: Related,
}

impl Found {
    fn name(&self) -> wire::NoticeName {
        wire::NoticeName { digest: self.digest.0.to_vec(), reference: self.header.reference.to_string() }
    }
}

/// A correction or withdrawal, and whether it counts.
struct Amended {
    found: Found,
    act: Act,
    stands: bool,
}

/// What officers of this office did about a notice.
///
/// # Errors
/// If the row cannot be read.
pub fn case(view: &dyn View, notice: Digest) -> Result<wire::CaseRow, RowError> {
    Ok(rows::message(view, &key::case(notice), "case")?.unwrap_or_default())
}

impl Standings<'_> {
    /// A notice as a list shows it, and where it stands.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn summary(&self, digest: Digest) -> Result<wire::NoticeSummary, RowError> {
        let mut summary = read::summary(self.view, digest)?;
        self.fill(&mut summary)?;
        Ok(summary)
    }

    /// Says of a notice where it stands.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn fill(&self, summary: &mut wire::NoticeSummary) -> Result<(), RowError> {
        let digest = Digest::try_from(summary.digest.as_slice()).map_err(|_| damaged("notice", summary.index))?;
        let notice = rows::envelope::<SealedNotice>(self.view, digest)?;
        let header = &notice.claim().header;
        let subject = Subject::of(header, self.says(header, summary.index)?);
        let found = self.relating(digest, header.reference)?;
        let related: Vec<Related> = found.iter().map(|one| one.related).collect();
        let case = case(self.view, digest)?;
        let amended = self.amended(header, digest, found)?;
        let current = |wanted: Act| {
            let mut counting = amended.iter().filter(|one| one.stands && one.act == wanted);
            counting.next_back().map(|one| one.found.name())
        };
        let (corrected_by, withdrawn_by) = (current(Act::Corrects), current(Act::Withdraws));
        let confirmation = header.emergency.then(|| self.confirmation(header, current(Act::Confirms)));
        let desk = Desk { taken: !case.taken_by.is_empty(), closed: case.closed, withdrawn: withdrawn_by.is_some() };
        let sides = if header.from == self.me {
            let of = |delivery: &wire::Delivery| {
                let office = delivery.office.parse().map_err(|_| damaged("delivery", digest))?;
                let progress = subject.progress(office, &related);
                let side = subject.issued(office, self.delivery(office, delivery), progress, desk);
                Ok(self.side(office, side, progress.interim))
            };
            summary.deliveries.iter().map(of).collect::<Result<_, RowError>>()?
        } else {
            let progress = subject.progress(self.me, &related);
            let side = subject.received(self.me, Timestamp::clamped(summary.time_ms), progress, desk);
            vec![self.side(self.me, side, progress.interim)]
        };
        let (taken_by, closed) = (case.taken_by, case.closed);
        summary.standing = Some(wire::Standing { sides, corrected_by, withdrawn_by, taken_by, closed, confirmation });
        Ok(())
    }

    /// Whether a second officer stands by an emergency release.
    fn confirmation(&self, header: &Header, confirmed_by: Option<wire::NoticeName>) -> wire::Confirmation {
        let due = header.released.plus_ms(policy::CONFIRM_MS);
        let overdue = confirmed_by.is_none() && self.now > due;
        wire::Confirmation { confirmed_by, due_ms: due.ms(), overdue }
    }

    fn delivery(&self, office: OfficeCode, delivery: &wire::Delivery) -> Delivery {
        match delivery.outcome() {
            wire::Outcome::Delivered => Delivery::Delivered(Timestamp::clamped(delivery.received_ms)),
            wire::Outcome::Rejected => Delivery::Undeliverable,
            wire::Outcome::Unspecified if self.is_revoked(office) => Delivery::Undeliverable,
            wire::Outcome::Unspecified => Delivery::Queued,
        }
    }

    fn is_revoked(&self, office: OfficeCode) -> bool {
        self.rosters.office(office).is_some_and(|one| one.state == OfficeState::Revoked)
    }

    fn side(&self, office: OfficeCode, side: Side, interim_replies: u32) -> wire::Side {
        // Nothing is awaited any more of an office that does not take part.
        let waits = side.waits.filter(|_| !self.is_revoked(office));
        wire::Side {
            office: office.to_string(),
            state: side.state.into(),
            interim_replies,
            awaited: waits.map(|waits| waits.what).unwrap_or_default().into(),
            since_ms: waits.map_or(0, |waits| waits.since.ms()),
            due_ms: waits.map_or(0, |waits| waits.due.ms()),
            overdue: waits.is_some_and(|waits| waits.is_overdue(self.now)),
        }
    }

    /// All corrections and withdrawals of a notice, corrections of corrections among them, in the order of the log.
    fn amended(&self, header: &Header, digest: Digest, found: Vec<Found>) -> Result<Vec<Amended>, RowError> {
        // What corrects and what withdraws does so whatever the text adds.
        let subject_of = |header: &Header| Subject::of(header, Says::Nothing);
        let mut amended: Vec<Amended> = vec![];
        let mut seen = vec![digest];
        let mut left = vec![(header.clone(), true, found)];
        while let Some((header, is_root, found)) = left.pop() {
            let subject = subject_of(&header);
            for one in found {
                let act = subject.act(&one.related);
                // What withdraws a correction does not withdraw the notice; it only voids that correction.
                let wanted = match act {
                    Some(Act::Withdraws) => is_root,
                    Some(Act::Corrects | Act::Confirms) => true,
                    _ => false,
                };
                let Some(act) = act.filter(|_| wanted && !seen.contains(&one.digest)) else { continue };
                seen.push(one.digest);
                let of_it = self.relating(one.digest, one.header.reference)?;
                let own = subject_of(&one.header);
                let is_void = of_it.iter().any(|other| own.act(&other.related) == Some(Act::Withdraws))
                    || (act == Act::Confirms && !header.is_confirmed_by(&one.header));
                left.push((one.header.clone(), false, of_it));
                amended.push(Amended { found: one, act, stands: !is_void });
            }
        }
        amended.sort_by_key(|one| one.found.index);
        Ok(amended)
    }

    /// What relates to a notice, in the order of the log.
    fn relating(&self, digest: Digest, reference: Reference) -> Result<Vec<Found>, RowError> {
        let mut prefixes = vec![key::all_related(digest)];
        if rows::digest(self.view, &key::reference(reference), "reference")? == Some(digest) {
            // Of two notices with one reference, the first one is meant.
            prefixes.push(key::all_related_by_name(reference));
        }
        let mut found = vec![];
        for prefix in prefixes {
            for (row_key, value) in self.view.scan(&prefix, &key::after(&prefix), usize::MAX)? {
                let of_row = || damaged("relation", hex::encode(&row_key));
                let index = row_key.last_chunk::<8>().copied().map(u64::from_be_bytes).ok_or_else(of_row)?;
                let relating = Digest::try_from(value.as_slice()).map_err(|_| of_row())?;
                if relating == digest {
                    continue;
                }
                let notice = rows::envelope::<SealedNotice>(self.view, relating)?;
                let means = |one: &&Relation| match one.digest {
                    Some(target) => target == digest,
                    None => one.reference == reference,
                };
                let header = &notice.claim().header;
                let says = self.says(header, index)?;
                for relation in header.terms.relations.iter().filter(means) {
                    let related = Related {
                        from: header.from,
                        kind: header.terms.kind,
                        traffic: header.terms.traffic,
                        relation: relation.kind,
                        says,
                    };
                    found.push(Found { index, digest: relating, header: header.clone(), related });
                }
            }
        }
        found.sort_by_key(|one| one.index);
        Ok(found)
    }

    /// What the text of a notice adds to its header, by the entry that it came with.
    fn says(&self, header: &Header, index: u64) -> Result<Says, RowError> {
        let code = rows::entry(self.view, index)?.code;
        Says::of_code(header.terms.kind, code).ok_or_else(|| damaged("entry", index))
    }

    /// A text; `None` if it is gone or does not open.
    fn open(&self, digest: Digest) -> Result<Option<wire::NoticeBody>, RowError> {
        match read::body(self.view, self.vault, digest) {
            Ok(body) => Ok(body),
            Err(read::TextError::Row(error)) => Err(error),
            Err(read::TextError::Open(_)) => Ok(None),
        }
    }

    /// What a notice relates to, then what relates to it.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn related(&self, digest: Digest) -> Result<Vec<wire::Related>, RowError> {
        let notice = rows::envelope::<SealedNotice>(self.view, digest)?;
        let header = &notice.claim().header;
        let mut related = vec![];
        for relation in &header.terms.relations {
            related.push(self.outward(relation)?);
        }
        for one in self.relating(digest, header.reference)? {
            related.push(wire::Related {
                notice: Some(one.name()),
                relation: one.related.relation.into(),
                inward: true,
                kind: one.related.kind.into(),
                from: one.related.from.to_string(),
                time_ms: rows::entry(self.view, one.index)?.time_ms,
            });
        }
        Ok(related)
    }

    fn outward(&self, relation: &Relation) -> Result<wire::Related, RowError> {
        let digest = self.target(relation)?;
        let mut related = wire::Related {
            notice: Some(wire::NoticeName {
                digest: digest.or(relation.digest).map(|digest| digest.0.to_vec()).unwrap_or_default(),
                reference: relation.reference.to_string(),
            }),
            relation: relation.kind.into(),
            ..wire::Related::default()
        };
        if let Some(digest) = digest {
            let row = read::notice_row(self.view, digest)?.ok_or_else(|| damaged("notice", digest))?;
            let notice = rows::envelope::<SealedNotice>(self.view, digest)?;
            let header = &notice.claim().header;
            related.kind = header.terms.kind.into();
            related.from = header.from.to_string();
            related.time_ms = rows::entry(self.view, row.index)?.time_ms;
        }
        Ok(related)
    }

    /// The notice at the other end of a relation, if it is here.
    pub(in crate::office) fn target(&self, relation: &Relation) -> Result<Option<Digest>, RowError> {
        match relation.digest {
            Some(digest) => Ok(read::notice_row(self.view, digest)?.map(|_| digest)),
            None => rows::digest(self.view, &key::reference(relation.reference), "reference"),
        }
    }
}
