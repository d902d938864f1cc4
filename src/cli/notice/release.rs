//! A second officer: release a draft, return it, confirm what was sent in an emergency. And the checklist that is asked.

use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::notice::drafts;
use crate::cli::notice::new::Which;
use crate::cli::output;
use crate::cli::output::Output;
use crate::domain::policy::CHECKLIST;
use crate::i18n::Words;
use crate::wire;
use crate::wire::CheckPoint;
use crate::wire::json::Word as _;

/// What the officer states who lets a notice go.
#[derive(Clone, clap::Args)]
pub(in crate::cli) struct Stated {
    /// Points of the checklist that you have checked, or all; at a terminal they are asked for
    #[arg(long, value_name = "POINT,…", value_delimiter = ',', value_parser = points)]
    checked: Vec<Points>,
    /// There is a lawful basis to detain or to seize, as the notice asks
    #[arg(long)]
    lawful_basis: bool,
}

/// One point, or all of them.
#[derive(Clone, Debug)]
struct Points(Vec<CheckPoint>);

fn points(word: &str) -> Result<Points, String> {
    if word == "all" {
        return Ok(Points(CHECKLIST.to_vec()));
    }
    let spelled = |point: CheckPoint| point.word().to_ascii_lowercase().replace('_', "-");
    let found = CHECKLIST.into_iter().find(|point| spelled(*point) == word).map(|point| Points(vec![point]));
    found.ok_or_else(|| format!("points are all, {}", CHECKLIST.map(spelled).join(", ")))
}

impl Stated {
    /// What is stated; at a terminal each point is asked for that was not ticked already.
    pub(super) fn statement(&self, header: &wire::NoticeHeader, words: &Words) -> Result<wire::Statement, Failure> {
        let mut ticked: Vec<CheckPoint> = self.checked.iter().flat_map(|points| points.0.iter().copied()).collect();
        for point in CHECKLIST {
            if !ticked.contains(&point) && asked(&words.get(&format!("check-point-{}", point.word())))? {
                ticked.push(point);
            }
        }
        let lawful =
            self.lawful_basis || (header.permitted_action().asks_force() && asked(&words.get("check-lawful-basis"))?);
        let checklist = ticked.into_iter().map(Into::into).collect();
        Ok(wire::Statement { checklist, lawful_basis_confirmed: lawful })
    }
}

fn asked(question: &str) -> Result<bool, Failure> {
    let answer = output::confirm(question).map_err(Failure::internal)?;
    answer.ok_or_else(|| Failure::said(Kind::Usage, "failure-not-ticked", &[]))
}

/// A draft to release.
#[derive(clap::Args)]
pub(in crate::cli) struct Release {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    stated: Stated,
}

/// A draft to return.
#[derive(clap::Args)]
pub(in crate::cli) struct Return {
    #[command(flatten)]
    which: Which,
    /// What is to be changed; not needed to take back your own
    #[arg(long, value_name = "TEXT", default_value = "")]
    comment: String,
}

pub(super) fn release(args: &Release, global: &Global) -> Result<(), Failure> {
    let (out, words) = (global.output(), global.words());
    let opened = drafts::open(&args.which.draft, global)?;
    let summary = opened.draft.clone().unwrap_or_default();
    let header = summary.header.clone().unwrap_or_default();
    // Whoever may not release it need not answer questions first.
    let may = summary.may_release;
    if may && !out.json {
        out.text(drafts::text(&opened, &words)?)?;
        drafts::state(&opened, &drafts::changes(&opened)?, &out, &words)?;
        reach(&header, global, &out, &words)?;
    }
    let statement = if may { args.stated.statement(&header, &words)? } else { wire::Statement::default() };
    let request =
        wire::ReleaseDraftRequest { draft: args.which.draft.clone(), form: summary.form, statement: Some(statement) };
    let released = client::ask(global, async |mut client| Ok(client.desk.release_draft(request).await?.into_inner()))?;
    if out.json {
        let flags = drafts::findings(&released.flags);
        let digest = hex::encode(&released.digest);
        return out
            .object(&json!({"reference": released.reference, "digest": digest, "to": released.to, "flags": flags}));
    }
    let names = [("reference", released.reference), ("to", released.to.join(", "))];
    out.text(words.say("draft-released", &names))?;
    out.note(words.say("draft-follow", &[("command", global.command("outbox"))]));
    Ok(())
}

/// Says of each addressee whether it will arrive at once.
fn reach(header: &wire::NoticeHeader, global: &Global, out: &Output, words: &Words) -> Result<(), Failure> {
    let peers = client::status(global)?.peers;
    out.text("")?;
    for party in header.to.iter().chain(&header.cc) {
        let connected = peers.iter().any(|peer| peer.office == party.office && peer.connected);
        let when = words.get(if connected { "reach-now" } else { "reach-waits" });
        out.text(format_args!("{}  {when}", party.office))?;
    }
    Ok(())
}

pub(super) fn give_back(args: &Return, global: &Global) -> Result<(), Failure> {
    let request = wire::ReturnDraftRequest { draft: args.which.draft.clone(), comment: args.comment.clone() };
    let returned = client::ask(global, async |mut client| Ok(client.desk.return_draft(request).await?.into_inner()))?;
    let (out, draft) = (global.output(), returned.draft.unwrap_or_default());
    if out.json {
        return out.object(&drafts::object(&draft));
    }
    let names = [("reference", draft.reference), ("officer", draft.author)];
    out.text(global.words().say("draft-returned", &names))
}

pub(super) fn confirm(reference: String, global: &Global) -> Result<(), Failure> {
    let request = wire::ConfirmNoticeRequest { notice: reference };
    let done = client::ask(global, async |mut client| Ok(client.desk.confirm_notice(request).await?.into_inner()))?;
    let (out, correction) = (global.output(), done.correction.unwrap_or_default());
    if out.json {
        let digest = hex::encode(&correction.digest);
        return out.object(&json!({"reference": correction.reference, "digest": digest, "to": done.to}));
    }
    let names = [("reference", correction.reference), ("to", done.to.join(", "))];
    out.text(global.words().say("notice-confirmed", &names))
}
