//! The ports and the socket: free for a node that starts, or held by the one that runs.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::net::TcpListener;

use crate::cli::doctor::Finding;
use crate::cli::doctor::Node;
use crate::cli::doctor::Patient;
use crate::cli::words;
use crate::config::Config;
use crate::edge::env::SystemClock;
use crate::edge::tls::SiteCertificate;
use crate::layout::Layout;
use crate::limits;
use crate::time::Clock as _;
use crate::time::DAY_MS;

pub(super) fn look(patient: &Patient) -> Vec<Finding> {
    let mut found = vec![match patient.node {
        Node::Running(Some(pid)) => Finding::ok("node", format!("it runs, process {pid}")),
        Node::Running(None) => Finding::ok("node", "it runs"),
        Node::Stopped => Finding::ok("node", "none runs here"),
    }];
    let Some(config) = &patient.config else { return found };
    match config.listen {
        Some(address) => found.push(port("port", "listen", address, patient.node)),
        None => found.push(Finding::ok("port", "no listen in config.toml: this office only dials")),
    }
    found.extend(certificate(config, &patient.layout));
    found.extend(config.console.map(|address| port("console", "console", address, patient.node)));
    found.extend(config.metrics.map(|address| port("metrics", "metrics", address, patient.node)));
    found
}

/// The certificate of the console, if it has one.
fn certificate(config: &Config, layout: &Layout) -> Option<Finding> {
    let [file, key] = config.console_files(layout.data())?;
    let site = match SiteCertificate::load(&file, &key) {
        Ok(site) => site,
        Err(error) => return Some(Finding::failed("console", error.to_string(), error.remedy())),
    };
    let what = format!("the certificate {} fits its key", file.display());
    let Some(ends) = site.ends() else { return Some(Finding::ok("console", what)) };
    let days = ends.since_ms(SystemClock.now()).div_euclid(DAY_MS);
    let remedy = "Get another one from the authority, put it in its place, and start the node again.";
    Some(if days < 0 {
        Finding::failed("console", format!("the certificate {} has ended on {ends}", file.display()), remedy)
    } else if days < limits::CERTIFICATE_WARNING_DAYS {
        Finding::warning("console", format!("{what}, and ends in {}", words::count(days, "day")), remedy)
    } else {
        Finding::ok("console", format!("{what}, and ends in {}", words::count(days, "day")))
    })
}

fn port(check: &'static str, setting: &str, address: SocketAddr, node: Node) -> Finding {
    let elsewhere = format!("Stop what has it, or choose another: {setting} in config.toml.");
    match (TcpListener::bind(address), node) {
        (Ok(_), Node::Stopped) => Finding::ok(check, format!("{address} is free")),
        // The system has chosen another one.
        (Ok(_), Node::Running(_)) if address.port() == 0 => Finding::ok(check, format!("{address}: any free port")),
        (Ok(_), Node::Running(_)) => Finding::warning(
            check,
            format!("the node that runs does not have {address}: it was started with other settings"),
            "Stop the node and start it again.",
        ),
        (Err(error), Node::Running(_)) if error.kind() == ErrorKind::AddrInUse => {
            Finding::ok(check, format!("the node has {address}"))
        }
        (Err(error), _) if error.kind() == ErrorKind::AddrNotAvailable => {
            let remedy = format!("Give one of its own: {setting} in config.toml, or 0.0.0.0 for all of them.");
            Finding::failed(check, format!("{address} is no address of this machine"), remedy)
        }
        (Err(error), _) => Finding::failed(check, format!("{address} cannot be had: {error}"), elsewhere),
    }
}
