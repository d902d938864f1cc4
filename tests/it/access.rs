//! Access records: what is recorded before a text leaves the office, what does not leave it at all, and what an auditor sees.

use chapar::wire;
use chapar::wire::AuditView;
use chapar::wire::EntryKind;
use chapar::wire::Folder;
use prost::Message as _;
use tonic::Code;

use crate::binary::Binary;
use crate::binary::free_port;
use crate::binary::introduce;
use crate::local::Local;
use crate::world::a_notice;
use crate::world::an_amendment;
use crate::world::two;

/// All rows of a view.
async fn audited(local: &mut Local, view: AuditView) -> Vec<(wire::AuditRow, wire::Entry)> {
    let request = wire::AuditRequest { view: view.into(), ..wire::AuditRequest::default() };
    let rows = local.inspect.audit(request).await.unwrap().into_inner().rows;
    let with_entry = |row: wire::AuditRow| (row.clone(), wire::Entry::decode(row.entry.as_slice()).unwrap());
    rows.into_iter().map(with_entry).collect()
}

async fn print(local: &mut Local, notice: &str, why: &str) -> Result<wire::OpenNoticeResponse, Code> {
    let request =
        wire::OpenNoticeRequest { notice: notice.to_owned(), why: why.to_owned(), print: true, original: false };
    local.desk.open_notice(request).await.map(tonic::Response::into_inner).map_err(|status| status.code())
}

