//! How a notice may relate to earlier ones.

use crate::domain::policy::Case;
use crate::domain::policy::Findings;
use crate::domain::policy::Passable;
use crate::domain::rule::Finding;
use crate::domain::rule::Rule;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::name::Reference;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::Handling;
use crate::wire::NoticeBody;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;
use crate::wire::ReplyOutcome;
use crate::wire::Tlp;
use crate::wire::Traffic;
use crate::wire::json::Word as _;

/// What the rules look at in an earlier notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// Its reference.
    pub reference: Reference,
    /// What it is.
    pub kind: NoticeKind,
    /// As what it is answered: a forward, as what it passes on.
    pub answered_as: NoticeKind,
    /// Real, exercise or test.
    pub traffic: Traffic,
    /// Its sender.
    pub from: OfficeCode,
    /// Everybody who has it, copies included.
    pub to: Vec<OfficeCode>,
    /// When it was released.
    pub released: Timestamp,
    /// Its audience.
    pub tlp: Tlp,
    /// Its conditions of use.
    pub handling: Vec<Handling>,
    /// Whether one officer released it alone; `None` if nobody says so.
    pub emergency: Option<bool>,
    /// Who wrote and released it, as far as that is said.
    pub officers: Vec<OfficerId>,
    /// How many questions it asks; `None` if its text is not at hand.
    pub questions: Option<usize>,
    /// What decides whether it may be passed on; `None` where nobody knows.
    pub passable: Option<Passable>,
}

/// What is known of the other end of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// The notice.
    Known(&'a Earlier),
    /// No such notice is here.
    Unknown,
    /// It is the notice itself.
    Itself,
    /// The relation says two things of it that do not fit each other.
    Contradicted,
}

impl<'a> Target<'a> {
    /// The notice, if it is known.
    #[must_use]
    pub const fn known(self) -> Option<&'a Earlier> {
        if let Self::Known(earlier) = self { Some(earlier) } else { None }
    }
}

/// The earlier notices that are at hand.
pub trait Known {
    /// The other end of a relation; `place` is where it stands among the relations of the header.
    fn find(&self, place: usize, relation: &wire::Relation) -> Target<'_>;

    /// The text of the notice at that place, as it now reads, if it is corrected and its text is at hand.
    fn text(&self, _place: usize) -> Option<&NoticeBody> {
        None
    }
}

/// A relation must name a notice that is known here where the notice makes no sense without it; otherwise an unknown one
/// is shown to the releaser (DOMAIN 6.7, ruling 2).
pub(super) fn known_targets(case: &Case<'_>, findings: &mut Findings) {
    for (i, relation) in case.header.relations.iter().enumerate() {
        let path = format!("header.relates_to[{i}].id");
        let rule = Rule::of_field("header.relates_to.id");
        match case.known.find(i, relation) {
            Target::Itself => findings.stop(Finding::new(rule, path, "relation-to-itself")),
            Target::Contradicted => findings.stop(Finding::new(rule, path, "relation-contradicts")),
            Target::Unknown if rests_on_target(relation.kind()) => {
                findings.stop(Finding::new(rule, path, "relation-unknown").with("reference", &relation.reference));
            }
            Target::Unknown => {
                findings.warn(Finding::new(rule, path, "relation-not-here").with("reference", &relation.reference));
            }
            Target::Known(earlier) if earlier.released > case.created => {
                let rule = Rule::of_field("header.relates_to.order");
                findings.stop(Finding::new(rule, format!("header.relates_to[{i}]"), "relation-to-later"));
            }
            Target::Known(_) => {}
        }
    }
}

const fn rests_on_target(kind: RelationKind) -> bool {
    matches!(
        kind,
        RelationKind::Corrects
            | RelationKind::Withdraws
            | RelationKind::Acknowledges
            | RelationKind::ConsentFor
            | RelationKind::Forwards
    )
}

/// P-16: what is real and what is an exercise or a test never touch each other (EDXL-DE `distributionStatus`).
pub(super) fn p16_exercise(case: &Case<'_>, findings: &mut Findings) {
    let real = |traffic: Traffic| traffic == Traffic::Actual;
    for (i, relation) in case.header.relations.iter().enumerate() {
        if let Some(earlier) = case.known.find(i, relation).known()
            && real(earlier.traffic) != real(case.terms.traffic)
        {
            findings.stop(Finding::new(Rule::Policy(16), format!("header.relates_to[{i}]"), "p16-exercise"));
        }
    }
}

