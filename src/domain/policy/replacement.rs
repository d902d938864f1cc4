//! The body that a correction puts in place of another: it is judged as one of the kind that it corrects (DOMAIN 6.7,
//! ruling 8).

use crate::domain::kinds;
use crate::domain::kinds::Kind;
use crate::domain::notice;
use crate::domain::notice::Terms;
use crate::domain::policy::Case;
use crate::domain::policy::Check;
use crate::domain::policy::Findings;
use crate::domain::policy::NothingKnown;
use crate::domain::policy::content;
use crate::domain::policy::header;
use crate::domain::policy::marking;
use crate::domain::policy::retention;
use crate::domain::policy::shape;
use crate::domain::policy::subjects;
use crate::domain::rule::Finding;
use crate::wire::NoticeBody;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;

/// The rules of a body. What stands in its identifiers is looked at with the correction; how long it is kept follows from
/// the header of the correction.
const RULES: [Check; 7] = [
    shape::body,
    header::personal_data,
    marking::p05_consent_ends,
    marking::p07_never_looser,
    subjects::p09_category,
    retention::p10_non_nominal,
    content::fields,
];

/// Applies them to what stands in place of a body.
pub(super) fn rules_of_kind(case: &Case<'_>, findings: &mut Findings) {
    let Some(body) = case.body.and_then(notice::replacement) else { return };
    let Some(kind) = target(case).or_else(|| only_kind(body)) else { return };
    let terms = Terms { kind, ..case.terms.clone() };
    let replaced = Case { terms: &terms, body: Some(body), release: None, book: None, known: &NothingKnown, ..*case };
    let mut found = Findings::default();
    for rule in RULES {
        rule(&replaced, &mut found);
    }
    findings.problems.extend(found.problems.into_iter().map(inside));
    findings.flags.extend(found.flags.into_iter().map(inside));
}

/// The kind of the notice that is corrected, if that is here.
fn target(case: &Case<'_>) -> Option<NoticeKind> {
    let mut relations = case.header.relations.iter().enumerate();
    let (i, relation) = relations.find(|(_, relation)| relation.kind() == RelationKind::Corrects)?;
    Some(case.known.find(i, relation).known()?.kind)
}

/// The kind that has this body, if only one has.
fn only_kind(body: &NoticeBody) -> Option<NoticeKind> {
    let has = |kind: &NoticeKind| Kind::of(*kind).and_then(|row| row.part).is_some_and(|part| part.is_in(body));
    let mut kinds = kinds::offered().filter(has);
    kinds.next().filter(|_| kinds.next().is_none())
}

fn inside(finding: Finding) -> Finding {
    match finding.path.strip_prefix("body") {
        Some(rest) => Finding { path: format!("body.correction.full_replacement{rest}"), ..finding },
        None => finding,
    }
}
