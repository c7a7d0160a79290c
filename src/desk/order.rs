//! From a request to the core's order: which built-in action, which fields, which other ticket.

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::ticket::command::Order;
use crate::ticket::json;
use crate::ticket::model::{LinkKind, TaskId};
use crate::workflow::definition::Definition;
use crate::workflow::id::{DepartmentId, FieldId};

use super::act::Act;
use super::files::MEMBER;
use super::{DeskError, Problem};

/// Built-in actions on a task.
const OF_TASK: [&str; 7] = [
    "sign",
    "reply",
    "ask_return",
    "grant_return",
    "force",
    "hand_over",
    "give_back",
];

/// The order that a request means. `other` finds the ticket it names by number.
pub(super) fn order(
    act: &Act,
    definition: &Definition,
    other: &dyn Fn(&str) -> Option<Uuid>,
) -> Result<Order, DeskError> {
    let name = act.action.as_str();
    if OF_TASK.contains(&name) {
        return of_task(act, definition, name);
    }
    let values = || json::read(definition, &act.values);
    let with = With(&act.with);
    let order = match name {
        "take" => Order::Take { task: act.task },
        "release" => Order::Release { task: act.task },
        "acknowledge" => Order::Acknowledge,
        "chase" => Order::Chase,
        "watch" => Order::Watch {
            on: with.yes_no("on", true)?,
        },
        "note" => Order::Note {
            public: with.yes_no("public", false)?,
        },
        "correct" => return Ok(Order::Correct { values: values()? }),
        "attach" => Order::Attach,
        "detach" => Order::Detach {
            attachment: with.number("attachment")?,
        },
        "reveal" => Order::Reveal {
            field: FieldId::from(with.word("field")?),
        },
        "link" => Order::Link {
            to: with.ticket(other)?,
            kind: with.kind()?,
        },
        "unlink" => Order::Unlink {
            to: with.ticket(other)?,
            kind: with.kind()?,
        },
        "merge" => Order::Merge {
            into: with.ticket(other)?,
        },
        "unmerge" => Order::Unmerge,
        _ => {
            with.nothing()?;
            return Ok(Order::Do {
                action: act.action.clone(),
                values: values()?,
            });
        }
    };
    no_values(act)?;
    Ok(order)
}

fn of_task(act: &Act, definition: &Definition, name: &str) -> Result<Order, DeskError> {
    let task: TaskId = act.task.ok_or_else(|| {
        Problem::new(
            "/task",
            "task_missing",
            "这个操作是针对任务的：请写明任务编号",
            "This action is about a task: say which",
        )
    })?;
    let with = With(&act.with);
    let order = match name {
        "reply" => {
            return Ok(Order::Reply {
                task,
                values: json::read(definition, &act.values)?,
            });
        }
        "sign" => Order::Sign { task },
        "ask_return" => Order::AskReturn { task },
        "grant_return" => Order::GrantReturn { task },
        "force" => Order::Force { task },
        "hand_over" => Order::HandOver {
            task,
            to: DepartmentId::from(with.word("to")?),
        },
        _ => Order::GiveBack { task },
    };
    no_values(act)?;
    Ok(order)
}

/// The number of the other ticket that a request names: it is loaded together with the first.
pub(super) fn other_number(act: &Act) -> Option<&str> {
    match act.action.as_str() {
        "link" | "unlink" | "merge" => act.with.get("ticket").and_then(Json::as_str),
        _ => None,
    }
}

fn no_values(act: &Act) -> Result<(), DeskError> {
    match act.values.keys().next() {
        None => Ok(()),
        Some(field) => Err(Problem::new(
            format!("/values/{field}"),
            "not_asked",
            format!("“{}”不需要字段", act.action),
            format!("“{}” takes no fields", act.action),
        )
        .into()),
    }
}

/// The parameters of a built-in action.
struct With<'a>(&'a Map<String, Json>);

impl With<'_> {
    fn word(&self, name: &'static str) -> Result<&str, DeskError> {
        self.0.get(name).and_then(Json::as_str).ok_or_else(|| {
            Problem::new(
                format!("/with/{name}"),
                "missing",
                format!("缺少“{name}”（文字）"),
                format!("“{name}” is missing (a text)"),
            )
            .into()
        })
    }

    fn number(&self, name: &'static str) -> Result<u64, DeskError> {
        self.0.get(name).and_then(Json::as_u64).ok_or_else(|| {
            Problem::new(
                format!("/with/{name}"),
                "missing",
                format!("缺少“{name}”（数字）"),
                format!("“{name}” is missing (a number)"),
            )
            .into()
        })
    }

    fn yes_no(&self, name: &'static str, otherwise: bool) -> Result<bool, DeskError> {
        match self.0.get(name) {
            None => Ok(otherwise),
            Some(Json::Bool(yes)) => Ok(*yes),
            Some(Json::Null | Json::Number(_) | Json::String(_) | Json::Array(_) | Json::Object(_)) => {
                Err(Problem::new(
                    format!("/with/{name}"),
                    "value",
                    format!("“{name}”应为 true 或 false"),
                    format!("“{name}” must be true or false"),
                )
                .into())
            }
        }
    }

    fn ticket(&self, other: &dyn Fn(&str) -> Option<Uuid>) -> Result<Uuid, DeskError> {
        let number = self.word("ticket")?;
        other(number).ok_or_else(|| {
            Problem::new(
                "/with/ticket",
                "unknown_ticket",
                format!("没有工单 {number}，或您看不到它"),
                format!("There is no ticket {number}, or you cannot see it"),
            )
            .into()
        })
    }

    fn kind(&self) -> Result<LinkKind, DeskError> {
        let word = self.0.get("kind").and_then(Json::as_str).unwrap_or("related");
        match word {
            "related" => Ok(LinkKind::Related),
            "repeat" => Ok(LinkKind::Repeat),
            "parent" => Ok(LinkKind::Parent),
            "child" => Ok(LinkKind::Child),
            "bypass" => Ok(LinkKind::Bypass),
            "successor" => Ok(LinkKind::Successor),
            _ => Err(Problem::new(
                "/with/kind",
                "value",
                format!("没有“{word}”这种关联：可用 related、repeat、parent、child、bypass、successor"),
                format!("There is no link “{word}”: related, repeat, parent, child, bypass, successor are"),
            )
            .into()),
        }
    }

    fn nothing(&self) -> Result<(), DeskError> {
        // Files may come with every action.
        match self.0.keys().find(|name| *name != MEMBER) {
            None => Ok(()),
            Some(name) => Err(Problem::new(
                format!("/with/{name}"),
                "unknown_key",
                "流程文件里的操作只接受 values 和 texts",
                "An action of the file takes values and texts only",
            )
            .into()),
        }
    }
}
