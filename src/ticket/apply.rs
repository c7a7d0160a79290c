//! Folding events into a ticket. Total: no rule inside, never reads the directory (L11); every event finds its place.

use indexmap::IndexMap;

use crate::workflow::id::DepartmentId;
use crate::workflow::value::{Value, Values};

use super::attachment::{Attachment, Gone};
use super::event::{Body, Event, RungEffect};
use super::model::{ClockPhase, ClockRun, Doing, Link, LinkKind, RungKey, Seen, Task, TaskId, TaskPhase, Ticket};

/// The pseudo-rung that marks 100 %: it sorts after every rung of the file that is due at the same moment (L7).
pub const LATE: RungKey = RungKey {
    step: u32::MAX,
    repetition: 0,
};

/// The ticket after its first event; `None` when that is not `Opened`.
pub fn born(event: &Event) -> Option<Ticket> {
    let Body::Opened {
        id,
        number,
        workflow,
        definition,
        calendar,
        state,
        contact,
        imported: _,
    } = &event.body
    else {
        return None;
    };
    let mut ticket = Ticket {
        id: *id,
        number: number.clone(),
        workflow: workflow.clone(),
        definition: definition.clone(),
        calendar: calendar.clone(),
        seq: event.seq,
        revision: 1,
        last_at: event.at,
        opened_at: event.at,
        closed_at: None,
        outcome: None,
        state: state.clone(),
        entered_at: event.at,
        round: 1,
        visit: 1,
        visits: 1,
        paused_from: None,
        creator: event.actor.clone(),
        contact: contact.clone(),
        fields: event.values.clone(),
        tasks: Vec::new(),
        clocks: Vec::new(),
        assignee: None,
        doings: Vec::new(),
        watched_by: None,
        links: Vec::new(),
        attachments: Vec::new(),
        merged_into: None,
        departments: IndexMap::new(),
        transfers: 0,
        acknowledged: None,
        told: Vec::new(),
    };
    watch_departments(&mut ticket, event.seq);
    Some(ticket)
}

/// The ticket that a whole history makes; `None` for a history that does not begin with `Opened`.
pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Ticket> {
    let mut events = events.into_iter();
    let mut ticket = born(events.next()?)?;
    for event in events {
        apply(&mut ticket, event);
    }
    Some(ticket)
}

