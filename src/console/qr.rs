//! A QR code (ISO/IEC 18004) as a path of squares: what people compare, read by a camera.

use std::fmt::Write as _;

use qrcode::Color;
use qrcode::QrCode;

/// Squares that stay white around it.
const QUIET: usize = 4;

/// A code, drawn: one unit is one square.
pub(super) struct Qr {
    /// Width and height.
    pub(super) size: usize,
    /// Commands of an SVG path.
    pub(super) path: String,
}

impl Qr {
    /// Draws a text; `None` if it is too long.
    pub(super) fn of(text: &str) -> Option<Self> {
        let code = QrCode::new(text).ok()?;
        let (width, squares) = (code.width(), code.into_colors());
        let mut path = String::new();
        for (y, row) in squares.chunks(width.max(1)).enumerate() {
            let dark = row.iter().enumerate().filter(|(_, color)| **color == Color::Dark);
            for (x, _) in dark {
                write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET).ok()?;
            }
        }
        Some(Self { size: width + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_its_three_corners() {
        let code = Qr::of("UZ JDAE-9WPQ-1Q0Z-XSBM-W7BT-BEYG-NMDY-G0W5").unwrap();
        let dark = |x: usize, y: usize| code.path.contains(&format!("M{x} {y}h1"));
        let end = code.size - QUIET - 1;
        assert!(dark(QUIET, QUIET) && dark(end, QUIET) && dark(QUIET, end));
        assert!(!dark(QUIET + 1, QUIET + 1) && !dark(0, 0));
        assert!(Qr::of(&"x".repeat(8_000)).is_none());
    }
}
