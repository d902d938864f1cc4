//! What the node of an addressee judges once more, whatever the sender's node let through.
//!
//! Only rules that header and body show to be broken, by the times that they state: two nodes that judge at different
//! moments say the same. Not whether officers hold their roles: only the sender knows.

use crate::domain::kinds::Kind;
use crate::domain::notice::NODE_AUTHOR;
use crate::domain::policy::Agreements;
use crate::domain::policy::Case;
use crate::domain::policy::Check;
use crate::domain::policy::Findings;
use crate::domain::policy::Known;
use crate::domain::policy::Target;
use crate::domain::policy::agreements;
use crate::domain::policy::content;
use crate::domain::policy::forward;
use crate::domain::policy::marking;
use crate::domain::policy::relations;
use crate::domain::policy::release;
use crate::domain::policy::release::confirms;
use crate::domain::policy::replacement;
use crate::domain::policy::retention;
use crate::domain::policy::shape;
use crate::domain::policy::subjects;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::name::OfficeCode;
use crate::wire;
use crate::wire::AmendmentReason;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;
use crate::wire::Urgency;

/// No earlier notice is at hand.
pub struct NothingKnown;

impl Known for NothingKnown {
    fn find(&self, _place: usize, _relation: &wire::Relation) -> Target<'_> {
        Target::Unknown
    }
}

/// The rules, in the order in which the first that is broken is answered.
const RULES: [Check; 14] = [
    whole,
    marking::p02_no_state_secret,
    p03_two_officers,
    p04_emergency,
    release::p04_emergency,
    marking::p05_consent_ends,
    forward::received,
    marking::p07_never_looser,
    marking::p08_no_tlp_red,
    subjects::p09_category,
    retention::p10_review,
    retention::p10_non_nominal,
    content::reserved_reasons,
    replacement::rules_of_kind,
];

/// Applies the rules of an addressee to what has come to it.
#[must_use]
pub fn judge_received(case: &Case<'_>, me: OfficeCode, agreements: &Agreements) -> Findings {
    let mut findings = Findings::default();
    for rule in RULES {
        rule(case, &mut findings);
    }
    retention::p10_received(case, agreements, &mut findings);
    agreements::p15_received(case, me, agreements, &mut findings);
    forward::p15_received(case, me, agreements, &mut findings);
    findings
}

/// The rules of a notice and earlier ones, for what has come: an earlier one that is not here breaks none.
const RELATED: [Check; 2] = [relations::p16_exercise, relations::between_offices];

/// Applies them to what has come, beside what is here. Texts are not at hand; `confirms` says that this one confirms an
/// emergency release.
#[must_use]
pub fn judge_related(case: &Case<'_>, confirms: bool) -> Findings {
    let mut findings = Findings::default();
    for rule in RELATED {
        rule(case, &mut findings);
    }
    if confirms {
        p04_of_originator(case, &mut findings);
        release::confirmation(case, &mut findings);
    }
    findings
}

/// P-04: an office confirms what it has sent itself, and nobody else's.
fn p04_of_originator(case: &Case<'_>, findings: &mut Findings) {
    for (i, relation) in case.header.relations.iter().enumerate() {
        let earlier = case.known.find(i, relation).known().filter(|_| relation.kind() == RelationKind::Corrects);
        if earlier.is_some_and(|earlier| case.from != Some(earlier.from)) {
            findings.stop(Finding::new(Rule::Policy(4), "header.from", "originator-only"));
        }
    }
}

/// Everything that the kind must have is there. The text of a notice that has expired on the way is not opened: then
/// only a body that was never there is missing.
fn whole(case: &Case<'_>, findings: &mut Findings) {
    let has_part = Kind::of(case.terms.kind).is_some_and(|kind| kind.part.is_some());
    let unopened = case.body.is_none() && !case.header.body_key_commitment.is_empty();
    if !(has_part && unopened) {
        shape::body(case, findings);
        shape::target(case, findings);
    }
}

/// P-03: two officers, and nobody releases what he wrote himself. One is enough for the kinds that need no second one, in
/// an emergency and for its confirmation; none, for what a node withdraws itself. A text that is not opened may be such a
/// confirmation.
pub(super) fn p03_two_officers(case: &Case<'_>, findings: &mut Findings) {
    let header = case.header;
    let stop = |message| Finding::new(Rule::Policy(3), "header.releaser", message);
    if !header.releaser.is_empty() {
        if header.releaser == header.author {
            findings.stop(stop("p03-own-notice"));
        }
        return;
    }
    let may_confirm = case.terms.kind == NoticeKind::Correction && (case.body.is_none() || confirms(case.body));
    let alone = may_confirm || Kind::of(case.terms.kind).is_some_and(|kind| !kind.two_officers);
    // A node withdraws what nobody has confirmed, and nothing else.
    let withdrawn = case.body.and_then(|body| body.withdrawal.as_ref());
    let unconfirmed = withdrawn.is_none_or(|withdrawal| withdrawal.reason_code() == AmendmentReason::Unconfirmed);
    if !(alone || header.emergency || (header.author == NODE_AUTHOR && unconfirmed)) {
        findings.stop(stop("p03-one-officer"));
    }
}

/// P-04: one officer alone only with IMMEDIATE, and never to correct or to withdraw.
pub(super) fn p04_emergency(case: &Case<'_>, findings: &mut Findings) {
    if case.header.emergency && case.terms.urgency != Urgency::Immediate {
        findings.stop(Finding::new(Rule::Policy(4), "header.emergency", "p04-not-immediate"));
    } else if case.header.emergency && release::amends(case.terms.kind) {
        findings.stop(Finding::new(Rule::Policy(4), "header.emergency", "p04-amendment"));
    }
}
