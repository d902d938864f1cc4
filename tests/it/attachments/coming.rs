//! How files come in: in pieces, again after a kill -9, looked at before they are taken.

use std::io::Write as _;

use chapar::limits;
use chapar::wire::json::Word as _;

use super::*;
use crate::binary::Binary;
use crate::binary::introduce;
use crate::local::Local;
use crate::world::two;

const CHUNK: u64 = limits::FILE_CHUNK_BYTES as u64;

#[tokio::test(flavor = "multi_thread")]
async fn pieces_are_taken_in_their_order_and_only_from_who_began() {
    let (alt, mut a, _far, f, _) = two("2026-11-24T08:00:00Z").await;
    let (mut desk, mut other) = (a.desk_as_itself(), a.desk_of("UZ-ALT-R01"));
    for (size, what) in [(0, "The file is empty"), (limits::ATTACHMENT_BYTES + 1, "larger than 64 MiB")] {
        refused(begin(&mut desk, size).await, Code::InvalidArgument, what);
    }
    let file: Vec<u8> = (0..3 * CHUNK + 100).map(|i| u8::try_from(i % 253).unwrap()).collect();
    let upload = begin(&mut desk, file.len() as u64).await.unwrap();
    refused(put(&mut other, &upload, 0, &file[..100_000]).await, Code::NotFound, "You bring in no such file");
    refused(put(&mut desk, &[7; 32], 0, &file[..100_000]).await, Code::NotFound, "You bring in no such file");
    refused(put(&mut desk, &[7; 5], 0, &[]).await, Code::NotFound, "You bring in no such file");
    // Whole chunks alone; what begins elsewhere is not taken.
    assert_eq!(put(&mut desk, &upload, 0, &file[..100]).await.unwrap(), 0);
    assert_eq!(put(&mut desk, &upload, 0, &file[..100_000]).await.unwrap(), CHUNK);
    assert_eq!(put(&mut desk, &upload, 0, &file[..100_000]).await.unwrap(), CHUNK);
    assert_eq!(put(&mut desk, &upload, 2 * CHUNK, &file[..100_000]).await.unwrap(), CHUNK);
    let early = desk.finish_attachment(finish(&upload, "a.bin", AttachmentKind::Other)).await;
    refused(early, Code::FailedPrecondition, "Only 65536 bytes");
    let long = vec![0; file.len()];
    refused(put(&mut desk, &upload, CHUNK, &long).await, Code::InvalidArgument, "More bytes came");
    let piece = vec![0; limits::UPLOAD_PIECE_BYTES + 1];
    refused(put(&mut desk, &upload, CHUNK, &piece).await, Code::InvalidArgument, "at most 262144 bytes");
    rest(&mut desk, &upload, &file).await.unwrap();
    assert_eq!(put(&mut desk, &upload, 0, &[]).await.unwrap(), file.len() as u64);
    // Nothing of it lies on the disk in clear.
    for entry in std::fs::read_dir(alt.folder.path().join("attachments")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(64).any(|some| some == &file[..64]));
    }
    for (name, what) in
        [("a/b.bin", "The name of the file"), ("", "The name of the file"), ("a\nb", "The name of the file")]
    {
        refused(
            desk.finish_attachment(finish(&upload, name, AttachmentKind::Other)).await,
            Code::InvalidArgument,
            what,
        );
    }
    let other_file = wire::FinishAttachmentRequest {
        file_digest: sha256(b"another"),
        ..finish(&upload, "a.bin", AttachmentKind::Other)
    };
    refused(desk.finish_attachment(other_file).await, Code::InvalidArgument, "not the one that was said");
    refused(
        desk.finish_attachment(finish(&upload, "a.bin", AttachmentKind::Unspecified)).await,
        Code::InvalidArgument,
        "not said what the file shows",
    );
    let mut said = finish(&upload, "a.bin", AttachmentKind::Other);
    for _ in 0..2 {
        // The answer may have been lost: it is given once more.
        let found = desk.finish_attachment(said.clone()).await.unwrap().into_inner().attachment.unwrap();
        assert_eq!((found.file_digest, found.size_bytes, found.key), (sha256(&file), file.len() as u64, vec![]));
        assert_eq!(found.media_type, "application/octet-stream");
        said.required = true;
    }
    // It is the officer's alone.
    let found = desk.finish_attachment(said).await.unwrap().into_inner().attachment.unwrap();
    refused(save(&mut other, "", &[&found]).await, Code::InvalidArgument, "body.attachments[0] names no file");
    desk.discard_attachment(wire::DiscardAttachmentRequest { upload: upload.clone() }).await.unwrap();
    refused(save(&mut desk, "", &[&found]).await, Code::InvalidArgument, "body.attachments[0] names no file");
    refused(put(&mut desk, &upload, 0, &[]).await, Code::NotFound, "You bring in no such file");
    for _ in 0..limits::UPLOADS_EACH {
        begin(&mut desk, 1).await.unwrap();
    }
    refused(begin(&mut desk, 1).await, Code::FailedPrecondition, "files that are in no draft");
    begin(&mut other, 1).await.unwrap();
    // A share for each officer.
    for _ in 0..3 {
        begin(&mut other, limits::ATTACHMENT_BYTES).await.unwrap();
    }
    let more = begin(&mut other, limits::ATTACHMENT_BYTES).await;
    refused(more, Code::FailedPrecondition, "Your files that are in no draft");
    assert_eq!(a.verify().await.fault, "");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_images_are_refused_or_carried_as_files() {
    let (_alt, a, _far, f, _) = two("2026-11-24T08:00:00Z").await;
    let mut desk = a.desk_as_itself();
    let table: serde_json::Value = serde_json::from_slice(&image("images.json")).unwrap();
    let mut seen = 0;
    for row in table["images"].as_array().unwrap() {
        let name = row["file"].as_str().unwrap();
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/images").join(name);
        let Ok(file) = std::fs::read(path) else { continue };
        seen += 1;
        let kind = AttachmentKind::from_word(row["kind"].as_str().unwrap()).unwrap();
        let answer = bring(&mut desk, &file, finish(&[], name, kind)).await;
        let flagged = |answer: &wire::FinishAttachmentResponse| {
            answer.flags.iter().map(|one| one.what.clone()).collect::<String>()
        };
        match row["expect"].as_str().unwrap() {
            "ok" => {
                let answer = answer.unwrap();
                let found = answer.attachment.unwrap();
                assert_eq!(
                    (found.media_type.as_str(), found.file_digest),
                    (row["mime"].as_str().unwrap(), sha256(&file))
                );
                assert_eq!((answer.flags.len(), answer.position_removed), (0, false), "{name}");
            }
            "strip-gps" => {
                let answer = answer.unwrap();
                assert!(answer.position_removed && flagged(&answer).contains("position"), "{answer:?}");
                let found = answer.attachment.unwrap();
                assert_eq!((found.size_bytes, found.media_type.as_str()), (file.len() as u64, "image/jpeg"));
                assert_ne!(found.file_digest, sha256(&file));
                let evidence = wire::FinishAttachmentRequest { evidential: true, ..finish(&[], name, kind) };
                let kept = bring(&mut desk, &file, evidence).await.unwrap();
                assert!(!kept.position_removed && kept.attachment.as_ref().unwrap().evidential);
                assert_eq!(kept.attachment.unwrap().file_digest, sha256(&file));
            }
            "opaque" => assert!(flagged(&answer.unwrap()).contains("scanner")),
            "reject-or-strip-trailing-bytes" => {
                let answer = answer.unwrap();
                assert!(flagged(&answer).contains("follows the end"), "{answer:?}");
                assert_eq!(answer.attachment.unwrap().media_type, "application/octet-stream");
            }
            "reject-empty" => refused(answer, Code::InvalidArgument, "The file is empty"),
            "reject-type-mismatch" => refused(answer, Code::InvalidArgument, "is neither JPEG nor PNG"),
            "reject-not-decodable" => refused(answer, Code::InvalidArgument, "cut off or damaged"),
            other => panic!("{other}"),
        }
    }
    assert!(seen >= 9, "{seen}");
    a.stop().await.unwrap();
    f.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_on_after_a_kill_9() {
    let root = tempfile::tempdir().unwrap();
    let mut alt = Binary::init(root.path(), "UZ-ALT", None);
    introduce(root.path(), &mut [&mut alt]);
    let file: Vec<u8> = (0..20 * CHUNK + 5).map(|i| u8::try_from(i / 7 % 256).unwrap()).collect();
    let said = wire::BeginAttachmentRequest { size_bytes: file.len() as u64, file_digest: sha256(&file) };
    let (mut upload, mut at) = (vec![], 0);
    while at < file.len() as u64 {
        let mut desk = Local::of(&alt).await.desk_as_itself();
        let begun = desk.begin_attachment(said.clone()).await.unwrap().into_inner();
        assert_eq!(begun.offset, at, "what was answered is there");
        assert!(upload.is_empty() || upload == begun.upload, "the same one goes on");
        upload = begun.upload;
        // One piece is answered, another one may or may not have come.
        let from = usize::try_from(at).unwrap();
        let piece = |from: usize| &file[from.min(file.len())..file.len().min(from + 4 * 65_536)];
        at = put(&mut desk, &upload, at, piece(from)).await.unwrap();
        let from = usize::try_from(at).unwrap();
        let mut late = desk.clone();
        let request = wire::PutAttachmentRequest { upload: upload.clone(), offset: at, data: piece(from).to_vec() };
        let more = tokio::spawn(async move { late.put_attachment(request).await.map(tonic::Response::into_inner) });
        alt.kill();
        if let Ok(answer) = more.await.unwrap() {
            at = answer.offset;
        }
        alt.start();
        let mut desk = Local::of(&alt).await.desk_as_itself();
        let there = put(&mut desk, &upload, 0, &[]).await.unwrap();
        assert!(there >= at);
        at = there;
    }
    let mut desk = Local::of(&alt).await.desk_as_itself();
    let request = finish(&upload, "a.bin", AttachmentKind::Other);
    let found = desk.finish_attachment(request.clone()).await.unwrap().into_inner().attachment.unwrap();
    alt.kill();
    alt.start();
    let mut desk = Local::of(&alt).await.desk_as_itself();
    assert_eq!(desk.finish_attachment(request).await.unwrap().into_inner().attachment, Some(found.clone()));
    let draft = save(&mut desk, "", &[&found]).await.unwrap().number.to_string();
    alt.kill();
    alt.start();
    let mut desk = Local::of(&alt).await.desk_as_itself();
    let (read, bytes) = get(&mut desk, of_draft(&draft, &found.digest)).await.unwrap();
    assert_eq!((read, bytes), (found, file.clone()));
    // A crash between the commit that names a file and its place: the next start puts it there, also if the one before it
    // is lost.
    let folder = alt.data.join("attachments");
    let mut finished = vec![];
    for _ in 0..2 {
        let upload = begin(&mut desk, 100).await.unwrap();
        rest(&mut desk, &upload, &[5; 100]).await.unwrap();
        let request = finish(&upload, "b.bin", AttachmentKind::Other);
        finished.push((upload, desk.finish_attachment(request).await.unwrap().into_inner().attachment.unwrap()));
    }
    finished.sort_by(|(one, _), (other, _)| one.cmp(other));
    let [(_, lost), (upload, found)] = finished.try_into().unwrap();
    // Part of a third one, of which a power cut has spoilt the end.
    let path = root.path().join("c.bin");
    std::fs::write(&path, &file).unwrap();
    let spoilt = desk.begin_attachment(said.clone()).await.unwrap().into_inner().upload;
    put(&mut desk, &spoilt, 0, &file[..65_536]).await.unwrap();
    alt.kill();
    let staged = |upload: &[u8]| folder.join(format!("{}.upload", hex::encode(upload)));
    std::fs::remove_file(folder.join(hex::encode(&lost.digest))).unwrap();
    std::fs::rename(folder.join(hex::encode(&found.digest)), staged(&upload)).unwrap();
    std::fs::OpenOptions::new().append(true).open(staged(&spoilt)).unwrap().write_all(&[0; 99]).unwrap();
    alt.start();
    let mut desk = Local::of(&alt).await.desk_as_itself();
    let draft = save(&mut desk, "", &[&found]).await.unwrap().number.to_string();
    assert_eq!(get(&mut desk, of_draft(&draft, &found.digest)).await.unwrap().1, [5; 100]);
    alt.run(&["attachment", "add", &draft, &path.display().to_string()]).done();
    alt.run(&["log", "verify"]).done();
}
