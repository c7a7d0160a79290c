//! History as a table: one line for each thing that was done, the ticket's number in the first column.
//!
//! The line of a ticket that comes first creates it (`action` is `create`) and names the workflow; further columns are
//! fields of the workflow under their ids. Lines of one ticket stand in the order in which things happened.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};

use super::cells::{Cells, Edge};
use super::fault::{FAULTS_MAX, Fault, What};
use super::past::{COMMANDS_MAX, Past, PastCommand, TaskName, is_number};
use super::table::{self, Column, Row};
use crate::desk::open::ContactReport;
use crate::ticket::model::Channel;
use crate::workflow::definition::Definition;
use crate::workflow::id::{ActionId, DepartmentId, FieldId, PersonId, WorkflowId};
use crate::workflow::nearest::nearest;
use crate::workflow::value::FieldType;

const COLUMNS: &[Column] = &[
    Column {
        key: "ticket",
        names: &["工单", "工单编号"],
        required: true,
    },
    Column {
        key: "at",
        names: &["时间"],
        required: true,
    },
    Column {
        key: "action",
        names: &["动作", "操作"],
        required: true,
    },
    Column {
        key: "by",
        names: &["人员", "操作人"],
        required: false,
    },
    Column {
        key: "workflow",
        names: &["流程", "类型"],
        required: false,
    },
    Column {
        key: "task",
        names: &["任务"],
        required: false,
    },
    Column {
        key: "on_behalf_of",
        names: &["代办部门"],
        required: false,
    },
    Column {
        key: "reason",
        names: &["原因"],
        required: false,
    },
    Column {
        key: "basis",
        names: &["依据"],
        required: false,
    },
    Column {
        key: "note",
        names: &["备注"],
        required: false,
    },
    Column {
        key: "evidence",
        names: &["凭证"],
        required: false,
    },
    Column {
        key: "channel",
        names: &["渠道"],
        required: false,
    },
    Column {
        key: "contact_started_at",
        names: &["来电时间"],
        required: false,
    },
    Column {
        key: "contact_ended_at",
        names: &["挂机时间"],
        required: false,
    },
    Column {
        key: "recording",
        names: &["录音"],
        required: false,
    },
];

const TEXTS: [&str; 4] = ["reason", "basis", "note", "evidence"];

/// The word in the column `action` of a ticket's first line.
const CREATE: [&str; 2] = ["create", "创建"];

/// Finds the active version of a workflow.
pub type Active<'a> = &'a dyn Fn(&WorkflowId) -> Option<Arc<Definition>>;

/// Reads a table of history: the tickets in the order of their first lines, each with the line it began on.
pub fn read(bytes: &[u8], zone: &TimeZone, active: Active<'_>) -> Result<Vec<(u64, Past)>, Vec<Fault>> {
    let table = table::read_open(bytes, COLUMNS)?;
    let mut faults = Vec::new();
    let mut tickets: IndexMap<String, (u64, Past, Arc<Definition>)> = IndexMap::new();
    for row in &table.rows {
        if faults.len() >= FAULTS_MAX {
            break;
        }
        let mut cells = Cells {
            row,
            zone,
            faults: &mut faults,
        };
        let number = row.text("ticket");
        if !is_number(number) {
            cells.fault(
                "ticket",
                What::Number {
                    value: number.to_owned(),
                },
            );
        } else if let Some((_, past, definition)) = tickets.get_mut(number) {
            let command = command(&mut cells, definition);
            past.commands.extend(command);
            if past.commands.len() > COMMANDS_MAX {
                let most = u64::try_from(COMMANDS_MAX).unwrap_or(u64::MAX);
                cells.fault("ticket", What::TooManyLines { most });
            }
        } else if let Some((past, definition)) = creation(&mut cells, number, active) {
            tickets.insert(number.to_owned(), (row.line, past, definition));
        }
    }
    if faults.is_empty() {
        Ok(tickets.into_values().map(|(line, past, _)| (line, past)).collect())
    } else {
        Err(faults)
    }
}

