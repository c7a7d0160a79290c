//! How much work something was, counted in the loops that could grow with what somebody sends.
//!
//! A test holds hostile files to a bound with it, without a stopwatch (`tests/it/check_bounds`). It decides nothing.

use std::cell::Cell;

thread_local! {
    static SPENT: Cell<u64> = const { Cell::new(0) };
}

/// So many steps more, each a few instructions.
pub fn spend(steps: usize) {
    let steps = u64::try_from(steps).unwrap_or(u64::MAX);
    SPENT.with(|spent| spent.set(spent.get().saturating_add(steps)));
}

/// What this came to, and the steps it took on this thread.
pub fn measured<T>(run: impl FnOnce() -> T) -> (T, u64) {
    let before = SPENT.with(Cell::get);
    let result = run();
    (result, SPENT.with(Cell::get).saturating_sub(before))
}
