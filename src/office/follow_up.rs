//! What the office makes itself about a notice: the acknowledgement of a received one; the correction that confirms an
//! emergency release, or the node's withdrawal of it (PROTOCOL 3).
//!
//! Each rests on what the notice rests on, with no looser markings, and says nothing but a code.

use crate::domain::notice;
use crate::domain::notice::Header;
use crate::domain::policy::Agreements;
use crate::domain::policy::kept_days;
use crate::name::Digest;
use crate::name::OfficeCode;
use crate::time::DAY_MS;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::AmendmentReason;
use crate::wire::Handling;
use crate::wire::NoticeKind;
use crate::wire::PermittedAction;
use crate::wire::RelationKind;

/// What is about an expiring notice, or one that has expired, is kept this long.
const KEPT_MS: i64 = 30 * DAY_MS;

/// The acknowledgement of a notice: to its originator.
pub(super) fn acknowledgement(
    agreements: &Agreements,
    target: &Header,
    digest: Digest,
    now: Timestamp,
) -> wire::NoticeHeader {
    let about = header(NoticeKind::Acknowledgement, RelationKind::Acknowledges, agreements, target, digest, now);
    // What H3 restricts would have to be said in a text, and there is none.
    let mut handling = about.handling;
    handling.retain(|code| *code != i32::from(Handling::H3));
    if handling.is_empty() {
        handling.push(Handling::H0.into());
    }
    wire::NoticeHeader { to: parties(&[target.from]), cc: vec![], handling, ..about }
}

/// The correction that confirms a notice; `body` is the text of that notice, if it is still here.
pub(super) fn confirmation(
    agreements: &Agreements,
    target: &Header,
    digest: Digest,
    body: Option<wire::NoticeBody>,
    now: Timestamp,
) -> (wire::NoticeHeader, wire::NoticeBody) {
    let correction = wire::Correction { reason_code: AmendmentReason::Confirmed.into(), ..wire::Correction::default() };
    let said = wire::NoticeBody { correction: Some(Box::new(correction)), ..bare(body, "Confirmed") };
    (header(NoticeKind::Correction, RelationKind::Corrects, agreements, target, digest, now), said)
}

/// The withdrawal of a notice that nobody has confirmed.
pub(super) fn withdrawal(
    agreements: &Agreements,
    target: &Header,
    digest: Digest,
    body: Option<wire::NoticeBody>,
    now: Timestamp,
) -> (wire::NoticeHeader, wire::NoticeBody) {
    let withdrawal = wire::Withdrawal {
        reason_code: AmendmentReason::Unconfirmed.into(),
        reason: Some(text("No second officer has confirmed it within 72 hours")),
    };
    let said = wire::NoticeBody { withdrawal: Some(withdrawal), ..bare(body, "Withdrawn: not confirmed") };
    (header(NoticeKind::Withdrawal, RelationKind::Withdraws, agreements, target, digest, now), said)
}

fn text(text: &str) -> wire::Text {
    wire::Text { text: text.to_owned(), language: "en".to_owned() }
}

/// A body with a subject and nothing else but what its markings need.
fn bare(target: Option<wire::NoticeBody>, subject: &str) -> wire::NoticeBody {
    let target = target.unwrap_or_default();
    wire::NoticeBody {
        subject: Some(text(subject)),
        marking: Some(wire::Marking {
            reliability: wire::Reliability::F.into(),
            credibility: wire::Credibility::Credibility6.into(),
            assertion: wire::Assertion::Unverified.into(),
            ..wire::Marking::default()
        }),
        handling_note: target.handling_note,
        purpose_note: target.purpose_note,
        ..wire::NoticeBody::default()
    }
}

fn parties(offices: &[OfficeCode]) -> Vec<wire::Party> {
    offices.iter().map(|office| wire::Party { office: office.to_string(), agency: 0 }).collect()
}

/// To all who have the notice.
fn header(
    kind: NoticeKind,
    relation: RelationKind,
    agreements: &Agreements,
    target: &Header,
    digest: Digest,
    now: Timestamp,
) -> wire::NoticeHeader {
    let terms = &target.terms;
    let days = kept_days(kind, agreements.get(&terms.legal_reference)).map_or(0, i64::from);
    let expires = terms.expires.max(now.plus_ms(KEPT_MS)).min(now.plus_ms(days * DAY_MS));
    wire::NoticeHeader {
        to: parties(&terms.to),
        cc: parties(&terms.cc),
        kind: kind.into(),
        urgency: terms.urgency.into(),
        traffic: terms.traffic.into(),
        expires_ms: expires.ms(),
        tlp: terms.tlp.into(),
        handling: terms.handling.iter().map(|code| (*code).into()).collect(),
        permitted_action: PermittedAction::InformOnly.into(),
        purpose: terms.purpose.into(),
        legal_basis: Some(wire::LegalBasis {
            kind: terms.legal_basis.into(),
            reference: terms.legal_reference.clone(),
        }),
        classification: terms.classification.unwrap_or_default().into(),
        relations: vec![wire::Relation {
            kind: relation.into(),
            digest: digest.0.to_vec(),
            reference: target.reference.to_string(),
        }],
        schema_version: notice::SCHEMA_VERSION,
        ..wire::NoticeHeader::default()
    }
}
