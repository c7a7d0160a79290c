//! Gates: how many requests a token may make, and how many refused attempts an address.
//!
//! Generous by default: they are there so that a loop gone wild or somebody who guesses tokens cannot take the server
//! from the others. Memory is bounded: idle keys are dropped when there are many.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Limits;

use super::problem::{Code, Problem};

/// Keys that are remembered before idle ones are dropped.
const KEYS_MAX: usize = 50_000;

/// Both gates.
pub struct Gates {
    tokens: DefaultKeyedRateLimiter<String>,
    refused: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

fn quota(per_minute: u32, at_once: u32) -> Quota {
    let per_minute = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
    let at_once = NonZeroU32::new(at_once).unwrap_or(NonZeroU32::MIN);
    Quota::per_minute(per_minute).allow_burst(at_once)
}

impl Gates {
    pub fn new(limits: &Limits) -> Self {
        Self {
            tokens: RateLimiter::keyed(quota(limits.requests_per_minute, limits.requests_at_once)),
            refused: RateLimiter::keyed(quota(limits.refused_per_minute, limits.refused_at_once)),
            clock: DefaultClock::default(),
        }
    }

    /// Lets a request of this token pass, or says when to come again.
    pub fn token(&self, id: &str) -> Result<(), Problem> {
        if self.tokens.len() > KEYS_MAX {
            self.tokens.retain_recent();
        }
        self.tokens
            .check_key(&id.to_owned())
            .map_err(|not_until| too_many(not_until.wait_time_from(self.clock.now()).as_secs()))
    }

    /// Counts a refused attempt of this address; a problem once there were too many.
    pub fn refused(&self, address: IpAddr) -> Result<(), Problem> {
        if self.refused.len() > KEYS_MAX {
            self.refused.retain_recent();
        }
        self.refused
            .check_key(&address)
            .map_err(|not_until| too_many(not_until.wait_time_from(self.clock.now()).as_secs()))
    }
}

fn too_many(seconds: u64) -> Problem {
    let seconds = (seconds + 1).to_string();
    Problem::new(Code::TooMany)
        .with("seconds", seconds.clone())
        .header("Retry-After", seconds)
}
