//! The sample drafts that the demo sends, a warning and what comes of it; the times of each are moved by one constant, so
//! that it is released now.

use serde_json::Value;
use serde_json::json;

use crate::cli::failure::Failure;
use crate::cli::notice::Listed;
use crate::domain::policy::Agreements;
use crate::domain::roster::Position;
use crate::time::Timestamp;

/// A draft and the office that sends it.
pub(super) struct Sample {
    /// Who.
    pub(super) from: &'static str,
    /// To whom.
    pub(super) to: &'static [&'static str],
    /// The draft file.
    pub(super) draft: Value,
}

macro_rules! sample {
    ($file:literal) => {
        include_str!(concat!("../../../tests/data/notices/", $file))
    };
}

/// When the answer to the request is due: soon, but not before a slow machine has sent it, ms.
const DUE_MS: i64 = 30_000;
macro_rules! picture {
    ($file:literal) => {
        ($file, include_bytes!(concat!("../../../tests/data/", $file)).as_slice())
    };
}

/// Pictures of the samples, by how their drafts name them.
pub(super) const PICTURES: [(&str, &[u8]); 3] = [
    picture!("images/xray-truck-floor.png"),
    picture!("images/photo-plate-cyrillic.jpg"),
    picture!("images/photo-label.jpg"),
];

/// What the seizure report says of the weight.
const WEIGHED: &str = "9 412";

/// What the laboratory says, and the same in thousandths of a gram.
const WEIGHED_AGAIN: (&str, u32) = ("9 386", 9_386_000);

/// The agreements that the samples rest on.
pub(super) fn agreements() -> Result<Agreements, Failure> {
    let book = include_bytes!("../../../tests/data/offices.json");
    Listed::parse(book).map(|listed| listed.agreements).map_err(Failure::internal)
}

/// The town of an office of the samples.
pub(super) fn position(code: &str) -> Result<Option<Position>, Failure> {
    let book: Value =
        serde_json::from_slice(include_bytes!("../../../tests/data/offices.json")).map_err(Failure::internal)?;
    let offices = book.pointer("/offices").and_then(Value::as_array).into_iter().flatten();
    let office = offices.into_iter().find(|office| office.pointer("/code").and_then(Value::as_str) == Some(code));
    let e7 = |name: &str| i32::try_from(office?.pointer(name)?.as_i64()?).ok();
    let both = e7("/position/lat_e7").zip(e7("/position/lon_e7"));
    Ok(both.and_then(|(lat, lon)| Position::near(lat, lon)))
}

/// A consignment that may hide something.
pub(super) fn warning(now: Timestamp) -> Result<Sample, Failure> {
    let draft = released_now(sample!("01-suspicious-consignment-yarn.json"), now)?;
    Ok(Sample { from: "UZ-ALT", to: &["TM-FAR", "UZ-NCC"], draft })
}

/// What was found.
pub(super) fn feedback(now: Timestamp) -> Result<Sample, Failure> {
    let draft = released_now(sample!("02-feedback-yarn-seized.json"), now)?;
    Ok(Sample { from: "TM-FAR", to: &["UZ-ALT"], draft })
}

/// The report on it; the centre of the other country stands in for that of the own one.
pub(super) fn seizure(now: Timestamp) -> Result<Sample, Failure> {
    let draft = released_now(sample!("03-seizure-yarn-heroin.json"), now)?;
    Ok(Sample { from: "TM-FAR", to: &["UZ-ALT", "UZ-NCC"], draft })
}

/// A vehicle that is looked for, at once.
pub(super) fn alert(now: Timestamp) -> Result<Sample, Failure> {
    here(sample!("15-vehicle-alert-old-chassis.json"), "TM-FAR", &["UZ-ALT"], now)
}

