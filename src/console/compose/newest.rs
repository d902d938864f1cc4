//! Which correction the text in a form stands on: a newer one would be undone by a text that takes its place as a whole.
//!
//! The node looks once more when the form is submitted as a draft and when it is released.

use crate::console::compose::read::RELATION;
use crate::console::form::Fields;
use crate::console::visitor::Officer;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::wire;
use crate::wire::RelationKind;
use crate::wire::json::Word as _;

/// The field that names the correction that the text of a form has in it.
pub(super) const STANDS_ON: &str = "stands-on";
/// That it has none in it, and that there has been one since.
const NONE: &str = "none";
const OLDER: &str = "older";

/// The newest correction of a notice, by its reference.
fn newest(target: &wire::NoticeSummary) -> Option<&str> {
    Some(target.standing.as_ref()?.corrected_by.as_ref()?.reference.as_str())
}

/// The field of a form with the text of a notice as it now reads.
pub(super) fn field(target: &wire::NoticeSummary) -> (String, String) {
    (STANDS_ON.to_owned(), newest(target).unwrap_or(NONE).to_owned())
}

/// The same of a form with the text of a draft: what was saved stood on the newest one then.
pub(super) async fn of_draft(
    officer: &Officer,
    draft: &wire::DraftSummary,
    target: &wire::NoticeSummary,
) -> (String, String) {
    let Some(newest) = newest(target) else { return field(target) };
    let request = wire::GetNoticeRequest { notice: newest.to_owned() };
    let found = officer.visitor.desk.api.get_notice(officer.call(request)).await.ok();
    let since = found.and_then(|found| found.into_inner().summary).map(|summary| summary.time_ms);
    if since.is_some_and(|since| since > draft.saved_ms) {
        return (STANDS_ON.to_owned(), OLDER.to_owned());
    }
    field(target)
}

/// A correction that the text in a form has not in it.
pub(super) struct Newer {
    /// What is corrected.
    pub(super) notice: String,
    /// By what.
    pub(super) by: String,
}

/// Whether there is one; `None` for any other form.
pub(super) async fn newer(officer: &Officer, fields: &Fields) -> Option<Newer> {
    let stands_on = Some(fields.get(STANDS_ON)).filter(|field| !field.is_empty())?;
    let relations = fields.all(RELATION).filter_map(|relation| relation.split_once(' '));
    let (_, notice) = relations.into_iter().find(|(kind, _)| *kind == RelationKind::Corrects.word())?;
    let request = wire::GetNoticeRequest { notice: notice.to_owned() };
    let found = officer.visitor.desk.api.get_notice(officer.call(request)).await.ok()?.into_inner().summary?;
    let newest = newest(&found);
    // One that was withdrawn since is not in the text any more.
    let by = newest.unwrap_or(stands_on).to_owned();
    (newest.unwrap_or(NONE) != stands_on).then(|| Newer { notice: notice.to_owned(), by })
}
