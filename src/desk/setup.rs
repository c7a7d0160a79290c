//! The first setup: what an empty centre needs before its first call. It is open from the first start on an empty
//! database until somebody says that it is done, and never again: a database that was filled otherwise has none.
//!
//! It makes nothing that could not be made elsewhere: every step is an edit of the directory or a publication, by the
//! first administrator, with its log. Steps may be left, come back to, and done again.

use crate::store::{Wants, settings};
use crate::workflow::definition::Text;
use crate::workflow::directory::Directory;
use crate::workflow::id::RoleId;
use crate::workflow::{read, shipped};

use super::access::{self, ADMINISTRATOR};
use super::directory::{EDITS_MAX, Edit};
use super::import::fault::Fault;
use super::import::{departments, edits, people};
use super::{Desk, DeskError, Principal, Problem};

/// The setting: `open`, then `done`.
const SETUP: &str = "setup";
const OPEN: &str = "open";
const DONE: &str = "done";
/// The setting with the name of the centre.
const CENTRE: &str = "centre.name";
/// Characters of the name.
const NAME_MAX: usize = 60;

/// Roles of the shipped workflows and of the program itself, with their titles.
const ROLES: [(&str, &str, &str); 9] = [
    (ADMINISTRATOR, "管理员", "Administrator"),
    ("agent", "坐席", "Agent"),
    ("shift_lead", "值班长", "Shift lead"),
    ("callback", "回访员", "Callback agent"),
    ("liaison", "联络人", "Liaison"),
    ("head", "负责人", "Head"),
    ("manager", "经理", "Manager"),
    ("reviewer", "质检员", "Reviewer"),
    ("auditor", "审计员", "Auditor"),
];

/// What came of a table: how many lines were taken, or what is wrong in which.
pub type Taken = Result<usize, Vec<Fault>>;

impl Desk {
    /// The setup is open from now on, unless it was before.
    pub(super) async fn open_setup(&self) -> Result<(), DeskError> {
        self.inner
            .writer
            .run(Wants::default(), |sheet| {
                settings::set_first(sheet, SETUP, OPEN);
                Ok(())
            })
            .await?;
        Ok(())
    }

    /// Whether somebody still has to set up this centre.
    pub async fn setup_is_open(&self) -> Result<bool, DeskError> {
        Ok(settings::get(&self.inner.database, SETUP).await?.as_deref() == Some(OPEN))
    }

    /// For administrators while it is open; for everybody else, and afterwards, it is not there.
    pub async fn must_set_up(&self, principal: &Principal) -> Result<(), DeskError> {
        let around = self.inner.around();
        let administers = access::has_role(&around.directory, &principal.person, ADMINISTRATOR, around.now);
        if administers && self.setup_is_open().await? {
            Ok(())
        } else {
            Err(DeskError::not_found("setup"))
        }
    }

    /// It is done, for ever.
    pub async fn finish_setup(&self, principal: &Principal) -> Result<(), DeskError> {
        self.must_set_up(principal).await?;
        self.inner
            .writer
            .run(Wants::default(), |sheet| {
                settings::set(sheet, SETUP, DONE);
                Ok(())
            })
            .await?;
        Ok(())
    }

    /// What the centre calls itself; empty where nobody has said it.
    pub async fn centre_name(&self) -> Result<String, DeskError> {
        Ok(settings::get(&self.inner.database, CENTRE).await?.unwrap_or_default())
    }

    /// Says what the centre calls itself.
    pub async fn name_centre(&self, principal: &Principal, name: &str) -> Result<(), DeskError> {
        self.must_set_up(principal).await?;
        let name = name.trim().to_owned();
        let length = name.chars().count();
        if !(1..=NAME_MAX).contains(&length) || name.chars().any(char::is_control) {
            return Err(Problem::new(
                "/name",
                "centre_name",
                format!("中心名称应为一行，1 到 {NAME_MAX} 个字"),
                format!("The name of the centre is one line of 1 to {NAME_MAX} characters"),
            )
            .into());
        }
        self.inner
            .writer
            .run(Wants::default(), move |sheet| {
                settings::set(sheet, CENTRE, &name);
                Ok(())
            })
            .await?;
        Ok(())
    }

    /// Departments of a table, as `ombud import departments` reads it.
    pub async fn set_up_departments(&self, principal: &Principal, table: &str) -> Result<Taken, DeskError> {
        self.must_set_up(principal).await?;
        let directory = self.directory();
        match departments::read(table.as_bytes(), &directory, &zone(&directory)) {
            Ok(found) => {
                let all = found.iter().map(edits::department).collect();
                self.taken(principal, all).await.map(Ok)
            }
            Err(faults) => Ok(Err(faults)),
        }
    }

    /// The departments that the shipped workflows dispatch to.
    pub async fn set_up_shipped_departments(&self, principal: &Principal) -> Result<usize, DeskError> {
        self.must_set_up(principal).await?;
        let organisation = read::read_organisation(shipped::ORGANISATION.as_bytes()).organisation;
        let shipped = organisation
            .map(|organisation| organisation.directory)
            .unwrap_or_default();
        let known = self.directory();
        let mut only_departments = Directory::default();
        let missing = shipped
            .departments
            .into_iter()
            .filter(|(id, _)| !known.departments.contains_key(id));
        only_departments.departments = missing.collect();
        self.taken(principal, edits::whole(&only_departments)).await
    }

    /// People of a table with their roles, as `ombud import people` reads it; the roles of the shipped workflows are made
    /// before.
    pub async fn set_up_people(&self, principal: &Principal, table: &str) -> Result<Taken, DeskError> {
        self.must_set_up(principal).await?;
        self.set_up_roles(principal).await?;
        let directory = self.directory();
        match people::read(table.as_bytes(), &directory, &zone(&directory)) {
            Ok(found) => {
                let mut all: Vec<Edit> = found.people.iter().map(edits::person).collect();
                let fresh = found
                    .memberships
                    .iter()
                    .filter(|one| !directory.memberships.contains(one));
                all.extend(fresh.map(edits::membership));
                let count = found.people.len();
                self.taken(principal, all).await.map(|_| Ok(count))
            }
            Err(faults) => Ok(Err(faults)),
        }
    }

    /// The roles of the shipped workflows, where they are missing.
    pub async fn set_up_roles(&self, principal: &Principal) -> Result<usize, DeskError> {
        self.must_set_up(principal).await?;
        let known = self.directory();
        let missing = ROLES.iter().filter(|(id, _, _)| !known.roles.contains_key(*id));
        let role = |(id, zh, en): &(&str, &str, &str)| {
            let title = Text {
                zh: (*zh).to_owned(),
                en: (*en).to_owned(),
            };
            edits::role(&RoleId::from(*id), &title)
        };
        self.taken(principal, missing.map(role).collect()).await
    }

    async fn taken(&self, principal: &Principal, all: Vec<Edit>) -> Result<usize, DeskError> {
        let count = all.len();
        let mut rest = all.into_iter();
        loop {
            let some: Vec<Edit> = rest.by_ref().take(EDITS_MAX).collect();
            if some.is_empty() {
                return Ok(count);
            }
            self.edit(principal, some).await?;
        }
    }
}

fn zone(directory: &Directory) -> jiff::tz::TimeZone {
    directory
        .calendar(None)
        .map_or(jiff::tz::TimeZone::UTC, |calendar| calendar.zone.clone())
}
