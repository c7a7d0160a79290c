//! Random lives: tickets of every shipped workflow, lived by random people at random times, must never break an
//! invariant. A failing seed is printed with the shortest life that still fails.
//!
//! `OMBUD_CASES` sets how many (`scripts/soak lives`: 20,000), `OMBUD_SEED` the first.

mod invariants;
pub mod play;

use crate::seeded::{cases, first_seed};
use play::{Life, Stage};

/// Lives in the ordinary run of the tests.
const LIVES: u64 = 1_000;
/// What one person at most does in a life.
pub const STEPS: i64 = 40;

#[test]
fn random_lives_never_break_an_invariant() {
    let stage = Stage::shipped();
    let count = cases(LIVES);
    let seeds = first_seed()..first_seed() + count;
    let mut figures = play::Figures::default();
    for seed in seeds {
        let life = Life::random(&stage, seed, STEPS);
        if let Err(broken) = life.play(&stage, &mut figures) {
            let shortest = life.shrink(&stage);
            let still = shortest.play(&stage, &mut play::Figures::default()).unwrap_err();
            panic!(
                "OMBUD_SEED={seed} breaks: {broken}\nshortest life, {} steps: {still}\n{shortest}",
                shortest.steps.len()
            );
        }
    }
    println!("{count} lives: {figures}");
    if count >= LIVES {
        assert!(
            figures.closed * 4 > figures.lives,
            "too few lives end: the players are too timid ({figures})"
        );
        assert!(
            figures.refused > 0 && figures.rungs > 0,
            "nothing was refused or fired: the lives prove nothing ({figures})"
        );
    }
}
