//! How long a notice may be kept.

use crate::domain::kinds::Cap;
use crate::domain::kinds::Kind;
use crate::domain::policy::Case;
use crate::domain::policy::DAY_MS;
use crate::domain::policy::Findings;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::wire::NoticeKind;

/// A person alert is reviewed within this time, days.
const REVIEW_DAYS: i64 = 30;

/// P-10: a notice ends within the cap of its kind (INTERPOL's five years;
/// Directive (EU) 2016/680, Art. 5).
pub(super) fn p10_caps(case: &Case<'_>, findings: &mut Findings) {
    let Some(Cap::Days(days)) = Kind::of(case.terms.kind).map(|kind| kind.cap) else { return };
    let kept_ms = case.terms.expires.since_ms(case.released);
    if kept_ms > i64::from(days) * DAY_MS {
        findings.stop(Finding::new(Rule::Policy(10), "header.expires_at", "p10-too-long").with("days", days));
    }
}

/// P-10: a person alert is reviewed within 30 days.
pub(super) fn p10_review(case: &Case<'_>, findings: &mut Findings) {
    let review_ms = case.terms.review.map_or(0, |review| review.since_ms(case.released));
    if case.terms.kind == NoticeKind::PersonAlert && review_ms > REVIEW_DAYS * DAY_MS {
        findings.stop(Finding::new(Rule::Policy(10), "header.review_at", "p10-review-late").with("days", REVIEW_DAYS));
    }
}

/// P-10: a modus operandi is non-nominal: it names no person and no vehicle by its numbers.
pub(super) fn p10_non_nominal(case: &Case<'_>, findings: &mut Findings) {
    let (NoticeKind::ModusOperandi, Some(body)) = (case.terms.kind, case.body) else { return };
    let numbered = body
        .vehicles
        .iter()
        .any(|vehicle| [&vehicle.plate, &vehicle.vin, &vehicle.trailer_plate].iter().any(|number| !number.is_empty()));
    let owned = body
        .transport_units
        .iter()
        .any(|unit| [&unit.consignor, &unit.consignee, &unit.carrier].iter().any(|name| !name.is_empty()));
    let named = [
        (!body.persons.is_empty(), "body.persons"),
        (numbered, "body.vehicles"),
        (owned, "body.transport_units"),
        (case.terms.personal_data, "header.contains_personal_data"),
    ];
    for (_, path) in named.into_iter().filter(|(there, _)| *there) {
        findings.stop(Finding::new(Rule::Policy(10), path, "p10-nominal"));
    }
}
