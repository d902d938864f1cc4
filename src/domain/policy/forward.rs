//! What may be passed on to a third office, and how (P-05; the third-party rule).

use crate::domain::forward;
use crate::domain::forward::PassedOn;
use crate::domain::kinds::Kind;
use crate::domain::notice;
use crate::domain::policy::Agreements;
use crate::domain::policy::Case;
use crate::domain::policy::Check;
use crate::domain::policy::Earlier;
use crate::domain::policy::Findings;
use crate::domain::policy::NothingKnown;
use crate::domain::policy::marking;
use crate::domain::policy::received;
use crate::domain::policy::retention;
use crate::domain::policy::shape;
use crate::domain::policy::subjects;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::Handling;
use crate::wire::NoticeKind;
use crate::wire::PermittedAction;
use crate::wire::Purpose;
use crate::wire::RelationKind;
use crate::wire::Tlp;
use crate::wire::Traffic;

/// The rules of an original.
const INSIDE: [Check; 10] = [
    shape::body,
    marking::p02_no_state_secret,
    received::p03_two_officers,
    received::p04_emergency,
    marking::p07_never_looser,
    marking::p08_no_tlp_red,
    subjects::p09_category,
    retention::p10_kind,
    retention::p10_review,
    retention::p10_non_nominal,
];

/// What decides whether a notice of another office may be passed on; only the office that has it can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passable {
    /// Whether its text is here and counts.
    pub is_here: bool,
    /// How it is marked, and how long it may be kept.
    pub bounds: Bounds,
    /// What it serves.
    pub purpose: Purpose,
    /// What it asks for.
    pub permitted_action: PermittedAction,
    /// The consents of its originator that count now.
    pub consents: Vec<Consented>,
    /// Whether its originator's signature counts now.
    pub is_signed: bool,
    /// Rules of its own kind that it breaks as it now reads.
    pub broken: Vec<Finding>,
}

/// An originator's consent to pass a notice on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consented {
    /// Digest of the `CONSENT_DECISION`.
    pub decision: Digest,
    /// To which offices.
    pub to: Vec<OfficeCode>,
    /// Until when.
    pub until: Timestamp,
    /// Whether it is granted in part only; its conditions say to what.
    pub in_part: bool,
}

/// What a forward keeps of what it passes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Its audience.
    pub tlp: Tlp,
    /// Its conditions of use.
    pub handling: Vec<Handling>,
    /// Its end.
    pub expires: Timestamp,
    /// Whether it holds personal data.
    pub personal_data: bool,
}

impl Passable {
    /// The consent that lets it go to all these offices; of several, the one that lasts longest.
    #[must_use]
    pub fn consent(&self, to: &[OfficeCode]) -> Option<&Consented> {
        let covers = |consent: &&Consented| to.iter().all(|office| consent.to.contains(office));
        self.consents.iter().filter(covers).max_by_key(|consent| consent.until)
    }
}

/// The notice that a forward passes on: its relation's place, and itself, if it is known.
fn target<'a>(case: &'a Case<'_>) -> impl Iterator<Item = (usize, &'a Earlier)> {
    let is_forward = case.terms.kind == NoticeKind::Forward;
    let relations = case.header.relations.iter().enumerate().filter(move |_| is_forward);
    let forwards = relations.filter(|(_, relation)| relation.kind() == RelationKind::Forwards);
    forwards.filter_map(|(i, relation)| Some((i, case.known.find(i, relation).known()?)))
}

fn of_kind(field: &'static str) -> Rule {
    Rule::Kind(format!("FORWARD.{field}").into())
}

