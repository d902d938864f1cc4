//! Files that officers are bringing in, on disk: sealed chunk by chunk as they come, looked at once they are here. It blocks.
//!
//! Invariants:
//! - nothing of a file lies on the disk in clear;
//! - how far a file is, is what the disk holds: after a crash the sender goes on there;
//! - a key encrypts one file, ever: a chunk is written again only with the bytes that it had, and what is made of a file
//!   by taking its position out has a key of its own.

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use sha2::Digest as _;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::domain::chunks;
use crate::domain::chunks::FileKey;
use crate::domain::chunks::SEALED_CHUNK_BYTES;
use crate::domain::picture;
use crate::domain::picture::Position;
use crate::domain::picture::Seen;
use crate::edge::blobs;
use crate::edge::blobs::BlobError;
use crate::edge::blobs::Blobs;
use crate::edge::blobs::Name;
use crate::engine::rows::RowError;
use crate::engine::rows::uploads;
use crate::engine::store::View;
use crate::entropy::Entropy;
use crate::limits;
use crate::name::Digest;
use crate::wire;

/// Permissions of a file.
const FILE_MODE: u32 = 0o600;

/// Why a file does not go on, or is not taken.
#[derive(Debug, thiserror::Error)]
pub enum StagingError {
    /// The disk failed.
    #[error("the file cannot be written or read: {0}")]
    Disk(#[from] io::Error),
    /// The disk failed, or the file is not there.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// What is written of it cannot be read.
    #[error(transparent)]
    Row(#[from] RowError),
    /// More bytes than were said.
    #[error("more bytes came than were said")]
    TooLong,
    /// Other bytes came than before.
    #[error("other bytes came than before")]
    Changed,
    /// Not all of it is here.
    #[error("{0} bytes of the file are here")]
    NotWhole(u64),
    /// What lies on the disk is not what came.
    #[error("the file was damaged on the disk")]
    Damaged,
    /// It is not the file that was said.
    #[error("the file has another SHA-256 than was said")]
    Other,
    /// It is not taken.
    #[error(transparent)]
    Refused(#[from] picture::Refused),
}

/// A file that was looked at.
pub struct Looked {
    /// Digests, sizes, media type, key.
    pub found: wire::AttachmentKey,
    /// Under which id its ciphertext lies.
    pub staged: Digest,
    /// What it is shown as.
    pub seen: Seen,
    /// What became of the position in it.
    pub position: Position,
}

/// Takes bytes of a file, and says how far it is; only whole chunks are taken, and none that begin elsewhere.
///
/// # Errors
/// If more or other bytes come than before, or the disk fails.
pub fn put(
    blobs: &Blobs,
    id: Digest,
    known: &wire::AttachmentKey,
    offset: u64,
    data: &[u8],
) -> Result<u64, StagingError> {
    let (key, size) = (key_of(known)?, known.size_bytes);
    let path = blobs.staged(id);
    let file = File::options().read(true).write(true).create(true).truncate(false).mode(FILE_MODE).open(&path)?;
    let length = file.metadata()?.len();
    let arrived = arrived(size, length);
    if data.is_empty() || offset != arrived || arrived == size {
        return Ok(arrived);
    }
    if offset.saturating_add(data.len() as u64) > size {
        return Err(StagingError::TooLong);
    }
    let mut index = arrived / limits::FILE_CHUNK_BYTES as u64;
    let begin = index * SEALED_CHUNK_BYTES as u64;
    let mut sealed = vec![];
    for chunk in data.chunks(limits::FILE_CHUNK_BYTES) {
        // The rest of it comes once more.
        let Ok(one) = key.seal(size, index, chunk) else { break };
        sealed.extend_from_slice(&one);
        index += 1;
    }
    // What a crash left of a chunk was made of bytes that came before.
    let mut left = vec![0; usize::try_from(length.saturating_sub(begin)).unwrap_or(usize::MAX).min(sealed.len())];
    file.read_exact_at(&mut left, begin)?;
    if !sealed.starts_with(&left) {
        return Err(StagingError::Changed);
    }
    file.write_all_at(&sealed, begin)?;
    file.sync_all()?;
    if begin == 0 {
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(arrived_after(size, index))
}

/// Looks at a whole file: its digests, whether it is a picture, and takes the position out of one, unless it is evidence.
///
/// # Errors
/// If it is not here as a whole, not the file that was said, or not taken; if the disk fails.
pub fn look(
    blobs: &Blobs,
    id: Digest,
    known: &wire::AttachmentKey,
    said: &wire::FinishAttachmentRequest,
    entropy: &mut dyn Entropy,
) -> Result<Looked, StagingError> {
    let (mut key, mut size) = (key_of(known)?, known.size_bytes);
    let (mut plain, mut digest) = read(&blobs.staged(id), &key, size)?;
    let file_digest = Digest::of(&plain);
    let is_said = |digest: &[u8]| digest.is_empty() || digest == file_digest.0;
    if !is_said(&said.file_digest) || !is_said(&known.file_digest) {
        return Err(StagingError::Other);
    }
    let seen = picture::look(&said.name, said.kind(), &plain)?;
    let mut staged = id;
    // What an attempt before this one left there.
    blobs.delete(Name::Staged(without_position(id)))?;
    let position = if said.evidential { Position::default() } else { picture::take_position(&mut plain) };
    if position.is_taken {
        (key, size, staged) = (FileKey::make(entropy), plain.len() as u64, without_position(id));
        digest = write(&blobs.staged(staged), &key, &plain)?;
    }
    let found = wire::AttachmentKey {
        digest: digest.0.to_vec(),
        key: key.bytes().to_vec(),
        media_type: seen.mime().to_owned(),
        size_bytes: size,
        file_digest: Digest::of(&plain).0.to_vec(),
        evidential: said.evidential,
        ..wire::AttachmentKey::default()
    };
    Ok(Looked { found, staged, seen, position })
}

/// Puts a finished file into its place, if that was not done before; what is left of it goes.
///
/// # Errors
/// If it is not there, or the disk fails.
pub fn keep(blobs: &Blobs, id: Digest, digest: Digest) -> Result<(), StagingError> {
    for staged in [without_position(id), id] {
        if blobs.size(digest)?.is_none() && sha256(&blobs.staged(staged))? == Some(digest) {
            blobs.keep(staged, digest)?;
        }
    }
    discard(blobs, id)?;
    if blobs.size(digest)?.is_some() { Ok(()) } else { Err(StagingError::Damaged) }
}

/// Deletes what lies here under an id.
///
/// # Errors
/// If the disk fails.
pub fn discard(blobs: &Blobs, id: Digest) -> Result<(), StagingError> {
    for staged in [without_position(id), id] {
        blobs.delete(Name::Staged(staged))?;
    }
    Ok(())
}

/// Puts finished files into their places that a crash kept from there. For a start, before anybody brings files in.
///
/// # Errors
/// If the rows cannot be read.
pub fn recover(blobs: &Blobs, view: &dyn View) -> Result<(), StagingError> {
    for (id, row) in uploads::all(view)? {
        if let Ok(digest) = Digest::try_from(row.digest.as_slice())
            && !blobs.size(digest).is_ok_and(|size| size.is_some())
        {
            // One that is damaged keeps no other from its place.
            if let Err(error) = keep(blobs, id, digest) {
                tracing::error!(%error, %id, "a file that was brought in cannot be put into its place");
            }
        }
    }
    Ok(())
}

/// Deletes what lies here of files that nobody brings in any more.
///
/// # Errors
/// If a row cannot be read, or the disk fails.
pub fn sweep(blobs: &Blobs, view: &dyn View) -> Result<(), StagingError> {
    // First the files: one that comes meanwhile has its row already.
    let staged: Vec<_> = blobs.names()?.into_iter().filter(|name| matches!(name, Name::Staged(_))).collect();
    let ids = uploads::all(view)?.into_iter().map(|(id, _)| id);
    let counts: Vec<_> = ids.flat_map(|id| [Name::Staged(id), Name::Staged(without_position(id))]).collect();
    for stray in staged.into_iter().filter(|name| !counts.contains(name)) {
        blobs.delete(stray)?;
    }
    Ok(())
}

/// Reads a whole attachment and compares it with what is known of it: ciphertext, key and file. What is known, with the
/// media type that its bytes have: another office may say that something is a picture that its node would not show.
///
/// # Errors
/// If it is not what it should be; if the disk fails.
pub fn verify(blobs: &Blobs, known: &wire::AttachmentKey) -> Result<wire::AttachmentKey, StagingError> {
    let key = key_of(known)?;
    let digest = Digest::try_from(known.digest.as_slice()).map_err(|_| StagingError::Damaged)?;
    let is_said = known.media_type != picture::OPAQUE;
    // Grown once, as above.
    let size = known.size_bytes.min(if is_said { limits::ATTACHMENT_BYTES } else { 0 });
    let mut whole = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or_default()));
    let (mut cipher, mut file) = (Sha256::new(), Sha256::new());
    for index in 0..chunks::count(known.size_bytes) {
        let sealed = sealed_chunk(blobs, digest, index)?;
        cipher.update(&sealed);
        let plain = key.open(known.size_bytes, index, &sealed).map_err(|_| StagingError::Damaged)?;
        file.update(plain.as_slice());
        if is_said {
            whole.extend_from_slice(&plain);
        }
    }
    let is_same = cipher.finalize().as_slice() == known.digest && file.finalize().as_slice() == known.file_digest;
    let is_whole = blobs.size(digest)? == Some(chunks::sealed_size(known.size_bytes));
    if !is_same || !is_whole {
        return Err(StagingError::Damaged);
    }
    let seen = picture::look(&known.name, known.kind(), &whole).ok().filter(|_| is_said);
    Ok(wire::AttachmentKey { media_type: seen.map_or(picture::OPAQUE, Seen::mime).to_owned(), ..known.clone() })
}

/// A chunk of a whole attachment, opened; empty beyond its end.
///
/// # Errors
/// If it does not open; if the disk fails.
pub fn chunk(blobs: &Blobs, known: &wire::AttachmentKey, index: u64) -> Result<Zeroizing<Vec<u8>>, StagingError> {
    if index >= chunks::count(known.size_bytes) {
        return Ok(Zeroizing::default());
    }
    let digest = Digest::try_from(known.digest.as_slice()).map_err(|_| StagingError::Damaged)?;
    let sealed = sealed_chunk(blobs, digest, index)?;
    key_of(known)?.open(known.size_bytes, index, &sealed).map_err(|_| StagingError::Damaged)
}

fn sealed_chunk(blobs: &Blobs, digest: Digest, index: u64) -> Result<Vec<u8>, StagingError> {
    Ok(blobs.read(digest, index.saturating_mul(SEALED_CHUNK_BYTES as u64), SEALED_CHUNK_BYTES)?)
}

fn key_of(known: &wire::AttachmentKey) -> Result<FileKey, StagingError> {
    FileKey::from_bytes(&known.key).ok_or(StagingError::Damaged)
}

/// The id under which a file lies from which the position was taken.
fn without_position(id: Digest) -> Digest {
    Digest::of(&[b"chapar without position v1".as_slice(), &id.0].concat())
}

/// Bytes of a file of which so many bytes of ciphertext are here.
fn arrived(size: u64, length: u64) -> u64 {
    if length >= chunks::sealed_size(size) { size } else { arrived_after(size, length / SEALED_CHUNK_BYTES as u64) }
}

/// Bytes of so many chunks of a file.
fn arrived_after(size: u64, chunks: u64) -> u64 {
    chunks.saturating_mul(limits::FILE_CHUNK_BYTES as u64).min(size)
}

/// A whole staged file, and the digest of its ciphertext.
fn read(path: &Path, key: &FileKey, size: u64) -> Result<(Zeroizing<Vec<u8>>, Digest), StagingError> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(StagingError::NotWhole(0)),
        opened => opened?,
    };
    let length = file.metadata()?.len();
    if length != chunks::sealed_size(size) {
        return Err(StagingError::NotWhole(arrived(size, length)));
    }
    // Grown once: what a longer vector leaves behind would not be wiped.
    let mut plain = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or_default()));
    let (mut hash, mut sealed) = (Sha256::new(), vec![]);
    for index in 0..chunks::count(size) {
        sealed.resize(chunks::length(size, index) + chunks::TAG_BYTES, 0);
        file.read_exact(&mut sealed)?;
        hash.update(&sealed);
        plain.extend_from_slice(&key.open(size, index, &sealed).map_err(|_| StagingError::Damaged)?);
    }
    Ok((plain, Digest(hash.finalize().into())))
}

/// Seals a whole file, durably; the digest of its ciphertext.
fn write(path: &Path, key: &FileKey, plain: &[u8]) -> Result<Digest, StagingError> {
    let file = File::options().write(true).create_new(true).mode(FILE_MODE).open(path)?;
    let (mut hash, mut at) = (Sha256::new(), 0);
    for (index, chunk) in (0..).zip(plain.chunks(limits::FILE_CHUNK_BYTES)) {
        let sealed = key.seal(plain.len() as u64, index, chunk).map_err(|_| StagingError::Damaged)?;
        hash.update(&sealed);
        file.write_all_at(&sealed, at)?;
        at += sealed.len() as u64;
    }
    file.sync_all()?;
    Ok(Digest(hash.finalize().into()))
}

fn sha256(path: &Path) -> io::Result<Option<Digest>> {
    match blobs::sha256(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        digest => digest.map(Some),
    }
}
