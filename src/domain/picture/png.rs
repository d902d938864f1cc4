//! The chunks of a PNG (ISO/IEC 15948 clause 11), with their checksums, from the signature to IEND.

use std::ops::Range;

use crate::domain::picture::Opaque;
use crate::domain::picture::Remark;
use crate::domain::picture::Sort;
use crate::domain::picture::Walked;
use crate::domain::picture::note;
use crate::domain::picture::position;

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Length and name before the data of a chunk, checksum after it.
const FRAME_BYTES: usize = 12;
const XMP: &[u8] = b"XML:com.adobe.xmp\0";
/// Ancillary chunks that say how the picture looks, and its moving parts.
const KEPT: [&[u8; 4]; 17] = [
    b"cHRM", b"cICP", b"gAMA", b"iCCP", b"mDCV", b"cLLI", b"sBIT", b"sRGB", b"bKGD", b"hIST", b"tRNS", b"pHYs",
    b"sPLT", b"tIME", b"acTL", b"fcTL", b"fdAT",
];

struct Chunk {
    name: [u8; 4],
    whole: Range<usize>,
    data: Range<usize>,
}

/// Walks all chunks.
pub(super) fn walk(bytes: &[u8]) -> Result<Walked, Opaque> {
    let mut at = SIGNATURE.len();
    let head = chunk(bytes, &mut at)?;
    if &head.name != b"IHDR" {
        return Err(Opaque::Broken);
    }
    let (width, height, is_indexed) = dimensions(bytes.get(head.data).unwrap_or_default())?;
    let (mut has_palette, mut data, mut is_after_data) = (false, 0, false);
    let mut remarks = vec![];
    loop {
        let Chunk { name, whole, data: range } = chunk(bytes, &mut at)?;
        let text = bytes.get(range.clone()).unwrap_or_default();
        if &name == b"IDAT" {
            if is_after_data || (is_indexed && !has_palette) {
                return Err(Opaque::Broken);
            }
            data += text.len();
            continue;
        }
        is_after_data |= data > 0;
        match &name {
            b"IEND" if text.is_empty() && data > 0 => return Ok(Walked { width, height, remarks, end: at }),
            b"IHDR" | b"IEND" => return Err(Opaque::Broken),
            b"PLTE" if data > 0 || has_palette => return Err(Opaque::Broken),
            b"PLTE" => has_palette = true,
            // What is critical and unknown cannot be shown.
            [first, ..] if first.is_ascii_uppercase() => return Err(Opaque::Coding),
            b"eXIf" => note(&mut remarks, Remark { whole, text: range, sort: Sort::Exif })?,
            b"iTXt" if text.starts_with(XMP) => {
                let is_compressed = text.get(XMP.len()) != Some(&0);
                let sort = if is_compressed { Sort::Other } else { Sort::Xmp };
                note(&mut remarks, Remark { whole, text: range, sort })?;
            }
            name if KEPT.contains(&name) => {}
            // Texts, and what programs write.
            _ => note(&mut remarks, Remark { whole, text: range, sort: Sort::Other })?,
        }
    }
}

fn chunk(bytes: &[u8], at: &mut usize) -> Result<Chunk, Opaque> {
    let rest = bytes.get(*at..).unwrap_or_default();
    let (length, after) = rest.split_first_chunk::<4>().ok_or(Opaque::Broken)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Opaque::Broken)?;
    let name: [u8; 4] = *after.first_chunk().ok_or(Opaque::Broken)?;
    let checked = after.get(..length.saturating_add(4)).ok_or(Opaque::Broken)?;
    let sum = after.get(checked.len()..).and_then(<[u8]>::first_chunk).ok_or(Opaque::Broken)?;
    if crc32fast::hash(checked) != u32::from_be_bytes(*sum) || !name.iter().all(u8::is_ascii_alphabetic) {
        return Err(Opaque::Broken);
    }
    let begin = *at;
    *at += FRAME_BYTES + length;
    Ok(Chunk { name, whole: begin..*at, data: begin + 8..begin + 8 + length })
}

/// Width, height, and whether the pixels are numbers of colours.
fn dimensions(head: &[u8]) -> Result<(u64, u64, bool), Opaque> {
    let (width, rest) = head.split_first_chunk().ok_or(Opaque::Broken)?;
    let (height, rest) = rest.split_first_chunk().ok_or(Opaque::Broken)?;
    let colours = match rest {
        [1 | 2 | 4 | 8 | 16, 0, 0, 0, 0 | 1] | [8 | 16, 2 | 4 | 6, 0, 0, 0 | 1] => false,
        [1 | 2 | 4 | 8, 3, 0, 0, 0 | 1] => true,
        _ => return Err(Opaque::Broken),
    };
    Ok((u32::from_be_bytes(*width).into(), u32::from_be_bytes(*height).into(), colours))
}

/// Takes a position out of a remark, or the remark, if it may hold one.
pub(super) fn clear(bytes: &mut Vec<u8>, remark: &Remark) -> bool {
    let Some(text) = bytes.get_mut(remark.text.clone()) else { return false };
    match position::clear(remark.sort, text) {
        position::Cleared::Nothing => false,
        position::Cleared::Inside => {
            // The checksum covers name and data.
            let sum = bytes.get(remark.text.start - 4..remark.text.end).map(crc32fast::hash).unwrap_or_default();
            if let Some(place) = bytes.get_mut(remark.text.end..remark.whole.end) {
                place.copy_from_slice(&sum.to_be_bytes());
            }
            true
        }
        position::Cleared::Whole => {
            bytes.drain(remark.whole.clone());
            true
        }
    }
}
