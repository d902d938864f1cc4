//! What an administrator is told, and roster files that are not what they should be.

use chapar::domain::entry::Alarm;
use chapar::name::Fingerprint;
use chapar::wire;
use chapar::wire::EntryKind;
use prost::Message as _;

use crate::local::Local;
use crate::rosters::World;
use crate::rosters::connected;
use crate::rosters::version;
use crate::world::Countries;

async fn trust(node: &mut Local, country: &str, fingerprint: &str) -> Result<(), tonic::Status> {
    let request = wire::TrustCountryRequest { country: country.to_owned(), fingerprint: fingerprint.to_owned() };
    node.inspect.trust_country(request).await.map(|_| ())
}

fn fingerprint(countries: &Countries, country: &str) -> String {
    Fingerprint::of_key(&countries.0[&country.parse().unwrap()].public().0).to_string()
}

/// The codes of all alarms in the log.
async fn alarms(node: &mut Local) -> Vec<u32> {
    let request = wire::ListEntriesRequest { start: 0, page_size: 0 };
    let page = node.inspect.list_entries(request).await.unwrap().into_inner();
    let entries = page.entries.iter().map(|indexed| wire::Entry::decode(indexed.entry.as_slice()).unwrap());
    entries.filter(|entry| entry.kind() == EntryKind::Alarm).map(|entry| entry.code).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn status_says_what_is_missing_in_the_order_in_which_it_is_done() {
    let mut world = World::start(&["UZ-ALT", "TM-FAR"]).await;
    let alone = world.countries.roster("UZ", 1, &[]);
    let (uz, tm) = (world.roster("UZ", 2), world.roster("TM", 1));
    let (uz_print, tm_print) = (fingerprint(&world.countries, "UZ"), fingerprint(&world.countries, "TM"));
    let node = &mut world.nodes[0];
    let no_other = "No other office is known yet";
    let expect = async |node: &mut Local, expected: &[&str]| {
        let missing = node.missing().await;
        assert_eq!(missing.len(), expected.len(), "{missing:#?}");
        for (said, expected) in missing.iter().zip(expected) {
            assert!(said.contains(expected), "{said} / {expected}");
        }
    };
    expect(node, &["chapar peer trust UZ FINGERPRINT", no_other]).await;
    trust(node, "UZ", &uz_print).await.unwrap();
    expect(node, &["The roster of UZ is not imported yet", no_other]).await;
    node.import(&[alone]).await.unwrap();
    expect(node, &["The roster of UZ does not list UZ-ALT: other offices do not know it. Send UZ-ALT.card", no_other])
        .await;
    node.import(&[uz]).await.unwrap();
    expect(node, &[no_other]).await;
    trust(node, "TM", &tm_print).await.unwrap();
    expect(node, &["The roster of TM is not imported yet", no_other]).await;
    node.import(&[tm]).await.unwrap();
    expect(node, &[]).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_under_another_key_than_the_trusted_one_is_refused() {
    let mut world = World::start(&["UZ-ALT"]).await;
    let (uz, right) = (world.roster("UZ", 1), fingerprint(&world.countries, "UZ"));
    let wrong = fingerprint(&Countries::of(&["TM"]), "TM");
    let node = &mut world.nodes[0];
    let untrusted = node.import(std::slice::from_ref(&uz)).await.unwrap_err();
    assert!(untrusted.message().starts_with("The key of UZ is not trusted here."), "{untrusted}");
    trust(node, "UZ", &wrong).await.unwrap();
    let size = node.status().await.head.unwrap().size;
    let refused = node.import(std::slice::from_ref(&uz)).await.unwrap_err();
    assert!(refused.message().contains("signed by another key than the one that is trusted"), "{refused}");
    let status = node.status().await;
    assert_eq!((version(&status, "UZ"), status.head.unwrap().size), (Some(0), size), "nothing is written");
    // A slip of the pen is corrected, as long as nothing rests on it.
    trust(node, "UZ", &right).await.unwrap();
    node.import(&[uz]).await.unwrap();
    let pinned = trust(node, "UZ", &wrong).await.unwrap_err();
    assert!(pinned.message().starts_with("Another key of UZ is trusted already."), "{pinned}");
    assert_eq!(version(&node.status().await, "UZ"), Some(1));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_rosters_of_one_version_are_an_alarm_once() {
    let mut world = World::introduced(&["UZ-ALT", "TM-FAR"]).await;
    let fork = world.countries.roster("TM", 1, &[]);
    let node = &mut world.nodes[0];
    for _ in 0..3 {
        let refused = node.import(std::slice::from_ref(&fork)).await.unwrap_err();
        assert!(refused.message().starts_with("TM has signed two rosters with version 1;"), "{refused}");
    }
    assert_eq!(alarms(node).await, [Alarm::RosterFork as u32]);
    assert_eq!(node.status().await.alarms, 1);
    connected(node, "TM-FAR").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_files_all_come_into_force_or_none() {
    let mut world = World::start(&["UZ-ALT", "TM-FAR"]).await;
    let (uz, tm) = (world.roster("UZ", 1), world.roster("TM", 1));
    let mut altered = tm.clone();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    let stranger = Countries::of(&["KZ"]).roster("KZ", 1, &[]);
    let node = &mut world.nodes[0];
    node.trust(&world.countries, &[]).await;
    let before = node.status().await;
    for bad in [altered, stranger, tm[..middle].to_vec(), vec![], uz[1..].to_vec()] {
        for files in [[uz.clone(), bad.clone()], [bad, uz.clone()]] {
            node.import(&files).await.unwrap_err();
            let after = node.status().await;
            assert_eq!((version(&after, "UZ"), version(&after, "TM")), (Some(0), Some(0)));
            assert_eq!(after.head, before.head, "nothing is written");
            assert!(after.peers.is_empty());
        }
    }
    let imported = node.import(&[uz.clone(), tm]).await.unwrap();
    assert!(imported.rosters.iter().all(|roster| roster.changed));
    let again = node.import(&[uz]).await.unwrap();
    assert!(!again.rosters[0].changed, "the same again is no error");
    world.end().await;
}
