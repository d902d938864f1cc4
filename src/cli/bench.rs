//! `bench`: how fast this machine exchanges notices. Two offices in processes of their own, over real mutual TLS, each
//! with its own store on the disk; nothing is switched off. Only the daily quota is raised.
//!
//! Figures come with the rate of the disk's own fdatasync in the same run: machines differ, ratios less.

mod disk;
mod load;
mod office;
mod report;

use std::path::Path;
use std::time::Duration;

use crate::cli::Global;
use crate::cli::bench::disk::Probe;
use crate::cli::bench::load::Size;
use crate::cli::bench::office::Office;
use crate::cli::bench::report::Drain;
use crate::cli::bench::report::Figures;
use crate::cli::bench::report::Flow;
use crate::cli::bench::report::Single;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::trial;
use crate::cli::trial::Place;
use crate::edge::env::Stopwatch;

/// What `bench` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Notices that are pipelined, of each size
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    notices: u32,
    /// Notices that are sent one at a time
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    singles: u32,
    /// Notices that wait for a peer that was away
    #[arg(long, value_name = "N", default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..))]
    queued: u32,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::internal)?;
    runtime.block_on(bench(args, global))
}

async fn bench(args: &Args, global: &Global) -> Result<(), Failure> {
    let out = global.output();
    let place = Place::of("bench", global)?;
    std::fs::create_dir_all(&place.folder).map_err(Failure::internal)?;
    let measured = tokio::select! {
        measured = Box::pin(measure(args, &place.folder, &out)) => measured?,
        _ = tokio::signal::ctrl_c() => {
            out.note("The bench is broken off.");
            return Ok(());
        }
    };
    if out.json { out.object(&measured.object()) } else { out.text(measured.markdown()) }
}

async fn measure(args: &Args, folder: &Path, out: &Output) -> Result<Figures, Failure> {
    out.note(format_args!("Two offices are made in {}, one link between them.", folder.display()));
    if disk::is_memory(folder) {
        out.note("This folder lies in memory: the figures say nothing about a disk. Name one with --data.");
    }
    let mut offices = office::pair(folder).await?;
    let [sender, addressee] = &mut offices;
    // The link is up once the first is delivered.
    load::one(&sender.desks, Size::Small).await?;
    sender.until_delivered().await?;
    let idle = [sender.resident()?, addressee.resident()?];
    let raw_alone = disk::fdatasyncs(folder)?;

    out.note(format_args!("{} notices, one at a time:", args.singles));
    let (mut answered, mut receipted) = (vec![], vec![]);
    let probe = Probe::start(folder)?;
    let mut progress = Progress::new(out, "notices");
    for done in 1..=args.singles {
        let draft = load::submit(&sender.desks, Size::Small).await?;
        let begun = Stopwatch::start();
        trial::release(&sender.desks.releaser, draft).await?;
        answered.push(begun.elapsed());
        sender.until_delivered().await?;
        receipted.push(begun.elapsed());
        progress.at(done.into(), args.singles.into());
    }
    drop(progress);
    let single = Single { answered, receipted, raw_during: probe.stop() };

    let mut flows = vec![];
    for size in [Size::Small, Size::Large] {
        out.note(format_args!("{} notices of {size}, {} at a time:", args.notices, load::CALLERS));
        flows.push(flow(args.notices, size, &mut offices, folder, out).await?);
    }
    out.note(format_args!("{}'s inbox is looked at.", office::ADDRESSEE));
    let [_, addressee] = &offices;
    let inbox = addressee.inbox().await?;
    let drain = drain(args.queued, &mut offices, out).await?;
    let [sender, addressee] = &mut offices;
    let after = [sender.resident()?, addressee.resident()?];
    for office in offices {
        office.stop()?;
    }
    Ok(Figures { idle, after, raw_alone, single, flows, inbox, drain })
}

/// Pipelined notices, until the sender holds all receipts.
async fn flow(
    count: u32,
    size: Size,
    [sender, addressee]: &mut [Office; 2],
    folder: &Path,
    out: &Output,
) -> Result<Flow, Failure> {
    let before = [sender.usage().await?, addressee.usage().await?];
    let wire = office::loopback_bytes();
    let probe = Probe::start(folder)?;
    let begun = Stopwatch::start();
    let mut progress = Progress::new(out, "notices");
    load::many(&sender.desks, count, size, &mut progress).await?;
    let answered = begun.elapsed();
    sender.until_delivered().await?;
    let receipted = begun.elapsed();
    drop(progress);
    let raw_during = probe.stop();
    let wire = office::loopback_bytes().zip(wire).map(|(after, before)| after.saturating_sub(before));
    let after = [sender.usage().await?, addressee.usage().await?];
    let used = [after[0].since(&before[0]), after[1].since(&before[1])];
    Ok(Flow { count, size, answered, receipted, raw_during, wire, used })
}

/// The addressee goes away; notices wait; it comes back.
async fn drain(count: u32, [sender, addressee]: &mut [Office; 2], out: &Output) -> Result<Drain, Failure> {
    out.note(format_args!("The addressee goes away; {count} notices wait for it:"));
    addressee.halt()?;
    let mut progress = Progress::new(out, "notices");
    load::many(&sender.desks, count, Size::Small, &mut progress).await?;
    drop(progress);
    out.note("It comes back.");
    addressee.start().await?;
    let waited = Stopwatch::start();
    while !sender.connected().await? {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (reconnected, begun) = (waited.elapsed(), Stopwatch::start());
    sender.until_delivered().await?;
    Ok(Drain { count, reconnected, drained: begun.elapsed() })
}
