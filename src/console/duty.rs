//! The lines above the inbox: whether the other offices can be reached, what one has not finished, how long one may sign in.

use crate::console::privacy::retention;
use crate::console::readings;
use crate::console::shell::Shell;
use crate::console::visitor::Officer;
use crate::domain::officer::ENDS_SOON_MS;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::office::call::Call;
use crate::wire;
use crate::wire::OfficeState;

/// A line: where it leads, its icon, what it says, and something to it.
pub(super) struct Duty {
    pub(super) address: String,
    pub(super) icon: &'static str,
    /// Whether somebody should look.
    pub(super) late: bool,
    pub(super) said: String,
    pub(super) more: String,
}

/// What stands above the inbox of an officer who writes; for others what waits for their decision. A line that cannot be had
/// is left out: the list is what matters.
pub(super) async fn lines(officer: &Officer, shell: &Shell, work: &wire::OpenWork) -> Vec<Duty> {
    let longer = retention::duty(officer, shell).await;
    if !shell.may_write {
        return readings::duty(officer, shell).await.into_iter().chain(longer).collect();
    }
    let status = officer.visitor.desk.api.get_status(officer.call(wire::GetStatusRequest {})).await;
    let links = status.ok().and_then(|status| links(shell, &status.into_inner()));
    links
        .into_iter()
        .chain([own_work(shell, work)])
        .chain(to_release(officer, shell, work))
        .chain(longer)
        .chain(enrolment(officer, shell))
        .collect()
}

/// How many offices can be reached, and the one that has been away for longest.
fn links(shell: &Shell, status: &wire::GetStatusResponse) -> Option<Duty> {
    let takes_part = |peer: &&wire::PeerStatus| peer.state() == OfficeState::Active && !peer.disabled;
    let peers: Vec<&wire::PeerStatus> = status.peers.iter().filter(takes_part).collect();
    let reached = peers.iter().filter(|peer| peer.connected).count();
    let away = peers.iter().filter(|peer| !peer.connected).min_by_key(|peer| peer.last_session_ms);
    let more = away.map(|peer| {
        let names = [
            ("office", peer.office.clone()),
            ("count", peer.waiting.to_string()),
            ("since", shell.when.short(peer.last_session_ms)),
        ];
        shell.words.say(if peer.last_session_ms == 0 { "console-away-never" } else { "console-away-since" }, &names)
    });
    let names = [("reached", reached.to_string()), ("count", peers.len().to_string())];
    (!peers.is_empty()).then(|| Duty {
        address: "/offices".to_owned(),
        icon: if away.is_some() { "unlink" } else { "network" },
        late: away.is_some(),
        said: shell.words.say("console-offices-reached", &names),
        more: more.unwrap_or_else(|| shell.get("console-none-away")),
    })
}

/// Own drafts.
fn own_work(shell: &Shell, work: &wire::OpenWork) -> Duty {
    let counted = |key, count: u64| (count > 0).then(|| shell.with(key, "count", &count.to_string()));
    let said = [counted("console-work-returned", work.returned), counted("console-work-drafts", work.drafts)];
    let said = said.into_iter().flatten().collect::<Vec<_>>().join(", ");
    Duty {
        address: "/drafts".to_owned(),
        icon: if work.returned > 0 { "undo-2" } else { "file-pen" },
        late: work.returned > 0,
        more: if work.returned > 0 { shell.get("console-work-returned-do") } else { String::new() },
        said: if said.is_empty() { shell.get("console-work-none") } else { said },
    }
}

/// What others have written or sent alone, for whoever may release.
fn to_release(officer: &Officer, shell: &Shell, work: &wire::OpenWork) -> Option<Duty> {
    let urgent =
        (work.unconfirmed > 0).then(|| shell.with("console-work-unconfirmed", "count", &work.unconfirmed.to_string()));
    officer.is(Call::Release.roles()).then(|| Duty {
        address: "/release".to_owned(),
        icon: if urgent.is_some() { "siren" } else { "clipboard-check" },
        late: urgent.is_some(),
        said: shell.with("console-work-to-release", "count", &work.to_release.to_string()),
        more: urgent.unwrap_or_default(),
    })
}

/// The end of the officer's own enrolment, when it is near.
fn enrolment(officer: &Officer, shell: &Shell) -> Option<Duty> {
    let until = officer.enrolled.enrolment.until;
    let left = until.since_ms(shell.when.now());
    (left <= ENDS_SOON_MS).then(|| Duty {
        address: "/help".to_owned(),
        icon: "key-round",
        late: true,
        said: shell.with("console-enrolment-left", "left", &shell.when.left(until.ms(), &shell.words)),
        more: shell.get("console-enrolment-do"),
    })
}
