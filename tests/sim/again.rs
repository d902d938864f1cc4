//! What comes twice: a place, a notice, an answer that may change.

use chapar::domain::dispatch::Dispatch;
use chapar::domain::dispatch::Lane;
use chapar::domain::envelope;
use chapar::domain::roster::OfficeState;
use chapar::engine::rows;
use chapar::office::read;
use chapar::wire;
use chapar::wire::EntryKind;
use chapar::wire::frame::Kind;
use prost::Message as _;

use crate::draft::Draft;
use crate::land::code;
use crate::lost::count;
use crate::node::date;
use crate::oracle::digest;
use crate::small::LONG_ENOUGH_MS;
use crate::small::must_hold;
use crate::small::world;
use crate::world::Event;
use crate::world::World;

#[test]
fn a_second_session_at_every_moment() {
    let mut again = 0;
    for caller in 0..2 {
        for delay in [5, 60] {
            for time in 1_190..1_240 {
                let mut world = world();
                world.run_until(time);
                // What a slow Hello says is overtaken by the first session.
                world.delay = delay;
                world.call(caller, code(1 - caller), false);
                world.run_until(LONG_ENOUGH_MS);
                again += world.record.answered_again;
                must_hold(world, &format!("a second call of {} at {time}, delay {delay}", code(caller)));
            }
        }
    }
    assert!(again > 0, "no place came again");
}

/// A country changes the state of an office, and these nodes take the roster in.
fn set_state(world: &mut World, office: usize, state: OfficeState, nodes: &[usize]) {
    for land in 0..world.lands.len() {
        if world.lands[land].set_state(code(office), state).is_some() {
            for node in nodes {
                world.import(*node, land);
            }
        }
    }
}

#[test]
fn what_a_suspension_turned_away_goes_again() {
    for suspended in 0..2 {
        let mut turned_away = 0;
        for time in 1_195..1_240 {
            let mut world = world();
            world.run_until(time);
            set_state(&mut world, suspended, OfficeState::Suspended, &[1]);
            world.run_until(LONG_ENOUGH_MS);
            turned_away += count(&world, 1, |entry| entry.kind() == EntryKind::Rejected);
            must_hold(world, &format!("{} suspended at {time}", code(suspended)));
        }
        assert!(turned_away > 0, "nothing was turned away");
    }
}

#[test]
fn nothing_goes_before_the_roster_that_it_rests_on() {
    for time in 1_985..2_015 {
        let mut world = world();
        // What is acknowledged then.
        let draft = Draft { to: vec![code(0)], lane: Lane::Routine, expires: date(86_400_000), text: 200 };
        world.at(100, Event::Draft { node: 1, draft: Box::new(draft) });
        world.run_until(500);
        set_state(&mut world, 0, OfficeState::Suspended, &[0, 1]);
        // Held, and then another that may pass, at about the time of the roster that releases the first.
        for (time, text) in [(1_500, 200), (2_000, 0)] {
            let draft = Draft { to: vec![code(1)], lane: Lane::Routine, expires: date(86_400_000), text };
            world.at(time, Event::Draft { node: 0, draft: Box::new(draft) });
        }
        world.run_until(time);
        set_state(&mut world, 0, OfficeState::Active, &[0]);
        world.run_until(LONG_ENOUGH_MS);
        must_hold(world, &format!("active again at {time}"));
    }
}

/// The small world with an acknowledgement by its second office, which has no text and no key.
fn with_acknowledgement() -> World {
    let mut world = world();
    let draft = Draft { to: vec![code(0)], lane: Lane::Routine, expires: date(86_400_000), text: 0 };
    world.at(500, Event::Draft { node: 1, draft: Box::new(draft) });
    world.run_until(1_000);
    world
}

/// The first dispatch of an office without a key, as it went.
fn keyless_deliver(world: &World, node: usize) -> wire::Deliver {
    let disk = world.nodes[node].disk.rows();
    let size = rows::head(disk).unwrap().unwrap().size;
    let entries = (0..size).map(|index| rows::entry(disk, index).unwrap());
    let envelope = |field: &[u8]| rows::envelope_bytes(disk, digest(field)).unwrap().unwrap();
    let keyless = |entry: &wire::Entry| {
        entry.kind() == EntryKind::Dispatched
            && envelope::Unverified::<Dispatch>::read(&envelope(&entry.object)).unwrap().claim().key_wrap.is_none()
    };
    let entry = entries.into_iter().find(keyless).unwrap();
    wire::Deliver { dispatch: envelope(&entry.object), notice: envelope(&entry.subject), ..wire::Deliver::default() }
}

/// Puts a frame on the line of an office's only session.
fn say(world: &mut World, node: usize, deliver: wire::Deliver) {
    let ends = &world.nodes[node].process.as_ref().unwrap().ends;
    let (line, side) = ends.values().map(|end| (end.line, 1 - end.side)).next().unwrap();
    let frame = wire::Frame { kind: Some(Kind::Deliver(deliver)) };
    world.lines.get_mut(&line).unwrap().to[side].queued.push_back(frame.encode_to_vec());
    world.at(world.now, Event::Send { line, side });
    world.run_until(world.now + 100);
}

fn received(world: &World, node: usize) -> usize {
    count(world, node, |entry| entry.kind() == EntryKind::Received)
}

fn inbox(world: &World, node: usize) -> usize {
    read::arrived(world.nodes[node].disk.rows(), 0, u64::MAX >> 40, usize::MAX).unwrap().0.len()
}

#[test]
fn a_known_place_gets_the_receipt_that_it_has() {
    let mut world = with_acknowledgement();
    let deliver = keyless_deliver(&world, 1);
    say(&mut world, 1, deliver);
    assert_eq!(world.record.answered_again, 1);
    assert_eq!((received(&world, 0), inbox(&world, 0)), (1, 1));
    world.run_until(LONG_ENOUGH_MS);
    must_hold(world, "a place that came twice");
}

#[test]
fn a_notice_in_a_second_place_is_answered_and_appears_once() {
    let mut world = with_acknowledgement();
    let mut deliver = keyless_deliver(&world, 1);
    let read = envelope::Unverified::<Dispatch>::read(&deliver.dispatch).unwrap();
    let second = Dispatch { sequence: read.claim().sequence + 1, ..read.claim().clone() };
    deliver.dispatch = envelope::sign::<Dispatch>(&world.nodes[1].me.signing, second.encode()).bytes;
    say(&mut world, 1, deliver);
    assert_eq!((received(&world, 0), inbox(&world, 0)), (2, 1));
}
