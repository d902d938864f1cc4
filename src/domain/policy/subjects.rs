//! The people that a notice names.

use crate::domain::policy::Case;
use crate::domain::policy::Findings;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::wire::NoticeKind;
use crate::wire::SubjectCategory;

/// P-09: why each person is in the notice is stated; victims and witnesses are not looked for as persons of an alert
/// (Directive (EU) 2016/680, Art. 6: categories of data subjects).
pub(super) fn p09_category(case: &Case<'_>, findings: &mut Findings) {
    let persons = case.body.iter().flat_map(|body| body.persons.iter().enumerate());
    for (i, person) in persons {
        let message = match person.category() {
            SubjectCategory::Unspecified => "p09-no-category",
            SubjectCategory::Victim | SubjectCategory::Witness if case.terms.kind == NoticeKind::PersonAlert => {
                "p09-alert-on-victim"
            }
            _ => continue,
        };
        findings.stop(Finding::new(Rule::Policy(9), format!("body.persons[{i}].category"), message));
    }
}
