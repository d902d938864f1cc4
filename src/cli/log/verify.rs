//! `log verify`: whether the log is what it was. The node checks itself; with `--offline` this process does.

use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::client::Client;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::failure::sentence;
use crate::cli::log::offline;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::words;
use crate::i18n::Language;
use crate::i18n::Words;
use crate::wire;
use crate::wire::Said;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    /// Open the store of a node that does not run
    #[arg(long)]
    offline: bool,
}

/// How the keys of faults of attachments begin: the log itself is whole.
const OF_A_FILE: &str = "fault-attachment-";

/// A fault, as a message of `i18n/` and in English.
pub(super) struct Wrong {
    pub(super) said: Option<Said>,
    pub(super) english: String,
    pub(super) index: Option<u64>,
}

/// What was found: the log's size and root, or as much of it as could be told; and the first fault.
pub(super) struct Finding {
    pub(super) size: Option<u64>,
    pub(super) root: Option<[u8; 32]>,
    /// Attachments that are whole, and those that are still to come.
    pub(super) files: (u64, u64),
    pub(super) fault: Option<Wrong>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let out = global.output();
    let finding = if args.offline {
        offline::verify(global, &out)?
    } else {
        client::ask(global, async |client| online(client, &out).await)?
    };
    let Finding { size, root, files, fault } = finding;
    let root = root.map(hex::encode);
    if out.json {
        let index = fault.as_ref().and_then(|fault| fault.index);
        let what = fault.as_ref().map(|fault| &fault.english);
        let key = words::key(fault.as_ref().and_then(|fault| fault.said.as_ref()));
        let ok = fault.is_none();
        out.object(&json!({
            "ok": ok,
            "size": size,
            "root": root,
            "fault": what,
            "key": key,
            "index": index,
            "attachments": files.0,
            "attachments_to_come": files.1,
        }))?;
    }
    let Some(Wrong { said, english, index }) = fault else {
        if out.json {
            return Ok(());
        }
        let entries = size.unwrap_or_default();
        let names = [("size", entries.to_string()), ("root", root.unwrap_or_default())];
        out.text(global.words().say("log-verifies", &names))?;
        let (whole, to_come) = files;
        if files == (0, 0) {
            return Ok(());
        }
        let names = [("count", whole.to_string()), ("to_come", to_come.to_string())];
        return out.text(global.words().say("log-attachments", &names));
    };
    // English is what a program reads; its reader's language is what a person reads.
    let words = if out.json { Words::of(Language::english()) } else { global.words() };
    let what = words.told(said.as_ref(), &english);
    let fault = match index {
        None => sentence(&what),
        Some(index) => words.say("log-at-entry", &[("index", index.to_string()), ("fault", what)]),
    };
    let of_file = said.is_some_and(|said| said.key.starts_with(OF_A_FILE));
    let key = if of_file { "failure-attachment-fault" } else { "failure-log-fault" };
    Err(Failure::said(Kind::Unverified, key, &[("fault", fault)]))
}

async fn online(mut client: Client, out: &Output) -> Result<Finding, Failure> {
    let (mut entries, mut files) = (Progress::new(out, "entries"), None);
    let mut words = client.inspect.verify_log(wire::VerifyLogRequest {}).await?.into_inner();
    while let Some(word) = words.message().await? {
        entries.at(word.checked, word.size);
        if word.attachment_bytes > 0 {
            let files = files.get_or_insert_with(|| Progress::new(out, "bytes of attachments"));
            files.at(word.attachment_bytes_checked, word.attachment_bytes);
        }
        if word.done {
            let fault = Wrong { said: word.fault_said, english: word.fault, index: word.index };
            let fault = Some(fault).filter(|fault| !fault.english.is_empty());
            let files = (word.attachments, word.attachments_to_come);
            return Ok(Finding { size: Some(word.size), root: word.root.try_into().ok(), files, fault });
        }
    }
    Err(Failure::said(Kind::Unreachable, "failure-log-broken-off", &[]))
}
