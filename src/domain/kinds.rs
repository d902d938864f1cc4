//! The kinds of notices, as one table: the part of the body, how urgent, what is expected of the addressee, how long
//! it may be kept, what it relates to; and the word of a kind on the command line.
//!
//! Not the rules of policy: those read this table.

mod codes;
pub mod deadlines;
mod part;
mod relations;
mod required;

use crate::limits;
use crate::wire::NoticeKind;
use crate::wire::NoticeKind as K;
use crate::wire::RelationKind;
use crate::wire::Urgency;
use crate::wire::json::Word as _;

pub use codes::unstated;
pub use part::Part;
pub use part::parts_of;
pub use relations::Link;
pub use relations::Need;
pub use relations::wrong_targets;
pub use required::Missing;
pub use required::missing_in_body;
pub use required::missing_relations;

/// What is particular to a kind of notice (DOMAIN 2.1, 6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The kind.
    pub kind: NoticeKind,
    /// The one part that its body has besides what all bodies have; `None` if the kind has no body.
    pub part: Option<Part>,
    /// How urgent it is if its author does not say otherwise.
    pub urgency: Preset,
    /// What its addressees are expected to answer.
    pub answer: Answer,
    /// Whether every addressee must acknowledge it.
    pub must_acknowledge: bool,
    /// Whether a second officer must release it.
    pub two_officers: bool,
    /// How long it may be kept (P-10).
    pub cap: Cap,
    /// How it relates to an earlier notice; every kind may be of the same case as another, or a duplicate of it.
    pub link: Option<Link>,
}

/// The urgency that a draft begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// This one.
    Is(Urgency),
    /// That of the notice it is about.
    AsTarget,
}

/// What the addressees of a notice are expected to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing.
    Nothing,
    /// An acknowledgement, and no more.
    Acknowledgement,
    /// A FEEDBACK.
    Feedback,
    /// A FEEDBACK, if what is sought was seen.
    FeedbackOnHit,
    /// A REPLY or a REFUSAL.
    ReplyOrRefusal,
    /// A `CONSENT_DECISION`.
    ConsentDecision,
    /// A COORDINATION that accepts or declines.
    AcceptOrDecline,
    /// A `CONTROLLED_DELIVERY` of a phase that may follow, or a REFUSAL.
    NextPhase,
    /// What the notice passed on expects.
    AsForwarded,
}

/// How long a notice may be kept, from its release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// Days of 24 hours.
    Days(u32),
    /// What is left of the notice passed on and of the consent, whichever ends first.
    AsForwarded,
}

/// Kinds that FEEDBACK answers; a FORWARD, if it passes on one of them.
const SOUGHT: &[K] = &[
    K::SuspiciousConsignment,
    K::VehicleAlert,
    K::PersonAlert,
    K::DocumentAlert,
    K::CargoAlert,
    K::PrecursorAlert,
    K::Forward,
];

/// Kinds that a FORWARD passes on. Negotiations, refusals and consents bind two offices, and are not for a third one.
const PASSED_ON: &[K] = &[
    K::SeizureReport,
    K::SuspiciousConsignment,
    K::VehicleAlert,
    K::PersonAlert,
    K::DocumentAlert,
    K::CargoAlert,
    K::PrecursorAlert,
    K::ModusOperandi,
    K::RequestForInformation,
    K::Reply,
    K::Feedback,
];

/// Kinds that consent may be asked for: all that have a text, but for a FORWARD, whose sender cannot consent to it.
const CONSENTED: &[K] = &[
    K::SeizureReport,
    K::SuspiciousConsignment,
    K::VehicleAlert,
    K::PersonAlert,
    K::DocumentAlert,
    K::CargoAlert,
    K::PrecursorAlert,
    K::ModusOperandi,
    K::RequestForInformation,
    K::Reply,
    K::Refusal,
    K::Feedback,
    K::ControlledDelivery,
    K::Coordination,
    K::Correction,
    K::Withdrawal,
    K::ConsentRequest,
    K::ConsentDecision,
];

/// Kinds that a REFUSAL answers.
const REFUSED: &[K] = &[K::RequestForInformation, K::ControlledDelivery, K::Forward];

/// Relations of an answer that may also agree (DOMAIN 6.7, ruling 2).
const AGREEING: &[RelationKind] = &[RelationKind::ReplyTo, RelationKind::AgreesTo];

/// Relations that a kind must have, and towards which kinds.
const CORRECTS: Link = Link::must(&[RelationKind::Corrects], &[]);
const WITHDRAWS: Link = Link::must(&[RelationKind::Withdraws], &[]);
const ACKNOWLEDGES: Link = Link::must(&[RelationKind::Acknowledges], &[]);
const ASKS_CONSENT: Link = Link::must(&[RelationKind::ConsentFor], CONSENTED);
const GIVES_CONSENT: Link = Link::must(&[RelationKind::ConsentFor], &[K::ConsentRequest]);
const REPLIES: Link = Link::must(&[RelationKind::ReplyTo], &[K::RequestForInformation, K::Forward]);
const REFUSES: Link = Link::must(&[RelationKind::ReplyTo], REFUSED);
const FEEDS_BACK: Link = Link::must(&[RelationKind::FeedbackOn], SOUGHT);
const FORWARDS: Link = Link::must(&[RelationKind::Forwards], PASSED_ON);
/// The same, in an answer only.
const NEXT_PHASE: Link = Link::answering(AGREEING, &[K::ControlledDelivery]);
const ANSWERS_PROPOSAL: Link = Link::answering(AGREEING, &[K::Coordination]);

