//! A roster imported into a running node takes effect at once.

use chapar::domain::roster::OfficeState;
use chapar::wire;
use chapar::wire::Folder;
use chapar::wire::Urgency;
use prost::Message as _;

use crate::local::Local;
use crate::local::PAUSE;
use crate::rosters::World;
use crate::rosters::connected;
use crate::rosters::peer;
use crate::rosters::version;
use crate::world::a_notice;

/// How often a test looks at most.
const LOOKS: u32 = 3_000;

async fn send(node: &mut Local, to: &str, text: &str) -> Vec<u8> {
    node.send(a_notice(&[to], Urgency::Routine, text)).await.unwrap().digest
}

/// A notice of the second office that the first one has read.
async fn read(world: &mut World) -> String {
    let notice = world.nodes[1].send(a_notice(&["UZ-ALT"], Urgency::Routine, "read")).await.unwrap().reference;
    world.nodes[1].all_delivered().await;
    world.nodes[0].subject(&notice).await;
    notice
}

async fn acknowledge(node: &mut Local, notice: String) -> Vec<u8> {
    let request = wire::AcknowledgeNoticeRequest { notice };
    let noted = node.desk.acknowledge_notice(request).await.unwrap().into_inner();
    noted.acknowledgement.unwrap().digest
}

fn outcome(outbox: &[wire::NoticeSummary], digest: &[u8]) -> wire::Outcome {
    outbox.iter().find(|row| row.digest == digest).unwrap().deliveries[0].outcome()
}

/// Nothing was sent only to be turned away.
async fn nothing_was_rejected(world: &mut World) {
    for node in &mut world.nodes {
        let request = wire::ListEntriesRequest { start: 0, page_size: 0 };
        let page = node.inspect.list_entries(request).await.unwrap().into_inner();
        let entries = page.entries.iter().map(|indexed| wire::Entry::decode(indexed.entry.as_slice()).unwrap());
        assert_eq!(entries.filter(|entry| entry.kind() == wire::EntryKind::Rejected).count(), 0);
    }
}

