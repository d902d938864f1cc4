//! `clock`: what the clock of the node shows, and an officer's word that it is right.

use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::output::named;
use crate::cli::words;
use crate::time::Timestamp;
use crate::wire;

/// What is done with the clock.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// Confirm that the clock is right; this is recorded in the log
    Confirm(Time),
    /// Show what the clock shows, and whether the node trusts it
    Show,
}

#[derive(clap::Args)]
pub(super) struct Time {
    /// The right time in UTC, as in 2026-11-24T08:00:00Z, from a source that is not this machine
    #[arg(value_name = "TIME")]
    time: Timestamp,
}

/// Does it.
pub(super) fn run(verb: Verb, global: &Global) -> Result<(), Failure> {
    match verb {
        Verb::Confirm(Time { time }) => confirm(time, global),
        Verb::Show => show(global),
    }
}

fn show(global: &Global) -> Result<(), Failure> {
    let status = client::status(global)?;
    let clock = status.clock.unwrap_or_default();
    let last_ms = status.head.unwrap_or_default().time_ms;
    let out = global.output();
    if out.json {
        return out.object(&json!({
            "shown": words::time(clock.shown_ms),
            "last_entry": words::time(last_ms),
            "sure": clock.unsure.is_empty(),
            "why": words::text(&clock.unsure),
        }));
    }
    let words = global.words();
    let why = words.known(&clock.unsure_key).unwrap_or(clock.unsure);
    let sure =
        if why.is_empty() { words.get("clock-sure") } else { words.say("clock-unsure", &[("why", why.clone())]) };
    let pairs = [
        ("clock-clock", format!("{} UTC", words::moment(clock.shown_ms))),
        ("clock-last", format!("{} UTC", words::moment(last_ms))),
        ("clock-state", sure),
    ];
    out.text(named(&words, &pairs))?;
    if !why.is_empty() {
        out.note(words.say("clock-next", &[("command", global.command("clock confirm TIME"))]));
    }
    Ok(())
}

fn confirm(time: Timestamp, global: &Global) -> Result<(), Failure> {
    let request = wire::ConfirmClockRequest { shown_ms: time.ms() };
    let ask = async |mut client: client::Client| Ok(client.inspect.confirm_clock(request).await?.into_inner());
    let confirmed = client::ask(global, ask)?;
    let out = global.output();
    if out.json {
        return out.object(&json!({"index": confirmed.index}));
    }
    out.text(global.words().say("clock-confirmed", &[("index", confirmed.index.to_string())]))
}
