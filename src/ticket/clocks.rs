//! Clocks: what each should do now, and when its rungs come (L6).
//!
//! ```text
//!            begins          leaves            enters again
//!   (none) ────────▶ running ──────▶ stopped ──────────────▶ running   restart: next cycle, continue: same cycle
//!                     │   ▲
//!            paused_in│   │back                met: `until` was done, stays so for the cycle
//!                     ▼   │
//!                     paused
//! ```
//!
//! A clock is a function of the history: the spans in which it counted are kept, and everything else is worked out
//! from them. The whole run travels in the event, so that `apply` only copies. What a clock promises stands in `terms`.

mod terms;

use std::sync::Arc;

use crate::workflow::calendar::Budget;
use crate::workflow::definition::{Clock, Definition, From, Reentry, Runs};
use crate::workflow::id::ClockId;

use super::event::{Body, ClockWhy};
use super::model::{ClockPhase, ClockRun, TaskId, TaskPhase, Ticket};
use super::refusal::{Code, Objection, Refusal};
use super::schedule::plan;
use super::turn::Turn;

pub(super) use terms::unit_of;
use terms::{choose, fix_budget, from_written_field, is_promised_anew, moved_to, zero};

/// What a clock should do in the state the ticket is in now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Run,
    Wait,
    Off,
}

/// Brings every clock to where the ticket's state wants it.
pub(super) fn settle(turn: &mut Turn<'_>) -> Result<(), Refusal> {
    settle_as(turn, false)
}

/// As [`settle`], continuing every clock that the ticket stopped: a merge is undone as if it had never been.
pub(super) fn settle_continuing(turn: &mut Turn<'_>) -> Result<(), Refusal> {
    settle_as(turn, true)
}

fn settle_as(turn: &mut Turn<'_>, continuing: bool) -> Result<(), Refusal> {
    let definition = Arc::clone(&turn.definition);
    for clock in definition.clocks.values() {
        for task in instances(clock, &turn.ticket) {
            settle_one(turn, &definition, clock, task, continuing)?;
        }
    }
    // After `becomes`, clocks that the new workflow does not know end.
    let unknown: Vec<ClockRun> = turn
        .ticket
        .clocks
        .iter()
        .filter(|run| is_within(run) && !definition.clocks.contains_key(&run.clock))
        .cloned()
        .collect();
    for run in unknown {
        stop(turn, run, ClockPhase::Stopped, ClockWhy::Stopped);
    }
    Ok(())
}

/// Not yet out of its states, whether it counts, waits or was met.
fn is_within(run: &ClockRun) -> bool {
    match run.phase {
        ClockPhase::Running | ClockPhase::Paused => true,
        ClockPhase::Met => !run.left,
        ClockPhase::Stopped => false,
    }
}

/// The ticket itself, or for a task clock each task that is open or still has a clock that is not stopped.
fn instances(clock: &Clock, ticket: &Ticket) -> Vec<Option<TaskId>> {
    match &clock.runs {
        Runs::Open | Runs::States(_) => vec![None],
        Runs::Task { keys, .. } => ticket
            .tasks
            .iter()
            .filter(|task| keys.is_empty() || keys.iter().any(|key| key.value == task.key))
            .filter(|task| task.phase.is_open() || ticket.clock(&clock.id, Some(task.id)).is_some_and(is_within))
            .map(|task| Some(task.id))
            .collect(),
    }
}

