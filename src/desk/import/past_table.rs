//! History as a table: one line for each thing that was done, the ticket's number in the first column.
//!
//! The line of a ticket that comes first creates it (`action` is `create`) and names the workflow; further columns are
//! fields of the workflow under their ids. Lines of one ticket stand in the order in which things happened.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};

use super::cells::{Cells, Edge, each_row};
use super::fault::{Fault, What};
use super::past::{COMMANDS_MAX, Past, PastCommand, TaskName, is_number};
use super::table::{self, Column, Row};
use crate::desk::open::ContactReport;
use crate::ticket::model::Channel;
use crate::workflow::definition::Definition;
use crate::workflow::id::{ActionId, DepartmentId, FieldId, PersonId, WorkflowId};
use crate::workflow::nearest::nearest;
use crate::workflow::value::FieldType;

const COLUMNS: &[Column] = &[
    Column::required("ticket", &["工单", "工单编号"]),
    Column::required("at", &["时间"]),
    Column::required("action", &["动作", "操作"]),
    Column::optional("by", &["人员", "操作人"]),
    Column::optional("workflow", &["流程", "类型"]),
    Column::optional("task", &["任务"]),
    Column::optional("on_behalf_of", &["代办部门"]),
    Column::optional("reason", &["原因"]),
    Column::optional("basis", &["依据"]),
    Column::optional("note", &["备注"]),
    Column::optional("evidence", &["凭证"]),
    Column::optional("channel", &["渠道"]),
    Column::optional("contact_started_at", &["来电时间"]),
    Column::optional("contact_ended_at", &["挂机时间"]),
    Column::optional("recording", &["录音"]),
];

const TEXTS: [&str; 4] = ["reason", "basis", "note", "evidence"];

/// The word in the column `action` of a ticket's first line.
const CREATE: [&str; 2] = ["create", "创建"];

/// Finds the active version of a workflow.
pub type Active<'a> = &'a dyn Fn(&WorkflowId) -> Option<Arc<Definition>>;

/// Reads a table of history: the tickets in the order of their first lines, each with the line it began on.
pub fn read(bytes: &[u8], zone: &TimeZone, active: Active<'_>) -> Result<Vec<(u64, Past)>, Vec<Fault>> {
    let table = table::read_open(bytes, COLUMNS)?;
    let mut tickets: IndexMap<String, (u64, Past, Arc<Definition>)> = IndexMap::new();
    let faults = each_row(&table, zone, |cells| {
        let number = cells.row.text("ticket");
        if !is_number(number) {
            cells.fault(
                "ticket",
                What::Number {
                    value: number.to_owned(),
                },
            );
        } else if let Some((_, past, definition)) = tickets.get_mut(number) {
            let command = command(cells, definition);
            past.commands.extend(command);
            if past.commands.len() > COMMANDS_MAX {
                let most = u64::try_from(COMMANDS_MAX).unwrap_or(u64::MAX);
                cells.fault("ticket", What::TooManyLines { most });
            }
        } else if let Some((past, definition)) = creation(cells, number, active) {
            tickets.insert(number.to_owned(), (cells.row.line, past, definition));
        }
    });
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
