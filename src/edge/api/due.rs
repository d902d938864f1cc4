//! What is to be reviewed or ends, and for how long texts are kept: lists, counts, and what officers decide about it.

use tonic::Code;
use tonic::Status;

use crate::domain::access::List;
use crate::edge::api::Api;
use crate::edge::api::caller::out_of_turn;
use crate::edge::people::moment;
use crate::edge::status::refused;
use crate::edge::status::refused_with;
use crate::edge::status::status;
use crate::i18n::said;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::office::Command;
use crate::office::Reply;
use crate::office::due;
use crate::office::due::Place;
use crate::office::retention;
use crate::office::retention::RetentionRefused;
use crate::office::retention::RetentionSet;
use crate::office::retention::RetentionStep;
use crate::office::review::ReviewRefused;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::DueBy;
use crate::wire::NoticeKind;
use crate::wire::json::Word as _;

impl Api {
    /// A page of what is due; that it is shown is an entry first.
    pub(super) async fn due_shown(
        &self,
        officer: OfficerId,
        request: wire::ListDueRequest,
    ) -> Result<wire::ListDueResponse, Status> {
        let list = match request.by() {
            DueBy::Review => List::Reviews,
            DueBy::End => List::Ends,
            DueBy::Unspecified => {
                return Err(status(Code::InvalidArgument, "There is no such list.", "Ask for reviews or ends."));
            }
        };
        let after = match request.page_token.as_slice() {
            [] => None,
            token => match place(token) {
                Some(place) => Some(place),
                None => {
                    return Err(status(Code::InvalidArgument, "There is no such page.", "Begin with the first one."));
                }
            },
        };
        let size = if request.page_size == 0 { limits::PAGE_ROWS } else { request.page_size.min(limits::PAGE_ROWS) };
        let size = usize::try_from(size).unwrap_or(1);
        let (now, before) = (self.hub.node_time(), Timestamp::clamped(request.before_ms));
        let (rows, next) = self
            .read(move |view| match list {
                List::Ends => due::endings(view, now, before, after, size),
                _ => due::reviews(view, now, before, after, size),
            })
            .await?;
        self.show_list(officer, list, rows.len()).await?;
        Ok(wire::ListDueResponse { rows, next_page_token: next.map(token).unwrap_or_default() })
    }

    /// How much is due in each of some spans of time.
    pub(super) async fn due_counted(&self, request: &wire::CountDueRequest) -> Result<wire::CountDueResponse, Status> {
        let wire::CountDueRequest { from_ms, span_ms, spans } = *request;
        let (from, spans) = (Timestamp::clamped(from_ms), spans.min(limits::DUE_SPANS));
        let spans = usize::try_from(spans).unwrap_or_default();
        let (spans, before) = self.read(move |view| due::count(view, from, span_ms, spans)).await?;
        Ok(wire::CountDueResponse { spans, before: Some(before) })
    }

    /// Writes that a text is still needed. By an unsure clock nobody could say when it is looked at again.
    pub(super) async fn review(
        &self,
        officer: OfficerId,
        request: &wire::ReviewNoticeRequest,
    ) -> Result<wire::ReviewNoticeResponse, Status> {
        self.sure()?;
        let notice = self.find(&request.notice).await?;
        let next = (request.next_ms != 0).then(|| Timestamp::clamped(request.next_ms));
        let command = Command::Review { officer, notice, reason: request.reason(), next };
        let Reply::Reviewed(reviewed) = self.order(command).await? else { return Err(out_of_turn()) };
        let reviewed = reviewed?;
        let (reference, index) = (reviewed.reference.to_string(), reviewed.index);
        Ok(wire::ReviewNoticeResponse { reference, index, next_ms: reviewed.next.ms() })
    }

