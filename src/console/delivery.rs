//! The delivery track of an issued notice: four steps for each office, each but the first from something it has signed; of an
//! acknowledgement, which nobody answers, two.

use crate::console::mark;
use crate::console::mark::Mark;
use crate::console::shell::Shell;
use crate::domain::rejection;
use crate::wire;
use crate::wire::NoticeKind;
use crate::wire::NoticeState;
use crate::wire::Outcome;
use crate::wire::RelationKind;

/// An office on its way to an answer.
pub(super) struct Track {
    pub(super) office: String,
    pub(super) name: String,
    pub(super) status: Mark,
    pub(super) steps: Vec<Step>,
    /// Why it waits, or was turned away; empty for neither.
    pub(super) note: String,
}

/// One of the steps.
pub(super) struct Step {
    pub(super) key: &'static str,
    pub(super) icon: &'static str,
    /// `done`, `done last`, `now`, or nothing.
    pub(super) class: &'static str,
    /// When; empty if not yet.
    pub(super) time: String,
    /// The same by the clock of that office and by the reader's second one; empty where they show the same.
    pub(super) there: String,
}

const KEYS: [&str; 4] =
    ["console-step-queued", "console-step-delivered", "console-step-acknowledged", "console-step-actioned"];

/// The tracks of all addressees.
pub(super) fn tracks(shell: &Shell, summary: &wire::NoticeSummary, related: &[wire::Related]) -> Vec<Track> {
    let standing = summary.standing.clone().unwrap_or_default();
    standing.sides.iter().map(|side| track(shell, summary, side, related)).collect()
}

fn track(shell: &Shell, summary: &wire::NoticeSummary, side: &wire::Side, related: &[wire::Related]) -> Track {
    let delivery = summary.deliveries.iter().find(|delivery| delivery.office == side.office);
    let delivered = delivery.filter(|delivery| delivery.outcome() == Outcome::Delivered);
    let from_there = |acknowledges: bool| {
        let mut found = related.iter().filter(|one| {
            one.inward && one.from == side.office && (one.relation() == RelationKind::Acknowledges) == acknowledges
        });
        found.next().map(|one| one.time_ms)
    };
    // An answer without an acknowledgement is more than one.
    let actioned = matches!(side.state(), NoticeState::Actioned).then(|| from_there(false).unwrap_or(0));
    let noted = matches!(side.state(), NoticeState::Acknowledged | NoticeState::Actioned | NoticeState::Closed);
    let acknowledged = from_there(true).or(actioned).filter(|_| noted || actioned.is_some());
    let times = [
        Some(summary.time_ms),
        delivered.map(|delivery| delivery.received_ms).or(acknowledged),
        acknowledged,
        actioned,
    ];
    let is_answered = summary.header.as_ref().is_none_or(|header| header.kind() != NoticeKind::Acknowledgement);
    let of_kind = if is_answered { KEYS.len() } else { 2 };
    let done = times.iter().take(of_kind).take_while(|time| time.is_some()).count();
    let steps = KEYS.into_iter().zip(times).take(of_kind).enumerate().map(|(i, (key, time))| {
        let (icon, class) = match () {
            () if i + 1 == done && done < of_kind => ("check", "done last"),
            () if i < done => ("check", "done"),
            () if i == done => ("clock", "now"),
            () => ("circle", ""),
        };
        let time = time.filter(|_| i < done);
        let there = time.map(|ms| shell.elsewhere(&side.office, ms)).unwrap_or_default();
        Step { key, icon, class, time: time.map(|ms| shell.when.short(ms)).unwrap_or_default(), there }
    });
    let rejected = delivery.filter(|delivery| delivery.outcome() == Outcome::Rejected);
    let note = match rejected {
        Some(delivery) => shell.words.get(rejection::message(delivery.rejection)),
        None if side.overdue => shell.due(side),
        None => String::new(),
    };
    Track {
        office: side.office.clone(),
        name: shell.name_of(&side.office),
        status: mark::status(shell, summary, side, false),
        steps: steps.collect(),
        note,
    }
}
