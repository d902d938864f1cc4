//! What is sent: test notices of two sizes, as an officer's program would send them.

use std::fmt;

use tokio::sync::mpsc;

use crate::cli::bench::office::ADDRESSEE;
use crate::cli::bench::office::SENDER;
use crate::cli::client::Client;
use crate::cli::failure::Failure;
use crate::cli::progress::Progress;
use crate::cli::trial;
use crate::domain::policy::Agreement;
use crate::domain::policy::Agreements;
use crate::name::OfficeCode;
use crate::node::system_clock;
use crate::wire;

/// Sends that wait for their answer at the same time: one commit may take all of them.
pub(super) const CALLERS: u32 = 256;

/// The reference of what the notices rest on.
const AGREEMENT: &str = "BENCH/1";

/// How long a notice of the bench is kept: 30 days, ms.
const LIFE_MS: i64 = 30 * 86_400_000;

/// Size of a notice: of its sealed body, about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    Small,
    Large,
}

impl Size {
    /// Bytes of the narrative; with the rest of the body it fills the named size.
    const fn narrative(self) -> usize {
        match self {
            Self::Small => 900,
            Self::Large => 8_000,
        }
    }

    /// As a key of the JSON form.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Small => "1kB",
            Self::Large => "8kB",
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Small => "1 kB",
            Self::Large => "8 kB",
        })
    }
}

/// The two officers of the sender, who write and release.
#[derive(Clone)]
pub(super) struct Desks {
    pub(super) officer: Client,
    pub(super) releaser: Client,
}

/// Sends one, and waits until it is on the sender's disk.
pub(super) async fn one(desks: &Desks, size: Size) -> Result<(), Failure> {
    trial::send(&desks.officer, &desks.releaser, notice(size)).await.map(drop)
}

/// Hands one in for release.
pub(super) async fn submit(desks: &Desks, size: Size) -> Result<wire::DraftSummary, Failure> {
    let sent = Box::pin(desks.officer.desk.clone().send_notice(notice(size))).await?.into_inner();
    sent.draft.ok_or_else(|| Failure::internal("a notice of the bench went without a second officer"))
}

/// Sends many, [`CALLERS`] at a time, and waits until all are on the sender's disk.
pub(super) async fn many(desks: &Desks, count: u32, size: Size, progress: &mut Progress<'_>) -> Result<(), Failure> {
    let (done, mut answers) = mpsc::channel(1024);
    for caller in 0..CALLERS.min(count) {
        let mine = count / CALLERS + u32::from(caller < count % CALLERS);
        let (desks, done) = (desks.clone(), done.clone());
        tokio::spawn(async move {
            for _ in 0..mine {
                let sent = one(&desks, size).await;
                let failed = sent.is_err();
                // Nobody listens once one has failed.
                if done.send(sent).await.is_err() || failed {
                    return;
                }
            }
        });
    }
    drop(done);
    let mut sent = 0;
    while let Some(answer) = answers.recv().await {
        answer?;
        sent += 1;
        progress.at(sent, count.into());
    }
    Ok(())
}

/// What the notices rest on, in both offices.
pub(super) fn agreements() -> Result<Agreements, Failure> {
    let countries = [SENDER, ADDRESSEE].map(|code| code.parse().map(OfficeCode::country));
    let agreement = Agreement {
        kind: wire::LegalBasisKind::Agreement,
        countries: countries.into_iter().collect::<Result<_, _>>().map_err(Failure::internal)?,
        purposes: vec![wire::Purpose::DrugTrafficking],
        retention_days: None,
    };
    let mut agreements = Agreements::default();
    agreements.add(AGREEMENT, agreement).map_err(Failure::internal)?;
    Ok(agreements)
}

fn notice(size: Size) -> wire::SendNoticeRequest {
    let text = |text: String| Some(wire::Text { text, language: "en".to_owned() });
    let header = wire::NoticeHeader {
        to: vec![wire::Party { office: ADDRESSEE.to_owned(), agency: 0 }],
        kind: wire::NoticeKind::ModusOperandi.into(),
        urgency: wire::Urgency::Routine.into(),
        traffic: wire::Traffic::Test.into(),
        expires_ms: system_clock().now().plus_ms(LIFE_MS).ms(),
        tlp: wire::Tlp::Amber.into(),
        handling: vec![wire::Handling::H0.into()],
        permitted_action: wire::PermittedAction::InformOnly.into(),
        purpose: wire::Purpose::DrugTrafficking.into(),
        legal_basis: Some(wire::LegalBasis {
            kind: wire::LegalBasisKind::Agreement.into(),
            reference: AGREEMENT.to_owned(),
        }),
        schema_version: 1,
        ..wire::NoticeHeader::default()
    };
    let body = wire::NoticeBody {
        subject: text("A notice of the bench".to_owned()),
        narrative: text("The quick brown fox. ".repeat(1 + size.narrative() / 21)),
        marking: Some(wire::Marking {
            reliability: wire::Reliability::F.into(),
            credibility: wire::Credibility::Credibility6.into(),
            assertion: wire::Assertion::Unverified.into(),
            ..wire::Marking::default()
        }),
        modus_operandi: Some(wire::ModusOperandi {
            concealment: vec![wire::ConcealmentPlace::Other.into()],
            description: text("A test".to_owned()),
            ..wire::ModusOperandi::default()
        }),
        ..wire::NoticeBody::default()
    };
    wire::SendNoticeRequest { header: Some(header), body: Some(body), ..wire::SendNoticeRequest::default() }
}
