//! The routing table: exactly one row fits, the last takes the rest (R13).

use crate::workflow::definition::Definition;
use crate::workflow::value::Values;

use super::refusal::{Code, Objection, Refusal};

/// What the fitting row fills in. Refused when an input is empty or no row fits.
pub fn route(definition: &Definition, fields: &Values) -> Result<Values, Refusal> {
    let inputs = definition
        .routing
        .iter()
        .flat_map(|row| row.when.iter().map(|(field, _)| &field.value));
    if let Some(empty) = inputs.into_iter().find(|field| !fields.contains_key(*field)) {
        return Err(Objection::new(Code::NoRoute).field(empty).into());
    }
    for row in &definition.routing {
        let fits = row.when.iter().all(|(field, accepted)| {
            fields
                .get(&field.value)
                .is_some_and(|value| accepted.iter().any(|option| option.value == *value))
        });
        if row.is_else || fits {
            return Ok(row
                .fill
                .iter()
                .map(|(field, value)| (field.value.clone(), value.value.clone()))
                .collect());
        }
    }
    Err(Refusal::of(Code::NoRoute))
}