/// A forward passes on one notice of another office, which is here whole; the node adds it.
pub(super) fn passes_on_one(case: &Case<'_>, findings: &mut Findings) {
    not_in_a_correction(case, findings);
    let Some(part) = case.body.and_then(|body| body.forward.as_ref()) else { return };
    if *part != wire::Forward::default() {
        findings.stop(Finding::new(of_kind("forward"), "body.forward", "forward-filled"));
    }
    let forwards = |relation: &&wire::Relation| relation.kind() == RelationKind::Forwards;
    if case.header.relations.iter().filter(forwards).count() > 1 {
        findings.stop(Finding::new(of_kind("relates_to"), "header.relates_to", "forward-of-several"));
    }
    for (i, earlier) in target(case) {
        let path = format!("header.relates_to[{i}]");
        if Some(earlier.from) == case.from {
            findings.stop(Finding::new(of_kind("from"), path, "forward-of-own"));
        } else if let Some(passable) = &earlier.passable {
            if !passable.is_here {
                findings.stop(Finding::new(of_kind("relates_to"), path, "forward-of-nothing"));
            } else if !passable.is_signed {
                findings.stop(Finding::new(of_kind("relates_to"), path, "forward-unsigned"));
            }
            findings.problems.extend(passable.broken.iter().cloned());
        }
    }
}

/// A correction never changes what is passed on, so it holds nothing that is.
fn not_in_a_correction(case: &Case<'_>, findings: &mut Findings) {
    let part = case.body.and_then(notice::replacement).and_then(|body| body.forward.as_ref());
    if part.is_some_and(|part| *part != wire::Forward::default()) {
        let path = "body.correction.full_replacement.forward";
        findings.stop(Finding::new(of_kind("forward"), path, "forward-filled"));
    }
}

/// A forward asks for no more than what it passes on, and serves the same purpose; where it does not, its officers see it
/// (Directive (EU) 2016/680, Art. 4: purpose limitation).
pub(super) fn asks_no_more(case: &Case<'_>, findings: &mut Findings) {
    for (_, earlier) in target(case) {
        let Some(passable) = &earlier.passable else { continue };
        if case.terms.purpose != passable.purpose {
            findings.warn(Finding::new(of_kind("purpose"), "header.purpose", "forward-other-purpose"));
        }
        if i32::from(case.terms.permitted_action) > i32::from(passable.permitted_action) {
            findings.warn(Finding::new(of_kind("permitted_action"), "header.permitted_action", "forward-asks-more"));
        }
    }
}

/// P-05: nothing is passed on without a consent of its originator that names the offices and has not ended (CIS agreement,
/// Art. 3: written permission; H2; the third-party rule).
pub(super) fn p05_consent(case: &Case<'_>, findings: &mut Findings) {
    let to = addressees(case);
    for (_, earlier) in target(case).filter(|(_, earlier)| Some(earlier.from) != case.from) {
        let Some(passable) = &earlier.passable else {
            findings.warn(Finding::new(Rule::Policy(5), "header.relates_to", "p05-not-judged"));
            continue;
        };
        let said = |message| {
            let finding = Finding::new(Rule::Policy(5), "header.to", message);
            finding.with("office", earlier.from).with("reference", earlier.reference)
        };
        match passable.consent(&to) {
            None => findings.stop(said("p05-no-consent")),
            Some(consent) if consent.in_part => findings.warn(said("p05-consent-in-part")),
            Some(_) => {}
        }
    }
}

/// P-07 and P-10: the first office's marking holds, and nothing is kept longer than it or its consent allows (DOMAIN 6.7,
/// rulings 1 and 7).
pub(super) fn within_bounds(case: &Case<'_>, findings: &mut Findings) {
    let to = addressees(case);
    for (_, earlier) in target(case) {
        let Some(passable) = &earlier.passable else { continue };
        let until = passable.consent(&to).map_or(passable.bounds.expires, |consent| consent.until);
        let expires = passable.bounds.expires.min(until);
        bounded(case, &Bounds { expires, ..passable.bounds.clone() }, findings);
    }
}

fn addressees(case: &Case<'_>) -> Vec<OfficeCode> {
    case.terms.to.iter().chain(&case.terms.cc).copied().collect()
}

