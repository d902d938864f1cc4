//! Pictures of the samples, and what was done to them.

use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::wire::json::Word as _;

fn image(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/images").join(name)).unwrap()
}

/// Fields of the EXIF that another reader finds: the position, and how many others.
fn exif(bytes: &[u8]) -> (Vec<String>, usize) {
    let Ok(read) = exif::Reader::new().read_from_container(&mut std::io::Cursor::new(bytes)) else {
        return (vec![], 0);
    };
    let is_position = |field: &&exif::Field| field.tag.context() == exif::Context::Gps;
    let position: Vec<_> = read.fields().filter(is_position).map(|field| field.tag.to_string()).collect();
    let others = read.fields().filter(|field| !is_position(field) && field.tag.number() != 0x8825);
    (position, others.count())
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [name.as_slice(), data].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [length.as_slice(), &named, &crc32fast::hash(&named).to_be_bytes()].concat()
}

/// All that tells a position is out.
const TAKEN: Position = Position { is_taken: true, may_stay: false };

/// A PNG with a chunk before its pixels.
fn png_with(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let whole = image("xray-truck-floor.png");
    let (head, rest) = whole.split_at(8 + 25);
    [head, &chunk(name, data), rest].concat()
}

/// A JPEG with a segment at its beginning.
fn jpeg_with(marker: u8, text: &[u8]) -> Vec<u8> {
    let whole = image("photo-plate-cyrillic.jpg");
    let length = u16::try_from(text.len() + 2).unwrap().to_be_bytes();
    [&[0xff, 0xd8, 0xff, marker], length.as_slice(), text, &whole[2..]].concat()
}

#[test]
fn the_sample_images_are_what_their_table_says() {
    let table: serde_json::Value = serde_json::from_slice(&image("images.json")).unwrap();
    let mut seen = 0;
    for row in table["images"].as_array().unwrap() {
        let name = row["file"].as_str().unwrap();
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/images").join(name);
        let Ok(mut bytes) = std::fs::read(path) else { continue };
        seen += 1;
        let kind: AttachmentKind = AttachmentKind::from_word(row["kind"].as_str().unwrap()).unwrap();
        let found = look(name, kind, &bytes);
        let found_as = found;
        match row["expect"].as_str().unwrap() {
            "ok" | "strip-gps" => assert_eq!(found.unwrap().mime(), row["mime"], "{name}"),
            "opaque" => assert_eq!(found, Ok(Seen::Opaque(Opaque::Scanner))),
            "reject-not-decodable" => assert_eq!(found, Err(Refused::Broken), "{name}"),
            "reject-empty" => assert_eq!(found, Err(Refused::Empty)),
            "reject-type-mismatch" => assert_eq!(found, Err(Refused::Other), "{name}"),
            "reject-or-strip-trailing-bytes" => assert_eq!(found, Ok(Seen::Opaque(Opaque::Trailing)), "{name}"),
            other => panic!("{other}"),
        }
        let before = bytes.clone();
        let position = take_position(&mut bytes);
        assert_eq!(position.is_taken, row["expect"] == "strip-gps", "{name}");
        assert_eq!(position.may_stay, !matches!(found_as, Ok(Seen::Picture(_))), "{name}");
        assert_eq!(bytes == before, row["expect"] != "strip-gps", "{name}");
    }
    assert!(seen >= 9, "{seen}");
}

#[test]
fn what_a_file_is_said_to_be_decides_what_is_refused() {
    let jpeg = image("photo-plate-cyrillic.jpg");
    let cut = &jpeg[..jpeg.len() - 2];
    for (name, kind, bytes, expected) in [
        ("a.jpg", AttachmentKind::Other, b"text".as_slice(), Err(Refused::Other)),
        ("a.PNG", AttachmentKind::Other, cut, Err(Refused::Broken)),
        ("a.bin", AttachmentKind::XrayJpeg, cut, Err(Refused::Broken)),
        ("a.bin", AttachmentKind::Other, cut, Ok(Seen::Opaque(Opaque::Broken))),
        ("a.pdf", AttachmentKind::ScanDoc, b"%PDF-", Ok(Seen::Opaque(Opaque::Other))),
        ("jpg", AttachmentKind::Other, b"%PDF-", Ok(Seen::Opaque(Opaque::Other))),
        ("a.png", AttachmentKind::Photo, &jpeg, Ok(Seen::Picture(Media::Jpeg))),
        ("a.jpg", AttachmentKind::Dicos, &jpeg, Ok(Seen::Opaque(Opaque::Scanner))),
        ("a.jpg", AttachmentKind::Other, b"", Err(Refused::Empty)),
    ] {
        assert_eq!(look(name, kind, bytes), expected, "{name} {kind:?}");
    }
    assert_eq!((Seen::Picture(Media::Png).mime(), Seen::Opaque(Opaque::Other).mime()), ("image/png", OPAQUE));
}

