//! The inbox and what was sent: headers by how much they ask of somebody. No text, and nothing of one.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;

use crate::console::duty;
use crate::console::duty::Duty;
use crate::console::form;
use crate::console::form::Fields;
use crate::console::mark;
use crate::console::mark::Mark;
use crate::console::shell;
use crate::console::shell::Shell;
use crate::console::shell::made;
use crate::console::visitor::BY_ITSELF;
use crate::console::visitor::Officer;
use crate::edge::stubs::desk_service_server::DeskService as _;
use crate::wire;
use crate::wire::BoardGroup;
use crate::wire::Folder;
use crate::wire::NoticeKind;
use crate::wire::PermittedAction;
use crate::wire::Purpose;
use crate::wire::json::Word as _;

/// Rows of a page.
const ROWS: u32 = 50;

/// The filter of what the reader takes care of.
const MINE: &str = "mine";

/// The groups of a board, each with its key and the word of its filter.
const GROUPS: [(BoardGroup, &str, &str); 3] = [
    (BoardGroup::NeedsAction, "board-group-NEEDS_ACTION", "action"),
    (BoardGroup::InProgress, "board-group-IN_PROGRESS", "progress"),
    (BoardGroup::Done, "board-group-DONE", "done"),
];

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    shell: Shell,
    sent: bool,
    counts: wire::BoardCounts,
    total: u64,
    /// How many notices of the folder there are, exercises and tests as well.
    all: u64,
    /// What a browser without script asks for again by itself.
    again: String,
    duties: Vec<Duty>,
    filters: Vec<Filter>,
    groups: Vec<Shown>,
    /// What the handling codes of these rows mean.
    handling: BTreeSet<String>,
    /// Addresses of the page before and of the next one; empty for none.
    before: String,
    next: String,
}

struct Filter {
    key: &'static str,
    address: String,
    count: u64,
    chosen: bool,
    late: bool,
}

/// The rows of a group.
struct Shown {
    key: &'static str,
    count: u64,
    lines: Vec<Line>,
}

struct Line {
    reference: String,
    urgency: Mark,
    exercise: String,
    kind: String,
    about: String,
    offices: Vec<(String, String)>,
    time: String,
    /// The same by the clock of the office that it came from; empty if that shows the same.
    there: String,
    deadline: String,
    deadline_at: String,
    overdue: bool,
    tlp: (&'static str, &'static str),
    handling: Vec<(String, String)>,
    status: Vec<Mark>,
    is_new: bool,
    is_gone: bool,
}

/// What a page shows, as its address says.
struct Asked {
    view: String,
    office: String,
    kind: Option<NoticeKind>,
    skip: u64,
}

impl Asked {
    fn of(query: Vec<(String, String)>) -> Self {
        let fields = Fields(query);
        Self {
            view: fields.get("view").to_owned(),
            office: fields.get("office").to_owned(),
            kind: NoticeKind::from_word(fields.get("kind")),
            skip: fields.get("skip").parse().unwrap_or_default(),
        }
    }

    fn group(&self) -> BoardGroup {
        let found = GROUPS.iter().find(|(_, _, word)| *word == self.view);
        found.map_or(BoardGroup::Unspecified, |(group, ..)| *group)
    }

    /// The address of a page like this one, with another view and place.
    fn address(&self, path: &str, view: &str, skip: u64) -> String {
        let kind = self.kind.map(NoticeKind::word).unwrap_or_default();
        let skip = if skip == 0 { String::new() } else { skip.to_string() };
        form::address(path, &[("view", view), ("office", &self.office), ("kind", kind), ("skip", &skip)])
    }
}

pub(super) async fn inbox(officer: Officer, Query(query): Query<Vec<(String, String)>>) -> Response {
    page(officer, Folder::Inbox, Asked::of(query)).await
}

pub(super) async fn sent(officer: Officer, Query(query): Query<Vec<(String, String)>>) -> Response {
    page(officer, Folder::Outbox, Asked::of(query)).await
}

