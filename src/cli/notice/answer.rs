//! Notices about a notice: reply, feedback, refuse, correct, withdraw, forward. Each fits the draft to the notice that it is about,
//! says where it does not fit, and sends it.

use std::path::PathBuf;

use serde_json::Value;
use serde_json::json;

use crate::cli::Global;
use crate::cli::client;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind as Exit;
use crate::cli::notice::send;
use crate::domain::draft;
use crate::domain::draft::Draft;
use crate::domain::kinds;
use crate::domain::kinds::Kind;
use crate::domain::standing::same_traffic;
use crate::domain::template::about;
use crate::domain::template::shorten;
use crate::edge::env::SystemClock;
use crate::i18n::Names;
use crate::name::OfficeCode;
use crate::time::Clock as _;
use crate::wire;
use crate::wire::AmendmentReason;
use crate::wire::NoticeKind;
use crate::wire::json::Word as _;

/// A draft about a notice.
#[derive(clap::Args)]
pub(in crate::cli) struct Args {
    /// The notice that it is about: reference, short reference as in 123-3, or digest
    #[arg(value_name = "REF")]
    reference: String,
    /// Draft file; - reads it from the input. To begin with: chapar notice template KIND --about REF
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    attachments: send::Attachments,
}

/// A withdrawal, without a draft.
#[derive(clap::Args)]
pub(in crate::cli) struct Withdraw {
    /// The notice to withdraw: reference, short reference as in 123-3, or digest
    #[arg(value_name = "REF")]
    reference: String,
    /// Why, as a code: ERROR, DUPLICATE, SUPERSEDED and so on
    #[arg(long, value_name = "CODE", value_parser = reason)]
    reason: AmendmentReason,
    /// Why, in words
    #[arg(long, value_name = "TEXT")]
    text: String,
    /// Language of these words, as in en or ru
    #[arg(long, value_name = "LANG", default_value = "en")]
    text_lang: String,
}

fn reason(word: &str) -> Result<AmendmentReason, String> {
    let reason = AmendmentReason::from_word(&word.to_ascii_uppercase().replace('-', "_"));
    let may = |reason: AmendmentReason| !matches!(reason, AmendmentReason::Confirmed | AmendmentReason::Unconfirmed);
    reason.filter(|reason| may(*reason)).ok_or_else(|| {
        let reasons = (1..).map_while(|number| AmendmentReason::try_from(number).ok()).filter(|reason| may(*reason));
        format!("reasons are {}", reasons.map(AmendmentReason::word).collect::<Vec<_>>().join(", "))
    })
}

/// The notice that a draft is about.
pub(super) struct Target {
    /// Its header.
    pub(super) header: wire::NoticeHeader,
    /// The correction of it that is current, if it is corrected.
    pub(super) corrected_by: Option<String>,
    /// This office.
    pub(super) me: OfficeCode,
    /// For how long it keeps texts.
    retention: Vec<wire::Retention>,
}

impl Target {
    /// Asks the node; nothing is opened.
    pub(super) fn find(reference: &str, global: &Global) -> Result<Self, Failure> {
        let request = wire::GetNoticeRequest { notice: reference.to_owned() };
        let (answer, status, retention) = client::ask(global, async |mut client| {
            let answer = client.desk.get_notice(request).await?.into_inner();
            let status = client.inspect.get_status(wire::GetStatusRequest {}).await?.into_inner();
            Ok((answer, status, client.inspect.list_retention(wire::ListRetentionRequest {}).await?.into_inner()))
        })?;
        let summary = answer.summary.unwrap_or_default();
        let corrected_by = summary.standing.and_then(|standing| standing.corrected_by).map(|name| name.reference);
        let header = summary.header.unwrap_or_default();
        let (me, retention) = (status.office.parse().map_err(Failure::internal)?, retention.kinds);
        Ok(Self { header, corrected_by, me, retention })
    }

    /// The draft to fill in for a notice of this kind about it.
    pub(super) fn template(&self, kind: NoticeKind) -> Result<Value, Failure> {
        let now = SystemClock.now();
        let mut draft = about(kind, &self.header, self.me, now).ok_or_else(|| self.cannot_be_about(kind))?;
        self.retention.iter().filter(|kept| kept.kind() == kind).for_each(|kept| shorten(&mut draft, kept.days, now));
        Ok(draft)
    }

