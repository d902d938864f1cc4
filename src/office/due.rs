//! Which texts end and which are to be reviewed, and when: by their notices, and by the periods for which this office
//! keeps texts of a kind.
//!
//! A row says until when a notice lets its text be kept; a period is compared when it is asked for, so that a change of it
//! rewrites nothing.

use std::collections::BTreeSet;

use crate::domain::notice::Header;
use crate::domain::policy::Periods;
use crate::domain::sealed::SealedNotice;
use crate::engine::fold::ends;
use crate::engine::fold::keeping;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::limits;
use crate::name::Digest;
use crate::office::read;
use crate::office::retention;
use crate::office::review;
use crate::time::DAY_MS;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::NoticeKind;

/// Rows read at a time.
const PAGE: usize = 512;
/// Notices that are looked at to find out what one of them amends; beyond them it is kept as long as it says itself.
const AMENDED: usize = 256;

/// A text that ends here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Of which notice.
    pub notice: Digest,
    /// Index of the entry that brought it.
    pub index: u64,
    /// When it ends.
    pub at: Timestamp,
    /// Whether the office keeps texts of its kind for less time than the notice says.
    pub by_retention: bool,
}

/// A page of what is due: rows, and the place of the last one if there are more.
pub type Page = (Vec<wire::DueRow>, Option<Place>);

/// A place in a list of what is due: when, and which notice.
pub type Place = (Timestamp, Digest);

/// Texts that end before a time, as long as more are wanted; not in their order.
pub(super) fn each_end(
    view: &dyn View,
    periods: &Periods,
    before: Timestamp,
    mut more: impl FnMut(Ending) -> bool,
) -> Result<(), RowError> {
    let (from, to) = key::ends_before(before);
    let went_on = each_row(view, from, &to, 10, |at, notice, value| {
        let at = if periods.is_empty() { (at, false) } else { end_of(view, periods, notice)?.unwrap_or((at, false)) };
        Ok(more(Ending { notice, index: number(notice, value)?, at: at.0, by_retention: at.1 }))
    })?;
    let mut own = BTreeSet::new();
    for (kind, days) in periods.iter().filter(|_| went_on) {
        let (from, to) = key::keeping::kept_before(kind, before.plus_ms(-i64::from(days) * DAY_MS));
        let went_on = each_row(view, from, &to, 14, |released, notice, value| {
            let row = read::notice_row(view, notice)?.ok_or_else(|| damaged("notice", notice))?;
            // What its own notice ends was there before.
            if row.kept_until_ms < before.ms() {
                return Ok(true);
            }
            let at = if may_amend(kind) || row.issued {
                end_of(view, periods, notice)?.map_or(before, |(at, _)| at)
            } else {
                released.plus_ms(i64::from(days) * DAY_MS)
            };
            let index = number(notice, value)?;
            // An own forward is found by its kind, and by the kind of what it passes on.
            let again = at < before && row.issued && !own.insert(notice);
            Ok(at >= before || again || more(Ending { notice, index, at, by_retention: true }))
        })?;
        if !went_on {
            return Ok(());
        }
    }
    Ok(())
}

/// Whether notices of a kind correct or withdraw another one.
const fn may_amend(kind: NoticeKind) -> bool {
    matches!(kind, NoticeKind::Correction | NoticeKind::Withdrawal)
}

/// Rows whose keys end with a time and the digest of a notice, which begins at `place`; whether all were wanted.
fn each_row(
    view: &dyn View,
    mut from: Vec<u8>,
    to: &[u8],
    place: usize,
    mut more: impl FnMut(Timestamp, Digest, &[u8]) -> Result<bool, RowError>,
) -> Result<bool, RowError> {
    loop {
        if from.as_slice() >= to {
            return Ok(true);
        }
        let page = view.scan(&from, to, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(true) };
        from.clone_from(last);
        from.push(0);
        for (row_key, value) in page {
            let at = row_key.get(place.saturating_sub(8)..place).and_then(|ms| <[u8; 8]>::try_from(ms).ok());
            let at = at.and_then(|ms| i64::try_from(u64::from_be_bytes(ms)).ok());
            let notice = row_key.get(place..).and_then(|digest| Digest::try_from(digest).ok());
            let (at, notice) = at.zip(notice).ok_or_else(|| damaged("end", hex::encode(&row_key)))?;
            if !more(Timestamp::clamped(at), notice, &value)? {
                return Ok(false);
            }
        }
    }
}

