//! Attachments at the desk: real nodes, real store, real files. Files come in piece by piece, are looked at, go with
//! drafts and notices, and are read by who may.

mod by_hand;
mod coming;
mod reading;
mod verified;

use std::path::PathBuf;

use chapar::edge::stubs::desk_service_client::DeskServiceClient;
use chapar::name::Digest;
use chapar::wire;
use chapar::wire::AttachmentKind;
use tonic::Code;
use tonic::Status;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;

use crate::local::Administrator;
use crate::world::a_notice;

type Desk = DeskServiceClient<InterceptedService<Channel, Administrator>>;

/// A picture of the samples.
fn image(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/images").join(name)).unwrap()
}

async fn begin(desk: &mut Desk, size_bytes: u64) -> Result<Vec<u8>, Status> {
    let request = wire::BeginAttachmentRequest { size_bytes, file_digest: vec![] };
    Ok(desk.begin_attachment(request).await?.into_inner().upload)
}

async fn put(desk: &mut Desk, upload: &[u8], offset: u64, data: &[u8]) -> Result<u64, Status> {
    let request = wire::PutAttachmentRequest { upload: upload.to_vec(), offset, data: data.to_vec() };
    Ok(desk.put_attachment(request).await?.into_inner().offset)
}

/// The rest of a file, from where the node has it.
async fn rest(desk: &mut Desk, upload: &[u8], file: &[u8]) -> Result<(), Status> {
    let mut at = put(desk, upload, 0, &[]).await?;
    while at < file.len() as u64 {
        let from = usize::try_from(at).unwrap();
        let piece = &file[from..file.len().min(from + 200_000)];
        at = put(desk, upload, at, piece).await?;
    }
    Ok(())
}

fn finish(upload: &[u8], name: &str, kind: AttachmentKind) -> wire::FinishAttachmentRequest {
    wire::FinishAttachmentRequest {
        upload: upload.to_vec(),
        name: name.to_owned(),
        kind: kind.into(),
        ..wire::FinishAttachmentRequest::default()
    }
}

/// Brings a whole file in.
async fn bring(
    desk: &mut Desk,
    file: &[u8],
    said: wire::FinishAttachmentRequest,
) -> Result<wire::FinishAttachmentResponse, Status> {
    let upload = begin(desk, file.len() as u64).await?;
    rest(desk, &upload, file).await?;
    let said = wire::FinishAttachmentRequest { upload, ..said };
    Ok(desk.finish_attachment(said).await?.into_inner())
}

async fn brought(desk: &mut Desk, name: &str, kind: AttachmentKind) -> wire::AttachmentKey {
    bring(desk, &image(name), finish(&[], name, kind)).await.unwrap().attachment.unwrap()
}

/// A draft with these files, kept or in place of another one.
async fn save(desk: &mut Desk, draft: &str, files: &[&wire::AttachmentKey]) -> Result<wire::DraftSummary, Status> {
    let notice = a_notice(&["TM-FAR"], wire::Urgency::Routine, "with a picture");
    let attachments = files.iter().map(|file| (*file).clone()).collect();
    let body = notice.body.map(|body| wire::NoticeBody { attachments, ..body });
    let request = wire::SaveDraftRequest { draft: draft.to_owned(), header: notice.header, body, ..Default::default() };
    Ok(desk.save_draft(request).await?.into_inner().draft.unwrap())
}

/// What a reader is sent: what it is, and its bytes.
async fn get(desk: &mut Desk, request: wire::GetAttachmentRequest) -> Result<(wire::AttachmentKey, Vec<u8>), Status> {
    let mut pieces = desk.get_attachment(request).await?.into_inner();
    let first = pieces.message().await?.unwrap();
    assert!(first.data.is_empty());
    let mut bytes = vec![];
    while let Some(piece) = pieces.message().await? {
        assert!(piece.attachment.is_none() && !piece.data.is_empty());
        bytes.extend_from_slice(&piece.data);
    }
    Ok((first.attachment.unwrap(), bytes))
}

fn of_draft(draft: &str, digest: &[u8]) -> wire::GetAttachmentRequest {
    wire::GetAttachmentRequest { draft: draft.to_owned(), digest: digest.to_vec(), ..Default::default() }
}

fn of_notice(notice: &str, digest: &[u8]) -> wire::GetAttachmentRequest {
    wire::GetAttachmentRequest { notice: notice.to_owned(), digest: digest.to_vec(), ..Default::default() }
}

async fn open(desk: &mut Desk, notice: &str) -> wire::OpenNoticeResponse {
    let request = wire::OpenNoticeRequest { notice: notice.to_owned(), ..wire::OpenNoticeRequest::default() };
    desk.open_notice(request).await.unwrap().into_inner()
}

#[track_caller]
fn refused<T: std::fmt::Debug>(answer: Result<T, Status>, code: Code, what: &str) {
    let status = answer.unwrap_err();
    assert_eq!(status.code(), code, "{status}");
    assert!(status.message().contains(what), "{what} is not in {}", status.message());
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    Digest::of(bytes).0.to_vec()
}
