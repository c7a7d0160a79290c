//! Where lines leave and reach their nodes.
//!
//! layout-rs lets a line leave a node wherever the straight way to its next corner crosses the border, so that one to a
//! far corner leaves sideways and may run behind the neighbours, as if it began at them. Such a line leaves or arrives
//! above or below here (in a sideways picture: left or right) and makes its way in the room between the rows.

use layout::core::geometry::Point;

/// Places of a stretch that are looked at; boxes are wider than what lies between two of them.
const PROBES: u32 = 64;

/// A line as layout-rs gives it: the start with the way it leaves, then each corner behind the way it is reached.
pub fn routed(points: &mut [(Point, Point)], boxes: &[(Point, Point)], sideways: bool) {
    let [(start, leave), (reach, second), rest @ ..] = points else {
        return;
    };
    // With one stretch both ends are nodes; with more the next corner is one of the line's own.
    let is_short = rest.is_empty();
    if runs_behind(*start, *second, boxes)
        && let Some(at) = gate(*start, *second, boxes, sideways)
    {
        *start = at;
        let to = if is_short {
            gate(*second, at, boxes, sideways).unwrap_or(*second)
        } else {
            *second
        };
        *second = to;
        (*leave, *reach) = bend(at, to, sideways);
    }
    // The end, where the line has a corner of its own before it.
    let Some((_, before)) = points.iter().rev().nth(1).copied().filter(|_| points.len() > 2) else {
        return;
    };
    let Some((reach, end)) = points.last_mut() else { return };
    if runs_behind(before, *end, boxes)
        && let Some(at) = gate(*end, before, boxes, sideways)
    {
        *end = at;
        (_, *reach) = bend(before, at, sideways);
    }
}

/// The straight way between the two leads over a node at which it neither begins nor ends.
fn runs_behind(from: Point, to: Point, boxes: &[(Point, Point)]) -> bool {
    let holds = |corner: &Point, size: &Point, at: Point| {
        let across = at.x >= corner.x - 1. && at.x <= corner.x + size.x + 1.;
        across && at.y >= corner.y - 1. && at.y <= corner.y + size.y + 1.
    };
    boxes
        .iter()
        .filter(|(corner, size)| !holds(corner, size, from) && !holds(corner, size, to))
        .any(|(corner, size)| {
            (1..PROBES).any(|probe| {
                let share = f64::from(probe) / f64::from(PROBES);
                let at = Point::new(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share);
                holds(corner, size, at)
            })
        })
}

/// The place on the border of the node at `at` where a line to `next` leaves it; `None` where it has to go sideways.
fn gate(at: Point, next: Point, boxes: &[(Point, Point)], sideways: bool) -> Option<Point> {
    let (at, next) = (turned(at, sideways), turned(next, sideways));
    let within = |least: f64, length: f64, value: f64| value >= least - 1. && value <= least + length + 1.;
    let (corner, size) = boxes
        .iter()
        .map(|(corner, size)| (turned(*corner, sideways), turned(*size, sideways)))
        .find(|(corner, size)| within(corner.x, size.x, at.x) && within(corner.y, size.y, at.y))?;
    let edge = if next.y < corner.y {
        corner.y
    } else if next.y > corner.y + size.y {
        corner.y + size.y
    } else {
        return None;
    };
    // The farther it goes the farther out it leaves, never at the corner.
    let (middle, half) = (corner.x + size.x / 2., size.x / 2. - 8.);
    let away = next.x - middle;
    let out = half * away / (away.abs() + size.x);
    Some(turned(Point::new(middle + out, edge), sideways))
}

/// The two points that bend a stretch: straight out, across in the middle, straight in.
fn bend(from: Point, to: Point, sideways: bool) -> (Point, Point) {
    let (from, to) = (turned(from, sideways), turned(to, sideways));
    let middle = f64::midpoint(from.y, to.y);
    let out = turned(Point::new(from.x, middle), sideways);
    (out, turned(Point::new(to.x, middle), sideways))
}

fn turned(point: Point, sideways: bool) -> Point {
    if sideways { Point::new(point.y, point.x) } else { point }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOXES: [(f64, f64, f64, f64); 3] = [(0., 100., 80., 40.), (120., 100., 80., 40.), (240., 100., 80., 40.)];

    fn boxes(sideways: bool) -> Vec<(Point, Point)> {
        let point = |x, y| turned(Point::new(x, y), sideways);
        BOXES
            .map(|(x, y, wide, high)| (point(x, y), point(wide, high)))
            .to_vec()
    }

    #[test]
    fn a_line_to_a_far_corner_leaves_its_node_above_its_neighbours() {
        for sideways in [false, true] {
            let point = |x, y| turned(Point::new(x, y), sideways);
            let mut line = [
                (point(240., 116.), point(200., 108.)),
                (point(-40., 60.), point(-60., 60.)),
                (point(-60., 20.), point(-60., 0.)),
            ];
            routed(&mut line, &boxes(sideways), sideways);
            let start = turned(line[0].0, sideways);
            assert!(
                start.x > 240. && start.x < 320. && start.y.to_bits() == 100_f64.to_bits(),
                "{start:?}"
            );
        }
    }

    #[test]
    fn a_line_that_meets_nobody_stays_as_it_was() {
        let before = [
            (Point::new(280., 100.), Point::new(280., 80.)),
            (Point::new(300., 60.), Point::new(300., 40.)),
        ];
        let mut line = before;
        routed(&mut line, &boxes(false), false);
        assert_eq!(format!("{line:?}"), format!("{before:?}"));
    }
}
