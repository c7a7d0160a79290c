//! Whether the mail server can be worked with. While it cannot, one mail at a time asks again, with growing pauses:
//! an outage is no storm, and thousands of waiting mails cost nothing (TRUST, P9).
//!
//! One mail at which the server hangs must not look like an outage: when another mail got through meanwhile, the
//! trouble is the mail's own (P26).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::backoff;

/// Knows the server's state. All times are monotonic.
#[derive(Debug, Default)]
pub struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Failures in a row; 0 while the server works.
    failures: u32,
    /// When the last failure was counted.
    failed_at: Option<Instant>,
    /// When something last got through to the server.
    worked_at: Option<Instant>,
    /// Not before.
    again_at: Option<Instant>,
}

/// How many mails may go now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Open,
    /// One, to see whether the server is back.
    Probe,
    /// None for so long.
    Closed(Duration),
}

impl Breaker {
    pub fn way(&self, now: Instant) -> Way {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.again_at {
            _ if state.failures == 0 => Way::Open,
            Some(again) if again > now => Way::Closed(again - now),
            Some(_) | None => Way::Probe,
        }
    }

    /// The server did its part, whatever became of the mail. True when it was down before.
    pub fn worked(&self, now: Instant) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let was_down = state.failures > 0;
        state.failures = 0;
        state.again_at = None;
        state.worked_at = Some(now);
        was_down
    }

    /// An attempt that began at `begun` found the server down. False when the server worked for somebody else
    /// meanwhile: then the trouble is the mail's own.
    pub fn failed(&self, begun: Instant, now: Instant, chance: u64) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.worked_at.is_some_and(|worked| worked > begun) {
            return false;
        }
        // Those that were under way together are one failure.
        if state.failures == 0 || state.failed_at.is_none_or(|failed| failed <= begun) {
            state.failures = state.failures.saturating_add(1);
            state.failed_at = Some(now);
            let pause = u64::try_from(backoff::server(state.failures, chance)).unwrap_or(1_000);
            state.again_at = Some(now + Duration::from_millis(pause));
        }
        true
    }

    pub fn is_down(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).failures > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_asked_about_with_growing_pauses_and_ends_at_the_first_success() {
        let breaker = Breaker::default();
        let mut now = Instant::now();
        assert_eq!(breaker.way(now), Way::Open);
        let mut pauses = Vec::new();
        for _ in 0..12 {
            assert!(breaker.failed(now, now, 0));
            assert!(
                breaker.failed(now - Duration::from_millis(5), now, 0),
                "one of the same moment counts no more"
            );
            let Way::Closed(pause) = breaker.way(now) else {
                panic!("open after a failure")
            };
            pauses.push(pause);
            now += pause;
            assert_eq!(breaker.way(now), Way::Probe);
        }
        assert!(pauses.is_sorted() && pauses[0] < Duration::from_secs(2), "{pauses:?}");
        assert!(pauses[11] <= Duration::from_secs(72), "{pauses:?}");
        assert!(breaker.worked(now));
        assert_eq!(breaker.way(now), Way::Open);
    }

    #[test]
    fn a_mail_at_which_the_server_hangs_is_no_outage() {
        let breaker = Breaker::default();
        let begun = Instant::now();
        breaker.worked(begun + Duration::from_secs(1));
        assert!(!breaker.failed(begun, begun + Duration::from_secs(30), 0));
        assert_eq!(breaker.way(begun + Duration::from_secs(30)), Way::Open);
    }
}
