//! Identifiers in a body: what looking at each sort of them shows, and at all of them in a body.
//!
//! Not which fields a kind must have: policy says so. What stands in an identifier is never changed, and a check digit
//! that does not fit never stops a notice: a forged number is news. Only a form that cannot be what the field is for is
//! refused, and a claim about a number that the number itself belies.

mod body;
mod cas;
mod codes;
mod container;
mod coordinates;
mod date;
mod document;
mod hs6;
mod imei;
mod lists;
mod mrz;
mod phone;
mod plate;
mod vin;

pub use body::Flagged;
pub use body::Looked;
pub use body::Refused;
pub use body::look_at;
pub use plate::decimal;
pub use plate::plate_norm;

use crate::wire::CheckStatus;
use crate::wire::VinFlag;

/// What is said of a VIN that looks odd; `None` of any other.
#[must_use]
pub fn vin_flag(vin: &str) -> Option<VinFlag> {
    match vin::look(vin) {
        Look::Flagged(Flag::VinForm) => Some(VinFlag::Format),
        Look::Flagged(_) => Some(VinFlag::CheckDigit),
        Look::Fine | Look::Refused => None,
    }
}

/// What is said of the check digit of a container number; `None` of what is none.
#[must_use]
pub fn container_status(number: &str) -> Option<CheckStatus> {
    match container::look(number) {
        Look::Fine => Some(CheckStatus::Ok),
        Look::Flagged(_) => Some(CheckStatus::Fail),
        Look::Refused => None,
    }
}

/// What looking at an identifier shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing.
    Fine,
    /// Something that an officer must see; the identifier is kept as written.
    Flagged(Flag),
    /// It has not the form of its sort.
    Refused,
}

impl Look {
    /// Fine if the form fits, else refused.
    const fn of_form(fits: bool) -> Self {
        if fits { Self::Fine } else { Self::Refused }
    }

    /// Fine if the check digit fits, else flagged; refused without a form that has one.
    const fn of_digit(fits: Option<bool>, flag: Flag) -> Self {
        match fits {
            Some(true) => Self::Fine,
            Some(false) => Self::Flagged(flag),
            None => Self::Refused,
        }
    }
}

/// Why an officer should look twice: a warning, never a reason to stop or to change anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// The check digit of a CAS registry number.
    CasDigit,
    /// The check digit of a container number (ISO 6346).
    ContainerDigit,
    /// The check digit of an IMEI (3GPP TS 23.003, Luhn).
    ImeiDigit,
    /// In a machine readable zone (ICAO Doc 9303) the check digit of the date of birth.
    MrzBirth,
    /// There, the composite check digit, and no other.
    MrzComposite,
    /// There, the check digit of the date of expiry.
    MrzExpiry,
    /// There, the check digit of the document number.
    MrzNumber,
    /// There, the check digit of the optional data.
    MrzOptional,
    /// The check digit of a VIN (ISO 3779), where position 9 must be one: North America and China.
    VinDigit,
    /// No VIN by ISO 3779: an old chassis number, or a slip.
    VinForm,
}

impl Flag {
    /// A short name, stable, such as `container.digit`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CasDigit => "cas.digit",
            Self::ContainerDigit => "container.digit",
            Self::ImeiDigit => "imei.digit",
            Self::MrzBirth => "mrz.birth",
            Self::MrzComposite => "mrz.composite",
            Self::MrzExpiry => "mrz.expiry",
            Self::MrzNumber => "mrz.number",
            Self::MrzOptional => "mrz.optional",
            Self::VinDigit => "vin.digit",
            Self::VinForm => "vin.form",
        }
    }

    /// The message of `i18n/` that says it to people.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::CasDigit => "flag-cas-digit",
            Self::ContainerDigit => "flag-container-digit",
            Self::ImeiDigit => "flag-imei-digit",
            Self::MrzBirth => "flag-mrz-birth",
            Self::MrzComposite => "flag-mrz-composite",
            Self::MrzExpiry => "flag-mrz-expiry",
            Self::MrzNumber => "flag-mrz-number",
            Self::MrzOptional => "flag-mrz-optional",
            Self::VinDigit => "flag-vin-digit",
            Self::VinForm => "flag-vin-form",
        }
    }
}

