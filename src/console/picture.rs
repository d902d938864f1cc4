//! The way of an entry to the root of the log, drawn: the hashes are those of the log, computed here once more.

use crate::engine::path;
use crate::engine::path::Hash;
use crate::wire;

/// Sizes of the drawing, in its own units.
const LEVEL: usize = 76;
const TOP: usize = 20;
const BOX_WIDTH: usize = 190;
const BOX_HEIGHT: usize = 40;
const WIDTH: usize = 760;
/// The middle of the way, and of what stands on its left and its right.
const MIDDLE: usize = WIDTH / 2;
const LEFT: usize = MIDDLE - 230;
const RIGHT: usize = MIDDLE + 230;

/// Characters of a hash that are shown.
const HASH_CHARS: usize = 12;

/// A drawing.
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) boxes: Vec<Box>,
    pub(super) lines: Vec<Line>,
    /// Where the numbers of the steps stand: number, x, y.
    pub(super) numbers: Vec<(usize, usize, usize)>,
}

/// A hash.
pub(super) struct Box {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) text: String,
    /// Whether it stands on the way itself.
    pub(super) on_way: bool,
}

impl Box {
    fn at(middle: usize, y: usize, text: String, on_way: bool) -> Self {
        Self { x: middle - BOX_WIDTH / 2, y, width: BOX_WIDTH, height: BOX_HEIGHT, text, on_way }
    }

    pub(super) const fn middle(&self) -> usize {
        self.x + self.width / 2
    }

    pub(super) const fn base_line(&self) -> usize {
        self.y + self.height / 2 + 5
    }
}

/// A line from a hash up to what it becomes.
pub(super) struct Line {
    pub(super) x1: usize,
    pub(super) y1: usize,
    pub(super) x2: usize,
    pub(super) y2: usize,
    pub(super) on_way: bool,
}

impl Picture {
    /// Draws it; `None` if the hashes do not lead from the entry to the root.
    pub(super) fn of(index: u64, proved: &wire::ProveEntryResponse) -> Option<Self> {
        let head = proved.head.clone().unwrap_or_default();
        let beside: Option<Vec<Hash>> = proved.path.iter().map(|hash| hash.as_slice().try_into().ok()).collect();
        let leaf = path::leaf(&proved.entry);
        let steps = path::climb(head.size, index, leaf, &beside?)?;
        if steps.last().map_or(leaf, |step| step.together).as_slice() != head.root.as_slice() {
            return None;
        }
        let y_of = |level: usize| TOP + (steps.len() - level) * LEVEL;
        let mut picture = Self {
            width: WIDTH,
            height: y_of(0) + BOX_HEIGHT + TOP,
            boxes: vec![Box::at(MIDDLE, y_of(0), format!("№ {index}  {}", short(&leaf)), true)],
            lines: vec![],
            numbers: vec![(1, 24, y_of(0) + BOX_HEIGHT / 2), (3, 24, y_of(steps.len()) + BOX_HEIGHT / 2)],
        };
        if steps.len() > 1 {
            picture.numbers.push((2, 24, y_of(steps.len() / 2) + BOX_HEIGHT / 2));
        }
        for (level, step) in steps.iter().enumerate() {
            let middle = if step.is_left { LEFT } else { RIGHT };
            let (y1, y2) = (y_of(level), y_of(level + 1) + BOX_HEIGHT);
            picture.boxes.push(Box::at(middle, y1, short(&step.beside), false));
            picture.boxes.push(Box::at(MIDDLE, y_of(level + 1), short(&step.together), true));
            picture.lines.push(Line { x1: middle, y1, x2: MIDDLE, y2, on_way: false });
            picture.lines.push(Line { x1: MIDDLE, y1, x2: MIDDLE, y2, on_way: true });
        }
        Some(picture)
    }
}

fn short(hash: &Hash) -> String {
    hex::encode(hash).chars().take(HASH_CHARS).chain(std::iter::once('…')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_way_that_leads_to_the_root_is_drawn() {
        let leaf = path::leaf(b"entry");
        let beside = [7; 32];
        let together = path::climb(2, 0, leaf, &[beside]).unwrap()[0].together;
        let head = wire::Head { size: 2, root: together.to_vec(), ..wire::Head::default() };
        let proved =
            wire::ProveEntryResponse { entry: b"entry".to_vec(), head: Some(head), path: vec![beside.to_vec()] };
        let picture = Picture::of(0, &proved).unwrap();
        assert_eq!((picture.boxes.len(), picture.lines.len()), (3, 2));
        assert!(picture.boxes[0].text.starts_with("№ 0"));
        assert_eq!(picture.boxes[2].text, short(&together));
        assert!(Picture::of(1, &proved).is_none(), "another place");
        let changed = wire::ProveEntryResponse { entry: b"entrY".to_vec(), ..proved.clone() };
        assert!(Picture::of(0, &changed).is_none(), "another entry");
        assert!(Picture::of(0, &wire::ProveEntryResponse { path: vec![vec![7; 31]], ..proved }).is_none());
    }
}
