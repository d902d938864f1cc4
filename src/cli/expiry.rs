//! `expiry`: what ends tomorrow, and an officer's word for more ends at once than the node may do by itself.

use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::output::named;
use crate::cli::review;
use crate::cli::words;
use crate::i18n::Words;
use crate::limits;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::DueBy;

/// What is done about ends.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// Let more texts end at once than the node may by itself; this is recorded in the log
    Confirm(Count),
    /// List the texts that end
    List(review::Days),
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
        Verb::List(days) => review::list(DueBy::End, &days, global),
        Verb::Show => show(global),
    }
}

/// What ends, in words.
pub(super) fn ending(ends: &wire::EndStatus, words: &Words) -> String {
    if ends.announced_ms == 0 {
        return words.get("expiry-not-looked");
    }
    let by = Timestamp::clamped(ends.announced_ms).plus_ms(limits::ANNOUNCED_MS);
    let texts = words::counted("expiry-texts", ends.ending, words);
    words.say("expiry-ends", &[("texts", texts), ("time", words::moment(by.ms()))])
}

/// How far what is erased is gone, in words.
pub(super) fn vault(ends: &wire::EndStatus, words: &Words) -> String {
    let key = match (ends.rotated_ms, ends.incomplete) {
        (0, false) => "vault-never",
        (0, true) => "vault-never-erasing",
        (_, false) => "vault-changed",
        (_, true) => "vault-changed-erasing",
    };
    words.say(key, &[("time", words::moment(ends.rotated_ms))])
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
            "reviews_overdue": ends.reviews_overdue,
        }));
    }
    let words = global.words();
    let pairs = [
        ("expiry-ending", ending(&ends, &words)),
        ("expiry-unconfirmed", words::counted("expiry-texts", ends.unconfirmed, &words)),
        ("vault-key", vault(&ends, &words)),
        ("expiry-reviews", words::counted("expiry-texts", ends.reviews_overdue, &words)),
    ];
    out.text(named(&words, &pairs))
}

fn confirm(count: u32, global: &Global) -> Result<(), Failure> {
    let request = wire::ConfirmExpiryRequest { count };
    let ask = async |mut client: client::Client| Ok(client.inspect.confirm_expiry(request).await?.into_inner());
    let confirmed = client::ask(global, ask)?;
    let out = global.output();
    if out.json {
        return out.object(&json!({"index": confirmed.index}));
    }
    let words = global.words();
    let texts = words::counted("expiry-texts", count, &words);
    out.text(words.say("expiry-confirmed", &[("texts", texts), ("index", confirmed.index.to_string())]))
}
