//! Texts end: by the daily duty, announced a day before, or by order (PROTOCOL 4 and 10).
//!
//! A text that ends loses its body key; header, signatures and entries stay. Nothing is called erased before the vault
//! key was changed as well ([`crate::office::rotation`]). Whether the clock may be trusted is judged before.

use crate::domain::entry;
use crate::domain::entry::Entry;
use crate::engine::fold::ends;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::drafts;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::office::due;
use crate::office::read;
use crate::office::retention;
use crate::office::writer::Step;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::ErasureReason;

/// What was erased by order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// Index of the entry.
    pub index: u64,
    /// Forwards by this office that held it; their texts are erased as well.
    pub forwards: Vec<Digest>,
}

/// Why an erasure is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EraseRefused {
    /// There is no text here: the kind has none, or it has ended.
    #[error("there is no text of this notice here")]
    NoText,
    /// No officer orders this reason.
    #[error("this is no reason for an order")]
    Reason,
}

/// So many texts wait, and not as many as were confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} texts wait for a confirmation")]
pub struct OtherCount(pub u32);

/// What ends and what is erased, for those who look at the node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// When the daily duty ran last, UTC ms; 0 if never.
    pub announced_ms: i64,
    /// How many texts it announced.
    pub ending: u32,
    /// How many end by the next daily duty and wait for a confirmation, more than may end without one.
    pub unconfirmed: u32,
    /// When the vault key was changed last, UTC ms; 0 if never.
    pub rotated_ms: i64,
    /// Whether something is erased that the old vault key could still open.
    pub incomplete: bool,
    /// How many reviews are overdue.
    pub reviews_overdue: u32,
}

impl Ends {
    /// Looks at `now`, in node time.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub fn of(view: &dyn View, now: Timestamp) -> Result<Self, RowError> {
        let duties = ends::duties(view)?;
        Ok(Self {
            announced_ms: duties.announced_ms,
            ending: duties.ending,
            unconfirmed: unconfirmed(view, &duties)?,
            rotated_ms: duties.rotated_ms,
            incomplete: is_incomplete(&duties),
            reviews_overdue: due::reviews_overdue(view, now)?,
        })
    }
}

/// Why and when the text of a notice left this office; `None` if it is here, or the kind has none.
///
/// # Errors
/// If a row cannot be read.
pub fn erasure(view: &dyn View, digest: Digest) -> Result<Option<wire::Erasure>, RowError> {
    let row = read::notice_row(view, digest)?.ok_or_else(|| damaged("notice", digest))?;
    let has_text = rows::envelope::<crate::domain::sealed::SealedNotice>(view, digest)?
        .claim()
        .header
        .body_key_commitment
        .is_some();
    if row.erased == 0 {
        // It may have ended before it came.
        let ended = wire::Erasure { time_ms: 0, reason: ErasureReason::Expired.into(), complete: true };
        return Ok((has_text && row.kept_until_ms == 0).then_some(ended));
    }
    let entry = rows::entry(view, row.erased)?;
    Ok(Some(wire::Erasure {
        time_ms: entry.time_ms,
        reason: i32::try_from(entry.code).unwrap_or_default(),
        complete: row.erased < ends::duties(view)?.complete_before,
    }))
}

/// Whether an erasure waits for the change of the vault key.
fn is_incomplete(duties: &wire::DutiesRow) -> bool {
    duties.erased > 0 && duties.erased >= duties.complete_before
}

/// Whether one waits that was ordered: then the vault key is changed at once.
pub(super) fn is_order_incomplete(duties: &wire::DutiesRow) -> bool {
    duties.ordered > 0 && duties.ordered >= duties.complete_before
}

/// How many texts the next daily duty may let end.
fn allowed(duties: &wire::DutiesRow) -> usize {
    // A confirmation is for what was announced when it was given.
    let confirmed = if duties.confirmed > duties.announced { duties.confirmed_count } else { 0 };
    usize::try_from(confirmed).unwrap_or(usize::MAX).max(limits::EXPIRED_KEYS)
}

/// Texts whose end was announced, and why each ends; at most `limit`. They end by the daily duty that follows, a day after
/// the announcement: until then no more can join them.
fn announced(
    view: &dyn View,
    duties: &wire::DutiesRow,
    limit: usize,
) -> Result<Vec<(Digest, ErasureReason)>, RowError> {
    let mut ends = vec![];
    let announced_to = Timestamp::clamped(duties.announced_ms).plus_ms(limits::ANNOUNCED_MS);
    due::each_end(view, &retention::announced(view)?, announced_to.plus_ms(1), |ending| {
        // What has come since was not announced.
        if ending.index < duties.announced {
            let reason = if ending.by_retention { ErasureReason::Retention } else { ErasureReason::Expired };
            ends.push((ending.notice, reason));
        }
        ends.len() < limit
    })?;
    Ok(ends)
}

