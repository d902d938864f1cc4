//! The board: every notice of a folder by how much it asks of somebody. It is kept up with the log in memory, so that a page
//! of it costs the rows that it shows, however many there are.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::domain::entry::Access;
use crate::domain::sealed::SealedNotice;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::key;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::office::standing::Standings;
use crate::office::standing::touches;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::Awaited;
use crate::wire::EntryKind;
use crate::wire::NoticeKind;
use crate::wire::NoticeState;
use crate::wire::Traffic;
use crate::wire::Urgency;

/// How much a notice asks of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Received: nobody here has opened it, it is not acknowledged though it must be, or something is overdue. Issued: it
    /// cannot be delivered, or something is overdue.
    NeedsAction,
    /// Something is awaited of an office that is at it.
    InProgress,
    /// Nothing is awaited.
    Done,
}

/// Which notices a page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Issued ones, else received ones.
    pub issued: bool,
    /// Only of this group.
    pub group: Option<Group>,
    /// Only what is overdue.
    pub overdue: bool,
    /// Only of these kinds; none for any.
    pub kinds: Vec<NoticeKind>,
    /// Only from or to this office.
    pub office: Option<OfficeCode>,
    /// Exercises and tests alone, else what is real alone.
    pub exercise: bool,
}

/// A page of a board.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The notices, in the order of the board, each with its group and whether somebody here has opened it.
    pub rows: Vec<(Digest, Group, bool)>,
    /// How many are wanted, in all.
    pub total: usize,
    /// Of all of the folder: how many there are of each group.
    pub counts: Counts,
}

/// How many notices of a folder there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// They need action.
    pub needs_action: u64,
    /// They are in progress.
    pub in_progress: u64,
    /// They are done.
    pub done: u64,
    /// Something of them is overdue.
    pub overdue: u64,
    /// They are exercises and tests, which no other count holds.
    pub exercise: u64,
}

/// A notice on the board.
#[derive(Clone, Debug)]
struct Row {
    issued: bool,
    real: bool,
    kind: NoticeKind,
    urgency: Urgency,
    offices: Vec<OfficeCode>,
    index: u64,
    /// The first of its deadlines; `None` if nothing is awaited.
    due: Option<Timestamp>,
    /// Nothing is overdue, and yet it needs action.
    needs_action: bool,
    opened: bool,
}

/// All notices, as far as the log was read.
#[derive(Clone, Debug, Default)]
pub struct Board {
    next: u64,
    rows: BTreeMap<Digest, Row>,
}

impl Board {
    /// Reads the entries before `end`, which must be durable.
    ///
    /// # Errors
    /// If a row cannot be read; what was read stays.
    pub fn follow(&mut self, standings: &Standings<'_>, end: u64) -> Result<(), RowError> {
        let mut touched = BTreeSet::new();
        for index in self.next..end {
            let entry = rows::entry(standings.view, index)?;
            touches(standings, &entry, &mut touched)?;
            if entry.kind == i32::from(EntryKind::Accessed) && entry.code == Access::View as u32 {
                touched.extend(Digest::try_from(entry.subject.as_slice()));
            }
        }
        for digest in touched {
            let row = Row::of(standings, digest)?;
            self.rows.insert(digest, row);
        }
        self.next = self.next.max(end);
        Ok(())
    }

    /// A page, from a place in it on.
    #[must_use]
    pub fn page(&self, wanted: &Wanted, now: Timestamp, from: usize, size: usize) -> Page {
        let mut counts = Counts::default();
        let mut fits: Vec<(&Digest, &Row, Group)> = vec![];
        for (digest, row) in self.rows.iter().filter(|(_, row)| row.issued == wanted.issued) {
            let (group, overdue) = (row.group(now), row.is_overdue(now));
            if !row.real {
                counts.exercise += 1;
            } else {
                *match group {
                    Group::NeedsAction => &mut counts.needs_action,
                    Group::InProgress => &mut counts.in_progress,
                    Group::Done => &mut counts.done,
                } += 1;
                counts.overdue += u64::from(overdue);
            }
            let shown = row.real != wanted.exercise
                && wanted.group.is_none_or(|wanted| wanted == group)
                && (!wanted.overdue || overdue)
                && (wanted.kinds.is_empty() || wanted.kinds.contains(&row.kind))
                && wanted.office.is_none_or(|office| row.offices.contains(&office));
            if shown {
                fits.push((digest, row, group));
            }
        }
        let total = fits.len();
        let order = |(_, row, group): &(&Digest, &Row, Group)| {
            let (urgency, due) = match group {
                // What is done is shown by when it came.
                Group::Done => (0, Timestamp::ZERO),
                _ => (i32::from(row.urgency), row.due.unwrap_or(Timestamp::clamped(i64::MAX))),
            };
            (*group, Reverse(row.is_overdue(now)), Reverse(urgency), due, Reverse(row.index))
        };
        let end = from.saturating_add(size).min(total);
        if end < total {
            // The rest need not be in order.
            fits.select_nth_unstable_by_key(end, order);
            fits.truncate(end);
        }
        fits.sort_unstable_by_key(order);
        let rows = fits.into_iter().skip(from).map(|(digest, row, group)| (*digest, group, row.opened)).collect();
        Page { rows, total, counts }
    }
}

impl Row {
    fn of(standings: &Standings<'_>, digest: Digest) -> Result<Self, RowError> {
        let summary = standings.summary(digest)?;
        let notice = rows::envelope::<SealedNotice>(standings.view, digest)?;
        let header = &notice.claim().header;
        let issued = header.from == standings.me;
        let standing = summary.standing.unwrap_or_default();
        let awaited = |what: Awaited| standing.sides.iter().any(|side| side.awaited() == what);
        let opened = !standings.view.scan(&key::opened_by(digest), &key::after(&key::opened_by(digest)), 1)?.is_empty();
        let undeliverable = standing.sides.iter().any(|side| side.state() == NoticeState::Undeliverable);
        let unread = !opened && header.body_key_commitment.is_some() && standing.withdrawn_by.is_none();
        let due = standing.sides.iter().filter(|side| side.awaited() != Awaited::Unspecified).map(|side| side.due_ms);
        Ok(Self {
            issued,
            real: header.terms.traffic == Traffic::Actual,
            kind: header.terms.kind,
            urgency: header.terms.urgency,
            offices: if issued { header.addressees().collect() } else { vec![header.from] },
            index: summary.index,
            due: due.min().map(Timestamp::clamped),
            needs_action: !standing.closed
                && if issued { undeliverable } else { unread || awaited(Awaited::Acknowledgement) },
            opened,
        })
    }

    fn is_overdue(&self, now: Timestamp) -> bool {
        self.due.is_some_and(|due| now > due)
    }

    fn group(&self, now: Timestamp) -> Group {
        match () {
            () if self.needs_action || self.is_overdue(now) => Group::NeedsAction,
            () if self.due.is_some() => Group::InProgress,
            () => Group::Done,
        }
    }
}

impl From<Counts> for wire::BoardCounts {
    fn from(counts: Counts) -> Self {
        let Counts { needs_action, in_progress, done, overdue, exercise } = counts;
        Self { needs_action, in_progress, done, overdue, exercise }
    }
}
