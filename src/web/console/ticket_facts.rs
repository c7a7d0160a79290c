//! The fields of a ticket as its page shows them: short facts, long texts, and what was ticked as marks beside its state.

use serde::Serialize;

use crate::desk::read::View;
use crate::ticket::mask;
use crate::workflow::definition::Field;
use crate::workflow::value::{FieldType, Value};

use super::visitor::Visitor;
use super::words::{Names, text, value};

/// Characters up to which a field holds a fact; one that may hold more is prose, however short it was kept.
const FACT_MAX: u64 = 120;
/// Columns from which a fact takes the room of two, and from which it is prose after all; a Chinese character takes two.
const WIDE_FROM: usize = 24;
const PROSE_FROM: usize = 90;

/// A field.
#[derive(Serialize)]
pub struct Fact {
    id: String,
    title: String,
    text: String,
    /// It is masked for the reader.
    masked: bool,
    revealable: bool,
    /// It takes the room of two.
    wide: bool,
}

/// The fields, by how they are shown.
#[derive(Default)]
pub struct Facts {
    pub short: Vec<Fact>,
    pub prose: Vec<Fact>,
    /// Titles of what was ticked.
    pub ticks: Vec<String>,
}

impl Facts {
    /// Fields in the order of the file: long texts apart from short facts, and apart from both what was ticked.
    pub fn of(view: &View, names: &Names<'_>, visitor: &Visitor, may_reveal: bool) -> Self {
        let definition = &view.definition;
        let shown = mask::values(definition, &view.ticket.fields, view.sight.private);
        let known = definition.fields.keys().filter(|id| shown.contains_key(*id));
        let others = shown.keys().filter(|id| !definition.fields.contains_key(*id));
        let mut facts = Self::default();
        for id in known.chain(others) {
            let field = definition.fields.get(id);
            let title = field.map_or_else(|| id.to_string(), |field| text(&field.title, names.language));
            // That it is not urgent, not secret, not malicious is no news; that it is stands beside its state.
            let content = match (shown.get(id), field) {
                (None | Some(Value::YesNo(false)), _) => continue,
                (Some(Value::YesNo(true)), Some(field)) if field.default.is_some() => {
                    facts.ticks.extend((*id != *"urgent").then_some(title));
                    continue;
                }
                (Some(content), _) => content,
            };
            let masked = !view.sight.private && field.is_none_or(|field| field.private);
            let text = value(content, field, names, visitor);
            let length = columns(&text);
            let fact = Fact {
                id: id.to_string(),
                title,
                masked,
                revealable: masked && may_reveal,
                wide: length >= WIDE_FROM,
                text,
            };
            if length >= PROSE_FROM || field.is_some_and(holds_prose) {
                facts.prose.push(fact);
            } else {
                facts.short.push(fact);
            }
        }
        facts
    }
}

/// The room that a text takes on a line.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if c < '\u{2e80}' { 1 } else { 2 }).sum()
}

/// Whether it may hold more than a fact: what is shown does not change its place with its length.
pub fn holds_prose(field: &Field) -> bool {
    let max = field.max.as_ref().and_then(|max| max.to_string().parse::<u64>().ok());
    match field.kind {
        FieldType::Text => max.is_none_or(|max| max > FACT_MAX),
        FieldType::List => true,
        FieldType::Number
        | FieldType::Money
        | FieldType::YesNo
        | FieldType::Choice
        | FieldType::Time
        | FieldType::Phone
        | FieldType::Department
        | FieldType::Departments
        | FieldType::Person => false,
    }
}
