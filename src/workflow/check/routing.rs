//! R: the routing table. Over all combinations of its choice and yes/no fields exactly one row fits each.
//!
//! Two rows overlap when they agree in every field: that is looked at pair by pair, exactly. Gaps are found by
//! dividing the cases field by field, following only the rows that still fit: a part that some row covers whole is
//! done, a part that no row fits is a gap. The walk is bounded by [`CASES_MAX`]; a table that needs more is refused.

use std::collections::HashSet;

use crate::workflow::definition::{At, Definition, Field, RoutingRow};
use crate::workflow::effort;
use crate::workflow::finding::{Code, Finding, Findings};
use crate::workflow::id::{DepartmentId, FieldId, OptionId};
use crate::workflow::nearest::nearest;
use crate::workflow::value::{FieldType, Value};

use super::Ground;
use super::graph::possible_in;
use super::names::type_word;

/// Parts of the table that are looked at; what needs more is too large to be understood by anybody.
const CASES_MAX: usize = 20_000;
/// Rows that are looked at in the time of one case.
const ROWS_PER_CASE: usize = 50;
/// Overlaps that are told, of a table where everything fits everything.
const OVERLAPS_MAX: usize = 20;

pub(super) fn check(ground: &Ground, findings: &mut Findings) {
    let file = ground.file;
    for row in &file.routing {
        values(ground, row, findings);
    }
    overlaps(file, findings);
    else_rows(file, findings);
    gaps(ground, findings);
    if !ground.around.incomplete {
        inputs(ground, findings);
    }
    use_of_table(ground, findings);
}

/// R03: options of the fields, departments of the directory.
fn values(ground: &Ground, row: &RoutingRow, findings: &mut Findings) {
    for (name, values) in &row.when {
        if let Some(field) = ground.file.fields.get(&name.value) {
            for value in values {
                value_of(ground, field, value, findings);
            }
        }
    }
    for (name, value) in &row.fill {
        if let Some(field) = ground.file.fields.get(&name.value) {
            value_of(ground, field, value, findings);
        }
    }
}

fn value_of(ground: &Ground, field: &Field, value: &At<Value>, findings: &mut Findings) {
    let unknown = |written: &str, known: Vec<&str>, variant: &'static str| {
        let finding = Finding::new(Code::R03, value.span)
            .variant(variant)
            .with("field", &field.id);
        finding
            .with("value", written)
            .with("known", listed(&known))
            .near(nearest(written, known))
    };
    let department = |id: &DepartmentId, findings: &mut Findings| {
        if let Some(directory) = ground.around.directory
            && !directory.departments.contains_key(id)
        {
            let known = directory.departments.keys().map(DepartmentId::as_str).collect();
            findings.add(unknown(id.as_str(), known, "department"));
        }
    };
    match (&value.value, field.kind) {
        (Value::Choice(option), FieldType::Choice) if !field.options.contains_key(option) => {
            findings.add(unknown(
                option.as_str(),
                field.options.keys().map(OptionId::as_str).collect(),
                "option",
            ));
        }
        (Value::Department(id), FieldType::Department) => department(id, findings),
        (Value::Departments(ids), FieldType::Departments) => ids.iter().for_each(|id| department(id, findings)),
        (Value::Choice(_), FieldType::Choice)
        | (Value::Text(_), FieldType::Text)
        | (Value::Number(_), FieldType::Number)
        | (Value::Money(_), FieldType::Money)
        | (Value::YesNo(_), FieldType::YesNo)
        | (Value::Time(_), FieldType::Time)
        | (Value::Phone(_), FieldType::Phone)
        | (Value::Person(_), FieldType::Person)
        | (Value::List(_), FieldType::List) => {}
        (_, kind) => {
            let finding = Finding::new(Code::R03, value.span)
                .variant("type")
                .with("field", &field.id);
            findings.add(finding.with("type", type_word(kind)));
        }
    }
}

/// The known values of a sentence: enough to choose from, not a page.
fn listed(known: &[&str]) -> String {
    const SHOWN: usize = 12;
    let mut shown: Vec<&str> = known.iter().copied().take(SHOWN).collect();
    if known.len() > SHOWN {
        shown.push("…");
    }
    shown.join(", ")
}

