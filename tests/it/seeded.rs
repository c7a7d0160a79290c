//! Chance that can be repeated: everything random in a test comes from one seed, which the test prints when it fails.

/// A small generator (splitmix64): the same seed gives the same numbers on every machine.
#[derive(Clone, Debug)]
pub struct Seeded(u64);

impl Seeded {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to `bound`, excluded.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0);
        self.next() % bound
    }

    /// From `from` to `to`, both included.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let width = u64::try_from(to - from).unwrap() + 1;
        from + i64::try_from(self.below(width)).unwrap()
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let bound = u64::try_from(items.len()).unwrap();
        &items[usize::try_from(self.below(bound)).unwrap()]
    }
}

/// How many cases a random test runs: `OMBUD_CASES`, or what is quick enough for every run.
pub fn cases(usual: u64) -> u64 {
    #[allow(clippy::disallowed_methods, reason = "tests have no configuration")]
    let wanted = std::env::var("OMBUD_CASES");
    wanted
        .ok()
        .map_or(usual, |cases| cases.parse().expect("OMBUD_CASES is a number"))
}

/// The first seed: `OMBUD_SEED` repeats one case that failed.
pub fn first_seed() -> u64 {
    #[allow(clippy::disallowed_methods, reason = "tests have no configuration")]
    let wanted = std::env::var("OMBUD_SEED");
    wanted
        .ok()
        .map_or(0, |seed| seed.parse().expect("OMBUD_SEED is a number"))
}
