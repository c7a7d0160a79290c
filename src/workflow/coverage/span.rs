//! Intervals and what can be done with lists of them.

use crate::workflow::directory::Validity;
use crate::workflow::moment::Moment;

/// From (included) to (excluded); never empty where it came from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Moment,
    pub to: Moment,
}

impl Span {
    /// What it has in common with another one.
    pub fn both(self, from: Moment, to: Moment) -> Option<Self> {
        let (from, to) = (self.from.max(from), self.to.min(to));
        (from < to).then_some(Self { from, to })
    }

    /// What of it lies within a validity.
    pub fn within(self, valid: Validity) -> Option<Self> {
        self.both(valid.from.unwrap_or(self.from), valid.to.unwrap_or(self.to))
    }
}

/// What of the intervals lies in a span.
pub(super) fn cut(intervals: impl Iterator<Item = (Moment, Moment)>, span: Span) -> Vec<Span> {
    intervals.filter_map(|(from, to)| span.both(from, to)).collect()
}

/// The intervals in order, those that touch or overlap as one.
pub(super) fn union(spans: &[Span]) -> Vec<Span> {
    let mut sorted = spans.to_vec();
    sorted.sort_by_key(|span| span.from);
    let mut union: Vec<Span> = Vec::new();
    for span in sorted {
        match union.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            Some(_) | None => union.push(span),
        }
    }
    union
}

/// What of the span none of the intervals covers.
pub(super) fn minus(span: Span, taken: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    let mut from = span.from;
    for one in union(taken) {
        if from < one.from.min(span.to) {
            left.push(Span {
                from,
                to: one.from.min(span.to),
            });
        }
        from = from.max(one.to);
    }
    if from < span.to {
        left.push(Span { from, to: span.to });
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: i64, to: i64) -> Span {
        Span {
            from: Moment(from),
            to: Moment(to),
        }
    }

    #[test]
    fn what_is_left_of_a_day() {
        let taken = [span(6, 8), span(2, 4), span(3, 5), span(20, 30)];
        assert_eq!(minus(span(0, 24), &taken), [span(0, 2), span(5, 6), span(8, 20)]);
        assert_eq!(minus(span(2, 5), &taken), []);
        assert_eq!(minus(span(0, 3), &[]), [span(0, 3)]);
        assert_eq!(minus(span(10, 12), &[span(0, 11), span(11, 13)]), []);
    }
}
