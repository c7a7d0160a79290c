//! Constants of a file, read by the type of their field: defaults, `set`, routing rows, samples, stories.

use jiff::tz::TimeZone;

use super::{Decoder, items, said};
use crate::workflow::constant::{self, ConstantProblem};
use crate::workflow::definition::{At, Field, Span, StoryValue};
use crate::workflow::finding::{Code, Finding};
use crate::workflow::id::FieldId;
use crate::workflow::read::tree::Node;
use crate::workflow::value::{FieldType, Value};

impl Decoder<'_, '_> {
    /// A constant of the field's type, or a finding.
    pub(super) fn constant(&mut self, field: &Field, node: &Node) -> Option<Value> {
        let written = as_written(node)?;
        if field.kind == FieldType::Time {
            // A file has no zone of its own, and a fixed instant in it would be wrong from the next day on.
            self.findings.add(
                Finding::new(Code::ReadTime, node.span)
                    .variant("constant")
                    .with("field", &field.id),
            );
            return None;
        }
        match constant::value(field, &written, &TimeZone::UTC) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.findings.add(finding(&problem, &field.id, node));
                None
            }
        }
    }

    /// Values of samples and stories as they are written, each tried on the type of its field.
    pub(super) fn written(&mut self, id: &str, node: &Node) -> Option<At<StoryValue>> {
        let written = as_written(node)?;
        if let Some(field) = self.fields.get(id) {
            // The zone only shifts a time; whether it is one does not depend on it.
            if let Err(problem) = constant::value(field, &written, &TimeZone::UTC) {
                self.findings.add(finding(&problem, &field.id, node));
            }
        }
        Some(At::new(written, node.inner()))
    }
}

/// A scalar or a list of scalars.
pub(super) fn as_written(node: &Node) -> Option<StoryValue> {
    if node.list().is_some() {
        let texts = items(Some(node)).filter_map(said).map(str::to_owned);
        return Some(StoryValue::Many(texts.collect()));
    }
    said(node).map(|text| StoryValue::One(text.to_owned()))
}

fn finding(problem: &ConstantProblem, field: &FieldId, node: &Node) -> Finding {
    let span: Span = node.inner();
    match problem {
        ConstantProblem::Shape { kind, many } => Finding::new(Code::ReadType, node.span)
            .variant(if *many { "field-one" } else { "field-list" })
            .with("field", field)
            .with("kind", kind.as_str()),
        ConstantProblem::Option { found, nearest } => Finding::new(Code::ReadWord, span)
            .variant("option")
            .with("field", field)
            .with("found", found)
            .near(nearest.clone()),
        ConstantProblem::Form { kind, found } => {
            let code = match kind {
                FieldType::YesNo => Code::ReadYesNo,
                FieldType::Number | FieldType::Money => Code::ReadNumber,
                FieldType::Time => Code::ReadTime,
                FieldType::Department | FieldType::Person => Code::ReadId,
                FieldType::Text | FieldType::Choice | FieldType::Phone | FieldType::Departments | FieldType::List => {
                    Code::ReadWord
                }
            };
            let variant = match kind {
                FieldType::Money => "money",
                FieldType::Phone => "phone",
                FieldType::YesNo
                | FieldType::Number
                | FieldType::Time
                | FieldType::Department
                | FieldType::Person
                | FieldType::Text
                | FieldType::Choice
                | FieldType::Departments
                | FieldType::List => "field",
            };
            let finding = Finding::new(code, span)
                .variant(variant)
                .with("field", field)
                .with("found", found);
            match (kind, found.to_lowercase().as_str()) {
                (FieldType::YesNo, "yes" | "on" | "是") => finding.fix(node.span, "true"),
                (FieldType::YesNo, "no" | "off" | "否") => finding.fix(node.span, "false"),
                _ => finding,
            }
        }
    }
}
