//! The sample drafts that the demo sends, the times of each moved by one constant, so that it is released now.

use serde_json::Value;

use crate::cli::failure::Failure;
use crate::cli::notice::Listed;
use crate::domain::policy::Agreements;
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
    ($from:literal => $to:expr, $file:literal) => {
        ($from, $to.as_slice(), include_str!(concat!("../../../tests/data/notices/", $file)))
    };
}

/// Kinds and languages of every sort, both ways. Where the demo lacks an office of the draft, one of its three stands in.
const SAMPLES: [(&str, &[&str], &str); 12] = [
    sample!("UZ-ALT" => &["TM-FAR", "UZ-NCC"], "01-suspicious-consignment-yarn.json"),
    sample!("TM-FAR" => &["UZ-ALT"], "02-feedback-yarn-seized.json"),
    sample!("TM-FAR" => &["UZ-ALT", "UZ-NCC"], "03-seizure-yarn-heroin.json"),
    sample!("TM-FAR" => &["UZ-ALT"], "18-vehicle-alert-exercise.json"),
    sample!("UZ-NCC" => &["TM-FAR", "UZ-ALT"], "24-document-alert-stolen-blanks.json"),
    sample!("UZ-NCC" => &["TM-FAR"], "45-rfi-hit-only.json"),
    sample!("UZ-ALT" => &["TM-FAR", "UZ-NCC"], "27-cargo-alert-bad-check-digit.json"),
    sample!("UZ-ALT" => &["TM-FAR"], "43-consent-request-refused-later.json"),
    sample!("TM-FAR" => &["UZ-ALT"], "34-modus-operandi-jacket.json"),
    sample!("TM-FAR" => &["UZ-NCC", "UZ-ALT"], "21-person-alert-dari-name.json"),
    sample!("UZ-ALT" => &["TM-FAR", "UZ-NCC"], "64-coordination-meeting.json"),
    sample!("TM-FAR" => &["UZ-ALT"], "65-coordination-accept.json"),
];

/// The agreements that the samples rest on.
pub(super) fn agreements() -> Result<Agreements, Failure> {
    let book = include_bytes!("../../../tests/data/offices.json");
    Listed::parse(book).map(|listed| listed.agreements).map_err(Failure::internal)
}

/// The samples, as if each were released now.
pub(super) fn shifted(now: Timestamp) -> Result<Vec<Sample>, Failure> {
    let mut samples = vec![];
    for (from, to, text) in SAMPLES {
        let mut draft: Value = serde_json::from_str(text).map_err(Failure::internal)?;
        let released = draft.pointer("/header/release_at").and_then(Value::as_str).and_then(|time| time.parse().ok());
        shift(&mut draft, now.since_ms(released.unwrap_or(now)));
        rest_on_the_border(&mut draft);
        samples.push(Sample { from, to, draft });
    }
    Ok(samples)
}

/// Where one of the three stands in for another country's office, their agreement stands in for that country's.
fn rest_on_the_border(draft: &mut Value) {
    let Some(Value::String(reference)) = draft.pointer_mut("/header/legal_basis/ref") else { return };
    if ["KG-KZ/2019-11", "TJ-UZ/2014-02"].contains(&reference.as_str()) {
        "TM-UZ/2023-04".clone_into(reference);
    }
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
