//! Clocks are what the history says (I11, I14, I15): recomputed here from the states, without asking the core.

use super::code::Code;
use super::finding::{Finding, Findings};
use super::history::History;
use super::world::Known;
use crate::ticket::event::Body;
use crate::ticket::model::{ClockPhase, ClockRun, Task, TaskPhase, Ticket};
use crate::workflow::calendar::Calendar;
use crate::workflow::definition::{Clock, Definition, Runs};
use crate::workflow::id::StateId;
use crate::workflow::moment::Moment;

pub fn check(history: &History, folded: &Ticket, known: &Known, findings: &mut Findings) {
    let Some(definition) = known.definition(&folded.definition) else {
        return;
    };
    let states = Timeline::of(history);
    for run in &folded.clocks {
        spans(run, findings);
        phase(run, folded, definition, findings);
        if let (Some(states), Some(clock)) = (&states, definition.clocks.get(&run.clock)) {
            within_states(run, clock, states, findings);
        }
        due(run, folded, known, findings);
    }
    if folded.is_closed() && folded.open_tasks().next().is_some() {
        findings.push(Finding::new(Code::TaskAfterClose));
    }
}

pub(super) fn named(code: Code, run: &ClockRun) -> Finding {
    Finding::new(code)
        .with("clock", &run.clock)
        .with("task", run.task.unwrap_or_default())
}

/// I11: counted spans follow each other, and the last is open exactly while the clock runs.
fn spans(run: &ClockRun, findings: &mut Findings) {
    let mut end = Some(Moment(i64::MIN));
    for (from, to) in &run.spans {
        let follows = end.is_some_and(|end| end <= *from);
        if !follows || to.is_some_and(|to| to < *from) {
            findings.push(named(Code::Span, run));
            return;
        }
        end = *to;
    }
    let open = run.spans.last().is_some_and(|(_, to)| to.is_none());
    let should = run.phase == ClockPhase::Running && run.zero.is_some();
    if open != should {
        findings.push(named(Code::Phase, run).with("phase", run.phase.as_str()));
    }
}

/// I11, I15: a clock runs exactly where the definition says, and none in a closed ticket.
fn phase(run: &ClockRun, ticket: &Ticket, definition: &Definition, findings: &mut Findings) {
    let running = match run.phase {
        ClockPhase::Running | ClockPhase::Paused => true,
        ClockPhase::Stopped | ClockPhase::Met => false,
    };
    if ticket.is_closed() {
        if running || !run.schedule.is_empty() {
            findings.push(named(Code::ClockAfterClose, run));
        }
        return;
    }
    let Some(clock) = definition.clocks.get(&run.clock) else {
        if running {
            findings.push(named(Code::UnknownClock, run));
        }
        return;
    };
    let pausing = definition.states.get(&ticket.state).is_some_and(|state| state.pause);
    let waits = clock.paused_in.iter().any(|state| state.value == ticket.state);
    let (counts, waits) = match &clock.runs {
        Runs::Open => (true, waits),
        Runs::States(states) => (states.iter().any(|state| state.value == ticket.state), waits),
        Runs::Task { unsigned, .. } => {
            let task = run.task.and_then(|task| ticket.task(task));
            let open = task.is_some_and(|task| is_waited_for(task, *unsigned));
            (open, waits || (open && pausing))
        }
    };
    let right = match run.phase {
        ClockPhase::Running => counts && !waits,
        ClockPhase::Paused => waits,
        // Nothing that has stopped begins again only to wait.
        ClockPhase::Stopped => !counts || waits,
        ClockPhase::Met => true,
    };
    if !right {
        findings.push(
            named(Code::ClockState, run)
                .with("phase", run.phase.as_str())
                .with("state", &ticket.state),
        );
    }
}

/// A clock of tasks looks at this one: all of its life, or until somebody signs for it.
fn is_waited_for(task: &Task, unsigned: bool) -> bool {
    match task.phase {
        TaskPhase::Open => true,
        TaskPhase::Signed => !unsigned,
        // Asking for return is no signature (R14, R19).
        TaskPhase::ReturnAsked => !unsigned || task.signed_at.is_none(),
        TaskPhase::Done | TaskPhase::Returned | TaskPhase::Cancelled => false,
    }
}

