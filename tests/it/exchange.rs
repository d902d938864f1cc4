//! Two offices exchange notices over real links.

use std::collections::BTreeSet;
use std::sync::Arc;

use chapar::wire;
use chapar::wire::Folder;
use chapar::wire::Urgency;

use crate::world::Countries;
use crate::world::Running;
use crate::world::Site;
use crate::world::TestClock;
use crate::world::a_notice;
use crate::world::two;

const NOW: &str = "2026-11-20T06:00:00Z";

async fn send(node: &mut Running, to: &str, urgency: Urgency, subject: &str) -> wire::SendNoticeResponse {
    node.send(a_notice(&[to], urgency, subject)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_delivered_read_and_proven_by_both_logs() {
    let (_alt, mut a, _far, mut f, _) = two(NOW).await;
    let there = send(&mut a, "TM-FAR", Urgency::Immediate, "there").await;
    let back = send(&mut f, "UZ-ALT", Urgency::Routine, "and back").await;
    a.all_delivered().await;
    f.all_delivered().await;
    for (node, sent) in [(&mut a, &there), (&mut f, &back)] {
        let outbox = node.list(Folder::Outbox).await;
        assert_eq!(outbox.len(), 1);
        assert_eq!(outbox[0].digest, sent.digest);
        let outcome = outbox[0].deliveries[0].outcome;
        assert_eq!(wire::Outcome::try_from(outcome).unwrap(), wire::Outcome::Delivered);
    }
    assert_eq!(f.subject(&there.reference).await, "there");
    assert_eq!(a.subject(&back.reference).await, "and back");
    let request = wire::ExportNoticeRequest { notice: there.reference.clone(), why: "proof".to_owned() };
    let proof = f.desk.export_notice(request).await.unwrap();
    let proof = proof.into_inner();
    let bare = wire::ExportNoticeRequest { notice: there.reference.clone(), why: String::new() };
    assert_eq!(f.desk.export_notice(bare).await.unwrap_err().code(), tonic::Code::InvalidArgument);
    let view = wire::AuditView::Reads.into();
    let asked = wire::AuditRequest { view, notice: there.reference.clone(), ..wire::AuditRequest::default() };
    let reads = f.inspect.audit(asked).await.unwrap().into_inner().rows;
    let entries = reads.iter().map(|row| <wire::Entry as prost::Message>::decode(row.entry.as_slice()).unwrap());
    let said: Vec<_> = entries.map(|entry| (entry.code, entry.note)).collect();
    assert_eq!(said, [(1, String::new()), (2, "proof".to_owned())]);
    assert_eq!((proof.dispatches.len(), proof.receipts.len()), (1, 1));
    for node in [&mut a, &mut f] {
        let word = node.verify().await;
        assert_eq!(word.fault, "");
        assert_eq!(word.checked, node.status().await.head.unwrap().size);
    }
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_while_the_peer_was_away_arrives_once_and_in_order() {
    let (mut alt, mut a, mut far, f, _) = two(NOW).await;
    send(&mut a, "TM-FAR", Urgency::Routine, "before").await;
    a.all_delivered().await;
    f.stop().await.unwrap();
    a.until("the link is down", |status| status.peers.iter().all(|peer| !peer.connected)).await;
    for number in 0..20 {
        let urgency = if number % 5 == 0 { Urgency::Immediate } else { Urgency::Routine };
        send(&mut a, "TM-FAR", urgency, &format!("number {number}")).await;
    }
    // The sender restarts as well.
    a.stop().await.unwrap();
    let clock = TestClock::at(NOW);
    let mut f = far.start(Arc::<TestClock>::clone(&clock), true).await;
    let mut a = alt.start(clock, true).await;
    a.all_delivered().await;
    let inbox = f.list(Folder::Inbox).await;
    let digests: BTreeSet<_> = inbox.iter().map(|row| row.digest.clone()).collect();
    assert_eq!((inbox.len(), digests.len()), (21, 21));
    for urgency in [Urgency::Immediate, Urgency::Routine] {
        let numbers: Vec<_> = inbox
            .iter()
            .rev()
            .filter_map(|row| row.header.clone())
            .filter(|header| header.urgency == i32::from(urgency))
            .map(|header| header.reference)
            .collect();
        let mut sorted = numbers.clone();
        sorted.sort();
        assert_eq!(numbers, sorted, "in order within a lane");
    }
    assert_eq!(a.verify().await.fault, "");
    assert_eq!(f.verify().await.fault, "");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_that_does_not_listen_only_dials() {
    let clock = TestClock::at(NOW);
    let (mut alt, mut far) = (Site::make("UZ-ALT", 1), Site::make("TM-FAR", 2));
    let mut a = alt.start(Arc::<TestClock>::clone(&clock), false).await;
    let mut f = far.start(clock, true).await;
    let countries = Countries::of(&["UZ", "TM"]);
    let rosters = [countries.roster("UZ", 1, &[&alt]), countries.roster("TM", 1, &[&far])];
    a.trust(&countries, &rosters).await;
    f.trust(&countries, &rosters).await;
    send(&mut a, "TM-FAR", Urgency::Routine, "out").await;
    send(&mut f, "UZ-ALT", Urgency::Routine, "back over the same link").await;
    a.all_delivered().await;
    f.all_delivered().await;
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
