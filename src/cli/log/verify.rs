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
use crate::office::verify::Fault;
use crate::wire;

#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    /// Open the store of a node that does not run
    #[arg(long)]
    offline: bool,
}

/// What was found: the log's size and root, or as much of it as could be told; and the first fault.
pub(super) struct Finding {
    pub(super) size: Option<u64>,
    pub(super) root: Option<[u8; 32]>,
    pub(super) fault: Option<Fault>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let out = global.output();
    let finding = if args.offline {
        offline::verify(global, &out)?
    } else {
        client::ask(global, async |client| online(client, &out).await)?
    };
    let Finding { size, root, fault } = finding;
    let root = root.map(hex::encode);
    if out.json {
        let index = fault.as_ref().and_then(|fault| fault.index);
        let what = fault.as_ref().map(|fault| &fault.what);
        out.object(&json!({"ok": fault.is_none(), "size": size, "root": root, "fault": what, "index": index}))?;
    }
    let Some(Fault { what, index }) = fault else {
        if out.json {
            return Ok(());
        }
        let entries = size.unwrap_or_default();
        let names = [("size", entries.to_string()), ("root", root.unwrap_or_default())];
        return out.text(global.words().say("log-verifies", &names));
    };
    let fault = match index {
        None => sentence(&what),
        Some(index) => global.words().say("log-at-entry", &[("index", index.to_string()), ("fault", what)]),
    };
    Err(Failure::said(Kind::Unverified, "failure-log-fault", &[("fault", fault)]))
}

async fn online(mut client: Client, out: &Output) -> Result<Finding, Failure> {
    let mut progress = Progress::new(out, "entries");
    let mut words = client.inspect.verify_log(wire::VerifyLogRequest {}).await?.into_inner();
    while let Some(word) = words.message().await? {
        progress.at(word.checked, word.size);
        if word.done {
            let fault = Some(Fault { what: word.fault, index: word.index }).filter(|fault| !fault.what.is_empty());
            return Ok(Finding { size: Some(word.size), root: word.root.try_into().ok(), fault });
        }
    }
    Err(Failure::said(Kind::Unreachable, "failure-log-broken-off", &[]))
}