fn wanted(clock: &Clock, ticket: &Ticket, definition: &Definition, task: Option<TaskId>) -> Wanted {
    if ticket.is_closed() {
        return Wanted::Off;
    }
    if clock.paused_in.iter().any(|state| state.value == ticket.state) {
        return Wanted::Wait;
    }
    match &clock.runs {
        Runs::Open => Wanted::Run,
        Runs::States(states) if states.iter().any(|state| state.value == ticket.state) => Wanted::Run,
        Runs::States(_) => Wanted::Off,
        Runs::Task { unsigned, .. } => {
            let task = task.and_then(|id| ticket.task(id));
            let runs = match task.map(|task| task.phase) {
                Some(TaskPhase::Open) => true,
                Some(TaskPhase::Signed) => !unsigned,
                // Asking for return is no signature: until somebody decides, the clock goes on telling (R14, R19).
                Some(TaskPhase::ReturnAsked) => !unsigned || task.is_some_and(|task| task.signed_at.is_none()),
                Some(TaskPhase::Done | TaskPhase::Returned | TaskPhase::Cancelled) | None => false,
            };
            let pausing = definition.states.get(&ticket.state).is_some_and(|state| state.pause);
            match (runs, pausing) {
                (false, _) => Wanted::Off,
                (true, true) => Wanted::Wait,
                (true, false) => Wanted::Run,
            }
        }
    }
}

fn settle_one(
    turn: &mut Turn<'_>,
    definition: &Definition,
    clock: &Clock,
    task: Option<TaskId>,
    continuing: bool,
) -> Result<(), Refusal> {
    let wanted = wanted(clock, &turn.ticket, definition, task);
    let run = turn.ticket.clock(&clock.id, task).cloned();
    match (run, wanted) {
        (None, Wanted::Run) => begin(turn, definition, clock, task, None, ClockWhy::Started),
        (None, Wanted::Wait | Wanted::Off) => Ok(()),
        // What meets a clock may be what leaves its states: it was met all the same.
        (Some(mut run), _) if is_met(clock, &run, &turn.ticket) => {
            run.left = wanted == Wanted::Off;
            stop(turn, run, ClockPhase::Met, ClockWhy::Met);
            Ok(())
        }
        (Some(run), Wanted::Off) => {
            if is_within(&run) {
                stop(turn, run, ClockPhase::Stopped, ClockWhy::Stopped);
            }
            Ok(())
        }
        (Some(run), Wanted::Wait) => {
            if run.phase == ClockPhase::Running {
                stop(turn, run, ClockPhase::Paused, ClockWhy::Paused);
            }
            Ok(())
        }
        (Some(run), Wanted::Run) => keep_running(turn, definition, clock, run, continuing),
    }
}

fn is_met(clock: &Clock, run: &ClockRun, ticket: &Ticket) -> bool {
    matches!(run.phase, ClockPhase::Running | ClockPhase::Paused)
        && ticket
            .doings
            .iter()
            .rev()
            .take_while(|doing| doing.seq > run.after)
            .any(|doing| {
                clock.until.iter().any(|action| action.value == doing.action)
                    && (run.task.is_none() || doing.task.is_none() || run.task == doing.task)
            })
}

fn keep_running(
    turn: &mut Turn<'_>,
    definition: &Definition,
    clock: &Clock,
    mut run: ClockRun,
    continuing: bool,
) -> Result<(), Refusal> {
    match run.phase {
        ClockPhase::Stopped | ClockPhase::Met if !is_within(&run) => {
            let same_round = run.round == turn.ticket.round;
            let anew = is_promised_anew(turn, clock, &run);
            if same_round && !anew && (continuing || clock.reentry == Some(Reentry::Continue)) {
                if run.phase == ClockPhase::Stopped {
                    go_on(turn, clock, &mut run);
                }
                run.left = false;
                set(turn, clock, run, ClockWhy::Continued);
                return Ok(());
            }
            begin(turn, definition, clock, run.task, Some(&run), ClockWhy::Restarted)
        }
        ClockPhase::Stopped => Ok(()),
        ClockPhase::Paused => {
            go_on(turn, clock, &mut run);
            set(turn, clock, run, ClockWhy::Resumed);
            Ok(())
        }
        ClockPhase::Met => {
            // A field that the clock counts from was written anew: the promise is made anew (R9).
            if is_promised_anew(turn, clock, &run) {
                return begin(turn, definition, clock, run.task, Some(&run), ClockWhy::Restarted);
            }
            Ok(())
        }
        ClockPhase::Running => look_again(turn, definition, clock, run),
    }
}

