//! What is served as a picture.

use std::path::PathBuf;

use super::*;
use crate::edge::env::SystemEntropy;
use crate::wire::AttachmentKind;

#[test]
fn what_another_office_calls_a_picture_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path().join("attachments")).unwrap();
    let image = |name: &str| {
        std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/images").join(name)).unwrap()
    };
    let mut entropy = SystemEntropy::open().unwrap();
    let mut verified = |bytes: &[u8], media_type: &str| {
        let (id, key) = (Digest::of(bytes), FileKey::make(&mut entropy));
        let digest = write(&blobs.staged(id), &key, bytes).unwrap();
        blobs.keep(id, digest).unwrap();
        let known = wire::AttachmentKey {
            digest: digest.0.to_vec(),
            key: key.bytes().to_vec(),
            media_type: media_type.to_owned(),
            size_bytes: bytes.len() as u64,
            file_digest: Digest::of(bytes).0.to_vec(),
            kind: AttachmentKind::Photo.into(),
            ..wire::AttachmentKey::default()
        };
        let found = verify(&blobs, &known).unwrap();
        assert_eq!(wire::AttachmentKey { media_type: media_type.to_owned(), ..found.clone() }, known);
        found.media_type
    };
    let (jpeg, png) = (image("photo-label.jpg"), image("xray-truck-floor.png"));
    let mut huge = png.clone();
    huge[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let sum = crc32fast::hash(&huge[12..29]).to_be_bytes();
    huge[29..33].copy_from_slice(&sum);
    for (bytes, said, served) in [
        (&jpeg, "image/jpeg", "image/jpeg"),
        (&jpeg, "image/png", "image/jpeg"),
        (&png, picture::OPAQUE, picture::OPAQUE),
        (&huge, "image/png", picture::OPAQUE),
        (&image("bad-polyglot-html.jpg"), "image/jpeg", picture::OPAQUE),
        (&b"<script>".to_vec(), "image/png", picture::OPAQUE),
    ] {
        assert_eq!(verified(bytes, said), served, "{said}");
    }
}
