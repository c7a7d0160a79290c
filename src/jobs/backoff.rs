//! When to try again: longer each time, never at the same moment as everybody else, at most one attempt for each step.

use crate::workflow::moment::{MINUTE, SECOND};

/// Before the second attempt at a mail.
const FIRST: i64 = 15 * SECOND;
/// Never longer than this between two attempts at a mail: after an outage everything is out within ten minutes (P9).
const LONGEST: i64 = 5 * MINUTE;
/// Attempts at one mail before it is put aside: about a day at the longest pause.
pub const ATTEMPTS_MAX: u32 = 300;
/// Before the server is tried again.
const SERVER_FIRST: i64 = SECOND;
/// Never longer than this between two attempts to reach the server.
const SERVER_LONGEST: i64 = MINUTE;

/// Milliseconds before attempt number `attempts + 1` at a mail, after so many failed. `chance` is any number; the
/// pause is spread over a fifth in both directions by it.
pub fn mail(attempts: u32, chance: u64) -> i64 {
    spread(doubled(FIRST, LONGEST, attempts), chance)
}

/// Milliseconds before the server is tried again, after so many failures in a row.
pub fn server(failures: u32, chance: u64) -> i64 {
    spread(doubled(SERVER_FIRST, SERVER_LONGEST, failures), chance)
}

fn doubled(first: i64, longest: i64, times: u32) -> i64 {
    let doublings = times.saturating_sub(1).min(30);
    first.saturating_mul(1_i64 << doublings).min(longest)
}

fn spread(pause: i64, chance: u64) -> i64 {
    let fifth = pause / 5;
    let offset = i64::try_from(chance % u64::try_from(2 * fifth + 1).unwrap_or(1)).unwrap_or(0);
    pause - fifth + offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_their_bound_and_are_spread() {
        let middle = |attempts| i64::midpoint(mail(attempts, 0), mail(attempts, u64::MAX - 15));
        assert!(middle(1) <= 18 * SECOND && middle(1) >= 12 * SECOND);
        for attempts in 1..1000 {
            for chance in [0, 1, 7_919, u64::MAX] {
                let pause = mail(attempts, chance);
                assert!((12 * SECOND..=6 * MINUTE).contains(&pause), "{attempts}: {pause}");
                let pause = server(attempts, chance);
                assert!((800..=72 * SECOND).contains(&pause), "{attempts}: {pause}");
            }
        }
        assert_ne!(mail(5, 0), mail(5, 10_000), "not everybody at the same moment");
    }
}
