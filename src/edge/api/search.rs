//! Search behind the desk: every hit is an entry before it is shown.

use std::sync::Arc;

use tonic::Code;
use tonic::Status;

use crate::domain::access::Access;
use crate::domain::access::Why;
use crate::edge::api::Api;
use crate::edge::api::caller::out_of_turn;
use crate::edge::finder::Answer;
use crate::edge::status::refused;
use crate::limits;
use crate::name::OfficeCode;
use crate::name::OfficerId;
use crate::office::Command;
use crate::office::Reply;
use crate::office::search;
use crate::office::search::Filters;
use crate::office::search::Hit;
use crate::office::search::state_bit;
use crate::time::Timestamp;
use crate::wire;
use crate::wire::Matched;

impl Api {
    /// Finds notices for an officer who may search.
    pub(super) async fn search(
        &self,
        officer: OfficerId,
        asked: wire::SearchNoticesRequest,
    ) -> Result<wire::SearchNoticesResponse, Status> {
        let why = Why::given(&asked.why, Access::SearchHit)?;
        search::check_query(&asked.text)?;
        let filters = filters(&asked)?;
        let limit = usize::try_from(asked.limit).unwrap_or(limits::SEARCH_HITS);
        let limit = if limit == 0 { limits::SEARCH_HITS } else { limit.min(limits::SEARCH_HITS) };
        let finder = Arc::clone(&self.finder);
        let found = self.read(move |_| finder.search(&asked.text, &filters, limit)).await?;
        let hits = match found {
            Answer::Found(hits) => hits,
            Answer::Building(followed, size) => {
                let names = [("followed", followed.to_string()), ("size", size.to_string())];
                return Err(refused(Code::Unavailable, "refused-index-building", &names));
            }
        };
        // 1. All hits are durable, in one commit. 2. Only then they are shown.
        if !hits.newest.is_empty() {
            let notices = hits.newest.iter().map(|hit| hit.notice).collect();
            let command = Command::Access { officer, notices, access: Access::SearchHit, why, attachment: None };
            let Reply::Accessed = self.order(command).await? else { return Err(out_of_turn()) };
        }
        let total = u64::try_from(hits.total).unwrap_or(u64::MAX);
        let shown = self.standings(move |standings| {
            let show = |hit: &Hit| {
                let notice = Some(standings.summary(hit.notice)?);
                Ok(wire::SearchHit { notice, matched: matched(hit.why), partial: hit.partial })
            };
            hits.newest.iter().map(show).collect()
        });
        Ok(wire::SearchNoticesResponse { hits: shown.await?, total })
    }
}

fn filters(asked: &wire::SearchNoticesRequest) -> Result<Filters, Status> {
    let kinds = asked.kinds().collect();
    let offices = asked.offices.iter().map(|office| office.parse::<OfficeCode>());
    let offices = offices.collect::<Result<_, _>>()?;
    let time = |ms: i64| (ms != 0).then(|| Timestamp::clamped(ms));
    let folder = Some(asked.folder()).filter(|folder| *folder != wire::Folder::Unspecified);
    let (since, before) = (time(asked.since_ms), time(asked.before_ms));
    let state = asked.states().fold(0, |bits, state| bits | state_bit(state));
    let words = usize::try_from(asked.words).unwrap_or(usize::MAX);
    let (exercise, held) = (asked.exercise, asked.held);
    Ok(Filters { kinds, offices, since, before, folder, state, exercise, held, words })
}

fn matched(why: search::Why) -> Vec<i32> {
    let sorts = [
        (search::Why::WORD, Matched::Word),
        (search::Why::NAME, Matched::Name),
        (search::Why::NUMBER, Matched::Number),
        (search::Why::REFERENCE, Matched::Reference),
    ];
    sorts.into_iter().filter(|(reason, _)| why.has(*reason)).map(|(_, sort)| sort.into()).collect()
}
