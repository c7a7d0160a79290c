//! A stop that cuts nobody off, in three steps:
//!
//! ```text
//!  told to stop ──── drain ────▶ listener closed ──── quiet ────▶ end of the process
//!   /ready is 503      │          no new connection     │          idle connections end with it
//!   answers say «close»│                                │
//!         requests are served as ever            nothing is being answered for a second
//! ```
//! actix ends a stop only when every connection is gone, and one that idles is kept for half a minute. What counts is
//! not connections but requests: they are counted here, and the last answers get a second to leave.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// How often the requests are counted.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How many looks without a request mean that all is answered and sent.
const QUIET_LOOKS: u32 = 20;

/// How far a stop has come, and what is still being answered.
#[derive(Clone, Debug, Default)]
pub struct Stopping(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    begun: AtomicBool,
    running: AtomicUsize,
}

/// A request that is being answered.
#[derive(Debug)]
pub struct Running(Arc<Inner>);

impl Stopping {
    /// From now on the server is not ready for more: load balancers send requests elsewhere.
    pub fn begin(&self) {
        self.0.begun.store(true, Ordering::SeqCst);
    }

    pub fn has_begun(&self) -> bool {
        self.0.begun.load(Ordering::SeqCst)
    }

    /// Counts a request until the value is dropped.
    pub fn enter(&self) -> Running {
        self.0.running.fetch_add(1, Ordering::SeqCst);
        Running(Arc::clone(&self.0))
    }

    /// Waits until nothing has been answered for a second.
    pub async fn quiet(&self) {
        let mut looks = 0;
        while looks < QUIET_LOOKS {
            tokio::time::sleep(LOOK_EVERY).await;
            let is_quiet = self.0.running.load(Ordering::SeqCst) == 0;
            looks = if is_quiet { looks + 1 } else { 0 };
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}
