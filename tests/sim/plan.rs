//! What a seed stands for: how many offices, notices and faults, and when.

use chapar::domain::dispatch::Lane;

use crate::chance::Chance;
use crate::draft::Draft;
use crate::fault::Fault;
use crate::land;
use crate::node::date;
use crate::trace::Trace;
use crate::world::Event;
use crate::world::World;

const DAY_MS: i64 = 86_400_000;

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) world: World,
    /// What does not hold, in words.
    pub(crate) wrong: Vec<String>,
}

/// Runs a seed to its end.
pub(crate) fn run(seed: u64, print: bool) -> Ran {
    let mut chance = Chance::new(!seed);
    let offices = match chance.below(100) {
        0..62 => 3,
        62..84 => 4,
        84..96 => chance.below(3) + 5,
        96..99 => chance.below(5) + 8,
        _ => chance.below(land::OFFICES - 12) + 13,
    };
    let mut world = World::new(seed, offices, Trace::new(print));
    let chaos_ms = chance.pick(&[20_000, 120_000, 400_000]).unwrap_or(20_000);
    // A third has none: those whose seeds were found before there were any keep their story.
    world.files_of = if seed % 3 == 2 { 0 } else { 3 };
    world.delay = chance.pick(&[1, 5, 60, 400]).unwrap_or(5);
    for node in 0..offices {
        world.within(0, 3_000, Event::Start { node });
    }
    let drafts = 6 + chance.below(16) + 2 * offices;
    for _ in 0..drafts {
        let (node, draft) = draft(&mut chance, offices, chaos_ms);
        world.within(0, chaos_ms, Event::Draft { node, draft: Box::new(draft) });
    }
    if chance.one_in(25) {
        // More than a window holds, for one office.
        let time = chance.ms(0, chaos_ms);
        let (node, draft) = draft(&mut chance, offices, chaos_ms);
        for _ in 0..300 {
            world.at(time, Event::Draft { node, draft: Box::new(Draft { text: 0, ..draft.clone() }) });
        }
    }
    for _ in 0..4 + chance.below(12) {
        let fault = chance.pick(&Fault::COMMON).unwrap_or(Fault::Cut);
        world.within(500, chaos_ms, Event::Fault(fault));
    }
    for (fault, of) in [
        (Fault::Clock1970, 8),
        (Fault::ClockAhead, 12),
        (Fault::Clone, 16),
        (Fault::Forged, 8),
        (Fault::Revoke, 20),
        (Fault::RollBack, 12),
        (Fault::Suspend, 4),
        (Fault::Quota, 3),
    ] {
        if chance.one_in(of) {
            world.backups |= fault == Fault::RollBack;
            world.within(chaos_ms / 4, chaos_ms, Event::Fault(fault));
        }
    }
    world.run_until(chaos_ms);
    let wrong = world.heal();
    Ran { world, wrong }
}

fn draft(chance: &mut Chance, offices: usize, chaos_ms: i64) -> (usize, Draft) {
    let node = chance.below(offices);
    let mut to = vec![land::code((node + 1 + chance.below(offices - 1)) % offices)];
    let second = land::code((node + 1 + chance.below(offices - 1)) % offices);
    if chance.one_in(4) && second != to[0] {
        to.push(second);
    }
    let expires = match chance.below(10) {
        0 => chance.ms(60_000, chaos_ms + 300_000),
        1 => 4 * 365 * DAY_MS,
        _ => 60 * DAY_MS,
    };
    let text = chance.pick(&[0, 0, 0, 0, 200, 6_000]).unwrap_or(0);
    let lane = chance.pick(&Lane::URGENT_FIRST).unwrap_or(Lane::Routine);
    (node, Draft { to, lane, expires: date(expires), text })
}
