//! What was judged under one roster or at one time, and committed under another; and a log that is not continued.

use std::sync::Arc;

use chapar::domain::dispatch::Lane;
use chapar::domain::entry::Alarm;
use chapar::engine::accept;
use chapar::engine::accept::Incoming;
use chapar::entropy::SeededEntropy;
use chapar::name::Digest;
use chapar::office::Command;
use chapar::office::OpenError;
use chapar::office::Reply;
use chapar::office::Writer;
use chapar::wire;
use chapar::wire::EntryKind;

use crate::support::office::Draft;
use crate::support::office::World;
use crate::support::office::start;

/// A notice of UZ-ALT as TM-FAR has judged it, not committed yet.
fn judged(world: &mut World, draft: Draft) -> (Digest, Incoming) {
    let digest = world.alt.issue(draft).digest;
    let frame = world.alt.waiting(&world.far, Lane::Routine).pop().unwrap();
    let far = &world.far;
    let rosters = far.writer.shared().rosters();
    let incoming = accept::deliver(&rosters, &far.me.addressee(), world.alt.code(), far.clock, &frame).unwrap();
    assert!(incoming.verdict.is_ok());
    (digest, incoming)
}

fn routine() -> Draft {
    Draft::to(&["TM-FAR"]).urgency(wire::Urgency::Routine)
}

#[test]
fn a_key_that_is_revoked_before_the_commit_does_not_count() {
    let mut world = World::new();
    let (_, incoming) = judged(&mut world, routine());
    let compromised = world.uz.next(|roster| roster.offices[0].office_keys[0].compromised = Some(start()));
    let officer = world.far.officer();
    // In one commit, the roster first.
    let import = Command::Import { actor: Some(officer), rosters: vec![compromised] };
    let replies = world.far.commit(vec![import, Command::Arrive(Box::new(incoming))]);
    assert!(matches!(replies[1], Reply::Answered(Err(_))), "{replies:?}");
    assert_eq!(world.far.inbox(), []);
    assert_eq!(world.far.verified(), Ok(()));
}

#[test]
fn a_notice_that_expires_before_the_commit_keeps_no_key() {
    let mut world = World::new();
    let (digest, incoming) = judged(&mut world, routine().expiring(5_000));
    world.far.clock = world.far.clock.plus_ms(60_000);
    let replies = world.far.commit(vec![Command::Arrive(Box::new(incoming))]);
    assert!(matches!(replies[0], Reply::Answered(Ok(_))), "{replies:?}");
    assert_eq!(world.far.text(digest), None);
    assert_eq!(world.far.verified(), Ok(()));
}

#[test]
fn a_notice_that_had_expired_when_it_was_judged_stays_expired_if_the_clock_steps_back() {
    let mut world = World::new();
    let digest = world.alt.issue(routine().expiring(5_000)).digest;
    let frame = world.alt.waiting(&world.far, Lane::Routine).pop().unwrap();
    let (far, now) = (&world.far, world.far.clock.plus_ms(60_000));
    let rosters = far.writer.shared().rosters();
    let incoming = accept::deliver(&rosters, &far.me.addressee(), world.alt.code(), now, &frame).unwrap();
    let replies = world.far.commit(vec![Command::Arrive(Box::new(incoming))]);
    assert!(matches!(replies[0], Reply::Answered(Ok(_))), "{replies:?}");
    assert_eq!(world.far.text(digest), None);
    assert_eq!(world.far.entries_of(EntryKind::Received)[0].time_ms, now.ms(), "entries carry the later time");
    assert_eq!(world.far.verified(), Ok(()));
}

#[test]
fn a_log_whose_loss_a_peer_has_proved_is_not_continued() {
    let mut world = World::new();
    let peer = world.far.code();
    let alt = &mut world.alt;
    alt.commit(vec![Command::Alarm { alarm: Alarm::PeerStateLost, peer }]);
    alt.reopen();
    alt.commit(vec![Command::Alarm { alarm: Alarm::OwnStateLost, peer }]);
    assert_eq!(alt.verified(), Ok(()));
    let opened = Writer::open(Arc::new(alt.store.clone()), alt.me.clone(), Box::new(SeededEntropy::new(9)));
    assert!(matches!(opened, Err(OpenError::StateLost(_))));
}
