//! The organisation: departments as a tree, each with its head, its liaisons and whoever else has a role in it.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use serde::{Deserialize, Serialize};

use crate::desk::figures::{By, Days, SheetAsked};
use crate::desk::{DeskError, Scope};
use crate::texts::say;
use crate::web::problem::Problem;
use crate::web::state::State;
use crate::workflow::directory::{Department, Directory, Membership, Validity};
use crate::workflow::id::DepartmentId;

use super::answer::{self, word};
use super::duty::role_title;
use super::tickets::escaped;
use super::visitor::Visitor;
use super::words::{Names, When, text};

/// Key of the navigation's entry.
pub const SECTION: &str = "organisation";
/// Departments of a page.
const ROWS: usize = 200;
/// Levels that are indented; the desk allows no more than 32.
const DEPTH_SHOWN_MAX: usize = 6;
/// Levels that are followed, whatever is stored.
const DEPTH_MAX: usize = 64;

/// What to show, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    search: String,
    /// Departments before the first one shown.
    from: usize,
    /// Whoever comes from the end of the first setup is told that it is over.
    set_up: bool,
}

#[derive(Serialize)]
struct TreeView {
    set_up: bool,
    search: String,
    rows: Vec<RowView>,
    first: bool,
    next: Option<String>,
    edits: bool,
    /// Whoever may see figures sees what is open and overdue.
    counts: bool,
    /// Some row has other roles, and not for ever.
    others: bool,
    periods: bool,
}

#[derive(Serialize)]
struct RowView {
    id: String,
    title: String,
    depth: usize,
    heads: String,
    liaisons: String,
    others: Vec<String>,
    period: PeriodView,
    waiting: u64,
    overdue: u64,
}

/// From when to when something holds.
#[derive(Serialize)]
pub struct PeriodView {
    from: Option<When>,
    to: Option<When>,
    /// Not now.
    over: bool,
}

impl PeriodView {
    pub fn of(valid: Validity, visitor: &Visitor) -> Self {
        let when = |at| When::new(at, visitor.now, &visitor.zone);
        Self {
            from: valid.from.map(when),
            to: valid.to.map(when),
            over: !valid.covers(visitor.now),
        }
    }

    /// It does not hold for ever.
    pub fn limited(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }
}

/// The tabs of these pages need the directory, as the API does.
pub fn must_read(visitor: &Visitor) -> Result<(), DeskError> {
    visitor.principal.needs(Scope::ReadDirectory)
}

/// Departments with their depth, each followed by those below it.
fn tree(directory: &Directory) -> Vec<(usize, &Department)> {
    let mut below: HashMap<Option<&DepartmentId>, Vec<&Department>> = HashMap::new();
    for department in directory.departments.values() {
        let parent = department
            .parent
            .as_ref()
            .filter(|parent| directory.departments.contains_key(*parent));
        below.entry(parent).or_default().push(department);
    }
    let mut found = Vec::with_capacity(directory.departments.len());
    let mut waiting: Vec<(usize, &Department)> = Vec::new();
    let mut roots = below.remove(&None).unwrap_or_default();
    roots.reverse();
    waiting.extend(roots.into_iter().map(|root| (0, root)));
    while let Some((depth, department)) = waiting.pop() {
        found.push((depth, department));
        let children = below.remove(&Some(&department.id)).unwrap_or_default();
        if depth < DEPTH_MAX {
            waiting.extend(children.into_iter().rev().map(|child| (depth + 1, child)));
        }
    }
    found
}

fn row(
    depth: usize,
    department: &Department,
    members: &[&Membership],
    names: &Names<'_>,
    visitor: &Visitor,
) -> RowView {
    let comma = say(names.language, "list-comma", &[]);
    let in_role = |role: &str| {
        let held = members.iter().filter(|membership| membership.role.as_str() == role);
        held.map(|membership| names.person(&membership.person))
            .collect::<Vec<_>>()
            .join(&comma)
    };
    let others = members
        .iter()
        .filter(|membership| !["head", "liaison"].contains(&membership.role.as_str()));
    RowView {
        id: department.id.to_string(),
        title: text(&department.title, names.language),
        depth: depth.min(DEPTH_SHOWN_MAX),
        heads: in_role("head"),
        liaisons: in_role("liaison"),
        others: others
            .map(|membership| {
                let role = role_title(names.directory, &membership.role, visitor);
                format!("{} ({role})", names.person(&membership.person))
            })
            .collect(),
        period: PeriodView::of(department.valid, visitor),
        waiting: 0,
        overdue: 0,
    }
}

/// What is open and overdue now, by department; nothing for whoever may not see figures.
async fn standing(state: &State, visitor: &Visitor) -> Result<Option<HashMap<String, (u64, u64)>>, Problem> {
    let today = SheetAsked {
        days: Days::default(),
        by: By::Department,
        department: None,
        workflow: None,
    };
    match state.desk.figures(&visitor.principal, &today).await {
        Ok(sheet) => {
            let rows = sheet.rows.into_iter().map(|row| {
                let (waiting, overdue) = (row.tally.waiting, row.tally.overdue);
                (row.id, (waiting.unwrap_or(0), overdue.unwrap_or(0)))
            });
            Ok(Some(rows.collect()))
        }
        Err(DeskError::NotAllowed { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// `GET /organisation`
pub async fn page(state: Data<State>, visitor: Visitor, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    must_read(&visitor)?;
    let directory = state.desk.directory();
    let language = visitor.look.language;
    let names = Names {
        directory: &directory,
        language,
    };
    let mut members: HashMap<&DepartmentId, Vec<&Membership>> = HashMap::new();
    for membership in &directory.memberships {
        if let (Some(department), true) = (&membership.department, membership.valid.covers(visitor.now)) {
            members.entry(department).or_default().push(membership);
        }
    }
    let wanted = asked.search.trim().to_lowercase();
    let fits = |department: &Department| {
        let words = [department.id.as_str(), &department.title.zh, &department.title.en];
        wanted.is_empty() || words.iter().any(|word| word.to_lowercase().contains(&wanted))
    };
    let found: Vec<(usize, &Department)> = tree(&directory)
        .into_iter()
        .filter(|(_, department)| fits(department))
        .collect();
    let end = asked.from.saturating_add(ROWS);
    let next = (found.len() > end).then(|| format!("/organisation?search={}&from={end}", escaped(&asked.search)));
    let counted = standing(&state, &visitor).await?;
    let rows: Vec<RowView> = found
        .into_iter()
        .skip(asked.from)
        .take(ROWS)
        .map(|(depth, department)| {
            let own = members.get(&department.id).map(Vec::as_slice).unwrap_or_default();
            let counts = counted.as_ref().and_then(|all| all.get(department.id.as_str()));
            let (waiting, overdue) = counts.copied().unwrap_or_default();
            RowView {
                waiting,
                overdue,
                ..row(depth, department, own, &names, &visitor)
            }
        })
        .collect();
    let view = TreeView {
        set_up: asked.set_up,
        counts: counted.is_some(),
        others: rows.iter().any(|row| !row.others.is_empty()),
        periods: rows.iter().any(|row| row.period.limited()),
        search: asked.search.clone(),
        first: asked.from == 0,
        next,
        rows,
        edits: visitor.has_role("manager") || visitor.has_role("administrator"),
    };
    let title = word(&visitor.look, "nav-organisation");
    answer::page(&visitor, SECTION, title, "organisation", &view)
}
