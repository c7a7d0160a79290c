//! The only caller of the system clock. Everything else is told `now` or asks a [`Clock`] it was given.
//!
//! A clock is a value: `Clock::system()` in production, `Clock::set_to(..)` where a test turns the hands itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::workflow::moment::Moment;

/// Says what time it is. Clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock(Hands);

#[derive(Clone, Debug)]
enum Hands {
    System,
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Self {
        Self(Hands::System)
    }

    /// A clock that stands at `now` until somebody moves it.
    pub fn set_to(now: Moment) -> Self {
        Self(Hands::Set(Arc::new(AtomicI64::new(now.0))))
    }

    /// The time, to the millisecond.
    pub fn now(&self) -> Moment {
        match &self.0 {
            #[allow(clippy::disallowed_methods, reason = "this file is the one place that may ask")]
            Hands::System => Moment::from_timestamp(jiff::Timestamp::now()),
            Hands::Set(at) => Moment(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a set clock to `now`, forwards or backwards; the system's clock is nobody's to move and stays.
    pub fn move_to(&self, now: Moment) {
        match &self.0 {
            Hands::System => {}
            Hands::Set(at) => at.store(now.0, Ordering::SeqCst),
        }
    }

    /// Moves a set clock by so many milliseconds and says what time it is then.
    pub fn advance(&self, milliseconds: i64) -> Moment {
        self.move_to(self.now().plus(milliseconds));
        self.now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::moment::MINUTE;

    #[test]
    fn clones_of_a_set_clock_show_the_same_time() {
        let clock = Clock::set_to(Moment(1_000));
        let other = clock.clone();
        clock.advance(MINUTE);
        assert_eq!(other.now(), Moment(1_000 + MINUTE));
    }

    #[test]
    fn the_system_clock_is_not_moved() {
        let clock = Clock::system();
        let before = clock.now();
        clock.move_to(Moment(0));
        assert!(clock.now() >= before);
    }
}
