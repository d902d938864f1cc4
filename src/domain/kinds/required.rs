//! The mandatory fields of each kind (DOMAIN 2.2, 6.3): what a notice lacks to be one of its kind.
//!
//! Not codes that say `UNSPECIFIED`, which P-01 refuses, and not whether the values that are there are good ones.

use std::collections::BTreeSet;

use crate::domain::kinds::Kind;
use crate::domain::kinds::relations;
use crate::name::Country;
use crate::wire::Alert;
use crate::wire::AmendmentReason;
use crate::wire::Authorisation;
use crate::wire::ConsentRequest;
use crate::wire::ConsentScope;
use crate::wire::ControlledDelivery;
use crate::wire::Coordination;
use crate::wire::Correction;
use crate::wire::DeliveryPhase;
use crate::wire::DocumentAlert;
use crate::wire::DocumentStatus;
use crate::wire::DrugClass;
use crate::wire::Feedback;
use crate::wire::Item;
use crate::wire::ModusOperandi;
use crate::wire::NoticeBody;
use crate::wire::NoticeHeader;
use crate::wire::NoticeKind;
use crate::wire::Offence;
use crate::wire::Person;
use crate::wire::Place;
use crate::wire::Precursor;
use crate::wire::Refusal;
use crate::wire::RefusalScope;
use crate::wire::Reply;
use crate::wire::ReplyOutcome;
use crate::wire::Request;
use crate::wire::Seizure;
use crate::wire::Suspicion;
use crate::wire::Text;
use crate::wire::TimeWindow;
use crate::wire::TransportUnit;
use crate::wire::Vehicle;
use crate::wire::VehicleType;
use crate::wire::Withdrawal;

/// A mandatory field that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What the rule calls it: `items` in `K:SEIZURE_REPORT.items`.
    pub field: &'static str,
    /// Where it should be, as in `body.seizure.items`.
    pub path: String,
}

impl Missing {
    pub(super) fn new(field: &'static str, path: impl Into<String>) -> Self {
        Self { field, path: path.into() }
    }
}

/// The relation to the notice that it is about, if it is needed and not there; and those that the kind cannot have. Nothing
/// for a kind that this version does not offer.
#[must_use]
pub fn missing_relations(kind: NoticeKind, header: &NoticeHeader, body: Option<&NoticeBody>) -> Vec<Missing> {
    Kind::of(kind).map(|row| relations::missing(&row, header, body)).unwrap_or_default()
}

/// The fields that the body of a kind lacks.
#[must_use]
pub fn missing_in_body(kind: NoticeKind, body: Option<&NoticeBody>) -> Vec<Missing> {
    match (Kind::of(kind).and_then(|row| row.part), body) {
        (Some(part), Some(body)) if part.is_in(body) => fields(kind, body),
        (Some(part), _) => vec![Missing::new(part.name(), format!("body.{}", part.name()))],
        (None, _) => vec![],
    }
}

/// A list of mandatory fields below a path, and of those that are not there.
struct Fields {
    path: &'static str,
    missing: Vec<Missing>,
}

impl Fields {
    const fn of(path: &'static str) -> Self {
        Self { path, missing: vec![] }
    }

    /// A field that is called in the rule as it is in the draft.
    fn need(self, field: &'static str, there: bool) -> Self {
        let path = format!("{}.{field}", self.path);
        self.rule(field, path, there)
    }

    /// Each item says what it is: by a class of drugs, by a name, or by its code of the Harmonized System.
    fn goods(self, items: &[Item]) -> Self {
        let at = format!("{}.items", self.path);
        items.iter().enumerate().fold(self, |fields, (i, item)| {
            let class = item.drug_class() != DrugClass::Unspecified;
            let named = class || [&item.substance, &item.inn, &item.hs6].iter().any(|text| !text.trim().is_empty());
            fields.rule("substance", format!("{at}[{i}]"), named)
        })
    }

    /// Something whose place is not its name.
    fn rule(mut self, field: &'static str, path: impl Into<String>, there: bool) -> Self {
        if !there {
            self.missing.push(Missing::new(field, path));
        }
        self
    }
}

fn fields(kind: NoticeKind, body: &NoticeBody) -> Vec<Missing> {
    let mut found = part(body);
    found.extend(match kind {
        NoticeKind::CargoAlert => cargo(&body.transport_units),
        NoticeKind::PersonAlert => persons(&body.persons),
        NoticeKind::SuspiciousConsignment => consignment(body),
        NoticeKind::VehicleAlert => vehicles(&body.vehicles),
        _ => vec![],
    });
    found
}