/// Applies one event.
pub fn apply(ticket: &mut Ticket, event: &Event) {
    ticket.seq = event.seq;
    ticket.last_at = event.at;
    if event.body.is_command() {
        ticket.revision += 1;
    }
    if let Some((action, task)) = event.body.doing() {
        ticket.doings.push(Doing {
            seq: event.seq,
            action,
            by: event.actor.clone(),
            at: event.at,
            round: ticket.round,
            visit: ticket.visit,
            task,
        });
    }
    match &event.body {
        Body::Opened { .. } => {}
        Body::Did { .. } | Body::Wrote { .. } | Body::Corrected => {
            write(&mut ticket.fields, &event.values);
        }
        Body::Entered { state, visit, pausing } => {
            ticket.paused_from = pausing.then(|| (ticket.state.clone(), ticket.visit));
            ticket.state = state.clone();
            ticket.entered_at = event.at;
            ticket.visit = *visit;
            ticket.visits = ticket.visits.max(*visit);
            ticket.assignee = None;
        }
        Body::Closed { outcome } => {
            ticket.closed_at = Some(event.at);
            ticket.outcome = Some(outcome.clone());
            ticket.assignee = None;
            ticket.paused_from = None;
        }
        Body::Reopened { state } => {
            ticket.closed_at = None;
            ticket.outcome = None;
            ticket.round += 1;
            ticket.visits += 1;
            ticket.visit = ticket.visits;
            ticket.state = state.clone();
            ticket.entered_at = event.at;
        }
        Body::Became {
            workflow,
            definition,
            calendar,
            state,
            kept,
        } => {
            ticket.workflow = workflow.clone();
            ticket.definition = definition.clone();
            ticket.calendar = calendar.clone();
            ticket.fields.retain(|field, _| kept.contains(field));
            write(&mut ticket.fields, &event.values);
            ticket.visits += 1;
            ticket.visit = ticket.visits;
            ticket.state = state.clone();
            ticket.entered_at = event.at;
            ticket.assignee = None;
            ticket.paused_from = None;
        }
        Body::TaskOpened {
            task,
            key,
            state,
            department,
            owner,
        } => ticket.tasks.push(Task {
            id: *task,
            key: key.clone(),
            state: state.clone(),
            department: department.clone(),
            owner: owner.clone(),
            phase: TaskPhase::Open,
            fields: Values::new(),
            assignee: None,
            handed_from: None,
            opened_at: event.at,
            signed_at: None,
            ended_at: None,
            forced: false,
            consumed: false,
        }),
        Body::TaskSigned { task } => with_task(ticket, *task, |task| {
            task.phase = TaskPhase::Signed;
            task.signed_at = Some(event.at);
            task.assignee = event.actor.person().cloned();
        }),
        Body::TaskReplied { task } => with_task(ticket, *task, |task| {
            task.phase = TaskPhase::Done;
            task.ended_at = Some(event.at);
            write(&mut task.fields, &event.values);
        }),
        Body::ReturnAsked { task } => with_task(ticket, *task, |task| task.phase = TaskPhase::ReturnAsked),
        Body::ReturnGranted { task } => {
            ticket.transfers += 1;
            with_task(ticket, *task, |task| {
                task.phase = TaskPhase::Returned;
                task.ended_at = Some(event.at);
            });
        }
        Body::Forced { task } => with_task(ticket, *task, |task| {
            task.forced = true;
            task.phase = if task.signed_at.is_some() {
                TaskPhase::Signed
            } else {
                TaskPhase::Open
            };
        }),
        Body::HandedOver { task, to } => {
            ticket.transfers += 1;
            with_task(ticket, *task, |task| {
                task.handed_from = Some(task.department.clone());
                move_task(task, to);
            });
        }
        Body::GivenBack { task, to } => {
            ticket.transfers += 1;
            with_task(ticket, *task, |task| {
                task.handed_from = None;
                move_task(task, to);
            });
        }
        Body::TaskCancelled { task } => with_task(ticket, *task, |task| {
            task.phase = TaskPhase::Cancelled;
            task.ended_at = Some(event.at);
        }),
        Body::TasksConsumed { tasks } => {
            for task in tasks {
                with_task(ticket, *task, |task| task.consumed = true);
            }
        }
        Body::ClockSet { why: _, run } => set_clock(ticket, run),
        Body::Rung {
            clock,
            task,
            cycle,
            rung,
            due_at: _,
            effect,
        } => {
            if let Some(run) = find_clock(ticket, clock, *task, *cycle) {
                run.schedule.retain(|scheduled| scheduled.rung != *rung);
                run.fired.push(*rung);
            }
            match effect {
                RungEffect::Tell { to, .. } | RungEffect::DoFailed { to, .. } => tell(ticket, to),
                RungEffect::Do { .. } | RungEffect::Skipped | RungEffect::Silent => {}
            }
        }
        Body::Late { clock, task, cycle } => {
            if let Some(run) = find_clock(ticket, clock, *task, *cycle) {
                run.schedule.retain(|scheduled| scheduled.rung != LATE);
                run.fired.push(LATE);
                run.late_at = Some(event.at);
            }
        }
        Body::Told { to, .. } | Body::Chased { to } => tell(ticket, to),
        Body::Taken { task, by } => match task {
            Some(task) => with_task(ticket, *task, |task| task.assignee = Some(by.clone())),
            None => ticket.assignee = Some(by.clone()),
        },
        Body::Released { task } => match task {
            Some(task) => with_task(ticket, *task, |task| task.assignee = None),
            None => ticket.assignee = None,
        },
        Body::Acknowledged => {
            ticket.acknowledged = event.actor.person().map(|person| (person.clone(), event.at));
        }
        Body::Watched { on } => {
            ticket.watched_by = if *on { event.actor.person().cloned() } else { None };
        }
        Body::Noted { .. } | Body::Revealed { .. } => {}
        Body::ContactEnded { at } => {
            if let Some(contact) = &mut ticket.contact {
                contact.ended_at = Some(*at);
                contact.running = false;
            }
        }
        Body::ContactReported { contact } => ticket.contact = Some(contact.clone()),
        Body::Linked { to, kind } => ticket.links.push(Link { to: *to, kind: *kind }),
        Body::Unlinked { to, kind } => ticket.links.retain(|link| link.to != *to || link.kind != *kind),
        Body::MergedInto { to } => {
            ticket.merged_into = Some(*to);
            ticket.links.push(Link {
                to: *to,
                kind: LinkKind::Merged,
            });
        }
        Body::Unmerged => {
            ticket.merged_into = None;
            ticket.links.retain(|link| link.kind != LinkKind::Merged);
            ticket.closed_at = None;
            ticket.outcome = None;
        }
        Body::Attached { content, action, task } => {
            ticket
                .attachments
                .push(Attachment::of(event, content, action.as_ref(), *task));
        }
        Body::Detached { attachment } => {
            for known in ticket.attachments.iter_mut().filter(|known| known.seq == *attachment) {
                known.gone = Some(Gone::Removed);
            }
        }
        Body::Moved {
            definition,
            calendar,
            state,
        } => {
            ticket.definition = definition.clone();
            ticket.calendar = calendar.clone();
            ticket.state = state.clone();
        }
        Body::Erased { .. } => erase(ticket),
    }
    watch_departments(ticket, event.seq);
}

