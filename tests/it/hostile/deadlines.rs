//! A peer that falls silent on a real link: each deadline ends it. The clock of the runtime is put forward, so that
//! nothing waits.

use chapar::limits;
use chapar::wire::GoodbyeReason;
use chapar::wire::PeerStatus;
use chapar::wire::Urgency;
use chapar::wire::frame::Kind;

use crate::hostile::Scene;
use crate::hostile::foe::End;
use crate::hostile::foe::Link;
use crate::local::Local;
use crate::world::a_notice;
use crate::world::pass;

/// A session in which the foe has a notice and does not answer.
async fn with_work_in_flight(scene: &mut Scene) -> Link {
    let mut link = scene.foe.greeted(&scene.endpoint).await;
    scene.victim.send(a_notice(&["KZ-BAD"], Urgency::Routine, "waits")).await.unwrap();
    while !matches!(link.hear().await.unwrap(), Kind::Deliver(_)) {}
    link
}

#[tokio::test]
async fn hello_has_a_deadline() {
    let scene = Scene::set().await;
    let link = scene.foe.dial(&scene.endpoint).await;
    pass(limits::HELLO_MS.unsigned_abs()).await;
    assert_eq!(link.end().await, End::Closed);
    scene.end().await;
}

#[tokio::test]
async fn work_in_flight_has_a_deadline() {
    let mut scene = Scene::set().await;
    let link = with_work_in_flight(&mut scene).await;
    pass(limits::IDLE_MS.unsigned_abs()).await;
    assert_eq!(link.end().await, End::Closed);
    let silent = "nothing was heard although notices were on their way";
    let told = |peer: &PeerStatus| peer.office != "KZ-BAD" || peer.trouble == silent;
    scene.victim.until("it says so", |status| status.peers.iter().all(told)).await;
    scene.end().await;
}

#[tokio::test]
async fn draining_has_a_deadline() {
    let mut scene = Scene::set().await;
    let link = with_work_in_flight(&mut scene).await;
    let socket = scene.sites[0].folder.path().join("sock");
    let stopping = tokio::spawn(scene.victim.stop());
    // It drains once nobody of this machine can call it any more.
    while Local::try_connect(&socket).await.is_some() {}
    pass(limits::DRAIN_MS).await;
    assert_ne!(link.end().await, End::Goodbye(GoodbyeReason::Done), "it is cut");
    stopping.await.unwrap().unwrap();
    scene.good.stop().await.unwrap();
}