#[test]
fn a_position_goes_and_the_rest_stays() {
    let before = image("photo-exif-gps.jpg");
    let mut after = before.clone();
    assert_eq!(take_position(&mut after), TAKEN);
    let ((position, others), (gone, left)) = (exif(&before), exif(&after));
    assert!(!position.is_empty() && others > 0, "{position:?} {others}");
    assert_eq!((gone, left), (vec![], others));
    assert_eq!(before.len(), after.len());
    assert_eq!(look("a.jpg", AttachmentKind::Photo, &after), Ok(Seen::Picture(Media::Jpeg)));
    let begin = before.windows(6).position(|six| six == b"Exif\0\0").unwrap();
    let end = begin - 2 + usize::from(u16::from_be_bytes([before[begin - 2], before[begin - 1]]));
    assert!(before[..begin] == after[..begin] && before[end..] == after[end..], "not a byte beside the EXIF");
    assert_eq!(take_position(&mut after), Position::default());
    // What follows the end stays, and so does that it is carried as a file: nobody may say that no position is left.
    let mut trailing = [before.as_slice(), &before].concat();
    let position = take_position(&mut trailing);
    assert_eq!(trailing, [after.as_slice(), &before].concat());
    assert_eq!(position, Position { is_taken: true, may_stay: true });
    let seen = look("a.jpg", AttachmentKind::Photo, &trailing).unwrap();
    assert_eq!((seen, position.message(seen)), (Seen::Opaque(Opaque::Trailing), Some("attachment-position-may-stay")));
}

#[test]
fn a_picture_that_cannot_be_looked_through_may_keep_its_position() {
    let photo = image("photo-exif-gps.jpg");
    let with = |segments: &[u8]| [&photo[..2], segments, &photo[2..]].concat();
    let coded = with(&[0xff, 0xdc, 0, 4, 0, 1]);
    let many = with(&[0xff, 0xe1, 0, 7, b'E', b'x', b'i', b'f', 0].repeat(limits::PICTURE_REMARKS + 1));
    for file in [coded, many, b"RIFF".to_vec()] {
        let mut after = file.clone();
        let position = take_position(&mut after);
        assert_eq!((position, after == file), (Position { is_taken: false, may_stay: true }, true));
        let seen = look("a.bin", AttachmentKind::Other, &file).unwrap();
        assert_eq!(position.message(seen), Some("attachment-position-may-stay"));
        assert_eq!(position.message(Seen::Opaque(Opaque::Scanner)), None);
    }
    let seen = Seen::Picture(Media::Jpeg);
    assert_eq!(TAKEN.message(seen), Some("attachment-position-removed"));
    assert_eq!(Position::default().message(seen), None);
}

#[test]
fn a_position_in_a_png_and_in_xmp_goes_too() {
    let whole = image("photo-exif-gps.jpg");
    let begin = whole.windows(6).position(|six| six == b"Exif\0\0").unwrap();
    let end = begin - 2 + usize::from(u16::from_be_bytes([whole[begin - 2], whole[begin - 1]]));
    let mut png = png_with(b"eXIf", &whole[begin + 6..end]);
    let length = png.len();
    assert!(!exif(&png).0.is_empty());
    assert_eq!(take_position(&mut png), TAKEN);
    assert!(exif(&png).0.is_empty() && exif(&png).1 > 0);
    assert_eq!((png.len(), look("a", AttachmentKind::Photo, &png)), (length, Ok(Seen::Picture(Media::Png))));

    let utf16: Vec<u8> = "<x exif:GPSLatitude='39'/>".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let packet = |text: &[u8]| [b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), text].concat();
    let app1 = |text: &[u8]| [b"http://ns.adobe.com/xap/1.0/\0".as_slice(), text].concat();
    let png = image("xray-truck-floor.png");
    for (name, data, goes) in [
        (b"iTXt", packet(b"<x exif:GPSLatitude='39'/>"), true),
        (b"iTXt", packet(b"<x dc:title='A'/>"), false),
        (b"iTXt", b"XML:com.adobe.xmp\0\x01\0\0\0x".to_vec(), true),
        (b"zTXt", b"Raw profile type APP1\0\0x".to_vec(), true),
        (b"tEXt", b"Title\0GPS".to_vec(), true),
        (b"tEXt", b"XML:com.adobe.xmp\0<x exif:GPSLatitude='39'/>".to_vec(), true),
        (b"iTXt", b"exif:GPSLatitude\0\0\0\0\x0039/1".to_vec(), true),
        (b"zTXt", b"Raw profile type 8bim\0\0x".to_vec(), true),
        (b"caBX", b"else".to_vec(), true),
        (b"tIME", b"\x07\xea\x0b\x1d\0\0\0".to_vec(), false),
        (b"eXIf", b"no TIFF".to_vec(), true),
    ] {
        let mut file = png_with(name, &data);
        let before = file.clone();
        assert_eq!(take_position(&mut file), if goes { TAKEN } else { Position::default() });
        assert_eq!(file, if goes { png.clone() } else { before });
    }
    let jpeg = image("photo-plate-cyrillic.jpg");
    for (marker, text, goes) in [
        (0xe1, app1(&utf16), true),
        (0xe1, app1(b"<x dc:title='A'/>"), false),
        (0xe1, b"http://ns.adobe.com/xmp/extension/\0x".to_vec(), true),
        (0xe1, b"Exif\0\0II*\0".to_vec(), true),
        (0xe1, b"Exif\0".to_vec(), true),
        (0xe1, b"else".to_vec(), true),
        (0xed, b"Photoshop 3.0\08BIM\x04\x22".to_vec(), true),
        (0xfe, b"39.1 N".to_vec(), true),
        (0xf0, b"reserved".to_vec(), true),
        (0xe0, b"CIFF".to_vec(), true),
        (0xe0, b"JFXX\0\x10".to_vec(), false),
        (0xe2, b"ICC_PROFILE\0\x01\x01".to_vec(), false),
        (0xee, b"Adobe\0\x64\0\0\0\0\x01".to_vec(), false),
    ] {
        let mut file = jpeg_with(marker, &text);
        let before = file.clone();
        assert_eq!(take_position(&mut file), if goes { TAKEN } else { Position::default() }, "{marker:x}");
        assert_eq!(file, if goes { jpeg.clone() } else { before });
    }
}