    fn cannot_be_about(&self, kind: NoticeKind) -> Failure {
        let [kind, target] = [kind, self.header.kind()].map(kinds::word);
        let reference = self.header.reference.clone();
        let names = [("kind", kind), ("target", target), ("reference", reference)];
        Failure::said(Exit::Usage, "failure-not-about", &names)
    }

    /// Fits a draft of a kind to it.
    pub(super) fn fit(&self, kind: NoticeKind, draft: &mut Draft) -> Result<(), Failure> {
        let (header, target) = (&mut draft.header, &self.header);
        let fails = |key: &str, names: Names<'_>| Err(Failure::said(Exit::Config, key, names));
        let reference = ("reference", target.reference.clone());
        if header.kind() != kind {
            let [is, kind] = [header.kind(), kind].map(kinds::word);
            return fails("failure-other-kind", &[("is", is), ("kind", kind), reference]);
        }
        let link = Kind::of(kind).and_then(|row| row.link).ok_or_else(|| self.cannot_be_about(kind))?;
        if !link.towards.is_empty() && !link.towards.contains(&target.kind()) {
            return Err(self.cannot_be_about(kind));
        }
        if !same_traffic(header.traffic(), target.traffic()) {
            let [is, other] = [header.traffic(), target.traffic()].map(|traffic| traffic.word().to_owned());
            return fails("failure-other-traffic", &[("is", is), ("other", other), reference]);
        }
        let own = header.relations.iter().find(|one| link.relations.contains(&one.kind()));
        match own {
            Some(own) if own.reference != target.reference => {
                return fails("failure-other-notice", &[("other", own.reference.clone()), reference]);
            }
            Some(_) => {}
            None => {
                let kind = link.relations.first().copied().unwrap_or_default().into();
                header.relations.push(wire::Relation { kind, digest: vec![], reference: target.reference.clone() });
            }
        }
        let from = target.from.clone().unwrap_or_default().office;
        let is_ours = from == self.me.to_string();
        let amends = matches!(kind, NoticeKind::Correction | NoticeKind::Withdrawal);
        let forwards = kind == NoticeKind::Forward;
        if forwards && is_ours {
            return fails("failure-own-forwarded", &[reference]);
        }
        if amends && !is_ours {
            return fails("failure-not-originator", &[("office", from), reference]);
        }
        let parties = |header: &wire::NoticeHeader| -> Vec<String> {
            header.to.iter().chain(&header.cc).map(|party| party.office.clone()).collect()
        };
        if amends {
            // Whoever has it must hear of it.
            let told = parties(header);
            header.to.extend(target.to.iter().filter(|party| !told.contains(&party.office)).cloned());
            header.cc.extend(target.cc.iter().filter(|party| !told.contains(&party.office)).cloned());
        } else if !forwards && !is_ours && !parties(header).contains(&from) {
            return fails("failure-not-to-asker", &[("office", from)]);
        }
        Ok(())
    }
}

/// Sends a draft file of a kind about a notice.
pub(super) fn run(kind: NoticeKind, args: &Args, global: &Global) -> Result<(), Failure> {
    let target = Target::find(&args.reference, global)?;
    let mut draft = send::read(&args.file, args.attachments.options())?;
    target.fit(kind, &mut draft)?;
    send::send(draft, global)
}

/// Withdraws a notice of this office.
pub(super) fn withdraw(args: &Withdraw, global: &Global) -> Result<(), Failure> {
    let target = Target::find(&args.reference, global)?;
    let mut draft = target.template(NoticeKind::Withdrawal)?;
    let text = json!({"text": args.text, "lang": args.text_lang});
    if let Some(body) = draft.get_mut("body").and_then(Value::as_object_mut) {
        body.insert("subject".to_owned(), text.clone());
        body.insert("withdrawal".to_owned(), json!({"reason_code": args.reason.word(), "reason": text}));
    }
    let bytes = serde_json::to_vec(&draft).map_err(Failure::internal)?;
    let mut draft = draft::parse(&bytes, draft::Options::default()).map_err(|error| {
        Failure::config(format!("The withdrawal cannot be sent: {error}."), "Correct --text or --text-lang.")
    })?;
    target.fit(NoticeKind::Withdrawal, &mut draft)?;
    send::send(draft, global)
}