async fn export(local: &mut Local, notice: &str, why: &str) -> Result<wire::ExportNoticeResponse, Code> {
    let request = wire::ExportNoticeRequest { notice: notice.to_owned(), why: why.to_owned() };
    local.desk.export_notice(request).await.map(tonic::Response::into_inner).map_err(|status| status.code())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_originator_marks_does_not_leave_the_addressee() {
    let (_alt, mut a, _far, mut f, _) = two("2026-11-20T06:00:00Z").await;
    let mut marked = vec![];
    for (tlp, handling) in [
        (wire::Tlp::Amber, vec![wire::Handling::H1]),
        (wire::Tlp::Amber, vec![wire::Handling::H2]),
        (wire::Tlp::AmberStrict, vec![wire::Handling::H0]),
        (wire::Tlp::AmberStrict, vec![wire::Handling::H1, wire::Handling::H2]),
    ] {
        let mut draft = a_notice(&["TM-FAR"], wire::Urgency::Routine, "marked");
        let header = draft.header.as_mut().unwrap();
        header.tlp = tlp.into();
        header.handling = handling.into_iter().map(Into::into).collect();
        marked.push(a.send(draft).await.unwrap().reference);
    }
    a.all_delivered().await;
    let before = f.status().await.head.unwrap().size;
    for notice in &marked[1..] {
        assert_eq!(print(&mut f, notice, "case 7").await.unwrap_err(), Code::FailedPrecondition);
        assert_eq!(export(&mut f, notice, "case 7").await.unwrap_err(), Code::FailedPrecondition);
    }
    assert_eq!(print(&mut f, &marked[0], "").await.unwrap_err(), Code::InvalidArgument);
    assert_eq!(f.status().await.head.unwrap().size, before, "what was not shown is not recorded");
    // H1 does not keep it here; the export says what it must not be used for.
    let shown = print(&mut f, &marked[0], "case 7").await.unwrap();
    assert_eq!((shown.body.unwrap().subject.unwrap().text.as_str(), shown.reader.as_str()), ("marked", "TM-FAR-O01"));
    assert!(export(&mut f, &marked[0], "case 8").await.unwrap().not_for_court);
    // The originator may take its own away.
    assert!(!export(&mut a, &marked[2], "case 9").await.unwrap().not_for_court);
    let exports = audited(&mut f, AuditView::Exports).await;
    let said: Vec<_> =
        exports.iter().map(|(row, entry)| (row.reference.as_str(), entry.code, entry.note.as_str())).collect();
    assert_eq!(said, [(marked[0].as_str(), 3, "case 7"), (marked[0].as_str(), 2, "case 8")]);
    // An opening is a read, and no export.
    f.subject(&marked[1]).await;
    assert_eq!(audited(&mut f, AuditView::Exports).await.len(), 2);
    assert_eq!(audited(&mut f, AuditView::Reads).await.len(), 3);
    let officers = audited(&mut f, AuditView::Officers).await;
    assert_eq!(officers.len(), 3);
    assert_eq!(officers[0].1.kind, i32::from(EntryKind::Officer));
    // Each draft was read by who released it; its row says of what kind the notice is.
    let opened = audited(&mut a, AuditView::Reads).await;
    let of_drafts = opened.iter().filter(|(_, entry)| entry.kind() == EntryKind::DraftOpened);
    let of_drafts: Vec<_> = of_drafts.map(|(row, _)| (row.kind(), row.releaser.as_str())).collect();
    assert_eq!(of_drafts, vec![(wire::NoticeKind::ModusOperandi, "UZ-ALT-R01"); marked.len()]);
    // A kind that needs two officers was sent by one, in an emergency, and confirmed by another.
    assert_eq!(audited(&mut a, AuditView::SamePerson).await.len(), 0);
    let mut alone = a_notice(&["TM-FAR"], wire::Urgency::Immediate, "alone");
    alone.header.as_mut().unwrap().emergency = true;
    let alone = a.desk.send_notice(alone).await.unwrap().into_inner().reference;
    let waits = |status: &wire::GetStatusResponse| {
        status.problems.iter().any(|problem| problem.what.starts_with("1 notice was sent in an emergency"))
    };
    assert!(waits(&a.status().await));
    let confirm = wire::ConfirmNoticeRequest { notice: alone.clone() };
    assert_eq!(a.desk.confirm_notice(confirm.clone()).await.unwrap_err().code(), Code::FailedPrecondition, "own");
    let mut second = a.desk_of("UZ-ALT-R01");
    assert_eq!(second.confirm_notice(confirm.clone()).await.unwrap_err().code(), Code::FailedPrecondition, "unread");
    let open = wire::OpenNoticeRequest { notice: alone.clone(), ..wire::OpenNoticeRequest::default() };
    second.open_notice(open).await.unwrap();
    let confirmed = second.confirm_notice(confirm).await.unwrap().into_inner();
    assert!(!waits(&a.status().await));
    let one: Vec<_> = audited(&mut a, AuditView::SamePerson).await.into_iter().map(|(row, _)| row.reference).collect();
    assert_eq!(one, std::slice::from_ref(&alone));
    let both = audited(&mut a, AuditView::Emergency).await;
    let both: Vec<_> = both.iter().map(|(row, entry)| (row.reference.as_str(), entry.actor.as_str())).collect();
    let correction = confirmed.correction.unwrap().reference;
    assert_eq!(both, [(alone.as_str(), "UZ-ALT-O01"), (correction.as_str(), "UZ-ALT-R01")]);
    // A releasing officer has read each of the drafts.
    a.all_delivered().await;
    // A correction that tightens the marking keeps here what could leave before.
    let mut tighter = an_amendment(wire::NoticeKind::Correction, &marked[0], "tighter");
    tighter.header.as_mut().unwrap().handling = vec![wire::Handling::H1.into(), wire::Handling::H2.into()];
    let tighter = a.send(tighter).await.unwrap().reference;
    a.all_delivered().await;
    assert_eq!(print(&mut f, &marked[0], "case 7").await.unwrap_err(), Code::FailedPrecondition);
    assert_eq!(export(&mut f, &marked[0], "case 7").await.unwrap_err(), Code::FailedPrecondition);
    // Whoever opens a corrected notice has seen the correction.
    f.subject(&marked[0]).await;
    let reads = audited(&mut f, AuditView::Reads).await;
    let read: Vec<_> = reads[reads.len() - 2..].iter().map(|(row, _)| &row.reference).collect();
    assert_eq!(read, [&marked[0], &tighter]);
    let unspecified = wire::AuditRequest::default();
    assert_eq!(a.inspect.audit(unspecified).await.unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(f.verify().await.fault, "");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_before_a_kill_9_is_recorded() {
    let root = tempfile::tempdir().unwrap();
    let mut alt = Binary::init(root.path(), "UZ-ALT", Some(free_port()));
    let mut far = Binary::init(root.path(), "TM-FAR", Some(free_port()));
    introduce(root.path(), &mut [&mut alt, &mut far]);
    let mut sender = Local::of(&alt).await;
    let sent = sender.send(a_notice(&["TM-FAR"], wire::Urgency::Routine, "seen")).await.unwrap();
    sender.all_delivered().await;
    for round in 0..3 {
        let mut local = Local::of(&far).await;
        assert_eq!(local.list(Folder::Inbox).await.len(), 1);
        assert_eq!(local.subject(&sent.reference).await, "seen");
        print(&mut local, &sent.reference, &format!("print {round}")).await.unwrap();
        export(&mut local, &sent.reference, &format!("export {round}")).await.unwrap();
        far.kill();
        far.start();
    }
    let accessed = far.run(&["log", "show"]).done().objects();
    let accessed: Vec<_> = accessed.iter().filter(|entry| entry["kind"] == "ACCESSED").collect();
    let codes: Vec<_> = accessed.iter().map(|entry| entry["code"].as_u64().unwrap()).collect();
    assert_eq!(codes, [6, 1, 3, 2].repeat(3));
    assert!(accessed.iter().all(|entry| entry["actor"] == "TM-FAR-O01"));
    assert!(far.stop().success());
    far.run(&["log", "verify", "--offline"]).done();
}
