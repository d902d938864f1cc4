//! Rosters and pinned fingerprints: whose keys count, and which versions are in force.

use askama::Template;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::console::form::Fields;
use crate::console::qr::Qr;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made_again;
use crate::console::visitor::Officer;
use crate::console::visitor::Posted;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::office::call::Call;
use crate::wire;

#[derive(Template)]
#[template(path = "roster.html")]
struct Page {
    shell: Shell,
    countries: Vec<Country>,
    may_change: bool,
    fields: Fields,
    /// What was done a moment ago.
    done: Vec<String>,
    refused: Option<(String, String)>,
}

struct Country {
    code: String,
    version: String,
    age: String,
    signed: String,
    fingerprint: String,
    /// The fingerprint as it is read out, four letters or digits at a time.
    aloud: Vec<String>,
    /// Country and fingerprint, for a camera.
    qr: Option<Qr>,
    offices: Vec<String>,
}

type Refusal = (String, String);

pub(super) async fn page(officer: Officer) -> Response {
    shown(&officer, Fields::default(), vec![], None).await
}

/// Pins a country's key, once its fingerprint was compared.
pub(super) async fn trust(Posted { officer, fields }: Posted) -> Response {
    match pinned(&officer, &fields).await {
        Ok(done) => shown(&officer, Fields::default(), done, None).await,
        Err(refused) => shown(&officer, fields, vec![], Some(refused)).await,
    }
}

async fn pinned(officer: &Officer, fields: &Fields) -> Result<Vec<String>, Refusal> {
    let words = officer.words();
    if !fields.has("compared") {
        return Err(shell::said(words, "console-not-compared"));
    }
    let country = fields.get("country").trim().to_ascii_uppercase();
    let fingerprint = fields.get("fingerprint").trim().to_owned();
    let names = [("country", country.clone()), ("fingerprint", fingerprint.clone())];
    let request = wire::TrustCountryRequest { country, fingerprint };
    let answer = officer.visitor.desk.api.trust_country(officer.call(request)).await;
    let replaced = answer.map_err(|refusal| shell::refusal(words, &refusal))?.into_inner().replaced;
    let mut done = vec![words.say("peer-trusted", &names)];
    if !replaced.is_empty() {
        done.push(words.say("peer-not-trusted", &[("fingerprint", replaced)]));
    }
    Ok(done)
}

/// Puts newer rosters into force.
pub(super) async fn import(Posted { officer, fields }: Posted) -> Response {
    match imported(&officer, &fields).await {
        Ok(done) => shown(&officer, Fields::default(), done, None).await,
        Err(refused) => shown(&officer, Fields::default(), vec![], Some(refused)).await,
    }
}

async fn imported(officer: &Officer, fields: &Fields) -> Result<Vec<String>, Refusal> {
    let words = officer.words();
    let files = rosters(fields).ok_or_else(|| shell::said(words, "console-no-roster-file"))?;
    let answer =
        officer.visitor.desk.api.import_rosters(officer.call(wire::ImportRostersRequest { rosters: files })).await;
    let answer = answer.map_err(|refusal| shell::refusal(words, &refusal))?.into_inner();
    let said = |file: &wire::ImportedRoster| {
        let listed = words.say("roster-offices", &[("count", file.offices.to_string())]);
        let names = [("country", file.country.clone()), ("version", file.version.to_string()), ("offices", listed)];
        words.say(if file.changed { "roster-imported" } else { "roster-in-force-already" }, &names)
    };
    Ok(answer.rosters.iter().map(said).collect())
}

/// The files of a form; `None` if there is none, or one is no file.
fn rosters(fields: &Fields) -> Option<Vec<Vec<u8>>> {
    let files = fields.all("roster").filter(|file| !file.is_empty());
    let files: Option<Vec<_>> = files.map(|file| STANDARD.decode(file).ok()).collect();
    files.filter(|files| !files.is_empty())
}

async fn shown(officer: &Officer, fields: Fields, done: Vec<String>, refused: Option<Refusal>) -> Response {
    let status = match officer.visitor.desk.api.get_status(officer.call(wire::GetStatusRequest {})).await {
        Ok(status) => status.into_inner(),
        Err(refusal) => return shell::refused(officer, &refusal),
    };
    let shell = Shell::for_officer(officer, "console-roster");
    let country = |country: &wire::CountryStatus| {
        let in_force = country.version > 0;
        let or_none = |text: String| if in_force { text } else { String::new() };
        Country {
            code: country.country.clone(),
            version: if in_force { country.version.to_string() } else { shell.get("roster-none-yet") },
            age: or_none(shell.age(country.issued_ms)),
            signed: or_none(shell.when.moment(country.issued_ms)),
            fingerprint: country.fingerprint.clone(),
            aloud: country.fingerprint.split('-').map(str::to_owned).collect(),
            qr: Qr::of(&format!("{} {}", country.country, country.fingerprint)),
            offices: country.offices.clone(),
        }
    };
    let page = Page {
        countries: status.countries.iter().map(country).collect(),
        may_change: officer.is(Call::Peers.roles()),
        shell,
        fields,
        done,
        refused,
    };
    made_again(&page, page.refused.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_are_rosters() {
        let form =
            |files: &[&str]| Fields(files.iter().map(|file| ("roster".to_owned(), (*file).to_owned())).collect());
        assert_eq!(rosters(&form(&["AQI=", "", "Aw=="])), Some(vec![vec![1, 2], vec![3]]));
        for none in [vec![], vec![""], vec!["AQI=", "?"]] {
            assert_eq!(rosters(&form(&none)), None, "{none:?}");
        }
    }
}
