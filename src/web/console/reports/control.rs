//! A control chart of single values (XmR): what a figure does by itself lies between the limits; what lies outside, or
//! eight in a row on one side, has a cause that is worth looking for.

/// Values from which limits mean something.
const ENOUGH: usize = 8;
/// So many in a row on one side of the mean are no accident.
const RUN: usize = 8;
/// From the mean moving range to three standard deviations.
const SPREAD: f64 = 2.66;

/// Where a figure moves when nothing has happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    pub mean: f64,
    pub upper: f64,
    pub lower: f64,
}

/// Why a value stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Beyond a limit.
    Beyond,
    /// The eighth, or a later one, in a row on one side.
    Run,
}

impl Mark {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Beyond => "beyond",
            Self::Run => "run",
        }
    }
}

/// The limits of values in their order; nothing of too few. `most` is what the figure cannot exceed.
pub fn limits(values: &[f64], most: Option<f64>) -> Option<Limits> {
    if values.len() < ENOUGH {
        return None;
    }
    let count = |length: usize| u32::try_from(length).map_or(1.0, f64::from);
    let mean = values.iter().sum::<f64>() / count(values.len());
    let moves = values.windows(2).map(|pair| match pair {
        [one, other] => (other - one).abs(),
        _ => 0.0,
    });
    let range = moves.sum::<f64>() / count(values.len() - 1);
    let upper = mean + SPREAD * range;
    Some(Limits {
        mean,
        upper: most.map_or(upper, |most| upper.min(most)),
        lower: (mean - SPREAD * range).max(0.0),
    })
}

/// What stands out, value by value.
pub fn marks(values: &[f64], limits: Limits) -> Vec<Option<Mark>> {
    let (mut above, mut below) = (0_usize, 0_usize);
    values
        .iter()
        .map(|value| {
            above = if *value > limits.mean { above + 1 } else { 0 };
            below = if *value < limits.mean { below + 1 } else { 0 };
            if *value > limits.upper || *value < limits.lower {
                Some(Mark::Beyond)
            } else if above >= RUN || below >= RUN {
                Some(Mark::Run)
            } else {
                None
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_the_mean_moving_range() {
        // Mean 10, moving ranges 2 throughout: 10 ± 5.32.
        let values = [9.0, 11.0, 9.0, 11.0, 9.0, 11.0, 9.0, 11.0];
        let found = limits(&values, None).unwrap();
        assert!((found.mean - 10.0).abs() < 1e-9 && (found.upper - 15.32).abs() < 1e-9);
        assert!((found.lower - 4.68).abs() < 1e-9);
        assert!(marks(&values, found).iter().all(Option::is_none));
        assert!((limits(&values, Some(12.0)).unwrap().upper - 12.0).abs() < 1e-9);
        assert_eq!(limits(&values[..7], None), None);
    }

    #[test]
    fn what_lies_outside_or_eight_in_a_row_stands_out() {
        let limits = Limits {
            mean: 10.0,
            upper: 15.0,
            lower: 5.0,
        };
        let mut values = vec![12.0; 9];
        values.push(4.0);
        let found = marks(&values, limits);
        assert_eq!(found[..7], [None; 7]);
        assert_eq!(found[7..], [Some(Mark::Run), Some(Mark::Run), Some(Mark::Beyond)]);
    }

    #[test]
    fn what_never_moves_never_stands_out() {
        let values = [0.0; 20];
        let still = limits(&values, None).unwrap();
        assert!(marks(&values, still).iter().all(Option::is_none));
    }
}
