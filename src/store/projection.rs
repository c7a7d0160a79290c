//! What the row of a ticket says beside its snapshot: everything a list needs to filter, sort and show it.
//!
//! A projection of the ticket and its definition, nothing of its own; `ombud audit` computes it again and compares.

use sha2::{Digest, Sha256};

use crate::ticket::model::{ClockPhase, Task, Ticket};
use crate::ticket::people::departments_in;
use crate::ticket::turn;
use crate::workflow::definition::{Definition, PeopleRule, PeopleSource, RoleOf};
use crate::workflow::id::RuleId;
use crate::workflow::moment::Moment;
use crate::workflow::value::{DECIMAL_SCALE, Decimal, Value};

/// Longest `else` chain that is followed; the checker refuses circles (P03).
const LEVELS_MAX: usize = 32;
/// Characters of a subject that the row keeps.
const SUBJECT_MAX: usize = 200;
/// Digits of the caller's hash: enough that two callers never meet, few enough to index.
const CALLER_BYTES: usize = 12;

/// The columns that are worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    pub due_at: Option<Moment>,
    pub late_since: Option<Moment>,
    pub urgent: bool,
    pub subject: String,
    /// `(task, chain)`, task 0 for the owner of the state; nothing while closed.
    pub owners: Vec<(u32, String)>,
}

/// Works out the columns.
pub fn project(ticket: &Ticket, definition: &Definition) -> Projection {
    Projection {
        due_at: turn::next_due(ticket),
        late_since: late_since(ticket),
        urgent: is_urgent(ticket),
        subject: subject(ticket, definition),
        owners: owners(ticket, definition),
    }
}

/// Since when a clock is late that still runs.
fn late_since(ticket: &Ticket) -> Option<Moment> {
    ticket
        .clocks
        .iter()
        .filter(|run| match run.phase {
            ClockPhase::Running | ClockPhase::Paused => true,
            ClockPhase::Stopped | ClockPhase::Met => false,
        })
        .filter_map(|run| run.late_at)
        .min()
}

/// 急件: the yes/no field `urgent` says yes (R9).
pub fn is_urgent(ticket: &Ticket) -> bool {
    matches!(ticket.fields.get("urgent"), Some(Value::YesNo(true)))
}

/// `{place}：{summary}` with the fields filled in; an empty field leaves nothing.
pub fn subject(ticket: &Ticket, definition: &Definition) -> String {
    let mut subject = String::new();
    let mut rest: &str = &definition.subject;
    while let Some((before, after)) = rest.split_once('{') {
        subject.push_str(before);
        match after.split_once('}') {
            Some((field, after)) => {
                if let Some(value) = ticket.fields.get(field) {
                    subject.push_str(&shown(value, field, definition));
                }
                rest = after;
            }
            None => rest = "",
        }
    }
    subject.push_str(rest);
    subject.chars().take(SUBJECT_MAX).collect()
}

fn shown(value: &Value, field: &str, definition: &Definition) -> String {
    match value {
        Value::Text(text) | Value::Phone(text) => text.clone(),
        Value::Number(number) | Value::Money(number) => decimal(*number),
        Value::YesNo(true) => "是".to_owned(),
        Value::YesNo(false) => "否".to_owned(),
        Value::Choice(option) => definition
            .fields
            .get(field)
            .and_then(|field| field.options.get(option))
            .map_or_else(|| option.to_string(), |title| title.zh.clone()),
        Value::Time(at) => at.rfc3339(),
        Value::Department(department) => department.to_string(),
        Value::Departments(departments) => {
            let names: Vec<_> = departments.iter().map(ToString::to_string).collect();
            names.join("、")
        }
        Value::Person(person) => person.to_string(),
        Value::List(items) => items.join("、"),
        Value::Erased => "…".to_owned(),
    }
}

fn decimal(number: Decimal) -> String {
    let whole = number.0 / DECIMAL_SCALE;
    let rest = (number.0 % DECIMAL_SCALE).abs();
    if rest == 0 {
        return whole.to_string();
    }
    let sign = if number.0 < 0 && whole == 0 { "-" } else { "" };
    let fraction = format!("{rest:04}");
    format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
}

