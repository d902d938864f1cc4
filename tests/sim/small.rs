//! The small world, exhaustively: two offices, three notices, and one failure at every moment there is.

use chapar::domain::dispatch::Lane;

use crate::disk::Failure;
use crate::draft::Draft;
use crate::land::code;
use crate::node::date;
use crate::trace::Trace;
use crate::world::Event;
use crate::world::World;

/// In this time everything is done when nothing fails, ms.
pub(crate) const LONG_ENOUGH_MS: i64 = 5_000;

/// Three notices between two offices.
pub(crate) fn world() -> World {
    let mut world = World::new(1, 2, Trace::new(false));
    for node in 0..2 {
        world.at(0, Event::Start { node });
    }
    for (time, node, lane, text) in
        [(100, 0, Lane::Routine, 0), (1_200, 0, Lane::Routine, 200), (1_201, 1, Lane::Immediate, 0)]
    {
        let draft = Draft { to: vec![code(1 - node)], lane, expires: date(86_400_000), text };
        world.at(time, Event::Draft { node, draft: Box::new(draft) });
    }
    world
}

/// Everything is put right, and nothing is wrong then.
pub(crate) fn must_hold(mut world: World, what: &str) {
    let wrong = world.heal();
    assert!(wrong.is_empty(), "{what}: {}", wrong.join("\n"));
    assert!(world.record.told.len() >= 3);
}

#[test]
fn a_restart_at_every_step() {
    for node in 0..2 {
        let mut step = 1;
        loop {
            let mut world = world();
            world.kill_at = Some((step, node));
            world.run_until(LONG_ENOUGH_MS);
            let over = world.kill_at.take().is_some();
            must_hold(world, &format!("a restart of {} at step {step}", code(node)));
            if over {
                break;
            }
            step += 1;
        }
        assert!(step > 100, "only {step} steps");
    }
}

#[test]
fn a_forged_dispatch_ends_the_session_and_the_true_one_arrives() {
    let mut world = world();
    world.forge = true;
    world.run_until(LONG_ENOUGH_MS);
    let broken = world.record.breaches.iter().filter(|(_, words)| words.ends_with("a signed frame breaks a rule"));
    assert_eq!(broken.count(), 1);
    must_hold(world, "a forged dispatch");
}

/// Lets the n-th access of a node fail, for every n; how many there are.
fn every_access(node: usize, failure: Failure) -> u64 {
    let mut nth = 1;
    loop {
        let mut world = world();
        world.nodes[node].disk.fail(failure, nth);
        world.run_until(LONG_ENOUGH_MS);
        let over = world.nodes[node].disk.calm();
        must_hold(world, &format!("{failure:?} at {}, access {nth}", code(node)));
        if over {
            return nth - 1;
        }
        nth += 1;
    }
}

#[test]
fn every_commit_fails_in_every_way() {
    for node in 0..2 {
        for failure in [Failure::Applied, Failure::Full, Failure::Lost, Failure::NotApplied] {
            let commits = every_access(node, failure);
            assert!(commits > 3, "only {commits} commits");
        }
    }
}

#[test]
fn every_read_fails() {
    for node in 0..2 {
        let reads = every_access(node, Failure::Read);
        assert!(reads > 50, "only {reads} reads");
    }
}
