//! Lists behind the desk: headers, no text. That one is shown is an entry first, with its count of rows (P-12).

use std::sync::Arc;

use tokio::sync::mpsc;
use tonic::Code;
use tonic::Status;

use crate::domain::access::List;
use crate::domain::access::Overview;
use crate::edge::api::Api;
use crate::edge::api::caller::out_of_turn;
use crate::edge::status::status;
use crate::engine::rows::key;
use crate::limits;
use crate::name::Digest;
use crate::name::OfficerId;
use crate::office::Command;
use crate::office::Reply;
use crate::office::call::Call;
use crate::office::drafts::Drafts;
use crate::office::read;
use crate::office::standing::Counts;
use crate::office::standing::Group;
use crate::office::standing::Wanted;
use crate::wire;

/// Rows read at a time for a watcher.
const WATCH_ROWS: usize = 64;

/// What a watcher is sent.
type Arrival = Result<wire::WatchInboxResponse, Status>;

impl Api {
    /// Writes that an officer is about to see a list or counts; when this returns, it is durable.
    pub(super) async fn show(&self, officer: OfficerId, overview: Overview) -> Result<(), Status> {
        let Reply::Accessed = self.order(Command::Overview { officer, overview }).await? else {
            return Err(out_of_turn());
        };
        Ok(())
    }

    /// A page of the board.
    pub(super) async fn board_shown(
        &self,
        officer: OfficerId,
        request: wire::ShowBoardRequest,
    ) -> Result<wire::ShowBoardResponse, Status> {
        let (list, issued) = match request.folder() {
            wire::Folder::Inbox => (List::Inbox, false),
            wire::Folder::Outbox => (List::Outbox, true),
            wire::Folder::Unspecified => return Err(no_folder()),
        };
        let wanted = Wanted {
            issued,
            group: group(request.group()),
            overdue: request.overdue,
            kinds: request.kinds().collect(),
            office: request.office.parse().ok(),
            exercise: request.exercise,
            mine: request.mine.then(|| officer.clone()),
        };
        let (from, size) = (usize::try_from(request.skip).unwrap_or(usize::MAX), page_size(request.page_size));
        let hub = Arc::clone(&self.hub);
        let page = self.read(move |view| hub.board(view, |board, now| board.page(&wanted, now, from, size))).await?;
        let shown = page.rows;
        let rows: Vec<wire::BoardRow> = self
            .standings(move |standings| {
                let row = |(digest, group, opened): (_, Group, bool)| {
                    let group = match group {
                        Group::NeedsAction => wire::BoardGroup::NeedsAction,
                        Group::InProgress => wire::BoardGroup::InProgress,
                        Group::Done => wire::BoardGroup::Done,
                    };
                    Ok(wire::BoardRow { notice: Some(standings.summary(digest)?), group: group.into(), opened })
                };
                shown.into_iter().map(row).collect()
            })
            .await?;
        let work = if issued {
            None
        } else {
            let taken = u64::try_from(self.taken_by(officer.clone()).await?).unwrap_or(u64::MAX);
            let work = move |drafts: &Drafts<'_>| Ok(Some(wire::OpenWork { taken, ..drafts.open_work()? }));
            self.drafts(&officer, work).await?
        };
        self.show_list(officer, list, rows.len()).await?;
        let total = u64::try_from(page.total).unwrap_or(u64::MAX);
        let (counts, fitting) = (Some(page.counts.into()), Some(page.fitting.into()));
        Ok(wire::ShowBoardResponse { rows, total, counts, work, fitting })
    }

