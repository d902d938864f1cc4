//! The markers of a JPEG (ITU-T T.81 annex B), from its first byte to its end.

use std::ops::Range;

use crate::domain::picture::Opaque;
use crate::domain::picture::Remark;
use crate::domain::picture::Sort;
use crate::domain::picture::Walked;
use crate::domain::picture::note;
use crate::domain::picture::position;

/// Start of image, and the first byte of the next marker.
pub(super) const SIGNATURE: &[u8] = &[0xff, 0xd8, 0xff];

const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP1: u8 = 0xe1;
/// Segments of programs without which a picture looks different: what stands behind the marker begins so.
const KEPT: [(u8, &[u8]); 4] = [(0xe0, b"JFIF\0"), (0xe0, b"JFXX\0"), (0xe2, b"ICC_PROFILE\0"), (0xee, b"Adobe")];
const EXIF: &[u8] = b"Exif\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// What stands before the TIFF in an EXIF part.
const EXIF_BYTES: usize = 6;

/// Walks all markers.
pub(super) fn walk(bytes: &[u8]) -> Result<Walked, Opaque> {
    let mut at = 2;
    let mut size: Option<(u64, u64)> = None;
    let mut has_scan = false;
    let mut remarks = vec![];
    loop {
        let begin = at;
        let marker = marker(bytes, &mut at)?;
        match marker {
            EOI if has_scan => {
                let (width, height) = size.ok_or(Opaque::Broken)?;
                return Ok(Walked { width, height, remarks, end: at });
            }
            // What stands alone: TEM; restarts and another start do not, outside a scan.
            0x01 => continue,
            0x00 | 0xd0..=0xd9 => return Err(Opaque::Broken),
            _ => {}
        }
        let text = segment(bytes, &mut at)?;
        match marker {
            0xc0..=0xc2 => {
                let frame = bytes.get(text).ok_or(Opaque::Broken)?;
                // A second frame is a file of several levels, which nothing shows.
                if size.replace(dimensions(frame)?).is_some() {
                    return Err(Opaque::Coding);
                }
            }
            // Lossless, hierarchical, arithmetic coding; lines counted after the first scan.
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcf | 0xdc | 0xde | 0xdf => return Err(Opaque::Coding),
            SOS => {
                size.ok_or(Opaque::Broken)?;
                has_scan = true;
                at = scan_end(bytes, at).ok_or(Opaque::Broken)?;
            }
            // Tables, and how far it is between restarts.
            0xc4 | 0xdb | 0xdd => {}
            // Comments, what programs write, and what is reserved.
            _ => {
                if let Some((sort, text)) = remark(bytes, marker, text) {
                    note(&mut remarks, Remark { whole: begin..at, text, sort })?;
                }
            }
        }
    }
}

/// A marker; bytes 0xff before it fill up.
fn marker(bytes: &[u8], at: &mut usize) -> Result<u8, Opaque> {
    if bytes.get(*at) != Some(&0xff) {
        return Err(Opaque::Broken);
    }
    let rest = bytes.get(*at..).unwrap_or_default();
    let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
    *at += fill + 1;
    rest.get(fill).copied().ok_or(Opaque::Broken)
}

/// What follows a marker: its length, then the text.
fn segment(bytes: &[u8], at: &mut usize) -> Result<Range<usize>, Opaque> {
    let length = bytes.get(*at..).and_then(<[u8]>::first_chunk).ok_or(Opaque::Broken)?;
    let end = *at + usize::from(u16::from_be_bytes(*length));
    if end < *at + 2 || end > bytes.len() {
        return Err(Opaque::Broken);
    }
    let text = *at + 2..end;
    *at = end;
    Ok(text)
}

/// Width and height of a frame of eight bits a sample, with the rest of its head.
fn dimensions(frame: &[u8]) -> Result<(u64, u64), Opaque> {
    let Some(([precision, h1, h0, w1, w0, components], rest)) = frame.split_first_chunk() else {
        return Err(Opaque::Broken);
    };
    if rest.len() != usize::from(*components) * 3 || *components == 0 {
        return Err(Opaque::Broken);
    }
    if *precision != 8 {
        return Err(Opaque::Coding);
    }
    Ok((u16::from_be_bytes([*w1, *w0]).into(), u16::from_be_bytes([*h1, *h0]).into()))
}

/// Where the coded data of a scan end: at the next marker that is no restart. A zero byte after 0xff says that it is none.
fn scan_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        match bytes.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            _ => return Some(at),
        }
    }
}

/// A segment as a remark, unless it is one that stays.
fn remark(bytes: &[u8], marker: u8, text: Range<usize>) -> Option<(Sort, Range<usize>)> {
    let found = bytes.get(text.clone())?;
    match marker {
        APP1 if found.starts_with(EXIF) => Some((Sort::Exif, (text.start + EXIF_BYTES).min(text.end)..text.end)),
        APP1 if found.starts_with(XMP) => Some((Sort::Xmp, text)),
        _ if KEPT.iter().any(|(kept, begin)| *kept == marker && found.starts_with(begin)) => None,
        _ => Some((Sort::Other, text)),
    }
}

/// Takes a position out of a remark, or the remark, if it may hold one.
pub(super) fn clear(bytes: &mut Vec<u8>, remark: &Remark) -> bool {
    let Some(text) = bytes.get_mut(remark.text.clone()) else { return false };
    match position::clear(remark.sort, text) {
        position::Cleared::Nothing => false,
        position::Cleared::Inside => true,
        position::Cleared::Whole => {
            bytes.drain(remark.whole.clone());
            true
        }
    }
}
