//! Attachments as ciphertext (PROTOCOL 3): STREAM with ChaCha20-Poly1305 over chunks of 64 KiB, the last one marked.
//!
//! - A key encrypts one file, ever, so the seven bytes of the nonce that precede counter and mark are zero.
//! - The length of the file says which chunk is the last: a file that was cut, or in which chunks changed places, does
//!   not open.
//! - Each chunk is sealed and opened alone, so that a file comes in pieces and is read in pieces.

use std::fmt;

use aead_stream::NewStream as _;
use aead_stream::StreamBE32;
use aead_stream::StreamPrimitive as _;
use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::KeyInit as _;
use zeroize::Zeroize;
use zeroize::ZeroizeOnDrop;
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::entropy::random;
use crate::limits;

/// What a chunk is longer by as ciphertext, bytes.
pub const TAG_BYTES: usize = 16;
/// A whole chunk as ciphertext, bytes.
pub const SEALED_CHUNK_BYTES: usize = limits::FILE_CHUNK_BYTES + TAG_BYTES;

/// A chunk that was not made with this key, for this place of a file of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("chunk {0} of the attachment does not open")]
pub struct ChunkError(pub u64);

/// The key of one file. Wiped when dropped, never shown.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct FileKey([u8; 32]);

impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileKey")
    }
}

/// How many chunks a file of so many bytes has.
#[must_use]
pub const fn count(size: u64) -> u64 {
    size.div_ceil(limits::FILE_CHUNK_BYTES as u64)
}

/// Length of the ciphertext of a file of so many bytes.
#[must_use]
pub const fn sealed_size(size: u64) -> u64 {
    size.saturating_add(count(size).saturating_mul(TAG_BYTES as u64))
}

/// Length of a chunk of a file of so many bytes; 0 beyond its end.
#[must_use]
pub fn length(size: u64, index: u64) -> usize {
    let rest = size.saturating_sub(index.saturating_mul(limits::FILE_CHUNK_BYTES as u64));
    usize::try_from(rest).unwrap_or(usize::MAX).min(limits::FILE_CHUNK_BYTES)
}

impl FileKey {
    /// A fresh one.
    pub fn make(entropy: &mut dyn Entropy) -> Self {
        Self(random(entropy))
    }

    /// The key with these bytes; `None` if there are not 32 of them.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes, to be sealed.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals a chunk of a file of `size` bytes.
    ///
    /// # Errors
    /// If it is not as long as the chunk at this place is.
    pub fn seal(&self, size: u64, index: u64, plain: &[u8]) -> Result<Vec<u8>, ChunkError> {
        let (position, is_last) = place(size, index, plain.len())?;
        self.stream().encrypt(position, is_last, plain).map_err(|_| ChunkError(index))
    }

