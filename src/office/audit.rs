//! What auditors ask: answered from entries and clear headers, never from a text.

use crate::domain::access::Access;
use crate::domain::kinds::Kind;
use crate::domain::notice::Header;
use crate::domain::sealed::SealedNotice;
use crate::domain::standing::Says;
use crate::engine::rows;
use crate::engine::rows::RowError;
use crate::engine::rows::damaged;
use crate::engine::rows::key;
use crate::engine::store::View;
use crate::limits;
use crate::name::Digest;
use crate::wire;
use crate::wire::AuditView;
use crate::wire::EntryKind;

/// Entries about officers.
const OFFICERS: [EntryKind; 4] =
    [EntryKind::Officer, EntryKind::OfficerProposed, EntryKind::OfficerDeclined, EntryKind::PassphraseSet];

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Which view.
    pub view: AuditView,
    /// Reads and exports of this notice only.
    pub notice: Option<Digest>,
    /// At this time or later, UTC ms; 0 for any.
    pub since_ms: i64,
    /// Before this time, UTC ms; 0 for any.
    pub before_ms: i64,
}

/// Rows of a view from the entry `start` on, of a log of `size`; and where to go on, 0 at the end.
///
/// # Errors
/// If a row cannot be read.
pub fn page(view: &dyn View, size: u64, asked: &Asked, start: u64) -> Result<(Vec<wire::AuditRow>, u64), RowError> {
    let mut found = vec![];
    if let Some(notice) = asked.notice {
        // Who read one notice is known without a look at the whole log.
        let (from, to) = (key::access(notice, start), key::access(notice, size));
        let most = usize::try_from(limits::AUDIT_ENTRIES).unwrap_or(usize::MAX);
        let indices = view.scan(&from, &to, most)?;
        for (row_key, _) in &indices {
            let index = row_key.last_chunk::<8>().copied().map(u64::from_be_bytes);
            let index = index.ok_or_else(|| damaged("access", notice))?;
            found.extend(row(view, index, asked)?);
        }
        let last = indices.last().and_then(|(row_key, _)| row_key.last_chunk::<8>().copied());
        let next = last.filter(|_| indices.len() == most).map_or(0, |last| u64::from_be_bytes(last) + 1);
        return Ok((found, next));
    }
    let end = size.min(start.saturating_add(limits::AUDIT_ENTRIES));
    for index in start..end {
        found.extend(row(view, index, asked)?);
    }
    Ok((found, if end < size { end } else { 0 }))
}

/// An entry as the view shows it; `None` if it does not belong there.
fn row(view: &dyn View, index: u64, asked: &Asked) -> Result<Option<wire::AuditRow>, RowError> {
    let bytes = rows::entry_bytes(view, index)?;
    let entry = rows::entry(view, index)?;
    let in_time = entry.time_ms >= asked.since_ms && (asked.before_ms == 0 || entry.time_ms < asked.before_ms);
    let kind = EntryKind::try_from(entry.kind).unwrap_or_default();
    let access = Access::of(entry.code).filter(|_| kind == EntryKind::Accessed);
    let wanted = match asked.view {
        AuditView::Reads => match kind {
            EntryKind::Accessed => access != Some(Access::List),
            _ => kind == EntryKind::DraftOpened,
        },
        AuditView::Exports => access.is_some_and(|access| access.leaves() || access == Access::Statistics),
        AuditView::Lists => access == Some(Access::List),
        AuditView::Agreements => kind == EntryKind::ConfigChanged,
        AuditView::Officers => OFFICERS.contains(&kind),
        AuditView::Readings => entry.is_reading(),
        AuditView::SamePerson | AuditView::Emergency => kind == EntryKind::Issued,
        AuditView::Unspecified => false,
    };
    if !(in_time && wanted) {
        return Ok(None);
    }
    let row = wire::AuditRow { index, entry: bytes, ..wire::AuditRow::default() };
    if matches!(asked.view, AuditView::Officers | AuditView::Agreements) || entry.subject.is_empty() {
        return Ok(Some(row));
    }
    let notice = if kind == EntryKind::DraftOpened {
        // The notice that it became. Before that only its sealed text says more.
        let reference = entry.note.parse().map_err(|_| damaged("entry", index))?;
        match rows::digest(view, &key::reference(reference), "reference")? {
            Some(notice) => notice,
            None => return Ok(Some(wire::AuditRow { reference: entry.note, ..row })),
        }
    } else {
        Digest::try_from(entry.subject.as_slice()).map_err(|_| damaged("entry", index))?
    };
    let notice = rows::envelope::<SealedNotice>(view, notice)?;
    let header = &notice.claim().header;
    let confirms = entry.code == Says::Confirms.code();
    let shown = match asked.view {
        AuditView::SamePerson => one_person(header) && !confirms,
        // What was sent alone, and what became of it.
        AuditView::Emergency => header.emergency || header.author.is_none() || confirms,
        _ => true,
    };
    Ok(shown.then(|| wire::AuditRow {
        reference: header.reference.to_string(),
        kind: header.terms.kind.into(),
        author: header.author.as_ref().map(ToString::to_string).unwrap_or_default(),
        releaser: header.releaser.as_ref().map(ToString::to_string).unwrap_or_default(),
        ..row
    }))
}

/// Whether one person wrote and released it, though its kind needs two.
fn one_person(header: &Header) -> bool {
    let same = header.author.is_some() && header.author == header.releaser;
    let alone = header.author.is_some()
        && header.releaser.is_none()
        && Kind::of(header.terms.kind).is_some_and(|kind| kind.two_officers);
    same || alone
}
