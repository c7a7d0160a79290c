//! Is the record whole and true? Read-only, in one snapshot, page by page (TRUST b).
//!
//! Two oracles stand side by side: `life` decides every command again and compares, which finds whatever was changed
//! afterwards; `log`, `state`, `clocks`, `rungs`, `lateness`,
//! `owners`, `outbox`, `milestones`, `answers`, `closure`, `files` and `storage` compute what must hold by themselves, which
//! finds mistakes of the core as well. A finding names ticket, event and invariant. Nothing is repaired here.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "each check is about some kinds of events; `life` compares all of them"
)]

mod answers;
mod clocks;
mod closure;
pub mod code;
mod files;
mod finding;
mod history;
mod lateness;
mod life;
mod log;
mod milestones;
mod outbox;
mod owners;
mod rungs;
mod state;
mod storage;
mod world;

pub use code::Code;
pub use finding::{Finding, Findings};
pub use world::Known;

use history::History;

use crate::store::StoreError;
use crate::store::scan::{Damaged, Scan, Wanted};
use crate::ticket::apply::fold;

/// How far an audit is, or how it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub tickets: u64,
    pub events: u64,
    pub findings: u64,
}

/// Who listens to an audit.
pub trait Listener {
    fn found(&mut self, finding: &Finding);
    fn progress(&mut self, progress: Progress);
}

/// Audits everything that the scan sees.
pub async fn run(scan: &Scan, known: &Known, listener: &mut dyn Listener) -> Result<Progress, StoreError> {
    let mut progress = Progress::default();
    let mut after = None;
    loop {
        let page = scan.page(after, Wanted::Everything).await?;
        after = page.after;
        let damaged: Vec<Finding> = page.damaged.iter().map(damaged).collect();
        tell(listener, &mut progress, damaged);
        for history in history::histories(page) {
            progress.tickets += 1;
            progress.events += u64::try_from(history.events.len()).unwrap_or_default();
            tell(listener, &mut progress, ticket(&history, known, scan).await?);
        }
        listener.progress(progress);
        if after.is_none() {
            break;
        }
    }
    tell(listener, &mut progress, storage::check(scan).await?);
    if let Some(folder) = &known.files {
        tell(listener, &mut progress, files::contents(scan, folder).await?);
    }
    listener.progress(progress);
    Ok(progress)
}

fn tell(listener: &mut dyn Listener, progress: &mut Progress, findings: Vec<Finding>) {
    for finding in findings {
        progress.findings += 1;
        listener.found(&finding);
    }
}

fn damaged(damaged: &Damaged) -> Finding {
    Finding {
        ticket: damaged.ticket.map(|id| id.to_string()),
        seq: damaged.seq.and_then(|seq| u64::try_from(seq).ok()),
        ..Finding::new(Code::Damaged)
            .with("table", damaged.table)
            .with("why", &damaged.why)
    }
}

/// All checks of one ticket. When its log is broken, what follows from the log is not looked at.
async fn ticket(history: &History, known: &Known, scan: &Scan) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Findings::default();
    for finding in &history.unreadable {
        findings.push(finding.clone());
    }
    log::check(history, known.now, &mut findings);
    if !findings.0.is_empty() {
        return Ok(history.name(findings));
    }
    if let Some(folded) = fold(history.read()) {
        let definition = known.definition(&folded.definition);
        if definition.is_none() {
            findings.push(Finding::new(Code::NoDefinition).seq(folded.seq));
        }
        state::check(
            history,
            &folded,
            definition.map(|definition| &**definition),
            &mut findings,
        );
        life::check(history, known, scan, &mut findings).await?;
        clocks::check(history, &folded, known, &mut findings);
        outbox::check(history, known, &mut findings);
        answers::check(history, &mut findings);
        owners::check(history, known, &mut findings);
        rungs::check(history, &mut findings);
        milestones::check(history, known, &mut findings);
        lateness::check(history, &folded, &mut findings);
        closure::check(history, known, &mut findings);
        files::of_ticket(history, &folded, &mut findings);
    }
    Ok(history.name(findings))
}
