//! Stores that go back in time, and nodes that are there twice.

use chapar::domain::dispatch::Lane;
use chapar::domain::entry::Alarm;
use chapar::engine::rows;
use chapar::wire::EntryKind;

use crate::draft::Draft;
use crate::land::code;
use crate::node::date;
use crate::trace::Trace;
use crate::world::Event;
use crate::world::World;

/// Two offices, each dialling the other, that have exchanged a notice each way.
fn world() -> World {
    let mut world = World::new(1, 2, Trace::new(false));
    world.abrupt = false;
    for node in 0..2 {
        world.at(0, Event::Start { node });
        issue(&mut world, node);
    }
    world.run_until(10_000);
    world
}

/// An officer of a node writes to the other office.
fn issue(world: &mut World, node: usize) {
    let to = vec![if world.nodes[node].code() == code(0) { code(1) } else { code(0) }];
    let draft = Draft { to, lane: Lane::Routine, expires: date(86_400_000), text: 0 };
    world.at(world.now, Event::Draft { node, draft: Box::new(draft) });
}

/// How many entries of a log are of this sort.
pub(crate) fn count(world: &World, node: usize, wanted: impl Fn(&chapar::wire::Entry) -> bool) -> usize {
    let disk = world.nodes[node].disk.rows();
    let size = rows::head(disk).unwrap().unwrap().size;
    (0..size).filter(|index| wanted(&rows::entry(disk, *index).unwrap())).count()
}

fn alarms(world: &World, node: usize, alarm: Alarm) -> usize {
    count(world, node, |entry| entry.kind() == EntryKind::Alarm && entry.code == alarm as u32)
}

/// Puts the store of a node back to what it was before it sent and received; then only `dialler` dials.
fn rolled_back(node: usize, sends: usize, receives: usize, dialler: usize) -> World {
    let mut world = world();
    world.nodes[node].backup = Some(world.nodes[node].disk.contents());
    for _ in 0..sends {
        issue(&mut world, node);
    }
    for _ in 0..receives {
        issue(&mut world, 1 - node);
    }
    world.run_until(20_000);
    assert!(world.roll_back(node));
    world.nodes[1 - dialler].process.iter_mut().for_each(|process| process.diallers.clear());
    while world.nodes[node].process.is_none() {
        world.run_until(world.now + 1);
    }
    world.nodes[1 - dialler].process.iter_mut().for_each(|process| process.diallers.clear());
    world
}

#[test]
fn a_store_that_went_back_is_noticed_by_both_sides_at_first_contact() {
    for node in 0..2 {
        for dialler in 0..2 {
            for (sends, receives) in [(1, 0), (0, 1), (2, 1)] {
                let case = format!("{} sent {sends}, received {receives}; {} dials", code(node), code(dialler));
                let mut world = rolled_back(node, sends, receives, dialler);
                let before = [0, 1].map(|node| count(&world, node, |entry| entry.kind() == EntryKind::Received));
                world.run_until(world.now + 70_000);
                assert!(world.nodes[node].state_lost, "{case}: it goes on");
                assert_eq!(alarms(&world, node, Alarm::OwnStateLost), 1, "{case}");
                assert!(world.record.warned.contains(&code(1 - node)), "{case}: the peer is not warned");
                let receipts_lost = usize::from(receives > 0);
                assert_eq!(alarms(&world, 1 - node, Alarm::PeerStateLost), receipts_lost, "{case}");
                let after = [0, 1].map(|node| count(&world, node, |entry| entry.kind() == EntryKind::Received));
                assert_eq!(before, after, "{case}: something was taken on the word of an old store");
            }
        }
    }
}

#[test]
fn a_store_that_went_back_before_anybody_saw_more_goes_on() {
    let mut world = world();
    world.nodes[0].backup = Some(world.nodes[0].disk.contents());
    assert!(world.roll_back(0));
    issue(&mut world, 1);
    let wrong = world.heal();
    assert_eq!(wrong, Vec::<String>::new());
    assert!(!world.nodes[0].state_lost);
}

#[test]
fn of_two_nodes_with_one_store_no_more_than_one_goes_on() {
    for (first, second) in [(1, 1), (2, 1), (1, 3)] {
        let mut world = world();
        assert!(world.copy(0));
        while world.running().len() < 3 {
            world.run_until(world.now + 100);
        }
        (0..first).for_each(|_| issue(&mut world, 0));
        // Not at the same moment: the two would say the very same.
        world.run_until(world.now + 10);
        (0..second).for_each(|_| issue(&mut world, 2));
        let calls = world.next_line;
        world.run_until(world.now + 600_000);
        let still = [0, 2].iter().filter(|node| world.nodes[**node].process.is_some()).count();
        assert!(still <= 1, "both go on");
        assert!(world.next_line - calls < 600, "{} calls in ten minutes", world.next_line - calls);
        *world.record.faults.entry(crate::fault::Fault::Clone).or_default() += 1;
        assert_eq!(world.heal(), Vec::<String>::new());
    }
}

#[test]
fn two_nodes_with_one_store_do_not_take_the_session_from_each_other_without_a_pause() {
    let mut world = world();
    assert!(world.copy(0));
    world.run_until(30_000);
    let calls = world.next_line;
    world.run_until(world.now + 600_000);
    assert!(world.next_line - calls < 600, "{} calls in ten minutes", world.next_line - calls);
}
