//! All identifiers of a body, of a draft or received, looked at.
//!
//! - A path names a field by its names in a draft, as in `body.vehicles[0].vin_raw`; nothing here holds a value.
//! - Codes of lists and references to persons are looked at beside, in `codes`.
//! - The body that a correction puts in place of another is looked at, too.

use crate::domain::fields::FieldRule;
use crate::domain::fields::Flag;
use crate::domain::fields::Look;
use crate::domain::fields::cas;
use crate::domain::fields::container;
use crate::domain::fields::coordinates;
use crate::domain::fields::date;
use crate::domain::fields::document;
use crate::domain::fields::hs6;
use crate::domain::fields::imei;
use crate::domain::fields::lists;
use crate::domain::fields::mrz;
use crate::domain::fields::phone;
use crate::domain::fields::vin;
use crate::domain::notice;
use crate::wire;
use crate::wire::CheckStatus;
use crate::wire::NoticeBody;
use crate::wire::VinFlag;

/// A field with an identifier at which an officer should look twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flagged {
    /// The field, as in `body.vehicles[0].vin_raw`.
    pub path: String,
    /// Why.
    pub flag: Flag,
}

/// A field that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The field, as in `body.seizure.items[0].hs6`.
    pub path: String,
    /// By which rule.
    pub rule: FieldRule,
}

/// What looking at all identifiers of a body shows, in the order of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Warnings.
    pub flagged: Vec<Flagged>,
    /// Reasons not to send or to accept it.
    pub refused: Vec<Refused>,
}

/// Looks at all identifiers of a body.
#[must_use]
pub fn look_at(body: &NoticeBody) -> Looked {
    let mut looked = Looked::default();
    looked.body(body, "body");
    if let Some(replacement) = notice::replacement(body) {
        looked.body(replacement, "body.correction.full_replacement");
    }
    looked.codes(body);
    looked
}

impl Looked {
    pub(super) fn refuse(&mut self, path: String, rule: FieldRule) {
        self.refused.push(Refused { path, rule });
    }

    /// Notes what a look showed; `rule` is that of the form.
    fn note(&mut self, look: Look, path: String, rule: FieldRule) {
        match look {
            Look::Fine => {}
            Look::Flagged(flag) => self.flagged.push(Flagged { path, flag }),
            Look::Refused => self.refuse(path, rule),
        }
    }

    fn body(&mut self, body: &NoticeBody, at: &str) {
        for (i, person) in body.persons.iter().enumerate() {
            self.person(person, &format!("{at}.persons[{i}]"));
        }
        for (i, vehicle) in body.vehicles.iter().enumerate() {
            self.vehicle(vehicle, &format!("{at}.vehicles[{i}]"));
        }
        for (i, unit) in body.transport_units.iter().enumerate() {
            self.unit(unit, &format!("{at}.transport_units[{i}]"));
        }
        if let Some(document) = body.document_alert.as_ref().and_then(|alert| alert.document.as_ref()) {
            self.document(document, &format!("{at}.document_alert.document"));
        }
        for (field, place) in places(body) {
            if let Some(rule) = coordinates::broken(place) {
                self.refuse(format!("{at}.{field}"), rule);
            }
        }
        for (part, items) in items(body) {
            for (i, item) in items.iter().enumerate() {
                self.item(item, &format!("{at}.{part}.items[{i}]"));
            }
        }
        let contacts = body.controlled_delivery.iter().flat_map(|delivery| &delivery.contacts);
        for (i, contact) in contacts.enumerate().filter(|(_, contact)| !contact.phone.is_empty()) {
            let path = format!("{at}.controlled_delivery.contacts[{i}].phone");
            self.note(phone::look(&contact.phone), path, FieldRule::PhoneE164);
        }
    }

    fn person(&mut self, person: &wire::Person, at: &str) {
        if let Some(born) = &person.born {
            self.note(date::look(&born.value), format!("{at}.dob"), FieldRule::PersonDob);
        }
        for (i, document) in person.documents.iter().enumerate() {
            self.document(document, &format!("{at}.documents[{i}]"));
        }
        if person.phones.iter().any(|phone| phone::look(&phone.e164) == Look::Refused) {
            self.refuse(format!("{at}.phones"), FieldRule::PhoneE164);
        }
        for (i, imei) in person.imeis.iter().enumerate() {
            self.note(imei::look(imei), format!("{at}.imeis[{i}]"), FieldRule::PersonImei);
        }
    }

