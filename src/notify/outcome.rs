//! What became of a message, whatever it went by.

use std::time::Duration;

/// What the other side said, or that it said nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side took it over.
    Accepted,
    /// Not now: this message is to be tried again later, not before the time the other side asked for.
    Later { reason: String, after: Option<Duration> },
    /// Not now, and no other message either: the other side cannot be worked with.
    Down { reason: String, after: Option<Duration> },
    /// Never: the same message would be refused again.
    Never(String),
    /// Never, and no other message either (410): nobody asks there again until somebody has looked at it.
    Gone(String),
}

impl Outcome {
    pub fn later(reason: impl Into<String>) -> Self {
        Self::Later {
            reason: reason.into(),
            after: None,
        }
    }

    pub fn down(reason: impl Into<String>) -> Self {
        Self::Down {
            reason: reason.into(),
            after: None,
        }
    }
}
