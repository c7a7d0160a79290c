//! Writes many rows with few statements: one multi-row `insert` for each power of two, so that their texts are few
//! and stay prepared.

use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, DbErr};

use super::connect::statement;

/// Rows of one statement at most; with the widest table far below the limit of parameters of both databases.
const ROWS_MAX: usize = 64;

/// A table as the writer fills it.
#[derive(Debug)]
pub(crate) struct Table {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    /// `on conflict …`, or nothing.
    pub conflict: &'static str,
}

/// Rows waiting for their table, all values one after another.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    table: &'static Table,
    values: Vec<Value>,
}

impl Rows {
    pub fn of(table: &'static Table) -> Self {
        Self {
            table,
            values: Vec::new(),
        }
    }

    /// Adds a row; the values stand in the order of the table's columns.
    pub fn push<const N: usize>(&mut self, row: [Value; N]) {
        debug_assert_eq!(N, self.table.columns.len(), "{}", self.table.name);
        self.values.extend(row);
    }

    pub fn append(&mut self, other: &mut Self) {
        self.values.append(&mut other.values);
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The table and all values, which are forgotten.
    pub fn take(&mut self) -> (&'static Table, Vec<Value>) {
        (self.table, std::mem::take(&mut self.values))
    }

    /// All rows, which are forgotten here.
    pub fn take_all(&mut self) -> Self {
        Self {
            table: self.table,
            values: std::mem::take(&mut self.values),
        }
    }

    /// Writes all rows and forgets them.
    pub async fn write(&mut self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        for (sql, values) in self.statements() {
            db.execute_raw(statement(db.get_database_backend(), &sql, values))
                .await?;
        }
        Ok(())
    }

    /// The statements that write all rows, which are forgotten.
    pub fn statements(&mut self) -> Vec<(String, Vec<Value>)> {
        let width = self.table.columns.len();
        let mut left = self.values.len() / width;
        let mut values = std::mem::take(&mut self.values).into_iter();
        let mut statements = Vec::new();
        while left > 0 {
            let rows = largest_power_of_two(left).min(ROWS_MAX);
            statements.push((self.table.insert(rows), values.by_ref().take(rows * width).collect()));
            left -= rows;
        }
        statements
    }
}

impl Table {
    fn insert(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns.len()].join(","));
        format!(
            "insert into {} ({}) values {} {}",
            self.name,
            self.columns.join(","),
            vec![row.as_str(); rows].join(","),
            self.conflict
        )
    }
}

fn largest_power_of_two(number: usize) -> usize {
    1 << (usize::BITS - 1).saturating_sub(number.leading_zeros())
}

/// `?,?,?` for a list of so many values, its length rounded up so that the texts are few; the caller repeats its last
/// value to fill up.
pub(crate) fn list_of(values: &mut Vec<Value>) -> String {
    let wanted = values.len().next_power_of_two();
    if let Some(last) = values.last().cloned() {
        values.resize(wanted, last);
    }
    vec!["?"; values.len()].join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_power_of_two_fits() {
        for (number, power) in [(1, 1), (2, 2), (3, 2), (37, 32), (64, 64), (100, 64)] {
            assert_eq!(largest_power_of_two(number), power);
        }
    }
}
