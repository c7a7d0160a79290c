//! The tables as the writer fills them: names, columns in order, what a repeated key means.

use super::rows::Table;

pub(crate) static TICKETS: Table = Table {
    name: "tickets",
    columns: &[
        "id",
        "number",
        "workflow",
        "definition",
        "state",
        "outcome",
        "creator",
        "assignee",
        "caller",
        "opened_at",
        "closed_at",
        "entered_at",
        "updated_at",
        "revision",
        "seq",
        "head",
        "due_at",
        "late_since",
        "urgent",
        "subject",
        "snapshot",
    ],
    conflict: "on conflict (id) do update set workflow = excluded.workflow, definition = excluded.definition, \
        state = excluded.state, outcome = excluded.outcome, assignee = excluded.assignee, caller = excluded.caller, \
        closed_at = excluded.closed_at, entered_at = excluded.entered_at, updated_at = excluded.updated_at, \
        revision = excluded.revision, seq = excluded.seq, head = excluded.head, due_at = excluded.due_at, \
        late_since = excluded.late_since, urgent = excluded.urgent, subject = excluded.subject, \
        snapshot = excluded.snapshot where tickets.seq < excluded.seq",
};

/// No conflict is forgiven: the same `seq` twice means that somebody else wrote the ticket meanwhile.
pub(crate) static EVENTS: Table = Table {
    name: "events",
    columns: &["ticket", "seq", "at", "recorded_at", "actor", "type", "body", "hash"],
    conflict: "",
};

pub(crate) static EVENT_CONTENT: Table = Table {
    name: "event_content",
    columns: &["ticket", "seq", "content"],
    conflict: "",
};

pub(crate) static DEPARTMENTS: Table = Table {
    name: "ticket_departments",
    columns: &["ticket", "department", "since", "until", "open", "updated_at"],
    conflict: "on conflict (ticket, department) do update set since = excluded.since, until = excluded.until, \
        open = excluded.open, updated_at = excluded.updated_at",
};

pub(crate) static OWNERS: Table = Table {
    name: "owners",
    columns: &["ticket", "task", "chain", "updated_at"],
    conflict: "on conflict (ticket, task) do update set chain = excluded.chain, updated_at = excluded.updated_at",
};

/// No conflict is forgiven: a rung fires at most once (L7).
pub(crate) static RUNGS: Table = Table {
    name: "rungs",
    columns: &[
        "ticket",
        "clock",
        "task",
        "cycle",
        "step",
        "repetition",
        "due_at",
        "fired_at",
    ],
    conflict: "",
};

pub(crate) static OUTBOX: Table = Table {
    name: "outbox",
    columns: &[
        "key",
        "channel",
        "person",
        "address",
        "ticket",
        "seq",
        "message",
        "clock_key",
        "payload",
        "created_at",
        "due_at",
        "attempts",
        "state",
        "stands_for",
    ],
    conflict: "",
};

pub(crate) static IDEMPOTENCY: Table = Table {
    name: "idempotency",
    columns: &["scope", "key", "request", "status", "answer", "ticket", "created_at"],
    conflict: "",
};

pub(crate) static NUMBERS: Table = Table {
    name: "numbers",
    columns: &["prefix", "date", "counter"],
    conflict: "on conflict (prefix, date) do update set counter = excluded.counter \
        where numbers.counter < excluded.counter",
};

const CONTACT_COLUMNS: &[&str] = &[
    "id",
    "channel",
    "caller",
    "caller_number",
    "started_at",
    "ended_at",
    "recording",
    "ticket",
    "agent",
    "reported_at",
    "updated_at",
];

pub(crate) static CONTACTS: Table = Table {
    name: "contacts",
    columns: CONTACT_COLUMNS,
    conflict: "on conflict (id) do update set channel = excluded.channel, caller = excluded.caller, \
        caller_number = excluded.caller_number, started_at = excluded.started_at, ended_at = excluded.ended_at, \
        recording = excluded.recording, ticket = excluded.ticket, agent = excluded.agent, \
        updated_at = excluded.updated_at",
};

/// Contacts that nobody had stored when the batch looked: if somebody did meanwhile, it looks again.
pub(crate) static NEW_CONTACTS: Table = Table {
    name: "contacts",
    columns: CONTACT_COLUMNS,
    conflict: "",
};

const MILESTONE_COLUMNS: &[&str] = &[
    "ticket",
    "seq",
    "department",
    "at",
    "kind",
    "workflow",
    "in_time",
    "outcome",
    "counts_as",
    "solved",
];

/// No conflict is forgiven: a milestone is reached once, by its event.
pub(crate) static MILESTONES: Table = Table {
    name: "milestones",
    columns: MILESTONE_COLUMNS,
    conflict: "",
};

/// Those that an earlier version did not write; whoever was first is right.
pub(crate) static MISSED_MILESTONES: Table = Table {
    name: "milestones",
    columns: MILESTONE_COLUMNS,
    conflict: "on conflict (ticket, seq, department) do nothing",
};