/// Whose it is: for the state and for each open task the levels of the owner's `else` chain.
fn owners(ticket: &Ticket, definition: &Definition) -> Vec<(u32, String)> {
    if ticket.is_closed() {
        return Vec::new();
    }
    let mut owners = Vec::new();
    if let Some(state) = definition.states.get(&ticket.state) {
        let assignee = ticket.assignee.as_ref().map(|person| format!("person:{person}"));
        owners.push((0, chain(ticket, definition, &state.owner, None, assignee)));
    }
    for task in ticket.open_tasks() {
        let assignee = task.assignee.as_ref().map(|person| format!("person:{person}"));
        owners.push((task.id, chain(ticket, definition, &task.owner, Some(task), assignee)));
    }
    owners
}

fn chain(
    ticket: &Ticket,
    definition: &Definition,
    rule: &RuleId,
    task: Option<&Task>,
    assignee: Option<String>,
) -> String {
    let mut levels: Vec<String> = assignee.into_iter().collect();
    let mut current = definition.people.get(rule);
    for _ in 0..LEVELS_MAX {
        let Some(rule) = current else { break };
        levels.extend(level(ticket, rule, task));
        current = rule
            .otherwise
            .as_ref()
            .and_then(|next| definition.people.get(&next.value));
    }
    levels.join("|")
}

/// `person:li`, `role:shift_lead!duty`, `role:head@finance`, `role:manager!always`; nothing for an empty level.
fn level(ticket: &Ticket, rule: &PeopleRule, task: Option<&Task>) -> Option<String> {
    match &rule.source {
        PeopleSource::Creator => ticket.creator.person().map(|person| format!("person:{person}")),
        PeopleSource::Assignee => task
            .map_or(ticket.assignee.as_ref(), |task| task.assignee.as_ref())
            .map(|person| format!("person:{person}")),
        PeopleSource::DoerOf(action) => ticket
            .doings
            .iter()
            .rev()
            .find(|doing| doing.round == ticket.round && doing.action == action.value)
            .and_then(|doing| doing.by.person())
            .map(|person| format!("person:{person}")),
        PeopleSource::Role { role, of, on_duty } => {
            let departments = match of {
                None => None,
                Some(RoleOf::Task(_)) => Some(vec![task?.department.to_string()]),
                Some(RoleOf::Field(field)) => {
                    let named = departments_in(ticket.fields.get(&field.value));
                    if named.is_empty() {
                        return None;
                    }
                    Some(named.into_iter().map(ToString::to_string).collect())
                }
            };
            let mut level = format!("role:{}", role.value);
            if let Some(departments) = departments {
                level.push('@');
                level.push_str(&departments.join(","));
            }
            if *on_duty {
                level.push_str("!duty");
            }
            if rule.always {
                level.push_str("!always");
            }
            Some(level)
        }
    }
}

/// A keyed hash of a caller's number: finds the same caller again, tells nobody the number. `None` without digits.
pub fn caller_key(secret: &[u8], number: &str) -> Option<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let national = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86"));
    let digits = match national {
        Some(national) if national.len() == 11 => national,
        Some(_) | None => digits.as_str(),
    };
    if digits.is_empty() {
        return None;
    }
    let mut hasher = Sha256::new();
    hasher.update(secret);
    hasher.update(digits.as_bytes());
    let hash = hasher.finalize();
    Some(hex::encode(hash.get(..CALLER_BYTES).unwrap_or_default()))
}

/// The caller's number: the first phone field of the definition that holds one.
pub fn caller_number<'a>(ticket: &'a Ticket, definition: &Definition) -> Option<&'a str> {
    definition
        .fields
        .keys()
        .find_map(|field| match ticket.fields.get(field) {
            Some(Value::Phone(number)) => Some(number.as_str()),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_caller_has_one_key_however_the_number_is_written() {
        let key = caller_key(b"secret", "13800001111");
        assert!(key.is_some());
        assert_eq!(caller_key(b"secret", "+86 138-0000-1111"), key);
        assert_eq!(caller_key(b"secret", "008613800001111"), key);
        assert_ne!(caller_key(b"other", "13800001111"), key);
        assert_eq!(caller_key(b"secret", "-"), None);
    }

    #[test]
    fn decimals_are_written_without_needless_zeros() {
        assert_eq!(decimal(Decimal(125_000)), "12.5");
        assert_eq!(decimal(Decimal(120_000)), "12");
        assert_eq!(decimal(Decimal(-5_000)), "-0.5");
    }
}
