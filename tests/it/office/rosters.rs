//! Which rosters come into force.

use std::slice::from_ref;

use chapar::domain::entry::Alarm;
use chapar::domain::envelope::EnvelopeError;
use chapar::domain::envelope::SigningKey;
use chapar::domain::roster::OfficeState;
use chapar::domain::roster::RosterError;
use chapar::engine::rows;
use chapar::name::Digest;
use chapar::wire::EntryKind;

use crate::support::land::Land;
use crate::support::office::Draft;
use crate::support::office::TestOffice;
use crate::support::office::World;
use crate::support::office::identity;

/// Versions in force: TM's, UZ's; 0 for none.
fn versions(office: &TestOffice) -> [u64; 2] {
    let rosters = office.writer.shared().rosters();
    ["TM", "UZ"].map(|code| {
        let pin = rosters.countries().get(&code.parse().unwrap());
        pin.and_then(|pin| pin.roster.as_ref()).map_or(0, |roster| roster.value().version)
    })
}

#[test]
fn a_roster_counts_only_under_a_key_that_people_compared() {
    let office = identity("TM-FAR", "first");
    let mut alt = TestOffice::new(identity("UZ-ALT", "first"));
    let tm = Land::new("TM", &[&office]);
    let country = tm.country();
    let head = alt.writer.shared().head();
    assert_eq!(alt.import(&[tm.signed()]), Err(RosterError::Untrusted(country)));
    assert_eq!(alt.writer.shared().head(), head, "nothing is written");
    alt.trust(&tm).unwrap();
    let other = Land { key: SigningKey::from_seed(&[5; 32]), roster: tm.roster.clone() };
    // A slip can be put right until a roster rests on it.
    alt.trust(&other).unwrap();
    alt.trust(&tm).unwrap();
    let mut claims_it = Land { key: other.key.clone(), roster: tm.roster.clone() };
    assert_eq!(alt.import(&[claims_it.signed()]), Err(EnvelopeError::Signature.into()));
    claims_it.roster.country_key = claims_it.key.public();
    assert_eq!(alt.import(&[claims_it.signed()]), Err(RosterError::OtherKey(country)));
    let elsewhere = Land::new("TM", &[&office]).next(|r| r.network = "other.example".parse().unwrap());
    assert_eq!(alt.import(&[elsewhere]), Err(RosterError::Network(country)));
    assert!(alt.import(&[vec![255; 9]]).is_err());
    assert_eq!(versions(&alt), [0, 0]);
    let report = alt.import(&[tm.signed()]).unwrap();
    assert_eq!(
        (report[0].country.as_str(), report[0].version, report[0].offices, report[0].changed),
        ("TM", 1, 1, true)
    );
    assert_eq!(alt.trust(&other), Err(RosterError::Pinned(country)));
    alt.trust(&tm).unwrap();
    assert!(!alt.import(&[tm.signed()]).unwrap()[0].changed);
    assert_eq!(alt.entries_of(EntryKind::Roster).len(), 1);
    assert_eq!(alt.entries_of(EntryKind::CountryTrusted).len(), 3, "the same key again is no news");
    alt.reopen();
    assert_eq!(versions(&alt), [1, 0]);
}

#[test]
fn a_country_hands_over_to_its_next_key_and_to_no_other() {
    let mut world = World::new();
    let (old, next) = (world.tm.key.clone(), SigningKey::from_seed(&[5; 32]));
    let too_early = Land { key: next.clone(), roster: world.tm.roster.clone() }.next(|r| r.country_key = next_public());
    let country = world.tm.country();
    assert_eq!(world.alt.import(&[too_early]), Err(RosterError::OtherKey(country)));
    let named = world.tm.next(|roster| roster.next_country_key = Some(next_public()));
    world.alt.import(&[named]).unwrap();
    world.tm.key = next;
    let handed_over = world.tm.next(|roster| (roster.country_key, roster.next_country_key) = (next_public(), None));
    world.alt.import(&[handed_over]).unwrap();
    assert_eq!(versions(&world.alt), [3, 1]);
    world.alt.reopen();
    assert_eq!(versions(&world.alt), [3, 1]);
    world.tm.key = old.clone();
    let back = world.tm.next(|roster| roster.country_key = old.public());
    assert_eq!(world.alt.import(&[back]), Err(RosterError::OtherKey(country)), "the old key has had its day");
    world.alt.issue(Draft::to(&["TM-FAR"]));
}

fn next_public() -> chapar::domain::envelope::PublicKey {
    SigningKey::from_seed(&[5; 32]).public()
}

#[test]
fn the_highest_version_stays_in_force() {
    let mut world = World::new();
    let first = world.tm.signed();
    let jump = world.tm.next(|roster| roster.version = 7);
    let head = |office: &TestOffice| office.writer.shared().head();
    world.alt.import(from_ref(&jump)).unwrap();
    let before = head(&world.alt);
    let older = RosterError::Older { country: world.tm.country(), version: 1, in_force: 7 };
    assert_eq!(world.alt.import(from_ref(&first)), Err(older));
    assert_eq!(head(&world.alt), before);
    assert_eq!(world.ncc.import(&[jump, first]), Err(older), "not beside the newer one either");
    assert_eq!(versions(&world.ncc), [1, 1]);
}

#[test]
fn two_rosters_with_one_version_are_an_alarm_once_and_the_first_stays() {
    let mut world = World::new();
    world.tm.roster.version -= 1;
    let fork = world.tm.set_state("TM-FAR", OfficeState::Revoked);
    world.tm.roster.version -= 1;
    let third = world.tm.set_state("TM-FAR", OfficeState::Suspended);
    for roster in [&fork, &fork, &third] {
        let refused = world.alt.import(from_ref(roster)).unwrap_err();
        assert!(matches!(refused, RosterError::Fork { version: 1, .. }), "{refused:?}");
    }
    assert_eq!(world.alt.alarms(), [Alarm::RosterFork as u32]);
    let kept = Digest::try_from(world.alt.entries_of(EntryKind::Alarm)[0].object.as_slice()).unwrap();
    assert_eq!(rows::envelope_bytes(&world.alt.store, kept).unwrap(), Some(fork), "the evidence");
    world.alt.issue(Draft::to(&["TM-FAR"]));
}

#[test]
fn of_two_files_with_one_bad_neither_comes_into_force() {
    let mut world = World::new();
    let good = world.uz.set_state("UZ-NCC", OfficeState::Suspended);
    let bad = {
        let mut torn = world.tm.next(|_| {});
        let last = torn.len() - 1;
        torn[last] ^= 1;
        let at = torn.len() / 2;
        torn[at] ^= 1;
        torn
    };
    let head = world.alt.writer.shared().head();
    for files in [[good.clone(), bad.clone()], [bad, good.clone()]] {
        assert!(world.alt.import(&files).is_err());
        assert_eq!(versions(&world.alt), [1, 1]);
        assert_eq!(world.alt.writer.shared().head(), head);
    }
    world.alt.reopen();
    assert_eq!(versions(&world.alt), [1, 1]);
    world.alt.import(&[good]).unwrap();
    assert_eq!(versions(&world.alt), [1, 2]);
}
