//! The codes that a body must state (P-01): where one is absent, nobody could tell what was meant.
//!
//! Not the codes of a header, and neither why a person is in the notice nor what a consent is for, which are rules of their
//! own.

use crate::wire;
use crate::wire::DrugClass;
use crate::wire::Item;
use crate::wire::ItemClass;
use crate::wire::NoticeBody;
use crate::wire::Unit;
use crate::wire::WeightBasis;

/// The paths of mandatory codes that are absent, in a body whose path is `body`.
#[must_use]
pub fn unstated(body: &NoticeBody) -> Vec<String> {
    let mut codes = Codes::default();
    codes.body(body);
    codes.unstated
}

#[derive(Default)]
struct Codes {
    unstated: Vec<String>,
}

impl Codes {
    /// Each code after its field.
    fn need<const N: usize>(&mut self, at: &str, codes: [(&str, i32); N]) {
        let absent = codes.into_iter().filter(|(_, code)| *code == 0);
        self.unstated.extend(absent.map(|(field, _)| format!("{at}.{field}")));
    }

    fn body(&mut self, body: &NoticeBody) {
        if let Some(marking) = &body.marking {
            self.marking(marking, "body.marking");
        }
        for (i, person) in body.persons.iter().enumerate() {
            for (j, name) in person.names.iter().enumerate() {
                self.name(name, &format!("body.persons[{i}].names[{j}]"));
            }
            for (j, document) in person.documents.iter().enumerate() {
                self.document(document, &format!("body.persons[{i}].documents[{j}]"));
            }
        }
        for (i, unit) in body.transport_units.iter().enumerate() {
            for (j, document) in unit.documents.iter().enumerate() {
                let at = format!("body.transport_units[{i}].docs[{j}]");
                self.need(&at, [("type", document.document_type)]);
            }
        }
        if let Some(document) = body.document_alert.as_ref().and_then(|alert| alert.document.as_ref()) {
            self.need("body.document_alert.document", [("check_status", document.check_status)]);
        }
        if let Some(seizure) = &body.seizure {
            self.need("body.seizure", [("direction", seizure.direction), ("mode", seizure.mode)]);
            self.items(&seizure.items, "body.seizure.items");
            for (i, stage) in seizure.route.iter().enumerate() {
                self.need(&format!("body.seizure.route[{i}]"), [("role", stage.role)]);
            }
        }
        if let Some(precursor) = &body.precursor {
            self.need("body.precursor_alert", [("status", precursor.status)]);
            self.items(&precursor.items, "body.precursor_alert.items");
        }
        if let Some(oral) = body.request.as_ref().and_then(|request| request.confirms_oral.as_ref()) {
            self.need("body.request.confirmation_of_oral", [("channel", oral.channel)]);
        }
        if let Some(reply) = &body.reply {
            self.need("body.reply", [("outcome", reply.outcome)]);
            for (i, answer) in reply.answers.iter().enumerate() {
                if let Some(marking) = &answer.marking {
                    self.marking(marking, &format!("body.reply.answers[{i}].marking"));
                }
            }
        }
        if let Some(refusal) = &body.refusal {
            self.need("body.refusal", [("ground", refusal.ground)]);
        }
        if let Some(feedback) = &body.feedback {
            self.need("body.feedback", [("outcome", feedback.outcome)]);
        }
        if let Some(delivery) = &body.controlled_delivery {
            let codes = [("phase", delivery.phase), ("substitution", delivery.substitution)];
            self.need("body.controlled_delivery", codes);
            self.items(&delivery.items, "body.controlled_delivery.items");
        }
        if let Some(coordination) = &body.coordination {
            self.need("body.coordination", [("type", coordination.coordination_type)]);
        }
        if let Some(correction) = &body.correction {
            self.need("body.correction", [("reason_code", correction.reason_code)]);
        }
        if let Some(withdrawal) = &body.withdrawal {
            self.need("body.withdrawal", [("reason_code", withdrawal.reason_code)]);
        }
        if let Some(request) = &body.consent_request {
            self.need("body.consent_request", [("scope", request.scope)]);
        }
        if let Some(decision) = &body.consent_decision {
            self.need("body.consent_decision", [("decision", decision.outcome)]);
        }
    }

    /// A name in Latin letters says how they were found.
    fn name(&mut self, name: &wire::PersonName, at: &str) {
        self.need(at, [("script", i32::from(!name.script.is_empty())), ("kind", name.kind)]);
        if !name.latin.is_empty() {
            self.need(at, [("scheme", name.scheme)]);
        }
    }

    /// The grade of a source and of what it says.
    fn marking(&mut self, marking: &wire::Marking, at: &str) {
        let codes = [
            ("source_reliability", marking.reliability),
            ("information_credibility", marking.credibility),
            ("assertion_kind", marking.assertion),
        ];
        self.need(at, codes);
    }

    fn document(&mut self, document: &wire::TravelDocument, at: &str) {
        let has_type = i32::from(!document.document_type.is_empty());
        self.need(at, [("type", has_type), ("check_status", document.check_status)]);
    }

    /// A drug or a precursor has its class, a weight says whether it is gross or net.
    fn items(&mut self, items: &[Item], at: &str) {
        for (i, item) in items.iter().enumerate() {
            let at = format!("{at}[{i}]");
            self.need(&at, [("class", item.class), ("unit", item.unit)]);
            let drug = matches!(item.class(), ItemClass::Drug | ItemClass::Precursor);
            if drug && item.drug_class() == DrugClass::Unspecified {
                self.need(&at, [("drug_class", 0)]);
            }
            let weight = matches!(item.unit(), Unit::Grm | Unit::Kgm | Unit::Mgm | Unit::Tne);
            if weight && item.weight_basis() == WeightBasis::Unspecified {
                self.need(&at, [("gross_or_net", 0)]);
            }
        }
    }
}