/// Days of keeping.
const PERSON: u32 = limits::PERSON_ALERT_DAYS;
const ALERT: u32 = limits::ALERT_DAYS;
const ASKED: u32 = limits::REQUEST_DAYS;
const LONG: u32 = limits::KEPT_DAYS;

/// Urgencies to begin with.
const ROUTINE: Preset = Preset::Is(Urgency::Routine);
const PRIORITY: Preset = Preset::Is(Urgency::Priority);
const IMMEDIATE: Preset = Preset::Is(Urgency::Immediate);

/// All kinds, in the order of their numbers.
const TABLE: [Kind; 20] = [
    row(K::SeizureReport, Some(Part::Seizure), ROUTINE, Answer::Acknowledgement, LONG),
    row(K::SuspiciousConsignment, Some(Part::Suspicion), PRIORITY, Answer::Feedback, LONG),
    row(K::VehicleAlert, Some(Part::Alert), IMMEDIATE, Answer::FeedbackOnHit, ALERT),
    row(K::PersonAlert, Some(Part::Alert), IMMEDIATE, Answer::FeedbackOnHit, PERSON),
    row(K::DocumentAlert, Some(Part::DocumentAlert), PRIORITY, Answer::Feedback, ALERT),
    row(K::CargoAlert, Some(Part::Alert), PRIORITY, Answer::Feedback, ALERT),
    row(K::PrecursorAlert, Some(Part::Precursor), PRIORITY, Answer::Feedback, LONG),
    row(K::ModusOperandi, Some(Part::ModusOperandi), ROUTINE, Answer::Nothing, LONG),
    row(K::RequestForInformation, Some(Part::Request), ROUTINE, Answer::ReplyOrRefusal, ASKED),
    row(K::Reply, Some(Part::Reply), Preset::AsTarget, Answer::Nothing, ASKED).linked(REPLIES),
    row(K::Refusal, Some(Part::Refusal), Preset::AsTarget, Answer::Nothing, LONG).linked(REFUSES),
    row(K::Feedback, Some(Part::Feedback), Preset::AsTarget, Answer::Nothing, LONG).linked(FEEDS_BACK),
    row(K::ControlledDelivery, Some(Part::ControlledDelivery), IMMEDIATE, Answer::NextPhase, LONG).linked(NEXT_PHASE),
    row(K::Coordination, Some(Part::Coordination), ROUTINE, Answer::AcceptOrDecline, LONG).linked(ANSWERS_PROPOSAL),
    row(K::Correction, Some(Part::Correction), Preset::AsTarget, Answer::Acknowledgement, LONG)
        .linked(CORRECTS)
        .acknowledged(),
    row(K::Withdrawal, Some(Part::Withdrawal), PRIORITY, Answer::Acknowledgement, LONG)
        .linked(WITHDRAWS)
        .acknowledged(),
    row(K::ConsentRequest, Some(Part::ConsentRequest), PRIORITY, Answer::ConsentDecision, LONG).linked(ASKS_CONSENT),
    row(K::ConsentDecision, Some(Part::ConsentDecision), PRIORITY, Answer::Nothing, LONG).linked(GIVES_CONSENT),
    row(K::Acknowledgement, None, Preset::AsTarget, Answer::Nothing, LONG).linked(ACKNOWLEDGES).by_one_officer(),
    row(K::Forward, Some(Part::Forward), Preset::AsTarget, Answer::AsForwarded, 0).linked(FORWARDS).kept_as_forwarded(),
];

/// A row of a kind that two officers write, that need not be acknowledged, and that stands alone.
const fn row(kind: K, part: Option<Part>, urgency: Preset, answer: Answer, days: u32) -> Kind {
    let cap = Cap::Days(days);
    Kind { kind, part, urgency, answer, must_acknowledge: false, two_officers: true, cap, link: None }
}

impl Kind {
    const fn linked(self, link: Link) -> Self {
        Self { link: Some(link), ..self }
    }

    const fn acknowledged(self) -> Self {
        Self { must_acknowledge: true, ..self }
    }

    const fn by_one_officer(self) -> Self {
        Self { two_officers: false, ..self }
    }

    const fn kept_as_forwarded(self) -> Self {
        Self { cap: Cap::AsForwarded, ..self }
    }

    /// The row of a kind; `None` for `UNSPECIFIED`.
    #[must_use]
    pub fn of(kind: NoticeKind) -> Option<Self> {
        TABLE.into_iter().find(|row| row.kind == kind)
    }
}

/// Whether a kind passes to and from a SUSPENDED office (P-11).
#[must_use]
pub const fn passes_suspension(kind: NoticeKind) -> bool {
    matches!(kind, NoticeKind::Acknowledgement | NoticeKind::Correction | NoticeKind::Withdrawal)
}

/// The word of a kind on the command line, such as `seizure-report`.
#[must_use]
pub fn word(kind: NoticeKind) -> String {
    kind.word().to_ascii_lowercase().replace('_', "-")
}

/// The kind of a word.
#[must_use]
pub fn from_word(word: &str) -> Option<NoticeKind> {
    all().find(|kind| self::word(*kind) == word)
}

/// All kinds, in the order of their numbers.
pub fn all() -> impl Iterator<Item = NoticeKind> {
    TABLE.into_iter().map(|row| row.kind)
}

#[cfg(test)]
mod tests;
