//! `country new`: a country key, and the fingerprint that the other countries compare.

use serde_json::json;

use crate::cli::country::Dir;
use crate::cli::country::folder::Folder;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::output::pairs;
use crate::edge::env::SystemClock;
use crate::edge::env::SystemEntropy;
use crate::name::Country;
use crate::name::Fingerprint;
use crate::name::Network;
use crate::time::Clock as _;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    dir: Dir,
    /// Country, two letters, as in UZ
    #[arg(long)]
    country: Country,
    /// Network, as in demo.example
    #[arg(long)]
    network: Network,
}

pub(super) fn run(args: &Args, out: &Output) -> Result<(), Failure> {
    let Args { dir: Dir { dir }, country, network } = args;
    let mut entropy = SystemEntropy::open().map_err(Failure::internal)?;
    let roster = Folder::create(dir, *country, network.clone(), SystemClock.now(), &mut entropy)?;
    let fingerprint = Fingerprint::of_key(&roster.country_key.0).to_string();
    if out.json {
        return out
            .object(&json!({"country": country.to_string(), "network": network.as_str(), "fingerprint": fingerprint}));
    }
    out.text(pairs(&[("Country", country.to_string()), ("Network", network.to_string())]))?;
    out.text(format_args!("fingerprint: {fingerprint}"))?;
    out.note(format_args!(
        "The key is in {}; keep a copy of the folder in a safe place.\n\
         Every office compares the fingerprint by voice, then: chapar peer trust {country} {fingerprint}\n\
         Next: chapar country add --dir {} OFFICE.card",
        dir.display(),
        dir.display()
    ));
    Ok(())
}
