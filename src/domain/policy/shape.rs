//! What a kind must have, and what stands in its identifiers.

use crate::domain::fields;
use crate::domain::kinds;
use crate::domain::kinds::Missing;
use crate::domain::policy::Case;
use crate::domain::policy::Findings;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::wire::NoticeKind;
use crate::wire::Relation;
use crate::wire::RelationKind;
use crate::wire::json::Word as _;

/// Everything that the kind must have in its body is there (DOMAIN 2.2), and every code is stated (P-01).
pub(super) fn body(case: &Case<'_>, findings: &mut Findings) {
    let kind = case.terms.kind;
    for missing in kinds::missing_in_body(kind, case.body) {
        findings.stop(lacking(kind, &missing, "kind-field-missing"));
    }
    for path in case.body.map(kinds::unstated).unwrap_or_default() {
        findings.stop(Finding::new(Rule::Policy(1), path, "p01-not-stated"));
    }
}

/// It is about a notice that it can be about.
pub(super) fn target(case: &Case<'_>, findings: &mut Findings) {
    let kind = case.terms.kind;
    for missing in kinds::missing_relations(kind, case.header, case.body) {
        findings.stop(lacking(kind, &missing, "kind-field-missing"));
    }
    let relations = &case.header.relations;
    let kind_of = |relation: &Relation| {
        let place = relations.iter().position(|one| one == relation)?;
        let earlier = case.known.find(place, relation).known()?;
        Some(if relation.kind() == RelationKind::Forwards { earlier.kind } else { earlier.answered_as })
    };
    if let Some(wrong) = kinds::wrong_targets(kind, case.header, kind_of) {
        findings.stop(lacking(kind, &wrong, "kind-target-wrong"));
    }
}

fn lacking(kind: NoticeKind, missing: &Missing, message: &'static str) -> Finding {
    let rule = Rule::Kind(format!("{}.{}", kind.word(), missing.field).into());
    Finding::new(rule, &missing.path, message).with("kind", kind.word())
}

/// Identifiers have the form of their sort; check digits that do not fit are shown and kept (P-20).
pub(super) fn identifiers(case: &Case<'_>, findings: &mut Findings) {
    let Some(body) = case.body else { return };
    let looked = fields::look_at(body);
    for refused in looked.refused {
        let rule = Rule::Field(refused.rule.name().into());
        findings.stop(Finding::new(rule, refused.path, refused.rule.message()));
    }
    for flagged in looked.flagged {
        let rule = Rule::Field(flagged.flag.name().into());
        findings.warn(Finding::new(rule, flagged.path, flagged.flag.message()));
    }
}
