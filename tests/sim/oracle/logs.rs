//! Logs: they verify, every stream is 1, 2, 3, …, nothing is there twice, nobody has cried wolf.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use chapar::domain::entry::Alarm;
use chapar::office::read;
use chapar::office::verify::Owner;
use chapar::office::verify::Verifier;
use chapar::wire::EntryKind;

use crate::fault::Fault;
use crate::oracle::Seen;
use crate::oracle::has_losses;
use crate::world::World;

pub(super) fn check(world: &World, all: &[Seen]) -> Vec<String> {
    let mut wrong = vec![];
    for seen in all {
        let me = &world.nodes[seen.node].me;
        let owner = Owner {
            network: me.network.clone(),
            office: me.office,
            key: me.signing.public(),
            vault: Some(me.vault.clone()),
        };
        if let Err(fault) = Verifier::new(owner).finish(seen.disk.rows()) {
            wrong.push(format!("the log of {} does not verify: {fault:?}", seen.code));
        }
        wrong.extend(streams(seen));
        wrong.extend(twice(seen));
        if !has_losses(world) {
            let quota = world.record.faults.contains_key(&Fault::Quota);
            let is_due = |code| quota && code == Alarm::Quota as u32;
            let alarms = seen.of_kind(EntryKind::Alarm).filter(|entry| !is_due(entry.code));
            wrong.extend(alarms.map(|entry| {
                let words = Alarm::message(entry.code);
                format!("{} has an alarm about {}: {words}", seen.code, entry.peer)
            }));
        }
    }
    if !has_losses(world) {
        wrong.extend(same_places(all));
    }
    wrong
}

/// In each stream the places come in order, without holes.
fn streams(seen: &Seen) -> Vec<String> {
    let (mut last, mut wrong) = (BTreeMap::new(), vec![]);
    for entry in &seen.entries {
        let what = match entry.kind() {
            EntryKind::Dispatched => "dispatched",
            EntryKind::ReceiptStored => "stored the receipt for",
            EntryKind::Received | EntryKind::Rejected => "answered",
            _ => continue,
        };
        let last: &mut u64 = last.entry((what, entry.peer.clone(), entry.lane)).or_default();
        if entry.sequence != *last + 1 {
            let (code, peer, sequence) = (seen.code, &entry.peer, entry.sequence);
            wrong.push(format!("{code} {what} place {sequence} with {peer} in lane {} after {last}", entry.lane));
        }
        *last = entry.sequence;
    }
    wrong
}

/// A notice is received once and has one row in the inbox, which is that of an addressee.
fn twice(seen: &Seen) -> Vec<String> {
    let (mut received, mut wrong) = (BTreeSet::new(), vec![]);
    for entry in seen.of_kind(EntryKind::Received) {
        if !received.insert(entry.subject.clone()) {
            wrong.push(format!("{} has received a notice of {} twice", seen.code, entry.peer));
        }
    }
    let size = seen.entries.len() as u64;
    let (inbox, _) = read::arrived(seen.disk.rows(), 0, size, usize::MAX).unwrap();
    if inbox.len() != received.len() {
        wrong.push(format!("{} has {} rows for {} notices", seen.code, inbox.len(), received.len()));
    }
    for row in inbox {
        let header = row.header.unwrap_or_default();
        if !header.to.iter().any(|party| party.office == seen.code.to_string()) {
            wrong.push(format!("{} holds a notice that is not for it", seen.code));
        }
    }
    wrong
}

/// Both sides have the same notice at the same place.
fn same_places(all: &[Seen]) -> Vec<String> {
    let mut sent = BTreeMap::new();
    for seen in all {
        for entry in seen.of_kind(EntryKind::Dispatched) {
            sent.insert((seen.code.to_string(), entry.peer.clone(), entry.lane, entry.sequence), &entry.subject);
        }
    }
    let mut wrong = vec![];
    for seen in all {
        for entry in seen.entries.iter().filter(|e| matches!(e.kind(), EntryKind::Received | EntryKind::Rejected)) {
            let place = (entry.peer.clone(), seen.code.to_string(), entry.lane, entry.sequence);
            if sent.get(&place) != Some(&&entry.subject) {
                wrong.push(format!("{} has another notice than {} at {place:?}", seen.code, entry.peer));
            }
        }
    }
    wrong
}
