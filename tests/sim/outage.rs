//! An office that was away for a month comes back to 10,000 notices, and catches up by itself in order of urgency.

use chapar::domain::dispatch::Lane;
use chapar::engine::rows;
use chapar::wire::EntryKind;

use crate::draft::Draft;
use crate::land::code;
use crate::node::date;
use crate::trace::Trace;
use crate::world::Event;
use crate::world::World;

const DAY_MS: i64 = 86_400_000;
const AWAY_MS: i64 = 30 * DAY_MS;

/// Lanes of what has arrived at the second office from the first, in their order.
fn arrived(world: &World) -> Vec<i32> {
    let disk = world.nodes[1].disk.rows();
    let size = rows::head(disk).unwrap().unwrap().size;
    let entries = (0..size).map(|index| rows::entry(disk, index).unwrap());
    entries.filter(|entry| entry.kind() == EntryKind::Received).map(|entry| entry.lane).collect()
}

fn issue(world: &mut World, time: i64, lane: Lane) {
    let draft = Draft { to: vec![code(1)], lane, expires: date(90 * DAY_MS), text: 0 };
    world.at(time, Event::Draft { node: 0, draft: Box::new(draft) });
}

fn lane_of(number: i64) -> Lane {
    match number % 10 {
        9 => Lane::Immediate,
        7 | 8 => Lane::Priority,
        _ => Lane::Routine,
    }
}

/// Where the middle one of a lane stands, of all that arrived.
fn middle(arrived: &[i32], lane: Lane) -> usize {
    let places: Vec<usize> = (0..arrived.len()).filter(|place| arrived[*place] == lane.number()).collect();
    places[places.len() / 2]
}

#[test]
fn a_month_away_is_caught_up_by_urgency() {
    let count: i64 = 10_000;
    let mut world = World::new(1, 2, Trace::new(false));
    world.at(0, Event::Start { node: 0 });
    for number in 0..count {
        issue(&mut world, 1_000 + number * (AWAY_MS / count), lane_of(number));
    }
    world.run_until(AWAY_MS + 2_000);
    assert_eq!(world.nodes[0].waiting(code(1)), count.unsigned_abs());
    let lines = world.next_line;
    world.at(world.now, Event::Start { node: 1 });
    // In the middle of it something urgent comes up.
    while arrived(&world).len() < 5_000 {
        world.run_until(world.now + 500);
    }
    let before = arrived(&world);
    let immediate = before.iter().filter(|lane| **lane == Lane::Immediate.number()).count();
    assert_eq!(immediate, 1_000, "all that is urgent has come before the rest");
    let now = world.now;
    issue(&mut world, now, Lane::Immediate);
    while world.nodes[0].waiting(code(1)) > 0 {
        world.run_until(world.now + 1_000);
        assert!(world.now < AWAY_MS + 4 * 3_600_000, "{} still wait", world.nodes[0].waiting(code(1)));
    }
    assert_eq!(world.next_line, lines + 1, "one session is enough");
    let all = arrived(&world);
    assert_eq!(all.len(), 10_001);
    let urgent = (before.len()..all.len()).find(|place| all[*place] == Lane::Immediate.number()).unwrap();
    assert!(urgent - before.len() <= 64, "{} others came first", urgent - before.len());
    let [first, second, third] = Lane::URGENT_FIRST.map(|lane| middle(&all, lane));
    assert!(first < second && second < third, "{first} {second} {third}");
    assert_eq!(world.heal(), Vec::<String>::new());
}
