//! `notice send`: a draft file becomes a notice on its way.

use std::fs::File;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use serde_json::json;

use crate::cli::Global;
use crate::cli::attachment::bring;
use crate::cli::attachment::bring::Brought;
use crate::cli::client;
use crate::cli::client::Client;
use crate::cli::exercise;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::notice::drafts;
use crate::cli::notice::new;
use crate::cli::notice::release::Stated;
use crate::domain::draft;
use crate::domain::draft::Draft;
use crate::edge::disk;
use crate::edge::findings;
use crate::i18n;
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
    #[command(flatten)]
    attachments: Attachments,
    /// Send it alone, at once: only IMMEDIATE; another officer confirms it within 72 hours, else the node withdraws it
    #[arg(long)]
    emergency: bool,
    #[command(flatten)]
    stated: Stated,
}

/// What becomes of the attachments of a draft file.
#[derive(clap::Args)]
pub(in crate::cli) struct Attachments {
    /// Leave out the attachments that the draft file lists
    #[arg(long, requires = "file")]
    without_attachments: bool,
}

impl Attachments {
    /// How to read the file.
    pub(super) const fn options(&self) -> draft::Options {
        draft::Options { without_attachments: self.without_attachments }
    }
}

pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let mut draft = read(&args.file, args.attachments.options())?;
    if !args.to.is_empty() {
        readdress(&mut draft, &args.to);
    }
    if !args.emergency {
        return send(draft, global);
    }
    draft.header.emergency = true;
    let statement = args.stated.statement(&draft.header, &global.words())?;
    hand_in(draft, Some(statement), global)
}

/// Hands a draft to the node. Every verb that sends comes by here.
pub(super) fn send(draft: Draft, global: &Global) -> Result<(), Failure> {
    hand_in(draft, None, global)
}

fn hand_in(mut draft: Draft, statement: Option<wire::Statement>, global: &Global) -> Result<(), Failure> {
    let (out, mut brought, idempotency_key) = (global.output(), Brought::default(), client::key()?);
    let traffic = draft.header.traffic;
    let ask = async |mut client: Client| {
        brought.files(&mut client, &mut draft, &out).await?;
        let on = exercise::on(&mut client).await?;
        let (header, body) = (Some(draft.header), draft.body);
        let request =
            wire::SendNoticeRequest { header, body, statement, idempotency_key, ..wire::SendNoticeRequest::default() };
        // A request with a whole notice is large.
        let sent = Box::pin(client.desk.send_notice(request)).await;
        Ok((brought.kept(&mut client, sent).await?.into_inner(), brought.flags, on))
    };
    let (sent, found, on) = client::ask(global, ask)?;
    drafts::tell_flags(&found, &out, &global.words());
    if let Some(said) = exercise::told(on.as_ref(), traffic, &global.words()) {
        out.note(said);
    }
    if let Some(draft) = &sent.draft {
        return new::submitted_shown(draft, &sent.flags, global);
    }
    if out.json {
        let (digest, flags) = (hex::encode(&sent.digest), drafts::findings(&sent.flags));
        return out.object(&json!({"reference": sent.reference, "digest": digest, "to": sent.to, "flags": flags}));
    }
    let words = global.words();
    out.text(words.say("draft-released", &[("reference", sent.reference), ("to", sent.to.join(", "))]))?;
    drafts::tell_flags(&sent.flags, &out, &words);
    out.note(words.say("draft-follow", &[("command", global.command("outbox"))]));
    Ok(())
}

/// Reads a draft file; an error names it.
pub(super) fn read(path: &Path, options: draft::Options) -> Result<Draft, Failure> {
    let bytes = if path.as_os_str() == "-" {
        disk::read_at_most(io::stdin().lock(), limits::DRAFT_BYTES)
    } else {
        File::open(path).and_then(|file| disk::read_at_most(file, limits::DRAFT_BYTES))
    };
    let name = if path.as_os_str() == "-" { "the input".to_owned() } else { path.display().to_string() };
    let bytes = bytes.map_err(|error| {
        Failure::config(format!("{name}: {error}."), "Give the draft file with --file, or - for the input.")
    })?;
    let mut draft = draft::parse(&bytes, options).map_err(|error| {
        let said = Some(i18n::said("refused-draft-file", &[("file", name.clone())]));
        let findings = vec![findings::said(&error.into())];
        Failure::refused(Kind::Config, wire::Refused { said, findings, more: 0 })
    })?;
    bring::find(&mut draft, path)?;
    Ok(draft)
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
        let files: Vec<_> = read(&path, draft::Options::default()).unwrap().files;
        assert!(files.iter().all(|named| Path::new(&named.file).is_file()) && files.len() == 2, "{files:?}");
        let mut draft = read(&path, draft::Options { without_attachments: true }).unwrap();
        readdress(&mut draft, &["UZ-OYB".parse().unwrap()]);
        let offices = |parties: &[wire::Party]| parties.iter().map(|party| party.office.clone()).collect::<Vec<_>>();
        assert_eq!(offices(&draft.header.to), ["UZ-OYB"]);
        assert_eq!(offices(&draft.header.cc), ["TM-NCC"]);
        let units: Vec<_> = draft.body.unwrap().units.into_iter().map(|unit| unit.office).collect();
        assert_eq!(units, ["TM-FAR"]);
    }
}
