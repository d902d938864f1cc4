//! Who reads attachments: the author, the releasing officer, officers who have opened the notice; and nobody after an
//! erasure.

use std::sync::Arc;
use std::time::Duration;

use chapar::limits;
use chapar::time::Timestamp;
use chapar::wire::EntryKind;
use prost::Message as _;

use super::*;
use crate::local::PAUSE;
use crate::world::Running;
use crate::world::Site;
use crate::world::TestClock;
use crate::world::an_amendment;
use crate::world::pass;
use crate::world::two;

async fn entries(a: &mut Running, attachment: &[u8]) -> Vec<(i32, String, u32)> {
    let request = wire::ListEntriesRequest { start: 0, page_size: 1_000 };
    let all = a.inspect.list_entries(request).await.unwrap().into_inner().entries;
    let entry = |indexed: wire::IndexedEntry| wire::Entry::decode(indexed.entry.as_slice()).unwrap();
    let named = all.into_iter().map(entry).filter(|entry| entry.object == attachment);
    named.map(|entry| (entry.kind, entry.actor, entry.code)).collect()
}

fn files(site: &Site) -> Vec<String> {
    let folder = std::fs::read_dir(site.folder.path().join("attachments")).unwrap();
    folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Looks until it is so; the test's own deadline is the only one.
async fn until(site: &Site, what: &str, holds: impl Fn(&[String]) -> bool) {
    let waits = async {
        while !holds(&files(site)) {
            tokio::time::sleep(PAUSE).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(1), waits).await.is_ok(), "{what}: {:?}", files(site));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_from_a_draft_to_its_readers() {
    let (alt, mut a, _far, f, _) = two("2026-11-24T08:00:00Z").await;
    let (mut desk, mut second) = (a.desk_as_itself(), a.desk_of("UZ-ALT-R01"));
    let photo = brought(&mut desk, "photo-exif-gps.jpg", AttachmentKind::Photo).await;
    let scan = brought(&mut desk, "xray-truck-floor.png", AttachmentKind::XrayJpeg).await;
    let lied = wire::AttachmentKey {
        media_type: "text/html".to_owned(),
        key: vec![1; 32],
        file_digest: vec![2; 32],
        size_bytes: 1,
        evidential: true,
        ..photo.clone()
    };
    // What the node found counts, not what is said of it.
    let draft = save(&mut desk, "", &[&lied, &scan]).await.unwrap();
    let number = draft.number.to_string();
    let opened = desk.open_draft(wire::OpenDraftRequest { draft: number.clone() }).await.unwrap().into_inner();
    assert_eq!(opened.body.unwrap().attachments, [photo.clone(), scan.clone()]);
    assert!(opened.problems.is_empty() && opened.attachments.iter().all(|one| one.arrived_bytes == one.size_bytes));
    assert_eq!(opened.attachments.len(), 2);
    refused(get(&mut second, of_draft(&number, &photo.digest)).await, Code::NotFound, "There is no draft");
    refused(get(&mut desk, of_draft(&number, &[9; 32])).await, Code::NotFound, "no such attachment");
    let (read, bytes) = get(&mut desk, of_draft(&number, &photo.digest)).await.unwrap();
    assert_eq!((read, sha256(&bytes)), (photo.clone(), photo.file_digest.clone()));
    assert_eq!(entries(&mut a, &photo.digest).await, [], "one's own draft");
    // A draft may lose a file and keep another; the file goes with the next look.
    let draft = save(&mut desk, &number, &[&photo]).await.unwrap();
    refused(
        save(&mut desk, &number, &[&photo, &scan]).await,
        Code::InvalidArgument,
        "body.attachments[1] names no file",
    );
    desk.submit_draft(wire::SubmitDraftRequest { draft: number.clone() }).await.unwrap();

    let waits = second.list_drafts(wire::ListDraftsRequest {}).await.unwrap().into_inner().drafts.remove(0);
    assert_eq!(waits.number, draft.number);
    assert_eq!(get(&mut second, of_draft(&waits.reference, &photo.digest)).await.unwrap().1, bytes);
    let seen = (i32::from(EntryKind::DraftOpened), "UZ-ALT-R01".to_owned(), 0);
    assert_eq!(entries(&mut a, &photo.digest).await, [seen]);
    // Whoever has seen the picture has not read the text by that.
    let release = wire::ReleaseDraftRequest {
        draft: waits.reference.clone(),
        form: waits.form.clone(),
        statement: Some(crate::support::second::statement()),
    };
    refused(second.release_draft(release).await, Code::FailedPrecondition, "You have not read");
    let reference = a.release(waits).await.unwrap().reference;

    let row = desk.get_notice(wire::GetNoticeRequest { notice: reference.clone() }).await.unwrap().into_inner();
    let header = row.summary.unwrap().header.unwrap();
    assert_eq!(header.attachments.len(), 1);
    assert_eq!((&header.attachments[0].digest, &row.attachments[0].digest), (&photo.digest, &photo.digest));
    assert_eq!(row.attachments[0].arrived_bytes, header.attachments[0].size_bytes);
    let view = of_notice(&reference, &photo.digest);
    refused(get(&mut desk, view.clone()).await, Code::FailedPrecondition, "You have not opened");
    let opened = open(&mut desk, &reference).await;
    assert_eq!((opened.body.unwrap().attachments, opened.attachments), (vec![photo.clone()], row.attachments));
    assert_eq!(get(&mut desk, view.clone()).await.unwrap().1, bytes);
    let export = wire::GetAttachmentRequest { export: true, ..view.clone() };
    refused(get(&mut desk, export.clone()).await, Code::InvalidArgument, "justification");
    let export = wire::GetAttachmentRequest { why: "case 7".to_owned(), ..export };
    assert_eq!(get(&mut desk, export.clone()).await.unwrap().1, bytes);
    let accessed = |code| (i32::from(EntryKind::Accessed), "UZ-ALT-O01".to_owned(), code);
    assert_eq!(entries(&mut a, &photo.digest).await[1..], [accessed(1), accessed(2)]);
    refused(get(&mut desk, of_notice(&reference, &scan.digest)).await, Code::NotFound, "no such attachment");

    // A byte changed on the disk: not one leaves.
    let path = alt.folder.path().join("attachments").join(hex::encode(&photo.digest));
    let whole = std::fs::read(&path).unwrap();
    let mut changed = whole.clone();
    changed[70_000] ^= 1;
    std::fs::write(&path, changed).unwrap();
    refused(get(&mut desk, view.clone()).await, Code::DataLoss, "is damaged");
    std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    refused(get(&mut desk, view.clone()).await, Code::DataLoss, "is damaged");
    std::fs::remove_file(&path).unwrap();
    refused(get(&mut desk, view.clone()).await, Code::Unavailable, "0 % of the file");
    std::fs::write(&path, whole).unwrap();
    assert_eq!(entries(&mut a, &photo.digest).await.len(), 3, "what was not shown is not recorded");

    assert_eq!(a.verify().await.fault, "");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replacement_brings_its_own_and_what_is_erased_is_gone() {
    let (alt, mut a, _far, mut f, _) = two("2026-11-24T08:00:00Z").await;
    let mut desk = a.desk_as_itself();
    let photo = brought(&mut desk, "photo-plate-cyrillic.jpg", AttachmentKind::Photo).await;
    let scan = brought(&mut desk, "xray-truck-floor.png", AttachmentKind::XrayJpeg).await;
    let given_up = brought(&mut desk, "opaque-sample.uff", AttachmentKind::XrayUff).await;
    let mut notice = a_notice(&["TM-FAR"], wire::Urgency::Routine, "with a picture");
    notice.header.as_mut().unwrap().handling = vec![wire::Handling::H2.into()];
    notice.body.as_mut().unwrap().attachments = vec![photo.clone()];
    let reference = a.send(notice).await.unwrap().reference;
    let mut correction = an_amendment(wire::NoticeKind::Correction, &reference, "another picture");
    correction.header.as_mut().unwrap().handling = vec![wire::Handling::H2.into()];
    let part = correction.body.as_mut().unwrap().correction.as_mut().unwrap();
    part.full_replacement.as_mut().unwrap().attachments = vec![scan.clone()];
    let corrected = a.send(correction).await.unwrap().reference;
    let opened = open(&mut desk, &reference).await;
    assert_eq!(opened.body.unwrap().attachments, std::slice::from_ref(&scan));
    let here: Vec<_> = opened.attachments.iter().map(|one| one.digest.clone()).collect();
    assert_eq!(here, [photo.digest.clone(), scan.digest.clone()]);
    // What the correction brought is an access to the correction.
    for file in [&scan, &photo] {
        let (read, bytes) = get(&mut desk, of_notice(&reference, &file.digest)).await.unwrap();
        assert_eq!((&read, sha256(&bytes)), (file, file.file_digest.clone()));
    }
    assert_eq!(open(&mut desk, &corrected).await.attachments.len(), 1);
    a.all_delivered().await;

    // What its marking keeps at the addressee does not leave there, the picture neither.
    let mut far = f.desk_as_itself();
    let export =
        wire::GetAttachmentRequest { export: true, why: "case 7".to_owned(), ..of_notice(&reference, &photo.digest) };
    refused(get(&mut far, export.clone()).await, Code::FailedPrecondition, "You have not opened");
    let opened = open(&mut far, &reference).await;
    assert_eq!((opened.body.unwrap().attachments, opened.attachments.len()), (vec![scan.clone()], 2));
    refused(get(&mut far, export).await, Code::FailedPrecondition, "stays here");

    let erase = wire::EraseNoticeRequest { notice: reference.clone(), reason: wire::ErasureReason::CourtOrder.into() };
    a.desk.erase_notice(erase).await.unwrap();
    refused(get(&mut desk, of_notice(&reference, &photo.digest)).await, Code::NotFound, "no such attachment");
    assert_eq!(open(&mut desk, &reference).await.attachments, []);
    assert_eq!(get(&mut desk, of_notice(&corrected, &scan.digest)).await.unwrap().1.len() as u64, scan.size_bytes);
    until(&alt, "the file of the erased text is gone", |files| !files.contains(&hex::encode(&photo.digest))).await;
    assert!(files(&alt).contains(&hex::encode(&scan.digest)) && files(&alt).contains(&hex::encode(&given_up.digest)));

    assert_eq!(a.verify().await.fault, "");
    assert_eq!(f.verify().await.fault, "");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test]
async fn what_nobody_puts_into_a_draft_ends_after_a_week() {
    let clock = TestClock::at("2026-11-24T08:00:00Z");
    let mut alt = Site::make("UZ-ALT", 1);
    let mut a = alt.start(Arc::<TestClock>::clone(&clock), false).await;
    let mut desk = a.desk_as_itself();
    let kept = brought(&mut desk, "photo-plate-cyrillic.jpg", AttachmentKind::Photo).await;
    let given_up = brought(&mut desk, "opaque-sample.uff", AttachmentKind::XrayUff).await;
    let begun = begin(&mut desk, 70_000).await.unwrap();
    put(&mut desk, &begun, 0, &vec![1; 65_536]).await.unwrap();
    save(&mut desk, "", &[&kept]).await.unwrap();
    assert_eq!(files(&alt).len(), 3);
    clock.set("2026-12-01T08:00:01Z");
    let shown_ms = "2026-12-01T08:00:01Z".parse::<Timestamp>().unwrap().ms();
    a.inspect.confirm_clock(wire::ConfirmClockRequest { shown_ms }).await.unwrap();
    pass(limits::DUTIES_MS).await;
    until(&alt, "what was given up is gone", |files| files == [hex::encode(&kept.digest)]).await;
    refused(put(&mut desk, &begun, 0, &[]).await, Code::NotFound, "You bring in no such file");
    refused(save(&mut desk, "", &[&given_up]).await, Code::InvalidArgument, "names no file");
    let drafts = desk.list_drafts(wire::ListDraftsRequest {}).await.unwrap().into_inner().drafts;
    let discard = wire::DiscardDraftRequest { draft: drafts[0].number.to_string(), ..Default::default() };
    desk.discard_draft(discard).await.unwrap();
    until(&alt, "the file of a draft goes with it", <[String]>::is_empty).await;
    assert_eq!(a.verify().await.fault, "");
    a.stop().await.unwrap();
}