/// A request whose answer is due soon.
pub(super) fn request(now: Timestamp) -> Result<Sample, Failure> {
    let mut sample = here(sample!("35-rfi-van-owner.json"), "UZ-ALT", &["TM-FAR"], now)?;
    put(&mut sample.draft, "/body/request", "due_at", json!(now.plus_ms(DUE_MS).to_string()));
    Ok(sample)
}

/// An exercise.
pub(super) fn exercise(now: Timestamp) -> Result<Sample, Failure> {
    here(sample!("18-vehicle-alert-exercise.json"), "TM-FAR", &["UZ-ALT"], now)
}

/// How something was hidden.
pub(super) fn method(now: Timestamp) -> Result<Sample, Failure> {
    here(sample!("33-modus-operandi-bottles.json"), "TM-FAR", &["UZ-ALT"], now)
}

/// A load that does not fit its papers.
pub(super) fn consignment(now: Timestamp) -> Result<Sample, Failure> {
    let mut sample = here(sample!("11-suspicious-consignment-melons.json"), "UZ-ALT", &["TM-FAR"], now)?;
    let place = json!({"office_code": "TM-FAR", "country": "TM"});
    put(&mut sample.draft, "/body/suspicious_consignment", "place", place);
    Ok(sample)
}

/// A sample of other offices, between two of the demo: it rests on what their countries have agreed.
fn here(text: &str, from: &'static str, to: &'static [&'static str], now: Timestamp) -> Result<Sample, Failure> {
    let mut draft = released_now(text, now)?;
    put(&mut draft, "/header", "legal_basis", json!({"kind": "AGREEMENT", "ref": "TM-UZ/2023-04"}));
    put(&mut draft, "/header", "relates_to", json!([]));
    Ok(Sample { from, to, draft })
}

/// Puts a value into a part of a draft, such as `/header`.
pub(super) fn put(draft: &mut Value, part: &str, name: &str, value: Value) {
    if let Some(part) = draft.pointer_mut(part).and_then(Value::as_object_mut) {
        part.insert(name.to_owned(), value);
    }
}

/// The weight is another one: what a correction of the report says, as its officer would write it.
pub(super) fn weigh_again(correction: &mut Value, report: &Value) {
    let at = |place: &str| report.pointer(&format!("/body/{place}")).and_then(Value::as_str).unwrap_or_default();
    let again = |place: &str| at(place).replace(WEIGHED, WEIGHED_AGAIN.0);
    let text = |name: &str| {
        let value = json!({"text": again(&format!("{name}/text")), "lang": at(&format!("{name}/lang"))});
        json!({"path": format!("body.{name}"), "value": value})
    };
    correction["body"] = json!({
        "subject": {"text": "Масса героина уточнена после взвешивания в лаборатории", "lang": "ru"},
        "marking": {"source_reliability": "A", "information_credibility": "1", "assertion_kind": "FACT"},
        "correction": {
            "reason_code": "ERROR",
            "reason": {"text": "Взвешено в лаборатории без обмотки", "lang": "ru"},
            "replaced_fields": [
                text("subject"),
                text("narrative"),
                {"path": "body.translations[0].text", "value": again("translations/0/text")},
                {"path": "body.seizure.items[0].quantity_milli", "value": WEIGHED_AGAIN.1},
            ],
        },
    });
}

fn released_now(text: &str, now: Timestamp) -> Result<Value, Failure> {
    let mut draft: Value = serde_json::from_str(text).map_err(Failure::internal)?;
    let released = draft.pointer("/header/release_at").and_then(Value::as_str).and_then(|time| time.parse().ok());
    shift(&mut draft, now.since_ms(released.unwrap_or(now)));
    Ok(draft)
}

fn shift(value: &mut Value, constant: i64) {
    match value {
        Value::String(text) => {
            if let Ok(time) = text.parse::<Timestamp>() {
                *text = time.plus_ms(constant).to_string();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| shift(item, constant)),
        Value::Object(fields) => fields.values_mut().for_each(|field| shift(field, constant)),
        _ => {}
    }
}