/// Only the originator corrects and withdraws, and everybody who had the notice is told (DOMAIN 6.7, ruling 8). An answer
/// answers what was asked, and a refusal refuses that.
pub(super) fn amendments(case: &Case<'_>, findings: &mut Findings) {
    for (i, relation) in case.header.relations.iter().enumerate() {
        let Some(earlier) = case.known.find(i, relation).known() else { continue };
        match relation.kind() {
            RelationKind::Corrects | RelationKind::Withdraws => amendment(case, earlier, findings),
            RelationKind::ReplyTo => answers(case, earlier, findings),
            _ => {}
        }
    }
}

fn amendment(case: &Case<'_>, earlier: &Earlier, findings: &mut Findings) {
    if case.from.is_some_and(|from| earlier.from != from) {
        findings.stop(Finding::new(Rule::LifeCycle("originator_only"), "header.from", "originator-only"));
        return;
    }
    let told = |office: &&OfficeCode| case.terms.to.contains(office) || case.terms.cc.contains(office);
    let left: Vec<_> = earlier.to.iter().filter(|office| !told(office)).map(ToString::to_string).collect();
    if !left.is_empty() {
        let finding = Finding::new(Rule::LifeCycle("recipients"), "header.to", "addressees-left-out");
        findings.stop(finding.with("offices", left.join(", ")));
    }
}

/// Only who has a notice answers it, and only to whom it is from; nobody agrees to an own proposal (DOMAIN 6.4: what makes
/// a notice ACTIONED is of its addressee). Acknowledgements are not judged here: the office makes them itself, of what it
/// has received, and there is nothing in them that anybody wrote.
pub(super) fn between_offices(case: &Case<'_>, findings: &mut Findings) {
    for (i, relation) in case.header.relations.iter().enumerate() {
        let Some(earlier) = case.known.find(i, relation).known() else { continue };
        if relation.kind() == RelationKind::AgreesTo && Some(earlier.from) == case.from {
            findings.stop(Finding::new(of_kind(case, "from"), "header.from", "addressee-only"));
        } else if !matches!(relation.kind(), RelationKind::SameCase | RelationKind::DuplicateOf) {
            between(case, earlier, findings);
        }
    }
}

/// A rule of what the kind must have.
fn of_kind(case: &Case<'_>, field: &str) -> Rule {
    Rule::Kind(format!("{}.{field}", case.terms.kind.word()).into())
}

fn between(case: &Case<'_>, earlier: &Earlier, findings: &mut Findings) {
    let told = match case.terms.kind {
        NoticeKind::Reply => case.terms.to.contains(&earlier.from),
        NoticeKind::Refusal | NoticeKind::Feedback | NoticeKind::ConsentDecision => {
            case.terms.to.contains(&earlier.from) || case.terms.cc.contains(&earlier.from)
        }
        _ => return,
    };
    if case.from.is_some_and(|from| !earlier.to.contains(&from)) {
        findings.stop(Finding::new(of_kind(case, "from"), "header.from", "addressee-only"));
    } else if !told {
        findings.stop(
            Finding::new(of_kind(case, "to"), "header.to", "answer-to-other-office").with("office", earlier.from),
        );
    }
}

fn answers(case: &Case<'_>, earlier: &Earlier, findings: &mut Findings) {
    let Some(questions) = earlier.questions else { return };
    let asked = |number: u32| usize::try_from(number).is_ok_and(|number| (1..=questions).contains(&number));
    let refusal = case.body.and_then(|body| body.refusal.as_ref());
    if refusal.is_some_and(|refusal| !refusal.questions.iter().all(|number| asked(*number))) {
        let rule = Rule::of_field("refusal.question_nos");
        let finding = Finding::new(rule, "body.refusal.question_nos", "refusal-of-no-question");
        findings.stop(finding.with("questions", questions));
    }
    let Some(reply) = case.body.and_then(|body| body.reply.as_ref()) else { return };
    let path = "body.reply.answers";
    if !reply.answers.iter().all(|answer| asked(answer.question)) {
        let finding = Finding::new(Rule::of_field("reply.question_no"), path, "answer-to-no-question");
        findings.stop(finding.with("questions", questions));
        return;
    }
    let answered = |number: usize| reply.answers.iter().any(|answer| usize::try_from(answer.question) == Ok(number));
    if reply.outcome() == ReplyOutcome::Full && !(1..=questions).all(answered) {
        let finding = Finding::new(Rule::of_field("reply.answers"), path, "not-all-answered");
        findings.stop(finding.with("questions", questions));
    }
}