fn number(notice: Digest, value: &[u8]) -> Result<u64, RowError> {
    value.try_into().map(u64::from_be_bytes).map_err(|_| damaged("end", notice))
}

/// When a text ends here, and whether by a period of this office; `None` if it is not here. What corrects or withdraws a
/// text ends no earlier than that (DOMAIN 6.7, ruling 7); an own forward ends no later than the period of what it passes on.
///
/// # Errors
/// If a row cannot be read.
pub fn end_of(view: &dyn View, periods: &Periods, notice: Digest) -> Result<Option<(Timestamp, bool)>, RowError> {
    text(view, notice)?.map(|text| end(view, periods, &text)).transpose()
}

fn end(view: &dyn View, periods: &Periods, text: &Text) -> Result<(Timestamp, bool), RowError> {
    let (until, header) = (text.until, &text.header);
    let own = |until: Timestamp, issued: bool, header: &Header| -> Result<Timestamp, RowError> {
        // What an own forward passes on can be read in it.
        let original = if issued { keeping::passed_on(view, header)? } else { None };
        let by_period = [Some(header), original.as_ref()].into_iter().flatten().filter_map(|header| {
            let days = periods.get(header.terms.kind)?;
            Some(header.released.plus_ms(i64::from(days) * DAY_MS))
        });
        Ok(by_period.fold(until, Timestamp::min))
    };
    let mut at = own(until, text.issued, header)?;
    let mut targets: Vec<Digest> = ends::amended(header).filter(|_| may_amend(header.terms.kind)).collect();
    for _ in 0..AMENDED {
        let Some(target) = targets.pop().filter(|_| at < until) else { return Ok((at, at < until)) };
        if let Some(target) = self::text(view, target)?
            && target.header.from == header.from
        {
            at = at.max(own(target.until, target.issued, &target.header)?).min(until);
            targets.extend(ends::amended(&target.header));
        }
    }
    Ok((until, false))
}

/// A text that is here.
struct Text {
    /// Until when its notice lets it be kept.
    until: Timestamp,
    header: Header,
    /// Whether it was issued here.
    issued: bool,
    /// When it is reviewed, UTC ms; 0 for a text that names nobody.
    review_ms: i64,
}

fn text(view: &dyn View, notice: Digest) -> Result<Option<Text>, RowError> {
    let Some(row) = read::notice_row(view, notice)?.filter(|row| row.kept_until_ms > 0) else { return Ok(None) };
    let header = rows::envelope::<SealedNotice>(view, notice)?.claim().header.clone();
    let until = Timestamp::clamped(row.kept_until_ms);
    Ok(Some(Text { until, header, issued: row.issued, review_ms: row.review_ms }))
}

/// How many reviews are overdue; beyond a limit no more are counted.
///
/// # Errors
/// If a row cannot be read.
pub fn reviews_overdue(view: &dyn View, now: Timestamp) -> Result<u32, RowError> {
    let mut count = 0;
    let (from, to) = key::keeping::reviews_before(now.plus_ms(1));
    each_row(view, from, &to, 10, |_, _, _| {
        count += 1;
        Ok(count < limits::DUE_COUNTED)
    })?;
    Ok(count)
}

/// The texts that are to be reviewed before a time, the earliest first, after a place.
///
/// # Errors
/// If a row cannot be read.
pub fn reviews(
    view: &dyn View,
    now: Timestamp,
    before: Timestamp,
    after: Option<Place>,
    size: usize,
) -> Result<Page, RowError> {
    let (mut from, to) = key::keeping::reviews_before(before);
    if let Some((at, notice)) = after {
        from = key::keeping::review(at, notice);
        from.push(0);
    }
    let mut found = vec![];
    each_row(view, from, &to, 10, |at, notice, _| {
        found.push((at, notice));
        Ok(found.len() <= size)
    })?;
    page(view, now, found, size)
}

/// The texts that end before a time, the earliest first, after a place.
///
/// # Errors
/// If a row cannot be read.
pub fn endings(
    view: &dyn View,
    now: Timestamp,
    before: Timestamp,
    after: Option<Place>,
    size: usize,
) -> Result<Page, RowError> {
    let mut first = BTreeSet::new();
    each_end(view, &retention::periods(view)?, before, |ending| {
        if after.is_none_or(|after| (ending.at, ending.notice) > after) {
            first.insert((ending.at, ending.notice));
            if first.len() > size.saturating_add(1) {
                first.pop_last();
            }
        }
        true
    })?;
    page(view, now, first.into_iter().collect(), size)
}

