//! A plan of the offices: a dot where the town of each is, and nothing else. No border is drawn, and no street.
//!
//! - A degree of longitude is as wide as in the middle of the plan, so that distances look alike both ways.
//! - Dots of one town stand side by side.

/// Sizes, in the units of the drawing.
const WIDTH: i64 = 720;
const HEIGHT: i64 = 440;
const MARGIN: i64 = 64;
/// How far dots are apart at least.
const APART: i64 = 22;
/// Height of a label, and the width of each of its letters.
const LINE: i64 = 16;
const LETTER: i64 = 8;

/// How an office stands, as a shape: its outline around its middle, and whether it is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) outline: &'static str,
    pub(super) fill: &'static str,
    /// Key of its word.
    pub(super) key: &'static str,
}

const CIRCLE: &str = "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0z";
pub(super) const OWN: Shape = Shape { outline: "M0-9 9 0 0 9-9 0z", fill: "currentColor", key: "console-plan-own" };
pub(super) const REACHABLE: Shape = Shape { outline: CIRCLE, fill: "currentColor", key: "console-reachable" };
pub(super) const AWAY: Shape = Shape { outline: CIRCLE, fill: "none", key: "console-plan-away" };
pub(super) const SUSPENDED: Shape = Shape { outline: "M0-8 8 7H-8z", fill: "none", key: "office-state-SUSPENDED" };
pub(super) const REVOKED: Shape = Shape { outline: "M-7-7 7 7M-7 7 7-7", fill: "none", key: "office-state-REVOKED" };
pub(super) const DISABLED: Shape = Shape { outline: "M-7-7H7V7H-7z", fill: "none", key: "console-disabled" };

/// An office and where it is.
pub(super) struct Town {
    pub(super) office: String,
    /// Degrees times 10^7.
    pub(super) lat_e7: i32,
    pub(super) lon_e7: i32,
    pub(super) shape: Shape,
    /// How it stands, in words.
    pub(super) said: String,
    /// Its page; empty for this office.
    pub(super) address: String,
}

/// A drawing.
pub(super) struct Plan {
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) dots: Vec<Dot>,
    /// The shapes that are there.
    pub(super) shapes: Vec<Shape>,
}