fn write(fields: &mut Values, values: &Values) {
    for (field, value) in values {
        fields.insert(field.clone(), value.clone());
    }
}

fn with_task(ticket: &mut Ticket, id: TaskId, change: impl FnOnce(&mut Task)) {
    if let Some(task) = ticket.tasks.iter_mut().find(|task| task.id == id) {
        change(task);
    }
}

fn move_task(task: &mut Task, to: &DepartmentId) {
    task.department = to.clone();
    task.phase = TaskPhase::Open;
    task.signed_at = None;
    task.assignee = None;
}

fn find_clock<'a>(
    ticket: &'a mut Ticket,
    clock: &crate::workflow::id::ClockId,
    task: Option<TaskId>,
    cycle: u32,
) -> Option<&'a mut ClockRun> {
    ticket
        .clocks
        .iter_mut()
        .find(|run| run.clock == *clock && run.task == task && run.cycle == cycle)
}

fn set_clock(ticket: &mut Ticket, run: &ClockRun) {
    match ticket
        .clocks
        .iter_mut()
        .find(|known| known.clock == run.clock && known.task == run.task)
    {
        Some(known) => *known = run.clone(),
        None => ticket.clocks.push(run.clone()),
    }
}

fn tell(ticket: &mut Ticket, to: &[crate::workflow::id::PersonId]) {
    for person in to {
        if !ticket.told.contains(person) {
            ticket.told.push(person.clone());
        }
    }
}

fn erase(ticket: &mut Ticket) {
    for attachment in &mut ticket.attachments {
        attachment.name.clear();
        attachment.gone = Some(Gone::Erased);
    }
    let fields = ticket
        .fields
        .values_mut()
        .chain(ticket.tasks.iter_mut().flat_map(|task| task.fields.values_mut()));
    for value in fields {
        if value.is_free_text() {
            *value = Value::Erased;
        }
    }
}

/// Which departments may see the ticket: those it names and those with a task that is neither returned nor cancelled.
/// One that gave its part away keeps what it saw until then (DESIGN, People).
fn watch_departments(ticket: &mut Ticket, seq: u64) {
    let mut involved: Vec<&DepartmentId> = Vec::new();
    for value in ticket.fields.values() {
        match value {
            Value::Department(department) => involved.push(department),
            Value::Departments(departments) => involved.extend(departments),
            Value::Text(_)
            | Value::Number(_)
            | Value::Money(_)
            | Value::YesNo(_)
            | Value::Choice(_)
            | Value::Time(_)
            | Value::Phone(_)
            | Value::Person(_)
            | Value::List(_)
            | Value::Erased => {}
        }
    }
    involved.extend(
        ticket
            .tasks
            .iter()
            .filter(|task| task.phase.is_open() || task.phase == TaskPhase::Done)
            .map(|task| &task.department),
    );
    for (department, seen) in &mut ticket.departments {
        if seen.until.is_none() && !involved.contains(&department) {
            seen.until = Some(seq);
        }
    }
    let involved: Vec<DepartmentId> = involved.into_iter().cloned().collect();
    for department in involved {
        match ticket.departments.get_mut(&department) {
            Some(seen) => seen.until = None,
            None => {
                ticket.departments.insert(
                    department,
                    Seen {
                        since: seq,
                        until: None,
                    },
                );
            }
        }
    }
}

impl Ticket {
    /// Clocks that are late and still count or wait.
    pub fn late_clocks(&self) -> impl Iterator<Item = &ClockRun> {
        self.clocks
            .iter()
            .filter(|run| run.late_at.is_some() && matches!(run.phase, ClockPhase::Running | ClockPhase::Paused))
    }
}
