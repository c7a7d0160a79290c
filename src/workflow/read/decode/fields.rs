//! `fields`, `people`, `routing`, `outcomes`.

use std::rc::Rc;

use indexmap::IndexMap;

use super::{Decoder, at, bilingual, defined, entries, entry, items, one_or_many, said, yes};
use crate::workflow::definition::{
    At, CountsAs, Field, Outcome, PeopleRule, PeopleSource, RoleOf, RoutingRow, Sentence, Span,
};
use crate::workflow::finding::{Code, Finding};
use crate::workflow::id::{FieldId, OptionId, OutcomeId, RoleId, RuleId};
use crate::workflow::read::forms;
use crate::workflow::read::tree::{Entry, Node};
use crate::workflow::value::{Decimal, FieldType, Value};

impl Decoder<'_, '_> {
    pub(super) fn all_fields(&mut self, root: &Node) -> IndexMap<FieldId, Field> {
        entries(root.get("fields"))
            .map(|entry| {
                let field = self.field(entry);
                (field.id.clone(), field)
            })
            .collect()
    }

    fn field(&mut self, entry: &Entry) -> Field {
        let node = &entry.value;
        let kind = node.get("type").and_then(said).and_then(FieldType::from_word);
        let check = node.get("check").and_then(|check| self.expression(check));
        let mut field = Field {
            id: defined::<FieldId>(entry),
            span: entry.key.inner,
            // Its type was not understood: a text is compared with the least.
            kind: kind.unwrap_or(FieldType::Text),
            title: bilingual(node.get("title")),
            help: node.get("help").map(|help| bilingual(Some(help))),
            min: decimal(node.get("min")),
            max: decimal(node.get("max")),
            options: entries(node.get("options"))
                .map(|option| (OptionId::from(option.key.text.as_str()), bilingual(Some(&option.value))))
                .collect(),
            default: None,
            check: check.map(|condition| Sentence {
                condition,
                otherwise: bilingual(node.get("otherwise")),
            }),
            private: yes(node.get("private")),
            each_time: yes(node.get("each_time")),
            public: yes(node.get("public")),
        };
        if kind.is_some() {
            field.default = node.get("default").and_then(|default| self.constant(&field, default));
            self.keys_of_type(&field, node, entry.key.inner);
        }
        field
    }

    /// READ14: options belong to a choice, lengths and bounds to what has a length or an order.
    fn keys_of_type(&mut self, field: &Field, node: &Node, place: Span) {
        let choice = field.kind == FieldType::Choice;
        if choice && entry(node, "options").is_none_or(|options| options.value.mapping().is_some_and(<[_]>::is_empty)) {
            self.findings.add(
                Finding::new(Code::ReadTogether, place)
                    .variant("options")
                    .with("field", &field.id),
            );
        }
        let bounded = match field.kind {
            FieldType::Text | FieldType::Number | FieldType::Money | FieldType::Departments | FieldType::List => true,
            FieldType::YesNo
            | FieldType::Choice
            | FieldType::Time
            | FieldType::Phone
            | FieldType::Department
            | FieldType::Person => false,
        };
        for (key, fits) in [("options", choice), ("min", bounded), ("max", bounded)] {
            if let (Some(entry), false) = (entry(node, key), fits) {
                let finding = Finding::new(Code::ReadTogether, entry.key.inner).variant("type");
                self.findings
                    .add(finding.with("key", key).with("kind", field.kind.as_str()));
            }
        }
        if let (Some(min), Some(max), Some(entry)) = (field.min, field.max, entry(node, "min"))
            && min > max
        {
            let finding = Finding::new(Code::ReadTogether, entry.value.span).variant("bounds");
            self.findings.add(finding.with("min", min).with("max", max));
        }
    }

    pub(super) fn routing(&mut self, root: &Node) -> Vec<RoutingRow> {
        items(root.get("routing"))
            .filter(|row| row.mapping().is_some())
            .map(|row| self.routing_row(row))
            .collect()
    }

