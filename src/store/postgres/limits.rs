//! Bounds of pages stand in the text of a query. A plan that is made once, for whatever values come, takes a bound it
//! cannot see for a tenth of the table and finds that dear: PostgreSQL would throw the plan away and make another each
//! time. There are few different bounds, so the texts stay few.

use std::fmt::Write as _;

use sea_orm::Statement;
use sea_orm::sea_query::Value;

/// Writes the values of `LIMIT` into the text of a query of sea-query, which numbers its values in the order of the text.
pub(in crate::store) fn write_bounds(statement: &mut Statement) {
    let Some(values) = &statement.values else { return };
    let mut sql = String::with_capacity(statement.sql.len());
    let mut kept = Vec::with_capacity(values.0.len());
    let mut rest = statement.sql.as_str();
    for value in &values.0 {
        let Some((before, after)) = rest.split_once('$') else {
            return;
        };
        sql.push_str(before);
        rest = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
        if let Value::BigUnsigned(Some(bound)) = value
            && before.ends_with("LIMIT ")
        {
            let _ = write!(sql, "{bound}");
        } else {
            kept.push(value.clone());
            let _ = write!(sql, "${}", kept.len());
        }
    }
    sql.push_str(rest);
    statement.sql = sql;
    statement.values = Some(sea_orm::Values(kept));
}

#[cfg(test)]
mod tests {
    use sea_orm::DbBackend;
    use sea_orm::sea_query::{Expr, ExprTrait, Query};

    use super::*;

    #[test]
    fn bounds_stand_in_the_text_and_the_other_values_keep_their_order() {
        let part = Query::select()
            .column("id")
            .from("tickets")
            .and_where(Expr::col("creator").eq("li"))
            .limit(51)
            .to_owned();
        let query = Query::select()
            .column("number")
            .from("tickets")
            .and_where(Expr::col("state").eq("draft"))
            .and_where(Expr::col("id").in_subquery(part))
            .and_where(Expr::col("urgent").eq(true))
            .limit(51)
            .to_owned();
        let mut statement = DbBackend::Postgres.build(&query);
        write_bounds(&mut statement);
        assert_eq!(
            statement.sql,
            "SELECT \"number\" FROM \"tickets\" WHERE \"state\" = $1 AND \"id\" IN (SELECT \"id\" FROM \"tickets\" \
             WHERE \"creator\" = $2 LIMIT 51) AND \"urgent\" = $3 LIMIT 51"
        );
        let values = statement.values.unwrap().0;
        assert_eq!(values, ["draft".into(), "li".into(), true.into()]);
    }
}
