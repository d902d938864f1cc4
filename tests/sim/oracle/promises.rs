//! What offices were promised: what was issued is kept and answered, what was answered DELIVERED can be read.

use chapar::domain::rejection::Rejection;
use chapar::name::Digest;
use chapar::name::OfficeCode;
use chapar::office::read;
use chapar::wire;
use chapar::wire::EntryKind;
use chapar::wire::Outcome;

use crate::fault::Fault;
use crate::oracle::Seen;
use crate::oracle::digest;
use crate::world::World;

pub(super) fn check(world: &World, all: &[Seen]) -> Vec<String> {
    let mut wrong = vec![];
    for told in &world.record.told {
        let Some(notice) = told.issued else { continue };
        let mut own = all.iter().filter(|seen| seen.node == told.node);
        if !own.any(|seen| matches!(read::notice_row(seen.disk.rows(), notice), Ok(Some(row)) if row.issued)) {
            wrong.push(format!("{} told its officer of a notice that it does not have", told.from));
        }
    }
    for seen in all.iter().filter(|seen| !seen.former) {
        for entry in seen.of_kind(EntryKind::Issued) {
            wrong.extend(notice(world, all, seen, digest(&entry.subject)));
        }
        wrong.extend(backed(all, seen));
    }
    wrong
}

/// Every addressee has answered, and what it has accepted can be read there.
fn notice(world: &World, all: &[Seen], sender: &Seen, notice: Digest) -> Vec<String> {
    let gone = world.gone();
    let summary = read::summary(sender.disk.rows(), notice).unwrap();
    let header = summary.header.unwrap_or_default();
    let body = read::body(sender.disk.rows(), &world.nodes[sender.node].me.vault, notice).unwrap();
    let mut wrong = vec![];
    for delivery in summary.deliveries {
        let office: OfficeCode = delivery.office.parse().unwrap();
        let names = format!("{} of {} for {office}", header.reference, sender.code);
        match delivery.outcome() {
            Outcome::Delivered => {
                let expired = header.expires_ms <= delivery.received_ms;
                let there = all.iter().filter(|seen| seen.code == office);
                if !there.into_iter().any(|seen| readable(world, seen, notice, body.as_ref(), expired)) {
                    wrong.push(format!("{names} is DELIVERED and cannot be read"));
                }
            }
            Outcome::Rejected => {
                if !explained(world, delivery.rejection) {
                    wrong.push(format!("{names} is REJECTED with {}", delivery.rejection));
                }
            }
            Outcome::Unspecified => {
                let stopped = world.nodes[sender.node].process.is_none();
                if !stopped && !gone.contains(&sender.code) && !gone.contains(&office) {
                    wrong.push(format!("{names} was never answered"));
                }
            }
        }
    }
    wrong
}

/// Whether a fault of this run explains a rejection.
fn explained(world: &World, number: u32) -> bool {
    let seen = |faults: &[Fault]| faults.iter().any(|fault| world.record.faults.contains_key(fault));
    number == Rejection::Ahead.number() && seen(&[Fault::ClockAhead, Fault::ClockOff])
        || number == Rejection::Revoked.number() && seen(&[Fault::Revoke])
}

fn readable(world: &World, seen: &Seen, notice: Digest, body: Option<&wire::NoticeBody>, expired: bool) -> bool {
    let listed = matches!(read::notice_row(seen.disk.rows(), notice), Ok(Some(row)) if !row.issued);
    let text = read::body(seen.disk.rows(), &world.nodes[seen.node].me.vault, notice);
    listed && (expired || text.is_ok_and(|text| text.as_ref() == body))
}

/// Every receipt that is stored was logged by the office that signed it, and says the same.
fn backed(all: &[Seen], sender: &Seen) -> Vec<String> {
    let mut wrong = vec![];
    for stored in sender.of_kind(EntryKind::ReceiptStored) {
        let kind = if stored.code == 0 { EntryKind::Received } else { EntryKind::Rejected };
        let there = all.iter().filter(|seen| seen.code.to_string() == stored.peer);
        let is_backed = there.into_iter().any(|seen| seen.of_kind(kind).any(|entry| entry.object == stored.object));
        if !is_backed {
            wrong.push(format!("no log has the receipt {} of {} for {}", stored.sequence, stored.peer, sender.code));
        }
    }
    wrong
}
