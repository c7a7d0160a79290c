//! Canned answers: what is written again and again, and what is cited. Managers keep them, and the head of a department
//! those of theirs; whoever belongs to it finds them where they write.

use crate::store::Wants;
use crate::store::canned::{self, CannedRow};
use crate::workflow::id::{DepartmentId, PersonId};
use crate::workflow::moment::Moment;

use super::command::Around;
use super::{Desk, DeskError, Inner, NotAllowed, Principal, Problem, Scope, access};

/// Answers a department has at most, and everybody together.
pub const CANNED_MAX: usize = 200;
/// Answers that are read at once.
const READ_MAX: u64 = 5_000;
/// Characters of a text, a title, the words that speak for it, an id.
pub const TEXT_MAX: usize = 2_000;
pub const TITLE_MAX: usize = 60;
const WORDS_MAX: usize = 200;
const ID_MAX: usize = 40;
/// Heads keep those of their departments.
const HEAD: &str = "head";

/// What it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CannedKind {
    /// Something to say.
    #[default]
    Answer,
    /// A law, a policy, a rule to cite (R8).
    Basis,
}

impl CannedKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Basis => "basis",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Answer, Self::Basis]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// A canned answer as its reader finds it.
#[derive(Clone, Debug, PartialEq)]
pub struct CannedAnswer {
    pub id: String,
    /// `None`: everybody's.
    pub department: Option<DepartmentId>,
    pub kind: CannedKind,
    pub title: String,
    pub text: String,
    /// Words that speak for it, with spaces between.
    pub words: String,
    pub person: PersonId,
    pub updated_at: Moment,
    /// The reader may change it.
    pub own: bool,
}

/// A canned answer as it is wished for.
#[derive(Clone, Debug, Default)]
pub struct CannedWish {
    pub id: String,
    pub department: Option<DepartmentId>,
    pub kind: CannedKind,
    pub title: String,
    pub text: String,
    pub words: String,
}

impl Desk {
    /// Needs `tickets:read`. Everybody's, and those of one's departments; for managers and auditors all of them.
    pub async fn canned(&self, principal: &Principal) -> Result<Vec<CannedAnswer>, DeskError> {
        principal.needs(Scope::ReadTickets)?;
        let around = self.inner.around();
        let viewer = Inner::viewer(principal, &around);
        let keeps_all = Inner::must_administer(principal, &around).is_ok();
        let rows = canned::all(&self.inner.database, READ_MAX).await?;
        let is_for = |row: &CannedRow| {
            let department = row.department.as_deref().map(DepartmentId::from);
            keeps_all || viewer.all || department.is_none_or(|department| viewer.departments.contains(&department))
        };
        Ok(rows
            .into_iter()
            .filter(is_for)
            .map(|row| CannedAnswer::of(row, principal, &around))
            .collect())
    }

    /// Needs `tickets:act`. Of managers and administrators; a head those of the own departments. The same again changes
    /// nothing.
    pub async fn save_canned(&self, principal: &Principal, wish: CannedWish) -> Result<CannedAnswer, DeskError> {
        principal.needs(Scope::ActOnTickets)?;
        let around = self.inner.around();
        must_keep(principal, wish.department.as_ref(), &around)?;
        wish.check(&around)?;
        if let Some(before) = canned::one(&self.inner.database, &wish.id).await? {
            must_keep(
                principal,
                before.department.as_deref().map(DepartmentId::from).as_ref(),
                &around,
            )?;
        }
        let all = canned::all(&self.inner.database, READ_MAX).await?;
        let department = wish.department.as_ref().map(ToString::to_string);
        let beside = all
            .iter()
            .filter(|row| row.id != wish.id && row.department == department);
        if beside.count() >= CANNED_MAX {
            return Err(Problem::new(
                "/title",
                "too_many",
                format!("每个部门最多 {CANNED_MAX} 条常用语：请先删除不用的"),
                format!("A department has {CANNED_MAX} canned answers at most: remove one that is not used"),
            )
            .into());
        }
        let row = CannedRow {
            id: wish.id,
            department,
            kind: wish.kind.as_str().to_owned(),
            title: wish.title.trim().to_owned(),
            text: wish.text.trim().to_owned(),
            words: wish.words.split_whitespace().collect::<Vec<_>>().join(" "),
            person: principal.person.to_string(),
            updated_at: around.now,
        };
        let stored = row.clone();
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                canned::put(sheet, &stored);
                Ok(())
            })
            .await?;
        Ok(CannedAnswer::of(row, principal, &around))
    }

    /// Needs `tickets:act`. Throws one away, by who may change it.
    pub async fn drop_canned(&self, principal: &Principal, id: &str) -> Result<(), DeskError> {
        principal.needs(Scope::ActOnTickets)?;
        let around = self.inner.around();
        let row = canned::one(&self.inner.database, id).await?;
        let row = row.ok_or(DeskError::not_found("canned answer"))?;
        must_keep(
            principal,
            row.department.as_deref().map(DepartmentId::from).as_ref(),
            &around,
        )?;
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                canned::drop(sheet, &row.id);
                Ok(())
            })
            .await?;
        Ok(())
    }
}

/// Managers and administrators keep all of them, heads those of their departments and of those below.
fn must_keep(principal: &Principal, department: Option<&DepartmentId>, around: &Around) -> Result<(), DeskError> {
    if Inner::must_administer(principal, around).is_ok() {
        return Ok(());
    }
    let heads = around.directory.roles_of(&principal.person, around.now).any(|held| {
        held.role.as_str() == HEAD
            && held.department.as_ref().is_some_and(|own| {
                department.is_some_and(|department| around.directory.subtree(own).contains(department))
            })
    });
    if heads && !access::only_watches(&around.directory, &principal.person, around.now) {
        return Ok(());
    }
    Err(DeskError::NotAllowed {
        why: NotAllowed::Administer,
    })
}

impl CannedWish {
    fn check(&self, around: &Around) -> Result<(), DeskError> {
        let mut problems = Vec::new();
        let mut length = |pointer: &str, text: &str, max: usize, may_be_empty: bool| {
            let length = text.trim().chars().count();
            if length > max || (length == 0 && !may_be_empty) || text.contains('\0') {
                let least = u8::from(!may_be_empty);
                problems.push(Problem::new(
                    pointer,
                    "length",
                    format!("须有 {least} 到 {max} 个字"),
                    format!("It has {least} to {max} characters"),
                ));
            }
        };
        length("/title", &self.title, TITLE_MAX, false);
        length("/text", &self.text, TEXT_MAX, false);
        length("/words", &self.words, WORDS_MAX, true);
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if self.id.is_empty() || self.id.len() > ID_MAX || !self.id.chars().all(plain) {
            problems.push(Problem::new(
                "/id",
                "canned_id",
                format!("编号由字母、数字和“-”组成，最多 {ID_MAX} 个"),
                format!("The id is made of letters, digits and “-”, {ID_MAX} at most"),
            ));
        }
        if let Some(department) = &self.department
            && !around.directory.departments.contains_key(department)
        {
            problems.push(Problem::no_department("/department", department));
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(DeskError::Invalid(problems))
        }
    }
}

impl CannedAnswer {
    fn of(row: CannedRow, principal: &Principal, around: &Around) -> Self {
        let department = row.department.as_deref().map(DepartmentId::from);
        Self {
            own: must_keep(principal, department.as_ref(), around).is_ok(),
            id: row.id,
            department,
            kind: CannedKind::parse(&row.kind).unwrap_or_default(),
            title: row.title,
            text: row.text,
            words: row.words,
            person: PersonId::new(row.person),
            updated_at: row.updated_at,
        }
    }
}
