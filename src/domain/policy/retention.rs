//! How long a notice may be kept.

use std::collections::BTreeMap;

use crate::domain::kinds::Cap;
use crate::domain::kinds::Kind;
use crate::domain::kinds::passes_suspension;
use crate::domain::policy::Agreement;
use crate::domain::policy::Agreements;
use crate::domain::policy::Case;
use crate::domain::policy::Findings;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::limits;
use crate::time::DAY_MS;
use crate::wire::NoticeKind;

/// For how many days an office keeps texts of its own will, by kind; a kind that is not here, as long as its notices say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Periods(BTreeMap<NoticeKind, u32>);

impl Periods {
    /// The same with a period for a kind.
    #[must_use]
    pub fn with(mut self, kind: NoticeKind, days: u32) -> Self {
        self.0.insert(kind, days);
        self
    }

    /// The period of a kind, in days of 24 hours from release.
    #[must_use]
    pub fn get(&self, kind: NoticeKind) -> Option<u32> {
        self.0.get(&kind).copied()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (NoticeKind, u32)> {
        self.0.iter().map(|(kind, days)| (*kind, *days))
    }
}

/// Most days that an office may keep a text of a kind; `None` for a kind that has no text. A forward may be kept for less:
/// it ends with what it passes on.
#[must_use]
pub fn cap_days(kind: NoticeKind) -> Option<u32> {
    Kind::of(kind)?.part?;
    Some(of_kind(kind).unwrap_or(limits::KEPT_DAYS))
}

/// Most days from one review of a text to the next one.
#[must_use]
pub const fn review_days(kind: NoticeKind) -> i64 {
    if matches!(kind, NoticeKind::PersonAlert) { limits::PERSON_ALERT_REVIEW_DAYS } else { limits::REVIEW_DAYS }
}

/// Most days of 24 hours that a notice of this kind may be kept under this agreement: the smaller one of their caps.
#[must_use]
pub fn kept_days(kind: NoticeKind, agreement: Option<&Agreement>) -> Option<u32> {
    let agreed = agreement.and_then(|agreement| agreement.retention_days);
    of_kind(kind).into_iter().chain(agreed).min()
}

fn of_kind(kind: NoticeKind) -> Option<u32> {
    match Kind::of(kind)?.cap {
        Cap::Days(days) => Some(days),
        Cap::AsForwarded => None,
    }
}

/// P-10: a notice ends within the cap of its kind (INTERPOL's five years; Directive (EU) 2016/680, Art. 5), and within
/// that of its agreement, which may be less.
pub(super) fn p10_caps(case: &Case<'_>, findings: &mut Findings) {
    within(case, case.book.map(|book| book.agreements), findings);
}

/// P-10, by the cap of the kind alone: an agreement between others is nobody else's to know.
pub(super) fn p10_kind(case: &Case<'_>, findings: &mut Findings) {
    within(case, None, findings);
}

/// P-10 for an addressee, by what it has agreed itself: it may keep nothing longer, whatever its peer has written down. Not
/// what corrects, withdraws or acknowledges: that must reach whoever has the notice (P-11), and no agreement with other
/// days there may keep it away.
pub(super) fn p10_received(case: &Case<'_>, agreements: &Agreements, findings: &mut Findings) {
    within(case, (!passes_suspension(case.terms.kind)).then_some(agreements), findings);
}

fn within(case: &Case<'_>, agreements: Option<&Agreements>, findings: &mut Findings) {
    let (kind, reference) = (case.terms.kind, &case.terms.legal_reference);
    let agreement = agreements.and_then(|agreements| agreements.get(reference));
    let Some(days) = kept_days(kind, agreement) else { return };
    let kept_ms = case.terms.expires.since_ms(case.released);
    if kept_ms > i64::from(days) * DAY_MS {
        let message = if of_kind(kind) == Some(days) { "p10-too-long" } else { "p10-longer-than-agreed" };
        let finding = Finding::new(Rule::Policy(10), "header.expires_at", message);
        findings.stop(finding.with("days", days).with("reference", reference));
    }
}

/// P-10: no notice of an office outlives the period for which that keeps texts of its kind.
pub(super) fn p10_period(case: &Case<'_>, findings: &mut Findings) {
    let (kind, path) = (case.terms.kind, "header.expires_at");
    // The cap has a finding of its own.
    let shorter = |days: &u32| of_kind(kind).is_none_or(|cap| *days < cap);
    let Some(days) = case.book.and_then(|book| book.periods.get(kind)).filter(shorter) else { return };
    if case.terms.expires.since_ms(case.released) > i64::from(days) * DAY_MS {
        findings.stop(Finding::new(Rule::Policy(10), path, "p10-longer-than-kept").with("days", days));
    }
}

/// P-10: a person alert is reviewed within 30 days.
pub(super) fn p10_review(case: &Case<'_>, findings: &mut Findings) {
    let review_ms = case.terms.review.map_or(0, |review| review.since_ms(case.released));
    if case.terms.kind == NoticeKind::PersonAlert && review_ms > limits::PERSON_ALERT_REVIEW_DAYS * DAY_MS {
        let finding = Finding::new(Rule::Policy(10), "header.review_at", "p10-review-late");
        findings.stop(finding.with("days", limits::PERSON_ALERT_REVIEW_DAYS));
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
