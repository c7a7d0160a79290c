//! Clocks are what the history says (I11 to I15): recomputed here from the states, without asking the core.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Finding, Findings};
use super::history::History;
use super::world::Known;
use crate::ticket::event::{Body, Event};
use crate::ticket::model::{ClockPhase, ClockRun, RungKey, TaskId, TaskPhase, Ticket};
use crate::workflow::definition::{Clock, Definition, Runs};
use crate::workflow::id::{ClockId, StateId};
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
        findings.push(Finding::new("i15-open-task"));
    }
    fired(history, findings);
    late(history, folded, findings);
}

fn named(code: &'static str, run: &ClockRun) -> Finding {
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
            findings.push(named("i11-span", run));
            return;
        }
        end = *to;
    }
    let open = run.spans.last().is_some_and(|(_, to)| to.is_none());
    let should = run.phase == ClockPhase::Running && run.zero.is_some();
    if open != should {
        findings.push(named("i11-phase", run).with("phase", run.phase.as_str()));
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
            findings.push(named("i15-closed", run));
        }
        return;
    }
    let Some(clock) = definition.clocks.get(&run.clock) else {
        if running {
            findings.push(named("i6-clock", run));
        }
        return;
    };
    let pausing = definition.states.get(&ticket.state).is_some_and(|state| state.pause);
    let waits = clock.paused_in.iter().any(|state| state.value == ticket.state);
    let (counts, waits) = match &clock.runs {
        Runs::Open => (true, waits),
        Runs::States(states) => (states.iter().any(|state| state.value == ticket.state), waits),
        Runs::Task { unsigned, .. } => {
            let task = run.task.and_then(|task| ticket.task(task)).map(|task| task.phase);
            let open = match task {
                Some(TaskPhase::Open) => true,
                Some(TaskPhase::Signed | TaskPhase::ReturnAsked) => !unsigned,
                Some(TaskPhase::Done | TaskPhase::Returned | TaskPhase::Cancelled) | None => false,
            };
            (open, open && (pausing || waits))
        }
    };
    let right = match run.phase {
        ClockPhase::Running => counts && !waits,
        ClockPhase::Paused => waits,
        ClockPhase::Stopped => !counts && !waits,
        ClockPhase::Met => true,
    };
    if !right {
        findings.push(
            named("i11-state", run)
                .with("phase", run.phase.as_str())
                .with("state", &ticket.state),
        );
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
            findings.push(named("i14-counted", run).with("state", state));
            return;
        }
    }
}

/// I14: the due time is what the calendar makes of the budget and the spans.
fn due(run: &ClockRun, ticket: &Ticket, known: &Known, findings: &mut Findings) {
    let calendar = known.directory.calendar(ticket.calendar.as_ref());
    let (ClockPhase::Running, Some((start, None))) = (run.phase, run.spans.last()) else {
        return;
    };
    if run.budget.working && calendar.is_none_or(|calendar| calendar.version != run.calendar) {
        return;
    }
    let mut left = run.budget.ms.saturating_add(run.extended);
    for (from, to) in &run.spans {
        if let Some(to) = to {
            left -= match calendar {
                Some(calendar) => calendar.measure(run.budget.working, *from, *to),
                None => to.since(*from),
            };
        }
    }
    if left < 0 {
        return;
    }
    let expected = match calendar {
        Some(calendar) => calendar.reach(run.budget.working, *start, left),
        None => Some(start.plus(left)),
    };
    if run.due_at != expected {
        let show = |at: Option<Moment>| at.map_or_else(|| "–".to_owned(), Moment::rfc3339);
        findings.push(
            named("i14-due", run)
                .with("found", show(run.due_at))
                .with("expected", show(expected)),
        );
    }
}

type Fired = (ClockId, Option<TaskId>, u32, RungKey);

/// I13: each rung fired at most once, never early, and each has its row that makes a second time impossible.
fn fired(history: &History, findings: &mut Findings) {
    let mut seen: BTreeSet<Fired> = BTreeSet::new();
    let mut expected: BTreeSet<(String, i64, i64, i64, i64, i64)> = BTreeSet::new();
    for event in history.read() {
        let Event { seq, at, body, .. } = event;
        let Body::Rung {
            clock,
            task,
            cycle,
            rung,
            due_at,
            ..
        } = body
        else {
            continue;
        };
        let named = |code| {
            Finding::new(code)
                .seq(*seq)
                .with("clock", clock)
                .with("step", rung.step)
        };
        if !seen.insert((clock.clone(), *task, *cycle, *rung)) {
            findings.push(named("i13-twice"));
        }
        if due_at > at {
            findings.push(named("i13-early"));
        }
        expected.insert((
            clock.to_string(),
            i64::from(task.unwrap_or_default()),
            i64::from(*cycle),
            i64::from(rung.step),
            i64::from(rung.repetition),
            due_at.0,
        ));
    }
    let rows: BTreeSet<_> = history
        .rungs
        .iter()
        .map(|row| {
            (
                row.clock.clone(),
                row.task,
                row.cycle,
                row.step,
                row.repetition,
                row.due_at,
            )
        })
        .collect();
    for (clock, task, cycle, step, ..) in expected.symmetric_difference(&rows) {
        let finding = Finding::new("i13-row").with("clock", clock).with("task", task);
        findings.push(finding.with("cycle", cycle).with("step", step));
    }
}

/// I12: late once for each cycle, not before it was due.
fn late(history: &History, ticket: &Ticket, findings: &mut Findings) {
    let mut seen: BTreeMap<(ClockId, Option<TaskId>, u32), Moment> = BTreeMap::new();
    for event in history.read() {
        if let Body::Late { clock, task, cycle } = &event.body
            && seen.insert((clock.clone(), *task, *cycle), event.at).is_some()
        {
            findings.push(Finding::new("i12-twice").seq(event.seq).with("clock", clock));
        }
    }
    for run in &ticket.clocks {
        let marked = seen.get(&(run.clock.clone(), run.task, run.cycle));
        if marked.is_some() != run.late_at.is_some() {
            findings.push(named("i12-mark", run));
        }
    }
}
