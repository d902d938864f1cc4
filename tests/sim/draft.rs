//! Drafts that officers write in a simulation, and what they were told of them.

use chapar::domain::dispatch::Lane;
use chapar::name::OfficeCode;
use chapar::time::Timestamp;
use chapar::wire;
use chapar::wire::NoticeKind;

/// A draft.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    pub(crate) to: Vec<OfficeCode>,
    pub(crate) lane: Lane,
    pub(crate) expires: Timestamp,
    /// Characters of its text; 0 is a notice without a body, and of a kind that passes suspension.
    pub(crate) text: usize,
}

impl Draft {
    pub(crate) fn header(&self) -> wire::NoticeHeader {
        let party = |office: &OfficeCode| wire::Party { office: office.to_string(), agency: 0 };
        let kind = if self.text == 0 { NoticeKind::Acknowledgement } else { NoticeKind::Feedback };
        wire::NoticeHeader {
            to: self.to.iter().map(party).collect(),
            kind: kind.into(),
            urgency: self.lane.urgency().into(),
            traffic: wire::Traffic::Exercise.into(),
            expires_ms: self.expires.ms(),
            tlp: wire::Tlp::Amber.into(),
            handling: vec![wire::Handling::H1.into()],
            permitted_action: wire::PermittedAction::InformOnly.into(),
            purpose: wire::Purpose::Other.into(),
            legal_basis: Some(wire::LegalBasis {
                kind: wire::LegalBasisKind::Agreement.into(),
                reference: "TM-UZ/1".to_owned(),
            }),
            ..wire::NoticeHeader::default()
        }
    }

    pub(crate) fn body(&self) -> Option<wire::NoticeBody> {
        let text = |text| Some(wire::Text { text, language: "en".to_owned() });
        (self.text > 0).then(|| wire::NoticeBody {
            subject: text("Two trucks".to_owned()),
            narrative: text("a".repeat(self.text)),
            feedback: Some(wire::Feedback::default()),
            ..wire::NoticeBody::default()
        })
    }
}