/// What the one part of a body lacks.
fn part(body: &NoticeBody) -> Vec<Missing> {
    let parts = [
        body.alert.as_ref().map(alert),
        body.consent_request.as_ref().map(consent_request),
        body.controlled_delivery.as_ref().map(controlled_delivery),
        body.coordination.as_ref().map(coordination),
        body.correction.as_deref().map(correction),
        body.document_alert.as_ref().map(document_alert),
        body.feedback.as_ref().map(feedback),
        body.modus_operandi.as_ref().map(modus_operandi),
        body.precursor.as_ref().map(precursor),
        body.refusal.as_ref().map(refusal),
        body.reply.as_ref().map(reply),
        body.request.as_ref().map(request),
        body.seizure.as_ref().map(seizure),
        body.suspicion.as_ref().map(suspicion),
        body.withdrawal.as_ref().map(withdrawal),
    ];
    parts.into_iter().flatten().flat_map(|fields| fields.missing).collect()
}

fn alert(alert: &Alert) -> Fields {
    Fields::of("body.alert").need("valid_until", alert.valid_until_ms != 0)
}

fn consent_request(request: &ConsentRequest) -> Fields {
    let named = request.scope() != ConsentScope::Disseminate || !request.disseminate_to.is_empty();
    Fields::of("body.consent_request")
        .need("disseminate_to", named)
        .need("justification", text(request.justification.as_ref()))
}

/// Nothing counts as agreed with one country's word (DOMAIN 2.1).
fn controlled_delivery(delivery: &ControlledDelivery) -> Fields {
    let said = |one: &&Authorisation| [&one.authority, &one.reference].iter().all(|text| !text.trim().is_empty());
    let signed = delivery.authorisations.iter().filter(said).filter_map(|one| one.country.parse::<Country>().ok());
    let countries: BTreeSet<Country> = signed.collect();
    let alone =
        matches!(delivery.phase(), DeliveryPhase::Proposed | DeliveryPhase::Aborted | DeliveryPhase::Unspecified);
    Fields::of("body.controlled_delivery")
        .need("authorisations", countries.len() >= if alone { 1 } else { 2 })
        .need("window", window(delivery.window.as_ref()))
        .need("route", delivery.route.len() >= 2)
        .need("contacts", !delivery.contacts.is_empty())
        .need("abort_conditions", texts(&delivery.abort_conditions))
        .need("evidence_handover", text(delivery.evidence_handover.as_ref()))
        .need("items", !delivery.items.is_empty())
        .goods(&delivery.items)
}

fn coordination(coordination: &Coordination) -> Fields {
    Fields::of("body.coordination")
        .need("proposed_times", !coordination.proposed_times.is_empty())
        .need("place", place(coordination.place.as_ref()))
        .need("agenda", texts(&coordination.agenda))
        .need("participants", !coordination.participants.is_empty())
}

/// A confirmation has its code and nothing else; any other correction has a reason, and fields or a whole new body.
fn correction(correction: &Correction) -> Fields {
    let confirms = correction.reason_code() == AmendmentReason::Confirmed;
    let (fields, whole) = (!correction.replaced_fields.is_empty(), correction.full_replacement.is_some());
    let replaced = if confirms { !fields && !whole } else { fields != whole };
    Fields::of("body.correction").need("reason", text(correction.reason.as_ref()) != confirms).rule(
        "replacement",
        "body.correction",
        replaced,
    )
}

fn document_alert(alert: &DocumentAlert) -> Fields {
    let fields = Fields::of("body.document_alert").need("document", alert.document.is_some());
    let Some(document) = &alert.document else { return fields };
    let wanted =
        !matches!(document.status(), DocumentStatus::Unspecified | DocumentStatus::Valid | DocumentStatus::Unknown);
    let path = "body.document_alert.document";
    fields
        .rule("type", format!("{path}.type"), !document.document_type.is_empty())
        .rule("number", format!("{path}.number"), !document.number.is_empty())
        .rule("issuer", format!("{path}.issuer"), !document.issuer.is_empty())
        .rule("doc_status", format!("{path}.doc_status"), wanted)
}

fn feedback(feedback: &Feedback) -> Fields {
    Fields::of("body.feedback").need("at", window(feedback.at.as_ref())).need("place", place(feedback.place.as_ref()))
}

fn modus_operandi(way: &ModusOperandi) -> Fields {
    Fields::of("body.modus_operandi")
        .need("concealment", !way.concealment.is_empty())
        .need("description", text(way.description.as_ref()))
}

fn precursor(precursor: &Precursor) -> Fields {
    let path = "body.precursor_alert";
    let fields = Fields::of(path).need("items", !precursor.items.is_empty());
    precursor.items.iter().enumerate().fold(fields, |fields, (i, item)| {
        let item_path = format!("{path}.items[{i}]");
        fields.rule("schedule", format!("{item_path}.schedule"), item.schedule != 0).rule(
            "substance",
            item_path,
            !item.substance.is_empty() && !item.cas.is_empty(),
        )
    })
}

fn refusal(refusal: &Refusal) -> Fields {
    Fields::of("body.refusal").need("scope", refusal.scope() != RefusalScope::Unspecified)
}

