//! `country sign`: the next version of the roster, for every office to import.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::country::Dir;
use crate::cli::country::folder::Folder;
use crate::cli::country::folder::failed;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::output::pairs;
use crate::edge::disk;
use crate::edge::env::SystemClock;
use crate::name::Fingerprint;
use crate::time::Clock as _;

/// A roster is for everybody to read.
const MODE: u32 = 0o644;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    dir: Dir,
    /// Where to write the signed roster
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(args: &Args, out: &Output) -> Result<(), Failure> {
    let mut folder = Folder::open(&args.dir.dir)?;
    let (roster, signed) = folder.sign(SystemClock.now())?;
    disk::replace(&args.out, &signed.bytes, MODE).map_err(|error| failed(&args.out, &error))?;
    let offices: Vec<String> = roster.offices.iter().map(|office| office.code.to_string()).collect();
    let fingerprint = Fingerprint::of_key(&roster.country_key.0).to_string();
    if out.json {
        return out.object(&json!({
            "country": roster.country.to_string(),
            "version": roster.version,
            "offices": offices,
            "fingerprint": fingerprint,
            "digest": signed.digest.to_string(),
        }));
    }
    out.text(pairs(&[
        ("Country", roster.country.to_string()),
        ("Version", roster.version.to_string()),
        ("Offices", offices.join(", ")),
        ("Roster", args.out.display().to_string()),
    ]))?;
    out.text(format_args!("fingerprint: {fingerprint}"))?;
    out.note(format_args!("Next, at every office: chapar roster import {}", args.out.display()));
    Ok(())
}
