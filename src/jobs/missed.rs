//! After an update from a version that knew no milestones: writes those of the tickets there are, once, while the server
//! works. Until it is done sheets count too little.

use std::time::Duration;

use tokio::sync::watch;

use crate::desk::Desk;
use crate::discreet::discreet;

/// It looks again until it finds nothing: an instance of the version before may still be at work.
const AGAIN_AFTER: Duration = Duration::from_mins(10);

/// Runs until nothing is missed, or until told to stop; what was written stays, and the next start goes on.
pub async fn run(desk: Desk, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            written = desk.write_missed_milestones() => match written {
                Ok(0) => return,
                Ok(tickets) => tracing::info!(tickets, "what figures count of older tickets is written"),
                Err(error) => tracing::warn!(
                    error = discreet(&error),
                    "what figures count of older tickets could not be written; in ten minutes again"
                ),
            },
            _ = stop.changed() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(AGAIN_AFTER) => {}
            _ = stop.changed() => return,
        }
    }
}
