//! Writes the changes of a batch with as few statements as possible. What was written is taken out of them.

use std::sync::Arc;

use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use crate::workflow::moment::Moment;

use super::StoreError;
use super::connect::statement;
use super::held::Held;
use super::rows::{Rows, list_of};
use super::sheet::{Changes, ContactRow, number};
use super::tables;

/// A batch as rows, ready to be written.
pub(super) struct Gathered {
    pub rows: Vec<Rows>,
    /// Tickets whose owners are written anew; what stands there goes first.
    pub disowned: Vec<Uuid>,
    /// Rare writes, after all others, in this order.
    pub statements: Vec<(String, Vec<Value>)>,
}

/// Works the rows out. `known` says which contacts are there already: the others must be new.
pub(super) fn gather(changes: &mut Changes, known: &dyn Fn(&str) -> bool) -> Result<Gathered, StoreError> {
    let mut tickets = Rows::of(&tables::TICKETS);
    let mut departments = Rows::of(&tables::DEPARTMENTS);
    let mut owners = Rows::of(&tables::OWNERS);
    let mut disowned = Vec::new();
    for (id, (base, now)) in &changes.tickets {
        tickets.push(ticket_row(*id, now)?);
        put_departments(*id, base.as_deref(), now, &mut departments);
        let before = base.as_ref().map(|held| &held.projection.owners);
        if before.is_some_and(|before| !before.is_empty() && *before != now.projection.owners) {
            disowned.push(*id);
        }
        let at = now.ticket.last_at.0;
        for (task, chain) in &now.projection.owners {
            owners.push([(*id).into(), i64::from(*task).into(), chain.as_str().into(), at.into()]);
        }
    }
    let mut counters = Rows::of(&tables::NUMBERS);
    for ((prefix, date), counter) in &changes.counters {
        counters.push([prefix.as_str().into(), date.as_str().into(), (*counter).into()]);
    }
    let mut contacts = Rows::of(&tables::CONTACTS);
    let mut new_contacts = Rows::of(&tables::NEW_CONTACTS);
    for contact in changes.contacts.values() {
        let rows = if known(&contact.id) {
            &mut contacts
        } else {
            &mut new_contacts
        };
        rows.push(contact_row(contact));
    }
    Ok(Gathered {
        rows: vec![
            tickets,
            departments,
            owners,
            counters,
            contacts,
            new_contacts,
            changes.events.take_all(),
            changes.content.take_all(),
            changes.rungs.take_all(),
            changes.milestones.take_all(),
            changes.outbox.take_all(),
            changes.idempotency.take_all(),
        ],
        disowned,
        statements: std::mem::take(&mut changes.statements),
    })
}

/// Writes everything with a few statements; the caller commits.
pub(super) async fn write(db: &DatabaseTransaction, changes: &mut Changes) -> Result<(), StoreError> {
    let backend = db.get_database_backend();
    let mut gathered = gather(changes, &|_| true)?;
    if !gathered.disowned.is_empty() {
        let mut ids: Vec<Value> = gathered.disowned.iter().copied().map(Value::from).collect();
        let list = list_of(&mut ids);
        let sql = format!("delete from owners where ticket in ({list})");
        db.execute_raw(statement(backend, &sql, ids)).await?;
    }
    for rows in &mut gathered.rows {
        rows.write(db).await?;
    }
    for (sql, values) in gathered.statements {
        db.execute_raw(statement(backend, &sql, values)).await?;
    }
    Ok(())
}

fn ticket_row(id: Uuid, held: &Arc<Held>) -> Result<[Value; 21], StoreError> {
    let ticket = &held.ticket;
    let projection = &held.projection;
    let snapshot =
        serde_json::to_string(ticket.as_ref()).map_err(|error| StoreError::unreadable("tickets.snapshot", error))?;
    Ok([
        id.into(),
        ticket.number.as_ref().into(),
        ticket.workflow.as_str().into(),
        ticket.definition.as_ref().into(),
        ticket.state.as_str().into(),
        ticket.outcome.as_ref().map(ToString::to_string).into(),
        ticket.creator.person().map(ToString::to_string).into(),
        ticket.assignee.as_ref().map(ToString::to_string).into(),
        held.caller.clone().into(),
        ticket.opened_at.0.into(),
        moment(ticket.closed_at),
        ticket.entered_at.0.into(),
        ticket.last_at.0.into(),
        number(ticket.revision).into(),
        number(ticket.seq).into(),
        held.head.to_vec().into(),
        moment(projection.due_at),
        moment(projection.late_since),
        projection.urgent.into(),
        projection.subject.as_str().into(),
        snapshot.into(),
    ])
}

/// Departments that came, went, or are involved: their lists follow the ticket.
fn put_departments(id: Uuid, base: Option<&Held>, now: &Held, rows: &mut Rows) {
    for (department, seen) in &now.ticket.departments {
        let before = base.and_then(|held| held.ticket.departments.get(department));
        if before != Some(seen) || seen.until.is_none() {
            rows.push([
                id.into(),
                department.as_str().into(),
                number(seen.since).into(),
                seen.until.map(number).into(),
                (!now.ticket.is_closed()).into(),
                now.ticket.last_at.0.into(),
            ]);
        }
    }
}

fn contact_row(contact: &ContactRow) -> [Value; 11] {
    [
        contact.id.as_str().into(),
        contact.channel.as_str().into(),
        contact.caller.clone().into(),
        contact.caller_number.clone().into(),
        moment(contact.started_at),
        moment(contact.ended_at),
        contact.recording.clone().into(),
        contact.ticket.into(),
        contact.agent.clone().into(),
        contact.reported_at.0.into(),
        contact.updated_at.0.into(),
    ]
}

fn moment(at: Option<Moment>) -> Value {
    at.map(|at| at.0).into()
}