fn page(view: &dyn View, now: Timestamp, mut found: Vec<Place>, size: usize) -> Result<Page, RowError> {
    let has_more = found.len() > size;
    found.truncate(size);
    let next = found.last().copied().filter(|_| has_more);
    let periods = retention::periods(view)?;
    let shown = found.into_iter().map(|(_, notice)| {
        let text = text(view, notice)?.ok_or_else(|| damaged("notice", notice))?;
        row(view, &periods, now, &text)
    });
    Ok((shown.collect::<Result<_, _>>()?, next))
}

/// What is due of the text of a notice; `None` if it is not here.
///
/// # Errors
/// If a row cannot be read.
pub fn of(view: &dyn View, now: Timestamp, notice: Digest) -> Result<Option<wire::DueRow>, RowError> {
    let periods = retention::periods(view)?;
    text(view, notice)?.map(|text| row(view, &periods, now, &text)).transpose()
}

fn row(view: &dyn View, periods: &Periods, now: Timestamp, text: &Text) -> Result<wire::DueRow, RowError> {
    let header = &text.header;
    let (ends, by_retention) = end(view, periods, text)?;
    Ok(wire::DueRow {
        reference: header.reference.to_string(),
        kind: header.terms.kind.into(),
        from: header.from.to_string(),
        personal_data: header.terms.personal_data,
        review_ms: text.review_ms,
        ends_ms: ends.ms(),
        by_retention,
        traffic: header.terms.traffic.into(),
        next_review_ms: review::latest(header.terms.kind, now, ends).ms(),
    })
}

/// How many texts end and are to be reviewed in each of some spans from a time on, and before it.
///
/// # Errors
/// If a row cannot be read.
pub fn count(
    view: &dyn View,
    from: Timestamp,
    span_ms: i64,
    spans: usize,
) -> Result<(Vec<wire::DueCount>, wire::DueCount), RowError> {
    let (mut counts, mut before) = (vec![wire::DueCount::default(); spans], wire::DueCount::default());
    let span_ms = span_ms.max(1);
    let end = from.plus_ms(span_ms.saturating_mul(i64::try_from(spans).unwrap_or(i64::MAX)));
    let mut add = |at: Timestamp, one: fn(&mut wire::DueCount) -> &mut u32| {
        let place = usize::try_from(at.since_ms(from).div_euclid(span_ms)).ok();
        let count = match place {
            Some(place) => counts.get_mut(place),
            None => Some(&mut before),
        };
        if let Some(count) = count {
            let number = one(count);
            *number = number.saturating_add(1);
        }
    };
    each_end(view, &retention::periods(view)?, end, |ending| {
        add(ending.at, |count| &mut count.ends);
        true
    })?;
    let (first, to) = key::keeping::reviews_before(end);
    each_row(view, first, &to, 10, |at, _, _| {
        add(at, |count| &mut count.reviews);
        Ok(true)
    })?;
    Ok((counts, before))
}

/// How many texts of a kind would end earlier than they do now if they were kept for so many days, and how many of them
/// would end by the daily duty after the next, which is the first one that may let them.
///
/// # Errors
/// If a row cannot be read.
pub fn earlier(view: &dyn View, kind: NoticeKind, days: u32, now: Timestamp) -> Result<(u32, u32), RowError> {
    let periods = retention::periods(view)?;
    let shorter = periods.clone().with(kind, days);
    let (mut earlier, mut ended) = (0_u32, 0_u32);
    // The next duty comes a day after the last one, or now; it announces what ends by the one after it.
    let last = match ends::duties(view)?.announced_ms {
        0 => now,
        announced => Timestamp::clamped(announced).max(now.plus_ms(-limits::ANNOUNCED_MS)),
    };
    let by = last.plus_ms(2 * limits::ANNOUNCED_MS);
    let (from, to) = key::keeping::kept_before(kind, Timestamp::clamped(i64::MAX));
    each_row(view, from, &to, 14, |_, notice, _| {
        if let (Some((then, _)), Some((at, _))) = (end_of(view, &periods, notice)?, end_of(view, &shorter, notice)?)
            && at < then
        {
            earlier = earlier.saturating_add(1);
            ended = ended.saturating_add(u32::from(at <= by));
        }
        Ok(true)
    })?;
    Ok((earlier, ended))
}
