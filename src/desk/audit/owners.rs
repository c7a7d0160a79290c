//! Whose a task is, at any time: one department, and it changes only by being handed on from there (I10).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::code::Code;
use super::finding::{Finding, Findings};
use super::history::History;
use super::world::Known;
use crate::ticket::event::{Body, Event};
use crate::ticket::model::TaskId;
use crate::workflow::definition::Definition;
use crate::workflow::id::{DepartmentId, StateId, TaskKey};
use crate::workflow::value::FieldType;

/// A task that is open, as far as departments are concerned.
struct Open<'a> {
    key: &'a TaskKey,
    state: &'a StateId,
    department: &'a DepartmentId,
    /// Who handed it over, while it can be given back.
    from: Option<&'a DepartmentId>,
}

pub fn check(history: &History, known: &Known, findings: &mut Findings) {
    let mut open: BTreeMap<TaskId, Open<'_>> = BTreeMap::new();
    let mut definition: Option<&Arc<Definition>> = None;
    for event in history.read() {
        match &event.body {
            Body::Opened { definition: hash, .. }
            | Body::Became { definition: hash, .. }
            | Body::Moved { definition: hash, .. } => definition = known.definition(hash),
            Body::TaskOpened {
                task,
                key,
                state,
                department,
                ..
            } => {
                let opened = Open {
                    key,
                    state,
                    department,
                    from: None,
                };
                let clashes = open.values().any(|other| clash(&opened, other, definition));
                if open.insert(*task, opened).is_some() || clashes {
                    findings.push(found(Code::TwoOwners, event, *task, department));
                }
            }
            Body::HandedOver { task, to } => {
                let moved = open.get_mut(task).filter(|owned| owned.department != to);
                match moved {
                    Some(owned) => {
                        owned.from = Some(owned.department);
                        owned.department = to;
                    }
                    None => findings.push(found(Code::Transfer, event, *task, to)),
                }
            }
            Body::GivenBack { task, to } => {
                let moved = open.get_mut(task).filter(|owned| owned.from == Some(to));
                match moved {
                    Some(owned) => {
                        owned.from = None;
                        owned.department = to;
                    }
                    None => findings.push(found(Code::Transfer, event, *task, to)),
                }
            }
            Body::TaskReplied { task } | Body::ReturnGranted { task } | Body::TaskCancelled { task } => {
                open.remove(task);
            }
            _ => {}
        }
    }
}

/// Two open tasks of one kind: never with one department, and only one where the field names a single department.
fn clash(one: &Open<'_>, other: &Open<'_>, definition: Option<&Arc<Definition>>) -> bool {
    let single = || {
        let spec = definition?.states.get(one.state)?.tasks.get(one.key)?;
        Some(definition?.fields.get(&spec.field.value)?.kind == FieldType::Department)
    };
    one.key == other.key && (one.department == other.department || single().unwrap_or(false))
}

fn found(code: Code, event: &Event, task: TaskId, department: &DepartmentId) -> Finding {
    Finding::new(code)
        .seq(event.seq)
        .with("task", task)
        .with("department", department)
}
