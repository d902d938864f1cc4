//! Markings: who may see a notice and what may be done with it.

use crate::domain::policy::Case;
use crate::domain::policy::Findings;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::time::Timestamp;
use crate::wire::Classification;
use crate::wire::ConsentOutcome;
use crate::wire::ConsentScope;
use crate::wire::Handling;
use crate::wire::Marking;
use crate::wire::NoticeBody;
use crate::wire::RelationKind;
use crate::wire::Tlp;

/// P-02: state secrets are refused by the software: the regional agreements do not let them be exchanged (CIS agreement,
/// Art. 3; CARICC's own agreement on classified information was pending).
pub(super) fn p02_no_state_secret(case: &Case<'_>, findings: &mut Findings) {
    if matches!(case.terms.classification, Some(Classification::Secret | Classification::TopSecret)) {
        findings.stop(Finding::new(Rule::Policy(2), "header.classification", "p02-state-secret"));
    }
}

/// P-05: a consent has a scope and an end; without an end nobody could tell when it stops to count (CIS agreement, Art. 3:
/// written permission; H2).
pub(super) fn p05_consent_ends(case: &Case<'_>, findings: &mut Findings) {
    let Some(decision) = case.body.and_then(|body| body.consent_decision.as_ref()) else { return };
    if decision.scope() == ConsentScope::Unspecified {
        findings.stop(Finding::new(Rule::Policy(5), "body.consent_decision.scope", "p05-consent-without-scope"));
    }
    let path = "body.consent_decision.expires_at";
    if decision.outcome() == ConsentOutcome::Refused {
        return;
    }
    if decision.expires_ms == 0 {
        findings.stop(Finding::new(Rule::Policy(5), path, "p05-consent-without-end"));
    } else if Timestamp::clamped(decision.expires_ms) <= case.released {
        findings.stop(Finding::new(Rule::Policy(5), path, "p05-consent-over"));
    }
}

/// P-07: markings may be tightened, never loosened: a finer marking against that of the whole (DOMAIN 6.7, ruling 3), a
/// correction against what it corrects (ruling 8). The third-party rule.
pub(super) fn p07_never_looser(case: &Case<'_>, findings: &mut Findings) {
    let Some(body) = case.body else { return };
    for (path, marking) in markings(body) {
        let looser = Tlp::try_from(marking.tlp).is_ok_and(|tlp| tlp != Tlp::Unspecified && looser(tlp, case.terms.tlp));
        if looser {
            findings.stop(Finding::new(Rule::Policy(7), format!("{path}.tlp"), "p07-looser"));
        }
    }
    for (i, relation) in case.header.relations.iter().enumerate() {
        if relation.kind() != RelationKind::Corrects {
            continue;
        }
        let Some(target) = case.known.find(i, relation).known() else { continue };
        if looser(case.terms.tlp, target.tlp) {
            findings.stop(Finding::new(Rule::Policy(7), "header.tlp", "p07-looser-than-corrected"));
        }
        if !keeps(&case.terms.handling, &target.handling) {
            findings.stop(Finding::new(Rule::Policy(7), "header.handling", "p07-looser-than-corrected"));
        }
    }
}

/// The finer markings of a body.
fn markings(body: &NoticeBody) -> impl Iterator<Item = (String, &Marking)> {
    let whole = body.marking.iter().map(|marking| ("body.marking".to_owned(), marking));
    let answers = body.reply.iter().flat_map(|reply| reply.answers.iter().enumerate());
    let answers =
        answers.filter_map(|(i, answer)| Some((format!("body.reply.answers[{i}].marking"), answer.marking.as_ref()?)));
    whole.chain(answers)
}

/// Whether a marking lets more people see a text than another: the wider the audience, the larger the number.
pub(super) fn looser(tlp: Tlp, than: Tlp) -> bool {
    i32::from(tlp) > i32::from(than)
}

/// Whether conditions of use hold all of others; H0 is what every notice has.
pub(super) fn keeps(handling: &[Handling], others: &[Handling]) -> bool {
    others.iter().all(|code| *code == Handling::H0 || handling.contains(code))
}

/// P-08: TLP:RED is for named persons, but an office holds the key, so version 1 cannot keep it and refuses it (TLP 2.0;
/// DOMAIN 6.7, ruling 13).
pub(super) fn p08_no_tlp_red(case: &Case<'_>, findings: &mut Findings) {
    if case.terms.tlp == Tlp::Red {
        findings.stop(Finding::new(Rule::Policy(8), "header.tlp", "p08-tlp-red"));
    }
}
