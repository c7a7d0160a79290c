//! Random lives: tickets of every shipped workflow, lived by random people at random times, must never break an
//! invariant. A failing seed is printed with the shortest life that still fails.
//!
//! `OMBUD_LIVES=20000` sets how many (`scripts/soak lives`), `OMBUD_SEED=n` plays one.

mod invariants;
mod play;

use play::{Life, Stage};

/// Lives in the ordinary run of the tests.
const LIVES: u64 = 1_000;
/// What one person at most does in a life.
const STEPS: usize = 40;

fn setting(name: &str) -> Option<u64> {
    std::env::var_os(name).and_then(|value| value.to_str().and_then(|text| text.parse().ok()))
}

#[test]
fn random_lives_never_break_an_invariant() {
    let stage = Stage::shipped();
    let seeds = match setting("OMBUD_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..setting("OMBUD_LIVES").unwrap_or(LIVES),
    };
    let count = seeds.end - seeds.start;
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