fn bounded(case: &Case<'_>, bounds: &Bounds, findings: &mut Findings) {
    let mut stop = |rule: Rule, path: &str, message| {
        findings.stop(Finding::new(rule, path, message).with("time", bounds.expires));
    };
    if marking::looser(case.terms.tlp, bounds.tlp) {
        stop(Rule::Policy(7), "header.tlp", "p07-looser-than-forwarded");
    }
    if !marking::keeps(&case.terms.handling, &bounds.handling) {
        stop(Rule::Policy(7), "header.handling", "p07-looser-than-forwarded");
    }
    if case.terms.expires > bounds.expires {
        stop(Rule::Policy(10), "header.expires_at", "p10-outlives-forwarded");
    }
    if bounds.personal_data && !case.terms.personal_data {
        let path = "header.contains_personal_data";
        stop(Rule::of_field(path), path, "personal-data-denied");
    }
}

/// For an addressee: what is passed on is whole, of another office, and the one that the header names; and it keeps its
/// bounds, but for the end of a consent, which only the office that passes it on knows. Who signed it, the rosters tell.
pub(super) fn received(case: &Case<'_>, findings: &mut Findings) {
    not_in_a_correction(case, findings);
    let (NoticeKind::Forward, Some(body)) = (case.terms.kind, case.body) else { return };
    let mut stop = |message| findings.stop(Finding::new(of_kind("forward"), "body.forward", message));
    let Some(part) = body.forward.as_ref() else { return stop("forward-broken") };
    let Ok(passed_on) = forward::read(part) else { return stop("forward-broken") };
    let header = passed_on.header();
    let is_it = |one: &wire::Relation| {
        one.kind() == RelationKind::Forwards
            && one.digest == passed_on.digest().0
            && one.reference == header.reference.to_string()
    };
    let link = Kind::of(NoticeKind::Forward).and_then(|row| row.link);
    let forwards = case.header.relations.iter().filter(|one| one.kind() == RelationKind::Forwards).count();
    let fits = forwards == 1
        && case.header.relations.iter().any(is_it)
        && case.from.is_some_and(|from| header.addressees().any(|office| office == from))
        && link.is_some_and(|link| link.towards.contains(&header.terms.kind))
        && header.network.to_string() == case.header.network
        && Some(header.from) != case.from
        && Digest::try_from(part.consent_digest.as_slice()).is_ok();
    if !fits {
        stop("forward-broken");
    }
    let (tlp, handling) = passed_on.markings();
    let terms = &header.terms;
    let bounds = Bounds { tlp, handling, expires: terms.expires, personal_data: passed_on.has_personal_data() };
    if (terms.traffic == Traffic::Actual) != (case.terms.traffic == Traffic::Actual) {
        findings.stop(Finding::new(Rule::Policy(16), "header.traffic_status", "p16-exercise"));
    }
    bounded(case, &bounds, findings);
    findings.problems.extend(broken(&passed_on));
}

/// The rules of its own kind that what is passed on breaks: nobody sends through another office what he could not send
/// himself. At release as on receipt: nobody sends what every addressee would turn away.
#[must_use]
pub fn broken(passed_on: &PassedOn) -> Vec<Finding> {
    let header = passed_on.header();
    let original = Case {
        header: &passed_on.header_message(),
        terms: &header.terms,
        from: Some(header.from),
        body: Some(&passed_on.body),
        created: header.created,
        released: header.released,
        release: None,
        book: None,
        known: &NothingKnown,
    };
    let mut found = Findings::default();
    for rule in INSIDE {
        rule(&original, &mut found);
    }
    let inside = |finding: Finding| Finding { path: format!("body.forward: {}", finding.path), ..finding };
    found.problems.into_iter().map(inside).collect()
}

/// P-15 for an addressee: the office whose notice is passed on is in no country that is disabled here.
pub(super) fn p15_received(case: &Case<'_>, me: OfficeCode, agreements: &Agreements, findings: &mut Findings) {
    let part = case.body.and_then(|body| body.forward.as_ref()).map(forward::read);
    let Some(Ok(passed_on)) = part else { return };
    if agreements.disables(Some(me.country()), passed_on.header().from) {
        findings.stop(Finding::new(Rule::Policy(15), "body.forward", "p15-disabled-country"));
    }
}
