//! Two offices of the real binary, killed again and again while notices pass in both directions: what was answered is
//! kept, what is called DELIVERED can be read, nothing comes twice, and both logs prove it.

mod load;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::hint::spin_loop;
use std::time::Duration;

use chapar::wire;
use chapar::wire::Folder;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::binary::Binary;
use crate::binary::free_port;
use crate::binary::introduce;
use crate::crash::load::Load;
use crate::crash::load::Side;
use crate::local::Local;
use crate::support::chance;
use crate::support::chance::Chance;

/// Rounds, in each of which one office is killed, once or twice; `CHAPAR_KILLS` asks for more.
const ROUNDS: usize = 52;

/// Sends that each office may begin between two kills.
const SENDS: usize = 24;

/// What is waited for comes within this time, or not at all.
const PATIENCE: Duration = Duration::from_mins(2);

/// When an office is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    /// After so many more of its sends are answered.
    Answered,
    /// After so many more notices have arrived in it.
    Arrived,
    /// After so many more of its notices are called DELIVERED.
    Delivered,
    /// While it starts, so soon after the last kill.
    Starting,
    /// As soon as it says that it runs.
    Started,
}

/// The moments of all kills: each office in turn, each kind about equally often.
fn moments(rounds: usize, chance: &mut Chance) -> Vec<Moment> {
    let load = [Moment::Answered, Moment::Arrived, Moment::Delivered];
    let mix = [load.as_slice(), &load, &[Moment::Starting, Moment::Started]].concat();
    (0..rounds).map(|_| mix[chance.place(mix.len())]).collect()
}

fn spin(times: u64) {
    for _ in 0..times {
        spin_loop();
    }
}

/// Kills at this moment; how many kills that took.
async fn kill_at(moment: Moment, office: &mut Binary, side: &Side, chance: &mut Chance) -> u32 {
    let counter = match moment {
        Moment::Answered => &side.answered,
        Moment::Arrived => &side.arrived,
        Moment::Delivered => &side.delivered,
        Moment::Starting => {
            office.kill();
            office.spawn();
            spin(chance.below(2_000_000));
            office.kill();
            return 2;
        }
        Moment::Started => {
            office.kill();
            office.start();
            office.kill();
            return 2;
        }
    };
    let mut counter = counter.subscribe();
    let target = *counter.borrow() + 1 + chance.below(SENDS as u64 / 2);
    let reached = timeout(PATIENCE, counter.wait_for(|count| *count >= target)).await;
    assert!(reached.is_ok(), "{} reached no {moment:?} {target}\n{}", office.code, office.trace());
    spin(chance.below(100_000));
    office.kill();
    1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn kill_9_at_any_moment_loses_nothing_that_was_answered() {
    let mut chance = Chance::from_outside();
    let rounds = chance::number("CHAPAR_KILLS").map_or(ROUNDS, |kills| usize::try_from(kills).unwrap());
    let root = tempfile::tempdir().unwrap();
    let mut alt = Binary::init(root.path(), "UZ-ALT", Some(free_port()));
    let mut far = Binary::init(root.path(), "TM-FAR", Some(free_port()));
    introduce(root.path(), &mut [&mut alt, &mut far]);

    let (a, f) = (Side::new(&alt, &far), Side::new(&far, &alt));
    let load = Load::start(&[&a, &f]);
    let mut kills: BTreeMap<Moment, u32> = BTreeMap::new();
    for (number, moment) in moments(rounds, &mut chance).into_iter().enumerate() {
        a.allow(SENDS);
        f.allow(SENDS);
        let (office, side) = if number % 2 == 0 { (&mut alt, &a) } else { (&mut far, &f) };
        *kills.entry(moment).or_default() += kill_at(moment, office, side, &mut chance).await;
        if number % 12 < 2 {
            verified(office, &["log", "verify", "--offline"]);
        }
        office.start();
    }
    a.allow(SENDS);
    f.allow(SENDS);
    load.finish().await;
    for side in [&a, &f] {
        let mut local = Local::connect(&side.socket).await;
        local.all_delivered().await;
    }

    whole(&a, &f, rounds / 2).await;
    whole(&f, &a, rounds / 2).await;
    println!(
        "{} kills: {kills:?}; answered: {} and {}",
        kills.values().sum::<u32>(),
        *a.answered.borrow(),
        *f.answered.borrow()
    );
    for office in [&mut alt, &mut far] {
        let online = verified(office, &["log", "verify"]);
        assert!(office.stop().success(), "{}", office.trace());
        let offline = verified(office, &["log", "verify", "--offline"]);
        assert_eq!(online, offline);
        assert!(!office.trace().contains("panicked"), "{}", office.trace());
    }
}

/// The log of an office verifies; its root.
fn verified(office: &Binary, words: &[&str]) -> serde_json::Value {
    let word = office.run(words).done().object();
    assert_eq!((&word["ok"], &word["fault"]), (&json!(true), &json!(null)), "{}", office.code);
    word["root"].clone()
}

/// What one office has sent is what the other one has.
async fn whole(from: &Side, to: &Side, kills: usize) {
    let (mut sender, receiver) = (Local::connect(&from.socket).await, Local::connect(&to.socket).await);
    let ledger = from.said();
    let outbox = sender.list(Folder::Outbox).await;
    let sent: BTreeSet<Vec<u8>> = outbox.iter().map(|row| row.digest.clone()).collect();
    assert_eq!(sent.len(), outbox.len(), "nothing is twice in the outbox");
    let inbox = receiver.clone().list(Folder::Inbox).await;
    let arrived: BTreeSet<Vec<u8>> = inbox.iter().map(|row| row.digest.clone()).collect();
    assert_eq!(arrived.len(), inbox.len(), "nothing is twice in the inbox");
    for (digest, subject) in &ledger.answered {
        assert!(sent.contains(digest), "{subject} was answered and is lost");
    }
    for row in &outbox {
        assert_eq!(row.deliveries.len(), 1);
        assert_eq!(row.deliveries[0].outcome(), wire::Outcome::Delivered, "{row:?}");
    }
    for digest in &ledger.delivered {
        assert!(sent.contains(digest), "what was called DELIVERED is not in the outbox any more");
    }
    assert_eq!(sent, arrived, "what was sent is what has arrived");
    // Each is opened; its text is the one that was sent, and each text came once.
    let (mut opening, mut texts) = (JoinSet::new(), BTreeSet::new());
    for row in inbox {
        let mut local = receiver.clone();
        opening.spawn(async move { (local.subject(&hex::encode(&row.digest)).await, row.digest) });
    }
    while let Some(opened) = opening.join_next().await {
        let (text, digest) = opened.unwrap();
        if let Some(subject) = ledger.answered.get(&digest) {
            assert_eq!(&text, subject);
        }
        assert!(ledger.begun.contains(&text), "nobody sent {text}");
        assert!(texts.insert(text.clone()), "{text} was sent once and came twice");
    }
    assert!(ledger.answered.len() > kills * 4, "there was load: {}", ledger.answered.len());
    assert!(ledger.delivered.len() > kills, "DELIVERED was seen meanwhile: {}", ledger.delivered.len());
}
