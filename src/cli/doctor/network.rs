//! The ports and the socket: free for a node that starts, or held by the one that runs.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::net::TcpListener;

use crate::cli::doctor::Finding;
use crate::cli::doctor::Node;
use crate::cli::doctor::Patient;

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
    found.extend(config.console.map(|address| port("console", "console", address, patient.node)));
    found.extend(config.metrics.map(|address| port("metrics", "metrics", address, patient.node)));
    found
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
