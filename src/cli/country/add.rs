//! `country add`: an office's card, once a person has compared its fingerprint.

use std::fs::File;
use std::path::PathBuf;

use serde_json::json;

use crate::cli::country::Dir;
use crate::cli::country::folder::Folder;
use crate::cli::country::folder::failed;
use crate::cli::country::merge::merge;
use crate::cli::failure::Failure;
use crate::cli::failure::sentence;
use crate::cli::output::Output;
use crate::cli::output::confirm;
use crate::cli::output::pairs;
use crate::config::agency_word;
use crate::domain::roster::Card;
use crate::domain::roster::CountryRoster;
use crate::edge::disk;
use crate::edge::env::SystemClock;
use crate::limits;
use crate::name::Fingerprint;
use crate::time::Clock as _;
use crate::wire::LocalName;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    dir: Dir,
    /// The office's card, as init and card write it
    card: PathBuf,
    /// A name of the office, by language, as in en=Alat; may be given several times
    #[arg(long = "name", value_name = "LANGUAGE=NAME", value_parser = name)]
    names: Vec<LocalName>,
    /// The fingerprint was compared: do not ask
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(args: Args, out: &Output) -> Result<(), Failure> {
    let Args { dir: Dir { dir }, card: path, names, yes } = args;
    let mut folder = Folder::open(&dir)?;
    let bytes = File::open(&path).and_then(|file| disk::read_at_most(file, limits::ROSTER_BYTES));
    let card = Card::verify(&bytes.map_err(|error| failed(&path, &error))?).map_err(|error| {
        Failure::config(
            sentence(&format!("{} cannot be used as a card: {error}", path.display())),
            "Ask the office for the file again; it may be damaged.",
        )
    })?;
    belongs(card.value(), &folder.roster)?;
    let fingerprint = Fingerprint::of_digest(card.digest()).to_string();
    let mut office = card.value().office.clone();
    if !names.is_empty() {
        office.names = names;
    }
    out.note(pairs(&[
        ("Office", office.code.to_string()),
        ("Agency", agency_word(office.agency)),
        (
            "Endpoints",
            if office.endpoints.is_empty() { "none: it only dials".to_owned() } else { office.endpoints.join(", ") },
        ),
        ("Signed", card.value().issued.to_string()),
        ("Fingerprint", fingerprint.clone()),
    ]));
    let code = office.code;
    let listed = folder.roster.offices.iter().find(|listed| listed.code == code);
    let rekeyed = listed.is_some_and(|listed| listed.office_key() != office.office_key());
    if rekeyed {
        out.note(format_args!(
            "WARNING: the card has another office key than the roster lists for {code}. It replaces that key, which is \
             retired, and begins a new log. Make sure that the office has made a new key."
        ));
    }
    if !yes {
        compared(&fingerprint)?;
    }
    let new = merge(&mut folder.roster, office, SystemClock.now()).map_err(|error| {
        Failure::config(
            sentence(&error.to_string()),
            "Nothing was changed. Ask the office for a card that it wrote now.",
        )
    })?;
    folder.save()?;
    if out.json {
        return out.object(
            &json!({"office": code.to_string(), "fingerprint": fingerprint, "new": new, "new_key": new || rekeyed}),
        );
    }
    let done = match (new, rekeyed) {
        (true, _) => "is added",
        (false, true) => "is brought up to date, with a new office key",
        (false, false) => "is brought up to date",
    };
    out.text(format_args!("{code} {done}."))?;
    out.note(format_args!("Next: chapar country sign --dir {} --out FILE", dir.display()));
    Ok(())
}

/// Whether the card is of an office of this country in this network.
fn belongs(card: &Card, roster: &CountryRoster) -> Result<(), Failure> {
    let code = card.office.code;
    if card.network != roster.network {
        return Err(Failure::config(
            format!("The card is of the network {}, the roster of {}.", card.network, roster.network),
            "Ask the office for a card of this network.",
        ));
    }
    if code.country() != roster.country {
        return Err(Failure::config(
            format!("{code} is an office of {}, the roster is that of {}.", code.country(), roster.country),
            "Only its own country lists an office.",
        ));
    }
    Ok(())
}

/// Asks whether the fingerprint was compared.
fn compared(fingerprint: &str) -> Result<(), Failure> {
    let answer = confirm("Does the office read out the same fingerprint?");
    match answer.map_err(Failure::internal)? {
        Some(true) => Ok(()),
        Some(false) => Err(Failure::config("The card was not added.", "Ask the office for its card by another way.")),
        None => Err(Failure::usage(
            format!("Somebody must compare the fingerprint {fingerprint} with the office."),
            "Compare it by voice, then run it again with --yes, or at a terminal.",
        )),
    }
}

fn name(text: &str) -> Result<LocalName, &'static str> {
    let fits =
        |language: &str| language.len() <= 35 && language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    match text.split_once('=') {
        Some((language, name)) if !language.is_empty() && fits(language) && !name.is_empty() => {
            Ok(LocalName { name: name.to_owned(), language: language.to_owned() })
        }
        _ => Err("a name is written with its language, as in en=Alat"),
    }
}
