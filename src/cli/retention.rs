//! `retention`: for how many days this office keeps texts of a kind.

use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::output::titled;
use crate::cli::words;
use crate::domain::kinds;
use crate::i18n::Words;
use crate::wire;
use crate::wire::NoticeKind;

/// What is done about periods.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// Show the periods of all kinds, and those that wait for a second person
    Show,
    /// Count the texts that would end earlier by a period; nothing is set
    Count(Period),
    /// Set a period; a longer one than that in force waits for a second person
    Set(New),
    /// Agree to a longer period that another one has proposed
    Approve(Proposal),
    /// Turn a proposed period down, or take one's own back
    Decline(Proposal),
}

/// A period.
#[derive(clap::Args)]
pub(super) struct Period {
    /// Kind of notice, as in vehicle-alert
    #[arg(value_parser = kind)]
    kind: NoticeKind,
    /// Days of 24 hours from release, at most those that show names
    days: u32,
}

/// A period to set.
#[derive(clap::Args)]
pub(super) struct New {
    #[command(flatten)]
    period: Period,
    /// Days in force, as show names them: if others are by now, nothing is set
    #[arg(long, value_name = "DAYS")]
    seen: Option<u32>,
}

fn kind(word: &str) -> Result<NoticeKind, &'static str> {
    kinds::from_word(word).ok_or("chapar retention show lists the kinds")
}

/// What is decided.
#[derive(clap::Args)]
pub(super) struct Proposal {
    /// Kind of notice that it is about
    #[arg(value_parser = kind)]
    kind: NoticeKind,
    /// Entry of the proposal, as show names it: if another period is proposed by now, nothing is decided
    #[arg(long, value_name = "INDEX")]
    entry: u64,
}

/// Does it.
pub(super) fn run(verb: &Verb, global: &Global) -> Result<(), Failure> {
    match verb {
        Verb::Show => show(global),
        Verb::Count(period) => count(period, global),
        Verb::Set(new) => set(new, global),
        Verb::Approve(proposal) => decide(proposal, true, global),
        Verb::Decline(proposal) => decide(proposal, false, global),
    }
}

/// For how many days the office keeps texts of a kind; `None` for a kind without a text.
pub(super) fn days(kind: NoticeKind, global: &Global) -> Result<Option<u32>, Failure> {
    Ok(list(global)?.into_iter().find(|one| one.kind() == kind).map(|one| one.days))
}

fn list(global: &Global) -> Result<Vec<wire::Retention>, Failure> {
    let request = wire::ListRetentionRequest {};
    client::ask(global, async |mut client| Ok(client.inspect.list_retention(request).await?.into_inner().kinds))
}

fn show(global: &Global) -> Result<(), Failure> {
    let all = list(global)?;
    let out = global.output();
    if out.json {
        return all.iter().try_for_each(|one| {
            out.object(&json!({
                "kind": words::word::<NoticeKind>(one.kind),
                "days": one.days,
                "most": one.cap_days,
                "entry": one.index,
                "proposed_days": one.proposed_days,
                "proposed_by": words::text(&one.proposer),
                "proposal": one.proposal,
            }))
        });
    }
    let words = global.words();
    let rows =
        all.iter().map(|one| [words.label::<NoticeKind>(one.kind), one.days.to_string(), one.cap_days.to_string()]);
    out.text(titled(&words, ["column-kind", "column-kept-days", "column-most-days"], rows.collect()))?;
    for one in all.iter().filter(|one| one.proposal > 0) {
        let names = [
            ("kind", words.label::<NoticeKind>(one.kind)),
            ("days", one.proposed_days.to_string()),
            ("officer", one.proposer.clone()),
        ];
        out.text(words.say("retention-proposal", &names))?;
        out.note(format_args!("  {}", global.command(&approval(one.kind(), one.proposal))));
    }
    Ok(())
}

/// The command that agrees to a proposal.
fn approval(kind: NoticeKind, entry: u64) -> String {
    format!("retention approve {} --entry {entry}", kinds::word(kind))
}

fn counted(period: &Period, global: &Global) -> Result<wire::CountRetentionResponse, Failure> {
    let request = wire::CountRetentionRequest { kind: period.kind.into(), days: period.days };
    client::ask(global, async |mut client| Ok(client.inspect.count_retention(request).await?.into_inner()))
}

fn count(period: &Period, global: &Global) -> Result<(), Failure> {
    let counted = counted(period, global)?;
    let out = global.output();
    if out.json {
        return out.object(&json!({
            "earlier": counted.earlier,
            "ended": counted.ended,
            "days": counted.days,
            "most": counted.cap_days,
        }));
    }
    out.text(earlier(&counted, &global.words()))
}

/// How many texts end earlier, in words.
fn earlier(counted: &wire::CountRetentionResponse, words: &Words) -> String {
    words.say(
        "retention-earlier",
        &[
            ("texts", words::counted("expiry-texts", counted.earlier, words)),
            ("ended", words::counted("expiry-texts", counted.ended, words)),
        ],
    )
}

fn set(New { period, seen }: &New, global: &Global) -> Result<(), Failure> {
    let counted = counted(period, global)?;
    let seen_days = seen.unwrap_or(counted.days);
    let request = wire::SetRetentionRequest { kind: period.kind.into(), days: period.days, seen_days };
    let set = client::ask(global, async |mut client| Ok(client.inspect.set_retention(request).await?.into_inner()))?;
    let out = global.output();
    if out.json {
        let earlier = counted.earlier;
        return out.object(&json!({"proposed": set.proposed, "entry": set.index, "earlier": earlier}));
    }
    let words = global.words();
    let names = [("kind", words.label::<NoticeKind>(period.kind.into())), ("days", period.days.to_string())];
    if set.proposed {
        out.text(words.say("retention-proposed", &names))?;
        let agree = global.command(&approval(period.kind, set.index));
        out.note(words.say("officer-agree", &[("command", agree)]));
        return Ok(());
    }
    out.text(words.say("retention-set", &names))?;
    out.text(earlier(&counted, &words))
}

fn decide(proposal: &Proposal, agree: bool, global: &Global) -> Result<(), Failure> {
    let request = wire::DecideRetentionRequest { kind: proposal.kind.into(), agree, proposal: proposal.entry };
    let done =
        client::ask(global, async |mut client| Ok(client.inspect.decide_retention(request).await?.into_inner()))?;
    let out = global.output();
    if out.json {
        return out.object(&json!({"agreed": agree, "entry": done.index}));
    }
    let words = global.words();
    let kind = [("kind", words.label::<NoticeKind>(proposal.kind.into()))];
    out.text(words.say(if agree { "retention-agreed" } else { "retention-declined" }, &kind))
}
