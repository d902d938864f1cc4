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
use crate::name::OfficerId;
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
    /// Only open notices that this officer takes care of, exercises and tests included.
    pub mine: Option<OfficerId>,
}

/// A page of a board.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The notices, in the order of the board, each with its group and whether somebody here has opened it.
    pub rows: Vec<(Digest, Group, bool)>,
    /// How many are wanted, in all.
    pub total: usize,
    /// How many of those each group has.
    pub fitting: Counts,
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
    /// They are immediate, whatever their group.
    pub immediate: u64,
    /// Of those the one that came last: its entry, its kind, and who it is from; of issued ones, to whom it went first.
    pub newest: Option<(u64, NoticeKind, OfficeCode)>,
}

/// A notice on the board.
#[derive(Clone, Debug)]
struct Row {
    issued: bool,
    traffic: Traffic,
    kind: NoticeKind,
    urgency: Urgency,
    offices: Vec<OfficeCode>,
    index: u64,
    /// The first of its deadlines; `None` if nothing is awaited.
    due: Option<Timestamp>,
    /// Nothing is overdue, and yet it needs action.
    needs_action: bool,
    opened: bool,
    /// The officer who takes care of it; `None` if nobody does, or it is closed.
    taken_by: Option<OfficerId>,
}

/// All notices, as far as the log was read.
#[derive(Clone, Debug, Default)]
pub struct Board {
    next: u64,
    /// Entries read when something last changed about an issued notice.
    moved: u64,
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
            if row.issued {
                self.moved = end;
            }
            self.rows.insert(digest, row);
        }
        self.next = self.next.max(end);
        Ok(())
    }

    /// A page, from a place in it on.
    #[must_use]
    pub fn page(&self, wanted: &Wanted, now: Timestamp, from: usize, size: usize) -> Page {
        let (mut fits, mut fitting): (Vec<(&Digest, &Row, Group)>, _) = (vec![], Counts::default());
        for (digest, row) in self.rows.iter().filter(|(_, row)| row.issued == wanted.issued) {
            let (group, overdue) = (row.group(now), row.is_overdue(now));
            let is_own = |me: &OfficerId| row.taken_by.as_ref() == Some(me);
            let shown = wanted.mine.as_ref().map_or(row.is_real() != wanted.exercise, is_own)
                && wanted.group.is_none_or(|wanted| wanted == group)
                && (!wanted.overdue || overdue)
                && (wanted.kinds.is_empty() || wanted.kinds.contains(&row.kind))
                && wanted.office.is_none_or(|office| row.offices.contains(&office));
            if shown {
                fitting.add(group);
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
        Page { rows, total, fitting, counts: self.counts(wanted.issued, now) }
    }

    /// Another number after something has changed about an issued notice, such as how far it has come.
    #[must_use]
    pub const fn moved(&self) -> u64 {
        self.moved
    }

    /// The open notices that an officer takes care of, in the order of their coming.
    #[must_use]
    pub fn taken_by(&self, officer: &OfficerId) -> Vec<Digest> {
        let own = self.rows.iter().filter(|(_, row)| row.taken_by.as_ref() == Some(officer));
        let mut own: Vec<(u64, Digest)> = own.map(|(digest, row)| (row.index, *digest)).collect();
        own.sort_unstable();
        own.into_iter().map(|(_, digest)| digest).collect()
    }

    /// How many notices of a folder there are.
    #[must_use]
    pub fn counts(&self, issued: bool, now: Timestamp) -> Counts {
        let mut counts = Counts::default();
        for row in self.rows.values().filter(|row| row.issued == issued) {
            if !row.is_real() {
                counts.exercise += 1;
                continue;
            }
            counts.add(row.group(now));
            counts.overdue += u64::from(row.is_overdue(now));
            if row.urgency == Urgency::Immediate {
                counts.immediate += 1;
                let newest = row.offices.first().map(|office| (row.index, row.kind, *office));
                counts.newest = counts.newest.max(newest);
            }
        }
        counts
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
            traffic: header.terms.traffic,
            kind: header.terms.kind,
            urgency: header.terms.urgency,
            offices: if issued { header.addressees().collect() } else { vec![header.from] },
            index: summary.index,
            due: due.min().map(Timestamp::clamped),
            needs_action: !standing.closed
                && if issued { undeliverable } else { unread || awaited(Awaited::Acknowledgement) },
            opened,
            taken_by: standing.taken_by.parse().ok().filter(|_| !standing.closed),
        })
    }

    fn is_real(&self) -> bool {
        self.traffic == Traffic::Actual
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

impl Counts {
    fn add(&mut self, group: Group) {
        *match group {
            Group::NeedsAction => &mut self.needs_action,
            Group::InProgress => &mut self.in_progress,
            Group::Done => &mut self.done,
        } += 1;
    }
}

impl From<Counts> for wire::BoardCounts {
    fn from(counts: Counts) -> Self {
        let Counts { needs_action, in_progress, done, overdue, exercise, .. } = counts;
        Self { needs_action, in_progress, done, overdue, exercise }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::clamped(1_000_000)
    }

    /// A received notice of which nothing is awaited.
    fn row(index: u64) -> Row {
        Row {
            issued: false,
            traffic: Traffic::Actual,
            kind: NoticeKind::ModusOperandi,
            urgency: Urgency::Routine,
            offices: vec!["TM-FAR".parse().unwrap()],
            index,
            due: None,
            needs_action: false,
            opened: true,
            taken_by: None,
        }
    }

    fn board(rows: Vec<Row>) -> Board {
        let rows = rows.into_iter().map(|row| (Digest::of(&row.index.to_be_bytes()), row));
        Board { next: 0, moved: 0, rows: rows.collect() }
    }

    /// Indices and groups of a page.
    fn shown(board: &Board, wanted: &Wanted, from: usize, size: usize) -> Vec<(u64, Group)> {
        let page = board.page(wanted, now(), from, size);
        page.rows.iter().map(|(digest, group, _)| (board.rows[digest].index, *group)).collect()
    }

    fn ids(board: &Board, wanted: &Wanted) -> Vec<u64> {
        shown(board, wanted, 0, 100).into_iter().map(|(index, _)| index).collect()
    }

    #[test]
    fn what_asks_most_stands_first() {
        let (past, soon, later) = (Some(now().plus_ms(-1)), Some(now().plus_ms(1)), Some(now().plus_ms(2)));
        let asks = |index, urgency, due| Row { urgency, due, needs_action: true, ..row(index) };
        let waits = |index, urgency, due| Row { urgency, due, ..row(index) };
        let board = board(vec![
            row(1),
            Row { urgency: Urgency::Immediate, ..row(2) },
            waits(3, Urgency::Routine, later),
            waits(4, Urgency::Routine, soon),
            waits(5, Urgency::Immediate, later),
            asks(6, Urgency::Routine, soon),
            asks(7, Urgency::Priority, None),
            asks(8, Urgency::Priority, later),
            asks(9, Urgency::Immediate, None),
            waits(10, Urgency::Routine, past),
            asks(11, Urgency::Priority, past),
        ]);
        let groups = [[11, 10, 9, 8, 7, 6].as_slice(), &[5, 4, 3], &[2, 1]];
        let named = [Group::NeedsAction, Group::InProgress, Group::Done];
        let all: Vec<_> =
            groups.iter().zip(named).flat_map(|(ids, group)| ids.iter().map(move |id| (*id, group))).collect();
        let wanted = Wanted::default();
        assert_eq!(shown(&board, &wanted, 0, 100), all);
        // Pages, however they are cut, are parts of the same order.
        for size in 1..=12 {
            let pages = (0..12).step_by(size).flat_map(|from| shown(&board, &wanted, from, size));
            assert_eq!(pages.collect::<Vec<_>>(), all, "{size} a page");
        }
        assert_eq!(shown(&board, &wanted, usize::MAX, usize::MAX), []);
        for (group, ids_of_it) in named.into_iter().zip(groups) {
            assert_eq!(ids(&board, &Wanted { group: Some(group), ..Wanted::default() }), ids_of_it);
        }
        assert_eq!(ids(&board, &Wanted { overdue: true, ..Wanted::default() }), [11, 10]);
        let newest = Some((9, NoticeKind::ModusOperandi, "TM-FAR".parse().unwrap()));
        let counts = Counts { needs_action: 6, in_progress: 3, done: 2, overdue: 2, exercise: 0, immediate: 3, newest };
        assert_eq!(board.page(&wanted, now(), 0, 1), Page { counts, total: 11, ..board.page(&wanted, now(), 0, 1) });
    }

    #[test]
    fn an_officer_sees_what_that_one_takes_care_of() {
        let (mine, others): (OfficerId, OfficerId) = ("UZ-ALT-O01".parse().unwrap(), "UZ-ALT-O02".parse().unwrap());
        let taken = |index, by: &OfficerId| Row { taken_by: Some(by.clone()), ..row(index) };
        let exercise = Row { traffic: Traffic::Exercise, ..taken(3, &mine) };
        let board = board(vec![row(1), taken(4, &mine), taken(2, &others), exercise]);
        assert_eq!(ids(&board, &Wanted { mine: Some(mine.clone()), ..Wanted::default() }), [4, 3]);
        assert_eq!(board.taken_by(&mine), [3_u64, 4].map(|index| Digest::of(&index.to_be_bytes())));
        assert_eq!(board.taken_by(&"UZ-ALT-O03".parse().unwrap()), []);
    }

    #[test]
    fn what_is_due_now_is_not_overdue_yet() {
        let board = board(vec![Row { due: Some(now()), ..row(1) }]);
        assert_eq!(shown(&board, &Wanted::default(), 0, 1), [(1, Group::InProgress)]);
        assert_eq!(board.counts(false, now().plus_ms(1)).overdue, 1);
    }

    #[test]
    fn folders_exercises_kinds_and_offices_are_told_apart() {
        let other = "UZ-NCC".parse().unwrap();
        let board = board(vec![
            row(1),
            Row { issued: true, ..row(2) },
            Row { traffic: Traffic::Exercise, needs_action: true, due: Some(now().plus_ms(-1)), ..row(3) },
            Row { kind: NoticeKind::Feedback, ..row(4) },
            Row { offices: vec![other], ..row(5) },
        ]);
        assert_eq!(ids(&board, &Wanted::default()), [5, 4, 1]);
        assert_eq!(ids(&board, &Wanted { issued: true, ..Wanted::default() }), [2]);
        let exercises = Wanted { exercise: true, ..Wanted::default() };
        assert_eq!(ids(&board, &exercises), [3]);
        let fitting = Counts { needs_action: 1, ..Counts::default() };
        assert_eq!(board.page(&exercises, now(), 1, 1).fitting, fitting, "all that fit, also beyond the page");
        assert_eq!(ids(&board, &Wanted { kinds: vec![NoticeKind::Feedback], ..Wanted::default() }), [4]);
        assert_eq!(ids(&board, &Wanted { office: Some(other), ..Wanted::default() }), [5]);
        let counts = Counts { done: 3, exercise: 1, ..Counts::default() };
        assert_eq!(board.counts(false, now()), counts, "an exercise is in no other count");
        assert_eq!(board.counts(true, now()), Counts { done: 1, ..Counts::default() });
    }
}
