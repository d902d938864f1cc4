//! Who releases a notice, and what that officer states.

use crate::domain::kinds::Kind;
use crate::domain::policy::CONFIRM_MS;
use crate::domain::policy::Case;
use crate::domain::policy::Findings;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::name::OfficerId;
use crate::time::Timestamp;
use crate::wire::AmendmentReason;
use crate::wire::CheckPoint;
use crate::wire::NoticeBody;
use crate::wire::NoticeKind;
use crate::wire::PermittedAction;
use crate::wire::RelationKind;
use crate::wire::Role;
use crate::wire::Urgency;
use crate::wire::json::Word as _;

/// The checklist that the releasing officer ticks (DOMAIN 6.4).
pub const CHECKLIST: [CheckPoint; 5] = [
    CheckPoint::Necessity,
    CheckPoint::Accuracy,
    CheckPoint::NotPoliticalMilitaryReligiousRacial,
    CheckPoint::NoStateSecret,
    CheckPoint::SourceNotIdentifiable,
];

/// What the officers state at release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Release {
    /// Who wrote it.
    pub author: Option<OfficerId>,
    /// Who releases it.
    pub releaser: Option<OfficerId>,
    /// Whether one officer sends it alone.
    pub emergency: bool,
    /// Until when a second officer confirms an emergency release.
    pub confirm_by: Option<Timestamp>,
    /// The points ticked.
    pub checklist: Vec<CheckPoint>,
    /// Whether the releaser confirms a lawful basis to detain or to seize.
    pub lawful_basis_confirmed: bool,
}

/// Whether a text only confirms an emergency release.
#[must_use]
pub fn confirms(body: Option<&NoticeBody>) -> bool {
    let correction = body.and_then(|body| body.correction.as_ref());
    correction.is_some_and(|correction| correction.reason_code() == AmendmentReason::Confirmed)
}

/// P-03: two officers of the sending office, the second one a releasing officer; an acknowledgement needs one, and so
/// does an emergency release. Its confirmation needs one too, a releasing officer: with who sent it they are two
/// (separation of duties: GAO/GGD-98-187).
pub(super) fn p03_two_officers(case: &Case<'_>, findings: &mut Findings) {
    let Some(release) = case.release else { return };
    let mut stop = |path: &str, message| findings.stop(Finding::new(Rule::Policy(3), path, message));
    let confirms = confirms(case.body);
    let alone = confirms || Kind::of(case.terms.kind).is_some_and(|kind| !kind.two_officers);
    let (author, releaser) = match (&release.author, &release.releaser) {
        (Some(author), Some(releaser)) => (author, releaser),
        (Some(author), None) if alone || release.emergency => (author, author),
        _ => return stop("release", "p03-one-officer"),
    };
    for (officer, path) in [(author, "release.author"), (releaser, "release.releaser")] {
        if case.from.is_some_and(|from| !officer.of(from)) {
            return stop(path, "p03-other-office");
        }
    }
    let holds = |officer, role| case.book.is_none_or(|book| book.offices.holds(officer, role));
    if !holds(author, Role::Officer) && !holds(author, Role::ReleasingOfficer) {
        stop("release.author", "p03-author-without-role");
    }
    if confirms && !holds(releaser, Role::ReleasingOfficer) {
        return stop("release.releaser", "p03-releaser-without-role");
    }
    if release.emergency || alone {
        if !holds(releaser, Role::Officer) && !holds(releaser, Role::ReleasingOfficer) {
            stop("release.releaser", "p03-releaser-without-role");
        }
        return;
    }
    if author == releaser {
        stop("release.releaser", "p03-own-notice");
    } else if !holds(releaser, Role::ReleasingOfficer) {
        stop("release.releaser", "p03-releaser-without-role");
    }
}

/// Whether a kind changes what others have: one officer alone neither corrects nor withdraws what two have released.
pub(super) const fn amends(kind: NoticeKind) -> bool {
    matches!(kind, NoticeKind::Correction | NoticeKind::Withdrawal)
}

