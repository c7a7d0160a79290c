//! The shape of the log: numbered without a gap, chained, in the order of time (I1, I2, I3).

use super::code::Code;
use super::finding::{Finding, Findings};
use super::history::{History, Stored};
use crate::store::chain::{self, Hash, START};
use crate::ticket::event::{Actor, Body, Event};
use crate::workflow::moment::{Moment, SECOND};

/// How far clocks of two machines may differ.
const AHEAD_MAX: i64 = 5 * SECOND;

pub fn check(history: &History, now: Moment, findings: &mut Findings) {
    numbered(history, findings);
    chained(history, findings);
    times(history, now, findings);
    let erased = erasures(history);
    for stored in &history.events {
        columns(stored, findings);
        content(stored, &erased, findings);
    }
}

/// I1
fn numbered(history: &History, findings: &mut Findings) {
    if history.events.is_empty() {
        findings.push(Finding::new(Code::NoEvents));
    }
    for (stored, expected) in history.events.iter().zip(1_u64..) {
        let seq = stored.event.seq;
        if seq != expected {
            findings.push(Finding::new(Code::Gap).seq(seq).with("expected", expected));
            break;
        }
        let opened = matches!(stored.event.body, Body::Opened { .. });
        if opened != (expected == 1) {
            findings.push(Finding::new(Code::Opened).seq(seq));
        }
    }
    let mut last = i64::MIN;
    for stored in &history.events {
        if stored.row.position <= last {
            findings.push(Finding::new(Code::Position).seq(stored.event.seq));
        }
        last = stored.row.position;
    }
    if let Some(Event {
        body: Body::Opened { id, number, .. },
        ..
    }) = history.read().next()
    {
        findings.differ(Code::TicketColumn, "id", &history.row.id, id);
        findings.differ(Code::TicketColumn, "number", &history.row.number.as_str(), &&**number);
    }
}

/// I2: each hash follows from the one before, and the ticket's head is the last.
fn chained(history: &History, findings: &mut Findings) {
    let mut before: Hash = START;
    for stored in &history.events {
        let expected = chain::follow(&before, &stored.row.body);
        if stored.row.hash.as_slice() != expected.as_slice() {
            findings.push(Finding::new(Code::Hash).seq(stored.event.seq));
        }
        // Going on from what is stored names every broken link, not everything after the first.
        before = Hash::try_from(stored.row.hash.as_slice()).unwrap_or(expected);
    }
    if history.row.head.as_slice() != before.as_slice() {
        findings.push(Finding::new(Code::Head));
    }
}

/// I3
fn times(history: &History, now: Moment, findings: &mut Findings) {
    let mut last = Moment(i64::MIN);
    for event in history.read() {
        if event.at < last {
            findings.push(
                Finding::new(Code::Backwards)
                    .seq(event.seq)
                    .with("at", event.at.rfc3339()),
            );
        }
        last = event.at;
        let latest = event.at.max(event.recorded_at);
        if latest > now.plus(AHEAD_MAX) {
            findings.push(Finding::new(Code::Future).seq(event.seq).with("at", latest.rfc3339()));
        }
    }
}

/// The columns beside the body repeat it, for queries; a row that says something else would be found wrongly.
fn columns(stored: &Stored, findings: &mut Findings) {
    let Stored { row, event, .. } = stored;
    let mut wrong = Vec::new();
    if u64::try_from(row.seq) != Ok(event.seq) {
        wrong.push("seq");
    }
    if row.at != event.at.0 {
        wrong.push("at");
    }
    if row.recorded_at != event.recorded_at.0 {
        wrong.push("recorded_at");
    }
    let actor = match &event.actor {
        Actor::Person(person) => Some(person.as_str()),
        Actor::System => None,
    };
    if row.actor.as_deref() != actor {
        wrong.push("actor");
    }
    if event.body.word() != row.kind {
        wrong.push("type");
    }
    for column in wrong {
        findings.push(Finding::new(Code::EventColumn).seq(event.seq).with("column", column));
    }
}

/// Free texts match their commitments, and are missing only where an erasure says so (I22).
fn content(stored: &Stored, erased: &[(u64, u64)], findings: &mut Findings) {
    let Stored {
        row,
        event,
        broken,
        missing,
    } = stored;
    for name in broken {
        findings.push(Finding::new(Code::Content).seq(event.seq).with("name", name));
    }
    if !erased.iter().any(|(from, to)| (*from..=*to).contains(&event.seq)) {
        for name in missing {
            findings.push(Finding::new(Code::ContentMissing).seq(event.seq).with("name", name));
        }
    } else if row.content.is_some() {
        findings.push(Finding::new(Code::NotErased).seq(event.seq));
    }
}

/// From which event to which texts were erased.
fn erasures(history: &History) -> Vec<(u64, u64)> {
    let mut erased = Vec::new();
    for event in history.read() {
        if let Body::Erased { from, to } = event.body {
            erased.push((from, to));
        }
    }
    erased
}
