//! The daily backup, made by the server itself where `[backup]` names a folder. Of several instances that name the same
//! folder the first makes it, and the others find it there.
//!
//! Nothing is kept about it but the backups themselves: one is due when the newest in the folder is older than the last
//! time of day at which one was to be made. So a server that was off makes it when it is back, a backup made by hand
//! counts, and after a failure the next attempt comes an hour later. The copy is audited in a thread of its own: here,
//! every ticket would wait for it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use metrics::{counter, gauge};
use tokio::sync::{oneshot, watch};

use crate::desk::Desk;
use crate::desk::audit::{Finding, Listener, Progress};
use crate::desk::backup::{self, BackupProblem, Made};
use crate::discreet::discreet;
use crate::measure;
use crate::workflow::moment::{HOUR, Moment};

/// How often it is looked whether one is due.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// After a failure.
const AGAIN_AFTER: i64 = HOUR;

/// `[backup]`, and of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Of the database.
    pub url: String,
    /// Of the contents of files.
    pub files: Option<PathBuf>,
    pub folder: PathBuf,
    /// In the zone of the default calendar.
    pub at: Time,
    pub keep: usize,
}

/// Makes backups until told to stop.
pub async fn run(desk: Desk, plan: Plan, mut stop: watch::Receiver<bool>) {
    let plan = Arc::new(plan);
    let started = desk.clock().now();
    let mut not_before = started;
    while !*stop.borrow() {
        let now = desk.clock().now();
        if now >= not_before && is_due(&desk, &plan, now) {
            tokio::select! {
                made = make(Arc::clone(&plan), now) => {
                    if told(&made).is_err() {
                        not_before = now.plus(AGAIN_AFTER);
                    }
                }
                // The thread ends with the process; what it leaves behind has no name of a backup.
                _ = stop.changed() => return,
            }
        }
        let newest = backup::all(&plan.folder).pop().map_or(started, |(at, _)| at);
        gauge!(measure::BACKUP_AGE).set(measure::seconds(desk.clock().now().since(newest)));
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Whether a backup should be there that is not.
pub fn is_due(desk: &Desk, plan: &Plan, now: Moment) -> bool {
    let zone = desk
        .directory()
        .calendar(None)
        .map_or(TimeZone::UTC, |calendar| calendar.zone.clone());
    let due = backup::last_due(plan.at, &zone, now);
    backup::all(&plan.folder).pop().is_none_or(|(at, _)| at < due)
}

/// Makes one and removes what is too old.
pub async fn make(plan: Arc<Plan>, now: Moment) -> Result<Made, BackupProblem> {
    let (done, made) = oneshot::channel();
    let folder = plan.folder.clone();
    let working = std::thread::Builder::new().name("backup".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let made = runtime
            .map_err(|error| BackupProblem::File {
                file: plan.folder.clone(),
                error,
            })
            .and_then(|runtime| {
                runtime.block_on(backup::make(
                    &plan.url,
                    plan.files.as_deref(),
                    &plan.folder,
                    now,
                    &mut Silent,
                ))
            })
            .and_then(|made| backup::remove_older(&plan.folder, plan.keep).map(|_| made));
        // Nobody listens when the server stops.
        let _ = done.send(made);
    });
    let broken = |error| BackupProblem::File { file: folder, error };
    if let Err(error) = working {
        return Err(broken(error));
    }
    match made.await {
        Ok(made) => made,
        Err(_) => Err(broken(std::io::Error::other("the thread that made it panicked"))),
    }
}

/// Into log and metrics.
fn told(made: &Result<Made, BackupProblem>) -> Result<(), ()> {
    match made {
        Ok(made) if made.manifest.findings > 0 => {
            counter!(measure::BACKUP_FAILURES).increment(1);
            tracing::error!(
                file = %made.file.display(),
                findings = made.manifest.findings,
                "a backup was made, and the audit finds something in it: run ombud audit"
            );
            Ok(())
        }
        Ok(made) => {
            let (tickets, events) = (made.manifest.tickets, made.manifest.events);
            tracing::info!(file = %made.file.display(), tickets, events, "a backup was made, audited and clean");
            Ok(())
        }
        Err(BackupProblem::Running { .. }) => {
            tracing::info!("another server is making a backup in the same folder");
            Ok(())
        }
        Err(problem) => {
            counter!(measure::BACKUP_FAILURES).increment(1);
            tracing::error!(error = discreet(problem), "no backup was made; in an hour again");
            Err(())
        }
    }
}

/// What the audit finds is counted in the manifest.
struct Silent;

impl Listener for Silent {
    fn found(&mut self, _: &Finding) {}
    fn progress(&mut self, _: Progress) {}
}
