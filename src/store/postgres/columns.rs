//! Rows as arrays, one for each column: however many rows there are, the text of a statement stays the same and is
//! prepared once.

use sea_orm::sea_query::Value;
use sea_orm::sqlx::postgres::PgArguments;
use sea_orm::sqlx::{Arguments as _, Encode, Postgres, Type};
use uuid::Uuid;

use super::make_storable;
use crate::store::StoreError;

/// The values of one column.
#[derive(Debug)]
pub(super) enum Column {
    Text(Vec<Option<String>>),
    Number(Vec<Option<i64>>),
    Id(Vec<Option<Uuid>>),
    Bytes(Vec<Option<Vec<u8>>>),
    YesNo(Vec<Option<bool>>),
}

impl Column {
    /// An empty column for values like this one.
    #[allow(clippy::wildcard_enum_match_arm, reason = "a type that no table of ours has")]
    fn like(value: &Value) -> Result<Self, StoreError> {
        match value {
            Value::String(_) => Ok(Self::Text(Vec::new())),
            Value::BigInt(_) => Ok(Self::Number(Vec::new())),
            Value::Uuid(_) => Ok(Self::Id(Vec::new())),
            Value::Bytes(_) => Ok(Self::Bytes(Vec::new())),
            Value::Bool(_) => Ok(Self::YesNo(Vec::new())),
            other => Err(StoreError::unreadable("columns", format!("no type for {other:?}"))),
        }
    }

    fn push(&mut self, mut value: Value) -> Result<(), StoreError> {
        make_storable(&mut value);
        match (self, value) {
            (Self::Text(column), Value::String(value)) => column.push(value),
            (Self::Number(column), Value::BigInt(value)) => column.push(value),
            (Self::Id(column), Value::Uuid(value)) => column.push(value),
            (Self::Bytes(column), Value::Bytes(value)) => column.push(value),
            (Self::YesNo(column), Value::Bool(value)) => column.push(value),
            (column, value) => {
                let kind = column.kind();
                return Err(StoreError::unreadable("columns", format!("{value:?} is no {kind}")));
            }
        }
        Ok(())
    }

    /// The type of its array.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text[]",
            Self::Number(_) => "int8[]",
            Self::Id(_) => "uuid[]",
            Self::Bytes(_) => "bytea[]",
            Self::YesNo(_) => "bool[]",
        }
    }

    pub fn bind(self, arguments: &mut PgArguments) -> Result<(), StoreError> {
        match self {
            Self::Text(column) => add(arguments, column),
            Self::Number(column) => add(arguments, column),
            Self::Id(column) => add(arguments, column),
            Self::Bytes(column) => add(arguments, column),
            Self::YesNo(column) => add(arguments, column),
        }
    }
}

/// Values that stand row after row, as columns.
pub(super) fn transposed(values: Vec<Value>, width: usize) -> Result<Vec<Column>, StoreError> {
    let mut columns: Vec<Column> = values.iter().take(width).map(Column::like).collect::<Result<_, _>>()?;
    let mut at = 0;
    for value in values {
        if let Some(column) = columns.get_mut(at) {
            column.push(value)?;
        }
        at = (at + 1) % width.max(1);
    }
    Ok(columns)
}

/// One value by itself.
#[allow(clippy::wildcard_enum_match_arm, reason = "a type that no table of ours has")]
pub(super) fn bind(mut value: Value, arguments: &mut PgArguments) -> Result<(), StoreError> {
    make_storable(&mut value);
    match value {
        Value::String(value) => add(arguments, value),
        Value::BigInt(value) => add(arguments, value),
        Value::Uuid(value) => add(arguments, value),
        Value::Bytes(value) => add(arguments, value),
        Value::Bool(value) => add(arguments, value),
        other => Err(StoreError::unreadable("columns", format!("no type for {other:?}"))),
    }
}

/// Adds an argument.
pub(super) fn add<'a, T>(arguments: &mut PgArguments, value: T) -> Result<(), StoreError>
where
    T: Encode<'a, Postgres> + Type<Postgres> + 'a,
{
    arguments
        .add(value)
        .map_err(|error| StoreError::unreadable("columns", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_columns_and_a_wrong_type_is_named() {
        let row = |text: &str, number: i64| vec![Value::from(text), Value::from(number)];
        let columns = transposed([row("a", 1), row("b", 2)].concat(), 2).unwrap();
        let [Column::Text(texts), Column::Number(numbers)] = columns.as_slice() else {
            panic!("{columns:?}")
        };
        assert_eq!(texts, &[Some("a".to_owned()), Some("b".to_owned())]);
        assert_eq!(numbers, &[Some(1), Some(2)]);
        let mixed = transposed(vec![Value::from("a"), Value::from(1_i64)], 1);
        assert!(mixed.is_err());
        assert!(transposed(Vec::new(), 3).unwrap().is_empty());
    }
}
