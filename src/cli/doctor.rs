//! `doctor`: looks at the data folder and the machine, beside a running node or without one. It changes nothing there;
//! to time the disk it writes a small file and removes it again.

mod folder;
mod machine;
mod network;

use serde_json::json;

use crate::cli::Global;
use crate::cli::failure::Failure;
use crate::cli::failure::sentence;
use crate::cli::secrets::expect_office;
use crate::cli::words;
use crate::config::Config;
use crate::edge::socket;
use crate::layout::Layout;

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Ok,
    Warning,
    Failed,
}

/// What a check found.
#[derive(Debug)]
struct Finding {
    check: &'static str,
    result: Verdict,
    what: String,
    remedy: String,
}

impl Finding {
    /// All is well.
    fn ok(check: &'static str, what: impl Into<String>) -> Self {
        Self { check, result: Verdict::Ok, what: what.into(), remedy: String::new() }
    }

    /// The node runs, but somebody should look.
    fn warning(check: &'static str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, result: Verdict::Warning, what: what.into(), remedy: remedy.into() }
    }

    /// The node does not run like this, or not safely.
    fn failed(check: &'static str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, result: Verdict::Failed, what: what.into(), remedy: remedy.into() }
    }
}

/// What is looked at.
struct Patient {
    layout: Layout,
    /// The settings, if they can be read.
    config: Option<Config>,
    /// The process of the running node.
    node: Node,
}

/// Whether a node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    /// It does not, or it cannot be told.
    Stopped,
    /// It does; its process id, if the system says.
    Running(Option<i32>),
}

pub(super) fn run(global: &Global) -> Result<(), Failure> {
    expect_office(global)?;
    let layout = global.layout();
    let mut found = vec![];
    let config = match Config::load(&layout.config()) {
        Ok(config) => {
            found.push(Finding::ok("config", format!("config.toml of {} can be read", config.office)));
            Some(config)
        }
        Err(error) => {
            found.push(Finding::failed("config", error.to_string(), "Correct that line; serve would refuse it."));
            None
        }
    };
    let patient = Patient { node: node(&layout)?, layout, config };
    found.extend(folder::look(&patient));
    found.extend(machine::look(&patient));
    found.extend(network::look(&patient));
    report(&found, global)
}

/// Asks the socket whether a node runs.
fn node(layout: &Layout) -> Result<Node, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::internal)?;
    let connected = runtime.block_on(async { socket::connect(&layout.socket()) });
    Ok(connected.map_or(Node::Stopped, |stream| Node::Running(stream.peer_cred().ok().and_then(|peer| peer.pid()))))
}

fn report(found: &[Finding], global: &Global) -> Result<(), Failure> {
    let out = global.output();
    for finding in found {
        let result = match finding.result {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Failed => "failed",
        };
        if out.json {
            let remedy = words::text(&finding.remedy);
            out.object(&json!({"check": finding.check, "result": result, "what": finding.what, "do": remedy}))?;
            continue;
        }
        let mut line = format!("{:<10}{result:<9} {}", finding.check, finding.what);
        if !finding.remedy.is_empty() {
            line.push_str("\n                   Do: ");
            line.push_str(&finding.remedy);
        }
        out.text(global.with_data(&line))?;
    }
    let count = |result| found.iter().filter(|finding| finding.result == result).count();
    let (failed, warnings) = (count(Verdict::Failed), count(Verdict::Warning));
    let number = |count: usize, thing| words::count(i128::try_from(count).unwrap_or(i128::MAX), thing);
    if failed > 0 {
        let error = sentence(&format!("{} of {} failed", failed, number(found.len(), "check")));
        return Err(Failure::config(error, "Do what stands below each of them, then look again: chapar doctor"));
    }
    out.note(format_args!("\n{}: none failed, {}.", number(found.len(), "check"), number(warnings, "warning")));
    Ok(())
}
