//! `roster`: the signed lists of offices, one a country.

use std::fs::File;
use std::path::Path;
use std::path::PathBuf;

use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::output::titled;
use crate::cli::words;
use crate::domain::envelope::Unverified;
use crate::domain::roster::CountryRoster;
use crate::edge::disk;
use crate::edge::env::SystemClock;
use crate::limits;
use crate::time::Clock as _;
use crate::wire;

/// What is done with rosters.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// Put newer rosters into force, all of them or none
    Import(Import),
    /// Show the rosters in force
    Show,
}

/// Which rosters.
#[derive(clap::Args)]
pub(super) struct Import {
    /// Signed rosters, as country sign writes them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Does it.
pub(super) fn run(verb: Verb, global: &Global) -> Result<(), Failure> {
    match verb {
        Verb::Import(Import { files }) => import(&files, global),
        Verb::Show => show(global),
    }
}

fn import(files: &[PathBuf], global: &Global) -> Result<(), Failure> {
    let rosters = files.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
    let request = wire::ImportRostersRequest { rosters };
    let answer =
        client::ask(global, async |mut client| Ok(client.inspect.import_rosters(request).await?.into_inner()))?;
    let out = global.output();
    for wire::ImportedRoster { country, version, changed, offices } in answer.rosters {
        if out.json {
            let object = json!({"country": country, "version": version, "changed": changed, "offices": offices});
            out.object(&object)?;
        } else {
            let words = global.words();
            let offices = words::counted("roster-offices", offices, &words);
            let names = [("country", country), ("version", version.to_string()), ("offices", offices)];
            out.text(words.say(if changed { "roster-imported" } else { "roster-in-force-already" }, &names))?;
        }
    }
    Ok(())
}

/// A roster file; the node checks who signed it.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = File::open(path).and_then(|file| disk::read_at_most(file, limits::ROSTER_BYTES)).map_err(|error| {
        Failure::config(format!("{}: {error}.", path.display()), "Give the roster files, as country sign writes them.")
    })?;
    match Unverified::<CountryRoster>::read(&bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => {
            let names = [("file", path.display().to_string()), ("cause", error.to_string())];
            Err(Failure::said(Kind::Config, "failure-no-roster-file", &names))
        }
    }
}

fn show(global: &Global) -> Result<(), Failure> {
    let status = client::status(global)?;
    let out = global.output();
    if out.json {
        return status.countries.iter().try_for_each(|country| {
            out.object(&json!({
                "country": country.country,
                "fingerprint": country.fingerprint,
                "version": if country.version == 0 { None } else { Some(country.version) },
                "issued_at": words::time(country.issued_ms),
                "offices": country.offices,
            }))
        });
    }
    let words = global.words();
    if status.countries.is_empty() {
        out.note(words.say("countries-none", &[("command", global.command("status"))]));
        return Ok(());
    }
    let now = SystemClock.now().ms();
    let rows = status.countries.iter().map(|country| {
        let (version, age) = match country.version {
            0 => (words.get("roster-none-yet"), String::new()),
            version => (version.to_string(), words.age(now.saturating_sub(country.issued_ms))),
        };
        let offices = country.offices.join(", ");
        [country.country.clone(), version, age, offices, country.fingerprint.clone()]
    });
    let header = ["column-country", "column-version", "column-age", "column-offices", "column-fingerprint"];
    out.text(titled(&words, header, rows.collect()))
}
