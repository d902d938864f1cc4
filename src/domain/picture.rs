//! Looks at the bytes of a file (P-21): whether it is a JPEG or PNG that is whole and nothing else, and whether it says
//! where it was taken. Pixels are never decoded, nor encoded again.
//!
//! No library says whether a file is a picture *and nothing else*: those for metadata skip what they do not know, and
//! leave or lose what follows the end.

mod jpeg;
mod png;
mod position;
#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::limits;
use crate::wire::AttachmentKind;

/// Media type of what is no picture.
pub const OPAQUE: &str = "application/octet-stream";

/// Whether what has this media type is shown as a picture.
#[must_use]
pub fn is_shown(media_type: &str) -> bool {
    [Media::Jpeg, Media::Png].into_iter().any(|media| media.mime() == media_type)
}

/// A sort of picture that is shown as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// JPEG (ITU-T T.81), sequential or progressive, Huffman coded.
    Jpeg,
    /// PNG (ISO/IEC 15948).
    Png,
}

impl Media {
    /// Its media type.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// Why a file is not shown as a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opaque {
    /// It begins as neither JPEG nor PNG.
    Other,
    /// It begins as a picture, and is cut off or damaged.
    Broken,
    /// Something follows the end of the picture.
    Trailing,
    /// It is a picture of more pixels than a browser should be given.
    Large,
    /// It is a picture coded in a way that browsers do not show.
    Coding,
    /// It is said to be the file of a scanner, which is not looked into.
    Scanner,
}

impl Opaque {
    /// The message of `i18n/` that says it.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Other => "attachment-opaque-other",
            Self::Broken => "attachment-opaque-broken",
            Self::Trailing => "attachment-opaque-trailing",
            Self::Large => "attachment-opaque-large",
            Self::Coding => "attachment-opaque-coding",
            Self::Scanner => "attachment-opaque-scanner",
        }
    }
}

/// What a file is shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A picture.
    Picture(Media),
    /// A file to take away, which nothing here opens.
    Opaque(Opaque),
}

impl Seen {
    /// Its media type.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Picture(media) => media.mime(),
            Self::Opaque(_) => OPAQUE,
        }
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is empty.
    #[error("the file is empty")]
    Empty,
    /// Its name or kind says picture, and it is none.
    #[error("the file is said to be a picture, and is none")]
    Other,
    /// Its name or kind says picture, and it is cut off or damaged.
    #[error("the picture is cut off or damaged")]
    Broken,
}

/// A part of a picture that may say where it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Remark {
    /// The whole part, with what frames it.
    whole: Range<usize>,
    /// Its text.
    text: Range<usize>,
    sort: Sort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// EXIF: the bytes of a TIFF.
    Exif,
    /// XMP, or something that may hold it.
    Xmp,
    /// Something else that may hold one: a comment, or what a program writes.
    Other,
}

/// A whole picture.
struct Walked {
    width: u64,
    height: u64,
    remarks: Vec<Remark>,
    /// Where it ends.
    end: usize,
}

/// What a file is that has this name and kind.
///
/// # Errors
/// If it is not taken at all.
pub fn look(name: &str, kind: AttachmentKind, bytes: &[u8]) -> Result<Seen, Refused> {
    if bytes.is_empty() {
        return Err(Refused::Empty);
    }
    let found = picture(bytes);
    let is_said = is_picture_name(name) || matches!(kind, AttachmentKind::Photo | AttachmentKind::XrayJpeg);
    match found {
        Err(Opaque::Other) if is_said => Err(Refused::Other),
        Err(Opaque::Broken) if is_said => Err(Refused::Broken),
        _ if matches!(kind, AttachmentKind::XrayUff | AttachmentKind::Dicos) => Ok(Seen::Opaque(Opaque::Scanner)),
        Err(why) => Ok(Seen::Opaque(why)),
        Ok(media) => Ok(Seen::Picture(media)),
    }
}

/// What became of the position in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Something that tells one, or may, was taken out.
    pub is_taken: bool,
    /// There may be one still: not all of the file can be looked through.
    pub may_stay: bool,
}

impl Position {
    /// The message of `i18n/` that says it of a file that is shown as this; `None` if there is nothing to say.
    #[must_use]
    pub fn message(self, seen: Seen) -> Option<&'static str> {
        match self {
            // It is said of such a file that it is carried as it is.
            Self { is_taken: false, may_stay: true } if seen == Seen::Opaque(Opaque::Scanner) => None,
            Self { may_stay: true, .. } => Some("attachment-position-may-stay"),
            Self { is_taken: true, .. } => Some("attachment-position-removed"),
            Self { .. } => None,
        }
    }
}

/// Takes the position out of a picture, and every remark in it that may hold one and cannot be read; nothing else
/// changes.
pub fn take_position(bytes: &mut Vec<u8>) -> Position {
    // Also out of one that is carried as a file, because of what follows it or of its size.
    let Ok((media, Walked { remarks, end, .. })) = walked(bytes) else {
        return Position { is_taken: false, may_stay: true };
    };
    let may_stay = end != bytes.len();
    let mut is_taken = false;
    // From the end: what is cut out there moves nothing before it.
    for remark in remarks.into_iter().rev() {
        is_taken |= match media {
            Media::Jpeg => jpeg::clear(bytes, &remark),
            Media::Png => png::clear(bytes, &remark),
        };
    }
    Position { is_taken, may_stay }
}

fn is_picture_name(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| matches!(ending.as_str(), "jpg" | "jpeg" | "jpe" | "jfif" | "png"))
}

fn walked(bytes: &[u8]) -> Result<(Media, Walked), Opaque> {
    if bytes.starts_with(jpeg::SIGNATURE) {
        Ok((Media::Jpeg, jpeg::walk(bytes)?))
    } else if bytes.starts_with(png::SIGNATURE) {
        Ok((Media::Png, png::walk(bytes)?))
    } else {
        Err(Opaque::Other)
    }
}

fn picture(bytes: &[u8]) -> Result<Media, Opaque> {
    let (media, walked) = walked(bytes)?;
    if walked.end != bytes.len() {
        return Err(Opaque::Trailing);
    }
    match walked.width.saturating_mul(walked.height) {
        0 => Err(Opaque::Broken),
        1..=limits::PICTURE_PIXELS => Ok(media),
        _ => Err(Opaque::Large),
    }
}

/// Adds a remark; too many are no picture that a camera makes.
fn note(remarks: &mut Vec<Remark>, remark: Remark) -> Result<(), Opaque> {
    if remarks.len() == limits::PICTURE_REMARKS {
        return Err(Opaque::Coding);
    }
    remarks.push(remark);
    Ok(())
}
