//! A suspension that the addressee still knew of, and the sender no longer: the notice goes again.

use std::collections::BTreeMap;

use chapar::domain::dispatch::Answer;
use chapar::domain::dispatch::Lane;
use chapar::domain::envelope;
use chapar::domain::envelope::SigningKey;
use chapar::domain::rejection::Rejection;
use chapar::domain::roster::CountryRoster;
use chapar::domain::roster::OfficeState;
use chapar::engine::accept;
use chapar::name::OfficeCode;
use chapar::office::Command;
use chapar::office::Queue;
use chapar::office::Reply;
use chapar::office::read;
use chapar::time::Timestamp;
use chapar::wire;

use crate::desks::Desk;
use crate::desks::NETWORK;
use crate::desks::deliver;
use crate::desks::desks;
use crate::support::second;
use crate::world::a_notice;
use std::sync::Arc;

/// A roster of Turkmenistan in which one office is in this state.
fn roster(desks: &BTreeMap<OfficeCode, Desk>, version: u64, office: OfficeCode, state: OfficeState) -> Vec<u8> {
    let key = SigningKey::from_seed(b"TTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT");
    let country = office.country();
    let mut offices: Vec<_> =
        desks.values().filter(|desk| desk.me.office.country() == country).map(Desk::listed).collect();
    offices.iter_mut().filter(|one| one.code == office).for_each(|one| one.state = state);
    let roster = CountryRoster {
        network: NETWORK.parse().unwrap(),
        country,
        version,
        issued: Timestamp::ZERO,
        country_key: key.public(),
        next_country_key: None,
        offices,
    };
    envelope::sign::<CountryRoster>(&key, roster.encode()).bytes
}

fn import(desk: &mut Desk, now: Timestamp, roster: &[u8]) {
    let reply = desk.ask(now, Command::Import { actor: None, rosters: vec![roster.to_vec()] });
    assert!(matches!(reply, Reply::Imported(Ok(_))), "{reply:?}");
}

#[test]
fn a_suspension_that_has_ended_meanwhile() {
    let (alt, far): (OfficeCode, OfficeCode) = ("UZ-ALT".parse().unwrap(), "TM-FAR".parse().unwrap());
    let mut desks = desks();
    let now: Timestamp = "2026-11-20T06:00:00Z".parse().unwrap();
    let suspended = roster(&desks, 2, far, OfficeState::Suspended);
    let active = roster(&desks, 3, far, OfficeState::Active);
    let notice = a_notice(&["TM-FAR"], wire::Urgency::Routine, "twice");
    let store = Arc::clone(&desks[&alt].store);
    let desk = desks.get_mut(&alt).unwrap();
    second::issue(alt, &*store, (notice.header.unwrap(), notice.body), |command| desk.ask(now, command)).unwrap();
    // The addressee hears of the suspension, and turns the dispatch away; the sender hears of its end first.
    let addressee = desks.get_mut(&far).unwrap();
    import(addressee, now.plus_ms(1), &suspended);
    let log = addressee.me.log_id();
    let frames = read::waiting(&*desks[&alt].store, far, log, Lane::Routine, 0, 10).unwrap();
    assert_eq!(frames.len(), 1);
    let addressee = desks.get_mut(&far).unwrap();
    let (rosters, me) = (addressee.writer.shared().rosters(), addressee.me.addressee());
    let incoming = accept::deliver(&rosters, &me, alt, now.plus_ms(2), &frames[0].deliver).unwrap();
    let Reply::Answered(Ok(answer)) = addressee.ask(now.plus_ms(2), Command::Arrive(Box::new(incoming))) else {
        panic!("it is answered")
    };
    import(desks.get_mut(&alt).unwrap(), now.plus_ms(3), &active);
    import(desks.get_mut(&far).unwrap(), now.plus_ms(3), &active);
    let sender = desks.get_mut(&alt).unwrap();
    let receipt = accept::receipt(&sender.writer.shared().rosters(), alt, far, &answer).unwrap();
    assert_eq!(receipt.value().answer, Answer::from(Rejection::Suspended));
    let stored = sender.ask(now.plus_ms(4), Command::Receipt(Box::new(receipt)));
    assert!(matches!(stored, Reply::ReceiptStored(Ok(_))), "{stored:?}");
    // It has a new place already, and is delivered there.
    let again = read::waiting(&*sender.store, far, log, Lane::Routine, 1, 10).unwrap();
    assert_eq!(again.iter().map(|one| one.sequence).collect::<Vec<_>>(), [2]);
    deliver(&mut desks, alt, far, now.plus_ms(5));
    let sender = &desks[&alt];
    let queue = Queue::of(&*sender.store, sender.writer.shared().rosters().office(far).unwrap()).unwrap();
    assert_eq!((queue.total(), queue.since), (0, None));
}
