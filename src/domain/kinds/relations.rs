//! How a kind of notice relates to an earlier one: by which relation, and to which kinds (DOMAIN 6.7, ruling 2).
//!
//! Not whether the other notice is there, or whose it is.

use crate::domain::kinds::Kind;
use crate::domain::kinds::Missing;
use crate::wire::ControlledDelivery;
use crate::wire::Coordination;
use crate::wire::CoordinationResponse;
use crate::wire::DeliveryPhase;
use crate::wire::NoticeBody;
use crate::wire::NoticeHeader;
use crate::wire::NoticeKind;
use crate::wire::Relation;
use crate::wire::RelationKind;

/// How a kind relates to the notice that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// One of these relations.
    pub relations: &'static [RelationKind],
    /// Kinds that the other notice may be of; empty for any.
    pub towards: &'static [NoticeKind],
    /// Whether it must be there.
    pub need: Need,
}

/// Whether a relation must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Always.
    Always,
    /// In an answer: a controlled delivery past its proposal, a coordination that accepts or declines.
    InAnswer,
}

/// Relations that every kind may have, towards any kind.
const COMMON: [RelationKind; 2] = [RelationKind::SameCase, RelationKind::DuplicateOf];

impl Link {
    /// A relation without which the kind makes no sense.
    pub(super) const fn must(relations: &'static [RelationKind], towards: &'static [NoticeKind]) -> Self {
        Self { relations, towards, need: Need::Always }
    }

    /// A relation that makes the notice an answer.
    pub(super) const fn answering(relations: &'static [RelationKind], towards: &'static [NoticeKind]) -> Self {
        Self { relations, towards, need: Need::InAnswer }
    }

    fn has(&self, relation: &Relation) -> bool {
        self.relations.contains(&relation.kind())
    }

    fn is_needed(&self, body: Option<&NoticeBody>) -> bool {
        let delivery = || body?.controlled_delivery.as_ref().map(ControlledDelivery::phase);
        let answer = || body?.coordination.as_ref().map(Coordination::response);
        match self.need {
            Need::Always => true,
            Need::InAnswer => {
                delivery().is_some_and(|phase| !matches!(phase, DeliveryPhase::Proposed | DeliveryPhase::Unspecified))
                    || answer().is_some_and(|answer| answer != CoordinationResponse::Unspecified)
            }
        }
    }
}

/// Says if a notice lacks the relation that its kind must have, and names those that its kind cannot have.
pub(super) fn missing(row: &Kind, header: &NoticeHeader, body: Option<&NoticeBody>) -> Vec<Missing> {
    let needed = row.link.filter(|link| link.is_needed(body) && !header.relations.iter().any(|one| link.has(one)));
    let mut found: Vec<Missing> = needed.iter().map(|_| Missing::new("relates_to", "header.relates_to")).collect();
    let fits = |one: &Relation| COMMON.contains(&one.kind()) || row.link.is_some_and(|link| link.has(one));
    let strange = header.relations.iter().enumerate().filter(|(_, one)| !fits(one));
    found.extend(strange.map(|(i, _)| Missing::new("relates_to", format!("header.relates_to[{i}].type"))));
    found
}

/// Says if the notice that a kind is about is of a kind that it cannot be about, as far as `target` knows its kind.
pub fn wrong_targets(
    kind: NoticeKind,
    header: &NoticeHeader,
    target: impl Fn(&Relation) -> Option<NoticeKind>,
) -> Option<Missing> {
    let link = Kind::of(kind)?.link?;
    let wrong = |one: &Relation| target(one).is_some_and(|kind| !link.towards.contains(&kind));
    let wrong = !link.towards.is_empty() && header.relations.iter().any(|one| link.has(one) && wrong(one));
    wrong.then(|| Missing::new("target_kind", "header.relates_to"))
}
