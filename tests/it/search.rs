//! Search at the desk: what is found, that each hit is an entry, and what is not found any more.

use chapar::wire;
use chapar::wire::Matched;
use chapar::wire::NoticeKind;
use prost::Message as _;
use tonic::Code;

use crate::local::Local;
use crate::local::PAUSE;
use crate::world::TestClock;
use crate::world::a_notice;
use crate::world::an_amendment;
use crate::world::two;

fn asked(text: &str, why: &str) -> wire::SearchNoticesRequest {
    wire::SearchNoticesRequest { text: text.to_owned(), why: why.to_owned(), ..wire::SearchNoticesRequest::default() }
}

/// Searches, as soon as the index is built.
async fn search(local: &mut Local, text: &str, why: &str) -> Result<wire::SearchNoticesResponse, Code> {
    sought(local, asked(text, why)).await
}

async fn sought(local: &mut Local, request: wire::SearchNoticesRequest) -> Result<wire::SearchNoticesResponse, Code> {
    loop {
        match local.desk.search_notices(request.clone()).await {
            Ok(answer) => return Ok(answer.into_inner()),
            Err(status) if status.code() == Code::Unavailable => tokio::time::sleep(PAUSE).await,
            Err(status) => return Err(status.code()),
        }
    }
}

async fn found(local: &mut Local, text: &str) -> Vec<(String, Vec<Matched>)> {
    let answer = search(local, text, "case 7").await.unwrap();
    assert_eq!(answer.total, answer.hits.len() as u64);
    let hits = answer.hits.into_iter();
    hits.map(|hit| (hit.notice.clone().unwrap().header.unwrap().reference, hit.matched().collect())).collect()
}

/// References of all that is held, newest first.
async fn held(local: &mut Local, text: &str) -> Vec<String> {
    let answer = sought(local, wire::SearchNoticesRequest { held: true, ..asked(text, "case 7") }).await.unwrap();
    assert_eq!(answer.total, answer.hits.len() as u64);
    answer.hits.into_iter().map(|hit| hit.notice.unwrap().header.unwrap().reference).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn hits_are_recorded_and_withdrawn_notices_do_not_hit() {
    let (_alt, mut a, mut far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    let mut sent = vec![];
    for subject in ["Героин в раме прицепа", "Yuk mashinasi, prizep", "حیرتان ښار"] {
        let draft = a_notice(&["TM-FAR"], wire::Urgency::Routine, subject);
        sent.push(a.send(draft).await.unwrap().reference);
    }
    a.all_delivered().await;
    let word = |number: usize| vec![(sent[number].clone(), vec![Matched::Word])];
    for local in [&mut *a, &mut *f] {
        assert_eq!(found(local, "ГЕРОИН").await, word(0));
        assert_eq!(found(local, "mashinasi").await, word(1));
        assert_eq!(found(local, "حيرتان").await, word(2));
        assert_eq!(found(local, &sent[1]).await, [(sent[1].clone(), vec![Matched::Reference])]);
        assert_eq!(found(local, "гашиш").await, []);
    }
    // Three words, a reference, and nothing for what was not found or not answered.
    for (text, why) in [("героин", ""), ("", "case 7"), (" — ", "case 7"), (&"a ".repeat(33), "case 7")] {
        assert_eq!(search(&mut f, text, why).await.unwrap_err(), Code::InvalidArgument, "{text}");
    }
    let view = wire::AuditView::Reads.into();
    let reads = f.inspect.audit(wire::AuditRequest { view, ..wire::AuditRequest::default() }).await.unwrap();
    let entries = reads.into_inner().rows.into_iter().map(|row| wire::Entry::decode(row.entry.as_slice()).unwrap());
    let said: Vec<_> = entries.map(|entry| (entry.code, entry.note)).collect();
    assert_eq!(said, vec![(4, "case 7".to_owned()); 4]);

    let withdrawal = an_amendment(NoticeKind::Withdrawal, &sent[0], "recalled");
    a.send(withdrawal).await.unwrap();
    // What was corrected has its new text, until the correction is withdrawn as well.
    let correction = an_amendment(NoticeKind::Correction, &sent[1], "Contraband tea");
    let correction = a.send(correction).await.unwrap().reference;
    a.all_delivered().await;
    for local in [&mut *a, &mut *f] {
        assert_eq!(found(local, "героин").await, []);
        assert_eq!(found(local, "recalled").await.len(), 1);
        assert_eq!(found(local, "mashinasi").await, []);
        let both = [(correction.clone(), vec![Matched::Word]), word(1).remove(0)];
        assert_eq!(found(local, "contraband").await, both);
        // What is held is more: texts as they were sent, until they are erased.
        assert_eq!(held(local, "героин").await, [sent[0].clone()]);
        assert_eq!(held(local, &sent[0]).await, [sent[0].clone()]);
        assert_eq!(held(local, "mashinasi").await, [sent[1].clone()]);
        assert_eq!(held(local, "contraband").await, [correction.clone(), sent[1].clone()]);
        assert_eq!(held(local, "حیرتان").await, [sent[2].clone()]);
    }
    a.send(an_amendment(NoticeKind::Withdrawal, &correction, "never mind")).await.unwrap();
    a.all_delivered().await;
    for local in [&mut *a, &mut *f] {
        assert_eq!(found(local, "contraband").await, []);
        assert_eq!(held(local, "contraband").await, *std::slice::from_ref(&correction));
        assert_eq!(found(local, "mashinasi").await, word(1));
    }
    // The state is that of now.
    let states = vec![wire::NoticeState::Taken.into()];
    let taken = wire::SearchNoticesRequest { states, ..asked("mashinasi", "case 7") };
    assert_eq!(f.desk.search_notices(taken.clone()).await.unwrap().into_inner().total, 0);
    f.desk.take_notice(wire::TakeNoticeRequest { notice: sent[1].clone() }).await.unwrap();
    assert_eq!(f.desk.search_notices(taken).await.unwrap().into_inner().total, 1);
    assert_eq!(f.verify().await.fault, "");
    a.stop().await.unwrap();
    // The index is built again from the log.
    f.stop().await.unwrap();
    let mut f = far.start(TestClock::at("2026-11-20T06:00:00Z"), true).await;
    assert_eq!(found(&mut f, "героин").await, []);
    assert_eq!(found(&mut f, "mashinasi").await, word(1));
    assert_eq!(held(&mut f, "героин").await, [sent[0].clone()]);
    let reason = wire::ErasureReason::DataSubjectRequest.into();
    f.desk.erase_notice(wire::EraseNoticeRequest { notice: sent[0].clone(), reason }).await.unwrap();
    assert!(held(&mut f, "героин").await.is_empty(), "nothing is left of what is erased");
    f.stop().await.unwrap();
}