/// Counts on from now, not before its zero; a clock that waits for a field has nothing to count yet. The contact may
/// have ended while it stood still: then its zero moves before it goes on, so that it never counts the standing still.
fn go_on(turn: &Turn<'_>, clock: &Clock, run: &mut ClockRun) {
    if move_zero(turn, clock, run, false) {
        fix_budget(turn, clock, run);
    }
    run.phase = ClockPhase::Running;
    if let Some(zero) = run.zero {
        run.spans.push((turn.at().max(zero), None));
    }
}

/// Brings the zero of a clock to where its `from` says by now; true when it moved.
fn move_zero(turn: &Turn<'_>, clock: &Clock, run: &mut ClockRun, by_field: bool) -> bool {
    let first = run.cycle == 1 && run.round == 1;
    if clock.from.is_none() || run.task.is_some() || !(first || by_field) {
        return false;
    }
    let zero = zero(clock, &turn.ticket, run.started_at, first);
    if zero == run.zero {
        return false;
    }
    run.spans = zero.map_or_else(Vec::new, |zero| moved_to(zero, run.zero, &run.spans));
    if let (Some(zero), ClockPhase::Running, true) = (zero, run.phase, run.spans.is_empty()) {
        run.spans.push((zero, None));
    }
    run.zero = zero;
    true
}

/// The zero moves when the contact ends or a field is written; the limit when a field in its `when` changes.
fn look_again(turn: &mut Turn<'_>, definition: &Definition, clock: &Clock, mut run: ClockRun) -> Result<(), Refusal> {
    let mut why = None;
    let by_field = from_written_field(turn, clock);
    if move_zero(turn, clock, &mut run, by_field) {
        if by_field {
            run.after = turn.ticket.seq;
        }
        why = Some(ClockWhy::ZeroMoved);
    }
    let names_written = || {
        let fields = clock
            .limit
            .iter()
            .filter_map(|case| case.when.as_ref())
            .flat_map(|when| when.fields().iter());
        fields.into_iter().any(|field| turn.written.contains(field))
    };
    if clock.limit.len() > 1 && names_written() {
        let case = choose(definition, clock, &turn.ticket, turn.at())?;
        if case != run.case {
            run.case = case;
            why = Some(ClockWhy::LimitChanged);
        }
    }
    if let Some(why) = why {
        fix_budget(turn, clock, &mut run);
        set(turn, clock, run, why);
    }
    Ok(())
}

fn begin(
    turn: &mut Turn<'_>,
    definition: &Definition,
    clock: &Clock,
    task: Option<TaskId>,
    before: Option<&ClockRun>,
    why: ClockWhy,
) -> Result<(), Refusal> {
    let at = turn.at();
    let first = before.is_none() && turn.ticket.round == 1 && task.is_none();
    let mut zero = zero(clock, &turn.ticket, at, first);
    let by_field = matches!(clock.from, Some(From::Field(_)));
    if by_field && before.is_some_and(|run| !is_promised_anew(turn, clock, run)) {
        // Entering again is no new promise: the old time would fire everything at once.
        zero = None;
    }
    let mut run = ClockRun {
        clock: clock.id.clone(),
        task,
        cycle: before.map_or(1, |run| run.cycle + 1),
        round: turn.ticket.round,
        started_at: at,
        after: turn.ticket.seq,
        phase: ClockPhase::Running,
        zero,
        spans: zero.map(|zero| (zero, None)).into_iter().collect(),
        budget: Budget { working: false, ms: 0 },
        case: choose(definition, clock, &turn.ticket, at)?,
        extended: 0,
        changed_at: at,
        due_at: None,
        schedule: Vec::new(),
        fired: Vec::new(),
        late_at: None,
        left: false,
        calendar: 0,
        provisional: false,
    };
    fix_budget(turn, clock, &mut run);
    set(turn, clock, run, why);
    Ok(())
}

