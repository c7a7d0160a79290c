//! Saved views: a filter, an order and columns under a title. One's own, or shared with a department or everybody by
//! whoever looks after the shift. A view holds no tickets: whoever opens it sees what they may see.

use serde::{Deserialize, Serialize};

use crate::store::Wants;
use crate::store::views::{self, ViewRow};
use crate::workflow::id::{DepartmentId, PersonId};
use crate::workflow::moment::Moment;

use super::command::Around;
use super::list::{Filter, Sort};
use super::{Desk, DeskError, Inner, Principal, Problem, Scope};

/// Views one person may have, and views that may be shared with one department.
pub const VIEWS_MAX: usize = 30;
/// Shared views that are looked at.
const SHARED_MAX: u64 = 2_000;
/// Characters of a title and of an id.
const TITLE_MAX: usize = 60;
const ID_MAX: usize = 40;
/// Everybody, where a department's id would stand.
const EVERYBODY: &str = "*";

/// What a list can show, in the order in which it is shown.
pub const COLUMNS: [&str; 9] = [
    "number",
    "subject",
    "state",
    "departments",
    "assignee",
    "creator",
    "due",
    "opened",
    "updated",
];
/// What it shows when nobody chose.
pub const USUAL_COLUMNS: [&str; 7] = [
    "number",
    "subject",
    "state",
    "departments",
    "assignee",
    "due",
    "updated",
];

/// Whose a view is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    Own,
    Everybody,
    Department(DepartmentId),
}

impl Audience {
    fn read(shared: Option<&str>) -> Self {
        match shared {
            None => Self::Own,
            Some(EVERYBODY) => Self::Everybody,
            Some(department) => Self::Department(DepartmentId::from(department)),
        }
    }

    fn stored(&self) -> Option<String> {
        match self {
            Self::Own => None,
            Self::Everybody => Some(EVERYBODY.to_owned()),
            Self::Department(department) => Some(department.to_string()),
        }
    }
}

/// What is listed, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Listing {
    pub filter: Filter,
    pub sort: Sort,
    /// Of [`COLUMNS`]; empty: the usual ones.
    pub columns: Vec<String>,
}

/// A saved view as its reader finds it.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedView {
    pub id: String,
    pub title: String,
    pub owner: PersonId,
    pub audience: Audience,
    pub listing: Listing,
    pub updated_at: Moment,
    /// The reader begins with it.
    pub usual: bool,
    /// The reader may change it.
    pub own: bool,
}

/// A view as it is wished for.
#[derive(Clone, Debug)]
pub struct ViewWish {
    pub id: String,
    pub title: String,
    pub audience: Audience,
    pub listing: Listing,
}

impl Desk {
    /// Needs `tickets:read`. One's own views, then those shared with one's departments or with everybody.
    pub async fn views(&self, principal: &Principal) -> Result<Vec<SavedView>, DeskError> {
        principal.needs(Scope::ReadTickets)?;
        let around = self.inner.around();
        let person = principal.person.as_str();
        let most = u64::try_from(VIEWS_MAX).unwrap_or(u64::MAX);
        let mut rows = views::of_person(&self.inner.database, person, most).await?;
        let shared = views::shared(&self.inner.database, SHARED_MAX).await?;
        rows.extend(
            shared
                .into_iter()
                .filter(|row| row.person != person && is_for(principal, &around, row)),
        );
        let chosen = views::chosen(&self.inner.database, person).await?;
        Ok(rows
            .into_iter()
            .map(|row| SavedView::of(row, person, chosen.as_deref()))
            .collect())
    }

    /// Needs `tickets:read`. One view that is there for this person.
    pub async fn view(&self, principal: &Principal, id: &str) -> Result<SavedView, DeskError> {
        let all = self.views(principal).await?;
        all.into_iter()
            .find(|view| view.id == id)
            .ok_or(DeskError::not_found("view"))
    }