/// Waits until a notice of this node is called delivered.
async fn delivered(node: &mut Local, digest: &[u8]) {
    for _ in 0..LOOKS {
        if outcome(&node.list(Folder::Outbox).await, digest) == wire::Outcome::Delivered {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
    panic!("it is not delivered")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_peer_connects_at_once() {
    let mut world = World::start(&["UZ-ALT", "TM-FAR"]).await;
    let rosters = world.rosters();
    world.nodes[1].trust(&world.countries, &rosters).await;
    // The other side knows its own country only: the peer is refused, and told why.
    let (tm, uz) = (rosters[0].clone(), rosters[1].clone());
    let none: [Vec<u8>; 0] = [];
    world.nodes[0].trust(&world.countries, &none).await;
    world.nodes[0].import(&[uz]).await.unwrap();
    world.nodes[1].until("it is refused", |status| !peer(status, "UZ-ALT").trouble.is_empty()).await;
    assert!(world.nodes[0].status().await.peers.is_empty());
    let imported = world.nodes[0].import(&[tm]).await.unwrap();
    assert!(imported.rosters[0].changed);
    connected(&mut world.nodes[0], "TM-FAR").await;
    connected(&mut world.nodes[1], "UZ-ALT").await;
    world.nodes[1].until("no trouble is left", |status| peer(status, "UZ-ALT").trouble.is_empty()).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_office_is_cut_at_once_and_comes_back() {
    // Whichever of the two has dialled.
    revoked_and_active_again("UZ-ALT", "TM-FAR").await;
    revoked_and_active_again("TM-FAR", "UZ-ALT").await;
}

/// One office imports a roster that revokes the other, and later one that does not.
async fn revoked_and_active_again(one: &str, other: &str) {
    let (one, other, country) = (one.to_owned(), other.to_owned(), &other[..2]);
    let mut world = World::introduced(&[&one, &other]).await;
    connected(&mut world.nodes[1], &one).await;
    world.sites[1].state = OfficeState::Revoked;
    let newer = world.roster(country, 2);
    world.nodes[0].import(std::slice::from_ref(&newer)).await.unwrap();
    world.nodes[0].until("the revoked office is cut", |status| !peer(status, &other).connected).await;
    world.nodes[1].until("it is cut", |status| !peer(status, &one).connected).await;
    let here = peer(&world.nodes[0].status().await, &other);
    assert_eq!(here.state(), wire::OfficeState::Revoked);
    assert!(here.trouble.contains("not in force"), "{}", here.trouble);
    world.nodes[1]
        .until("it is told why", |status| {
            let trouble = peer(status, &one).trouble;
            trouble.contains("does not find this office in force") || trouble.contains("revoked")
        })
        .await;
    // It does not come back, and nothing is sent to it any more.
    world.nodes[1].until("it is refused at the door", |status| peer(status, &one).trouble.contains("revoked")).await;
    assert!(!peer(&world.nodes[0].status().await, &other).connected);
    let refused = world.nodes[0].send(a_notice(&[&other], Urgency::Routine, "no")).await.unwrap_err();
    assert!(refused.message().contains("does not take part any more"), "{refused}");
    // Its own country's newest roster tells it as well.
    world.nodes[1].import(&[newer]).await.unwrap();
    let missing = world.nodes[1].missing().await;
    assert!(matches!(&missing[..], [one] if one.contains(&format!("{other} is revoked by {country}"))), "{missing:?}");
    // A newer roster brings it back.
    world.sites[1].state = OfficeState::Active;
    let third = world.roster(country, 3);
    for node in &mut world.nodes {
        node.import(std::slice::from_ref(&third)).await.unwrap();
    }
    connected(&mut world.nodes[0], &other).await;
    connected(&mut world.nodes[1], &one).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_to_a_suspended_office_wait_and_acknowledgements_pass() {
    let mut world = World::introduced(&["UZ-ALT", "TM-FAR"]).await;
    let notice = read(&mut world).await;
    world.sites[1].state = OfficeState::Suspended;
    let newer = world.roster("TM", 2);
    world.nodes[0].import(&[newer]).await.unwrap();
    world.nodes[1].until("gossip", |status| version(status, "TM") == Some(2)).await;
    let held = send(&mut world.nodes[0], "TM-FAR", "held").await;
    let passes = acknowledge(&mut world.nodes[0], notice).await;
    delivered(&mut world.nodes[0], &passes).await;
    let status = world.nodes[0].status().await;
    assert_eq!((peer(&status, "TM-FAR").waiting, peer(&status, "TM-FAR").connected), (1, true));
    assert_eq!(outcome(&world.nodes[0].list(Folder::Outbox).await, &held), wire::Outcome::Unspecified);
    let inbox = world.nodes[1].list(Folder::Inbox).await;
    assert_eq!(inbox.iter().map(|row| row.digest.clone()).collect::<Vec<_>>(), [passes]);
    world.sites[1].state = OfficeState::Active;
    let third = world.roster("TM", 3);
    world.nodes[0].import(&[third]).await.unwrap();
    world.nodes[0].all_delivered().await;
    assert_eq!(outcome(&world.nodes[0].list(Folder::Outbox).await, &held), wire::Outcome::Delivered);
    assert_eq!(world.nodes[1].subject(&hex::encode(&held)).await, "held");
    nothing_was_rejected(&mut world).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_suspended_office_sends_waits_and_goes_when_it_is_active_again() {
    let mut world = World::introduced(&["UZ-ALT", "TM-FAR"]).await;
    let notice = read(&mut world).await;
    world.sites[0].state = OfficeState::Suspended;
    let newer = world.roster("UZ", 2);
    world.nodes[1].import(&[newer]).await.unwrap();
    world.nodes[0].until("gossip", |status| version(status, "UZ") == Some(2)).await;
    assert!(world.nodes[0].missing().await[0].contains("is suspended by UZ"));
    let held = send(&mut world.nodes[0], "TM-FAR", "held").await;
    let passes = acknowledge(&mut world.nodes[0], notice).await;
    delivered(&mut world.nodes[0], &passes).await;
    assert_eq!(peer(&world.nodes[0].status().await, "TM-FAR").waiting, 1);
    world.sites[0].state = OfficeState::Active;
    let third = world.roster("UZ", 3);
    world.nodes[1].import(&[third]).await.unwrap();
    world.nodes[0].all_delivered().await;
    assert_eq!(world.nodes[1].subject(&hex::encode(&held)).await, "held");
    nothing_was_rejected(&mut world).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_node_hears_of_a_newer_roster_from_a_peer() {
    let mut world = World::introduced(&["UZ-ALT", "TM-FAR", "UZ-NCC"]).await;
    connected(&mut world.nodes[2], "UZ-ALT").await;
    // The office whose roster it is does not even run.
    let far = world.nodes.remove(1);
    far.stop().await.unwrap();
    let newer = world.roster("TM", 2);
    world.nodes[0].import(&[newer]).await.unwrap();
    world.nodes[1].until("gossip", |status| version(status, "TM") == Some(2)).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_of_a_country_that_is_not_trusted_is_not_taken_from_a_peer() {
    let mut world = World::start(&["UZ-ALT", "TM-FAR", "UZ-NCC"]).await;
    let (tm, uz) = (world.roster("TM", 1), world.roster("UZ", 1));
    let (own, all) = (crate::world::Countries::of(&["UZ"]), [uz.clone(), tm]);
    world.nodes[0].trust(&world.countries, &all).await;
    world.nodes[2].trust(&own, &[uz]).await;
    connected(&mut world.nodes[0], "UZ-NCC").await;
    let newer = world.roster("UZ", 2);
    world.nodes[0].import(&[newer]).await.unwrap();
    // Frames stay in order: once this one has come, the other one had come as well.
    world.nodes[2].until("gossip", |status| version(status, "UZ") == Some(2)).await;
    let status = world.nodes[2].status().await;
    assert_eq!(version(&status, "TM"), None);
    assert!(peer(&status, "UZ-ALT").connected, "that is no reason to part");
    world.end().await;
}
