//! Verifying looks at the files of attachments: what officers attached is here, what came is what it was, and what is still
//! to come is no fault.

use std::path::PathBuf;

use super::*;
use crate::local::PAUSE;
use crate::world::Site;
use crate::world::two;

/// The file of an attachment at an office.
fn file(site: &Site, attachment: &wire::AttachmentKey) -> PathBuf {
    site.folder.path().join("attachments").join(hex::encode(&attachment.digest))
}

/// What is checked of attachments: whole, still to come, bytes and of how many.
fn files(word: &wire::VerifyLogResponse) -> (u64, u64, u64, u64) {
    (word.attachments, word.attachments_to_come, word.attachment_bytes_checked, word.attachment_bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_verifies_with_the_files_that_it_names() {
    let (alt, mut a, far, mut f, _) = two("2026-11-24T08:00:00Z").await;
    let mut desk = a.desk_as_itself();
    let sent = brought(&mut desk, "photo-label.jpg", AttachmentKind::Photo).await;
    // What is only in a draft is in no log.
    let drafted = brought(&mut desk, "photo-plate-cyrillic.jpg", AttachmentKind::Photo).await;
    save(&mut desk, "", &[&drafted]).await.unwrap();
    let draft = a_notice(&["TM-FAR"], wire::Urgency::Routine, "with a picture");
    let body = draft.body.map(|body| wire::NoticeBody { attachments: vec![sent.clone()], ..body });
    let notice = a.send(wire::SendNoticeRequest { body, ..draft }).await.unwrap();
    let here = async {
        while !file(&far, &sent).exists() {
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), here).await.unwrap();

    let size = std::fs::metadata(file(&alt, &sent)).unwrap().len();
    for node in [&mut a, &mut f] {
        let word = node.verify().await;
        assert_eq!((word.fault.as_str(), files(&word)), ("", (1, 0, size, size)));
    }
    // A byte of what came is another one.
    let path = file(&far, &sent);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let word = f.verify().await;
    let digest = hex::encode(&sent.digest);
    assert_eq!(word.fault, format!("the file of an attachment of {} is not what it was: {digest}", notice.reference));
    assert_eq!((word.done, word.index, word.checked, word.root.len()), (true, None, word.size, 32), "the log is whole");
    assert_eq!(word.fault_said.unwrap().key, "fault-attachment-changed");
    // Without the file it is to come again; at its own office it is lost.
    for site in [&alt, &far] {
        std::fs::remove_file(file(site, &sent)).unwrap();
    }
    let word = f.verify().await;
    assert_eq!((word.fault.as_str(), files(&word)), ("", (0, 1, 0, 0)), "none of it was looked at");
    let word = a.verify().await;
    assert_eq!(word.fault, format!("the file of an attachment of {} is missing: {digest}", notice.reference));
    // Once nothing keeps its text, nothing asks for it.
    let reason = wire::ErasureReason::Unlawful.into();
    let erase = wire::EraseNoticeRequest { notice: notice.reference.clone(), reason };
    a.desk.clone().erase_notice(erase).await.unwrap();
    let word = a.verify().await;
    assert_eq!((word.fault.as_str(), files(&word)), ("", (0, 0, 0, 0)));
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}
