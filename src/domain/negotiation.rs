//! The negotiation of a controlled delivery: which phase counts (DOMAIN 2.1).
//!
//! A controlled delivery runs on the territory of several states. One state's word never makes it agreed: each country
//! signs with the office key under a notice of its own, the first by its proposal, every other by a notice of phase
//! AGREED towards it that names the authorisations of both.
//!
//! - A phase that does not follow from what was agreed does not count, and is shown as not agreed.
//! - Either side ends it at any time.

use std::collections::BTreeSet;

use crate::domain::kinds::Kind;
use crate::name::Country;
use crate::wire::DeliveryPhase;
use crate::wire::NoticeKind;
use crate::wire::RelationKind;

/// A notice of the negotiation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The country of its office.
    pub by: Country,
    /// The countries of the offices that are to act.
    pub to: BTreeSet<Country>,
    /// What it does.
    pub says: Word,
    /// Countries whose authorisations it names.
    pub authorised: BTreeSet<Country>,
    /// Whether it answers an earlier notice of the negotiation.
    pub answers: bool,
}

/// What a notice does to the negotiation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// It states a phase.
    Phase(DeliveryPhase),
    /// It declines.
    Refuses,
}

/// How far a negotiation has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Negotiation {
    phase: DeliveryPhase,
    proposer: Option<Country>,
    /// Countries that must sign besides the proposer's.
    asked: BTreeSet<Country>,
    /// Those of them that have.
    signed: BTreeSet<Country>,
}

/// Whether a relation of a notice makes it part of a negotiation.
#[must_use]
pub fn joins(kind: NoticeKind, relation: RelationKind) -> bool {
    let link = Kind::of(kind).and_then(|row| row.link);
    matches!(kind, NoticeKind::ControlledDelivery | NoticeKind::Refusal)
        && link.is_some_and(|link| link.relations.contains(&relation))
}

impl Negotiation {
    /// The phase that counts; `UNSPECIFIED` while there is no proposal.
    #[must_use]
    pub const fn phase(&self) -> DeliveryPhase {
        self.phase
    }

    /// Takes the next notice, in an order in which each comes after those that it answers; says whether it counts.
    pub fn take(&mut self, step: &Step) -> bool {
        match step.says {
            Word::Phase(DeliveryPhase::Proposed) => self.proposed(step),
            Word::Phase(DeliveryPhase::Agreed) => self.agreed(step),
            Word::Phase(DeliveryPhase::Active) => self.goes_on(step, DeliveryPhase::Agreed, DeliveryPhase::Active),
            Word::Phase(DeliveryPhase::HandedOver) => {
                self.goes_on(step, DeliveryPhase::Active, DeliveryPhase::HandedOver)
            }
            Word::Phase(DeliveryPhase::Completed) => {
                self.goes_on(step, DeliveryPhase::HandedOver, DeliveryPhase::Completed)
            }
            Word::Phase(DeliveryPhase::Aborted) | Word::Refuses => self.ended(step),
            Word::Phase(DeliveryPhase::Unspecified) => false,
        }
    }

    /// A first proposal, or another one in its place; what was agreed before was about other terms.
    fn proposed(&mut self, step: &Step) -> bool {
        let opens = match self.phase {
            DeliveryPhase::Unspecified => true,
            DeliveryPhase::Proposed | DeliveryPhase::Agreed => step.answers && self.is_party(step.by),
            _ => false,
        };
        if opens {
            let mut asked = step.to.clone();
            asked.extend(self.proposer);
            asked.remove(&step.by);
            *self = Self { phase: DeliveryPhase::Proposed, proposer: Some(step.by), asked, signed: BTreeSet::new() };
        }
        opens
    }

    fn agreed(&mut self, step: &Step) -> bool {
        let Some(proposer) = self.proposer.filter(|_| self.phase == DeliveryPhase::Proposed) else { return false };
        let counts = step.answers
            && self.asked.contains(&step.by)
            && step.authorised.contains(&proposer)
            && step.authorised.contains(&step.by);
        if counts {
            self.signed.insert(step.by);
            if self.signed == self.asked {
                self.phase = DeliveryPhase::Agreed;
            }
        }
        counts
    }

    fn goes_on(&mut self, step: &Step, from: DeliveryPhase, to: DeliveryPhase) -> bool {
        let counts = self.phase == from && step.answers && self.is_party(step.by);
        if counts {
            self.phase = to;
        }
        counts
    }

    fn ended(&mut self, step: &Step) -> bool {
        let is_open =
            !matches!(self.phase, DeliveryPhase::Unspecified | DeliveryPhase::Completed | DeliveryPhase::Aborted);
        let counts = is_open && step.answers && self.is_party(step.by);
        if counts {
            self.phase = DeliveryPhase::Aborted;
        }
        counts
    }

    fn is_party(&self, country: Country) -> bool {
        self.proposer == Some(country) || self.asked.contains(&country)
    }
}

#[cfg(test)]
mod tests;