    /// What another period would do.
    pub(super) async fn retention_counted(
        &self,
        request: &wire::CountRetentionRequest,
    ) -> Result<wire::CountRetentionResponse, Status> {
        let (kind, days, now) = (request.kind(), request.days, self.hub.node_time());
        let found = self.read(move |view| {
            let in_force = retention::in_force(view, kind)?;
            Ok((in_force, due::earlier(view, kind, days, now)?))
        });
        let (in_force, (earlier, ended)) = found.await?;
        match in_force {
            None => Err(of_retention(kind, RetentionRefused::NoText)),
            Some((_, cap)) if days == 0 || days > cap => Err(of_retention(kind, RetentionRefused::Days { cap })),
            Some((days, cap_days)) => Ok(wire::CountRetentionResponse { earlier, ended, days, cap_days }),
        }
    }

    /// Sets a period, or decides about a longer one.
    pub(super) async fn retention(
        &self,
        officer: OfficerId,
        kind: NoticeKind,
        step: RetentionStep,
    ) -> Result<RetentionSet, Status> {
        let command = Command::Retention { officer, kind, step };
        let Reply::Retention(done) = self.order(command).await? else { return Err(out_of_turn()) };
        done.map_err(|refusal| of_retention(kind, refusal))
    }
}

fn token((at, notice): Place) -> Vec<u8> {
    [at.ms().to_be_bytes().as_slice(), &notice.0].concat()
}

fn place(token: &[u8]) -> Option<Place> {
    let (ms, digest) = token.split_first_chunk::<8>()?;
    Some((Timestamp::from_ms(i64::from_be_bytes(*ms)).ok()?, Digest::try_from(digest).ok()?))
}

impl From<ReviewRefused> for Status {
    fn from(refusal: ReviewRefused) -> Self {
        let (key, names) = match refusal {
            ReviewRefused::NoText => ("refused-no-text", vec![]),
            ReviewRefused::NoReview(reference) => ("refused-no-review", vec![("reference", reference.to_string())]),
            ReviewRefused::Ends(reference) => ("refused-review-ends", vec![("reference", reference.to_string())]),
            ReviewRefused::Reason => return refused(Code::InvalidArgument, "refused-review-reason", &[]),
            ReviewRefused::Early => return refused(Code::InvalidArgument, "refused-review-early", &[]),
            ReviewRefused::Late(latest) => {
                return refused(Code::InvalidArgument, "refused-review-late", &[("time", moment(latest))]);
            }
        };
        refused(Code::FailedPrecondition, key, &names)
    }
}

fn of_retention(kind: NoticeKind, refusal: RetentionRefused) -> Status {
    let (code, key, names) = match refusal {
        RetentionRefused::NoText if kind == NoticeKind::Unspecified => {
            return refused(Code::InvalidArgument, "refused-retention-no-kind", &[]);
        }
        RetentionRefused::NoText => (Code::InvalidArgument, "refused-retention-no-text", vec![]),
        RetentionRefused::Days { cap } => {
            (Code::InvalidArgument, "refused-retention-days", vec![("max", cap.to_string())])
        }
        RetentionRefused::Same(days) => {
            (Code::FailedPrecondition, "refused-retention-same", vec![("days", days.to_string())])
        }
        RetentionRefused::OtherPeriod(days) => {
            (Code::FailedPrecondition, "refused-retention-other-days", vec![("days", days.to_string())])
        }
        RetentionRefused::NotProposed => (Code::NotFound, "refused-retention-not-proposed", vec![]),
        RetentionRefused::OtherProposal(index) => {
            (Code::FailedPrecondition, "refused-retention-other", vec![("index", index.to_string())])
        }
        RetentionRefused::OwnProposal(officer) => {
            (Code::FailedPrecondition, "refused-retention-own", vec![("officer", officer.to_string())])
        }
        RetentionRefused::Proposer(officer) => {
            (Code::FailedPrecondition, "refused-retention-proposer", vec![("officer", officer.to_string())])
        }
    };
    let kind = format!("notice-kind-{}", kind.word());
    refused_with(code, said(key, &names).with_keys("kind", [kind.as_str()]))
}