    fn routing_row(&mut self, node: &Node) -> RoutingRow {
        let mut row = RoutingRow {
            span: self.head(node),
            is_else: yes(node.get("else")),
            when: Vec::new(),
            fill: Vec::new(),
        };
        let fields = Rc::clone(&self.fields);
        for entry in entries(Some(node)).filter(|entry| entry.key.text != "else") {
            let id = At::new(defined::<FieldId>(entry), entry.key.inner);
            let Some(field) = fields.get(&id.value) else {
                // `check` says that there is no such field (F01); the value does not matter.
                row.fill
                    .push((id, At::new(Value::Text(String::new()), entry.value.span)));
                continue;
            };
            match field.kind {
                FieldType::Choice | FieldType::YesNo => {
                    let values = self.routing_condition(field, &entry.value);
                    row.when.push((id, values));
                }
                FieldType::Text
                | FieldType::Number
                | FieldType::Money
                | FieldType::Time
                | FieldType::Phone
                | FieldType::Department
                | FieldType::Departments
                | FieldType::Person
                | FieldType::List => {
                    if let Some(value) = self.constant(field, &entry.value) {
                        row.fill.push((id, At::new(value, entry.value.inner())));
                    }
                }
            }
        }
        if row.is_else && !row.when.is_empty() {
            self.findings
                .add(Finding::new(Code::ReadTogether, row.span).variant("else-row"));
        }
        row
    }

    /// Options, also unknown ones: `check` names the nearest (R03).
    fn routing_condition(&mut self, field: &Field, node: &Node) -> Vec<At<Value>> {
        let mut values = Vec::new();
        for item in one_or_many(Some(node)) {
            let value = match field.kind {
                FieldType::Choice => said(item).map(|option| Value::Choice(OptionId::from(option))),
                FieldType::YesNo
                | FieldType::Text
                | FieldType::Number
                | FieldType::Money
                | FieldType::Time
                | FieldType::Phone
                | FieldType::Department
                | FieldType::Departments
                | FieldType::Person
                | FieldType::List => self.constant(field, item),
            };
            values.extend(value.map(|value| At::new(value, item.inner())));
        }
        values
    }
}

pub(super) fn outcomes(root: &Node) -> IndexMap<OutcomeId, Outcome> {
    entries(root.get("outcomes"))
        .map(|entry| {
            let id = defined::<OutcomeId>(entry);
            let outcome = Outcome {
                id: id.clone(),
                span: entry.key.inner,
                title: bilingual(entry.value.get("title")),
                counts_as: counts_as(entry.value.get("counts_as").and_then(said)),
            };
            (id, outcome)
        })
        .collect()
}

pub(super) fn all_people(root: &Node) -> IndexMap<RuleId, PeopleRule> {
    entries(root.get("people"))
        .map(|entry| {
            let rule = people_rule(entry);
            (rule.id.clone(), rule)
        })
        .collect()
}

fn people_rule(entry: &Entry) -> PeopleRule {
    let node = &entry.value;
    let place = entry.key.inner;
    let who = node.get("who").and_then(|who| forms::who(said(who)?, who.inner()));
    let role = || PeopleSource::Role {
        role: at::<RoleId>(node.get("role")).unwrap_or_else(|| At::new(RoleId::from(""), place)),
        of: at::<FieldId>(node.get("of")).map(|of| match of.as_str() {
            "task" => RoleOf::Task(of.span),
            _ => RoleOf::Field(of),
        }),
        on_duty: yes(node.get("on_duty")),
    };
    PeopleRule {
        id: defined::<RuleId>(entry),
        span: place,
        source: who.unwrap_or_else(role),
        not: at(node.get("not")),
        otherwise: at(node.get("else")),
        always: yes(node.get("always")),
    }
}

fn decimal(node: Option<&Node>) -> Option<Decimal> {
    Decimal::parse(said(node?)?)
}

fn counts_as(word: Option<&str>) -> CountsAs {
    match word {
        Some("satisfied") => CountsAs::Satisfied,
        Some("dissatisfied") => CountsAs::Dissatisfied,
        Some("withdrawn") => CountsAs::Withdrawn,
        Some("not_counted") => CountsAs::NotCounted,
        _ => CountsAs::Unknown,
    }
}