#[test]
fn a_picture_is_whole_and_nothing_else() {
    let (jpeg, png) = (image("photo-plate-cyrillic.jpg"), image("xray-truck-floor.png"));
    for whole in [&jpeg, &png] {
        assert_eq!(picture(&[whole.as_slice(), &[0]].concat()).unwrap_err(), Opaque::Trailing);
        for cut in [1, 2, 3, 4, 12, whole.len() / 2, whole.len() - 20] {
            assert_eq!(picture(&whole[..whole.len() - cut]).unwrap_err(), Opaque::Broken, "{cut}");
        }
    }
    let mut huge = png.clone();
    huge[16..24].copy_from_slice(&[0, 0, 0x80, 0, 0, 0, 0x80, 0]);
    assert_eq!(picture(&huge).unwrap_err(), Opaque::Broken, "its checksum is wrong");
    let sum = crc32fast::hash(&huge[12..29]).to_be_bytes();
    huge[29..33].copy_from_slice(&sum);
    assert_eq!(picture(&huge).unwrap_err(), Opaque::Large);
    assert_eq!(picture(&png_with(b"XXXX", b"")).unwrap_err(), Opaque::Coding);
    assert_eq!(picture(&jpeg_with(0xdc, &[0, 1])).unwrap_err(), Opaque::Coding);
    let mut many = jpeg[..2].to_vec();
    for _ in 0..=limits::PICTURE_REMARKS {
        many.extend_from_slice(&[0xff, 0xe1, 0, 7, b'E', b'x', b'i', b'f', 0]);
    }
    many.extend_from_slice(&jpeg[2..]);
    assert_eq!(picture(&many).unwrap_err(), Opaque::Coding);
}

/// A TIFF with directories anywhere.
fn tiffs() -> impl Strategy<Value = Vec<u8>> {
    let shorts =
        prop::collection::vec(prop_oneof![0..40_u16, Just(0x8825), Just(0x8769), Just(0x02bc), any::<u16>()], 0..120);
    (any::<bool>(), shorts).prop_map(|(little, shorts)| {
        let head: &[u8] = if little { b"II*\0\x08\0\0\0" } else { b"MM\0*\0\0\0\x08" };
        let turn = |short: u16| if little { short.to_le_bytes() } else { short.to_be_bytes() };
        [head, &shorts.into_iter().flat_map(turn).collect::<Vec<_>>()].concat()
    })
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), sort in 0..4, tiff in tiffs()) {
        let file = match sort {
            0 => bytes,
            1 => [jpeg::SIGNATURE, &bytes].concat(),
            2 => [png::SIGNATURE, &bytes].concat(),
            _ => jpeg_with(0xe1, &[b"Exif\0\0".as_slice(), &tiff].concat()),
        };
        let mut cleared = file.clone();
        let found = take_position(&mut cleared);
        prop_assert_eq!(found.is_taken, cleared != file);
        let _ = look("a", AttachmentKind::Photo, &file);
        // What is left is a picture, without a position that another reader finds.
        if sort == 3 {
            prop_assert!(picture(&cleared).is_ok());
            prop_assert_eq!(take_position(&mut cleared), Position::default());
            prop_assert!(exif(&cleared).0.is_empty());
        }
    }

    #[test]
    fn a_changed_byte_of_a_picture_does_no_harm(at in any::<prop::sample::Index>(), byte in any::<u8>(), is_png in any::<bool>()) {
        let mut file = image(if is_png { "xray-truck-floor.png" } else { "photo-exif-gps.jpg" });
        let at = if is_png { at.index(file.len()) } else { at.index(2_000) };
        let is_changed = file[at] != byte;
        file[at] = byte;
        let found = picture(&file).is_ok();
        prop_assert!(!(is_png && is_changed && found), "a checksum covers every byte of a PNG");
        let _ = take_position(&mut file);
        prop_assert!(exif(&file).0.is_empty() || !found);
    }
}
