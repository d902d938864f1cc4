//! The offices that a notice may go to, and whether it would arrive at once.

use tonic::Status;

use crate::console::shell::Shell;
use crate::console::visitor::Officer;
use crate::edge::stubs::inspect_service_server::InspectService as _;
use crate::wire;
use crate::wire::OfficeState;

/// Another office.
pub(in crate::console) struct Peer {
    pub(in crate::console) code: String,
    pub(in crate::console) name: String,
    /// How a notice would go there.
    pub(in crate::console) reach: String,
    /// Whether it would not arrive at once.
    pub(in crate::console) late: bool,
    /// Whether nothing may be sent there.
    pub(in crate::console) barred: bool,
}

/// All other offices of the rosters.
pub(in crate::console) async fn peers(officer: &Officer, shell: &Shell) -> Result<Vec<Peer>, Status> {
    let status = officer.visitor.desk.api.get_status(officer.call(wire::GetStatusRequest {})).await?.into_inner();
    Ok(status.peers.iter().map(|peer| of(shell, peer)).collect())
}

fn of(shell: &Shell, peer: &wire::PeerStatus) -> Peer {
    let words = &shell.words;
    let (reach, late, barred) = match peer.state() {
        _ if peer.disabled => (words.get("console-reach-disabled"), true, true),
        OfficeState::Revoked => (words.get("console-reach-revoked"), true, true),
        OfficeState::Suspended => (words.get("console-reach-suspended"), true, false),
        _ if peer.connected => (words.get("console-reach-now"), false, false),
        _ if peer.last_session_ms == 0 => (words.get("console-reach-never"), true, false),
        _ => (shell.with("console-reach-since", "time", &shell.when.short(peer.last_session_ms)), true, false),
    };
    Peer { code: peer.office.clone(), name: shell.name_of(&peer.office), reach, late, barred }
}
