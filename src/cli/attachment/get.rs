//! `attachment get`: an attachment becomes a file of its own, which nothing seals any more.

use std::fs::File;
use std::io;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::path::PathBuf;

use serde_json::json;
use sha2::Digest as _;
use sha2::Sha256;
use tonic::Streaming;

use crate::cli::Global;
use crate::cli::attachment::Listed;
use crate::cli::attachment::listed;
use crate::cli::attachment::shown;
use crate::cli::client;
use crate::cli::client::Client;
use crate::cli::failure::Failure;
use crate::cli::failure::Kind;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::domain::notice;
use crate::wire;

/// Permissions of the file: nobody else reads it.
const MODE: u32 = 0o600;

/// Which attachment, and where to.
#[derive(clap::Args)]
pub(in crate::cli) struct Get {
    /// Reference, short reference as in 123-3, or digest
    #[arg(value_name = "REF")]
    reference: String,
    /// Its number in the list, or its name; may be left out if there is one only
    #[arg(value_name = "NUMBER|NAME")]
    which: Option<String>,
    /// Where to write it; a file that is there is never overwritten. Else its name, in this folder
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Why, in one line, with the case reference if there is one; it stands in the log
    #[arg(long, value_name = "TEXT")]
    why: String,
}

pub(super) fn run(args: Get, global: &Global) -> Result<(), Failure> {
    let out = global.output();
    let ask = async |mut client: Client| {
        let request = wire::OpenNoticeRequest { notice: args.reference.clone(), ..wire::OpenNoticeRequest::default() };
        let opened = client.desk.open_notice(request).await?.into_inner();
        let (file, _) = chosen(listed(&opened), args.which.as_deref())?;
        let path = place(args.to.clone(), &file)?;
        let request = wire::GetAttachmentRequest {
            notice: args.reference.clone(),
            digest: file.digest.clone(),
            export: true,
            why: args.why.clone(),
            ..wire::GetAttachmentRequest::default()
        };
        // Before it is an export that it cannot be written.
        let to = File::options().write(true).create_new(true).mode(MODE).open(&path);
        let to = to.map_err(|error| unwritten(&path, &error))?;
        let written = match client.desk.get_attachment(request).await {
            Ok(pieces) => write(to, &path, pieces.into_inner(), &file, &out).await,
            Err(status) => Err(status.into()),
        };
        if written.is_err() {
            // A part of it is of no use; the first error counts.
            let _gone = std::fs::remove_file(&path);
        }
        written?;
        Ok((path, file))
    };
    let (path, file) = client::ask(global, ask)?;
    let sha256 = hex::encode(&file.file_digest);
    if out.json {
        return out.object(&json!({"file": path.display().to_string(), "size": file.size_bytes, "sha256": sha256}));
    }
    out.text(global.words().say("attachment-written", &[shown(&path), ("sha256", sha256)]))
}

/// The attachment that is meant.
fn chosen(listed: Vec<Listed>, which: Option<&str>) -> Result<Listed, Failure> {
    let count = listed.len();
    let fits = |(i, (file, _)): &(usize, Listed)| match which {
        None => count == 1,
        Some(which) => which.parse() == Ok(i + 1) || file.name == which,
    };
    let mut fitting: Vec<_> = listed.into_iter().enumerate().filter(fits).map(|(_, one)| one).collect();
    match (fitting.pop(), fitting.is_empty()) {
        (Some(one), true) => Ok(one),
        _ => Err(Failure::said(Kind::Usage, "attachment-which", &[("count", count.to_string())])),
    }
}

/// Where to write it. A name is what another office says: one that this system would not give is not used.
fn place(to: Option<PathBuf>, file: &wire::AttachmentKey) -> Result<PathBuf, Failure> {
    match to {
        Some(to) => Ok(to),
        None if notice::check_name(&file.name).is_ok() => Ok(PathBuf::from(&file.name)),
        None => Err(Failure::said(Kind::Usage, "attachment-name-unusable", &[("name", file.name.clone())])),
    }
}

fn unwritten(path: &Path, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::AlreadyExists {
        return Failure::said(Kind::Config, "attachment-is-there", &[shown(path)]);
    }
    Failure::said(Kind::Config, "attachment-unwritten", &[shown(path), ("cause", error.to_string())])
}

/// Writes all of it; it must be what it was said to be.
async fn write(
    mut to: File,
    path: &Path,
    mut pieces: Streaming<wire::GetAttachmentResponse>,
    file: &wire::AttachmentKey,
    out: &Output,
) -> Result<(), Failure> {
    let failed = |error: io::Error| unwritten(path, &error);
    let mut progress = Progress::new(out, "bytes");
    let (mut hash, mut size) = (Sha256::new(), 0);
    while let Some(piece) = pieces.message().await? {
        to.write_all(&piece.data).map_err(failed)?;
        hash.update(&piece.data);
        size += piece.data.len() as u64;
        progress.at(size, file.size_bytes);
    }
    to.sync_all().map_err(failed)?;
    let is_whole = size == file.size_bytes && hash.finalize().as_slice() == file.file_digest;
    if is_whole { Ok(()) } else { Err(Failure::said(Kind::Unverified, "attachment-cut", &[shown(path)])) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_another_office_hides_nothing() {
        let named = |name: &str| wire::AttachmentKey { name: name.to_owned(), ..wire::AttachmentKey::default() };
        for name in [".bashrc", "-rf", "..", "a/b", ""] {
            assert!(place(None, &named(name)).is_err(), "{name}");
            assert_eq!(place(Some("here".into()), &named(name)).unwrap(), PathBuf::from("here"));
        }
        assert_eq!(place(None, &named("a.jpg")).unwrap(), PathBuf::from("a.jpg"));
    }
}
