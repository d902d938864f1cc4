//! Lists: that one is shown is an entry first, with its count of rows, whoever looks; an auditor sees who did.

use chapar::wire;
use chapar::wire::AuditView;
use chapar::wire::Folder;
use prost::Message as _;

use crate::local::Local;
use crate::world::a_notice;
use crate::world::two;

/// Who was shown which list, and how many rows of it.
async fn shown(local: &mut Local) -> Vec<(String, String, u64)> {
    let request = wire::AuditRequest { view: AuditView::Lists.into(), ..wire::AuditRequest::default() };
    let rows = local.inspect.audit(request).await.unwrap().into_inner().rows;
    let read = |row: wire::AuditRow| {
        let entry = wire::Entry::decode(row.entry.as_slice()).unwrap();
        assert_eq!((entry.code, row.reference.as_str(), entry.subject.len()), (6, "", 0));
        (entry.actor, entry.note, entry.sequence)
    };
    rows.into_iter().map(read).collect()
}

fn row(actor: &str, list: &str, rows: u64) -> (String, String, u64) {
    (actor.to_owned(), list.to_owned(), rows)
}

async fn size(local: &mut Local) -> u64 {
    local.status().await.head.unwrap().size
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_an_entry_with_its_count_before_it_is_shown() {
    let (_alt, mut a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    let before = size(&mut f).await;
    // Nothing is there, so nothing is shown.
    assert_eq!(f.list(Folder::Inbox).await, []);
    assert_eq!(f.list(Folder::Outbox).await, []);
    let none = f.desk.list_drafts(wire::ListDraftsRequest {}).await.unwrap().into_inner();
    assert_eq!((none.drafts.len(), size(&mut f).await), (0, before));

    for number in 0..9 {
        a.send(a_notice(&["TM-FAR"], wire::Urgency::Routine, &format!("notice {number}"))).await.unwrap();
    }
    a.all_delivered().await;
    // Seven rows a page.
    assert_eq!(f.list(Folder::Inbox).await.len(), 9);
    assert_eq!(a.list(Folder::Outbox).await.len(), 9);
    let request = wire::ListNoticesRequest { folder: Folder::Inbox.into(), ..wire::ListNoticesRequest::default() };
    f.desk_of("TM-FAR-R01").list_notices(request).await.unwrap();
    f.desk.save_draft(wire::SaveDraftRequest::default()).await.unwrap();
    assert_eq!(f.desk.list_drafts(wire::ListDraftsRequest {}).await.unwrap().into_inner().drafts.len(), 1);
    let expected = [
        row("TM-FAR-O01", "INBOX", 7),
        row("TM-FAR-O01", "INBOX", 2),
        row("TM-FAR-R01", "INBOX", 9),
        row("TM-FAR-O01", "DRAFTS", 1),
    ];
    assert_eq!(shown(&mut f).await, expected);
    assert_eq!(shown(&mut a).await, [row("UZ-ALT-O01", "OUTBOX", 7), row("UZ-ALT-O01", "OUTBOX", 2)]);
    // A folder that is none shows nothing.
    let wrong = wire::ListNoticesRequest::default();
    assert!(f.desk.list_notices(wrong).await.is_err());
    assert_eq!(shown(&mut f).await.len(), expected.len());
    // A list is no read of a notice, and no export.
    for view in [AuditView::Reads, AuditView::Exports] {
        let request = wire::AuditRequest { view: view.into(), ..wire::AuditRequest::default() };
        assert_eq!(f.inspect.audit(request).await.unwrap().into_inner().rows, []);
    }
    assert_eq!((a.verify().await.fault, f.verify().await.fault), (String::new(), String::new()));
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_is_one_entry_whatever_arrives() {
    let (_alt, mut a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    let send = async |a: &Local, subject: &str| {
        a.send(a_notice(&["TM-FAR"], wire::Urgency::Immediate, subject)).await.unwrap().digest
    };
    let first = send(&a, "before").await;
    a.all_delivered().await;
    let mut arrivals = f.desk.watch_inbox(wire::WatchInboxRequest { after: 0 }).await.unwrap().into_inner();
    assert_eq!(shown(&mut f).await, [row("TM-FAR-O01", "ARRIVALS", 1)], "before the first row was taken");
    let mut next = async || arrivals.message().await.unwrap().unwrap().notice.unwrap();
    assert_eq!(next().await.digest, first);
    let mut last = 0;
    for subject in ["one", "two"] {
        let digest = send(&a, subject).await;
        let notice = next().await;
        assert_eq!(notice.digest, digest);
        last = notice.index;
    }
    assert_eq!(shown(&mut f).await.len(), 1);
    // A watch that begins with no row is one as well: more may arrive.
    f.desk.watch_inbox(wire::WatchInboxRequest { after: last + 1 }).await.unwrap();
    f.desk.watch_inbox(wire::WatchInboxRequest { after: last }).await.unwrap();
    f.desk.watch_inbox(wire::WatchInboxRequest { after: u64::MAX }).await.unwrap();
    let counts: Vec<u64> = shown(&mut f).await.into_iter().map(|(_, _, rows)| rows).collect();
    assert_eq!(counts, [1, 0, 1, 0]);
    assert_eq!(f.verify().await.fault, "");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