pub(super) struct Dot {
    pub(super) town: Town,
    pub(super) x: i64,
    pub(super) y: i64,
    /// Where its label stands, and by which of its ends.
    pub(super) label: (i64, i64, &'static str),
}

/// A rectangle: left, top, right, bottom.
type Box4 = (i64, i64, i64, i64);

impl Plan {
    /// Draws it; `None` if no town is known.
    pub(super) fn of(towns: Vec<Town>) -> Option<Self> {
        let lats = || towns.iter().map(|town| i64::from(town.lat_e7));
        let middle = lats().min()?.midpoint(lats().max()?) / 10_000_000;
        // Thousandths of the width of a degree at the equator (Bhaskara).
        let wide = (32_400 - 4 * middle * middle) * 1000 / (32_400 + middle * middle);
        let spread = |town: &Town| (i64::from(town.lon_e7) * wide / 1000, -i64::from(town.lat_e7));
        let spread: Vec<(i64, i64)> = towns.iter().map(spread).collect();
        let range = |all: &[i64]| Some((*all.iter().min()?, *all.iter().max()?));
        let (xs, ys): (Vec<i64>, Vec<i64>) = spread.iter().copied().unzip();
        let ((left, right), (top, bottom)) = (range(&xs)?, range(&ys)?);
        let unit = ((right - left) / (WIDTH - 2 * MARGIN)).max((bottom - top) / (HEIGHT - 2 * MARGIN)).max(1) + 1;
        let aside = (WIDTH - (right - left) / unit) / 2;
        let mut middles: Vec<(i64, i64)> = vec![];
        for (x, y) in spread {
            let (mut x, y) = (aside + (x - left) / unit, MARGIN + (y - top) / unit);
            while middles.iter().any(|other| (other.0 - x).abs() < APART && (other.1 - y).abs() < APART) {
                x += APART;
            }
            middles.push((x, y));
        }
        let width = middles.iter().map(|(x, _)| x + MARGIN).max()?.max(WIDTH);
        let mut taken: Vec<Box4> = middles.iter().map(|(x, y)| (x - 11, y - 11, x + 11, y + 11)).collect();
        let mut shapes: Vec<Shape> = vec![];
        let dots: Vec<Dot> = towns
            .into_iter()
            .zip(&middles)
            .map(|(town, (x, y))| {
                if !shapes.contains(&town.shape) {
                    shapes.push(town.shape);
                }
                let label = label(&town.office, (*x, *y), width, &mut taken);
                Dot { town, x: *x, y: *y, label }
            })
            .collect();
        let height = middles.iter().map(|(_, y)| y + MARGIN).max()?;
        Some(Self { width, height, dots, shapes })
    }
}

/// Puts a label within the drawing where nothing else stands: to the right, to the left, above, below.
fn label(text: &str, (x, y): (i64, i64), width: i64, taken: &mut Vec<Box4>) -> (i64, i64, &'static str) {
    let long = i64::try_from(text.chars().count()).unwrap_or_default() * LETTER;
    let places = [
        (x + 12, y + 5, "start", x + 12),
        (x - 12, y + 5, "end", x - 12 - long),
        (x, y - 14, "middle", x - long / 2),
        (x, y + 25, "middle", x - long / 2),
    ];
    let of = |(_, base, _, left): (i64, i64, &str, i64)| (left, base - LINE + 3, left + long, base + 3);
    let is_free = |place: &(i64, i64, &'static str, i64)| {
        let (left, top, right, bottom) = of(*place);
        left >= 0
            && right <= width
            && !taken.iter().any(|one| left < one.2 && one.0 < right && top < one.3 && one.1 < bottom)
    };
    let [first, ..] = places;
    let place = places.into_iter().find(is_free).unwrap_or(first);
    taken.push(of(place));
    (place.0, place.1, place.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn town(office: &str, lat: i32, lon: i32) -> Town {
        let (lat_e7, lon_e7) = (lat * 100_000, lon * 100_000);
        let (said, address) = (String::new(), String::new());
        Town { office: office.to_owned(), lat_e7, lon_e7, shape: AWAY, said, address }
    }

    #[test]
    fn north_is_up_east_is_right_and_nothing_lies_on_another() {
        assert!(Plan::of(vec![]).is_none());
        let plan = Plan::of(vec![
            town("UZ-ALT", 3942, 6380),
            town("TM-FAR", 3921, 6359),
            town("UZ-NCC", 4130, 6924),
            town("UZ-DSL", 4130, 6924),
        ]);
        let plan = plan.unwrap();
        let [alt, far, ncc, dsl] = plan.dots.as_slice() else { panic!() };
        assert!(alt.x > far.x && alt.y < far.y, "north-east of it");
        assert!(ncc.x > alt.x && ncc.y < alt.y);
        assert_eq!((dsl.x, dsl.y), (ncc.x + APART, ncc.y), "of one town");
        assert_eq!((ncc.label.2, dsl.label.2), ("end", "start"), "each on its own side");
        assert_ne!((alt.label.0, alt.label.1), (far.label.0, far.label.1));
        for dot in &plan.dots {
            assert!((0..plan.width).contains(&dot.x) && (0..plan.height).contains(&dot.y));
        }
        assert_eq!(plan.shapes, [AWAY]);
        let one = Plan::of(vec![town("UZ-ALT", -9000, 18000)]).unwrap();
        assert_eq!((one.dots[0].x, one.dots[0].y), (WIDTH / 2, MARGIN));
        Plan::of(vec![town("UZ-ALT", 9000, -18000), town("TM-FAR", -9000, 18000)]).unwrap();
    }
}
