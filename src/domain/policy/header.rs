//! How the fields of a header fit each other.

use crate::domain::policy::Case;
use crate::domain::policy::Findings;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::time::Timestamp;
use crate::wire::Handling;
use crate::wire::Purpose;

/// Created before released before expired; the review in between (DOMAIN 6.7, ruling 6).
pub(super) fn times(case: &Case<'_>, findings: &mut Findings) {
    let mut stop = |path: &str, message: &'static str| {
        findings.stop(Finding::new(Rule::of_field(path), path, message));
    };
    if case.created > case.released {
        stop("header.release_at", "released-before-created");
    }
    if case.terms.expires <= case.released {
        stop("header.expires_at", "expires-before-release");
        return;
    }
    let valid_from = Timestamp::clamped(case.header.valid_from_ms);
    if valid_from != Timestamp::ZERO && valid_from >= case.terms.expires {
        stop("header.valid_from", "valid-after-expiry");
    }
    match case.terms.review {
        Some(review) if review <= case.released => stop("header.review_at", "review-before-release"),
        None if case.terms.personal_data => stop("header.review_at", "review-missing"),
        _ => {}
    }
}

/// Whoever describes a person says so (DOMAIN 6.7, ruling 5). Plates and numbers of natural persons are for the author
/// to judge: software cannot tell them from a company's.
pub(super) fn personal_data(case: &Case<'_>, findings: &mut Findings) {
    if !case.terms.personal_data && case.body.is_some_and(|body| !body.persons.is_empty()) {
        let path = "header.contains_personal_data";
        findings.stop(Finding::new(Rule::of_field(path), path, "personal-data-denied"));
    }
}

/// What H3 restricts and what purpose OTHER is must be said in words (DOMAIN 6.7, ruling 10).
pub(super) fn notes(case: &Case<'_>, findings: &mut Findings) {
    let Some(body) = case.body else { return };
    let h3 = case.terms.handling.iter().position(|code| *code == Handling::H3);
    if let (Some(i), true) = (h3, body.handling_note.trim().is_empty()) {
        let path = format!("header.handling[{i}].text");
        findings.stop(Finding::new(Rule::of_field("header.handling.text"), path, "h3-without-words"));
    }
    if case.terms.purpose == Purpose::Other && body.purpose_note.trim().is_empty() {
        let path = "header.purpose.text";
        findings.stop(Finding::new(Rule::of_field(path), path, "purpose-without-words"));
    }
}
