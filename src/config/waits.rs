//! `[digest]` and `[quiet_hours]`: what of our messages waits on purpose.

use jiff::civil::Time;
use serde::Deserialize;

use crate::notify::patience;

use super::time_of;

/// `[digest]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digest {
    pub after: u64,
    pub within_minutes: u32,
}

/// `[quiet_hours]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// Both empty: there are none.
    from: String,
    to: String,
}

impl QuietHours {
    /// The hours, by the clock on the wall, where there are any.
    pub fn hours(&self) -> Option<patience::QuietHours> {
        let (from, to) = (time_of(&self.from)?, time_of(&self.to)?);
        Some(patience::QuietHours { from, to })
    }

    /// Neither no hours at all nor sixteen at most.
    pub(super) fn is_wrong(&self) -> bool {
        if self.from.is_empty() && self.to.is_empty() {
            return false;
        }
        self.hours().is_none_or(|hours| {
            let minutes = |time: Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
            let length = (minutes(hours.to) - minutes(hours.from)).rem_euclid(24 * 60);
            !(1..=QUIET_MINUTES_MAX).contains(&length)
        })
    }
}

/// Whoever is never told at all is forgotten.
const QUIET_MINUTES_MAX: i64 = 16 * 60;