/// P-04: one officer alone only with IMMEDIATE and never to correct or withdraw, confirmed within 72 h; a request that confirms an oral one follows it
/// within 72 h (regional treaties: oral only in urgent cases, in writing within three days).
pub(super) fn p04_emergency(case: &Case<'_>, findings: &mut Findings) {
    let mut stop = |path: &str, message| findings.stop(Finding::new(Rule::Policy(4), path, message));
    if let Some(release) = case.release.filter(|release| release.emergency) {
        if case.terms.urgency != Urgency::Immediate {
            stop("release.emergency", "p04-not-immediate");
        }
        if amends(case.terms.kind) {
            stop("release.emergency", "p04-amendment");
        }
        let in_time = |by: Timestamp| by > case.released && by.since_ms(case.released) <= CONFIRM_MS;
        if !release.confirm_by.is_some_and(in_time) {
            stop("release.confirm_by", "p04-confirmed-late");
        }
    }
    let oral = case.body.and_then(|body| body.request.as_ref()?.confirms_oral.as_ref());
    if let Some(oral) = oral {
        let since_ms = case.released.since_ms(Timestamp::clamped(oral.at_ms));
        if oral.at_ms == 0 {
            stop("body.request.confirmation_of_oral.at", "p04-oral-without-time");
        } else if !(0..=CONFIRM_MS).contains(&since_ms) {
            stop("body.request.confirmation_of_oral.at", "p04-oral-late");
        }
    }
}

/// P-04: what is confirmed is an emergency release of the last 72 h, and the releasing officer who confirms it is none of
/// those who sent it (DOMAIN 6.4).
pub(super) fn p04_confirmation(case: &Case<'_>, findings: &mut Findings) {
    if confirms(case.body) {
        confirmation(case, findings);
    }
}

/// The same of what is known to confirm.
pub(super) fn confirmation(case: &Case<'_>, findings: &mut Findings) {
    // One officer confirms: as releaser, or alone.
    let stated = case.release.and_then(|release| release.releaser.clone().or_else(|| release.author.clone()));
    let header = [&case.header.releaser, &case.header.author].into_iter().find(|id| !id.is_empty());
    let confirming = stated.or_else(|| header.and_then(|id| id.parse::<OfficerId>().ok()));
    let mut stop = |path: String, message| findings.stop(Finding::new(Rule::Policy(4), path, message));
    for (i, relation) in case.header.relations.iter().enumerate() {
        let Some(earlier) = case.known.find(i, relation).known() else { continue };
        if relation.kind() != RelationKind::Corrects {
            continue;
        }
        if earlier.emergency == Some(false) {
            stop(format!("header.relates_to[{i}]"), "p04-no-emergency");
        } else if case.released.since_ms(earlier.released) > CONFIRM_MS {
            stop("header.release_at".to_owned(), "p04-confirmed-late");
        } else if confirming.as_ref().is_some_and(|officer| earlier.officers.contains(officer)) {
            stop("release.releaser".to_owned(), "p04-own-emergency");
        }
    }
}

/// All points of the checklist are ticked (DOMAIN 6.4); what has no text has none.
pub(super) fn checklist(case: &Case<'_>, findings: &mut Findings) {
    let Some(release) = case.release else { return };
    if case.terms.kind == NoticeKind::Acknowledgement || confirms(case.body) {
        return;
    }
    let left: Vec<_> = CHECKLIST.into_iter().filter(|point| !release.checklist.contains(point)).collect();
    if !left.is_empty() {
        let words: Vec<_> = left.into_iter().map(CheckPoint::word).collect();
        let finding = Finding::new(Rule::LifeCycle("release.checklist"), "release.checklist", "checklist-incomplete");
        findings.stop(finding.with("points", words.join(", ")));
    }
}

impl PermittedAction {
    /// Whether it asks to detain or to seize.
    #[must_use]
    pub const fn asks_force(self) -> bool {
        matches!(self, Self::DetainIfLawful | Self::SeizeIfLawful)
    }
}

/// P-17: asking to detain or to seize needs the releaser's word that there is a lawful basis; it stays advice, never an
/// instruction to another state (1988 Convention; sovereignty).
pub(super) fn p17_lawful_basis(case: &Case<'_>, findings: &mut Findings) {
    if case.terms.permitted_action.asks_force() && case.release.is_some_and(|release| !release.lawful_basis_confirmed) {
        findings.stop(Finding::new(Rule::Policy(17), "release.lawful_basis_confirmed", "p17-lawful-basis"));
    }
}