/// How many of them wait for a confirmation.
fn unconfirmed(view: &dyn View, duties: &wire::DutiesRow) -> Result<u32, RowError> {
    let ending = announced(view, duties, usize::MAX)?.len();
    Ok(if ending > allowed(duties) { u32::try_from(ending).unwrap_or(u32::MAX) } else { 0 })
}

impl Step<'_> {
    /// Erases by order; the vault key is changed at once.
    pub(super) fn erase(
        &mut self,
        officer: &OfficerId,
        notice: Digest,
        reason: ErasureReason,
    ) -> Result<Result<Erased, EraseRefused>, RowError> {
        if matches!(reason, ErasureReason::Unspecified | ErasureReason::Expired | ErasureReason::Retention) {
            return Ok(Err(EraseRefused::Reason));
        }
        if !read::has_text(&self.rows, notice)? {
            return Ok(Err(EraseRefused::NoText));
        }
        self.rotate = true;
        // A text that this office passed on would open it still.
        let forwards = self.standings().own_forwards(notice)?;
        for forward in &forwards {
            self.erase_key(officer.as_str(), *forward, reason)?;
        }
        let index = self.erase_key(officer.as_str(), notice, reason)?;
        Ok(Ok(Erased { index, forwards }))
    }

    fn erase_key(&mut self, actor: &str, notice: Digest, reason: ErasureReason) -> Result<u64, RowError> {
        self.rows.delete(key::body_key(notice));
        self.append(Entry::erased(actor, notice, reason))
    }

    /// Lets exactly so many texts end as wait for it: by the next daily duty, which comes a day after their announcement.
    pub(super) fn confirm_expiry(
        &mut self,
        officer: &OfficerId,
        count: u32,
    ) -> Result<Result<u64, OtherCount>, RowError> {
        let waiting = unconfirmed(&self.rows, &ends::duties(&self.rows)?)?;
        if waiting == 0 || waiting != count {
            return Ok(Err(OtherCount(waiting)));
        }
        self.append(Entry::expiry_confirmed(officer, count)).map(Ok)
    }

    /// Does what the day asks: lets texts end, some in each commit, announces the next ones, and has the vault key
    /// changed if something was erased, or a text of a draft is gone. Without a new day it only goes on with what has begun.
    pub(super) fn duties(&mut self) -> Result<(), RowError> {
        self.withdraw_unconfirmed()?;
        self.return_left_behind()?;
        self.end_drafts()?;
        self.forget_made()?;
        self.end_uploads()?;
        let duties = ends::duties(&self.rows)?;
        let since = self.now.since_ms(Timestamp::clamped(duties.announced_ms));
        let is_day = duties.announced == 0 || since >= limits::ANNOUNCED_MS;
        if is_day {
            let allowed = allowed(&duties);
            let ended = announced(&self.rows, &duties, allowed.saturating_add(1))?;
            let now = if ended.len() > allowed { 0 } else { ended.len().min(limits::COMMIT_COMMANDS) };
            for (notice, reason) in ended.iter().take(now) {
                self.erase_key(entry::NODE, *notice, *reason)?;
            }
            self.expiring = now > 0 && now < ended.len();
        }
        if is_day && !self.expiring {
            self.announce()?;
            // What cannot go without its text may, once it has expired.
            self.unplaced
                .extend(self.rosters.offices().map(|office| office.code).filter(|code| *code != self.me.office));
        }
        let duties = ends::duties(&self.rows)?;
        // Not only by day: a change that a crash or a failing disk cut short begins again.
        self.rotate |= is_order_incomplete(&duties) || (!self.expiring && is_incomplete(&duties));
        // Texts of drafts go at any hour; once a day is enough.
        self.rotate |= is_day && !self.expiring && drafts::numbers(&self.rows)?.gone > 0;
        Ok(())
    }

    fn announce(&mut self) -> Result<(), RowError> {
        let mut count = 0;
        due::each_end(&self.rows, &self.periods()?, self.now.plus_ms(limits::ANNOUNCED_MS).plus_ms(1), |_| {
            count += 1;
            true
        })?;
        self.append(Entry::expiry_announced(count)).map(drop)
    }
}
