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
    /// Characters of its text; 0: an officer acknowledges what has come, and writes if there is nothing to acknowledge.
    pub(crate) text: usize,
}

impl Draft {
    pub(crate) fn header(&self) -> wire::NoticeHeader {
        let party = |office: &OfficeCode| wire::Party { office: office.to_string(), agency: 0 };
        wire::NoticeHeader {
            to: self.to.iter().map(party).collect(),
            kind: NoticeKind::ModusOperandi.into(),
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
            ..wire::NoticeHeader::default()
        }
    }

    pub(crate) fn body(&self) -> wire::NoticeBody {
        let text = |text| Some(wire::Text { text, language: "en".to_owned() });
        wire::NoticeBody {
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
        }
    }
}