    fn document(&mut self, document: &wire::TravelDocument, at: &str) {
        self.note(document::look(&document.number), format!("{at}.number"), FieldRule::DocumentNumber);
        let (issued, expires) = (&document.issued_on, &document.expires_on);
        for (field, day) in [("issued", issued), ("expires", expires)] {
            if !day.is_empty() && date::day(day).is_none() {
                self.refuse(format!("{at}.{field}"), FieldRule::DocumentDates);
            }
        }
        if let (Some(issued), Some(expires)) = (date::day(issued), date::day(expires))
            && issued >= expires
        {
            self.refuse(format!("{at}.expires"), FieldRule::DocumentDates);
        }
        if document.mrz.is_empty() {
            if matches!(document.check_status(), CheckStatus::Ok | CheckStatus::Fail) {
                self.refuse(format!("{at}.check_status"), FieldRule::DocumentCheckStatus);
            }
            return;
        }
        let look = mrz::look(&document.mrz);
        self.note(look, format!("{at}.mrz"), FieldRule::DocumentMrz);
        self.check_status(look, document.check_status(), format!("{at}.check_status"), FieldRule::DocumentCheckStatus);
    }

    /// Refuses a check status that is not what the look showed.
    fn check_status(&mut self, look: Look, said: CheckStatus, path: String, rule: FieldRule) {
        let shown = match look {
            Look::Fine => CheckStatus::Ok,
            Look::Flagged(_) => CheckStatus::Fail,
            // There is nothing to say of what is no number.
            Look::Refused => return,
        };
        if said != shown {
            self.refuse(path, rule);
        }
    }

    fn vehicle(&mut self, vehicle: &wire::Vehicle, at: &str) {
        let plated = !(vehicle.plate.is_empty() && vehicle.plate_country.is_empty());
        if plated && !lists::is_country(&vehicle.plate_country) {
            self.refuse(format!("{at}.plate_country"), FieldRule::VehiclePlateCountry);
        }
        let mut shown: Option<VinFlag> = None;
        if !vehicle.vin.is_empty()
            && let Look::Flagged(flag) = vin::look(&vehicle.vin)
        {
            self.flagged.push(Flagged { path: format!("{at}.vin_raw"), flag });
            shown = Some(if flag == Flag::VinForm { VinFlag::Format } else { VinFlag::CheckDigit });
        }
        if !vehicle.vin_flags().eq(shown) {
            self.refuse(format!("{at}.vin_flags"), FieldRule::VehicleVinFlags);
        }
    }

    fn unit(&mut self, unit: &wire::TransportUnit, at: &str) {
        if !unit.container.is_empty() {
            let look = container::look(&unit.container);
            self.note(look, format!("{at}.container_no"), FieldRule::ContainerFormat);
            self.check_status(look, unit.check_status(), format!("{at}.check_status"), FieldRule::ContainerCheckStatus);
        }
        if unit.hs6.iter().any(|code| hs6::look(code) == Look::Refused) {
            self.refuse(format!("{at}.hs6"), FieldRule::Hs6);
        }
    }

    fn item(&mut self, item: &wire::Item, at: &str) {
        if !item.hs6.is_empty() {
            self.note(hs6::look(&item.hs6), format!("{at}.hs6"), FieldRule::Hs6);
        }
        if !item.cas.is_empty() {
            self.note(cas::look(&item.cas), format!("{at}.cas"), FieldRule::Cas);
        }
    }
}

/// The places of a body, each after its field.
fn places(body: &NoticeBody) -> impl Iterator<Item = (&'static str, &wire::Place)> {
    let last_seen = body.alert.as_ref().and_then(|alert| alert.last_seen.as_ref());
    let places = [
        ("seizure.place", body.seizure.as_ref().and_then(|seizure| seizure.place.as_ref())),
        ("suspicious_consignment.place", body.suspicion.as_ref().and_then(|suspicion| suspicion.place.as_ref())),
        ("alert.last_seen.place", last_seen.and_then(|sighting| sighting.place.as_ref())),
        ("feedback.place", body.feedback.as_ref().and_then(|feedback| feedback.place.as_ref())),
        ("coordination.place", body.coordination.as_ref().and_then(|coordination| coordination.place.as_ref())),
    ];
    places.into_iter().filter_map(|(field, place)| Some((field, place?)))
}

/// The items of a body, each list after the part that it stands in.
fn items(body: &NoticeBody) -> impl Iterator<Item = (&'static str, &[wire::Item])> {
    let lists = [
        ("seizure", body.seizure.as_ref().map(|seizure| &seizure.items)),
        ("precursor_alert", body.precursor.as_ref().map(|precursor| &precursor.items)),
        ("controlled_delivery", body.controlled_delivery.as_ref().map(|delivery| &delivery.items)),
    ];
    lists.into_iter().filter_map(|(part, items)| Some((part, items?.as_slice())))
}
