//! An office that comes back with more than it may deliver in a day: a part of it every day, and what others have for it
//! does not wait.

use chapar::domain::dispatch::Lane;
use chapar::engine::quota::Quota;

use crate::draft::Draft;
use crate::fault::Fault;
use crate::land::code;
use crate::node::NO_QUOTA;
use crate::node::date;
use crate::trace::Trace;
use crate::world::Event;
use crate::world::World;

const DAY_MS: i64 = 86_400_000;
const BACKLOG: u64 = 300;
const PER_DAY: u64 = 40;

fn issue(world: &mut World, node: usize, lane: Lane) {
    let draft = Draft { to: vec![code(1 - node)], lane, expires: date(90 * DAY_MS), text: 0 };
    world.at(world.now, Event::Draft { node, draft: Box::new(draft) });
}

#[test]
fn who_is_over_its_quota_is_still_reached_at_once() {
    let mut world = World::new(1, 2, Trace::new(false));
    world.record.faults.insert(Fault::Quota, 1);
    world.at(0, Event::Start { node: 0 });
    for _ in 0..BACKLOG {
        issue(&mut world, 0, Lane::Routine);
    }
    world.run_until(10_000);
    world.nodes[1].quota = Quota { dispatches_per_day: PER_DAY, ..NO_QUOTA };
    // Much of the other's own waits as well, and something urgent comes up again and again.
    world.at(world.now, Event::Start { node: 1 });
    for _ in 0..BACKLOG {
        issue(&mut world, 1, Lane::Routine);
    }
    for _ in 0..20 {
        issue(&mut world, 1, Lane::Immediate);
        world.run_until(world.now + 60_000);
        assert_eq!(world.nodes[1].waiting(code(0)), 0, "at {}", world.now);
    }
    assert_eq!(world.nodes[0].waiting(code(1)), BACKLOG - PER_DAY, "all that it may deliver, and no more");
    world.run_until(DAY_MS);
    assert_eq!(world.nodes[0].waiting(code(1)), BACKLOG - 2 * PER_DAY, "the next day");
    assert_eq!(world.heal(), Vec::<String>::new());
}