fn creation(cells: &mut Cells<'_>, number: &str, active: Active<'_>) -> Option<(Past, Arc<Definition>)> {
    if !CREATE.contains(&cells.row.text("action")) {
        cells.fault("action", What::NotCreated);
        return None;
    }
    let workflow = WorkflowId::new(cells.id("workflow")?);
    let Some(definition) = active(&workflow) else {
        cells.fault(
            "workflow",
            What::Unknown {
                kind: "workflow",
                value: workflow.to_string(),
                nearest: None,
            },
        );
        return None;
    };
    let past = Past {
        id: None,
        workflow,
        number: Some(number.to_owned()),
        at: instant(cells)?,
        by: by(cells),
        contact: contact(cells),
        values: values(cells, &definition),
        commands: Vec::new(),
    };
    Some((past, definition))
}

fn command(cells: &mut Cells<'_>, definition: &Definition) -> Option<PastCommand> {
    let action = cells.id("action");
    let at = instant(cells);
    let mut texts: BTreeMap<Arc<str>, String> = BTreeMap::new();
    for key in TEXTS {
        if let Some(text) = cells.row.given(key) {
            texts.insert(Arc::from(key), text.to_owned());
        }
    }
    let command = PastCommand {
        at: at?,
        by: by(cells),
        action: ActionId::new(action?),
        task: cells.row.given("task").map(TaskName::parse),
        values: values(cells, definition),
        texts,
        with: Map::new(),
        on_behalf_of: cells.id_if_given("on_behalf_of").map(DepartmentId::new),
    };
    Some(command)
}

fn instant(cells: &mut Cells<'_>) -> Option<crate::workflow::moment::Moment> {
    if cells.row.given("at").is_none() {
        cells.fault("at", What::Empty);
    }
    cells.instant("at", Edge::Beginning)
}

fn by(cells: &mut Cells<'_>) -> Option<PersonId> {
    cells.id_if_given("by").map(PersonId::new)
}

fn contact(cells: &mut Cells<'_>) -> Option<ContactReport> {
    let channel = cells.row.given("channel").map(str::to_owned)?;
    let word = Json::String(channel.clone());
    let Ok(known) = serde_json::from_value::<Channel>(word) else {
        cells.fault("channel", What::Channel { value: channel });
        return None;
    };
    Some(ContactReport {
        id: None,
        channel: Some(known),
        caller_number: None,
        started_at: cells.instant("contact_started_at", Edge::Beginning),
        ended_at: cells.instant("contact_ended_at", Edge::Beginning),
        recording: cells.row.given("recording").map(str::to_owned),
    })
}

/// Cells of the columns that are fields, as JSON of the field's type.
fn values(cells: &mut Cells<'_>, definition: &Definition) -> Map<String, Json> {
    let mut values = Map::new();
    let row: &Row = cells.row;
    for (heading, text) in row.others() {
        let Some(field) = definition.fields.get(heading) else {
            let nearest = nearest(heading, definition.fields.keys().map(FieldId::as_str));
            cells.faults.push(Fault {
                line: row.line,
                column: Some(heading.to_owned()),
                what: What::Unknown {
                    kind: "field",
                    value: heading.to_owned(),
                    nearest,
                },
            });
            continue;
        };
        let read = match field.kind {
            FieldType::YesNo => match text {
                "true" | "yes" | "是" => Json::Bool(true),
                "false" | "no" | "否" => Json::Bool(false),
                other => Json::String(other.to_owned()),
            },
            FieldType::Number | FieldType::Money => text
                .parse::<serde_json::Number>()
                .map_or_else(|_| Json::String(text.to_owned()), Json::Number),
            FieldType::Departments | FieldType::List => {
                let items = text.split([';', '；']).map(str::trim).filter(|item| !item.is_empty());
                Json::Array(items.map(|item| Json::String(item.to_owned())).collect())
            }
            FieldType::Time => {
                let at = super::cells::instant(text, cells.zone, Edge::Beginning);
                Json::String(at.map_or_else(|| text.to_owned(), crate::workflow::moment::Moment::rfc3339))
            }
            FieldType::Text | FieldType::Choice | FieldType::Phone | FieldType::Department | FieldType::Person => {
                Json::String(text.to_owned())
            }
        };
        values.insert(heading.to_owned(), read);
    }
    values
}
