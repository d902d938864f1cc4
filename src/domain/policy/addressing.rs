//! To whom a notice may go.

use crate::domain::kinds::passes_suspension;
use crate::domain::policy::Book;
use crate::domain::policy::Case;
use crate::domain::policy::Findings;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::name::OfficeCode;
use crate::wire::json::Word as _;

/// P-15: everybody named is known and takes part, in no country that is disabled here; the agreement named is one of ours
/// and covers the sender, every addressee, every copy, and the purpose (DOMAIN 6.7, rulings 9 and 14; SCO customs agreement
/// 2007, Art. 11). What corrects, withdraws or acknowledges reaches whoever has the notice, also in a country that was disabled
/// since (P-11).
pub(super) fn p15_agreement(case: &Case<'_>, findings: &mut Findings) {
    let Some(Book { offices, agreements, .. }) = case.book else { return };
    if case.from.is_some_and(|from| !offices.knows(from)) {
        findings.stop(Finding::new(Rule::of_field("office_code"), "header.from.office_code", "unknown-sender"));
        return;
    }
    let (own, mut all_known) = (case.from.map(OfficeCode::country), true);
    for (list, addressees) in [("to", &case.terms.to), ("cc", &case.terms.cc)] {
        for (i, office) in addressees.iter().enumerate() {
            let message = if agreements.disables(own, *office) && !has_it(case, *office) {
                "p15-disabled-country"
            } else if !offices.knows(*office) {
                "p15-unknown-office"
            } else {
                continue;
            };
            all_known = false;
            let finding = Finding::new(Rule::Policy(15), format!("header.{list}[{i}].office_code"), message);
            findings.stop(finding.with("office", office).with("country", office.country()));
        }
    }
    let reference = &case.terms.legal_reference;
    let Some(agreement) = agreements.get(reference) else {
        let rule = Rule::of_field("header.legal_basis.ref");
        findings.stop(Finding::new(rule, "header.legal_basis.ref", "unknown-agreement").with("reference", reference));
        return;
    };
    if agreement.kind != case.terms.legal_basis {
        let rule = Rule::of_field("header.legal_basis.ref");
        let finding = Finding::new(rule, "header.legal_basis.kind", "agreement-of-other-kind");
        findings.stop(finding.with("reference", reference).with("kind", agreement.kind.word()));
    }
    let countries = case.terms.to.iter().chain(&case.terms.cc).map(|office| office.country());
    if !all_known {
        // What is wrong with those has been said.
    } else if case.from.is_some_and(|from| !agreement.covers(from.country(), countries)) {
        let finding = Finding::new(Rule::Policy(15), "header.legal_basis.ref", "p15-other-countries");
        findings.stop(finding.with("reference", reference));
    } else if !agreement.purposes.contains(&case.terms.purpose) {
        let finding = Finding::new(Rule::Policy(15), "header.purpose", "p15-other-purpose");
        findings.stop(finding.with("reference", reference).with("purpose", case.terms.purpose.word()));
    }
}

/// Whether a notice corrects, withdraws or acknowledges one that an office has already.
fn has_it(case: &Case<'_>, office: OfficeCode) -> bool {
    let targets = case.header.relations.iter().enumerate();
    let mut known = targets.filter_map(|(i, relation)| case.known.find(i, relation).known());
    passes_suspension(case.terms.kind) && known.any(|one| one.from == office || one.to.contains(&office))
}
