//! The note at the end of a shift: written by whoever leaves, read by whoever comes (R26).
//!
//! Beside it stand the numbers of the tickets that were urgent and open, and of those that were late, as far as the
//! writer sees them; numbers only, so that a note shows nobody what they may not see.

use crate::store::Wants;
use crate::store::handover::{self as store, HandoverRow};
use crate::workflow::id::{PersonId, RoleId};
use crate::workflow::moment::{HOUR, Moment};

use super::super::command::Around;
use super::super::list::{Filter, Sort};
use super::super::{Desk, DeskError, Inner, NotAllowed, Principal, Problem, Scope, access};
use super::{LIMIT_MAX, conflict};

/// Characters of a note.
pub const NOTE_MAX: usize = 10_000;
/// Numbers of tickets beside a note.
const NUMBERS_MAX: u64 = 100;
/// How long after the shift one may still hand over.
const LATE: i64 = 2 * HOUR;
/// Readers of a note that are shown.
const READERS_MAX: u64 = 200;

/// A note.
#[derive(Clone, Debug, PartialEq)]
pub struct Handover {
    pub id: i64,
    pub at: Moment,
    pub person: PersonId,
    /// For whoever comes in this role; `None`: for everybody.
    pub role: Option<RoleId>,
    pub note: String,
    /// Numbers of the urgent tickets that were open, the first hundred.
    pub urgent: Vec<String>,
    /// Numbers of the tickets that were late, the first hundred.
    pub late: Vec<String>,
    /// Who has read it, and when.
    pub read: Vec<(PersonId, Moment)>,
}

impl Desk {
    /// Needs `duty:act`. Of whoever is on duty, or was until two hours ago, or looks after the duty of others. Without
    /// `tickets:read` no numbers stand beside it.
    pub async fn hand_over_duty(
        &self,
        principal: &Principal,
        role: Option<RoleId>,
        note: String,
    ) -> Result<Handover, DeskError> {
        Self::needs_duty(principal)?;
        let around = self.inner.around();
        Inner::must_work_here(principal, &around)?;
        may_hand_over(principal, &around)?;
        must_be_written(&around, role.as_ref(), &note)?;
        let numbers = |filter: Filter| self.numbers(principal, filter);
        let urgent = numbers(Filter {
            urgent: Some(true),
            open: Some(true),
            ..Filter::default()
        });
        let late = numbers(Filter {
            late: Some(true),
            open: Some(true),
            ..Filter::default()
        });
        let row = HandoverRow {
            id: 0,
            at: around.now,
            person: principal.person.to_string(),
            role: role.as_ref().map(ToString::to_string),
            note,
            urgent: json_of(&urgent.await?),
            late: json_of(&late.await?),
        };
        let person = row.person.clone();
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                store::write(sheet, &row);
                Ok(())
            })
            .await?;
        let written = store::newest_of(&self.inner.database, &person).await?;
        let written = written.ok_or(DeskError::not_found("handover"))?;
        self.handover_of(written).await
    }

    /// Needs `directory:read`. Notes for this person's roles and for everybody, their own, and for who looks after duty
    /// all of them; older than `before`, the newest first.
    pub async fn handovers(
        &self,
        principal: &Principal,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<Handover>, DeskError> {
        principal.needs(Scope::ReadDirectory)?;
        let around = self.inner.around();
        let wanted = usize::try_from(limit.clamp(1, LIMIT_MAX)).unwrap_or(usize::MAX);
        let mut before = before.unwrap_or(i64::MAX);
        let mut found = Vec::new();
        // What one may not see is passed over; a page ends where it is full or where there are no older ones.
        loop {
            let page = store::before(&self.inner.database, before, LIMIT_MAX).await?;
            let Some(last) = page.last() else { break };
            before = last.id;
            let whole = u64::try_from(page.len()).is_ok_and(|count| count >= LIMIT_MAX);
            for row in page {
                if found.len() < wanted && is_for(principal, &around, &row) {
                    found.push(self.handover_of(row).await?);
                }
            }
            if found.len() >= wanted || !whole {
                break;
            }
        }
        Ok(found)
    }

    /// Needs `duty:act`. Says that one has read it; again changes nothing. `NotFound` for one that is not for them.
    pub async fn read_handover(&self, principal: &Principal, id: i64) -> Result<Handover, DeskError> {
        Self::needs_duty(principal)?;
        let around = self.inner.around();
        let row = store::one(&self.inner.database, id).await?;
        let row = row.filter(|row| is_for(principal, &around, row));
        let row = row.ok_or(DeskError::not_found("handover"))?;
        Inner::must_work_here(principal, &around)?;
        let (person, now) = (principal.person.to_string(), around.now);
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                store::read(sheet, id, &person, now);
                Ok(())
            })
            .await?;
        self.handover_of(row).await
    }

    /// Numbers of what the writer sees; none without the scope.
    async fn numbers(&self, principal: &Principal, filter: Filter) -> Result<Vec<String>, DeskError> {
        if !principal.has(&Scope::ReadTickets) {
            return Ok(Vec::new());
        }
        let page = self.list(principal, &filter, Sort::Updated, None, NUMBERS_MAX).await?;
        Ok(page.rows.into_iter().map(|row| row.number).collect())
    }

    async fn handover_of(&self, row: HandoverRow) -> Result<Handover, DeskError> {
        let read = store::readers(&self.inner.database, row.id, READERS_MAX).await?;
        Ok(Handover {
            id: row.id,
            at: row.at,
            person: PersonId::new(row.person),
            role: row.role.map(RoleId::new),
            note: row.note,
            urgent: numbers_of(&row.urgent),
            late: numbers_of(&row.late),
            read: read
                .into_iter()
                .map(|(person, at)| (PersonId::new(person), at))
                .collect(),
        })
    }
}

