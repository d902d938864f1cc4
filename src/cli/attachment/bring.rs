//! Brings files in: piece by piece, from where the node has them.

use std::fs::File;
use std::io;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;

use sha2::Digest as _;
use sha2::Sha256;
use tonic::Status;

use crate::cli::attachment::shown;
use crate::cli::client::Client;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::domain::draft::Draft;
use crate::edge::status::said_of;
use crate::limits;
use crate::wire;
use crate::wire::AttachmentKind;

/// Reads bytes from an offset on: how many; none at the end.
type Source<'a> = &'a (dyn Fn(&mut [u8], u64) -> io::Result<usize> + Sync);

/// Files that were brought in, and are in no draft yet.
#[derive(Default)]
pub(in crate::cli) struct Brought {
    uploads: Vec<Vec<u8>>,
    /// What the officer should see of them.
    pub(in crate::cli) flags: Vec<wire::Finding>,
}

/// Finds the files that a draft names: beside it, or one folder up. Only what lies there: a draft may come from anybody.
pub(in crate::cli) fn find(draft: &mut Draft, path: &Path) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new(""));
    for named in &mut draft.files {
        let name = Path::new(&named.file);
        let is_near = name.components().all(|part| matches!(part, Component::Normal(_)));
        let places: [PathBuf; 2] = [folder.join(name), folder.join("..").join(name)];
        let found = places.iter().find(|place| is_near && place.is_file());
        let Some(found) = found else {
            let names = [("path", named.path.clone()), ("file", named.file.clone())];
            return Err(Failure::said(Kind::Config, "attachment-not-found", &names));
        };
        named.file = found.to_string_lossy().into_owned();
    }
    Ok(())
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::said(Kind::Config, "attachment-unreadable", &[shown(path), ("cause", error.to_string())])
}

impl Brought {
    /// Brings in all files that a draft names, and puts them into it.
    pub(in crate::cli) async fn files(
        &mut self,
        client: &mut Client,
        draft: &mut Draft,
        out: &Output,
    ) -> Result<(), Failure> {
        for named in std::mem::take(&mut draft.files) {
            match self.file(client, Path::new(&named.file), &named.said, out).await {
                Ok(found) => draft.put(&named, found),
                Err(failure) => {
                    self.drop_all(client).await;
                    return Err(failure);
                }
            }
        }
        Ok(())
    }

    /// Brings in those files of a draft that are held here, by how it names them, and leaves the others out.
    pub(in crate::cli) async fn held(
        &mut self,
        client: &mut Client,
        draft: &mut Draft,
        held: &[(&str, &[u8])],
        out: &Output,
    ) -> Result<(), Failure> {
        for named in std::mem::take(&mut draft.files) {
            let Some((_, bytes)) = held.iter().find(|(name, _)| *name == named.file) else { continue };
            let source = |piece: &mut [u8], at: u64| {
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                bytes.get(at..).unwrap_or_default().read(piece)
            };
            let found = self.bytes(client, &source, Path::new(&named.file), &named.said, out).await?;
            draft.put(&named, found);
        }
        Ok(())
    }

    /// Brings in a file; what the node found it to be.
    pub(in crate::cli) async fn file(
        &mut self,
        client: &mut Client,
        path: &Path,
        said: &wire::AttachmentKey,
        out: &Output,
    ) -> Result<wire::AttachmentKey, Failure> {
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        self.bytes(client, &|piece, at| file.read_at(piece, at), path, said, out).await
    }

