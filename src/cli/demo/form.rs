//! Fills the form of an action the way somebody at a hotline would.

use super::chance::Chance;
use super::phrases::{CALLERS, Matter, OTHERWISE, PLACES, TEXTS};
use crate::ticket::model::Ticket;
use crate::ticket::people::departments_in;
use crate::ticket::possible::Possible;
use crate::workflow::definition::{Definition, Field};
use crate::workflow::directory::Directory;
use crate::workflow::id::{DepartmentId, FieldId, OptionId, PersonId};
use crate::workflow::moment::{HOUR, MINUTE, Moment};
use crate::workflow::value::{Decimal, FieldType, Value, Values};

/// Telephone numbers of the demonstration: a prefix that no network has given out.
const PHONE_PREFIX: &str = "1990000";

/// What is known while a form is filled.
pub struct Form<'a> {
    pub definition: &'a Definition,
    pub ticket: &'a Ticket,
    pub matter: &'a Matter,
    pub now: Moment,
    /// Everything that is asked is filled, since a form with gaps was refused.
    pub thorough: bool,
    pub directory: &'a Directory,
    pub chance: &'a mut Chance,
}

impl Form<'_> {
    /// Values for what is required and some of what is asked.
    pub fn fill(&mut self, action: &Possible) -> Values {
        let mut values = Values::new();
        let submits = matches!(action.action.as_str(), "submit" | "resubmit");
        for (id, required) in action
            .require
            .iter()
            .map(|id| (id, true))
            .chain(action.ask.iter().map(|id| (id, false)))
        {
            let Some(field) = self.definition.fields.get(id) else {
                continue;
            };
            let filled = self.ticket.fields.get(id).is_some_and(|value| !value.is_blank());
            // What a task asks belongs to the task and is empty there, whatever the ticket says (L4).
            if filled && !field.each_time && action.task.is_none() {
                continue;
            }
            let by_the_way = submits || self.thorough || self.chance.percent(30);
            let offered = required || (by_the_way && is_harmless(id, field));
            if !offered {
                continue;
            }
            if let Some(value) = self.value(id, field) {
                values.insert(id.clone(), value);
            }
        }
        self.complete(action, &mut values);
        values
    }

    /// Fields that belong together: who is dissatisfied says why, what is not solved says why not.
    fn complete(&mut self, action: &Possible, values: &mut Values) {
        let companions = [
            ("satisfaction", "why_not"),
            ("solved", "unsolved_why"),
            ("contacted", "contacted_at"),
            ("urgent", "urgent_why"),
        ];
        for (first, second) in companions {
            let asked = |id: &str| {
                action
                    .require
                    .iter()
                    .chain(&action.ask)
                    .any(|field| field.as_str() == id)
            };
            let needs = match values.get(first) {
                Some(Value::Choice(option)) => matches!(option.as_str(), "bad" | "reached" | "tried"),
                Some(Value::YesNo(yes)) => *yes == (first == "urgent"),
                _ => false,
            };
            if needs
                && asked(second)
                && !values.contains_key(second)
                && let Some(field) = self.definition.fields.get(second)
                && let Some(value) = self.value(&FieldId::from(second), field)
            {
                values.insert(FieldId::from(second), value);
            }
        }
    }

    fn value(&mut self, id: &FieldId, field: &Field) -> Option<Value> {
        let value = match field.kind {
            FieldType::Text => Value::Text(shortened(self.text(id.as_str()), field)),
            FieldType::Phone => Value::Phone(format!("{PHONE_PREFIX}{:04}", self.chance.below(10_000))),
            FieldType::List => Value::List(self.list(id.as_str())),
            FieldType::Choice => Value::Choice(self.option(id.as_str(), field)?),
            FieldType::YesNo => Value::YesNo(match id.as_str() {
                "solved" | "power_back" => self.chance.percent(94),
                "urgent" => self.chance.percent(6),
                _ => false,
            }),
            FieldType::Time => Value::Time(match id.as_str() {
                "promised_at" => self.now.plus(2 * HOUR),
                "happened_at" => self.ticket.opened_at.plus(-self.chance.about(90) * MINUTE),
                _ => self.now.plus(-MINUTE).max(self.ticket.opened_at),
            }),
            FieldType::Number => Value::Number(self.number(field)),
            FieldType::Money => Value::Money(Decimal::from_whole(
                50 + 10 * i64::try_from(self.chance.below(20)).ok()?,
            )?),
            FieldType::Department => Value::Department(self.department()?),
            FieldType::Departments => Value::Departments(vec![self.department()?]),
            FieldType::Person => Value::Person(
                self.directory
                    .people
                    .keys()
                    .next()
                    .cloned()
                    .unwrap_or(PersonId::from("li")),
            ),
        };
        Some(value)
    }

    fn text(&mut self, id: &str) -> &'static str {
        let bank: &[&'static str] = match id {
            "summary" => return self.matter.summary,
            "course" => return self.matter.course,
            "place" => PLACES,
            "caller" | "informant" => CALLERS,
            other => TEXTS
                .iter()
                .find(|(name, _)| *name == other)
                .map_or(OTHERWISE, |(_, texts)| texts),
        };
        self.chance.one_of(bank).copied().unwrap_or("已处理")
    }

    fn list(&self, id: &str) -> Vec<String> {
        match id {
            "demands" => self.matter.demands.iter().map(|demand| (*demand).to_owned()).collect(),
            "answers" => {
                let demands = match self.ticket.fields.get("demands") {
                    Some(Value::List(demands)) => demands.clone(),
                    _ => self.list("demands"),
                };
                demands.iter().map(|demand| format!("{demand}：已办理")).collect()
            }
            _ => vec!["现场照片-1.jpg".to_owned()],
        }
    }

    fn option(&mut self, id: &str, field: &Field) -> Option<OptionId> {
        let has = |wanted: &&&str| field.options.contains_key(**wanted);
        if let Some(option) = self.matter.options.iter().find(has) {
            return Some(OptionId::from(*option));
        }
        let usual: &[(u64, &str)] = match id {
            "satisfaction" => &[(68, "good"), (24, "fair"), (8, "bad")],
            "says_solved" => &[(88, "solved"), (8, "partly"), (4, "unsolved")],
            "contacted" => &[(94, "reached"), (6, "tried")],
            "beyond_duty" => &[(97, "within"), (3, "law")],
            "caller_agrees" => &[(90, "agrees"), (10, "unknown")],
            "grade" => &[(85, "general"), (13, "serious"), (2, "major")],
            _ => &[],
        };
        let option = self
            .chance
            .weighted(usual)
            .filter(|option| field.options.contains_key(**option));
        if let Some(option) = option {
            return Some(OptionId::from(*option));
        }
        let options: Vec<&OptionId> = field.options.keys().collect();
        self.chance.one_of(&options).map(|option| (*option).clone())
    }

    fn number(&mut self, field: &Field) -> Decimal {
        let least = field.min.and_then(Decimal::whole).unwrap_or(1);
        let most = field.max.and_then(Decimal::whole).unwrap_or(least + 2).max(least);
        let span = u64::try_from(most - least + 1).unwrap_or(1);
        let number = least + i64::try_from(self.chance.below(span)).unwrap_or_default();
        Decimal::from_whole(number).unwrap_or_default()
    }

    /// A department that is not busy with the ticket yet.
    fn department(&mut self) -> Option<DepartmentId> {
        let named = |value: &Value, id: &DepartmentId| departments_in(Some(value)).contains(&id);
        let free: Vec<&DepartmentId> = self
            .directory
            .departments
            .keys()
            .filter(|id| !self.ticket.fields.values().any(|value| named(value, id)))
            .collect();
        self.chance.one_of(&free).map(|id| (*id).clone())
    }
}

/// What may be filled though nobody demands it.
fn is_harmless(id: &FieldId, field: &Field) -> bool {
    let by_name = !matches!(
        id.as_str(),
        "attachments" | "proofs" | "confidential" | "malicious" | "bypass" | "override_reason" | "anonymous" | "parent"
    );
    let by_kind = match field.kind {
        FieldType::Department | FieldType::Departments | FieldType::Person | FieldType::Money => false,
        FieldType::Text
        | FieldType::Number
        | FieldType::YesNo
        | FieldType::Choice
        | FieldType::Time
        | FieldType::Phone
        | FieldType::List => true,
    };
    by_name && by_kind
}

/// Cut to what the field takes.
fn shortened(text: &str, field: &Field) -> String {
    let most = field
        .max
        .and_then(Decimal::whole)
        .and_then(|most| usize::try_from(most).ok())
        .unwrap_or(usize::MAX);
    text.chars().take(most).collect()
}
