//! Where a picture says that it was taken: the GPS directory of its EXIF, which is a TIFF (EXIF 3.0, 4.6.6), and XMP.
//!
//! A directory is emptied in place, so that nothing else in the TIFF moves: what its other fields point to stays where it
//! is.

use std::ops::Range;

use crate::domain::picture::Sort;

/// What became of a remark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cleared {
    /// It holds no position.
    Nothing,
    /// The position is gone, the rest is as it was.
    Inside,
    /// It must go as a whole.
    Whole,
}

/// Tag of the pointer to the GPS directory.
const GPS: u16 = 0x8825;
/// Tag of the pointer to the EXIF directory.
const EXIF: u16 = 0x8769;
/// Tag of XMP in a TIFF.
const XMP: u16 = 0x02bc;
/// Most directories that are followed.
const DIRECTORIES: usize = 16;
/// Most entries of a directory, and most positions, of a file that a camera makes.
const ENTRIES: usize = 512;
const POSITIONS: usize = 4;
/// Most bytes of a value that is looked into.
const VALUE_BYTES: usize = 64 * 1024;
/// Bytes of an entry of a directory.
const ENTRY_BYTES: usize = 12;

/// Takes a position out of the text of a remark.
pub(super) fn clear(sort: Sort, text: &mut [u8]) -> Cleared {
    match sort {
        // Directories may overlap: what was emptied is looked at once more.
        Sort::Exif => match Tiff::of(text).and_then(Tiff::clear) {
            Some(true) if Tiff::of(text).and_then(Tiff::clear) == Some(false) => Cleared::Inside,
            Some(false) => Cleared::Nothing,
            _ => Cleared::Whole,
        },
        Sort::Xmp if mentions(text) => Cleared::Whole,
        Sort::Xmp => Cleared::Nothing,
        Sort::Other => Cleared::Whole,
    }
}

/// Whether XMP may hold a position: all names of such fields have these letters. XMP may be UTF-16 or UTF-32 as well.
fn mentions(text: &[u8]) -> bool {
    let mut letters = text.iter().filter(|byte| **byte != 0).map(u8::to_ascii_lowercase);
    let mut last = [0; 3];
    letters.any(|letter| {
        last = [last[1], last[2], letter];
        &last == b"gps"
    })
}

/// Where the value of an entry lies.
enum Value {
    /// In the entry itself.
    Inside,
    /// Elsewhere.
    At(Range<usize>),
}

struct Tiff<'a> {
    bytes: &'a mut [u8],
    is_little: bool,
}

impl<'a> Tiff<'a> {
    fn of(bytes: &'a mut [u8]) -> Option<Self> {
        let is_little = match bytes.first_chunk()? {
            b"II*\0" => true,
            b"MM\0*" => false,
            _ => return None,
        };
        Some(Self { bytes, is_little })
    }

    /// Empties every GPS directory, and drops what points to it. Whether there was one; `None` if the TIFF cannot be read.
    fn clear(mut self) -> Option<bool> {
        let mut found = 0;
        let mut left = vec![self.u32(4)?];
        let mut seen = vec![];
        while let Some(at) = left.pop() {
            if at == 0 || seen.contains(&at) {
                continue;
            }
            if seen.len() == DIRECTORIES {
                return None;
            }
            seen.push(at);
            let mut i = 0;
            while i < self.count(at)? {
                let entry = entry_at(at, i)?;
                match self.u16(entry)? {
                    GPS => {
                        let directory = self.u32(entry + 8)?;
                        self.empty(directory)?;
                        self.remove(at, i)?;
                        found += 1;
                        if found > POSITIONS {
                            return None;
                        }
                        // What moved up has its number now.
                        continue;
                    }
                    XMP => {
                        if let Value::At(range) = self.value(entry)?
                            && mentions(self.bytes.get(range.clone())?)
                        {
                            self.bytes.get_mut(range)?.fill(0);
                            self.remove(at, i)?;
                            found += 1;
                            continue;
                        }
                    }
                    EXIF => left.push(self.u32(entry + 8)?),
                    _ => {}
                }
                i += 1;
            }
            left.push(self.u32(entry_at(at, i)?)?);
        }
        Some(found > 0)
    }

    /// Zeros in place of a directory and of all that its entries point to.
    fn empty(&mut self, at: usize) -> Option<()> {
        let count = self.count(at)?;
        for i in 0..count {
            if let Value::At(value) = self.value(entry_at(at, i)?)? {
                self.bytes.get_mut(value)?.fill(0);
            }
        }
        let end = entry_at(at, count)?.checked_add(4)?;
        self.bytes.get_mut(at..end)?.fill(0);
        Some(())
    }

    /// Drops an entry of a directory: the others, and what follows them, move up.
    fn remove(&mut self, at: usize, i: usize) -> Option<()> {
        let count = self.count(at)?;
        let (entry, end) = (entry_at(at, i)?, entry_at(at, count)?.checked_add(4)?);
        let rest = self.bytes.get_mut(entry..end)?;
        rest.copy_within(ENTRY_BYTES.., 0);
        let moved = rest.len().checked_sub(ENTRY_BYTES)?;
        rest.get_mut(moved..)?.fill(0);
        let less = u16::try_from(count.checked_sub(1)?).ok()?;
        let less = if self.is_little { less.to_le_bytes() } else { less.to_be_bytes() };
        self.bytes.get_mut(at..at.checked_add(2)?)?.copy_from_slice(&less);
        Some(())
    }

    /// The value of an entry; `None` if it cannot be looked into.
    fn value(&self, entry: usize) -> Option<Value> {
        let unit = match self.u16(entry + 2)? {
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => 1,
        };
        let length = self.u32(entry + 4)?.checked_mul(unit)?;
        if length <= 4 {
            return Some(Value::Inside);
        }
        if length > VALUE_BYTES {
            return None;
        }
        let begin = self.u32(entry + 8)?;
        let range = begin..begin.checked_add(length)?;
        self.bytes.get(range.clone())?;
        Some(Value::At(range))
    }

    fn count(&self, at: usize) -> Option<usize> {
        self.u16(at).map(usize::from).filter(|count| *count <= ENTRIES)
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn u32(&self, at: usize) -> Option<usize> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        let number = if self.is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) };
        usize::try_from(number).ok()
    }
}

/// Where an entry of a directory begins.
fn entry_at(directory: usize, i: usize) -> Option<usize> {
    directory.checked_add(2)?.checked_add(i.checked_mul(ENTRY_BYTES)?)
}