    /// Needs `tickets:read`. Makes a view or changes one of one's own; the same again changes nothing. Sharing it is for
    /// shift leads, managers and administrators.
    pub async fn save_view(&self, principal: &Principal, wish: ViewWish) -> Result<SavedView, DeskError> {
        principal.needs(Scope::ReadTickets)?;
        let around = self.inner.around();
        wish.check(&around)?;
        if wish.audience != Audience::Own {
            Inner::must_lead_duty(principal, &around)?;
        }
        let person = principal.person.to_string();
        let before = views::one(&self.inner.database, &wish.id).await?;
        if before.as_ref().is_some_and(|before| before.person != person) {
            return Err(DeskError::not_found("view"));
        }
        self.must_have_room(&person, &wish).await?;
        let row = ViewRow {
            id: wish.id.clone(),
            person: person.clone(),
            shared: wish.audience.stored(),
            title: wish.title.trim().to_owned(),
            listing: serde_json::to_string(&wish.listing).unwrap_or_default(),
            created_at: before.map_or(around.now, |before| before.created_at),
            updated_at: around.now,
        };
        let stored = row.clone();
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                views::put(sheet, &stored);
                Ok(())
            })
            .await?;
        let chosen = views::chosen(&self.inner.database, &person).await?;
        Ok(SavedView::of(row, &person, chosen.as_deref()))
    }

    /// Needs `tickets:read`. Throws one of one's own away; managers and administrators also what others have shared.
    pub async fn drop_view(&self, principal: &Principal, id: &str) -> Result<(), DeskError> {
        principal.needs(Scope::ReadTickets)?;
        let around = self.inner.around();
        let row = views::one(&self.inner.database, id).await?;
        let row = row.filter(|row| row.person == principal.person.as_str() || is_for(principal, &around, row));
        let row = row.ok_or(DeskError::not_found("view"))?;
        if row.person != principal.person.as_str() {
            Inner::must_administer(principal, &around)?;
        }
        let id = row.id;
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                views::drop(sheet, &id);
                Ok(())
            })
            .await?;
        Ok(())
    }

    /// Needs `tickets:read`. With which view this person begins; `None`: with what is open.
    pub async fn choose_view(&self, principal: &Principal, id: Option<&str>) -> Result<(), DeskError> {
        principal.needs(Scope::ReadTickets)?;
        if let Some(id) = id {
            self.view(principal, id).await?;
        }
        let (person, id) = (principal.person.to_string(), id.map(str::to_owned));
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                views::choose(sheet, &person, id.as_deref());
                Ok(())
            })
            .await?;
        Ok(())
    }

    async fn must_have_room(&self, person: &str, wish: &ViewWish) -> Result<(), DeskError> {
        let most = u64::try_from(VIEWS_MAX).unwrap_or(u64::MAX).saturating_add(1);
        let own = views::of_person(&self.inner.database, person, most).await?;
        let shared = wish.audience.stored();
        let others = match &shared {
            Some(_) => views::shared(&self.inner.database, SHARED_MAX).await?,
            None => Vec::new(),
        };
        let beside = |rows: &[ViewRow], counts: &dyn Fn(&ViewRow) -> bool| {
            rows.iter().filter(|row| row.id != wish.id && counts(row)).count()
        };
        let full = beside(&own, &|_| true) >= VIEWS_MAX || beside(&others, &|row| row.shared == shared) >= VIEWS_MAX;
        if !full {
            return Ok(());
        }
        Err(Problem::new(
            "/title",
            "too_many",
            format!("每人、每个部门最多 {VIEWS_MAX} 个视图：请先删除不用的"),
            format!("A person and a department have {VIEWS_MAX} views at most: remove one that is not used"),
        )
        .into())
    }
}

impl ViewWish {
    fn check(&self, around: &Around) -> Result<(), DeskError> {
        let mut problems = Vec::new();
        let length = self.title.trim().chars().count();
        if length == 0 || length > TITLE_MAX || self.title.chars().any(char::is_control) {
            problems.push(Problem::new(
                "/title",
                "length",
                format!("视图名称须为一行，1 到 {TITLE_MAX} 个字"),
                format!("The title is one line of 1 to {TITLE_MAX} characters"),
            ));
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if self.id.is_empty() || self.id.len() > ID_MAX || !self.id.chars().all(plain) {
            problems.push(Problem::new(
                "/id",
                "view_id",
                format!("视图编号由字母、数字和“-”组成，最多 {ID_MAX} 个"),
                format!("The id of a view is made of letters, digits and “-”, {ID_MAX} at most"),
            ));
        }
        if let Audience::Department(department) = &self.audience
            && !around.directory.departments.contains_key(department)
        {
            problems.push(Problem::no_department("/department", department));
        }
        let unknown = self
            .listing
            .columns
            .iter()
            .find(|column| !COLUMNS.contains(&column.as_str()));
        if let Some(column) = unknown {
            let known = COLUMNS.join(", ");
            problems.push(Problem::new(
                "/columns",
                "word",
                format!("没有“{column}”这一列，可选：{known}"),
                format!("There is no column “{column}”; there are {known}"),
            ));
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(DeskError::Invalid(problems))
        }
    }
}

impl SavedView {
    fn of(row: ViewRow, person: &str, chosen: Option<&str>) -> Self {
        Self {
            usual: chosen == Some(row.id.as_str()),
            own: row.person == person,
            audience: Audience::read(row.shared.as_deref()),
            // What a later version wrote and this one cannot read lists what is usual.
            listing: serde_json::from_str(&row.listing).unwrap_or_default(),
            id: row.id,
            title: row.title,
            owner: PersonId::new(row.person),
            updated_at: row.updated_at,
        }
    }
}

/// Whether a shared view is there for this person: for everybody, for a department of theirs, for who sees all.
fn is_for(principal: &Principal, around: &Around, row: &ViewRow) -> bool {
    match Audience::read(row.shared.as_deref()) {
        Audience::Own => false,
        Audience::Everybody => true,
        Audience::Department(department) => {
            let viewer = Inner::viewer(principal, around);
            viewer.all || viewer.departments.contains(&department)
        }
    }
}