/// NIL and INTERIM may have no answer.
fn reply(reply: &Reply) -> Fields {
    let answers = matches!(reply.outcome(), ReplyOutcome::Full | ReplyOutcome::Partial);
    let fields = Fields::of("body.reply").need("answers", !answers || !reply.answers.is_empty());
    reply.answers.iter().enumerate().fold(fields, |fields, (i, answer)| {
        fields.rule("text", format!("body.reply.answers[{i}].text"), text(answer.text.as_ref()))
    })
}

fn request(request: &Request) -> Fields {
    let whole = |offence: &Offence| {
        [&offence.code, &offence.text, &offence.country].into_iter().all(|text| !text.trim().is_empty())
    };
    Fields::of("body.request")
        .need("offence", request.offence.as_ref().is_some_and(whole))
        .need("due_at", request.due_ms != 0)
}

fn seizure(seizure: &Seizure) -> Fields {
    Fields::of("body.seizure")
        .need("occurred", window(seizure.occurred.as_ref()))
        .need("place", place(seizure.place.as_ref()))
        .need("detection", !seizure.detection.is_empty())
        .need("concealment", !seizure.concealment.is_empty())
        .need("items", !seizure.items.is_empty())
        .need("case_reference", !seizure.case_reference.trim().is_empty())
        .goods(&seizure.items)
}

fn suspicion(suspicion: &Suspicion) -> Fields {
    Fields::of("body.suspicious_consignment")
        .need("risk_indicators", texts(&suspicion.risk_indicators))
        .need("expected_crossing", window(suspicion.expected.as_ref()))
        .need("place", place(suspicion.place.as_ref()))
}

fn withdrawal(withdrawal: &Withdrawal) -> Fields {
    Fields::of("body.withdrawal").need("reason", text(withdrawal.reason.as_ref()))
}

/// A container, a wagon or a seal.
fn cargo(units: &[TransportUnit]) -> Vec<Missing> {
    let named = |unit: &TransportUnit| {
        !unit.container.is_empty()
            || !unit.wagon.is_empty()
            || unit.seals.iter().any(|seal| !seal.number.trim().is_empty())
    };
    let there = !units.is_empty() && units.iter().all(named);
    Fields::of("body").rule("identity", "body.transport_units", there).missing
}

/// A vehicle, a unit or a transport document.
fn consignment(body: &NoticeBody) -> Vec<Missing> {
    let unit =
        |unit: &TransportUnit| !unit.container.is_empty() || !unit.wagon.is_empty() || !unit.documents.is_empty();
    let there = body.vehicles.iter().any(is_identified) || body.transport_units.iter().any(unit);
    Fields::of("body").rule("object", "body", there).missing
}

/// A name, and a date of birth, a nationality or a document, of everyone. That a person has names is a rule of its own.
fn persons(persons: &[Person]) -> Vec<Missing> {
    let named = |person: &Person| {
        let full = |name: &crate::wire::PersonName| {
            !name.family.is_empty() && [&name.given, &name.as_written].iter().any(|text| !text.is_empty())
        };
        person.names.is_empty() || person.names.iter().any(full)
    };
    let known =
        |person: &Person| person.born.is_some() || !person.nationalities.is_empty() || !person.documents.is_empty();
    let fields = Fields::of("body").rule("identity", "body.persons", !persons.is_empty());
    let each = persons.iter().enumerate().fold(fields, |fields, (i, person)| {
        fields.rule("identity", format!("body.persons[{i}]"), named(person) && known(person))
    });
    each.missing
}

fn vehicles(vehicles: &[Vehicle]) -> Vec<Missing> {
    let there = !vehicles.is_empty() && vehicles.iter().all(is_identified);
    let fields = Fields::of("body").rule("identity", "body.vehicles", there);
    let each = vehicles.iter().enumerate().fold(fields, |fields, (i, vehicle)| {
        fields.rule("type", format!("body.vehicles[{i}].type"), vehicle.vehicle_type() != VehicleType::Unspecified)
    });
    each.missing
}

/// By a plate or a VIN; that a plate needs its country is a rule of the field.
const fn is_identified(vehicle: &Vehicle) -> bool {
    !vehicle.plate.is_empty() || !vehicle.vin.is_empty()
}

fn text(text: Option<&Text>) -> bool {
    text.is_some_and(|text| !text.text.trim().is_empty())
}

/// At least one.
fn texts(texts: &[Text]) -> bool {
    texts.iter().any(|one| text(Some(one)))
}

fn window(window: Option<&TimeWindow>) -> bool {
    window.is_some_and(|window| window.from_ms != 0 && window.to_ms != 0)
}

/// An office, a name or coordinates.
fn place(place: Option<&Place>) -> bool {
    place.is_some_and(|place| !place.office.is_empty() || !place.crossing.is_empty() || place.lat_e7.is_some())
}
