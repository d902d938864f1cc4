//! The body that a correction puts in place of another, whole or field by field: it is judged as one of the kind that it
//! corrects (DOMAIN 6.7, ruling 8).
//!
//! Not by how long it is kept: a correction has a cap of its own (ruling 7).

use crate::domain::corrected::corrected;
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
use crate::domain::rule::Rule;
use crate::wire::Correction;
use crate::wire::Handling;
use crate::wire::NoticeBody;
use crate::wire::NoticeKind;
use crate::wire::Relation;
use crate::wire::RelationKind;

/// The rules of a body. What stands in its identifiers is looked at with the correction.
const RULES: [Check; 8] = [
    shape::body,
    header::personal_data,
    marking::p05_consent_ends,
    marking::p07_never_looser,
    subjects::p09_category,
    retention::p10_review,
    retention::p10_non_nominal,
    content::fields,
];

/// Where the body stands that replaces another, and where the fields that replace others.
const WHOLE: &str = "body.correction.full_replacement";
const FIELDS: &str = "body.correction.replaced_fields";

/// Applies them to what stands in place of a body.
pub(super) fn rules_of_kind(case: &Case<'_>, findings: &mut Findings) {
    let Some(body) = case.body.and_then(notice::replacement) else { return };
    let candidates: Vec<NoticeKind> = match target(case) {
        Some((_, kind)) => vec![kind],
        None => kinds::all().filter(|kind| has_part(*kind, body)).collect(),
    };
    // Where the other notice is not here, it is of the kind that the body fits best.
    let judged = candidates.into_iter().map(|kind| judged(case, kind, body));
    let Some(found) = judged.min_by_key(|found| found.problems.len()) else { return };
    findings.problems.extend(found.problems.into_iter().map(inside));
    findings.flags.extend(found.flags.into_iter().map(inside));
}

/// Each field that is replaced is one of the text that is corrected, and what comes of it keeps the rules of its kind: as far
/// as that text is at hand, and but for what was wrong before.
pub(super) fn replaced_fields(case: &Case<'_>, findings: &mut Findings) {
    let Some(correction) = case.body.and_then(|body| body.correction.as_deref()) else { return };
    let (Some((place, kind)), false) = (target(case), correction.replaced_fields.is_empty()) else { return };
    let Some(text) = case.known.text(place) else { return };
    let mut fit = true;
    for (i, change) in correction.replaced_fields.iter().enumerate() {
        let alone = Correction { replaced_fields: vec![change.clone()], ..Correction::default() };
        if corrected(kind, text, &alone).is_err() {
            let rule = Rule::of_field("correction.path");
            findings.stop(Finding::new(rule, format!("{FIELDS}[{i}]"), "correction-does-not-fit"));
            fit = false;
        }
    }
    let Ok(new) = corrected(kind, text, correction) else {
        if fit {
            findings.stop(Finding::new(Rule::of_field("correction.path"), FIELDS, "correction-does-not-fit"));
        }
        return;
    };
    let all = |body: &NoticeBody| {
        let mut found = judged(case, kind, body);
        shape::identifiers(&Case { body: Some(body), ..*case }, &mut found);
        found.problems
    };
    let before = all(text);
    for finding in all(&new).into_iter().filter(|finding| !before.contains(finding)) {
        findings.stop(Finding { path: FIELDS.to_owned(), ..finding });
    }
}

/// A correction changes something: a field of the text, or who may read it. One that confirms has nothing to change.
pub(super) fn changes(case: &Case<'_>, findings: &mut Findings) {
    let Some(correction) = case.body.and_then(|body| body.correction.as_deref()) else { return };
    let Some((place, relation)) = corrects(case) else { return };
    let (Some(earlier), Some(text)) = (case.known.find(place, relation).known(), case.known.text(place)) else {
        return;
    };
    let is_marked = |handling: &Handling| earlier.handling.contains(handling);
    let is_tighter = case.terms.tlp != earlier.tlp || !case.terms.handling.iter().all(is_marked);
    let replaces = correction.full_replacement.is_some() || !correction.replaced_fields.is_empty();
    let text = NoticeBody { padding: vec![], ..text.clone() };
    if replaces && !is_tighter && corrected(earlier.kind, &text, correction).as_ref() == Ok(&text) {
        findings.stop(Finding::new(Rule::of_field("correction.change"), "", "correction-changes-nothing"));
    }
}

/// What a body breaks as one of a kind, under the header of the correction.
fn judged(case: &Case<'_>, kind: NoticeKind, body: &NoticeBody) -> Findings {
    let terms = Terms { kind, ..case.terms.clone() };
    let replaced = Case { terms: &terms, body: Some(body), release: None, book: None, known: &NothingKnown, ..*case };
    let mut found = Findings::default();
    for rule in RULES {
        rule(&replaced, &mut found);
    }
    found
}

/// The notice that is corrected, if it is here: its relation's place, and its kind.
fn target(case: &Case<'_>) -> Option<(usize, NoticeKind)> {
    let (i, relation) = corrects(case)?;
    Some((i, case.known.find(i, relation).known()?.kind))
}

fn corrects<'a>(case: &Case<'a>) -> Option<(usize, &'a Relation)> {
    let mut relations = case.header.relations.iter().enumerate();
    relations.find(|(_, relation)| relation.kind() == RelationKind::Corrects)
}

fn has_part(kind: NoticeKind, body: &NoticeBody) -> bool {
    Kind::of(kind).and_then(|row| row.part).is_some_and(|part| part.is_in(body))
}

fn inside(finding: Finding) -> Finding {
    match finding.path.strip_prefix("body") {
        Some(rest) => Finding { path: format!("{WHOLE}{rest}"), ..finding },
        None => finding,
    }
}
