//! A peer that delivers valid but useless notices: its quota ends them for the day, and troubles nobody else.

use chapar::domain::dispatch::Dispatch;
use chapar::domain::dispatch::Receipt;
use chapar::domain::entry::Alarm;
use chapar::domain::envelope::Unverified;
use chapar::engine::quota::Quota;
use chapar::time::Clock as _;
use chapar::wire;
use chapar::wire::GoodbyeReason;
use chapar::wire::frame::Kind;
use prost::Message as _;

use crate::hostile::Scene;
use crate::hostile::foe::End;

/// The longest pause that a peer is asked for, in minutes.
const TEN_MINUTES: u32 = 10;

/// What the victim says to these dispatches: how many receipts, and the pause that it asks for at the end, in whole
/// minutes, begun ones included. Receipts for
/// those of an earlier session come as well: the foe never says that it has them.
async fn deliver(scene: &Scene, frames: &[wire::Deliver]) -> (usize, Option<u32>) {
    let mut link = scene.foe.greeted(&scene.endpoint).await;
    for frame in frames {
        link.say(Kind::Deliver(frame.clone())).await;
    }
    let of_now = |envelope: &wire::Envelope| {
        let receipt = Unverified::<Receipt>::read(&envelope.encode_to_vec()).unwrap();
        let digest = |frame: &wire::Deliver| Unverified::<Dispatch>::read(&frame.dispatch).unwrap().digest();
        frames.iter().any(|frame| digest(frame) == receipt.claim().dispatch)
    };
    let mut receipts = 0;
    while receipts < frames.len() {
        match link.hear().await {
            Ok(Kind::Receipt(receipt)) => receipts += usize::from(of_now(&receipt)),
            Ok(Kind::Goodbye(bye)) => {
                assert_eq!(bye.reason(), GoodbyeReason::NotReady);
                return (receipts, Some(bye.retry_after_ms.div_ceil(60_000)));
            }
            Ok(_) => {}
            Err(end) => panic!("{end:?} after {receipts} receipts"),
        }
    }
    (receipts, None)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_delivers_no_more_than_its_quota_of_a_day() {
    const QUOTA: usize = 20;
    let quota = Quota { dispatches_per_day: QUOTA as u64, ..Quota::default() };
    let mut scene = Scene::with(quota).await;
    let frames: Vec<wire::Deliver> = (0..QUOTA + 20).map(|number| scene.foe.issue(&format!("{number}"))).collect();

    // All at once: those within the quota are taken, answered, and the session ends.
    assert_eq!(deliver(&scene, &frames).await, (QUOTA, Some(TEN_MINUTES)));
    assert_eq!(scene.received().await, QUOTA);
    // It comes again at once: nothing more is taken, and the alarm stands there once.
    assert_eq!(deliver(&scene, &frames[QUOTA..]).await, (0, Some(TEN_MINUTES)));
    assert_eq!(scene.received().await, QUOTA);
    assert_eq!(scene.alarms().await, [Alarm::Quota as u32]);
    let status = scene.victim.status().await;
    let bad = status.peers.iter().find(|peer| peer.office == "KZ-BAD").unwrap();
    assert_eq!(bad.trouble, "the peer has delivered all that it may in a day");
    scene.goes_on().await;

    // Shortly before the next day it is told to wait for that; then there is a new quota.
    scene.clock.set("2026-11-20T23:59:30Z");
    // No peer has shown a clock like this: an officer vouches for it, else the node would go by its last entry.
    let shown_ms = scene.clock.now().ms();
    scene.victim.inspect.confirm_clock(wire::ConfirmClockRequest { shown_ms }).await.unwrap();
    assert_eq!(deliver(&scene, &frames[QUOTA..]).await, (0, Some(1)));
    scene.clock.set("2026-11-21T00:00:00Z");
    assert_eq!(deliver(&scene, &frames[QUOTA..]).await, (QUOTA, None));
    assert_eq!(scene.received().await, 2 * QUOTA);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_have_a_bound_of_their_own_and_bytes_count() {
    let mut scene = Scene::with(Quota { dispatches_per_day: 5, ..Quota::default() }).await;
    let valid = scene.foe.issue("again and again");
    assert_eq!(deliver(&scene, &vec![valid.clone(); 7]).await, (6, Some(TEN_MINUTES)));
    assert_eq!(scene.received().await, 1);
    scene.end().await;

    let bytes = valid.dispatch.len() + valid.notice.len() + valid.key_wrap.len();
    let mut scene = Scene::with(Quota { bytes_per_day: 3 * bytes as u64, ..Quota::default() }).await;
    let valid = scene.foe.issue("again and again");
    assert_eq!(deliver(&scene, &vec![valid; 6]).await, (4, Some(TEN_MINUTES)));
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_a_goodbye_is_kept() {
    const COUNT: usize = 100;
    let mut scene = Scene::set().await;
    for (before, reason) in [(0, GoodbyeReason::Done), (COUNT, GoodbyeReason::NotReady)] {
        let frames: Vec<_> = (0..COUNT).map(|number| scene.foe.issue(&format!("{reason:?} {number}"))).collect();
        let mut link = scene.foe.greeted(&scene.endpoint).await;
        for frame in frames {
            link.say(Kind::Deliver(frame)).await;
        }
        link.say(Kind::Goodbye(wire::Goodbye { reason: reason.into(), retry_after_ms: 0 })).await;
        assert_eq!(link.end().await, End::Closed);
        // What the writer has been given before is done by then.
        scene.goes_on().await;
        assert_eq!(scene.received().await, before + COUNT);
    }
    scene.end().await;
}