/// R01.
fn overlaps(file: &Definition, findings: &mut Findings) {
    let rows: Vec<&RoutingRow> = file.routing.iter().filter(|row| !row.is_else).collect();
    let mut told = 0;
    for (place, later) in rows.iter().enumerate() {
        for earlier in rows.iter().take(place) {
            let Some(case) = common(file, earlier, later) else {
                continue;
            };
            if told == OVERLAPS_MAX {
                return;
            }
            told += 1;
            let finding = Finding::new(Code::R01, later.span).with("case", case);
            findings.add(finding.note(earlier.span, "finding-R01-other"));
        }
    }
}

/// A case that both rows fit.
fn common(file: &Definition, one: &RoutingRow, other: &RoutingRow) -> Option<String> {
    effort::spend(1);
    let mut case: Vec<String> = Vec::new();
    for (name, values) in &one.when {
        let shared = match condition(other, &name.value) {
            Some(others) => values
                .iter()
                .find(|value| others.iter().any(|known| known.value == value.value))?,
            None => values.first()?,
        };
        case.push(format!("{}: {}", name.value, word(&shared.value)));
    }
    for (name, values) in &other.when {
        if condition(one, &name.value).is_none() {
            case.push(format!("{}: {}", name.value, word(&values.first()?.value)));
        }
    }
    if case.is_empty() && file.routing.len() > 1 {
        case.push("…".to_owned());
    }
    Some(case.join(", "))
}

fn condition<'a>(row: &'a RoutingRow, field: &FieldId) -> Option<&'a [At<Value>]> {
    effort::spend(row.when.len());
    row.when
        .iter()
        .find(|(name, _)| name.value == *field)
        .map(|(_, values)| values.as_slice())
}

fn word(value: &Value) -> String {
    match value {
        Value::Choice(option) => option.to_string(),
        Value::YesNo(yes) => yes.to_string(),
        Value::Text(_)
        | Value::Number(_)
        | Value::Money(_)
        | Value::Time(_)
        | Value::Phone(_)
        | Value::Department(_)
        | Value::Departments(_)
        | Value::Person(_)
        | Value::List(_)
        | Value::Erased => "…".to_owned(),
    }
}

/// R04: `else` stands last and once; a row without a value that exists never applies.
fn else_rows(file: &Definition, findings: &mut Findings) {
    let Some((_, earlier)) = file.routing.split_last() else {
        return;
    };
    for row in earlier.iter().filter(|row| row.is_else) {
        findings.add(Finding::new(Code::R04, row.span).variant("else-early"));
    }
}

/// R02, and R04 for an `else` row to which nothing is left.
fn gaps(ground: &Ground, findings: &mut Findings) {
    let file = ground.file;
    let Some(last) = file.routing.last() else { return };
    let Some(inputs) = domain(file) else { return };
    let place = |name: &FieldId| inputs.iter().position(|(input, _)| *input == name);
    let deep = |row: &RoutingRow| row.when.iter().filter_map(|(name, _)| place(name)).max();
    let own = file.routing.iter().filter(|row| !row.is_else);
    let rows: Vec<Fitting> = own
        .map(|row| Fitting {
            row,
            asks: deep(row).map_or(0, |place| place + 1),
        })
        .collect();
    let mut walk = Walk {
        inputs: &inputs,
        seen: 0,
        gap: None,
    };
    walk.part(&rows, &mut Vec::new());
    let has_else = file.routing.iter().any(|row| row.is_else);
    match walk.gap {
        _ if walk.seen > CASES_MAX => {
            findings.add(
                Finding::new(Code::R02, last.span)
                    .variant("too-many")
                    .with("max", CASES_MAX),
            );
        }
        None if has_else => {
            if let Some(row) = file.routing.iter().find(|row| row.is_else) {
                findings.add(Finding::new(Code::R04, row.span));
            }
        }
        Some(case) if !has_else => {
            let text: Vec<String> = case
                .iter()
                .map(|(field, value)| format!("{field}: {}", word(value)))
                .collect();
            findings.add(Finding::new(Code::R02, last.span).with("case", text.join(", ")));
        }
        None | Some(_) => {}
    }
}