/// Grants more time (R17).
pub(super) fn extend(turn: &mut Turn<'_>, clock: &ClockId, ms: i64) -> Result<(), Refusal> {
    let definition = Arc::clone(&turn.definition);
    let known = definition.clocks.get(clock);
    let run = turn
        .ticket
        .clocks
        .iter()
        .find(|run| run.clock == *clock && matches!(run.phase, ClockPhase::Running | ClockPhase::Paused));
    let (Some(clock), Some(mut run)) = (known, run.cloned()) else {
        return Err(Objection::new(Code::ClockStopped).with("clock", clock.as_str()).into());
    };
    run.extended = run.extended.saturating_add(ms);
    set(turn, clock, run, ClockWhy::Extended);
    Ok(())
}

/// After `becomes`: clocks of the same id carry over with used time, limit and fired rungs, on the new ladder (L10).
pub(super) fn carry_over(turn: &mut Turn<'_>) {
    let definition = Arc::clone(&turn.definition);
    let runs: Vec<ClockRun> = turn
        .ticket
        .clocks
        .iter()
        .filter(|run| is_within(run))
        .cloned()
        .collect();
    for run in runs {
        if let Some(clock) = definition.clocks.get(&run.clock) {
            set(turn, clock, run, ClockWhy::Continued);
        }
    }
}

/// Ends a clock by name (`becomes: {workflow, end}`).
pub(super) fn end(turn: &mut Turn<'_>, clock: &ClockId) {
    let runs: Vec<ClockRun> = turn
        .ticket
        .clocks
        .iter()
        .filter(|run| run.clock == *clock && is_within(run))
        .cloned()
        .collect();
    for run in runs {
        stop(turn, run, ClockPhase::Stopped, ClockWhy::Stopped);
    }
}

/// The calendar was edited: one event for each clock whose times it moves; what fired stays fired (L11).
pub(super) fn calendar_changed(turn: &mut Turn<'_>) {
    let definition = Arc::clone(&turn.definition);
    let runs: Vec<ClockRun> = turn
        .ticket
        .clocks
        .iter()
        .filter(|run| run.phase == ClockPhase::Running && run.budget.working)
        .cloned()
        .collect();
    for run in runs {
        let Some(clock) = definition.clocks.get(&run.clock) else {
            continue;
        };
        let mut planned = run.clone();
        planned.changed_at = turn.at();
        plan(clock, &mut planned, turn.calendar().map(|calendar| &**calendar));
        let moved = planned.due_at != run.due_at
            || planned.provisional != run.provisional
            || planned
                .schedule
                .iter()
                .map(|scheduled| scheduled.at)
                .ne(run.schedule.iter().map(|scheduled| scheduled.at));
        if moved {
            turn.emit(Body::ClockSet {
                why: ClockWhy::CalendarChanged,
                run: Box::new(planned),
            });
        }
    }
}

fn stop(turn: &mut Turn<'_>, mut run: ClockRun, phase: ClockPhase, why: ClockWhy) {
    let at = turn.at();
    match run.spans.last_mut() {
        // Its zero is still to come: it has counted nothing.
        Some((from, None)) if *from > at => {
            run.spans.pop();
        }
        Some((_, to @ None)) => *to = Some(at),
        Some((_, Some(_))) | None => {}
    }
    if run.phase == ClockPhase::Met {
        run.left = true;
    } else {
        run.phase = phase;
    }
    run.schedule.clear();
    run.changed_at = at;
    if phase == ClockPhase::Paused {
        run.due_at = None;
    }
    turn.emit(Body::ClockSet {
        why,
        run: Box::new(run),
    });
}

fn set(turn: &mut Turn<'_>, clock: &Clock, mut run: ClockRun, why: ClockWhy) {
    run.changed_at = turn.at();
    plan(clock, &mut run, turn.calendar().map(|calendar| &**calendar));
    turn.emit(Body::ClockSet {
        why,
        run: Box::new(run),
    });
}