    /// Opens a chunk of a file of `size` bytes.
    ///
    /// # Errors
    /// If it is not that chunk, or was changed.
    pub fn open(&self, size: u64, index: u64, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, ChunkError> {
        let length = sealed.len().checked_sub(TAG_BYTES).ok_or(ChunkError(index))?;
        let (position, is_last) = place(size, index, length)?;
        self.stream().decrypt(position, is_last, sealed).map(Zeroizing::new).map_err(|_| ChunkError(index))
    }

    fn stream(&self) -> StreamBE32<ChaCha20Poly1305> {
        StreamBE32::from_aead(ChaCha20Poly1305::new(&self.0.into()), &[0; 7].into())
    }
}

/// The counter of a chunk, and whether it is the last one.
fn place(size: u64, index: u64, found: usize) -> Result<(u32, bool), ChunkError> {
    let fits = found > 0 && found == length(size, index);
    let position = u32::try_from(index).ok().filter(|_| fits).ok_or(ChunkError(index))?;
    Ok((position, index + 1 == count(size)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;
    use aead_stream::EncryptorBE32;
    use proptest::prelude::*;

    const CHUNK: u64 = limits::FILE_CHUNK_BYTES as u64;

    fn file(size: u64) -> Vec<u8> {
        (0..size).map(|i| u8::try_from(i % 251).unwrap()).collect()
    }

    fn sealed(key: &FileKey, file: &[u8]) -> Vec<Vec<u8>> {
        let size = file.len() as u64;
        (0..).zip(file.chunks(limits::FILE_CHUNK_BYTES)).map(|(i, chunk)| key.seal(size, i, chunk).unwrap()).collect()
    }

    /// What a reader makes of ciphertext that is said to be of a file of so many bytes.
    fn opened(key: &FileKey, size: u64, sealed: &[u8]) -> Result<Vec<u8>, ChunkError> {
        if sealed.len() as u64 != sealed_size(size) {
            return Err(ChunkError(0));
        }
        let mut plain = vec![];
        for (i, chunk) in (0..).zip(sealed.chunks(SEALED_CHUNK_BYTES)) {
            plain.extend_from_slice(&key.open(size, i, chunk)?);
        }
        Ok(plain)
    }

    #[test]
    fn it_is_the_stream_of_the_protocol() {
        let key = FileKey::make(&mut SeededEntropy::new(1));
        let file = file(2 * CHUNK + 5);
        let mut stream = EncryptorBE32::from_aead(ChaCha20Poly1305::new(key.bytes().into()), &[0; 7].into());
        let (first, rest) = file.split_at(limits::FILE_CHUNK_BYTES);
        let (second, last) = rest.split_at(limits::FILE_CHUNK_BYTES);
        let wanted = [
            stream.encrypt_next(first).unwrap(),
            stream.encrypt_next(second).unwrap(),
            stream.encrypt_last(last).unwrap(),
        ];
        assert_eq!(sealed(&key, &file), wanted);
        assert_eq!(format!("{key:?}"), "FileKey");
    }

    #[test]
    fn lengths_follow_from_the_length_of_the_file() {
        for (size, chunks, last) in [(1, 1, 1), (CHUNK, 1, CHUNK), (CHUNK + 1, 2, 1), (3 * CHUNK, 3, CHUNK)] {
            assert_eq!((count(size), length(size, chunks - 1) as u64), (chunks, last));
            assert_eq!((sealed_size(size), length(size, chunks)), (size + 16 * chunks, 0));
        }
        let key = FileKey::make(&mut SeededEntropy::new(1));
        assert_eq!(key.seal(0, 0, b""), Err(ChunkError(0)));
        assert_eq!(key.seal(5, 0, b"four"), Err(ChunkError(0)));
        assert_eq!(key.seal(4, 1, b"four"), Err(ChunkError(1)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn what_was_changed_does_not_open(chunks in 1..5_u64, last in 1..=64_u64, at in any::<prop::sample::Index>(),
            other in any::<prop::sample::Index>(), kind in 0..6) {
            let size = (chunks - 1) * CHUNK + last;
            let key = FileKey::make(&mut SeededEntropy::new(2));
            let file = file(size);
            let mut parts = sealed(&key, &file);
            let whole = parts.concat();
            prop_assert_eq!(whole.len() as u64, sealed_size(size));
            prop_assert_eq!(opened(&key, size, &whole).unwrap(), file);
            let other_key = FileKey::make(&mut SeededEntropy::new(3));
            prop_assert!(opened(&other_key, size, &whole).is_err());
            let (i, j) = (at.index(parts.len()), other.index(parts.len()));
            match kind {
                // Cut anywhere, also between two chunks; dropped; doubled; swapped; changed.
                0 => {
                    let cut = at.index(whole.len());
                    for said in [size, size.saturating_sub((whole.len() - cut) as u64).max(1), (cut as u64).max(1)] {
                        prop_assert!(opened(&key, said, &whole[..cut]).is_err());
                    }
                    let through = i as u64 * CHUNK;
                    if i > 0 {
                        let shorter = parts[..i].concat();
                        prop_assert!(opened(&key, through, &shorter).is_err(), "the last chunk is marked");
                    }
                    return Ok(());
                }
                1 => drop(parts.remove(i)),
                2 => parts.insert(j, parts[i].clone()),
                3 if parts[i] != parts[j] => parts.swap(i, j),
                4 => parts[i].push(0),
                _ => {
                    let byte = other.index(parts[i].len());
                    parts[i][byte] ^= 1;
                }
            }
            let changed = parts.concat();
            let plain = (changed.len() as u64).saturating_sub(16 * parts.len() as u64).max(1);
            for said in [size, plain] {
                prop_assert!(opened(&key, said, &changed).is_err());
            }
        }
    }
}
