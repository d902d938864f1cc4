//! `demo`: the main job on three real nodes, each with its own keys, store and ports, over real mutual TLS.
//!
//! The nodes are tasks of this process; their links run through cables, one of which is cut and mended. Nothing here
//! is a shortcut: offices are made as `init` makes them, and notices are sent through the desk.

mod board;
mod cable;
mod samples;
mod stage;

use std::time::Duration;

use serde_json::json;

use crate::cli::Global;
use crate::cli::demo::board::Board;
use crate::cli::demo::stage::Stage;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::output::Output;
use crate::cli::trial::Place;

/// What `demo` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// End after the run, with code 0 only if everything was delivered and verified
    #[arg(long)]
    exit: bool,
}

/// How long everything together may take before the demo gives up.
const PATIENCE: Duration = Duration::from_mins(2);

pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    runtime.block_on(demo(args, global))
}

async fn demo(args: &Args, global: &Global) -> Result<(), Failure> {
    let out = global.output();
    let place = Place::of("demo", global)?;
    let folder = &place.folder;
    let mut stage = Stage::build(folder, &out).await?;
    let played = tokio::time::timeout(PATIENCE, Box::pin(play(&mut stage, &out)));
    let board = tokio::select! {
        played = played => played.map_err(|_| late())??,
        _ = tokio::signal::ctrl_c() => {
            out.note("The demo is broken off.");
            return stage.stop().await;
        }
    };
    out.note("Every office verifies its log: hashes, signatures, and every row that follows from them.");
    let verified = stage.verify(&out).await?;
    if out.json {
        out.object(&json!({ "ok": true, "data": folder, "offices": stage.describe(), "delivered": board.delivered(), "entries": verified }))?;
    } else {
        out.text(board.table())?;
        out.text(format!(
            "All {} deliveries have a signed receipt; all three logs verify ({verified} entries).",
            board.delivered()
        ))?;
    }
    if args.exit {
        stage.stop().await?;
        return if out.json { Ok(()) } else { afterwards(folder, global.names_data(), &out) };
    }
    next(&stage, folder, &out)?;
    // If the signal cannot be had, the demo ends at once.
    let _signal = tokio::signal::ctrl_c().await;
    out.note("The nodes finish what is in flight, then stop.");
    stage.stop().await
}

/// Six notices, a cut, six more, the mending.
async fn play(stage: &mut Stage, out: &Output) -> Result<Board, Failure> {
    let mut samples = samples::shifted(stage.now())?;
    let later = samples.split_off(samples.len() / 2);
    let mut board = Board::new(out.json);
    board.say("Officers send notices; each is sealed, signed, logged, and answered by a signed receipt.");
    for sample in samples {
        board.add(Box::pin(stage.send(sample)).await?);
    }
    stage.watch(&mut board, |_| true).await?;
    board.say("The link between UZ-ALT and TM-FAR is cut. Officers go on as before:");
    stage.cut();
    stage.until_apart().await?;
    for sample in later {
        board.add(Box::pin(stage.send(sample)).await?);
    }
    stage.watch(&mut board, |row| !stage::crosses_the_cut(row)).await?;
    board.say(&format!("{} deliveries wait for the link. It is mended:", board.waiting()));
    stage.mend();
    stage.watch(&mut board, |_| true).await?;
    board.finish();
    Ok(board)
}

fn late() -> Failure {
    Failure::new(
        Kind::Unreachable,
        "Not everything was delivered within two minutes.",
        "Try again on a machine that is less busy; if it happens again, report it.",
    )
}

fn next(stage: &Stage, folder: &std::path::Path, out: &Output) -> Result<(), Failure> {
    let (alt, far) = (stage.data("UZ-ALT"), stage.data("TM-FAR"));
    let reference = stage.first_reference();
    out.text(format!(
        "\nThe nodes go on running. Their data lie in {}. In another terminal:\n  \
         chapar --data {far} inbox\n  \
         chapar --data {far} notice show {reference}\n  \
         chapar --data {alt} status\n  \
         chapar --data {alt} log show\n\
         Ctrl-C ends the demo.",
        folder.display()
    ))
}

/// What to look at when the nodes have stopped.
fn afterwards(folder: &std::path::Path, kept: bool, out: &Output) -> Result<(), Failure> {
    let folder = folder.display();
    if !kept {
        return out.text(format!(
            "\nThe nodes have stopped; their data lay in {folder} and are removed. Next:\n  \
             chapar demo                 keeps the nodes running, to be looked at from another terminal\n  \
             chapar demo --exit --data X keeps the data in a new folder X"
        ));
    }
    out.text(format!(
        "\nThe nodes have stopped. Their data lie in {folder}. Next:\n  \
         chapar --data {folder}/alt log verify --offline\n  \
         chapar demo --help"
    ))
}
