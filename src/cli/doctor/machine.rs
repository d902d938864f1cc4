//! The machine: disk space, how fast the disk confirms, clock, limits of the process.

use std::fs;
use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use rustix::process::Resource;
use rustix::process::getrlimit;

use crate::cli::doctor::Finding;
use crate::cli::doctor::Node;
use crate::cli::doctor::Patient;
use crate::edge::env::SystemClock;
use crate::edge::env::free_bytes;
use crate::edge::env::time_sync;
use crate::i18n::ENGLISH;
use crate::limits;
use crate::time::Clock as _;
use crate::time::Timestamp;

/// Made by the time service of systemd once the clock is synchronised.
const SYNCHRONISED: &str = "/run/systemd/timesync/synchronized";

pub(super) fn look(patient: &Patient) -> Vec<Finding> {
    let data = patient.layout.data();
    vec![disk(data), sync(data), clock(&patient.layout.head()), files(patient.node), cores(patient.node)]
}

fn disk(data: &Path) -> Finding {
    let stops = ENGLISH.size(limits::FREE_BYTES_MIN);
    match free_bytes(data) {
        Some(free) if free < limits::FREE_BYTES_MIN => Finding::failed(
            "disk",
            format!("only {} free: the node takes no new notices", ENGLISH.size(free)),
            format!("Make space; below {stops} nothing new is taken."),
        ),
        Some(free) if free < limits::FREE_BYTES_LOW => {
            let remedy =
                format!("Make space; no attachments are pulled now, and below {stops} no new notices are taken.");
            Finding::warning("disk", format!("{} free", ENGLISH.size(free)), remedy)
        }
        Some(free) => Finding::ok("disk", format!("{} free", ENGLISH.size(free))),
        None => Finding::warning("disk", "the system does not say how much is free", "Watch it in another way."),
    }
}

/// Times what every commit waits for.
fn sync(data: &Path) -> Finding {
    let took = match timed(data) {
        Ok(took) => took,
        Err(error) => {
            return Finding::failed("sync", format!("nothing can be written: {error}"), "Look at the disk.");
        }
    };
    let what = format!("a write of 4 KiB is on the disk after {} µs (median of {})", took.as_micros(), limits::SYNCS);
    if took < Duration::from_micros(limits::SYNC_US_MIN) {
        let remedy = "A disk in memory, or one that confirms what it does not have yet, loses it in a power cut: keep \
                      the data folder on a real disk.";
        Finding::warning("sync", format!("{what}: no disk is so fast"), remedy)
    } else if took > Duration::from_millis(limits::SYNC_MS_MAX) {
        let remedy = "Officers wait for it. Is the disk failing, or shared with heavy work? A local SSD is best.";
        Finding::warning("sync", format!("{what}: very slow"), remedy)
    } else {
        Finding::ok("sync", what)
    }
}

fn timed(data: &Path) -> io::Result<Duration> {
    let path = data.join(format!(".doctor-{}", std::process::id()));
    let file = File::options().write(true).create_new(true).mode(0o600).open(&path);
    let times =
        file.and_then(|mut file| (0..limits::SYNCS).map(|_| time_sync(&mut file)).collect::<Result<Vec<_>, _>>());
    // Whatever came of it, it does not stay.
    let removed = fs::remove_file(&path);
    let mut times = times?;
    removed?;
    times.sort();
    Ok(times.get(times.len() / 2).copied().unwrap_or_default())
}

/// The clock is not before what was written already: the last commit, and this program.
fn clock(head: &Path) -> Finding {
    let now = SystemClock.now();
    let program = std::env::current_exe().ok();
    let written = [("the last commit of the log", Some(head.to_owned())), ("this program was built", program)];
    for (what, path) in written {
        let time = path.and_then(|path| fs::metadata(path).ok()?.modified().ok());
        let since_1970 = time.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let Some(ms) = since_1970.and_then(|since| i64::try_from(since.as_millis()).ok()) else { continue };
        if Timestamp::clamped(ms).since_ms(now) > limits::CLOCK_UNSURE_MS {
            let what = format!("it is {now}, before {what}: {}", Timestamp::clamped(ms));
            return Finding::failed("clock", what, "Set the clock right (NTP) before the node starts.");
        }
    }
    let synchronised = if Path::new(SYNCHRONISED).exists() { ", synchronised" } else { "" };
    Finding::ok("clock", format!("it is {now}{synchronised}"))
}

fn files(node: Node) -> Finding {
    let needed =
        u64::try_from(limits::CONNECTIONS + limits::CONSOLE_CONNECTIONS + limits::OTHER_FILES).unwrap_or(u64::MAX);
    let whose = whose(node);
    match soft(node, Resource::Nofile, "Max open files") {
        Some(most) if most < needed => Finding::warning(
            "files",
            format!("{whose} may open {most} files; the connections that it takes need {needed}"),
            "In the unit: LimitNOFILE=8192. In a shell: ulimit -n 8192",
        ),
        Some(most) => Finding::ok("files", format!("{whose} may open {most} files")),
        None => Finding::ok("files", format!("{whose} may open any number of files")),
    }
}

fn cores(node: Node) -> Finding {
    let whose = whose(node);
    match soft(node, Resource::Core, "Max core file size") {
        Some(0) => Finding::ok("cores", format!("{whose} writes no core dumps")),
        _ => Finding::warning(
            "cores",
            format!("{whose} may write core dumps, and they would hold keys and texts"),
            "In the unit: LimitCORE=0. In a shell: ulimit -c 0",
        ),
    }
}

const fn whose(node: Node) -> &'static str {
    match node {
        Node::Running(_) => "the node",
        Node::Stopped => "a node started from this shell",
    }
}

/// The soft limit of the running node, otherwise of this process, which would hand it on; `None` is no limit.
fn soft(node: Node, resource: Resource, name: &str) -> Option<u64> {
    if let Node::Running(Some(pid)) = node
        && let Ok(limits) = fs::read_to_string(format!("/proc/{pid}/limits"))
    {
        let line = limits.lines().find_map(|line| line.strip_prefix(name));
        return line?.split_whitespace().next()?.parse().ok();
    }
    getrlimit(resource).current
}
