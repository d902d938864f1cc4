//! `expiry`: what ends tomorrow, and an officer's word for more ends at once than the node may do by itself.

use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::output::pairs;
use crate::cli::words;
use crate::limits;
use crate::time::Timestamp;
use crate::wire;

/// What is done about ends.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// Let more texts end at once than the node may by itself; this is recorded in the log
    Confirm(Count),
    /// Show what ends tomorrow and what is erased
    Show,
}

#[derive(clap::Args)]
pub(super) struct Count {
    /// How many, as expiry show says
    #[arg(value_name = "COUNT")]
    count: u32,
}

/// Does it.
pub(super) fn run(verb: Verb, global: &Global) -> Result<(), Failure> {
    match verb {
        Verb::Confirm(Count { count }) => confirm(count, global),
        Verb::Show => show(global),
    }
}

/// What ends, in words.
pub(super) fn ending(ends: &wire::EndStatus) -> String {
    if ends.announced_ms == 0 {
        return "not looked at yet".to_owned();
    }
    let by = Timestamp::clamped(ends.announced_ms).plus_ms(limits::ANNOUNCED_MS);
    format!("{} by {} UTC", words::count(ends.ending, "text"), words::moment(by.ms()))
}

/// How far what is erased is gone, in words.
pub(super) fn vault(ends: &wire::EndStatus) -> String {
    let changed = match ends.rotated_ms {
        0 => "never changed".to_owned(),
        ms => format!("changed {} UTC", words::moment(ms)),
    };
    if ends.incomplete { format!("{changed}; will be: something is being erased") } else { changed }
}

fn show(global: &Global) -> Result<(), Failure> {
    let ends = client::status(global)?.ends.unwrap_or_default();
    let out = global.output();
    if out.json {
        return out.object(&json!({
            "announced": words::time(ends.announced_ms),
            "ending": ends.ending,
            "unconfirmed": ends.unconfirmed,
            "vault_key_changed": words::time(ends.rotated_ms),
            "incomplete": ends.incomplete,
            "trouble": words::text(&ends.trouble),
        }));
    }
    out.text(pairs(&[
        ("Ending", ending(&ends)),
        ("Unconfirmed", words::count(ends.unconfirmed, "text")),
        ("Vault key", vault(&ends)),
    ]))
}

fn confirm(count: u32, global: &Global) -> Result<(), Failure> {
    let request = wire::ConfirmExpiryRequest { count };
    let ask = async |mut client: client::Client| Ok(client.inspect.confirm_expiry(request).await?.into_inner());
    let confirmed = client::ask(global, ask)?;
    let out = global.output();
    if out.json {
        return out.object(&json!({"index": confirmed.index}));
    }
    out.text(format_args!("{} may end now, entry {}.", words::count(count, "text"), confirmed.index))
}