async fn page(officer: Officer, folder: Folder, asked: Asked) -> Response {
    let request = wire::ShowBoardRequest {
        folder: folder.into(),
        group: asked.group().into(),
        overdue: asked.view == "overdue",
        kinds: asked.kind.iter().map(|kind| (*kind).into()).collect(),
        office: asked.office.clone(),
        exercise: asked.view == "exercise",
        skip: asked.skip,
        page_size: ROWS,
        mine: asked.view == MINE,
    };
    let board = match officer.visitor.desk.api.show_board(officer.call(request)).await {
        Ok(board) => board.into_inner(),
        Err(status) => return shell::refused(&officer, &status),
    };
    let sent = folder == Folder::Outbox;
    let (path, title) = if sent { ("/sent", "console-sent") } else { ("/inbox", "console-inbox") };
    let shell = Shell::for_officer(&officer, title);
    let own = asked.address(path, &asked.view, asked.skip);
    let again = [own.as_str(), if own.contains('?') { "&" } else { "?" }, BY_ITSELF].concat();
    let counts = board.counts.unwrap_or_default();
    let fitting = board.fitting.unwrap_or_default();
    let shown = |(group, key, _): &(BoardGroup, &'static str, &str)| {
        let lines = board.rows.iter().filter(|row| row.group() == *group).map(|row| Line::of(&shell, row, sent));
        Shown { key, count: of_group(&fitting, *group), lines: lines.collect() }
    };
    let groups: Vec<Shown> = GROUPS.iter().map(shown).filter(|group| !group.lines.is_empty()).collect();
    let lines = groups.iter().flat_map(|group| &group.lines);
    let end = asked.skip.saturating_add(u64::from(ROWS));
    let duties = match &board.work {
        Some(work) => duty::lines(&officer, &shell, work).await,
        None => vec![],
    };
    let page = List {
        handling: lines.flat_map(|line| &line.handling).map(|(_, meaning)| meaning.clone()).collect(),
        duties,
        filters: filters(&asked, path, &counts, board.work.filter(|_| shell.may_write)),
        before: match asked.skip {
            0 => String::new(),
            skip => asked.address(path, &asked.view, skip.saturating_sub(u64::from(ROWS))),
        },
        next: if end < board.total { asked.address(path, &asked.view, end) } else { String::new() },
        again,
        total: board.total,
        all: of_group(&counts, BoardGroup::Unspecified) + counts.exercise,
        shell,
        sent,
        counts,
        groups,
    };
    made(&page)
}

fn of_group(counts: &wire::BoardCounts, group: BoardGroup) -> u64 {
    match group {
        BoardGroup::NeedsAction => counts.needs_action,
        BoardGroup::InProgress => counts.in_progress,
        BoardGroup::Done => counts.done,
        BoardGroup::Unspecified => counts.needs_action + counts.in_progress + counts.done,
    }
}

fn filters(asked: &Asked, path: &str, counts: &wire::BoardCounts, work: Option<wire::OpenWork>) -> Vec<Filter> {
    let filter = |key, view: &str, count, late| Filter {
        key,
        address: asked.address(path, view, 0),
        count,
        chosen: asked.view == view,
        late,
    };
    let mut filters = vec![filter("console-all", "", of_group(counts, BoardGroup::Unspecified), false)];
    filters.extend(GROUPS.iter().map(|(group, key, word)| filter(key, word, of_group(counts, *group), false)));
    filters.push(filter("console-overdue", "overdue", counts.overdue, counts.overdue > 0));
    filters.push(filter("console-exercises", "exercise", counts.exercise, false));
    // What one takes care of; whoever writes no notices takes care of none.
    filters.extend(work.map(|work| filter("console-mine", MINE, work.taken, false)));
    filters
}

impl Line {
    fn of(shell: &Shell, row: &wire::BoardRow, sent: bool) -> Self {
        let notice = row.notice.clone().unwrap_or_default();
        let header = notice.header.clone().unwrap_or_default();
        let standing = notice.standing.clone().unwrap_or_default();
        let parties: Vec<&wire::Party> =
            if sent { header.to.iter().chain(&header.cc).collect() } else { header.from.iter().collect() };
        let named = |party: &&wire::Party| (party.office.clone(), shell.name_of(&party.office));
        let action = shell.words.label::<PermittedAction>(header.permitted_action);
        let about = [shell.words.label::<Purpose>(header.purpose), action].join(" · ");
        let waits = standing.sides.iter().filter(|side| side.due_ms != 0).min_by_key(|side| side.due_ms);
        let is_gone = standing.withdrawn_by.is_some();
        Self {
            urgency: mark::urgency(shell, &header),
            exercise: mark::exercise(shell, &header),
            kind: shell.words.label::<NoticeKind>(header.kind),
            about,
            offices: parties.iter().map(named).collect(),
            time: shell.when.short(notice.time_ms),
            there: header.from.iter().map(|from| shell.there(&from.office, notice.time_ms)).collect(),
            deadline: waits.map(|side| shell.when.left(side.due_ms, &shell.words)).unwrap_or_default(),
            deadline_at: waits.map(|side| shell.due(side)).unwrap_or_default(),
            overdue: waits.is_some_and(|side| side.overdue),
            tlp: mark::tlp(&header),
            handling: mark::handling(shell, &header),
            status: standing.sides.iter().map(|side| mark::status(shell, &notice, side, row.opened)).collect(),
            is_new: !sent && !row.opened,
            is_gone,
            reference: header.reference,
        }
    }
}
