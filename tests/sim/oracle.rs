//! What must hold when everything was put right and has come to its end.

mod logs;
mod promises;

use chapar::domain::dispatch::Receipt;
use chapar::engine::rows;
use chapar::name::Digest;
use chapar::name::OfficeCode;
use chapar::wire;
use chapar::wire::EntryKind;

use crate::disk::Disk;
use crate::fault::Fault;
use crate::world::World;

/// A store of an office, with its log.
pub(crate) struct Seen {
    pub(crate) node: usize,
    pub(crate) code: OfficeCode,
    pub(crate) disk: Disk,
    pub(crate) entries: Vec<wire::Entry>,
    /// It was replaced by an older copy.
    pub(crate) former: bool,
}

impl Seen {
    fn of(node: usize, code: OfficeCode, disk: Disk, former: bool) -> Self {
        let size = rows::head(disk.rows()).unwrap().map_or(0, |head| head.size);
        let entries = (0..size).map(|index| rows::entry(disk.rows(), index).unwrap()).collect();
        Self { node, code, disk, entries, former }
    }

    fn of_kind(&self, kind: EntryKind) -> impl Iterator<Item = &wire::Entry> {
        self.entries.iter().filter(move |entry| entry.kind() == kind)
    }

    fn has(&self, digest: Digest) -> bool {
        matches!(rows::envelope_bytes(self.disk.rows(), digest), Ok(Some(_)))
    }
}

pub(crate) fn digest(bytes: &[u8]) -> Digest {
    Digest::try_from(bytes).unwrap()
}

/// The stores of all offices, also those that somebody has replaced.
fn all(world: &World) -> Vec<Seen> {
    let mut all = vec![];
    for (number, node) in world.nodes.iter().enumerate() {
        all.push(Seen::of(number, node.code(), node.disk.clone(), false));
        let former = node.former.iter().cloned().map(Disk::of);
        all.extend(former.map(|disk| Seen::of(number, node.code(), disk, true)));
    }
    all
}

/// Whether a store was copied or put back in this run.
pub(crate) fn has_losses(world: &World) -> bool {
    [Fault::Clone, Fault::RollBack].iter().any(|fault| world.record.faults.contains_key(fault))
}

/// Everything that does not hold, in words.
pub(crate) fn check(world: &World, healed: i64) -> Vec<String> {
    let all = all(world);
    let mut wrong = world.record.wrong.clone();
    wrong.extend(logs::check(world, &all));
    wrong.extend(promises::check(world, &all));
    wrong.extend(sessions(world, healed));
    wrong
}

/// Rules are kept, and in the end every two offices have one session.
fn sessions(world: &World, healed: i64) -> Vec<String> {
    let mut wrong = vec![];
    let (losses, gone) = (has_losses(world), world.gone());
    let forged = world.record.faults.contains_key(&Fault::Forged);
    for (time, breach) in &world.record.breaches {
        // What a revoked office still sends, and what an old store says, may break rules.
        let idle = breach.ends_with("notices were on their way");
        if !losses && gone.is_empty() && !(forged && *time < healed) && (!idle || *time > healed + 200_000) {
            wrong.push(breach.clone());
        }
    }
    for node in world.nodes.iter().filter(|node| !gone.contains(&node.code())) {
        let Some(process) = &node.process else { continue };
        for office in world.nodes.iter().map(crate::node::Node::code) {
            if losses || office == node.code() || gone.contains(&office) {
                continue;
            }
            let live = process.ends.values().filter(|end| end.greeted && end.session.peer() == Some(office)).count();
            if live != 1 {
                wrong.push(format!("{} has {live} sessions with {office}", node.code()));
            }
        }
    }
    wrong
}

/// A process whose store lacks what its peers can prove, and that still runs.
pub(crate) fn lost_but_running(world: &World) -> Option<String> {
    if !has_losses(world) {
        return None;
    }
    let (all, gone) = (all(world), world.gone());
    let there = |seen: &&Seen| world.nodes[seen.node].process.is_some() && !seen.former && !gone.contains(&seen.code);
    for mine in all.iter().filter(there) {
        for peer in all.iter().filter(there).filter(|peer| peer.code != mine.code) {
            if let Some(what) = proof(peer, mine) {
                return Some(format!(
                    "the store of {} is old, {} holds {what}, and nobody notices",
                    mine.code, peer.code
                ));
            }
        }
    }
    None
}

/// What a peer holds that a store has forgotten.
pub(crate) fn proof(peer: &Seen, mine: &Seen) -> Option<String> {
    for entry in peer.entries.iter().filter(|entry| entry.peer == mine.code.to_string()) {
        if matches!(entry.kind(), EntryKind::Received | EntryKind::Rejected | EntryKind::ReceiptStored) {
            // Two nodes may have answered one dispatch, each in its own words; what counts is that both hold it.
            let receipt = rows::envelope::<Receipt>(peer.disk.rows(), digest(&entry.object)).unwrap();
            if !mine.has(receipt.claim().dispatch) {
                return Some(format!("{:?}, place {} in lane {}", entry.kind(), entry.sequence, entry.lane));
            }
        }
    }
    None
}
