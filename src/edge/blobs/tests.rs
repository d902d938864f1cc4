//! Files that arrive, that are brought in, and that go.

use std::os::unix::fs::PermissionsExt as _;

use proptest::prelude::*;

use super::*;

fn blobs() -> (tempfile::TempDir, Blobs) {
    let data = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(data.path().join("attachments")).unwrap();
    (data, blobs)
}

fn from() -> OfficeCode {
    "TM-FAR".parse().unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn bytes_arrive_in_order_and_are_whole_once_their_digest_is_right() {
    let (data, blobs) = blobs();
    let (digest, path) = (Digest::of(b"ciphertext"), data.path().join("attachments"));
    assert_eq!((blobs.size(digest).unwrap(), blobs.arrived(digest, from()).unwrap()), (None, 0));
    assert_eq!(blobs.append(digest, from(), 0, b"ciph", 10).unwrap(), Appended::Arriving(4));
    assert_eq!((blobs.size(digest).unwrap(), blobs.arrived(digest, from()).unwrap()), (None, 4));
    assert!(blobs.read(digest, 0, 10).unwrap().is_empty(), "what is not whole is not read");
    for offset in [0, 3, 5] {
        let refused = blobs.append(digest, from(), offset, b"ertext", 10).unwrap_err();
        assert!(matches!(refused, BlobError::Misplaced { arrived: 4, .. }), "{refused}");
    }
    assert!(matches!(blobs.append(digest, from(), 4, b"ertext!", 10).unwrap_err(), BlobError::TooLong(_)));

    // The next process finds what was there.
    let blobs = Blobs::open(path.clone()).unwrap();
    assert_eq!(blobs.names().unwrap(), [Name::Arriving(digest, from())]);
    assert_eq!(blobs.append(digest, from(), 4, b"ertext", 10).unwrap(), Appended::Whole);
    assert_eq!((blobs.size(digest).unwrap(), blobs.arrived(digest, from()).unwrap()), (Some(10), 0));
    assert_eq!(
        blobs.append(digest, from(), 4, b"ertext", 10).unwrap(),
        Appended::Whole,
        "another session brings it as well"
    );
    assert_eq!(blobs.read(digest, 0, 10).unwrap(), b"ciphertext");
    assert_eq!(blobs.read(digest, 6, 9).unwrap(), b"text");
    assert!(blobs.read(digest, 10, 9).unwrap().is_empty());
    assert!(blobs.read(digest, u64::MAX, 9).unwrap().is_empty());
    assert_eq!(blobs.names().unwrap(), [Name::Whole(digest)]);
    assert_eq!((mode(&path), mode(&path.join(digest.to_string()))), (0o700, 0o600));
}

#[test]
fn a_wrong_digest_begins_again() {
    let (_data, blobs) = blobs();
    let digest = Digest::of(b"ciphertext");
    assert_eq!(blobs.append(digest, from(), 0, b"cipher\0\0", 10).unwrap(), Appended::Arriving(8));
    assert!(
        matches!(blobs.append(digest, from(), 8, b"xt", 10).unwrap_err(), BlobError::WrongDigest(d) if d == digest)
    );
    assert_eq!((blobs.size(digest).unwrap(), blobs.arrived(digest, from()).unwrap()), (None, 0));
    assert!(blobs.names().unwrap().is_empty());
    assert_eq!(blobs.append(digest, from(), 0, b"ciphertext", 10).unwrap(), Appended::Whole);
}

#[test]
fn an_upload_becomes_a_whole_attachment() {
    let (data, blobs) = blobs();
    let (id, digest) = (Digest([7; 32]), Digest::of(b"sealed"));
    assert!(matches!(blobs.keep(id, digest).unwrap_err(), BlobError::Disk { .. }));
    fs::write(blobs.staged(id), "sealed").unwrap();
    fs::write(data.path().join("attachments/note.txt"), "not ours").unwrap();
    assert_eq!(blobs.names().unwrap(), [Name::Staged(id)]);
    blobs.keep(id, digest).unwrap();
    assert_eq!(blobs.names().unwrap(), [Name::Whole(digest)]);
    assert_eq!(blobs.read(digest, 0, 100).unwrap(), b"sealed");
    fs::write(blobs.staged(id), "given up").unwrap();
    blobs.append(Digest([8; 32]), from(), 0, b"x", 2).unwrap();
    for gone in [Name::Staged(id), Name::Whole(digest), Name::Whole(digest), Name::Arriving(Digest([8; 32]), from())] {
        blobs.delete(gone).unwrap();
    }
    assert!(blobs.names().unwrap().is_empty());
}

#[test]
fn an_office_that_sends_wrong_bytes_spoils_only_its_own() {
    let (_data, blobs) = blobs();
    let (digest, other) = (Digest::of(b"ciphertext"), "TM-ASH".parse().unwrap());
    assert_eq!(blobs.append(digest, from(), 0, b"cipher", 10).unwrap(), Appended::Arriving(6));
    assert!(matches!(blobs.append(digest, other, 0, b"x", 1).unwrap_err(), BlobError::WrongDigest(_)));
    assert_eq!(blobs.append(digest, other, 0, b"xx", 10).unwrap(), Appended::Arriving(2));
    assert_eq!(blobs.append(digest, from(), 6, b"text", 10).unwrap(), Appended::Whole);
    assert_eq!(blobs.append(digest, other, 2, b"xx", 10).unwrap(), Appended::Whole);
    assert_eq!(blobs.names().unwrap(), [Name::Whole(digest)]);
}

fn written(blobs: &Blobs, name: Name) -> String {
    blobs.path(name).file_name().unwrap().to_str().unwrap().to_owned()
}

proptest! {
    #[test]
    fn names_are_read_as_they_are_written(name in "[0-9a-fA-F]{64}(\\.[A-Za-z-]{0,7})?|\\PC{0,80}", digest in any::<[u8; 32]>()) {
        let (_data, blobs) = blobs();
        if let Some(read) = named(&name) {
            prop_assert_eq!(written(&blobs, read), name);
        }
        let digest = Digest(digest);
        for name in [Name::Whole(digest), Name::Staged(digest), Name::Arriving(digest, from())] {
            prop_assert_eq!(named(&written(&blobs, name)), Some(name));
        }
    }
}
