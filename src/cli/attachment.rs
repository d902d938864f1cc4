//! `attachment`: files of drafts and notices. A file is sealed by the node as it comes, and looked at once it is there.

pub(super) mod bring;
mod get;

use std::path::PathBuf;

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::attachment::get::Get;
use crate::cli::client;
use crate::cli::client::Client;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind as Exit;
use crate::cli::notice as notice_verbs;
use crate::cli::output::titled;
use crate::domain::notice;
use crate::i18n::Words;
use crate::wire;
use crate::wire::AttachmentKind;
use crate::wire::json::Word as _;

/// What is done with attachments.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// Put a file into a draft; what was begun before goes on
    Add(Add),
    /// Take an attachment of a notice out of the system; this is recorded in the log
    Get(Get),
    /// List the attachments of a notice, and how much of each is here; it is opened for that
    List(List),
}

/// Which file, and what it is.
#[derive(clap::Args)]
pub(super) struct Add {
    /// Number of the draft, its reference or short reference
    #[arg(value_name = "DRAFT")]
    draft: String,
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What it shows: photo, xray-jpeg, xray-uff, dicos, scan-doc, other; else by its name
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<AttachmentKind>,
    /// Caption
    #[arg(long, value_name = "TEXT")]
    caption: Option<String>,
    /// Language of the caption, as in en or ru
    #[arg(long, value_name = "LANG", default_value = "en")]
    caption_lang: String,
    /// Keep it as it was found: a position in a picture stays, too
    #[arg(long)]
    evidential: bool,
    /// The notice is not to be acted on without it
    #[arg(long)]
    required: bool,
}

/// Which notice.
#[derive(clap::Args)]
pub(super) struct List {
    /// Reference, short reference as in 123-3, or digest
    #[arg(value_name = "REF")]
    reference: String,
}

fn kind(word: &str) -> Result<AttachmentKind, String> {
    let kind = match word.to_ascii_uppercase().replace('-', "_").as_str() {
        "XRAY" => Some(AttachmentKind::XrayJpeg),
        word => AttachmentKind::from_word(word).filter(|kind| *kind != AttachmentKind::Unspecified),
    };
    kind.ok_or_else(|| "kinds are photo, xray-jpeg, xray-uff, dicos, scan-doc, other".to_owned())
}

/// Does it.
pub(super) fn run(verb: Verb, global: &Global) -> Result<(), Failure> {
    match verb {
        Verb::Add(args) => add(args, global),
        Verb::Get(args) => get::run(args, global),
        Verb::List(args) => list(args, global),
    }
}

fn add(args: Add, global: &Global) -> Result<(), Failure> {
    let out = global.output();
    let said = wire::AttachmentKey {
        name: args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        kind: args.kind.unwrap_or_default().into(),
        caption: args.caption.map(|text| wire::Text { text, language: args.caption_lang }),
        required: args.required,
        evidential: args.evidential,
        ..wire::AttachmentKey::default()
    };
    let ask = async |mut client: Client| {
        let request = wire::OpenDraftRequest { draft: args.draft.clone() };
        let opened = client.desk.open_draft(request).await?.into_inner();
        let draft = opened.draft.unwrap_or_default();
        if !opened.unfinished.is_empty() {
            let names = [("number", draft.number.to_string())];
            return Err(Failure::said(Exit::Config, "attachment-unfinished", &names));
        }
        let Some(mut body) = opened.body else {
            return Err(Failure::said(Exit::Config, "attachment-no-text", &[("number", draft.number.to_string())]));
        };
        let mut brought = bring::Brought::default();
        let found = brought.file(&mut client, &args.file, &said, &out).await?;
        body.attachments.push(found.clone());
        let request = wire::SaveDraftRequest {
            draft: draft.number.to_string(),
            header: draft.header,
            body: Some(body),
            // What somebody else has saved meanwhile stays.
            form: draft.form,
            ..wire::SaveDraftRequest::default()
        };
        let saved = Box::pin(client.desk.save_draft(request)).await;
        let saved = brought.kept(&mut client, saved).await?.into_inner();
        Ok((saved.draft.unwrap_or_default(), found, brought.flags))
    };
    let (draft, found, flags) = client::ask(global, ask)?;
    if out.json {
        let flags = notice_verbs::findings(&flags);
        return out.object(&json!({"number": draft.number, "attachment": object(&found), "flags": flags}));
    }
    let words = global.words();
    let names =
        [("number", draft.number.to_string()), ("name", found.name), ("sha256", hex::encode(&found.file_digest))];
    out.text(words.say("attachment-added", &names))?;
    for flag in &flags {
        out.note(format_args!("{} {}", words.get("check-flag"), words.finding(flag)));
    }
    Ok(())
}

