//! The clocks of a ticket as chips, each with how its due time came out.

use serde::Serialize;

use crate::desk::read::View;
use crate::ticket::model::{ClockPhase, ClockRun};
use crate::web::clock_words::{Told, explain};
use crate::workflow::calendar::Calendar;
use crate::workflow::directory::Directory;

use super::visitor::Visitor;
use super::words::{Chip, Names, When, text};

/// A clock as it is shown.
#[derive(Serialize)]
pub struct ClockView {
    title: String,
    /// Whose it is, for the clock of a task.
    department: Option<String>,
    cycle: u32,
    chip: Chip,
    due: Option<When>,
    explanation: Vec<String>,
    /// It still counts, or waits.
    pub live: bool,
}

/// All clocks, those that count first.
pub fn of(view: &View, directory: &Directory, visitor: &Visitor) -> Vec<ClockView> {
    let calendar = directory
        .calendar(view.ticket.calendar.as_ref())
        .map(|calendar| &**calendar);
    let mut clocks: Vec<ClockView> = view
        .ticket
        .clocks
        .iter()
        .map(|run| one(run, view, calendar, directory, visitor))
        .collect();
    clocks.sort_by_key(|clock| !clock.live);
    clocks
}

fn one(
    run: &ClockRun,
    view: &View,
    calendar: Option<&Calendar>,
    directory: &Directory,
    visitor: &Visitor,
) -> ClockView {
    let language = visitor.look.language;
    let clock = view.definition.clocks.get(&run.clock);
    let names = Names { directory, language };
    let told = Told {
        run,
        ticket: &view.ticket,
        definition: &view.definition,
        calendar,
        now: visitor.now,
    };
    let due = run.coming_due();
    ClockView {
        title: clock.map_or_else(|| run.clock.to_string(), |clock| text(&clock.title, language)),
        department: run
            .task
            .and_then(|id| view.ticket.task(id))
            .map(|task| names.department(&task.department)),
        cycle: run.cycle,
        chip: chip(run, visitor),
        due: due.map(|due| When::new(due, visitor.now, &visitor.zone)),
        explanation: explain(&told, language),
        live: match run.phase {
            // What waits for something that may never come stands with what is over.
            ClockPhase::Running | ClockPhase::Paused => run.zero.is_some(),
            ClockPhase::Stopped | ClockPhase::Met => false,
        },
    }
}

/// What a clock says in one glance.
pub fn chip(run: &ClockRun, visitor: &Visitor) -> Chip {
    match (run.phase, run.late_at, run.coming_due()) {
        (ClockPhase::Running, Some(late), _) => Chip::counting(late, 1, visitor),
        (ClockPhase::Running, None, Some(due)) => {
            let zero = run.zero.unwrap_or(run.started_at);
            Chip::counting(due, due.since(zero), visitor)
        }
        (ClockPhase::Running, None, None) => Chip::still("waiting", visitor),
        (ClockPhase::Paused, _, _) => Chip::still("paused", visitor),
        (ClockPhase::Met, None, _) => Chip::still("met", visitor),
        (ClockPhase::Met | ClockPhase::Stopped, Some(_), _) => Chip::still("missed", visitor),
        (ClockPhase::Stopped, None, _) => Chip::still("stopped", visitor),
    }
}

/// The chip of the clock that matters most now: late ones first, then what is due next.
pub fn nearest(view: &View, visitor: &Visitor) -> Option<Chip> {
    let running = view.ticket.clocks.iter().filter(|run| run.phase == ClockPhase::Running);
    running
        .filter_map(|run| Some((run.late_at.or_else(|| run.coming_due())?, run)))
        .min_by_key(|(at, _)| *at)
        .map(|(_, run)| chip(run, visitor))
}
