//! `milestones`: what figures count, as it is stored.

use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

use super::get;

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MilestoneRow {
    pub ticket: Uuid,
    pub seq: i64,
    /// Empty where the centre itself is meant.
    pub department: String,
    pub at: i64,
    pub kind: String,
    pub workflow: String,
    pub in_time: Option<bool>,
    pub outcome: Option<String>,
    pub counts_as: Option<String>,
    pub solved: Option<bool>,
}

pub(super) const MILESTONES: &str = "select ticket, seq, department, at, kind, workflow, in_time, outcome, counts_as, solved \
    from milestones where ticket > ? and ticket <= ? order by ticket, seq";

pub(super) fn milestone(row: &QueryResult) -> Result<MilestoneRow, DbErr> {
    Ok(MilestoneRow {
        ticket: get(row, "ticket")?,
        seq: get(row, "seq")?,
        department: get(row, "department")?,
        at: get(row, "at")?,
        kind: get(row, "kind")?,
        workflow: get(row, "workflow")?,
        in_time: get(row, "in_time")?,
        outcome: get(row, "outcome")?,
        counts_as: get(row, "counts_as")?,
        solved: get(row, "solved")?,
    })
}