    /// The same of bytes that something else holds under this name.
    pub(in crate::cli) async fn bytes(
        &mut self,
        client: &mut Client,
        source: Source<'_>,
        path: &Path,
        said: &wire::AttachmentKey,
        out: &Output,
    ) -> Result<wire::AttachmentKey, Failure> {
        let (size, digest) = measured(source).map_err(|error| unreadable(path, &error))?;
        let is_other = (said.size_bytes > 0 && said.size_bytes != size)
            || (!said.file_digest.is_empty() && said.file_digest != digest);
        if is_other {
            return Err(Failure::said(Kind::Config, "attachment-other", &[shown(path)]));
        }
        let request = wire::BeginAttachmentRequest { size_bytes: size, file_digest: digest.clone() };
        let wire::BeginAttachmentResponse { mut upload, mut offset } =
            client.desk.begin_attachment(request.clone()).await?.into_inner();
        let mut is_anew = false;
        let mut progress = Progress::new(out, "bytes");
        let mut piece = vec![0; limits::UPLOAD_PIECE_BYTES];
        while offset < size {
            let read = source(&mut piece, offset).map_err(|error| unreadable(path, &error))?;
            let data = piece.get(..read).unwrap_or_default().to_vec();
            let piece = wire::PutAttachmentRequest { upload: upload.clone(), offset, data };
            let next = match client.desk.put_attachment(piece).await {
                Ok(put) => put.into_inner().offset,
                // A power cut may have damaged what came before: it would be in the way for a week.
                Err(status) if is_changed(&status) && !is_anew => {
                    client.desk.discard_attachment(wire::DiscardAttachmentRequest { upload }).await?;
                    is_anew = true;
                    wire::BeginAttachmentResponse { upload, offset } =
                        client.desk.begin_attachment(request.clone()).await?.into_inner();
                    continue;
                }
                Err(status) => return Err(status.into()),
            };
            if next <= offset {
                // It is being written to.
                return Err(Failure::said(Kind::Config, "attachment-other", &[shown(path)]));
            }
            offset = next;
            progress.at(offset, size);
        }
        drop(progress);
        let kind = if said.kind == 0 { by_name(path).into() } else { said.kind };
        let request = wire::FinishAttachmentRequest {
            upload: upload.clone(),
            name: said.name.clone(),
            kind,
            caption: said.caption.clone(),
            required: said.required,
            tlp: said.tlp,
            evidential: said.evidential,
            file_digest: digest,
        };
        let finished = client.desk.finish_attachment(request).await;
        self.uploads.push(upload);
        let finished = match finished {
            Ok(finished) => finished.into_inner(),
            Err(status) => {
                // What is not taken now is not taken later either.
                self.drop_all(client).await;
                return Err(status.into());
            }
        };
        self.flags.extend(finished.flags);
        Ok(finished.attachment.unwrap_or_default())
    }

    /// What became of the draft that names them; if it was refused, they go.
    pub(in crate::cli) async fn kept<T>(
        &mut self,
        client: &mut Client,
        answer: Result<T, Status>,
    ) -> Result<T, Failure> {
        match answer {
            Ok(answer) => Ok(answer),
            Err(status) => {
                self.drop_all(client).await;
                Err(status.into())
            }
        }
    }

    async fn drop_all(&mut self, client: &mut Client) {
        for upload in std::mem::take(&mut self.uploads) {
            // What stays is thrown away by the node.
            let _gone = client.desk.discard_attachment(wire::DiscardAttachmentRequest { upload }).await;
        }
    }
}

/// Whether the node has other bytes of the file than come now.
fn is_changed(status: &Status) -> bool {
    let said = said_of(status).and_then(|refused| refused.said);
    said.is_some_and(|said| said.key == "refused-file-changed")
}

fn measured(source: Source<'_>) -> io::Result<(u64, Vec<u8>)> {
    let (mut hash, mut size, mut piece) = (Sha256::new(), 0, vec![0; limits::UPLOAD_PIECE_BYTES]);
    loop {
        let read = source(&mut piece, size)?;
        if read == 0 {
            return Ok((size, hash.finalize().to_vec()));
        }
        hash.update(piece.get(..read).unwrap_or_default());
        size += read as u64;
    }
}

/// What a file shows, if nobody says it.
fn by_name(path: &Path) -> AttachmentKind {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "jpg" | "jpeg" | "png" => AttachmentKind::Photo,
        "uff" => AttachmentKind::XrayUff,
        _ => AttachmentKind::Other,
    }
}
