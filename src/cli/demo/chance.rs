//! Chance that is the same every time: the demonstration looks alike on every machine.

/// A small generator (SplitMix64). Not for secrets.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A whole number below `end`; 0 when there is none.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or_default()
    }

    /// True in so many cases of a hundred.
    pub fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// One of the items; `None` of an empty list.
    pub fn one_of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let length = u64::try_from(items.len()).ok()?;
        items.get(usize::try_from(self.below(length)).ok()?)
    }

    /// One of the items, each as often as its weight says.
    pub fn weighted<'a, T>(&mut self, items: &'a [(u64, T)]) -> Option<&'a T> {
        let mut left = self.below(items.iter().map(|(weight, _)| weight).sum());
        items.iter().find_map(|(weight, item)| {
            if left < *weight {
                return Some(item);
            }
            left -= weight;
            None
        })
    }

    /// A span around `typical`: a third to three times as long, short ones more often, as people's times are.
    pub fn about(&mut self, typical: i64) -> i64 {
        let factor = 100 + i64::try_from(self.below(100)).unwrap_or_default();
        let tail = if self.percent(15) { 2 } else { 1 };
        (typical * factor * tail / 150).max(1)
    }

    /// Puts the items into another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let other = usize::try_from(self.below(u64::try_from(end + 1).unwrap_or(1))).unwrap_or_default();
            items.swap(end, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_the_same_every_time_and_keeps_its_bounds() {
        let draw = || {
            let mut chance = Chance::new(7);
            (0..100).map(|_| chance.below(10)).collect::<Vec<_>>()
        };
        assert_eq!(draw(), draw());
        assert!(draw().iter().all(|number| *number < 10));
        let mut chance = Chance::new(1);
        assert!((0..100).all(|_| (60..=400).contains(&chance.about(100))));
        assert_eq!(chance.weighted(&[(0, "never"), (5, "always")]), Some(&"always"));
        assert_eq!(chance.one_of::<u8>(&[]), None);
    }
}
