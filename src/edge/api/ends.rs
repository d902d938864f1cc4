//! What officers order about ends: erasure, and confirmations of the clock and of many ends at once.

use std::time::Duration;

use tonic::Code;
use tonic::Status;

use crate::edge::api::Api;
use crate::edge::api::caller::out_of_turn;
use crate::edge::hub::NotNow;
use crate::edge::people::moment;
use crate::edge::status::refused;
use crate::edge::status::refused_with;
use crate::engine::fold::ends;
use crate::engine::rows;
use crate::engine::rows::key;
use crate::i18n::said;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::office::Command;
use crate::office::Ends;
use crate::office::EraseRefused;
use crate::office::Erased;
use crate::office::Reply;
use crate::office::read;
use crate::time::Timestamp;
use crate::wire;

impl Api {
    /// Nothing ends by an unsure clock.
    pub(super) fn sure(&self) -> Result<Timestamp, Status> {
        self.hub.node_clock.sure().map_err(|reason| {
            let reason = NotNow::Unsure(reason).message();
            refused_with(Code::Unavailable, said("refused-clock-unsure", &[]).with_keys("reason", [reason]))
        })
    }

    /// Erases a text by order. It is called erased only when the old vault key is destroyed.
    pub(super) async fn erase(
        &self,
        officer: OfficerId,
        digest: Digest,
        reason: wire::ErasureReason,
    ) -> Result<wire::EraseNoticeResponse, Status> {
        self.sure()?;
        let mut pulse = self.hub.commits.pulse();
        let command = Command::Erase { officer, notice: digest, reason };
        let Reply::Erased(erased) = self.order(command).await? else { return Err(out_of_turn()) };
        let Erased { index, forwards } = erased.map_err(|refusal| match refusal {
            EraseRefused::NoText => refused(Code::FailedPrecondition, "refused-no-text", &[]),
            EraseRefused::Reason => refused(Code::InvalidArgument, "refused-no-reason", &[]),
        })?;
        self.hub.attachments.something_is_erased();
        let done = async {
            loop {
                let complete = self.read(move |view| Ok(ends::duties(view)?.complete_before > index)).await?;
                if complete || !self.hub.shared.vault_trouble().is_empty() || pulse.changed().await.is_err() {
                    return Ok::<bool, Status>(complete);
                }
            }
        };
        // A caller is not kept for ever: what is left to do is done all the same.
        let complete = tokio::time::timeout(Duration::from_millis(limits::CALL_MS / 2), done).await;
        let complete = complete.unwrap_or(Ok(false))?;
        let (summary, entry) =
            self.read(move |view| Ok((read::summary(view, digest)?, rows::entry(view, index)?))).await?;
        let mut in_transit = self.in_transit(digest, summary.deliveries).await?;
        let mut erased_with = vec![];
        for forward in forwards {
            let forward_summary = self.read(move |view| read::summary(view, forward)).await?;
            erased_with.push(forward_summary.header.map(|header| header.reference).unwrap_or_default());
            in_transit.extend(self.in_transit(forward, forward_summary.deliveries).await?);
        }
        Ok(wire::EraseNoticeResponse {
            reference: summary.header.map(|header| header.reference).unwrap_or_default(),
            index,
            time_ms: entry.time_ms,
            complete,
            in_transit,
            forwards: erased_with,
        })
    }

    /// Those of the addressees for whom a key wrap waits.
    async fn in_transit(&self, digest: Digest, mut waiting: Vec<wire::Delivery>) -> Result<Vec<String>, Status> {
        waiting.retain(|one| one.outcome() == wire::Outcome::Unspecified);
        self.read(move |view| {
            let mut offices = vec![];
            for one in waiting {
                let Ok(office) = one.office.parse() else { continue };
                let row: Option<wire::DeliveryRow> = rows::message(view, &key::delivery(digest, office), "delivery")?;
                if row.is_some_and(|row| !row.dispatch_digest.is_empty()) {
                    offices.push(one.office);
                }
            }
            Ok(offices)
        })
        .await
    }

    /// Writes that an officer compared the clock. It is sure from then on, for a time.
    pub(super) async fn confirm_clock(&self, officer: OfficerId, shown_ms: i64) -> Result<u64, Status> {
        let shown = Timestamp::clamped(shown_ms);
        let now = self.hub.clock.now();
        if now.since_ms(shown).abs() > limits::CONFIRMED_WITHIN_MS {
            return Err(refused(Code::FailedPrecondition, "refused-clock-differs", &[("time", moment(now))]));
        }
        let command = Command::ConfirmClock { officer, shown: now };
        let Reply::ClockConfirmed(index) = self.order(command).await? else { return Err(out_of_turn()) };
        self.hub.node_clock.confirm(now);
        // What waited for a sure clock need not wait for the hour; if it cannot be asked, the node is stopping.
        let Reply::DutiesDone = self.hub.commits.ask(Command::Duties).await? else { return Err(out_of_turn()) };
        Ok(index)
    }

    /// Lets more texts end than the node may by itself.
    pub(super) async fn confirm_expiry(&self, officer: OfficerId, count: u32) -> Result<u64, Status> {
        self.sure()?;
        let command = Command::ConfirmExpiry { officer, count };
        let Reply::ExpiryConfirmed(done) = self.order(command).await? else { return Err(out_of_turn()) };
        done.map_err(|other| {
            let names = [("asked", count.to_string()), ("waiting", other.0.to_string())];
            refused(Code::FailedPrecondition, "refused-other-count", &names)
        })
    }

    /// What ends and what is erased.
    pub(super) fn ends(&self, ends: &Ends) -> wire::EndStatus {
        wire::EndStatus {
            announced_ms: ends.announced_ms,
            ending: ends.ending,
            unconfirmed: ends.unconfirmed,
            rotated_ms: ends.rotated_ms,
            incomplete: ends.incomplete,
            trouble: self.hub.shared.vault_trouble(),
            reviews_overdue: ends.reviews_overdue,
        }
    }
}