fn list(args: List, global: &Global) -> Result<(), Failure> {
    let request = wire::OpenNoticeRequest { notice: args.reference, ..wire::OpenNoticeRequest::default() };
    let opened = client::ask(global, async |mut client| Ok(client.desk.open_notice(request).await?.into_inner()))?;
    let (out, words) = (global.output(), global.words());
    let listed = listed(&opened);
    if out.json {
        return listed.iter().zip(1..).try_for_each(|((file, here), number)| {
            let mut object = object(file);
            if let Some(fields) = object.as_object_mut() {
                fields.insert("number".to_owned(), json!(number));
                fields.insert("arrived".to_owned(), json!(percent(here.as_ref())));
            }
            out.object(&object)
        });
    }
    if listed.is_empty() {
        return out.text(words.get("attachment-none"));
    }
    let row = |((file, here), number): (&Listed, usize)| {
        [
            number.to_string(),
            file.name.clone(),
            words.label::<AttachmentKind>(file.kind),
            words.size(file.size_bytes),
            format!("{} %", percent(here.as_ref())),
            file.caption.as_ref().map(|caption| caption.text.clone()).unwrap_or_default(),
        ]
    };
    let header = ["column-number", "column-name", "column-kind", "column-size", "column-here", "column-caption"];
    out.text(titled(&words, header, listed.iter().zip(1..).map(row).collect()))
}

/// An attachment, and how much of it is here.
type Listed = (wire::AttachmentKey, Option<wire::AttachmentHere>);

/// The attachments of a notice that was opened: of its text, of what it passes on, and of the text as it was sent.
fn listed(opened: &wire::OpenNoticeResponse) -> Vec<Listed> {
    let forwarded = opened.forwarded.as_ref().and_then(|one| one.body.as_ref());
    let mut listed: Vec<Listed> = vec![];
    for file in opened.body.iter().chain(forwarded).flat_map(notice::file_keys) {
        if !listed.iter().any(|(earlier, _)| earlier.digest == file.digest) {
            let here = opened.attachments.iter().find(|here| here.digest == file.digest);
            listed.push((file.clone(), here.cloned()));
        }
    }
    listed
}

/// How much of an attachment is here.
fn percent(here: Option<&wire::AttachmentHere>) -> u64 {
    here.map_or(0, wire::AttachmentHere::percent)
}

/// An attachment for programs, in the names of a draft file.
fn object(file: &wire::AttachmentKey) -> Value {
    serde_json::to_value(file).unwrap_or_default()
}

/// How much of each attachment of a notice is here, for programs.
pub(super) fn here_objects(here: &[wire::AttachmentHere]) -> Value {
    let one = |one: &wire::AttachmentHere| json!({"digest": hex::encode(&one.digest), "size": one.size_bytes, "arrived": one.arrived_bytes});
    here.iter().map(one).collect()
}

/// A body as people read it: of each attachment what they compare, and how much of it is here.
pub(super) fn for_people(body: &mut Value, here: &[wire::AttachmentHere], words: &Words) {
    let listed = body.get_mut("attachments").and_then(Value::as_array_mut).into_iter().flatten();
    for file in listed.filter_map(Value::as_object_mut) {
        let digest = file.remove("digest").and_then(|digest| hex::decode(digest.as_str()?).ok()).unwrap_or_default();
        let arrived = here.iter().find(|here| here.digest == digest);
        if file.get("evidential") == Some(&Value::Bool(false)) {
            file.remove("evidential");
        }
        if let Some(size) = file.get("size").and_then(Value::as_u64) {
            file.insert("size".to_owned(), words.size(size).into());
        }
        if arrived.is_some() {
            let said = words.say("attachment-arrived", &[("percent", percent(arrived).to_string())]);
            file.insert("arrived_bytes".to_owned(), said.into());
        }
    }
}

/// A path, for a message.
fn shown(path: &std::path::Path) -> (&'static str, String) {
    ("file", path.display().to_string())
}