/// A rule of a field, by which its value is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldRule {
    /// A CAS registry number is 2 to 7 digits, 2 digits and a check digit, with hyphens.
    Cas,
    /// What is said of a container's check digit is what its number shows.
    ContainerCheckStatus,
    /// A container number is three capital letters, U, J or Z, and seven digits (ISO 6346).
    ContainerFormat,
    /// A country is one of ISO 3166-1, by its two letters.
    Country,
    /// What is said of the check digits of a machine readable zone is what its lines show.
    DocumentCheckStatus,
    /// A document is issued and expires on days, in this order.
    DocumentDates,
    /// Whoever issued a document is one of ISO 3166-1 or of ICAO Doc 9303, by three letters.
    DocumentIssuer,
    /// A machine readable zone is that of a TD1 or of a TD3 (ICAO Doc 9303).
    DocumentMrz,
    /// A document number is 1 to 12 of A-Z, 0-9 and the filler.
    DocumentNumber,
    /// A document is a passport, a card or a visa, by the letter of ICAO Doc 9303.
    DocumentType,
    /// A code of the Harmonized System is six digits.
    Hs6,
    /// A currency is one of ISO 4217.
    ItemCurrency,
    /// A name is in the Latin, the Cyrillic or the Arabic script.
    NameScript,
    /// A date of birth is a year, a month or a day that there was.
    PersonDob,
    /// An IMEI is 15 digits.
    PersonImei,
    /// Who is meant is one of the persons of the body, by the id there.
    PersonReference,
    /// A telephone number is a plus and 7 to 15 digits (E.164).
    PhoneE164,
    /// Coordinates say how far off they may be.
    PlaceAccuracy,
    /// Coordinates are a latitude and a longitude on earth (WGS 84).
    PlaceCoordinates,
    /// A text is in a language that there is (BCP 47).
    TextLanguage,
    /// A plate says of which country it is.
    VehiclePlateCountry,
    /// What is said to be odd about a VIN is what it shows.
    VehicleVinFlags,
    /// A window says in which time zone it was told (IANA).
    WindowZone,
}

impl FieldRule {
    /// The name under which documents cite the rule, as in `F:hs6`, without the `F:`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cas => "item.cas",
            Self::ContainerCheckStatus => "container.check_status",
            Self::ContainerFormat => "container.format",
            Self::Country => "country",
            Self::DocumentCheckStatus => "document.check_status",
            Self::DocumentDates => "document.dates",
            Self::DocumentIssuer => "document.issuer",
            Self::DocumentMrz => "document.mrz",
            Self::DocumentNumber => "document.number",
            Self::DocumentType => "document.type",
            Self::Hs6 => "hs6",
            Self::ItemCurrency => "item.currency",
            Self::NameScript => "name.script",
            Self::PersonDob => "person.dob",
            Self::PersonImei => "person.imeis",
            Self::PersonReference => "reference",
            Self::PhoneE164 => "phone.e164",
            Self::PlaceAccuracy => "place.accuracy_m",
            Self::PlaceCoordinates => "place.coordinates",
            Self::TextLanguage => "text.lang",
            Self::VehiclePlateCountry => "vehicle.plate_country",
            Self::VehicleVinFlags => "vehicle.vin_flags",
            Self::WindowZone => "window.tz",
        }
    }

    /// The message of `i18n/` that says it to people.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Cas => "form-item-cas",
            Self::ContainerCheckStatus => "form-container-check-status",
            Self::ContainerFormat => "form-container-format",
            Self::Country => "form-country",
            Self::DocumentCheckStatus => "form-document-check-status",
            Self::DocumentDates => "form-document-dates",
            Self::DocumentIssuer => "form-document-issuer",
            Self::DocumentMrz => "form-document-mrz",
            Self::DocumentNumber => "form-document-number",
            Self::DocumentType => "form-document-type",
            Self::Hs6 => "form-hs6",
            Self::ItemCurrency => "form-item-currency",
            Self::NameScript => "form-name-script",
            Self::PersonDob => "form-person-dob",
            Self::PersonImei => "form-person-imeis",
            Self::PersonReference => "form-reference",
            Self::PhoneE164 => "form-phone-e164",
            Self::PlaceAccuracy => "form-place-accuracy-m",
            Self::PlaceCoordinates => "form-place-coordinates",
            Self::TextLanguage => "form-text-lang",
            Self::VehiclePlateCountry => "form-vehicle-plate-country",
            Self::VehicleVinFlags => "form-vehicle-vin-flags",
            Self::WindowZone => "form-window-tz",
        }
    }
}

/// The digits of an ASCII text; `None` if there is anything else in it.
fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|c| c.to_digit(10)).collect()
}

#[cfg(test)]
mod tests;