    /// How many notices were received, and a number that changes with what becomes of those that were sent; no row of
    /// them, so no list is shown.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub async fn news(&self) -> Result<(Counts, u64), Status> {
        let hub = Arc::clone(&self.hub);
        self.read(move |view| hub.board(view, |board, now| (board.counts(false, now), board.moved()))).await
    }

    /// How many open notices an officer takes care of; no row of them, so no list is shown.
    ///
    /// # Errors
    /// If a row cannot be read.
    pub async fn taken_by(&self, officer: OfficerId) -> Result<usize, Status> {
        self.own(officer).await.map(|own| own.len())
    }

    /// The open notices that an officer takes care of.
    pub(super) async fn own(&self, officer: OfficerId) -> Result<Vec<Digest>, Status> {
        let hub = Arc::clone(&self.hub);
        self.read(move |view| hub.board(view, |board, _| board.taken_by(&officer))).await
    }

    /// The same of a list; a page without rows shows nothing.
    pub(super) async fn show_list(&self, officer: OfficerId, list: List, rows: usize) -> Result<(), Status> {
        let rows = u64::try_from(rows).unwrap_or(u64::MAX);
        if list.may_have(rows) { self.show(officer, Overview::List { list, rows }).await } else { Ok(()) }
    }

    /// All drafts that an officer may see.
    pub(super) async fn drafts_shown(&self, officer: OfficerId) -> Result<wire::ListDraftsResponse, Status> {
        let list = self.drafts(&officer, |drafts| Ok(wire::ListDraftsResponse { drafts: drafts.list()? })).await?;
        self.show_list(officer, List::Drafts, list.drafts.len()).await?;
        Ok(list)
    }

    /// A page of a folder.
    pub(super) async fn notices_shown(
        &self,
        officer: OfficerId,
        request: wire::ListNoticesRequest,
    ) -> Result<wire::ListNoticesResponse, Status> {
        let wire::ListNoticesRequest { folder, page_size, page_token } = request;
        let (list, folder) = match wire::Folder::try_from(folder) {
            Ok(wire::Folder::Inbox) => (List::Inbox, key::INBOX),
            Ok(wire::Folder::Outbox) => (List::Outbox, key::OUTBOX),
            Ok(wire::Folder::Unspecified) | Err(_) => return Err(no_folder()),
        };
        let size = self::page_size(page_size);
        let (notices, next_page_token) = self
            .standings(move |standings| {
                let (mut page, next) = read::list(standings.view, folder, &page_token, size)?;
                page.iter_mut().try_for_each(|summary| standings.fill(summary))?;
                Ok((page, next))
            })
            .await?;
        self.show_list(officer, list, notices.len()).await?;
        Ok(wire::ListNoticesResponse { notices, next_page_token })
    }

    /// What was received from an entry on, and then what arrives. The entry is written when it begins, with the rows that
    /// are there by then; whoever watches is sent nothing before.
    pub(super) async fn arrivals_shown(
        self: &Arc<Self>,
        officer: OfficerId,
        after: u64,
    ) -> Result<mpsc::Receiver<Arrival>, Status> {
        let size = self.hub.shared.head().size;
        let there = self.read(move |view| read::count_arrived(view, after, size)).await?;
        self.show_list(officer.clone(), List::Arrivals, there).await?;
        let (rows, receiver) = mpsc::channel(WATCH_ROWS);
        // The task ends with the watcher, with the writer, or when the node drains.
        tokio::spawn(watch(Arc::clone(self), officer, after, rows));
        Ok(receiver)
    }
}

fn no_folder() -> Status {
    status(Code::InvalidArgument, "There is no such folder.", "Ask for inbox or outbox.")
}

fn page_size(wanted: u32) -> usize {
    let size = if wanted == 0 { limits::PAGE_ROWS } else { wanted.min(limits::PAGE_ROWS) };
    usize::try_from(size).unwrap_or(1)
}

fn group(wanted: wire::BoardGroup) -> Option<Group> {
    match wanted {
        wire::BoardGroup::Unspecified => None,
        wire::BoardGroup::NeedsAction => Some(Group::NeedsAction),
        wire::BoardGroup::InProgress => Some(Group::InProgress),
        wire::BoardGroup::Done => Some(Group::Done),
    }
}

async fn watch(api: Arc<Api>, officer: OfficerId, mut after: u64, rows: mpsc::Sender<Arrival>) {
    let mut pulse = api.hub.commits.pulse();
    loop {
        pulse.borrow_and_update();
        // A leaver is shut out here as well.
        let officers = api.hub.shared.officers();
        if let Err(denied) = officers.permit(&officer, Call::List, api.hub.node_time()) {
            // The watcher may be gone.
            let _sent = rows.send(Err(denied.into())).await;
            return;
        }
        let size = api.hub.shared.head().size;
        let read = api.standings(move |standings| {
            let (mut page, next) = read::arrived(standings.view, after, size, WATCH_ROWS)?;
            page.iter_mut().try_for_each(|summary| standings.fill(summary))?;
            Ok((page, next))
        });
        let (arrived, next) = match read.await {
            Ok(page) => page,
            Err(error) => {
                // The watcher may be gone.
                let _sent = rows.send(Err(error)).await;
                return;
            }
        };
        after = next;
        for notice in arrived {
            if rows.send(Ok(wire::WatchInboxResponse { notice: Some(notice) })).await.is_err() {
                return;
            }
        }
        if after < size {
            continue;
        }
        tokio::select! {
            changed = pulse.changed() => if changed.is_err() { return },
            () = rows.closed() => return,
            () = api.hub.drain.cancelled() => return,
        }
    }
}
