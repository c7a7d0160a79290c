//! Attempts that fail wait: the more, the longer, never for ever. Counted in the database, so that instances and
//! restarts know the same. Nobody is ever locked out: that would let a stranger keep somebody from their work.

use std::net::IpAddr;

use sha2::{Digest, Sha256};

use crate::store::Wants;
use crate::store::attempts::{self, Attempts};
use crate::workflow::moment::{DAY, Moment, SECOND};

use super::sessions::bytes;
use super::{DeskError, Inner};

/// Failures are forgotten after so long without another.
pub(super) const REMEMBERED: i64 = DAY;
/// How often an attempt asks for its turn when others come between.
const TURNS_MAX: usize = 16;
const HOLDER_BYTES: usize = 8;

/// After how many failures each next attempt waits twice as long as the last, and the longest wait.
pub(super) struct Patience {
    pub free: i64,
    pub longest: i64,
}

impl Patience {
    /// How long the next attempt waits after so many.
    pub fn wait(&self, failures: i64) -> i64 {
        let doubled = u32::try_from(failures - self.free).ok();
        doubled.map_or(0, |times| {
            SECOND.saturating_mul(2_i64.saturating_pow(times)).min(self.longest)
        })
    }

    fn turn(&self, seen: &Attempts, now: Moment) -> Result<Attempts, DeskError> {
        let before = if now.since(seen.last_at) >= REMEMBERED {
            0
        } else {
            seen.failures
        };
        Ok(Attempts {
            failures: before + 1,
            next_at: now.plus(self.wait(before + 1)),
            holder: hex::encode(bytes(HOLDER_BYTES)?),
            last_at: now,
        })
    }
}

impl Inner {
    /// Seconds until an attempt under this key is looked at, where it has to wait.
    pub(super) async fn must_wait(&self, key: &[u8]) -> Result<Option<i64>, DeskError> {
        Ok(waits(&attempts::of(&self.database, key).await?, self.clock.now()))
    }

    /// Counts an attempt under a key before it is looked at; seconds to wait when there were too many.
    pub(super) async fn take_turn(&self, key: &[u8], patience: &Patience) -> Result<Option<i64>, DeskError> {
        for _ in 0..TURNS_MAX {
            let seen = attempts::of(&self.database, key).await?;
            let now = self.clock.now();
            if let Some(seconds) = waits(&seen, now) {
                return Ok(Some(seconds));
            }
            let turn = patience.turn(&seen, now)?;
            let (key_here, turn_here) = (key.to_vec(), turn.clone());
            self.writer
                .run(Wants::default(), move |sheet| {
                    attempts::take_turn(sheet, &key_here, &seen, &turn_here);
                    Ok(())
                })
                .await?;
            if attempts::of(&self.database, key).await?.holder == turn.holder {
                return Ok(None);
            }
        }
        Ok(Some(1))
    }

    /// Counts a failure that was looked at already; of many at once one is counted.
    pub(super) async fn count_failure(&self, key: Vec<u8>, patience: &Patience) -> Result<(), DeskError> {
        let seen = attempts::of(&self.database, &key).await?;
        let turn = patience.turn(&seen, self.clock.now())?;
        self.writer
            .run(Wants::default(), move |sheet| {
                attempts::take_turn(sheet, &key, &seen, &turn);
                Ok(())
            })
            .await?;
        Ok(())
    }

    /// Forgets the failures under a key: somebody has shown that they are who they say.
    pub(super) async fn forget_failures(&self, key: Vec<u8>) -> Result<(), DeskError> {
        self.writer
            .run(Wants::default(), move |sheet| {
                attempts::clear(sheet, &key);
                Ok(())
            })
            .await?;
        Ok(())
    }
}

/// Seconds until the next attempt is looked at, where it has to wait.
fn waits(seen: &Attempts, now: Moment) -> Option<i64> {
    (seen.next_at > now).then(|| seen.next_at.since(now).div_euclid(SECOND) + 1)
}

/// Who was refused is nobody's business: what stands in the database is a hash.
pub(super) fn key_of(what: &str, content: &str) -> Vec<u8> {
    Sha256::digest(format!("{what}:{content}").as_bytes()).to_vec()
}

/// The key of a network address; of IPv6 the network that one customer has. A proxy on this machine stands for
/// everybody: its address says nothing.
pub(super) fn key_of_address(what: &str, address: Option<IpAddr>) -> Option<Vec<u8>> {
    let address = address?.to_canonical();
    if address.is_loopback() {
        return None;
    }
    let network = match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    };
    Some(key_of(what, &network))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::moment::MINUTE;

    #[test]
    fn each_failure_after_the_free_ones_waits_twice_as_long_and_never_for_ever() {
        let patience = Patience {
            free: 5,
            longest: 5 * MINUTE,
        };
        let waits: Vec<i64> = (1..=8).map(|failures| patience.wait(failures) / SECOND).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8]);
        assert_eq!(patience.wait(1_000), 5 * MINUTE);
    }

    #[test]
    fn an_address_of_the_machine_itself_says_nothing_and_ipv6_counts_by_network() {
        let key = |address: &str| key_of_address("a", Some(address.parse().unwrap()));
        assert_eq!(key("127.0.0.1"), None);
        assert_eq!(key("::1"), None);
        assert_eq!(key("::ffff:127.0.0.1"), None);
        assert_eq!(key("2001:db8:1:2::3"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::3"), key("2001:db8:1:3::3"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
    }
}
