//! `serve`: runs the node in the foreground until SIGTERM or Ctrl-C.

use std::io::IsTerminal as _;
use std::time::Duration;

use serde_json::json;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;
use tracing::Level;
use tracing::Metadata;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::cli::Global;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::failure::sentence;
use crate::cli::output::named;
use crate::cli::secrets::expect_office;
use crate::cli::secrets::passphrase;
use crate::edge::keystore::Source;
use crate::engine::store::StoreError;
use crate::limits;
use crate::node::Node;
use crate::node::NodeError;
use crate::office::OpenError;
use crate::opening;
use crate::opening::OpeningError;

/// What `serve` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which traces to write to stderr: error, warn, info, debug, or a filter of tracing-subscriber
    #[arg(long, value_name = "FILTER", env = "CHAPAR_TRACE", default_value = "info")]
    trace: String,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&args.trace).map_err(|error| {
        Failure::usage(format!("The trace filter is none: {error}."), "Give a level: error, warn, info or debug.")
    })?;
    let traces = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // Only the first node of a process may set them up; there is one.
    let _set = if global.json {
        traces.json().finish().with(filter_fn(may_be_traced)).try_init()
    } else {
        traces.finish().with(filter_fn(may_be_traced)).try_init()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(limits::BLOCKING_THREADS)
        .enable_all()
        .build()
        .map_err(Failure::internal)?;
    let served = runtime.block_on(serve(global));
    // What still reads or looks up a name by then is not waited for: the store is closed.
    runtime.shutdown_timeout(Duration::from_millis(limits::DRAIN_MS));
    served
}

/// Whatever the filter says: below info, libraries print rows of the store, and what a peer has sent.
fn may_be_traced(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    *metadata.level() <= Level::INFO || target == "chapar" || target.starts_with("chapar::")
}

async fn serve(global: &Global) -> Result<(), Failure> {
    let layout = global.layout();
    expect_office(global)?;
    let stop = |kind| signal(kind).map_err(Failure::internal);
    let (mut terminate, mut interrupt) = (stop(SignalKind::terminate())?, stop(SignalKind::interrupt())?);
    let source = Source { credentials: global.credentials.as_deref(), passphrase: &mut passphrase };
    let parts = opening::open(&layout, source).map_err(|error| refused(error, global))?;
    let office = parts.identity.office;
    let node = Node::start(parts).await.map_err(|error| stopped(error, global))?;
    let output = global.output();
    let exchange = node.exchange().map(|address| address.to_string());
    let metrics = node.metrics().map(|address| format!("http://{address}/metrics"));
    let console = node.pages().map(|at| at.url.clone());
    let first_run = node.pages().and_then(|at| at.first_run.clone());
    let socket = layout.socket();
    if global.json {
        output.object(&json!({
            "office": office.to_string(), "exchange": exchange, "console": console, "first_run": first_run,
            "metrics": metrics, "socket": socket,
        }))?;
    } else {
        let words = global.words();
        let at = [
            ("serve-exchange", Some(exchange.unwrap_or_else(|| words.get("serve-only-dials")))),
            ("serve-socket", Some(socket.display().to_string())),
            ("serve-console", console),
            ("serve-metrics", metrics),
        ];
        let at: Vec<_> = at.into_iter().filter_map(|(key, at)| Some((key, at?))).collect();
        let first_run = first_run.map(|address| words.say("serve-first-run", &[("address", address)]) + "\n");
        output.text(format!(
            "{}\n{}\n{}{}",
            words.say("serve-running", &[("office", office.to_string())]),
            named(&words, &at),
            first_run.unwrap_or_default(),
            words.say("serve-look", &[("status", global.command("status"))]),
        ))?;
    }
    let shutdown = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("the node finishes what is in flight, then stops");
    };
    node.run(shutdown).await.map_err(|error| stopped(error, global))
}

/// Why the node does not start.
pub(super) fn refused(error: OpeningError, global: &Global) -> Failure {
    let offline = global.command("log verify --offline");
    match error {
        OpeningError::Unlock(error) => error.into(),
        OpeningError::Store(StoreError::Locked) => Failure::config(
            "Another process has the store of this office open.",
            format!("A node may be running already: {}", global.command("status")),
        ),
        OpeningError::Store(StoreError::Full) => {
            Failure::config("The disk is full.", "Make space on it and start the node again; nothing is lost.")
        }
        OpeningError::Store(error @ StoreError::Io(_)) => {
            Failure::config(sentence(&error.to_string()), "Look at the data folder, its disk and who may read it.")
        }
        OpeningError::Store(StoreError::Unreadable(_) | StoreError::RowTooLarge(_))
        | OpeningError::Row(_)
        | OpeningError::Fault(_)
        | OpeningError::Empty => Failure::new(
            Kind::Unverified,
            sentence(&error.to_string()),
            format!("Copy the data folder before you try anything. Then: {offline}"),
        ),
        OpeningError::Older { .. } => Failure::new(
            Kind::Unverified,
            sentence(&error.to_string()),
            "An old copy was put back, or the disk has lost what it confirmed. Bring back the newest copy of the \
             whole data folder. If there is none, this office needs a new key and log: chapar init in a new folder, \
             and its card to your country.",
        ),
        OpeningError::Note(_) => {
            Failure::config(sentence(&error.to_string()), "Look at the data folder, its disk and who may write there.")
        }
        OpeningError::Certificate(error) => Failure::config(sentence(&error.to_string()), error.remedy()),
        OpeningError::Socket(_) => Failure::config(
            sentence(&error.to_string()),
            "If a node is running there, stop it first; otherwise look at the folder run in the data folder.",
        ),
    }
}

/// Why the node has stopped, or cannot bind.
pub(super) fn stopped(error: NodeError, global: &Global) -> Failure {
    let text = sentence(&error.to_string());
    match error {
        NodeError::Bind { .. } => {
            Failure::config(text, "Choose another address: listen in config.toml, then chapar card.")
        }
        NodeError::BindConsole { .. } => Failure::config(
            text,
            "Another program has it, or it is no address of this machine: choose another, console in config.toml.",
        ),
        NodeError::BindMetrics { .. } => {
            Failure::config(text, "Another program has it: choose another port, metrics in config.toml.")
        }
        NodeError::Open(OpenError::StateLost(_)) => Failure::new(
            Kind::Unverified,
            text,
            "Bring back the newest copy of the whole data folder. If there is none, this office needs a new key and \
             log: chapar init in a new folder, and its card to your country.",
        ),
        NodeError::Open(OpenError::OtherOffice { .. }) => Failure::config(
            text,
            "A log never changes its office or network: correct office and network in config.toml.",
        ),
        NodeError::Open(_) | NodeError::Fatal(_) => Failure::new(
            Kind::Unverified,
            text,
            format!("Copy the data folder before you try anything. Then: {}", global.command("log verify --offline")),
        ),
        NodeError::Store(error) => refused(OpeningError::Store(error), global),
        NodeError::System(_) => Failure::internal(text),
    }
}