/// The inputs with all their values; `None` when one cannot be an input (R03 or F01 has told).
fn domain(file: &Definition) -> Option<Vec<(&FieldId, Vec<Value>)>> {
    let mut inputs: Vec<(&FieldId, Vec<Value>)> = Vec::new();
    for (name, values) in file.routing.iter().flat_map(|row| &row.when) {
        if let Some((_, all)) = inputs.iter().find(|(known, _)| **known == name.value) {
            if values.iter().any(|value| !all.contains(&value.value)) {
                return None;
            }
            continue;
        }
        let field = file.fields.get(&name.value)?;
        let all: Vec<Value> = match field.kind {
            FieldType::Choice => field.options.keys().cloned().map(Value::Choice).collect(),
            FieldType::YesNo => vec![Value::YesNo(true), Value::YesNo(false)],
            FieldType::Text
            | FieldType::Number
            | FieldType::Money
            | FieldType::Time
            | FieldType::Phone
            | FieldType::Department
            | FieldType::Departments
            | FieldType::Person
            | FieldType::List => return None,
        };
        if values.iter().any(|value| !all.contains(&value.value)) {
            return None;
        }
        inputs.push((&field.id, all));
    }
    Some(inputs)
}

/// A row that fits what is chosen so far.
#[derive(Clone, Copy)]
struct Fitting<'a> {
    row: &'a RoutingRow,
    /// How many of the inputs have to be chosen until it fits for certain.
    asks: usize,
}

struct Walk<'a> {
    inputs: &'a [(&'a FieldId, Vec<Value>)],
    seen: usize,
    gap: Option<Vec<(FieldId, Value)>>,
}

impl Walk<'_> {
    /// Looks for a case that none of the rows fits, within the part where the first inputs have the chosen values.
    fn part(&mut self, rows: &[Fitting], chosen: &mut Vec<(FieldId, Value)>) {
        self.seen += 1 + rows.len() / ROWS_PER_CASE;
        effort::spend(1 + rows.len());
        if self.seen > CASES_MAX || self.gap.is_some() {
            return;
        }
        let open = self.inputs.get(chosen.len()..).unwrap_or_default();
        if rows.iter().any(|row| row.asks <= chosen.len()) {
            return;
        }
        let (Some((field, values)), false) = (open.first(), rows.is_empty()) else {
            self.gap = Some(chosen.clone());
            return;
        };
        for value in values {
            let fits = |row: &RoutingRow| {
                condition(row, field).is_none_or(|fits| fits.iter().any(|known| known.value == *value))
            };
            let fitting: Vec<Fitting> = rows.iter().copied().filter(|fitting| fits(fitting.row)).collect();
            chosen.push(((*field).clone(), value.clone()));
            self.part(&fitting, chosen);
            chosen.pop();
        }
    }
}

/// R05.
fn inputs(ground: &Ground, findings: &mut Findings) {
    let mut inputs: Vec<&FieldId> = Vec::new();
    for (name, _) in ground.file.routing.iter().flat_map(|row| &row.when) {
        if ground.file.fields.contains_key(&name.value) && !inputs.contains(&&name.value) {
            inputs.push(&name.value);
        }
    }
    for (home, action) in ground.actions().filter(|(_, action)| action.route) {
        let mut told: HashSet<&FieldId> = HashSet::new();
        let states: Vec<Option<&_>> = match action.place {
            crate::workflow::definition::Place::AfterClose => vec![None],
            crate::workflow::definition::Place::State | crate::workflow::definition::Place::Anytime => {
                possible_in(ground.file, home, action).into_iter().map(Some).collect()
            }
        };
        for state in states {
            let Some(filled) = ground.filled.after(state, action) else {
                continue;
            };
            for field in inputs.iter().filter(|field| !filled.contains(field)) {
                if told.insert(field) {
                    let finding = Finding::new(Code::R05, action.span).with("field", field);
                    findings.add(finding.with("action", &action.id));
                }
            }
        }
    }
}

/// R02 where an action routes without a table, R04 where a table is never asked.
fn use_of_table(ground: &Ground, findings: &mut Findings) {
    let routes = ground.actions().find(|(_, action)| action.route);
    match (routes, ground.file.routing.first()) {
        (Some((_, action)), None) if !ground.around.incomplete => {
            findings.add(
                Finding::new(Code::R02, action.span)
                    .variant("no-table")
                    .with("action", &action.id),
            );
        }
        (None, Some(row)) if !ground.around.incomplete => {
            findings.add(Finding::new(Code::R04, row.span).variant("never-asked"));
        }
        (None | Some(_), None | Some(_)) => {}
    }
}
