//! Policy: what may be released, by whom, to whom, and for how long (DOMAIN 6.6, rulings 6.7).
//!
//! Each rule is one function with its number; it says everything that breaks it. Not the shape of a notice: that is checked
//! before, by [`crate::domain::notice`].
//!
//! - What a rule needs to know besides the notice is handed in: offices, agreements, earlier notices, times.

mod addressing;
mod agreements;
mod content;
mod forward;
mod header;
mod marking;
mod received;
mod relations;
mod release;
mod replacement;
mod retention;
mod shape;
mod subjects;

use crate::domain::notice::Terms;
use crate::domain::rule::Finding;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::time::Timestamp;
use crate::wire::NoticeBody;
use crate::wire::NoticeHeader;
use crate::wire::Role;

pub use agreements::Agreement;
pub use agreements::AgreementError;
pub use agreements::Agreements;
pub use forward::Bounds;
pub use forward::Consented;
pub use forward::Passable;
pub use forward::broken;
pub use received::NothingKnown;
pub use received::judge_received;
pub use received::judge_related;
pub use relations::Earlier;
pub use relations::Known;
pub use relations::Target;
pub use release::CHECKLIST;
pub use release::Release;
pub use release::confirms;
pub use retention::Periods;
pub use retention::cap_days;
pub use retention::kept_days;
pub use retention::review_days;

/// An hour, milliseconds.
const HOUR_MS: i64 = 60 * 60 * 1000;
/// Time for the confirmation of an emergency release or of an oral request (P-04).
pub const CONFIRM_MS: i64 = 72 * HOUR_MS;

/// Who is who.
pub trait Offices {
    /// Whether an office is known here and takes part.
    fn knows(&self, office: OfficeCode) -> bool;
    /// Whether an officer of this office holds a role.
    fn holds(&self, officer: &OfficerId, role: Role) -> bool;
}

/// The world around a notice.
#[derive(Clone, Copy)]
pub struct Book<'a> {
    /// Who is who.
    pub offices: &'a dyn Offices,
    /// What has been agreed.
    pub agreements: &'a Agreements,
    /// For how long the office keeps texts itself.
    pub periods: &'a Periods,
}

/// A notice that is to be released, and what the rules look at besides.
pub struct Case<'a> {
    /// Its header, as drafted.
    pub header: &'a NoticeHeader,
    /// The same, its form checked.
    pub terms: &'a Terms,
    /// Its sender; `None` if it does not say so yet, and is not judged by it.
    pub from: Option<OfficeCode>,
    /// Its text, if the kind has one.
    pub body: Option<&'a NoticeBody>,
    /// When the draft was closed.
    pub created: Timestamp,
    /// When it is released.
    pub released: Timestamp,
    /// What the two officers state; `None` where nobody was asked yet.
    pub release: Option<&'a Release>,
    /// Who is who, and what has been agreed; `None` where that is not known, and not judged.
    pub book: Option<Book<'a>>,
    /// Earlier notices.
    pub known: &'a dyn Known,
}

/// What the rules have found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// What stops the release.
    pub problems: Vec<Finding>,
    /// What the officers should see.
    pub flags: Vec<Finding>,
}

type Check = fn(&Case<'_>, &mut Findings);

/// All rules that a draft can show to be broken.
const RULES: [Check; 34] = [
    shape::body,
    shape::target,
    shape::identifiers,
    header::times,
    header::personal_data,
    header::notes,
    marking::p02_no_state_secret,
    release::p03_two_officers,
    release::p04_emergency,
    release::p04_confirmation,
    release::checklist,
    marking::p05_consent_ends,
    forward::passes_on_one,
    forward::p05_consent,
    forward::within_bounds,
    forward::asks_no_more,
    marking::p07_never_looser,
    marking::p08_no_tlp_red,
    subjects::p09_category,
    retention::p10_caps,
    retention::p10_period,
    retention::p10_review,
    retention::p10_non_nominal,
    addressing::p15_agreement,
    relations::known_targets,
    relations::p16_exercise,
    relations::amendments,
    relations::between_offices,
    release::p17_lawful_basis,
    content::fields,
    content::reserved_reasons,
    replacement::rules_of_kind,
    replacement::replaced_fields,
    replacement::changes,
];

/// Applies all rules.
#[must_use]
pub fn judge(case: &Case<'_>) -> Findings {
    let mut findings = Findings::default();
    for rule in RULES {
        rule(case, &mut findings);
    }
    findings
}

impl Findings {
    fn stop(&mut self, finding: Finding) {
        self.problems.push(finding);
    }

    fn warn(&mut self, finding: Finding) {
        self.flags.push(finding);
    }
}
