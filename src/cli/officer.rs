//! `officer`: who may do what at this office, and until when.

use std::path::PathBuf;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use zeroize::Zeroizing;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::output::titled;
use crate::cli::secrets::new_officer_passphrase;
use crate::cli::secrets::passphrase_in;
use crate::domain::officer;
use crate::domain::officer::from_word;
use crate::edge::people::moment;
use crate::i18n::Words;
use crate::name::OfficerId;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::Role;

/// What is done about officers.
#[derive(clap::Subcommand)]
pub(super) enum Verb {
    /// Enrol an officer with one role or more
    Add(Add),
    /// Change an officer's roles, Unix user, end or passphrase; what is not named stays
    Change(Change),
    /// List the officers, and the changes that wait for a second person
    List,
    /// Shut an officer out, at once
    Revoke {
        /// Id, as in UZ-ALT-O02
        officer: OfficerId,
    },
    /// Agree to a change that another one has proposed
    Approve(Proposal),
    /// Turn a proposed change down, or take one's own back
    Decline(Proposal),
    /// Set your own passphrase
    Passphrase {
        /// File with the new passphrase, for scripts; else it is asked for
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
}

/// What is decided.
#[derive(clap::Args)]
pub(super) struct Proposal {
    /// Id of the officer whom it is about
    officer: OfficerId,
    /// Entry of the proposal, as the list shows it: if another change is proposed by now, nothing is decided
    #[arg(long, value_name = "INDEX")]
    entry: u64,
}

/// Whom to enrol.
#[derive(clap::Args)]
pub(super) struct Add {
    /// Id, as in UZ-ALT-O02; only the office knows which person it is, and nobody else ever gets it
    officer: OfficerId,
    /// officer, releasing-officer, administrator, auditor or data-protection-officer; may be given several times
    #[arg(long = "role", required = true, value_parser = from_word)]
    roles: Vec<Role>,
    /// Unix user of that person on this machine; without it the officer signs in with a passphrase
    #[arg(long)]
    uid: Option<u32>,
    /// When the enrolment ends; at most a year from now, which is the default
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// Give a first passphrase although there is a Unix user
    #[arg(long)]
    passphrase: bool,
}

/// What to change.
#[derive(clap::Args)]
pub(super) struct Change {
    /// Id, as in UZ-ALT-O02
    officer: OfficerId,
    /// The roles from now on; may be given several times
    #[arg(long = "role", value_parser = from_word)]
    roles: Vec<Role>,
    /// Unix user from now on
    #[arg(long, conflicts_with = "no_uid")]
    uid: Option<u32>,
    /// No Unix user from now on
    #[arg(long)]
    no_uid: bool,
    /// When the enrolment ends
    #[arg(long, value_name = "TIME", conflicts_with = "renew")]
    until: Option<Timestamp>,
    /// Let it end a year from now
    #[arg(long)]
    renew: bool,
    /// Give a new first passphrase in place of the one there was
    #[arg(long)]
    passphrase: bool,
}

/// Does it.
pub(super) fn run(verb: Verb, global: &Global) -> Result<(), Failure> {
    match verb {
        Verb::Add(add) => {
            let enrolment = wire::Enrolment {
                id: add.officer.to_string(),
                roles: add.roles.iter().map(|role| (*role).into()).collect(),
                uid: add.uid,
                until_ms: add.until.map_or(0, Timestamp::ms),
            };
            if officers(global)?.officers.iter().any(|one| is(one, &add.officer)) {
                return Err(failed("failure-enrolled-already", &add.officer));
            }
            enrol(enrolment, add.passphrase || add.uid.is_none(), global)
        }
        Verb::Change(change) => self::change(&change, global),
        Verb::List => list(global),
        Verb::Revoke { officer } => {
            let enrolment = wire::Enrolment { id: officer.to_string(), ..wire::Enrolment::default() };
            enrol(enrolment, false, global)
        }
        Verb::Approve(proposal) => decide(&proposal, true, global),
        Verb::Decline(proposal) => decide(&proposal, false, global),
        Verb::Passphrase { new_passphrase_file } => passphrase(new_passphrase_file, global),
    }
}

fn officers(global: &Global) -> Result<wire::ListOfficersResponse, Failure> {
    client::ask(global, async |mut client| {
        Ok(client.inspect.list_officers(wire::ListOfficersRequest {}).await?.into_inner())
    })
}

fn failed(key: &str, officer: &OfficerId) -> Failure {
    Failure::said(Kind::Config, key, &[("officer", officer.to_string())])
}

fn is(summary: &wire::OfficerSummary, officer: &OfficerId) -> bool {
    is_id(summary, officer.as_str())
}

fn is_id(summary: &wire::OfficerSummary, id: &str) -> bool {
    summary.enrolment.as_ref().is_some_and(|enrolment| enrolment.id == id)
}

fn change(change: &Change, global: &Global) -> Result<(), Failure> {
    let known = officers(global)?.officers.into_iter().find(|one| is(one, &change.officer));
    let before =
        known.and_then(|summary| summary.enrolment).ok_or_else(|| failed("refused-not-enrolled", &change.officer))?;
    let roles = change.roles.iter().map(|role| (*role).into()).collect();
    let wanted = wire::Enrolment {
        id: before.id.clone(),
        roles: if change.roles.is_empty() { before.roles.clone() } else { roles },
        uid: if change.no_uid { None } else { change.uid.or(before.uid) },
        until_ms: if change.renew { 0 } else { change.until.map_or(before.until_ms, Timestamp::ms) },
    };
    if wanted == before && !change.passphrase {
        return Err(Failure::said(Kind::Usage, "failure-no-change", &[]));
    }
    if wanted.roles.is_empty() {
        return Err(failed("failure-was-revoked", &change.officer));
    }
    enrol(wanted, change.passphrase, global)
}

fn enrol(enrolment: wire::Enrolment, passphrase: bool, global: &Global) -> Result<(), Failure> {
    let request = wire::EnrolOfficerRequest { enrolment: Some(enrolment), passphrase, idempotency_key: client::key()? };
    let answer = client::ask(global, async |mut client| Ok(client.inspect.enrol_officer(request).await?.into_inner()))?;
    let enrolment = answer.enrolment.unwrap_or_default();
    let secret = Zeroizing::new(answer.passphrase);
    let out = global.output();
    if out.json {
        let mut object = described(&enrolment);
        object.insert("proposed".to_owned(), json!(answer.proposed));
        if answer.proposed {
            object.insert("entry".to_owned(), json!(answer.proposal));
        }
        if !secret.is_empty() {
            object.insert("passphrase".to_owned(), json!(secret.as_str()));
        }
        return out.object(&object.into());
    }
    let (id, words) = (enrolment.id.clone(), global.words());
    let roles = ("roles", words.roles(&enrolment));
    if answer.proposed {
        out.text(words.say("officer-proposed", &[roles]))?;
        let agree = global.command(&approval(&id, answer.proposal));
        out.note(words.say("officer-agree", &[("command", agree)]));
        return Ok(());
    }
    if enrolment.roles.is_empty() {
        return out.text(words.say("officer-out", &[("officer", id)]));
    }
    out.text(words.say("officer-is", &[("officer", id.clone()), roles, ("until", until(&enrolment))]))?;
    told(&id, &secret, global)
}

/// Shows a first passphrase, this once.
fn told(id: &str, secret: &str, global: &Global) -> Result<(), Failure> {
    if secret.is_empty() {
        return Ok(());
    }
    let out = global.output();
    let words = global.words();
    out.text(words.say("officer-first", &[("passphrase", secret.to_owned())]))?;
    let set = global.command(&format!("officer passphrase --as {id}"));
    out.note(words.say("officer-hand-over", &[("command", set)]));
    Ok(())
}

/// The command that agrees to a proposal.
fn approval(id: &str, entry: u64) -> String {
    format!("officer approve {id} --entry {entry}")
}

fn decide(proposal: &Proposal, agree: bool, global: &Global) -> Result<(), Failure> {
    let Proposal { officer, entry } = proposal;
    let request = wire::DecideOfficerRequest { officer: officer.to_string(), agree, proposal: *entry };
    let answer =
        client::ask(global, async |mut client| Ok(client.inspect.decide_officer(request).await?.into_inner()))?;
    let secret = Zeroizing::new(answer.passphrase);
    let out = global.output();
    if out.json {
        let mut object = Map::new();
        object.insert("officer".to_owned(), json!(officer.as_str()));
        object.insert("agreed".to_owned(), json!(agree));
        if !secret.is_empty() {
            object.insert("passphrase".to_owned(), json!(secret.as_str()));
        }
        return out.object(&object.into());
    }
    let key = if agree { "officer-changed" } else { "officer-declined" };
    out.text(global.words().say(key, &[("officer", officer.to_string())]))?;
    told(officer.as_str(), &secret, global)
}

fn passphrase(file: Option<PathBuf>, global: &Global) -> Result<(), Failure> {
    let new = match file {
        Some(path) => passphrase_in(&path)?,
        None => new_officer_passphrase()?,
    };
    let request = wire::SetPassphraseRequest { passphrase: new.to_string() };
    client::ask(global, async |mut client| Ok(client.inspect.set_passphrase(request).await?.into_inner()))?;
    let out = global.output();
    if out.json { out.object(&json!({ "set": true })) } else { out.text(global.words().get("officer-passphrase-set")) }
}

fn list(global: &Global) -> Result<(), Failure> {
    let answer = officers(global)?;
    let out = global.output();
    if out.json {
        for summary in &answer.officers {
            let mut object = described(&summary.enrolment.clone().unwrap_or_default());
            object.insert("has_passphrase".to_owned(), json!(summary.has_passphrase));
            object.insert("one_time".to_owned(), json!(summary.one_time));
            object.insert("entry".to_owned(), json!(summary.index));
            out.object(&object.into())?;
        }
        for proposal in &answer.proposals {
            let mut object = described(&proposal.enrolment.clone().unwrap_or_default());
            object.insert("proposed_by".to_owned(), json!(proposal.proposer));
            object.insert("new_passphrase".to_owned(), json!(proposal.passphrase));
            object.insert("entry".to_owned(), json!(proposal.index));
            out.object(&object.into())?;
        }
        return Ok(());
    }
    let words = global.words();
    let rows = answer.officers.iter().map(|summary| {
        let enrolment = summary.enrolment.clone().unwrap_or_default();
        let until = if enrolment.roles.is_empty() { String::new() } else { until(&enrolment) };
        [enrolment.id.clone(), words.roles(&enrolment), until, words.signs_in(summary)]
    });
    let header = ["column-officer", "column-roles", "column-until", "column-signs-in"];
    out.text(titled(&words, header, rows.collect()))?;
    for proposal in &answer.proposals {
        let enrolment = proposal.enrolment.clone().unwrap_or_default();
        let key = if proposal.passphrase { "officer-proposal-passphrase" } else { "officer-proposal" };
        let (id, by) = (&enrolment.id, proposal.proposer.clone());
        let names = [("proposer", by), ("officer", id.clone()), ("roles", words.roles(&enrolment))];
        out.text(words.say(key, &names))?;
        out.text(compared(&words, answer.officers.iter().find(|one| is_id(one, id)), &enrolment))?;
        out.note(format_args!("  {}", global.command(&approval(id, proposal.index))));
    }
    Ok(())
}

/// A proposed enrolment beside the one in force.
fn compared(words: &Words, before: Option<&wire::OfficerSummary>, proposed: &wire::Enrolment) -> String {
    let before = before.and_then(|summary| summary.enrolment.as_ref());
    let columns = |enrolment: Option<&wire::Enrolment>| match enrolment {
        None => [String::new(), String::new(), String::new()],
        Some(one) => {
            let until = if one.roles.is_empty() { String::new() } else { moment(Timestamp::clamped(one.until_ms)) };
            [words.roles(one), one.uid.map(|uid| uid.to_string()).unwrap_or_default(), until]
        }
    };
    let names = ["column-roles", "column-uid", "column-until"].map(|key| words.get(key));
    let rows = names.into_iter().zip(columns(before)).zip(columns(Some(proposed)));
    let rows = rows.map(|((name, was), is)| [name, was, is]).collect();
    titled(words, ["field-path", "column-in-force", "column-proposed"], rows)
}

fn described(enrolment: &wire::Enrolment) -> Map<String, Value> {
    let roles: Vec<_> = known(enrolment).into_iter().map(officer::word).collect();
    let until = Timestamp::clamped(enrolment.until_ms).to_string();
    let pairs = [
        ("officer", json!(enrolment.id)),
        ("roles", json!(roles)),
        ("uid", json!(enrolment.uid)),
        ("until", json!(until)),
    ];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn known(enrolment: &wire::Enrolment) -> Vec<Role> {
    enrolment.roles.iter().filter_map(|role| Role::try_from(*role).ok()).collect()
}

fn until(enrolment: &wire::Enrolment) -> String {
    moment(Timestamp::clamped(enrolment.until_ms)).get(..10).unwrap_or_default().to_owned()
}