fn json_of(numbers: &[String]) -> String {
    serde_json::to_string(numbers).unwrap_or_default()
}

fn numbers_of(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap_or_default()
}

fn may_hand_over(principal: &Principal, around: &Around) -> Result<(), DeskError> {
    let directory = &around.directory;
    let recent = directory
        .stands_in_for(&principal.person, around.now)
        .chain([&principal.person])
        .flat_map(|person| directory.shifts_of(person))
        .any(|shift| shift.from <= around.now && around.now < shift.to.plus(LATE));
    if recent || Inner::must_lead_duty(principal, around).is_ok() {
        return Ok(());
    }
    Err(conflict(
        "not_rostered",
        "您现在没有当班，两小时内也没有下班：交接记录由当班或刚下班的人填写",
        "You are not on duty now, nor were you within the last two hours: whoever leaves a shift writes the note",
    ))
}

fn must_be_written(around: &Around, role: Option<&RoleId>, note: &str) -> Result<(), DeskError> {
    if let Some(role) = role.filter(|role| !around.directory.roles.contains_key(*role)) {
        return Err(Problem::new(
            "/role",
            "unknown",
            format!("没有“{role}”这个角色"),
            format!("There is no role “{role}”"),
        )
        .into());
    }
    if note.trim().is_empty() || note.chars().count() > NOTE_MAX {
        return Err(Problem::new(
            "/note",
            "length",
            format!("交接内容须有 1 到 {NOTE_MAX} 个字"),
            format!("The note has 1 to {NOTE_MAX} characters"),
        )
        .into());
    }
    Ok(())
}

/// For their role, for everybody, their own; whoever looks after duty, and the auditor, see all.
fn is_for(principal: &Principal, around: &Around, row: &HandoverRow) -> bool {
    let has = |role: &str| access::has_role(&around.directory, &principal.person, role, around.now);
    row.person == principal.person.as_str()
        || row.role.as_deref().is_none_or(has)
        || has(access::AUDITOR)
        || !matches!(
            Inner::must_lead_duty(principal, around),
            Err(DeskError::NotAllowed {
                why: NotAllowed::ShiftLead
            })
        )
}
