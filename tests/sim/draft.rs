//! Drafts that officers write in a simulation, and what they were told of them.

use chapar::domain::dispatch::Lane;
use chapar::name::OfficeCode;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::NoticeKind;

use crate::land;

/// A draft.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    pub(crate) to: Vec<OfficeCode>,
    pub(crate) lane: Lane,
    pub(crate) expires: Timestamp,
    /// Characters of its text; 0 is a notice without a body, and of a kind that passes suspension, if there is an earlier
    /// one that it can acknowledge.
    pub(crate) text: usize,
}

impl Draft {
    /// Its header; `earlier` is the reference of a notice that its office has.
    pub(crate) fn header(&self, earlier: Option<&str>) -> wire::NoticeHeader {
        let party = |office: &OfficeCode| wire::Party { office: office.to_string(), agency: 0 };
        let earlier = earlier.filter(|_| self.text == 0);
        let kind = if earlier.is_some() { NoticeKind::Acknowledgement } else { NoticeKind::ModusOperandi };
        let acknowledged = |reference: &str| wire::Relation {
            kind: wire::RelationKind::Acknowledges.into(),
            reference: reference.to_owned(),
            ..wire::Relation::default()
        };
        wire::NoticeHeader {
            to: self.to.iter().map(party).collect(),
            kind: kind.into(),
            urgency: self.lane.urgency().into(),
            traffic: wire::Traffic::Exercise.into(),
            expires_ms: self.expires.ms(),
            tlp: wire::Tlp::Amber.into(),
            handling: vec![wire::Handling::H1.into()],
            permitted_action: wire::PermittedAction::InformOnly.into(),
            purpose: wire::Purpose::DrugTrafficking.into(),
            legal_basis: Some(wire::LegalBasis {
                kind: wire::LegalBasisKind::Agreement.into(),
                reference: land::AGREEMENT.to_owned(),
            }),
            relations: earlier.map(acknowledged).into_iter().collect(),
            ..wire::NoticeHeader::default()
        }
    }

    pub(crate) fn body(&self, earlier: Option<&str>) -> Option<wire::NoticeBody> {
        let text = |text| Some(wire::Text { text, language: "en".to_owned() });
        (self.text > 0 || earlier.is_none()).then(|| wire::NoticeBody {
            subject: text("Two trucks".to_owned()),
            narrative: text("a".repeat(self.text.max(1))),
            marking: Some(wire::Marking {
                reliability: wire::Reliability::F.into(),
                credibility: wire::Credibility::Credibility6.into(),
                assertion: wire::Assertion::Unverified.into(),
                ..wire::Marking::default()
            }),
            modus_operandi: Some(wire::ModusOperandi {
                concealment: vec![wire::ConcealmentPlace::Other.into()],
                description: text("Behind a false wall".to_owned()),
                ..wire::ModusOperandi::default()
            }),
            ..wire::NoticeBody::default()
        })
    }
}
