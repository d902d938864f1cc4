//! `demo`: a story on three real nodes, each with its own keys, store and ports, over real mutual TLS.
//!
//! The nodes are tasks of this process; their links run through cables, one of which is cut and mended. Nothing here
//! is a shortcut: offices are made as `init` makes them, and notices are sent through the desk.

mod board;
mod cable;
mod desks;
mod samples;
mod stage;
mod story;

use std::fs::OpenOptions;
use std::io::IsTerminal as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use crate::cli::Global;
use crate::cli::demo::board::Board;
use crate::cli::demo::stage::Stage;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::output::Output;
use crate::cli::trial::Place;
use crate::i18n::Words;
use crate::wire::Role;

/// What `demo` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// End after the run, with code 0 only if everything was delivered and verified
    #[arg(long)]
    exit: bool,

    /// Do not open a page of it in the browser of the desktop
    #[arg(long)]
    no_browser: bool,
}

/// How long everything together may take before the demo gives up.
const PATIENCE: Duration = Duration::from_mins(2);

pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    runtime.block_on(demo(args, global))
}

async fn demo(args: &Args, global: &Global) -> Result<(), Failure> {
    let (out, words) = (global.output(), global.words());
    let place = Place::of("demo", global)?;
    let folder = &std::path::absolute(&place.folder).map_err(Failure::internal)?;
    let mut stage = Stage::build(folder, &out, &words).await?;
    let mut board = Board::new(global.words(), out.json);
    if out.json {
        out.object(&json!({ "offices": stage.describe() }))?;
    }
    let played = tokio::time::timeout(PATIENCE, Box::pin(story::play(&mut stage, &mut board)));
    tokio::select! {
        played = played => played.map_err(|_| late())??,
        _ = tokio::signal::ctrl_c() => {
            out.note(words.get("demo-broken-off"));
            return stage.stop().await;
        }
    }
    out.note(format!("\n{}", words.get("demo-proof")));
    let verified = stage.verify(&out, &words).await?;
    if out.json {
        out.object(&json!({ "ok": true, "data": folder, "delivered": board.delivered(), "entries": verified }))?;
    } else {
        out.note("");
        out.text(board.table())?;
        let names = [("deliveries", board.delivered().to_string()), ("entries", verified.to_string())];
        out.text(words.say("demo-all", &names))?;
    }
    if args.exit {
        stage.stop().await?;
        return if out.json { Ok(()) } else { afterwards(folder, global.names_data(), &out, &words) };
    }
    if !out.json {
        next(&stage, folder, &out, &words)?;
        let shown = std::env::var_os("DISPLAY").or_else(|| std::env::var_os("WAYLAND_DISPLAY")).is_some();
        if shown && !args.no_browser && std::io::stdout().is_terminal() {
            stage.consoles().filter(|(code, _)| *code == "UZ-ALT").for_each(|(_, address)| open(address));
        }
    }
    // If the signal cannot be had, the demo ends at once.
    let _signal = tokio::signal::ctrl_c().await;
    out.note(words.get("demo-stopping"));
    stage.stop().await
}

fn late() -> Failure {
    Failure::new(
        Kind::Unreachable,
        "Not everything was delivered within two minutes.",
        "Try again on a machine that is less busy; if it happens again, report it.",
    )
}

/// What to do with the nodes that go on running, and who everybody is.
fn next(stage: &Stage, folder: &Path, out: &Output, words: &Words) -> Result<(), Failure> {
    let path = |name: &str| folder.join(format!("{name}.passphrase"));
    let mut who = vec![];
    for (code, address) in stage.consoles() {
        who.push(format!("  {code}  {address}"));
        for (officer, role, passphrase) in stage.passphrases(code) {
            keep(&path(officer.as_str()), passphrase).map_err(Failure::internal)?;
            let role = words.label::<Role>((*role).into());
            who.push(format!("    {:<11} {role:<28} {}", officer.as_str(), passphrase.as_str()));
        }
    }
    let (chapar, alt, far) = (program(), stage.data("UZ-ALT"), stage.data("TM-FAR"));
    let auditor = path("TM-FAR-U01");
    let report = stage.report();
    out.text(format!(
        "\n{}\n{}\n{}\n\n{}\n\n{}\n{}\n  \
         {chapar} --data {alt} inbox\n  \
         {chapar} --data {alt} notice show {report} --original\n  \
         {chapar} --data {far} --as TM-FAR-U01 --passphrase-file {} audit reads\n{}",
        words.say("demo-running", &[("folder", folder.display().to_string())]),
        words.get("demo-consoles"),
        who.join("\n"),
        words.get("demo-steps"),
        words.get("demo-officers"),
        words.get("demo-type"),
        auditor.display(),
        words.get("demo-ends"),
    ))
}

/// Opens a page in the browser of the desktop, if there is one; whoever has none has read the address.
fn open(address: &str) {
    let mut browser = Command::new("xdg-open");
    browser.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // There may be no such program; whoever waits for it waits apart.
    std::thread::spawn(move || browser.status().is_ok());
}

/// Keeps a passphrase in a file that nobody else reads.
fn keep(path: &Path, passphrase: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{passphrase}")
}

/// How this program is called in another terminal, in another folder.
fn program() -> String {
    let called = std::env::args_os().next().unwrap_or_default();
    let path = std::env::current_exe().ok().filter(|_| Path::new(&called).components().count() > 1);
    path.map_or_else(|| "chapar".to_owned(), |path| path.display().to_string())
}

/// What to look at when the nodes have stopped.
fn afterwards(folder: &Path, kept: bool, out: &Output, words: &Words) -> Result<(), Failure> {
    let (chapar, folder) = (program(), folder.display().to_string());
    if !kept {
        return out.text(format!(
            "\n{}\n  {chapar} demo\n{}\n  {chapar} demo --exit --data X",
            words.get("demo-removed"),
            words.get("demo-keeps"),
        ));
    }
    let kept = words.say("demo-kept", &[("folder", folder.clone())]);
    out.text(format!("\n{kept}\n  {chapar} --data {folder}/alt log verify --offline"))
}