/// The states a ticket was in, each until the next; `None` is closed.
struct Timeline(Vec<(Moment, Option<StateId>)>);

impl Timeline {
    /// `None` for a ticket that changed its definition: the old clocks' states are not those of the new file.
    fn of(history: &History) -> Option<Self> {
        let mut states = Vec::new();
        for event in history.read() {
            match &event.body {
                Body::Opened { state, .. } | Body::Entered { state, .. } | Body::Reopened { state } => {
                    states.push((event.at, Some(state.clone())));
                }
                Body::Closed { .. } | Body::MergedInto { .. } => states.push((event.at, None)),
                Body::Became { .. } | Body::Moved { .. } | Body::Unmerged => return None,
                _ => {}
            }
        }
        Some(Self(states))
    }

    /// The stretches of time between two instants with the state in them, those without length left out.
    fn between(&self, from: Moment, to: Option<Moment>) -> impl Iterator<Item = Option<&StateId>> {
        let ends = self.0.iter().skip(1).map(|(at, _)| Some(*at)).chain([None]);
        self.0.iter().zip(ends).filter_map(move |((begin, state), end)| {
            let begin = (*begin).max(from);
            let end = match (end, to) {
                (Some(end), Some(to)) => Some(end.min(to)),
                (end, to) => end.or(to),
            };
            end.is_none_or(|end| begin < end).then_some(state.as_ref())
        })
    }
}

/// I14: no clock counted in a state in which it does not.
fn within_states(run: &ClockRun, clock: &Clock, timeline: &Timeline, findings: &mut Findings) {
    let counts = |state: &StateId| match &clock.runs {
        Runs::Open => !clock.paused_in.iter().any(|paused| paused.value == *state),
        Runs::States(states) => states.iter().any(|counted| counted.value == *state),
        Runs::Task { .. } => true,
    };
    // Counting may begin before the cycle: with the contact, or with the time in a field.
    for (from, to) in &run.spans {
        let from = (*from).max(run.started_at);
        let wrong = timeline.between(from, *to).find(|state| !state.is_some_and(&counts));
        if let Some(state) = wrong {
            let state = state.map_or("closed", StateId::as_str);
            findings.push(named(Code::Counted, run).with("state", state));
            return;
        }
    }
}

/// I14: the due time is what the calendar makes of the budget and the spans.
fn due(run: &ClockRun, ticket: &Ticket, known: &Known, findings: &mut Findings) {
    let calendar = known.directory.calendar(ticket.calendar.as_ref());
    if run.phase != ClockPhase::Running || !matches!(run.spans.last(), Some((_, None))) {
        return;
    }
    if run.budget.working && calendar.is_none_or(|calendar| calendar.version != run.calendar) {
        return;
    }
    let expected = reached(run, calendar.map(|calendar| &**calendar));
    if run.due_at != expected {
        let show = |at: Option<Moment>| at.map_or_else(|| "–".to_owned(), Moment::rfc3339);
        findings.push(
            named(Code::Due, run)
                .with("found", show(run.due_at))
                .with("expected", show(expected)),
        );
    }
}

/// When the budget is used up: in the first span that has enough left of it.
fn reached(run: &ClockRun, calendar: Option<&Calendar>) -> Option<Moment> {
    let working = run.budget.working;
    let mut left = run.budget.ms.saturating_add(run.extended);
    for (from, to) in &run.spans {
        let counted = to.map(|to| calendar.map_or(to.since(*from), |calendar| calendar.measure(working, *from, to)));
        match counted {
            Some(counted) if counted < left => left -= counted,
            Some(_) | None => {
                return match calendar {
                    Some(calendar) => calendar.reach(working, *from, left),
                    None => Some(from.plus(left)),
                };
            }
        }
    }
    None
}
