//! `notice send`: a draft file becomes a notice on its way.

use std::fs::File;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::client::Client;
use crate::cli::failure::Failure;
use crate::cli::failure::sentence;
use crate::domain::draft;
use crate::domain::draft::Draft;
use crate::domain::draft::DraftError;
use crate::edge::disk;
use crate::limits;
use crate::name::OfficeCode;
use crate::wire;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    /// Draft file; - reads it from the input
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// Addressees in place of the draft's; its copies stay
    #[arg(long, value_name = "OFFICE,…", value_delimiter = ',')]
    to: Vec<OfficeCode>,
    /// Send it without the attachments of the draft
    #[arg(long)]
    without_attachments: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let mut draft = read(&args.file, draft::Options { without_attachments: args.without_attachments })?;
    if !args.to.is_empty() {
        readdress(&mut draft, &args.to);
    }
    send(draft, global)
}

/// Hands a draft to the node. Every verb that sends comes by here.
pub(super) fn send(draft: Draft, global: &Global) -> Result<(), Failure> {
    let request = wire::SendNoticeRequest { header: Some(draft.header), body: draft.body };
    // A request with a whole notice is large.
    let ask = async |mut client: Client| Ok(Box::pin(client.desk.send_notice(request)).await?.into_inner());
    let sent = client::ask(global, ask)?;
    let out = global.output();
    if out.json {
        let digest = hex::encode(&sent.digest);
        let flags = sent.flags.iter().map(|flag| json!({"rule": flag.rule, "path": flag.path, "what": flag.what}));
        let flags: Vec<Value> = flags.collect();
        return out.object(&json!({"reference": sent.reference, "digest": digest, "to": sent.to, "flags": flags}));
    }
    out.text(format_args!("{}  to {}", sent.reference, sent.to.join(", ")))?;
    for flag in &sent.flags {
        out.note(format_args!("{} {}: {}", global.words().get("check-flag"), flag.path, flag.what));
    }
    out.note(format_args!("It is durable here and goes by itself. Follow it: {}", global.command("outbox")));
    Ok(())
}

/// Reads a draft file.
pub(super) fn read(path: &Path, options: draft::Options) -> Result<Draft, Failure> {
    let bytes = if path.as_os_str() == "-" {
        disk::read_at_most(io::stdin().lock(), limits::DRAFT_BYTES)
    } else {
        File::open(path).and_then(|file| disk::read_at_most(file, limits::DRAFT_BYTES))
    };
    let bytes = bytes.map_err(|error| {
        Failure::config(format!("{}: {error}.", path.display()), "Give the draft file with --file, or - for the input.")
    })?;
    draft::parse(&bytes, options).map_err(|error| {
        let what = match error {
            DraftError::Problem(problem) => format!("The draft cannot be sent: {problem}"),
            other => other.to_string(),
        };
        Failure::config(
            sentence(&what),
            "Correct it and send it again; a draft to compare with: chapar notice template KIND",
        )
    })
}

/// Other addressees in place of the draft's. Units of offices that are no party any more go, too.
fn readdress(draft: &mut Draft, to: &[OfficeCode]) {
    let party = |office: &OfficeCode| wire::Party { office: office.to_string(), agency: 0 };
    let header = &mut draft.header;
    header.to = to.iter().map(party).collect();
    if let Some(body) = &mut draft.body {
        let parties: Vec<&wire::Party> = header.from.iter().chain(&header.to).chain(&header.cc).collect();
        body.units.retain(|unit| parties.iter().any(|party| party.office == unit.office));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_addressees_replace_those_of_the_draft() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/notices/03-seizure-yarn-heroin.json");
        assert!(read(&path, draft::Options::default()).unwrap_err().error.contains("--without-attachments"));
        let mut draft = read(&path, draft::Options { without_attachments: true }).unwrap();
        readdress(&mut draft, &["UZ-OYB".parse().unwrap()]);
        let offices = |parties: &[wire::Party]| parties.iter().map(|party| party.office.clone()).collect::<Vec<_>>();
        assert_eq!(offices(&draft.header.to), ["UZ-OYB"]);
        assert_eq!(offices(&draft.header.cc), ["TM-NCC"]);
        let units: Vec<_> = draft.body.unwrap().units.into_iter().map(|unit| unit.office).collect();
        assert_eq!(units, ["TM-FAR"]);
    }
}
