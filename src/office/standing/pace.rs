//! How long each office took for what it owed about a notice.

use crate::domain::sealed::SealedNotice;
use crate::domain::standing::Act;
use crate::domain::standing::Delivery;
use crate::domain::standing::Pace;
use crate::domain::standing::Reached;
use crate::domain::standing::Subject;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::office::standing::Standings;
use crate::time::Timestamp;
use crate::wire;

impl Standings<'_> {
    /// How each step of a notice went with each office that owed it, of a summary that says where it stands.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn paces(&self, summary: &wire::NoticeSummary) -> Result<Vec<Pace>, RowError> {
        let digest = Digest::try_from(summary.digest.as_slice()).map_err(|_| damaged("notice", summary.index))?;
        let notice = rows::envelope::<SealedNotice>(self.view, digest)?;
        let header = &notice.claim().header;
        let subject = Subject::of(header, self.says(header, summary.index)?);
        let found = self.relating(digest, header.reference)?;
        let is_over = summary.standing.as_ref().is_some_and(|one| one.closed || one.withdrawn_by.is_some());
        let paces = |office: OfficeCode, delivery: Delivery| {
            let first = |wanted: Act| {
                let of_it = found.iter().filter(|one| one.header.from == office);
                of_it.filter(|one| subject.act(&one.related) == Some(wanted)).map(|one| one.header.released).min()
            };
            let (acknowledged, answered) = (first(Act::Acknowledges), first(Act::Answers));
            let is_over = is_over || self.is_revoked(office);
            subject.paces(office, &Reached { delivery, acknowledged, answered, is_over }, self.now)
        };
        if header.from != self.me {
            return Ok(paces(self.me, Delivery::Delivered(Timestamp::clamped(summary.time_ms))));
        }
        let mut all = vec![];
        for delivery in &summary.deliveries {
            let office = delivery.office.parse().map_err(|_| damaged("delivery", digest))?;
            all.extend(paces(office, self.delivery(office, delivery)));
        }
        Ok(all)
    }
}
